"""The result of a study as data: tables, manifest, resolved scenario and a slice per arm."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import yaml

from xenosim import __version__
from xenosim.errors import RunError
from xenosim.io.plain import plain, records
from xenosim.io.results import MANIFEST, Result
from xenosim.io.runs import SLICES, read_manifest, read_slices, require_study, slice_path
from xenosim.io.tables import COLUMNS
from xenosim.jit import source_hash
from xenosim.scenario.origin import RUNS_AGAIN
from xenosim.scenario.resolve import (
    RESOLVED,
    resolved_dict,
    scenario_from_resolved,
    scenario_hash,
    status_counts,
)
from xenosim.scenario.schema import Origin
from xenosim.study.answer import answer_text
from xenosim.study.beside import Beside, notes_on_population
from xenosim.study.growth import implausible_cycle
from xenosim.study.notes import enrollment, notes, notes_on_ensemble
from xenosim.study.tables import combinations_of
from xenosim.tumor.growth import Growth

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from xenosim.scenario.schema import Scenario
    from xenosim.study.job import SourceAnimal


@dataclass(frozen=True, eq=False, repr=False)
class StudyResult(Result):
    """Tables of a finished study, and what they rest on; :meth:`save` leaves the run directory.

    Attributes
    ----------
    tables : dict of str to DataFrame
        Those of :data:`xenosim.io.tables.COLUMNS`; of two treated arms also ``comparison``.
    manifest : dict
        Plain data: title, seed, arms, growth, answer, warnings, run time [s] and so on.
    files : dict of str to str
        ``scenario.yaml``, which runs again, and :data:`RESOLVED`, the resolved scenario.
    slices : dict of str to dict of arrays
        By arm, state, load and stress on the central plane of an animal's tumor.
    """

    slices: dict[str, dict[str, NDArray[Any]]] = field(default_factory=dict)

    TABLES: ClassVar[tuple[str, ...]] = tuple(COLUMNS)
    MANIFEST: ClassVar[dict[str, type]] = MANIFEST | {
        "title": str,
        "published": str,
        "tumors": str,
        "arms": list,
        "control": str,
        "paired": bool,
        "growth": dict,
        "clones": list,
        "warnings": list,
        "wall_seconds": float,
        "scenario_hash": str,
    }

    @property
    def title(self) -> str:
        """The scenario's title."""
        return str(self.manifest["title"])

    @property
    def paired(self) -> bool:
        """Whether every animal is in every arm."""
        return bool(self.manifest["paired"])

    @property
    def seconds(self) -> float:
        """Run time [s]."""
        return float(self.manifest["wall_seconds"])

    @property
    def notes(self) -> list[str]:
        """What the reader must know."""
        return list(self.manifest["warnings"])

    @property
    def growth(self) -> Growth:
        """The calibrated growth."""
        try:
            growth = Growth(**self.manifest["growth"])
        except TypeError as error:
            raise _damaged("growth") from error
        if not all(isinstance(value, float | int | None) for value in growth):
            raise _damaged("growth")
        return growth

    @cached_property
    def scenario(self) -> Scenario:
        """The frozen scenario; its parameters are those installed."""
        return kept_scenario(self)

    def __str__(self) -> str:
        return (
            f"{self.title}   SIMULATED, seed {self.manifest['seed']}; {self.manifest['tumors']}"
            f"\n\n{self.answer}"
        )

    def __repr__(self) -> str:
        arms = ", ".join(self.manifest["arms"])
        return f"<StudyResult: {self.title} ({arms}), seed {self.manifest['seed']}>"

    def directory_name(self) -> str:
        """When, what and which."""
        return run_name(self.title, self.manifest["scenario_hash"])

    def draw(self, folder: str | Path) -> list[Path]:
        """Draw the figures of the study kept in ``folder`` into it; their paths."""
        from xenosim.viz.figures import draw_all

        return draw_all(folder)

    def write_into(self, folder: str | Path, command: str = "", figures: bool = True) -> None:
        """Fill the existing ``folder``; ``command``: what was typed to get the result."""
        folder = Path(folder)
        if self.slices:
            (folder / SLICES).mkdir()
        for arm, arrays in self.slices.items():
            named: dict[str, Any] = dict(arrays)
            np.savez_compressed(slice_path(folder, arm), **named)
        super().write_into(folder, command, figures)

    @classmethod
    def load(cls, folder: str | Path) -> Self:
        """Read back the run directory that :meth:`save` or ``xenosim run`` left.

        Raises
        ------
        RunError
            No directory of a finished study, a damaged manifest or slice.
        TableError
            A table that is missing or damaged.
        """
        folder = Path(folder)
        require_study(folder, read_manifest(folder))
        found = super().load(folder)
        return replace(found, slices=read_slices(folder))


