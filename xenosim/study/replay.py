"""One animal of a finished run, simulated again: its tumor on any day, checked against the run's
own tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenosim.analysis.clones import WILD_TYPE
from xenosim.errors import CheckpointError, RunError
from xenosim.io.runs import read_manifest, read_run
from xenosim.io.volumes import Volumes
from xenosim.jit import source_hash
from xenosim.parameters.perturb import mutations
from xenosim.scenario.resolve import scenario_hash
from xenosim.study.adaptive import as_dosed, rows_of
from xenosim.study.animal import Animal, step_on
from xenosim.study.engraft import founding_tumors, on_study
from xenosim.study.follow import branched
from xenosim.study.job import Job
from xenosim.study.recorded_animal import find_animal, read_scenario, tables_of
from xenosim.study.saved_animals import SavedAnimal, animal_at, saved_animals, saved_source
from xenosim.tumor.growth import Growth
from xenosim.tumor.tumor import Tumor
from xenosim.tumor.volumes import volumes

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.scenario.schema import Scenario

_ANOTHER_ENGINE = "install the version that wrote it, run the scenario again, or add --force"


@dataclass
class Replay:
    """An animal of a run, to be simulated again.

    Attributes
    ----------
    run, job, tables
        The run directory, the animal, and its rows of the tables.
    strict : bool
        Whether a difference from the tables is an error.
    lesion : int, optional
        Which of its lesions is shown, from 1; the largest by default.
    saved : tuple of SavedAnimal
        Checkpoints to begin from, the latest first.
    begun, compared
        Of the last walk: the checkpoint it began from ("": none), and the days on which it was
        compared with truth.csv.
    """

    run: Path
    job: Job
    tables: dict[str, pd.DataFrame]
    strict: bool
    lesion: int | None = None
    saved: tuple[SavedAnimal, ...] = ()
    begun: str = ""
    compared: list[float] = field(default_factory=list)

    @property
    def agents(self) -> dict[float, int]:
        """Agents of the tumor on each measurement day, as the run recorded them."""
        truth = self.tables["truth"]
        return dict(zip(truth["day"].astype(float), truth["n_agents"].astype(int), strict=True))

    @property
    def last_day(self) -> float:
        """Last day on which the animal was on study [day]."""
        return max(self.agents)

    @property
    def first_day(self) -> float:
        """First day that can be simulated again [day]: engraftment, or of a branched run day 0, or
        its first checkpoint.
        """
        if self.job.source and not self.job.source.path:
            return min(saved.day for saved in self.saved)
        return 0.0 - self.job.growth_days

    @property
    def n_lesions(self) -> int:
        """Lesions of the animal."""
        return int(self.tables["lesions"]["lesion"].max())

    @property
    def name(self) -> str:
        """Arm, animal and lesion, for file names and titles."""
        replicate = f" replicate {self.job.replicate}" if self.job.scenario.replicates > 1 else ""
        lesion = (
            ""
            if self.n_lesions == 1
            else f" lesion {self.lesion}"
            if self.lesion
            else " largest lesion"
        )
        return f"{self.job.arm} animal {self.job.animal}{replicate}{lesion}"

    def shown(self, animal: Animal) -> int:
        """Number of the lesion to show, from 1: the chosen one, or the largest of ``animal``."""
        return self.lesion or 1 + max(range(len(animal.tumors)), key=lambda k: animal.tumors[k].n)

    def about(self, day: float) -> dict[str, Any]:
        """What a picture or a file of this animal on ``day`` shows, as plain data."""
        return {
            "simulated": True,
            "title": self.job.scenario.title,
            "arm": self.job.arm,
            "animal": self.job.animal,
            "replicate": self.job.replicate,
            "day": day,
            "seed": self.job.scenario.seed,
            "study_id": scenario_hash(self.job.scenario),
        }

    def volumes(
        self, day: float, animal: Animal, fields: Sequence[str] = (), lesion: int = 0
    ) -> Volumes:
        """The tumor of ``animal`` on ``day``, site by site, with the names of its clones;
        ``fields`` all, ``lesion`` :meth:`shown` by default.
        """
        lesion = lesion or self.shown(animal)
        mutant = " and ".join(mutations(self.job.scenario.perturb))
        names = {1: WILD_TYPE} | ({2: mutant} if mutant else {})
        about = self.about(day) | (
            {"lesion": lesion, "lesions": self.n_lesions} if self.n_lesions > 1 else {}
        )
        tumor = animal.tumors[lesion - 1]
        # Only a lattice has sites to show.
        assert isinstance(tumor, Tumor)
        found = volumes(tumor, fields, about)
        return found._replace(labels=found.labels | {"clone": names})

    def check_day(self, day: float) -> None:
        """Refuse a day on which this animal has no tumor in the study."""
        first = self.first_day
        if not first <= day <= self.last_day:
            raise RunError(
                f"there is no day {day:g}: {self.name} can be simulated again from day {first:g} to"
                f" day {self.last_day:g}",
                where=str(self.run),
                remedy="choose a --day between them",
            )

    def walk(
        self, days: Iterable[float], progress: Callable[[int, int], None] | None = None
    ) -> Iterator[tuple[float, Animal]]:
        """The animal on each of ``days``, in rising order; between them it lives on, so read it
        before the next.

        Parameters
        ----------
        days : iterable of float
            Days from first dose [day]; negative ones are before treatment.
        progress : callable, optional
            Called with (steps done, steps in all).

        Raises
        ------
        RunError
            A tumor that differs from the run's truth.csv on a measurement day, unless ``strict`` is
            False; or a branched run whose checkpoints are all damaged.
        """
        wanted = sorted(set(days))
        for day in (wanted[0], wanted[-1]):
            self.check_day(day)
        animal = self.begin(wanted[0])
        begin, dt_h = animal.study_step, animal.dt_h
        total = step_on(wanted[-1], dt_h) - begin

        def tell(animal: Animal) -> None:
            if progress:
                progress(animal.study_step - begin, total)

        measured = (day for day in self.agents if begin <= step_on(day, dt_h) and day <= wanted[-1])
        for day in sorted({*wanted, *measured}):
            animal.live_until(day, tell)
            self.compare(day, animal)
            if day in wanted:
                yield day, animal

    def begin(self, day: float) -> Animal:
        """The animal at the latest state up to ``day`` [day] that the run keeps, or at engraftment;
        RunError of a branched run whose checkpoints are all damaged.
        """
        self.begun, self.compared = "", []
        if found := animal_at(self.job, self.saved, day):
            animal, self.begun = found
            return animal
        if not self.job.source:
            return on_study(self.job, founding_tumors(self.job))
        try:
            self.begun = Path(self.job.source.path).name
            return branched(self.job, self.job.source)
        except CheckpointError as error:
            raise _branched(self.run, error) from error

    def compare(self, day: float, animal: Animal) -> None:
        """Refuse an ``animal`` that on ``day`` [day] is not the one that the run recorded."""
        recorded = self.agents.get(day, animal.n_agents)
        self.compared += [day] if day in self.agents else []
        if self.strict and recorded != animal.n_agents:
            raise RunError(
                f"the tumor simulated again has {animal.n_agents} agents on day {day:g}, truth.csv"
                f" has {recorded}",
                where=str(self.run),
                remedy=_ANOTHER_ENGINE,
            )

    def verdict(self, day: float) -> str:
        """What :meth:`walk` has shown up to ``day``: one line."""
        if not self.strict:
            return (
                "not checked against truth.csv (--force): the engine differs from the one that"
                " wrote the run"
            )
        begun = f"; begun at {self.begun}" if self.begun else ""
        if day in self.agents:
            volume = self.agents[day] / self.job.scenario.agents_per_mm3
            return (
                f"equal to truth.csv on day {day:g}: {self.agents[day]} agents, {volume:.4g}"
                f" mm3{begun}"
            )
        checked = f"; equal to truth.csv on day {max(self.compared):g}" if self.compared else ""
        return f"day {day:g} was not measured{checked}{begun}"


def replay(
    run: Path,
    arm: str | None = None,
    animal: int | None = None,
    replicate: int | None = None,
    *,
    lesion: int | None = None,
    force: bool = False,
) -> Replay:
    """Find an animal of a run directory, ready to be simulated again.

    Parameters
    ----------
    run : Path
        A run directory.
    arm, animal, replicate : optional
        The animal; the first one that fits, in the order of the tables.
    lesion : int, optional
        Which of its lesions, from 1; the largest by default.
    force : bool
        Simulate also where engine or parameters differ from those of the run.

    Raises
    ------
    XenosimError
        No run directory, no such animal or lesion, tumors without a lattice, another engine, or a
        branched run that keeps no usable checkpoint.
    """
    tables, manifest, scenario = read_run(run), read_manifest(run), read_scenario(run)
    if scenario.engine != "lattice":
        raise RunError(
            "3-D files, sections and pictures need the lattice; the tumors of this run are radial"
            " twins, which have none",
            where=str(run),
            remedy="run the scenario again with --engine lattice",
        )
    strict = reproduces(manifest, scenario)
    if not strict and not force:
        raise differs(run, manifest)
    key = find_animal(tables["truth"], manifest.get("arms", []), arm, animal, replicate, str(run))
    saved = saved_animals(run, scenario, key)
    own = tables_of(tables, key)
    job = as_dosed(recorded_job(run, manifest, scenario, key, saved), rows_of(own["observations"]))
    found = Replay(run, job, own, strict, lesion, saved)
    if lesion is not None and not 1 <= lesion <= found.n_lesions:
        one = found.n_lesions == 1
        raise RunError(
            f"there is no lesion {lesion}: the animal has"
            f" {'a single tumor' if one else f'lesions 1 to {found.n_lesions}'}",
            where=str(run),
            remedy="leave --lesion out" if one else "choose one of them",
        )
    return found


def reproduces(manifest: dict[str, Any], scenario: Scenario) -> bool:
    """Whether this engine and these parameters are those that wrote the run."""
    return bool(
        manifest.get("engine") == source_hash()
        and manifest.get("scenario_hash") == scenario_hash(scenario)
    )


def differs(run: Path, manifest: dict[str, Any]) -> RunError:
    """The error of a run that another engine, or other parameters, wrote."""
    another = manifest.get("engine") != source_hash()
    return RunError(
        f"{'engine differs' if another else 'resolved.yaml or the parameters differ'} from what"
        " wrote this run",
        where=str(run),
        remedy=_ANOTHER_ENGINE,
    )


def recorded_job(
    run: Path,
    manifest: dict[str, Any],
    scenario: Scenario,
    key: dict[str, Any],
    saved: tuple[SavedAnimal, ...],
) -> Job:
    """What a recorded animal was, with the doses of its arm and its growth, and of a branched run
    the animal it came from.
    """
    replicate, source = key["replicate"], None
    try:
        growth, days = Growth(**manifest["growth"]), 0
        if not manifest.get("branched_from"):
            days = int(manifest["growth_days_before_day_0"][str(replicate)])
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(
            "manifest.json is damaged", where=str(run), remedy="run the scenario again"
        ) from error
    if manifest.get("branched_from"):
        try:
            source = saved_source(run, scenario, manifest["branched_from"], saved)
        except CheckpointError as error:
            raise _branched(run, error) from error
    return Job(scenario, growth, key["arm"], key["animal_id"], replicate, days, source=source)


def _branched(run: Path, error: CheckpointError) -> RunError:
    return RunError(
        "this run branches from a checkpoint: its animals cannot be simulated again from"
        f" engraftment, and {error.message}",
        where=str(run),
        remedy="give the run that the checkpoint came from",
    )
