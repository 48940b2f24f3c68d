"""Verb fit: growth, potency and PK from a laboratory's own data."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from xenosim.cli.cluster import Place, searching_workers
from xenosim.errors import ParameterError, TableError, printable
from xenosim.io.runs import check_writable, unwritable

if TYPE_CHECKING:
    from xenosim.inference.fit.petab import Asked

#: Fewest points of a design that say anything.
LEAST_POINTS = 10


class Given(NamedTuple):
    """What the command line says of the data: a file of volumes, of concentrations and of IC50s,
    arms as NAME=ARM, columns as NAME=column, and fields of
    :class:`~xenosim.analysis.laboratory.values.Reading`.
    """

    data: str | None
    pk: str | None
    ic50: str | None
    arms: list[str]
    maps: list[str]
    reading: dict[str, Any]

    @property
    def files(self) -> list[str]:
        """Names of the files."""
        return [Path(file).name for file in (self.data, self.pk, self.ic50) if file]


def run_fit(
    file: str,
    given: Given,
    free: str | None,
    pairs: list[str],
    *,
    points: int | None,
    seed: int,
    place: Place,
    out: str,
    as_json: bool,
) -> Path:
    """Read, fit or go on, write, print; the directory."""
    from xenosim.inference.fit.kept import keep, summary
    from xenosim.inference.fit.petab import is_problem
    from xenosim.inference.fit.posterior import Settings, fit_study
    from xenosim.inference.fit.said import screen

    if points is not None and points < LEAST_POINTS:
        raise ParameterError(
            f"{points} points", where="--points", remedy=f"at least {LEAST_POINTS}"
        )
    folder, path = Path(out), Path(file)
    check_writable(folder)
    asked = (
        _problem(path, given, free, pairs) if is_problem(path) else _form(file, given, free, pairs)
    )
    names = given.files or [path.name]
    for note in asked.notes:
        typer.echo(f"Note: {printable(note)}", err=True)
    show = sys.stderr.isatty() and not as_json
    settings = Settings(seed, points)
    told = _told if show else None
    with searching_workers(place) as workers:
        found = fit_study(asked.problems, asked.free, folder, settings, workers, told)
    if show:
        typer.echo(err=True)
    try:
        keep(found, folder, names, asked.notes, date.today())
    except OSError as error:
        raise unwritable(folder, error) from error
    if as_json:
        said = summary(found, names, asked.notes, date.today())
        typer.echo(json.dumps({"directory": str(folder), **said}))
        return folder
    typer.echo(printable(screen(found, names)))
    typer.echo(f"\nDirectory: {folder}; the fitted study runs: xenosim run {folder}/scenario.yaml")
    return folder


def _problem(path: Path, given: Given, free: str | None, pairs: list[str]) -> Asked:
    """A problem on disk, which says everything itself."""
    from xenosim.inference.fit.petab import read_problem

    if given.files or free or pairs or given.arms:
        raise TableError(
            "a problem says itself what is measured and free",
            where=str(path),
            remedy="leave --data, --pk, --ic50, --arm, --free and --set out, or edit its tables",
        )
    return read_problem(path)


def _form(file: str, given: Given, free: str | None, pairs: list[str]) -> Asked:
    """A scenario and the laboratory's files."""
    from xenosim.analysis.data import StudyData
    from xenosim.cli.analyze import parse_maps
    from xenosim.cli.simulate import parse_overrides
    from xenosim.inference.fit.blocks import Problem
    from xenosim.inference.fit.data import OF_WEIGHT, measured, with_start
    from xenosim.inference.fit.free import default_names, free_of
    from xenosim.inference.fit.petab import Asked
    from xenosim.scenario.load import load_scenario

    scenario = load_scenario(file, parse_overrides(pairs, None))
    if not given.files:
        raise TableError(
            "there are no data", where="--data", remedy="say --data lab.csv, --pk or --ic50"
        )
    wanted = [name.strip() for name in free.split(",") if name.strip()] if free else None
    asked = free_of(scenario, wanted) if wanted is not None else None
    maps = parse_maps(given.maps)
    volumes = StudyData.read(given.data, maps, **given.reading) if given.data else None
    weights = asked is not None and any(one.prior.name in OF_WEIGHT for one in asked)
    found = measured(
        scenario,
        volumes,
        parse_arms(given.arms),
        Path(given.pk) if given.pk else None,
        Path(given.ic50) if given.ic50 else None,
        weights,
    )
    notes = list(found.notes)
    if asked is None:
        asked = free_of(scenario, default_names(scenario, [b.arm for b in found.blocks]))
    scenario = with_start(scenario, found.start_mm3, notes)
    return Asked((Problem(Path(file).name, scenario, found.blocks),), asked, tuple(notes))


def parse_arms(texts: list[str]) -> dict[str, str]:
    """``NAME=ARM`` of the command line as arm of the scenario by that of the data.

    Examples
    --------
    >>> parse_arms(["PBS=vehicle", "Ixa 10=ixazomib", "Combo="])
    {'PBS': 'vehicle', 'Ixa 10': 'ixazomib', 'Combo': ''}
    """
    found = {}
    for text in texts:
        theirs, equals, ours = text.rpartition("=")
        if not equals or not theirs.strip():
            raise TableError(
                f"'{text}' is not NAME=ARM", where="--arm", remedy="write --arm 'PBS=vehicle'"
            )
        found[theirs.strip()] = ours.strip()
    return found


def _told(what: str, done: int, of: int, left_s: float) -> None:
    """A line that is written over."""
    count = f" {done} of {of} points, {left_s / 60.0:.0f} min left" if of else ""
    typer.echo(f"\r{what}{count:<50}", nl=False, err=True)
