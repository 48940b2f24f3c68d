"""Rows and columns of a laboratory's table that are no animals: means and errors that people write
beside the measurements, and titles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from xenosim.analysis.laboratory.grid import Cell, Grid, text_of
from xenosim.analysis.laboratory.headers import read_header
from xenosim.errors import TableError

#: Words for what is computed from animals.
_WORD = (
    r"(?:(?:geo(?:metric|m)?\.?\s*|group\s+)?(?:mean|average|avg|median)|s\.?d\.?|s\.?e\.?m?\.?"
    r"|st(?:d|andard)\.?\s*(?:dev(?:iation)?|err(?:or)?)\.?(?:\s+of\s+(?:the\s+)?mean)?|stdev|stderr"
    r"|%?\s*cv\s*%?|variance|n|count|total|sum|min(?:imum)?|max(?:imum)?|range"
    r"|(?:95\s*%\s*)?ci(?:\s*95\s*%?)?|(?:p|t)[\s-]*(?:value|test)|%?\s*t\s*/\s*c\s*%?|%?\s*tgi\s*%?)"
)
_SUMMARY = re.compile(
    rf"{_WORD}(?:\s*(?:±|\+/?-|and|,)\s*{_WORD})?\s*(?:[(\[].*[)\]])?\s*[:=]?", re.I
)
#: The same behind the name of an arm: "Vehicle mean".
_OF_AN_ARM = re.compile(r"\S.*\s(?:mean|average|avg|median|sem|s\.e\.m\.|stdev|std\.? dev)", re.I)
#: Most filled cells of a row above a header that is a title; most rows that are named one by one.
TITLE_CELLS, TOLD = 2, 8


def is_summary(name: str) -> bool:
    """Whether a name is that of a mean, an error or a count instead of an animal's.

    Examples
    --------
    >>> [is_summary(name) for name in ("Mean", "SEM:", "mean ± SD (n=8)", "Vehicle mean", "M1")]
    [True, True, True, True, False]
    """
    name = name.strip()
    return bool(_SUMMARY.fullmatch(name) or _OF_AN_ARM.fullmatch(name))


def summary_of(row: Sequence[Cell], named: Iterable[Cell]) -> str:
    """What a row of a table is called if it is a summary, "" otherwise: by its first cell with
    anything in it or by one of those that name arm, animal and day.

    Examples
    --------
    >>> summary_of(["", "SEM", 4.0], ["SEM"]), summary_of(["v", "1", "0"], ["v", "1"])
    ('SEM', '')
    """
    first = next((text_of(cell) for cell in row if text_of(cell)), "")
    return next((text for text in (*map(text_of, named), first) if is_summary(text)), "")


def left_out(rows: Sequence[tuple[int, str]], columns: Sequence[str]) -> list[str]:
    """The note on summary rows (line and name, "" for one without) and columns; none, no note.

    Examples
    --------
    >>> left_out([(12, "Mean"), (13, "")], ["SD"])
    ["no animals, not read: line 12 'Mean', line 13 (no animal named), column 'SD'"]
    """
    said = [
        f"line {line} '{name}'" if name else f"line {line} (no animal named)"
        for line, name in rows[:TOLD]
    ]
    said += [f"{len(rows) - TOLD} more lines"] if len(rows) > TOLD else []
    said += [f"column '{name}'" for name in dict.fromkeys(columns)]
    return [f"no animals, not read: {', '.join(said)}"[:400]] if said else []


def are_titles(grid: Grid, header: int) -> bool:
    """Whether the rows above a header are titles: a cell or two of text."""
    return all(sum(map(bool, grid.texts(k))) <= TITLE_CELLS for k in range(header))


def titles(grid: Grid, header: int) -> list[str]:
    """The note on the rows above a header that were not read; none where there are none."""
    said = [" ".join(filter(None, grid.texts(k))) for k in range(header)]
    if not said:
        return []
    lines = f"line {grid.numbers[0]}" if header == 1 else f"lines up to {grid.numbers[header - 1]}"
    return [f"the header is line {grid.numbers[header]}; {lines} not read: '{said[0][:80]}'"]


def stated_above(grid: Grid, header: int, roles: Sequence[str]) -> dict[str, float]:
    """The factors to the units of columns that titles above the header state, the nearest first.

    Examples
    --------
    >>> stated_above(Grid("x", (("Tumor volume (cm3)",), ("Animal", "0")), (1, 2)), 1,
    ...     ["tumor_volume_mm3"])
    {'tumor_volume_mm3': 1000.0}
    """
    stated: dict[str, float] = {}
    for row in range(header - 1, -1, -1):
        for text in filter(None, grid.texts(row)):
            try:
                said = read_header(text)
            except TableError:
                continue
            if said.role in roles and said.factor is not None:
                stated.setdefault(said.role, said.factor)
    return stated
