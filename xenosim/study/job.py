"""A job is one animal under one regimen: small, picklable, pure. The same job gives the same result
anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from xenosim.pharmacology.dose import Dose
from xenosim.study.variation import Variation, draw_variation
from xenosim.tumor.growth import Growth

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario


class SourceAnimal(NamedTuple):
    """A living animal of another study that takes the place of a grown one: the checkpoint at
    ``path``, taken on ``day`` [day] after ``growth_days`` [day] of growth; what it was made of, and
    the ``doses`` it has had, in times of the new study.
    """

    path: str
    day: float
    animal: int
    growth: Growth
    growth_days: float
    variation: Variation
    doses: tuple[Dose, ...]


class Job(NamedTuple):
    """One animal: ``arm`` is its name (None: only grow it up), ``growth_days`` how long it grows
    before day 0 [day]; ``source``: the living animal it is, rather than one that is grown;
    ``to_the_end``: whether it is simulated to the last day even if it leaves; ``given``: its doses
    as the rules of its arm have left them, None: those of its arm.
    """

    scenario: Scenario
    growth: Growth
    arm: str | None
    animal: int
    replicate: int
    growth_days: int
    keep_slice: bool = False
    source: SourceAnimal | None = None
    to_the_end: bool = False
    given: tuple[Dose, ...] | None = None

    @property
    def animal_key(self) -> str:
        """Name of the files of the growing animal."""
        return f"r{self.replicate}_a{self.animal}_growth"

    @property
    def key(self) -> str:
        """Name of the files of the animal in its arm."""
        arms = [arm.name for arm in self.scenario.arms]
        return f"r{self.replicate}_a{self.animal}_arm{arms.index(str(self.arm))}"

    @property
    def variation(self) -> Variation:
        """What makes this animal differ from the typical one."""
        return (
            self.source.variation
            if self.source
            else draw_variation(self.scenario, self.replicate, self.animal)
        )

    @property
    def doses(self) -> tuple[Dose, ...]:
        """Doses that the animal gets, and those it has had."""
        arm = next(arm for arm in self.scenario.arms if arm.name == self.arm)
        own = arm.doses if self.given is None else self.given
        return (*(self.source.doses if self.source else ()), *own)

    @property
    def day_0(self) -> int:
        """Step of the first dose of an animal that is grown [-]."""
        return self.growth_days * steps_per_day(self.scenario)

    def days_since_engraftment(self, day: float) -> float:
        """Days from engraftment to ``day`` of the study [day]."""
        source = self.source
        return float(day + (source.day + source.growth_days if source else self.growth_days))

    def file_name_on(self, day: float) -> str:
        """File name of a checkpoint of ``day`` [day] that stays."""
        slug = "".join(ch if ch.isalnum() else "_" for ch in str(self.arm))[:30]
        arm = self.key.rpartition("_")[2]
        return f"{arm}_{slug}_animal{self.animal}_replicate{self.replicate}_day{day:g}"


class Outcome(NamedTuple):
    """What one animal left behind: rows of truth, cells, single lesions, and a slice of the tumor;
    ``notes`` on what went wrong; ``end_mm3``: true volume on the last day of the study [mm3], None
    of an animal that was not simulated until then.
    """

    truth: list[dict[str, Any]]
    cells: list[dict[str, Any]]
    lesions: list[dict[str, Any]]
    snapshot: dict[str, Any] | None
    notes: tuple[str, ...] = ()
    end_mm3: float | None = None


def steps_per_day(scenario: Scenario) -> int:
    """Time steps of a day [-]."""
    return round(24.0 / scenario.dt_h)
