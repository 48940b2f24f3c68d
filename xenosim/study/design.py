"""How many animals a study takes: power from many twin animals, as data."""

from __future__ import annotations

import platform
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import yaml

from xenosim import __version__
from xenosim.analysis.controls import controls_of
from xenosim.analysis.needed import needed_table
from xenosim.analysis.power import SHUFFLED, TESTS, find_test, power_table
from xenosim.analysis.shuffled import FEWEST as MOVABLE
from xenosim.analysis.shuffled import FEWEST_PAIRS
from xenosim.errors import ScenarioError, TableError
from xenosim.execution.processes import Workers
from xenosim.io.plain import plain
from xenosim.io.results import MANIFEST, Result
from xenosim.io.runs import read_manifest
from xenosim.scenario.origin import RUNS_AGAIN
from xenosim.scenario.resolve import RESOLVED, resolved_dict, scenario_hash, status_counts
from xenosim.study.design_answer import answer_text, look_notes
from xenosim.study.growth import calibrate_growth
from xenosim.study.population import as_twin, simulate_pool
from xenosim.study.reading import pool_of_controls, read_pool
from xenosim.study.result import run_name

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.analysis.data import StudyData
    from xenosim.analysis.pool import AnimalPool
    from xenosim.analysis.sequential import Interim
    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import Scenario

#: Animals of a pool, and at least so many times those of the largest study, all arms [-].
POOL, TIMES = 200, 5
#: Animals per arm are at least two, else no test has an error [-].
FEWEST = 2


@dataclass(frozen=True)
class Question:
    """What is asked of a design: ``sizes``, animals per arm; ``tests``, names in
    :data:`~xenosim.analysis.power.TESTS`; ``studies`` drawn for each; ``targets``, powers to reach
    [-]; ``animals`` of the pool (0: as many as it takes); matched pairs; one ``look``.
    """

    sizes: tuple[int, ...]
    tests: tuple[str, ...] = tuple(TESTS)
    studies: int = 2000
    targets: tuple[float, ...] = (0.8, 0.9)
    animals: int = 0
    paired: bool = False
    look: Interim | None = None

    def pool_size(self, arms: int) -> int:
        """Animals of the pool for a study of so many arms [-]."""
        return self.animals or max(POOL, TIMES * arms * max(self.sizes))


@dataclass(frozen=True, eq=False, repr=False)
class DesignResult(Result):
    """The power of a design: tables ``power``, and ``needed`` for the powers asked, and what they
    rest on.
    """

    TABLES: ClassVar[tuple[str, ...]] = ("power", "needed")
    MANIFEST: ClassVar[dict[str, type]] = MANIFEST | {"design": dict, "title": str, "notes": list}

    @property
    def kind(self) -> str:
        """ "design"."""
        return "design"

    def __str__(self) -> str:
        return (
            f"{self.manifest['title']}   SIMULATED, seed {self.manifest['seed']}\n\n{self.answer}"
        )

    def directory_name(self) -> str:
        """When, what and which."""
        return run_name(f"design {self.manifest['title']}", self.manifest["scenario_hash"])

    def draw(self, folder: str | Path) -> list[Path]:
        """Draw the power curves into ``folder``; their paths."""
        from xenosim.viz.power import power_figure
        from xenosim.viz.style import save

        design = self.manifest["design"]
        figure = power_figure(self.tables["power"], self.manifest["title"], design["targets"])
        return save(figure, Path(folder), "power")


def is_design(folder: str | Path) -> bool:
    """Whether ``folder`` keeps a design; RunError if it keeps nothing."""
    return "design" in read_manifest(Path(folder))


