"""One animal: its plasma and tissues, its tumors, its weight, and one clock.

An animal lives by :meth:`Animal.advance`. What is seen of it is read elsewhere (``observe``), and
what is written down of it, too (``record``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.state import CellState
from xenosim.pharmacology.exposure import ExposureCourse, TargetExposure
from xenosim.study.body_weight import BodyWeight
from xenosim.tumor.space import AnyTumor
from xenosim.tumor.spaces import tumor_from_state
from xenosim.tumor.spec import TumorSpec


def step_on(day: float, dt_h: float) -> int:
    """Steps of ``dt_h`` [h] from day 0 to ``day`` [day]; of a day between two steps, to the later
    one.

    Examples
    --------
    >>> step_on(2.0, 1.0), step_on(0.51, 1.0), step_on(-1.0, 0.1)
    (48, 13, -240)
    """
    # Days are decimal and steps need not be: 0.35 days are 8.399999999999999 h.
    return math.ceil(round(24.0 * day / dt_h, 6))


class Animal:
    """One living animal.

    Its clock is the step number of its tumors, counted from engraftment; every time follows from
    it.

    Parameters
    ----------
    tumors : sequence of AnyTumor
        Its tumor, or its lesions, of one age.
    tissues : mapping of str to TargetExposure, optional
        What its tissues (``tumor``, ``blood``, ``normal``) see of the drugs that it gets from day 0
        on; one that is left out is not followed.
    weight : BodyWeight, optional
        Its body weight; none: it is not followed.
    day_0 : int, optional
        Step of the first dose [-]; none: it is not on study yet, and times count from engraftment.

    Examples
    --------
    >>> from xenosim.testing import small_spec
    >>> from xenosim.tumor.tumor import Tumor
    >>> mouse = Animal([Tumor(small_spec(), 1.0, seed=1)], day_0=24)
    >>> mouse.step_number, mouse.time_h, mouse.volume_mm3
    (0, -24.0, 1.0)
    """

    def __init__(
        self,
        tumors: Sequence[AnyTumor],
        tissues: Mapping[str, TargetExposure] | None = None,
        weight: BodyWeight | None = None,
        day_0: int | None = None,
    ) -> None:
        self.tumors, self.tissues = list(tumors), dict(tissues or {})
        self.weight, self.day_0 = weight, day_0
        #: Mean occupancy of beta5 in the last step [-], shape (n_zones, n_clones); None before any
        #: drug.
        self.inhibition: NDArray[Any] | None = None
        #: Occupancy in blood during the last step [-].
        self.blood_occupancy = 0.0

    @property
    def tumor(self) -> AnyTumor:
        """The tumor; of several lesions the first."""
        return self.tumors[0]

    @property
    def dt_h(self) -> float:
        """Time step [h]."""
        return self.tumor.spec.dt_h

    @property
    def step_number(self) -> int:
        """Steps since engraftment [-]: the clock."""
        return self.tumor.step_number

    @property
    def study_step(self) -> int:
        """Steps since day 0 [-], negative before it."""
        return self.step_number - (self.day_0 or 0)

    @property
    def time_h(self) -> float:
        """Time since day 0 [h], negative before it."""
        return self.study_step * self.dt_h

    @property
    def volume_mm3(self) -> float:
        """Volume of all lesions together [mm3]."""
        return sum(tumor.volume_mm3 for tumor in self.tumors)

    @property
    def n_agents(self) -> int:
        """Agents of all lesions together."""
        return sum(tumor.n for tumor in self.tumors)

    @property
    def exposure(self) -> TargetExposure | None:
        """What the tumors see of the drugs over time; None for an animal that gets none."""
        tissue = self.tissues.get("tumor")
        return tissue if tissue and tissue.profiles else None

    def counts(self) -> dict[CellState, int]:
        """Agents per state, all lesions together."""
        each = [tumor.counts() for tumor in self.tumors]
        return {state: sum(counts[state] for counts in each) for state in CellState}

    def body_weight_g(self, day: float) -> float:
        """Body weight with the tumor on ``day`` [day], that of the clock or at most one step before
        it [g]; NaN where it is not followed.
        """
        return self.weight.true_g(day, self.volume_mm3) if self.weight else math.nan

    @property
    def weight_loss(self) -> float:
        """Share of the carcass that is lost [-]; 0 where it is not followed."""
        return self.weight.loss_fraction if self.weight else 0.0

    def begin_study(self) -> None:
        """Now is day 0."""
        self.day_0 = self.step_number

    def advance(self, steps: int = 1) -> None:
        """Live for some ``steps`` [-], all before day 0 or all after it: plasma and tissues,
        tumors, weight.
        """
        seen = ExposureCourse(None, np.zeros(steps))
        if self.day_0 is not None and self.study_step >= 0:
            seen = self._meet_drugs(self.study_step + np.arange(steps + 1))
        for tumor in self.tumors:
            tumor.advance(*seen)

    def advance_to(
        self, step_number: int, after_step: Callable[[Animal], None] | None = None
    ) -> None:
        """Live until step ``step_number`` [-]; ``after_step`` is called with the animal after every
        step, or after as many as its tumors take at once.
        """
        while self.step_number < step_number:
            steps = min(step_number - self.step_number, self.tumor.STEPS_AT_ONCE)
            if self.day_0 is not None and self.study_step < 0:
                steps = min(steps, -self.study_step)
            self.advance(steps)
            if after_step:
                after_step(self)

    def live_until(self, day: float, after_step: Callable[[Animal], None] | None = None) -> None:
        """Live until ``day`` [day] of the study; ``after_step`` as of :meth:`advance_to`."""
        self.advance_to((self.day_0 or 0) + step_on(day, self.dt_h), after_step)

    def _meet_drugs(self, study_steps: NDArray[np.int64]) -> ExposureCourse:
        """Occupancy in all tissues, and what it does to the body, from each of the ``study_steps``
        (n + 1,) [-] to the next.
        """
        times_h = np.asarray(study_steps * self.dt_h, np.float64)
        seen = ExposureCourse(None, np.zeros(times_h.size - 1))
        if self.exposure:
            seen = self.exposure.course(times_h)
            self.inhibition = None if seen.inhibition is None else seen.inhibition[-1]
        if blood := self.tissues.get("blood"):
            self.blood_occupancy = float(blood.follow(times_h)[-1, 0, 0])
        if (normal := self.tissues.get("normal")) and self.weight:
            for occupancy in normal.follow(times_h)[:, 0, 0].tolist():
                self.weight.advance(occupancy, self.dt_h)
        return seen

    def state(self) -> dict[str, Any]:
        """All that :meth:`from_state` needs, as a tree of numbers and arrays; arrays are views,
        valid until the next step.
        """
        return {
            "tumors": [tumor.state() for tumor in self.tumors],
            "day_0": self.day_0,
            "inhibition": self.inhibition,
            "occupancy": _occupancies(self.tissues),
            "weight": self.weight.state() if self.weight else None,
            "blood": self.blood_occupancy,
        }

    @classmethod
    def from_state(
        cls,
        state: dict[str, Any],
        spec: TumorSpec,
        tissues: Mapping[str, TargetExposure] | None = None,
        weight: BodyWeight | None = None,
    ) -> Animal:
        """The animal of ``state``, which is copied.

        Parameters
        ----------
        state : dict
            What :meth:`state` gave.
        spec : TumorSpec
            What its tumors are made of.
        tissues : mapping of str to TargetExposure, optional
            Its tissues, with the drugs that it has had and will get; their occupancy is that of the
            state.
        weight : BodyWeight, optional
            Its body weight, which takes that of the state.
        """
        animal = cls(lesions_of(spec, state["tumors"]), tissues, weight, state["day_0"])
        animal.inhibition = state["inhibition"]
        animal.blood_occupancy = state["blood"]
        _fill_tissues(animal.tissues, state["occupancy"])
        if weight and state["weight"]:
            weight.set_state(state["weight"])
        return animal

    def take_doses(self, tissues: Mapping[str, TargetExposure]) -> None:
        """From now on other doses are due: those of ``tissues``, in which those that it has had are
        the same; what is bound stays bound.
        """
        kept = _occupancies(self.tissues)
        self.tissues = dict(tissues)
        _fill_tissues(self.tissues, kept)

    def branch_off(self) -> None:
        """Now is day 0 of another study; the body keeps its age."""
        if self.weight:
            self.weight.age_days += self.time_h / 24.0
        self.begin_study()


def lesions_of(spec: TumorSpec, states: Sequence[dict[str, Any]]) -> list[AnyTumor]:
    """The tumors of kept ``states``; these are copied."""
    return [tumor_from_state(spec, state) for state in states]


def _occupancies(tissues: Mapping[str, TargetExposure]) -> dict[str, dict[str, Any]]:
    """What is bound in each tissue; arrays are views."""
    return {
        name: {"drugs": list(tissue.binding.inhibitors), "values": tissue.occupancy}
        for name, tissue in tissues.items()
    }


def _fill_tissues(
    tissues: Mapping[str, TargetExposure], kept: Mapping[str, dict[str, Any]]
) -> None:
    """Bind in ``tissues`` what was bound in those that were ``kept``."""
    for name, tissue in tissues.items():
        if name in kept:
            _fill_occupancy(tissue, **kept[name])


def _fill_occupancy(tissue: TargetExposure, drugs: list[str], values: NDArray[Any]) -> None:
    """Occupancy ``values`` (n_zones, n_clones, n_drugs) [-] of a state. A drug that the animal does
    not know was never given to it either.
    """
    for column, drug in enumerate(drugs):
        if drug in tissue.binding.inhibitors:
            index = tissue.binding.inhibitors.index(drug)
            tissue.occupancy[:, :, index] = values[:, :, column]
