"""A run simulated again from its directory, and compared with it byte by byte."""

from __future__ import annotations

import csv
import io
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from xenosim import __version__
from xenosim.errors import RunError
from xenosim.io.results import Result, is_panel
from xenosim.io.runs import read_manifest, require_simulated
from xenosim.jit import source_hash
from xenosim.scenario.resolve import RESOLVED, resolved_dict
from xenosim.study.panel import PanelResult, run_panel
from xenosim.study.result import StudyResult
from xenosim.study.run import run_study
from xenosim.study.source_animal import read_source
from xenosim.study.unfinished_run import KEPT, ORIGIN

if TYPE_CHECKING:
    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import Scenario

#: Columns that name an animal in a table.
ANIMAL = ("arm", "replicate", "animal_id")
#: At most so many changed parameters are named.
NAMED = 10
#: A hash of scenario and parameters: it differs in every row where one of them does.
STUDY = "study_id"


class Difference(NamedTuple):
    """Where two tables differ first: ``row`` from 1 below the head, and both values; None where
    there is no such row or column.
    """

    table: str
    row: int
    column: str
    was: str | None
    now: str | None

    def __str__(self) -> str:
        was, now = (repr(v) if v is not None else "nothing" for v in (self.was, self.now))
        return f"{self.table}.csv, row {self.row}, column {self.column}: {was}, again {now}"


class Verdict(NamedTuple):
    """What a repetition showed: how many ``animals`` of ``of`` have the same rows in all tables,
    the ``tables`` compared, the first ``difference``, and what ``changed`` since.
    """

    animals: int
    of: int
    tables: int
    difference: Difference | None
    changed: list[str]

    @property
    def identical(self) -> bool:
        """Whether every table is the same, byte by byte."""
        return self.difference is None

    def __str__(self) -> str:
        if self.identical:
            text = f"identical, {self.animals} of {self.of} animals, {self.tables} tables"
        else:
            text = f"{self.animals} of {self.of} animals identical; first {self.difference}"
        return "\n".join([text, *(f"changed: {what}" for what in self.changed)])


class Repeated(NamedTuple):
    """What a run directory says of how its run is had again: the ``result`` that it keeps, its
    ``scenario``, and the checkpoint that a branched run keeps of the animal it came from.
    """

    result: StudyResult | PanelResult
    scenario: Scenario
    origin: Path | None

    @property
    def paired(self) -> bool:
        """Whether every animal is in every arm."""
        return bool(self.result.manifest["paired"])


def repeatable(run: Path) -> Repeated:
    """How the run kept in ``run`` is had again.

    Raises
    ------
    RunError, TableError
        No run directory of a study or a panel, a damaged one, or one that branched from an animal
        and does not keep it.
    """
    manifest = read_manifest(run)
    require_simulated(run, manifest)
    result = (PanelResult if is_panel(run) else StudyResult).load(run)
    origin = run / KEPT / ORIGIN if manifest.get("branched_from") else None
    if origin is not None and not origin.is_file():
        raise RunError(
            f"this run branched from a living animal, and {KEPT}/{ORIGIN}, which kept it, is not"
            " there",
            where=str(run),
            remedy="'xenosim run --from' with the checkpoint that it came from",
        )
    return Repeated(result, result.scenario, origin)


def check_again(
    run: str | Path, *, jobs: int | None = None, progress: Progress | None = None
) -> Verdict:
    """Simulate a run again and compare every table with its file, byte by byte. The directory is
    only read.

    Parameters
    ----------
    run : str or Path
        A run directory, of a study, a panel or a branched study.
    jobs : int, optional
        Worker processes; it does not change the result.
    progress : callable, optional
        As of :func:`~xenosim.study.run.run_study`, of a panel of
        :func:`~xenosim.study.panel.run_panel`.

    Raises
    ------
    RunError, TableError, CheckpointError
        As of :func:`repeatable`; an animal that was saved by another engine.
    """
    run = Path(run)
    known = repeatable(run)
    with TemporaryDirectory() as passing:
        again = _again(known, jobs, progress)
        again.write_into(passing, figures=False)
        return compared(run, Path(passing), changes(known, again.manifest))