def design_study(
    scenario: Scenario,
    question: Question,
    *,
    data: StudyData | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> DesignResult:
    """Power of a study by simulation.

    Parameters
    ----------
    scenario : Scenario
        The study; its animals are simulated as radial twins, each in every arm, and drawn for one
        arm of a study at a time.
    question : Question
        Sizes, tests and design.
    data : StudyData, optional
        Measurements of a laboratory: growth, scatter and losses are those of its control animals,
        the drug's effect stays the model's.
    jobs : int, optional
        Worker processes.
    progress : callable, optional
        Called with (days done, days to do) of all animals.

    Raises
    ------
    XenosimError
        A scenario without a treated arm or that cannot be simulated; sizes or tests that cannot be.
    """
    _check(scenario, question)
    controls = controls_of(data, scenario.measure.end_volume_mm3) if data is not None else None
    started = time.monotonic()
    count = question.pool_size(len(scenario.arms))
    with Workers(jobs, count) as workers:
        growth = calibrate_growth(as_twin(scenario))
        pool = simulate_pool(scenario, count, growth=growth, workers=workers, progress=progress)
    animals = (
        read_pool(pool, scenario)
        if controls is None
        else pool_of_controls(pool, scenario, controls, count)
    )
    table = _table(animals, question, scenario.seed)
    counts = needed_table(animals, table, question.targets)
    notes = list(_notes(animals, question, table))
    notes += [f"growth of {controls.text}"] if controls else []
    manifest = {
        "xenosim": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "title": scenario.title,
        "seed": scenario.seed,
        "scenario_hash": scenario_hash(scenario),
        "simulated": True,
        "design": {"targets": list(question.targets), "pool": animals.size},
        "parameters": status_counts(scenario),
        "notes": notes,
        "wall_seconds": round(time.monotonic() - started, 2),
        "answer": answer_text(table, counts),
    }
    origin, resolved = scenario.origin, resolved_dict(scenario)
    files = {RESOLVED: yaml.safe_dump(resolved, sort_keys=False)}
    files |= {RUNS_AGAIN: origin.text} if origin.text else {}
    return DesignResult(
        {"power": table, "needed": counts}, plain(manifest), files, dict(origin.inputs)
    )


def _check(scenario: Scenario, question: Question) -> None:
    """Refuse what cannot be designed."""
    if len(scenario.arms) < 2:
        raise ScenarioError(
            "a design needs a treated arm and a control", where="arms", remedy="add an arm"
        )
    for name in question.tests:
        find_test(name)
    if min(question.sizes, default=0) < FEWEST:
        raise TableError(
            f"{min(question.sizes, default=0)} animals per arm have no spread",
            where="--n",
            remedy=f"ask for at least {FEWEST}",
        )
    smallest = len(scenario.arms) * max(question.sizes)
    if question.animals and question.animals < smallest:
        raise TableError(
            f"{question.animals} animals are too few for studies of {smallest} in all arms",
            where="--animals",
            remedy=f"simulate at least {smallest}, better {TIMES * smallest}; or leave it out",
        )
    if question.paired and question.look:
        raise TableError(
            "matched pairs and an interim look together",
            where="--paired",
            remedy="choose one of --paired and --interim",
        )


def _table(animals: AnimalPool, question: Question, seed: int) -> pd.DataFrame:
    """Power by test, arm and size; with a look also that of the sequential design."""
    import pandas as pd

    from xenosim.analysis.sequential import sequential_table

    sizes, tests, studies = question.sizes, question.tests, question.studies
    table = power_table(animals, sizes, tests, studies=studies, seed=seed, paired=question.paired)
    if question.look is None:
        return table
    looked = sequential_table(animals, sizes, tests, question.look, studies=studies, seed=seed)
    return pd.concat([table, looked], ignore_index=True)


def _notes(animals: AnimalPool, question: Question, table: pd.DataFrame) -> Iterator[str]:
    """How it was simulated, and what is to be known of it."""
    yield (
        f"{question.studies} studies of each size, drawn from {animals.size} simulated animals"
        " without replacement within a study, ranked by starting volume and randomized in blocks;"
        " intervals count the studies that are independent of each other (column independent)"
    )
    if animals.size < TIMES * len(animals.arms) * max(question.sizes):
        yield (
            f"{animals.size} animals are few for studies of {max(question.sizes)} per arm: the"
            " intervals of large studies are too narrow; raise --animals"
        )
    if len(animals.treated) > 1:
        yield "p values of several arms are adjusted by Holm's method"
    if "lmm" in question.tests:
        yield (
            "the growth test is the two-stage one, which is the mixed model where all animals have"
            " the same days"
        )
    if question.paired and "logrank" in question.tests:
        yield (
            "of pairs the log-rank test is the stratified one with its exact p: a pair says only"
            " who was first, and fewer than 6 pairs are never significant"
        )
    if question.paired and "tc" in question.tests and min(question.sizes) < FEWEST_PAIRS:
        yield (
            "tc within pairs turns pairs round in all ways: of fewer than"
            f" {FEWEST_PAIRS} pairs no p is below 5 %"
        )
    if question.look:
        yield from look_notes(table, question.look)
    shuffled = [test for test in question.tests if test in SHUFFLED]
    if shuffled and not question.paired and min(question.sizes) < MOVABLE:
        yield (
            f"{' and '.join(shuffled)} are permutation tests: of fewer than {MOVABLE} animals per"
            " arm there are too few assignments for any p below 5 %"
        )
    failed = table[table["failed"] > 0]
    if len(failed):
        worst = failed.loc[failed["failed"].idxmax()]
        yield (
            f"studies without an answer do not count as without an effect: up to {worst['failed']}"
            f" of {worst['studies']} ({worst['test']}, n = {worst['n']})"
        )
    errors = table.groupby("test", sort=False)["type_1_error"].max().dropna()
    told = ", ".join(f"{test} {100 * share:.1f} %" for test, share in errors.items())
    if told:
        yield f"significant without any effect, at most: {told} of studies (level 5 %)"