def kept_scenario(result: Result) -> Scenario:
    """The frozen scenario that a result keeps as :data:`RESOLVED`; RunError if it is not there or
    damaged.
    """
    try:
        scenario = scenario_from_resolved(yaml.safe_load(result.files[RESOLVED]))
    except (KeyError, ValueError, yaml.YAMLError) as error:
        raise RunError(
            f"{RESOLVED} is missing or damaged", remedy="run the scenario again"
        ) from error
    origin = Origin(result.files.get(RUNS_AGAIN, ""), result.inputs)
    return scenario.model_copy(update={"origin": origin})


def _damaged(name: str) -> RunError:
    return RunError(f"manifest.json has an unusable '{name}'", remedy="run the scenario again")


def run_name(title: str, digest: str) -> str:
    """Name of a new run directory: when, what and which; ``digest``: the scenario's hash."""
    stamp = datetime.now().strftime("%Y-%m-%dT%H%M%S")
    words = "".join(ch if ch.isalnum() else "_" for ch in title.lower())[:40].strip("_")
    return f"{stamp}_{words}_{digest[:4]}"


def study_result(
    scenario: Scenario,
    tables: dict[str, pd.DataFrame],
    slices: dict[str, dict[str, NDArray[Any]]],
    *,
    growth: Growth,
    growth_days: dict[int, int],
    paired: bool,
    seconds: float,
    notes_of_animals: list[str],
    source: SourceAnimal | None = None,
    beside: Beside | None = None,
) -> StudyResult:
    """A finished study, with all that its screen and figures need to be made again.

    Parameters
    ----------
    scenario : Scenario
        What was simulated.
    tables, slices
        As in :class:`StudyResult`.
    growth : Growth
        The calibrated growth.
    growth_days : dict of int to int
        By replicate, how long its tumors grew before day 0 [day].
    paired : bool
        Whether every animal is in every arm.
    seconds : float
        Run time [s].
    notes_of_animals : list of str
        What animals had to say, such as a checkpoint that could not be written.
    source : SourceAnimal, optional
        The living animal that was taken into every arm.
    beside : Beside, optional
        What was simulated beside the study, for its answer.
    """
    from xenosim.analysis.bias import bias_notes
    from xenosim.analysis.clones import final_shares

    resolved = resolved_dict(scenario)
    branched = {"day": source.day, "animal_id": source.animal} if source else None
    population = beside.population if beside else {}
    ensemble = beside.ensemble if beside else {}
    manifest = {
        "xenosim": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "title": scenario.title,
        "published": scenario.published,
        "seed": scenario.seed,
        "scenario_hash": scenario_hash(scenario),
        "engine": source_hash(),
        "tumors": tumors_text(scenario),
        "wall_seconds": round(float(seconds), 2),
        "paired": paired,
        "growth": growth._asdict(),
        "growth_days_before_day_0": growth_days,
        "enrollment": enrollment(scenario, tables),
        "control": scenario.control.name,
        "arms": [arm.name for arm in scenario.arms],
        "combined": combinations_of(scenario),
        "branched_from": branched,
        "simulated": True,
        "parameters": status_counts(scenario),
        "clones": records(final_shares(tables["clones"], scenario.seed)),
        "population": population,
        "ensemble": ensemble,
        "warnings": [
            *notes(scenario, tables, source, paired),
            *bias_notes(tables["bias"]),
            *notes_on_population(scenario, paired or source is not None, population),
            *notes_on_ensemble(scenario, ensemble),
            *implausible_cycle(growth),
            *notes_of_animals,
        ],
        "citations": _sources(resolved),
        "answer": answer_text(scenario, tables, population, ensemble),
    }
    text = yaml.safe_dump(resolved, sort_keys=False)
    origin = scenario.origin
    files = {RESOLVED: text} | ({RUNS_AGAIN: origin.text} if origin.text else {})
    return StudyResult(tables, plain(manifest), files, dict(origin.inputs), slices)


def tumors_text(scenario: Scenario) -> str:
    """The space of a study's tumors, and how finely they are resolved.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> tumors_text(small_scenario())
    'lattice, 1000 agents per mm3'
    """
    if scenario.engine == "lattice":
        return f"lattice, {scenario.agents_per_mm3:g} agents per mm3"
    return f"radial twin, {scenario.tumor.twin_agents} agents at the start volume"


def _sources(resolved: dict[str, Any]) -> list[str]:
    """The keys of all sources behind a resolved scenario's parameters."""
    sets = resolved["parameters"].values()
    return sorted({entry["source"] for values in sets for entry in values.values()})
