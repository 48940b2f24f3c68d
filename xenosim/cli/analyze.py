"""Verb analyze: the endpoints of a study that was measured, or of a run once more."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xenosim.analysis.data import StudyData
from xenosim.analysis.laboratory.preview import UnconfirmedLayout
from xenosim.cli.output import emit
from xenosim.errors import RunError, TableError
from xenosim.io.runs import check_writable, read_manifest, require_study
from xenosim.report.measured import is_measured, measured_study


def analyze(
    file: str,
    control: str | None,
    maps: list[str],
    reading: dict[str, Any],
    combination: Sequence[str] | None = None,
    *,
    day: float | None,
    seed: int | None,
    out: str,
    as_json: bool,
) -> Path:
    """Read, analyze, write, print; the directory. ``maps``: NAME=column of the file's columns;
    ``reading``: fields of :class:`~xenosim.analysis.laboratory.values.Reading`; ``combination``:
    ``A,B,BOTH``, arms of two drugs alone and together.
    """
    check_writable(Path(out))
    path, combined = Path(file), [parse_combination(text) for text in combination or ()]
    run = _run_of(path)
    command = shlex.join(["xenosim", *sys.argv[1:]])
    if run is not None:
        _refuse_reading(maps, reading)
        data, simulated, used = _of_run(run, control, seed)
        combined = combined or [(a, b, c) for a, b, c in read_manifest(run).get("combined", [])]
        inputs: dict[str, bytes] = {}
    else:
        try:
            data = StudyData.read(path, parse_maps(maps), control="", **reading)
        except UnconfirmedLayout as guess:
            raise _to_confirm(guess, command) from None
        data = data.against(_control(data, control))
        simulated, used = False, 1 if seed is None else seed
        inputs = {path.name: path.read_bytes()}
    title = str(read_manifest(run)["title"]) if run is not None else path.stem
    result = measured_study(
        data,
        title=title,
        day=day,
        seed=used,
        simulated=simulated,
        inputs=inputs,
        combined=combined,
    )
    folder = result.save(out, command=command)

    from xenosim.report.text import load_result

    emit(load_result(folder), folder, as_json)
    return folder


def parse_maps(maps: list[str]) -> dict[str, str]:
    """``NAME=column`` of the command line as name in the file of each column.

    Examples
    --------
    >>> parse_maps(["subject=animal_id,Time=day", "TV (mm3)=volume"])
    {'animal_id': 'subject', 'day': 'Time', 'volume': 'TV (mm3)'}
    """
    found: dict[str, str] = {}
    for part in (part for text in maps for part in text.split(",")):
        theirs, equals, ours = part.rpartition("=")
        if not equals or not theirs.strip() or not ours.strip():
            raise TableError(
                f"'{part}' is not NAME=column",
                where="--map",
                remedy="write --map subject=animal_id",
            )
        if ours.strip() in found:
            raise TableError(
                f"two columns are said to be {ours.strip()}", where="--map", remedy="name one"
            )
        found[ours.strip()] = theirs.strip()
    return found


def parse_combination(text: str) -> tuple[str, str, str]:
    """``A,B,BOTH`` of the command line as three arms.

    Examples
    --------
    >>> parse_combination("drug A,drug B,A + B")
    ('drug A', 'drug B', 'A + B')
    """
    arms = [part.strip() for part in text.split(",")]
    if len(arms) != 3 or not all(arms):
        raise TableError(
            f"'{text}' does not name three arms",
            where="--combination",
            remedy="write --combination 'A,B,BOTH', the arms of each drug alone and of both",
        )
    return arms[0], arms[1], arms[2]


def _run_of(path: Path) -> Path | None:
    """The run directory that a path names, itself or by its ``observations.csv``; None if it is a
    file of a laboratory.
    """
    if path.is_dir():
        return path
    beside = path.parent
    if path.name == "observations.csv" and (beside / "manifest.json").is_file():
        return beside
    return None


def _refuse_reading(maps: list[str], reading: dict[str, Any]) -> None:
    given = [name for name, value in reading.items() if value not in ("", None, "0.5LW2")]
    if maps or given:
        raise RunError(
            "the tables of a run are read as they are",
            where="--map" if maps else f"--{given[0].replace('_', '-')}",
            remedy="leave the option out",
        )


def _of_run(run: Path, control: str | None, seed: int | None) -> tuple[StudyData, bool, int]:
    """The measurements of a run, whether they were simulated, and the seed of its bootstrap."""
    manifest = read_manifest(run)
    require_study(run, manifest)
    data = StudyData.from_run(run)
    simulated = bool(manifest.get("simulated", True)) if is_measured(run) else True
    used = int(manifest["seed"]) if seed is None else seed
    return data.against(control or data.control), simulated, used


def _control(data: StudyData, control: str | None) -> str:
    if control:
        return control
    raise TableError(
        "which arm is the control?",
        where="--control",
        remedy=f"say --control NAME; the arms are {', '.join(map(repr, data.arms))}",
    )


def _to_confirm(guess: UnconfirmedLayout, command: str) -> TableError:
    """The guess with the exact command that confirms it."""
    layout = (guess.remedy or "").rpartition(" ")[2]
    return TableError(
        guess.message,
        where=guess.where,
        excerpt=guess.excerpt,
        remedy=f"if that is right: {command} --layout {layout}",
    )