def _again(known: Repeated, jobs: int | None, progress: Progress | None) -> Result:
    """The study or panel simulated again."""
    scenario = known.scenario
    if isinstance(known.result, PanelResult):
        return run_panel(scenario, jobs=jobs, progress=progress, paired=known.paired)
    source = read_source(known.origin, scenario) if known.origin else None
    return run_study(scenario, jobs=jobs, progress=progress, paired=known.paired, source=source)


def changes(known: Repeated, now: dict[str, Any]) -> list[str]:
    """What is another ``now``, in the manifest of the repetition, than when a run was written:
    version, engine, ensemble, parameters.
    """
    manifest, found = known.result.manifest, []
    if manifest["xenosim"] != __version__:
        found.append(f"version {manifest['xenosim']}, now {__version__}")
    if manifest.get("engine") != source_hash():
        found.append(f"engine (hash of its sources) {manifest.get('engine')}, now {source_hash()}")
    sets = [(each.get("ensemble") or {}).get("sha256") for each in (manifest, now)]
    if sets[0] != sets[1]:
        found.append(f"parameter sets of the ensemble (hash) {sets[0]}, now {sets[1]}")
    old = yaml.safe_load(known.result.files[RESOLVED]).get("parameters", {})
    new = resolved_dict(known.scenario)["parameters"]
    was, is_now = (
        {f"{group}.{name}": entry.get("value") for group, entries in each.items()
         for name, entry in entries.items()}
        for each in (old, new)
    )  # fmt: skip
    other = [
        f"parameter {name} {was.get(name, 'unknown')}, now {is_now.get(name, 'unknown')}"
        for name in sorted(was.keys() | is_now.keys())
        if was.get(name) != is_now.get(name)
    ]
    more = [f"{len(other) - NAMED} more parameters"] if len(other) > NAMED else []
    return found + other[:NAMED] + more


def compared(run: Path, again: Path, changed: list[str]) -> Verdict:
    """Compare the tables of two directories, those of ``again`` with the files of ``run``."""
    names = sorted({path.stem for folder in (run, again) for path in folder.glob("*.csv")})
    first: Difference | None = None
    rows: tuple[dict[Any, list[Any]], dict[Any, list[Any]]] = ({}, {})
    for name in names:
        was, now = (_text(folder / f"{name}.csv") for folder in (run, again))
        if was != now and (first is None or first.column == STUDY):
            first = _first(name, was, now)
        for of_animals, text in zip(rows, (was, now), strict=True):
            _collect(of_animals, name, text)
    animals = list(rows[0])
    same = sum(rows[0][key] == rows[1].get(key) for key in animals)
    return Verdict(same, len(animals), len(names), first, changed)


def _text(path: Path) -> str:
    """A file as it is, "" if there is none."""
    return path.read_bytes().decode("utf-8", errors="replace") if path.is_file() else ""


def _rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def _first(name: str, was: str, now: str) -> Difference:
    """The first cell that differs, one of the numbers before the hash of the study."""
    old, new = _rows(was), _rows(now)
    head = (old or new or [[]])[0]
    hashed: Difference | None = None
    none: list[str] = []
    for row, (a, b) in enumerate(zip_longest(old, new, fillvalue=none)):
        for k, (x, y) in enumerate(zip_longest(a, b)):
            if x != y:
                column = head[k] if k < len(head) else f"number {k + 1}"
                found = Difference(name, row, column, x, y)
                if column != STUDY:
                    return found
                hashed = hashed or found
    return hashed or Difference(name, 0, "line ends", "as they were", "others")


def _collect(rows: dict[Any, list[Any]], name: str, text: str) -> None:
    """Rows of every animal of a table, without the hash of the study."""
    table = _rows(text)
    if not table or not set(ANIMAL) <= set(table[0]):
        return
    places = [table[0].index(column) for column in ANIMAL]
    for row in table[1:]:
        if len(row) == len(table[0]):
            cells = [c for column, c in zip(table[0], row, strict=True) if column != STUDY]
            rows.setdefault(tuple(row[k] for k in places), []).append((name, *cells))
