"""How measurements lie in a file: long, wide by day, wide by animal, in blocks per arm. Every
layout becomes one list of cells, one entry per animal and day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from xenosim.analysis.laboratory.days import is_day_like, read_date, read_day
from xenosim.analysis.laboratory.grid import Cell, Grid, text_of
from xenosim.analysis.laboratory.headers import AXES, Columns, read_columns
from xenosim.analysis.laboratory.summaries import (
    are_titles,
    is_summary,
    left_out,
    stated_above,
    summary_of,
    titles,
)
from xenosim.errors import TableError, suggest

#: Names of the layouts, and what each looks like.
LAYOUTS = {
    "long": "one row per animal and day, columns arm, animal, day, volume",
    "by-day": "one row per animal, one column per day",
    "by-animal": "one row per day, one column per animal",
    "blocks": "a title per arm, below it a table by day or by animal",
}
#: Rows at the top of a sheet among which a header is looked for.
HEADER_ROWS = 40
VOLUME, WEIGHT = "tumor_volume_mm3", "body_weight_g"


@dataclass
class Cells:
    """Measurements as cells: ``columns`` by what they are, each (n,); ``lines`` (n,) their rows in
    the file; ``names`` what a column is called there, ``places`` (n,) the column of the value where
    that differs from row to row; ``factor`` to the unit of each column, None where none is stated;
    ``left`` names of columns that are not read; ``rows`` and ``summaries``: lines with their names,
    and names of columns, that hold means and errors, no animals; ``titles``: notes on what stands
    above the header.
    """

    columns: dict[str, list[Cell]] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    places: list[str] = field(default_factory=list)
    factor: dict[str, float | None] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    rows: list[tuple[int, str]] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)

    @property
    def notes(self) -> list[str]:
        """What was not read of the table, for the reader."""
        return [*self.titles, *left_out(self.rows, self.summaries)]

    def add(self, line: int, place: str, **cells: Cell) -> None:
        """One measurement."""
        for role, cell in cells.items():
            self.columns.setdefault(role, [""] * len(self.lines)).append(cell)
        self.lines.append(line)
        self.places.append(place)
        for column in self.columns.values():
            if len(column) < len(self.lines):
                column.append("")


@dataclass(frozen=True)
class Found:
    """A layout that a grid can be read in: its name, the row of its (first) header, and whether it
    needs no confirmation.
    """

    layout: str
    header: int
    certain: bool = False


def find_layout(
    grid: Grid, mapping: dict[str, str], layout: str = "", value: str = VOLUME
) -> Found:
    """The layout of a grid whose numbers are ``value``; ``layout`` where the user names it.

    Raises
    ------
    TableError
        No layout fits, or not the one that was named.
    """
    if layout and layout not in LAYOUTS:
        raise TableError(
            f"no layout '{layout}'{suggest(layout, LAYOUTS)}",
            where="--layout",
            remedy="; ".join(f"{name}: {what}" for name, what in LAYOUTS.items()),
        )
    if layout in ("", "long") and (long := _long(grid, mapping, value)):
        return long
    for found in [] if layout == "long" else _wide(grid, mapping):
        if layout in ("", found.layout):
            return found
    # A mapping of what is not there says so.
    read_columns(grid.texts(0), mapping, f"{grid.place}:{grid.numbers[0]}")
    named = f"the table is not in the layout '{layout}'" if layout else "the table is in no layout"
    shown = "; ".join(f"{name}: {what}" for name, what in LAYOUTS.items())
    raise TableError(
        f"{named} that is read",
        where=f"{grid.place}:{grid.numbers[0]}",
        excerpt="\n".join(
            "  " + " | ".join(grid.texts(k))[:150] for k in range(min(3, len(grid.rows)))
        ),
        remedy=f"name the columns with --map NAME=animal_id,NAME=day,...; layouts are {shown}",
    )


def _long(grid: Grid, mapping: dict[str, str], value: str) -> Found | None:
    """The first row that names columns of a long table; a mapped row of any names, where all that
    is mapped is there.
    """
    for row in range(min(HEADER_ROWS, len(grid.rows))):
        names = grid.texts(row)
        if mapping and not {theirs.casefold() for theirs in mapping.values()} <= {
            name.casefold() for name in names
        }:
            continue
        if len([name for name in names if name]) < 3 or _days_in(names):
            continue
        columns = read_columns(names, mapping, f"{grid.place}:{grid.numbers[row]}")
        if columns.is_long(value):
            return Found("long", row, certain=are_titles(grid, row) and not columns.guessed)
    return None


def _days_in(names: list[str]) -> bool:
    """Whether a row has days in two or more of its cells, as no header of a long table has."""
    return sum(map(is_day_like, names)) > 1


def _wide(grid: Grid, mapping: dict[str, str]) -> list[Found]:
    by_day = _headers_by_day(grid, mapping)
    by_animal = [k for k in range(len(grid.rows) - 1) if _is_by_animal(grid, k)]
    found = []
    for name, rows in (("by-day", by_day), ("by-animal", by_animal)):
        if len(rows) > 1:
            found.append(Found("blocks", rows[0]))
        if len(rows) == 1:
            found.append(Found(name, rows[0]))
            if _title(grid, rows[0]):
                found.append(Found("blocks", rows[0]))
    return found


def _headers_by_day(grid: Grid, mapping: dict[str, str]) -> list[int]:
    """The headers of tables by day. All begin alike: an arm that is called as a column may be,
    before volumes that rise, heads nothing.
    """
    rows = [k for k in range(len(grid.rows)) if _is_by_day(grid, k, mapping)]
    begins = [
        [name.casefold() for name in names[: _first_day(names)]]
        for names in (grid.texts(k) for k in rows)
    ]
    return [k for k, begin in zip(rows, begins, strict=True) if begin == begins[0]]


def _first_day(names: list[str]) -> int:
    """The place of the first day in a row, its length without one."""
    return next((k for k, name in enumerate(names) if is_day_like(name)), len(names))


def _is_by_day(grid: Grid, row: int, mapping: dict[str, str]) -> bool:
    """A row that names animal or arm, then two or more rising days."""
    names = grid.texts(row)
    first = _first_day(names)
    days = [name for name in names[first:] if is_day_like(name)]
    if not first or len(days) < 2:
        return False
    columns = _columns_before(names[:first], mapping, grid.place)
    if columns is None or not _rising(days):
        return False
    unnamed = names[:first] == [""] and are_titles(grid, row)
    return columns.has("animal_id") or columns.has("arm") or unnamed


def _columns_before(names: list[str], mapping: dict[str, str], where: str) -> Columns | None:
    """What the columns before the days are; None where that cannot be told."""
    present = {name.casefold() for name in names}
    said = {ours: theirs for ours, theirs in mapping.items() if theirs.casefold() in present}
    try:
        return read_columns(names, said, where)
    except TableError:
        return None


def _rising(days: list[str]) -> bool:
    values = [_place_in_time(day) for day in days]
    return all(a < b for a, b in pairwise(values))


def _place_in_time(day: str) -> float:
    number = read_day(day)
    if number is not None:
        return number
    found = read_date(day, "dmy", 2000)
    return float(found.toordinal()) if found else 0.0


def _is_by_animal(grid: Grid, row: int) -> bool:
    """A row whose first cell names the day, its other cells animals, with a day below it."""
    names = grid.texts(row)
    header = read_columns(names[:1], {}, grid.place)
    others = [name for name in names[1:] if name]
    if not (header.has("day") or header.has("date")) or len(others) < 2:
        return False
    below = next((text_of(r[0]) for r in grid.rows[row + 1 :] if text_of(r[0])), "")
    columns = _columns_before(names, {}, grid.place)
    measured = columns is not None and columns.has("animal_id")
    return is_day_like(below) and not measured


def read_cells(grid: Grid, found: Found, mapping: dict[str, str], value: str = VOLUME) -> Cells:
    """The measurements of a grid in a layout.

    Parameters
    ----------
    grid : Grid
        The cells.
    found : Found
        The layout and its header.
    mapping : dict of str to str
        Name in the file of each column.
    value : str
        What the cells of a wide table are.

    Raises
    ------
    TableError
        Rows with more cells than the header, columns that cannot be told apart.
    """
    stated = stated_above(grid, found.header, (value, AXES) if value == VOLUME else (value,))
    if found.layout == "long":
        cells = _read_long(grid, found.header, mapping)
        for role, factor in stated.items():
            if role in cells.factor and cells.factor[role] is None:
                cells.factor[role] = factor
                cells.titles.append(f"the unit is that of the title: {role} times {factor:g}")
        return cells
    said = [f"the unit is that of the title: values times {f:g}" for f in stated.values()]
    cells = Cells(names={value: "value"}, factor=dict(stated), titles=said)
    if found.layout == "by-day":
        _read_by_day(grid, found.header, len(grid.rows), mapping, value, cells)
    elif found.layout == "by-animal":
        _read_by_animal(grid, found.header, len(grid.rows), value, cells)
    else:
        _read_blocks(grid, mapping, value, cells)
    return cells


def _read_long(grid: Grid, header: int, mapping: dict[str, str]) -> Cells:
    names = grid.texts(header)
    while names and not names[-1]:
        names.pop()
    columns = read_columns(names, mapping, f"{grid.place}:{grid.numbers[header]}")
    cells = Cells(
        columns={role: [] for role in columns.place},
        names={role: names[place] for role, place in columns.place.items()},
        factor=dict(columns.factor),
        left=list(columns.left),
        titles=titles(grid, header),
    )
    naming = [columns.place[role] for role in ("arm", "animal_id", "day") if columns.has(role)]
    for k in range(header + 1, len(grid.rows)):
        row = grid.rows[k]
        if told := summary_of(row, (row[at] for at in naming if at < len(row))):
            cells.rows.append((grid.numbers[k], told))
            continue
        if any(text_of(cell) for cell in row[len(names) :]):
            raise TableError(
                f"{len(row)} cells for {len(names)} columns",
                where=f"{grid.place}:{grid.numbers[k]}",
                remedy="write decimals with a point, quote text that holds the separator",
            )
        for role, place in columns.place.items():
            cells.columns[role].append(row[place] if place < len(row) else "")
        cells.lines.append(grid.numbers[k])
    return cells


def _read_by_day(
    grid: Grid,
    header: int,
    end: int,
    mapping: dict[str, str],
    value: str,
    cells: Cells,
    arm: str = "",
) -> None:
    """Rows below a header of days; an arm is carried down from the row above (merged cells)."""
    names = grid.texts(header)
    first = _first_day(names)
    columns = _columns_before(names[:first], mapping, grid.place) or Columns()
    if names[:first] == [""]:
        columns.place["animal_id"] = 0
    days = [k for k in range(first, len(names)) if is_day_like(names[k])]
    fixed = dict(columns.place)
    after = read_columns(names[days[-1] + 1 :], {}, grid.place) if days else Columns()
    fixed |= {role: days[-1] + 1 + k for role, k in after.place.items() if role not in fixed}
    last_arm, counts = arm, dict[str, int]()
    for k in range(header + 1, end):
        row = grid.rows[k]
        told = {role: row[place] if place < len(row) else "" for role, place in fixed.items()}
        naming = (told.get(role, "") for role in ("arm", "animal_id"))
        if name := summary_of(row[:first], naming):
            cells.rows.append((grid.numbers[k], name))
            continue
        last_arm = text_of(told.get("arm", "")) or last_arm
        counts[last_arm] = counts.get(last_arm, 0) + 1
        told.setdefault("animal_id", str(counts[last_arm]))
        if not text_of(told["animal_id"]):
            if any(text_of(row[day]) for day in days if day < len(row)):
                cells.rows.append((grid.numbers[k], ""))
            continue
        told["arm"] = last_arm
        for day in days:
            if day < len(row) and text_of(row[day]):
                here = {"day": grid.rows[header][day], value: row[day]}
                cells.add(grid.numbers[k], names[day], **(told | here))


def _read_by_animal(
    grid: Grid, header: int, end: int, value: str, cells: Cells, arm: str = ""
) -> None:
    """Rows of days below a header of animals; arms stand in the row above, or in the names."""
    names = [text_of(cell) for cell in grid.rows[header]]
    above = grid.texts(header - 1) if header and not arm else []
    animals = _animals(names, above if len([a for a in above if a]) > 1 else [], arm)
    cells.summaries += [name for name in names[1:] if is_summary(name)]
    for k in range(header + 1, end):
        row = grid.rows[k]
        if not is_day_like(row[0]):
            if any(text_of(row[place]) for place in animals if place < len(row)):
                cells.rows.append((grid.numbers[k], text_of(row[0])))
            continue
        for place, (its_arm, animal) in animals.items():
            if place < len(row) and text_of(row[place]):
                cells.add(
                    grid.numbers[k],
                    f"{its_arm} {animal}".strip(),
                    **{"arm": its_arm, "animal_id": animal, "day": row[0], value: row[place]},
                )


def _animals(names: list[str], above: list[str], arm: str) -> dict[int, tuple[str, str]]:
    """Arm and animal of every column.

    Examples
    --------
    >>> _animals(["Days", "Vehicle", "", "Drug:Y1", "Drug:Y2"], [], "")
    {1: ('Vehicle', '1'), 2: ('Vehicle', '2'), 3: ('Drug', '1'), 4: ('Drug', '2')}
    >>> _animals(["Day", "11", "12", "21"], ["", "Vehicle", "", "Drug"], "")
    {1: ('Vehicle', '11'), 2: ('Vehicle', '12'), 3: ('Drug', '21')}
    """
    found: dict[int, tuple[str, str]] = {}
    if arm or above:
        current = arm
        for place in range(1, len(names)):
            current = (above[place] if place < len(above) and above[place] else "") or current
            if names[place] and not is_summary(names[place]):
                found[place] = (current, names[place])
        return found
    if told := _by_colon(names):
        return told
    counts: dict[str, int] = {}
    current = ""
    for place in range(1, len(names)):
        numbered = re.fullmatch(r"(.*?\S)\s*(?::\s*Y|[\s_.#:-]+#?)(\d+)", names[place])
        current = (numbered[1] if numbered else names[place]) or current
        if is_summary(current):
            continue
        counts[current] = counts.get(current, 0) + 1
        found[place] = (current, numbered[2] if numbered else str(counts[current]))
    return found


def _by_colon(names: list[str]) -> dict[int, tuple[str, str]]:
    """Arm and animal of every column where all are called ARM:ANIMAL, an arm's columns perhaps
    ARM:Y1, ARM:Y2; nothing where one is not.

    Examples
    --------
    >>> _by_colon(["day", "Drug: A:0-1", "Drug: A:12b", "Vehicle:A7"])
    {1: ('Drug: A', '0-1'), 2: ('Drug: A', '12b'), 3: ('Vehicle', 'A7')}
    """
    split = {
        place: tuple(part.strip() for part in name.rsplit(":", 1))
        for place, name in enumerate(names)
        if place and name and not is_summary(name)
    }
    if not split or any(len(parts) != 2 or not all(parts) for parts in split.values()):
        return {}
    by_prism = all(re.fullmatch(r"Y\d+", animal) for _, animal in split.values())
    return {
        place: (arm, animal[1:] if by_prism else animal) for place, (arm, animal) in split.items()
    }


def _read_blocks(grid: Grid, mapping: dict[str, str], value: str, cells: Cells) -> None:
    by_day = _headers_by_day(grid, mapping)
    by_animal = [k for k in range(len(grid.rows) - 1) if _is_by_animal(grid, k)]
    headers = by_day or by_animal
    ends = [k - 1 if _title(grid, k) else k for k in headers[1:]] + [len(grid.rows)]
    for header, end in zip(headers, ends, strict=True):
        arm = _title(grid, header)
        if by_day:
            _read_by_day(grid, header, end, mapping, value, cells, arm)
        else:
            _read_by_animal(grid, header, end, value, cells, arm)


def _title(grid: Grid, header: int) -> str:
    """The arm that the row above a header names, "" if that row is no title.

    Examples
    --------
    >>> grid = Grid("x", (("Group 1: Vehicle",), ("Animal", "0", "3")), (1, 2))
    >>> _title(grid, 1)
    'Vehicle'
    """
    if not header:
        return ""
    filled = [text for text in grid.texts(header - 1) if text]
    label = r"(?:study\s+)?(?:group|arm|treatment|cohort)(?:\s+name)?"
    if len(filled) == 2 and re.fullmatch(rf"{label}\s*\d*\s*[:#-]?", filled[0], re.I):
        return filled[1]
    if len(filled) != 1:
        return ""
    named = re.fullmatch(
        rf"{label}\s*(?:\d+\s*[:.–-]+|[:.–-]+\s*(?:\d+\s*[:.–-]+)?)\s*(\S.*)", filled[0], re.I
    )
    return named[1] if named else filled[0]
