"""Verb design: how many animals a study takes."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from xenosim.cli.analyze import parse_maps
from xenosim.cli.output import emit
from xenosim.cli.simulate import Progress, parse_overrides
from xenosim.errors import TableError
from xenosim.io.runs import check_writable

if TYPE_CHECKING:
    from xenosim.analysis.data import StudyData
    from xenosim.study.design import Question

#: Most sizes of a study, and animals per arm of the largest [-].
MOST_SIZES, LARGEST = 100, 1000


class Laboratory(NamedTuple):
    """A laboratory's table: file, its control arm, columns (``--map``) and layout."""

    file: str | None
    control: str | None
    maps: list[str]
    layout: str | None


def parse_question(
    sizes: str,
    tests: str,
    targets: str,
    interim: str | None,
    studies: int,
    animals: int,
    paired: bool,
) -> Question:
    """What the options ask; TableError for what they cannot mean."""
    from xenosim.analysis.sequential import parse_interim
    from xenosim.study.design import Question

    names = tuple(dict.fromkeys(name.strip() for name in tests.split(",")))
    look = parse_interim(interim) if interim else None
    asked = parse_sizes(sizes), names, studies, parse_targets(targets), animals, paired, look
    return Question(*asked)


def run_design(
    file: str,
    pairs: list[str],
    seed: int | None,
    question: Question,
    laboratory: Laboratory,
    jobs: int | None,
    out: str,
    as_json: bool,
) -> Path:
    """Load, simulate, write, print; the directory. ``pairs``: ``key=value`` of the scenario."""
    from xenosim.scenario.load import load_scenario

    base = Path(out)
    check_writable(base)
    scenario = load_scenario(file, parse_overrides(pairs, seed))
    data = _read(laboratory)

    from xenosim.study.design import design_study

    show = sys.stderr.isatty() and not as_json
    with Progress(show, "days of all animals") as progress:
        result = design_study(scenario, question, data=data, jobs=jobs, progress=progress)
    folder = result.save(base, command=shlex.join(["xenosim", *sys.argv[1:]]))

    from xenosim.report.text import load_result

    emit(load_result(folder), folder, as_json)
    return folder


def _read(laboratory: Laboratory) -> StudyData | None:
    """The laboratory's measurements; None if no file is given."""
    from xenosim.analysis.data import StudyData

    if laboratory.file is None:
        return None
    if laboratory.control is None:
        raise TableError(
            "which arm of the table is the control?",
            where="--control",
            remedy="say --control NAME",
        )
    how = {"layout": laboratory.layout} if laboratory.layout else {}
    data = StudyData.read(laboratory.file, parse_maps(laboratory.maps), **how)
    return data.against(laboratory.control)


def parse_sizes(text: str) -> tuple[int, ...]:
    """'4:16', '4:16:2' or '4,6,8' as numbers of animals per arm.

    Examples
    --------
    >>> parse_sizes("4:8:2"), parse_sizes("6,12")
    ((4, 6, 8), (6, 12))
    """
    try:
        if ":" in text:
            first, last, *steps = (int(part) for part in text.split(":"))
            (step,) = steps or [1]
            found = tuple(range(first, last + 1, step))
        else:
            found = tuple(sorted({int(part) for part in text.split(",")}))
    except ValueError:
        found = ()
    if not found or len(found) > MOST_SIZES or min(found) < 1 or max(found) > LARGEST:
        raise TableError(
            f"'{text}' is no list of animals per arm",
            where="--n",
            remedy=f"write 4:16, 4:16:2 or 4,8,12, up to {LARGEST}",
        )
    return found


def parse_targets(text: str) -> tuple[float, ...]:
    """'0.8,0.9' as powers [-].

    Examples
    --------
    >>> parse_targets("0.8,0.9")
    (0.8, 0.9)
    """
    try:
        found = tuple(float(part) for part in text.split(","))
    except ValueError:
        found = ()
    if not found or not all(0.0 < power < 1.0 for power in found):
        raise TableError(
            f"'{text}' is no list of powers", where="--power", remedy="write --power 0.8,0.9"
        )
    return found
