"""The control curve of a scenario: untreated tumors, to which growth is calibrated."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xenosim.errors import ScenarioError, TableError, suggest
from xenosim.scenario.keys import BY_NAME
from xenosim.scenario.values import Values
from xenosim.tabular import Mistakes, Table, read_table

#: Volumes that a control table may hold [mm3], its longest time from day 0 and its shortest
#: time between two days [day].
VOLUMES_MM3, LAST_DAY, SHORTEST_GAP = (1.0, 20_000.0), 365.0, 0.01
_ARMS, _ANIMALS = ("arm", "group", "treatment"), ("animal_id", "animal")
#: What says yes, in lower case; so many rows of the smallest volume look like a limit.
_TRUE, SAME_READINGS = frozenset({"true", "t", "yes", "y", "1"}), 3
_REMEDY = (
    "give a CSV file with the columns day and tumor_volume_mm3, volumes above 0, from two days on"
)
Curve = tuple[tuple[float, float], ...]


def growth_control(values: Values) -> Curve:
    """The table of ``tumor.growth.control``: (day, typical volume [mm3]) in rising days, or
    nothing.

    Raises
    ------
    ScenarioError
        A doubling time beside it, a table that cannot be read, or one that does not grow.
    """
    key = "tumor.growth.control"
    name, arm = values.get(key), values.get("tumor.growth.arm") or ""
    if name is None:
        if arm:
            raise values.fail("tumor.growth.arm", "there is no control table", "add 'control:'")
        return ()
    if values.stated("tumor.growth.doubling_time"):
        raise values.fail(
            key, "growth has both a doubling time and a control table", "keep one of them"
        )
    try:
        return read_control(Path(values.document.file).parent / name, name, arm)
    except ScenarioError as error:
        raise values.document.placed(values.path(key), error) from error


def read_control(path: Path, name: str, arm: str = "") -> Curve:
    """The typical volume per day of a table that errors call ``name``: (day, mm3).

    Parameters
    ----------
    path : Path
        The table.
    name : str
        What errors call it.
    arm : str
        Which arm is the control, in a table that holds several.

    Raises
    ------
    ScenarioError
        Naming what is wrong in the table; of several mistakes, all.
    """
    try:
        table = read_table(path)
        table.require(("day", "tumor_volume_mm3"))
        curve = _curve(_of_arm(table, arm), name)
    except TableError as error:
        line = (error.where or "").rpartition(":")[2]
        place = f"line {line} of " if line.isdigit() else ""
        raise ScenarioError(
            f"{place}the control table '{name}': {error.message}", remedy=error.remedy or _REMEDY
        ) from error
    low, high = BY_NAME["tumor.growth.doubling_time"].range or (0.0, None)
    if len(curve) < 2 or curve[-1][1] <= curve[0][1]:
        raise ScenarioError(f"the control table '{name}' does not show growth", remedy=_REMEDY)
    doubling = (curve[-1][0] - curve[0][0]) / math.log2(curve[-1][1] / curve[0][1])
    if not low <= doubling <= (high or math.inf):
        raise ScenarioError(
            f"the control table '{name}' doubles in {doubling:.3g} days",
            remedy=f"{low:g} to {high:g} days can be simulated: are days and volumes in day, mm^3?",
        )
    return curve


def _of_arm(table: Table, arm: str) -> Table:
    """The rows of the control arm.

    Raises
    ------
    TableError
        Several arms of which none is chosen, or a chosen one that is not there.
    """
    column = next((name for name in _ARMS if table.index(name) is not None), "")
    given = table.texts(column) if column else []
    known = list(dict.fromkeys(given))
    shown = ", ".join(f"'{one}'" for one in known[:10])
    if arm and arm not in known:
        raise TableError(
            f"it has no arm '{arm}'{suggest(arm, known)}",
            remedy=f"one of {shown}" if known else f"name the column of arms {_ARMS[0]}",
        )
    if not arm and len(known) > 1:
        raise TableError(
            f"the column {column} names {len(known)} arms: {shown}",
            remedy="say which is the control, e.g. growth: {control: FILE, arm: vehicle}",
        )
    keep = [k for k in range(len(table.rows)) if not arm or given[k] == arm]
    rows, lines = tuple(table.rows[k] for k in keep), tuple(table.lines[k] for k in keep)
    return replace(table, rows=rows, lines=lines)


def _curve(table: Table, name: str) -> Curve:
    """Typical volume per day, once every cell has been looked at."""
    mistakes = Mistakes(TableError, table.path)
    days = table.numbers("day", mistakes, check=_absurd_day)
    volumes = table.numbers("tumor_volume_mm3", mistakes, check=_absurd_volume)
    wrong = {line for line, _, _ in mistakes.found}
    for line, text in zip(table.lines, table.texts("day"), strict=True):
        if not text and line not in wrong:
            mistakes.add("day is missing", line=line, remedy="write a number")
    mistakes.check()
    animal = next((column for column in _ANIMALS if table.index(column) is not None), "")
    limits = _limits(table, volumes, name)
    ids, again = table.texts(animal), table.texts("replicate")
    logs: dict[tuple[str, str], dict[float, list[float]]] = {}
    rows = zip(days, volumes, zip(again, ids, strict=True), limits, strict=True)
    for day, volume, one, limit in rows:
        if day is not None and volume is not None and not limit:
            logs.setdefault(one, {}).setdefault(day, []).append(math.log(volume))
    measured = sorted({day for of in logs.values() for day in of})
    for day, after in zip(measured, measured[1:], strict=False):
        if after - day < SHORTEST_GAP:
            raise TableError(f"days {day:g} and {after:g} are one", remedy="give days, in days")
    if not animal:
        _warn_of_leavers(logs, name)
    if all(len(of) == len(measured) for of in logs.values()):
        return _geometric_means(list(logs.values()), measured)
    means = [{day: math.fsum(of) / len(of) for day, of in one.items()} for one in logs.values()]
    return typical_curve(means, name)


def _limits(table: Table, volumes: list[float | None], name: str) -> list[bool]:
    """Which readings are the limit of the method, not volumes: those that the column is_censored
    says. They are left out, with a note; where no column tells, a note that the smallest volume
    stands in several rows.
    """
    log = logging.getLogger("xenosim")
    if table.index("is_censored") is not None:
        found = [text.lower() in _TRUE for text in table.texts("is_censored")]
        if any(found):
            log.warning(
                "control table '%s': %d of %d readings are at the limit of the method"
                " (is_censored) and are left out",
                name,
                sum(found),
                len(found),
            )
        return found
    known = [volume for volume in volumes if volume is not None]
    least = min(known, default=0.0)
    if known.count(least) >= SAME_READINGS:
        log.warning(
            "control table '%s': %d rows read %g mm^3, the smallest volume; if that is the"
            " limit of the calipers, growth reads too slow: add a column is_censored",
            name,
            known.count(least),
            least,
        )
    return [False] * len(volumes)


def _absurd_day(day: float) -> str:
    return "" if abs(day) <= LAST_DAY else f"not within {LAST_DAY:g} days of day 0 (hours?)"


def _absurd_volume(volume: float) -> str:
    low, high = VOLUMES_MM3
    inside = low <= volume <= high
    return "" if inside else f"not within {low:g} to {high:,.0f} mm^3 (cm^3? a lost decimal comma?)"


def _warn_of_leavers(logs: dict[tuple[str, str], dict[float, list[float]]], name: str) -> None:
    """Say that the mean of those left is not that of the group, where rows have no animal."""
    counts = [len(rows) for of in logs.values() for _, rows in sorted(of.items())]
    if any(after < before for before, after in zip(counts, counts[1:], strict=False)):
        logging.getLogger("xenosim").warning(
            "control table '%s': rows per day fall from %d to %d; if large tumors left, growth"
            " reads too slow: add a column animal_id",
            name,
            max(counts),
            min(counts),
        )


def _geometric_means(animals: Sequence[dict[float, list[float]]], days: list[float]) -> Curve:
    rows = {day: [log for of in animals for log in of[day]] for day in days}
    return tuple((day, math.exp(math.fsum(of) / len(of))) for day, of in rows.items())


def typical_curve(animals: Sequence[dict[float, float]], name: str = "") -> Curve:
    """Geometric mean volume of a group of which animals leave, as if all had stayed.

    The mean of those left follows the slow ones. Here an animal that is gone (or not there yet)
    goes on at the rate of those present plus its own difference from them while it was there. The
    curve spans the days on which at least half of the animals are present.

    Parameters
    ----------
    animals : sequence of mappings
        ln volume [mm3] by day, of each animal; between its days it is interpolated.
    name : str
        The table, for the note that animals leave.

    Returns
    -------
    curve : tuple of (float, float)
        Day and volume [mm3].

    Examples
    --------
    >>> fast, slow = {0: 0.0, 1: 1.0}, {0: 0.0, 1: 0.5, 2: 1.0}
    >>> [(day, round(math.log(volume), 2)) for day, volume in typical_curve([fast, slow])]
    [(0, 0.0), (1, 0.75), (2, 1.5)]
    """
    days = sorted({day for of in animals for day in of})
    here = [[min(of) <= day <= max(of) for of in animals] for day in days]
    enough = [k for k, there in enumerate(here) if 2 * sum(there) >= len(animals)]
    if not enough:
        return ()
    days = days[enough[0] : enough[-1] + 1]
    counts = [sum(there) for there in here[enough[0] : enough[-1] + 1]]
    if min(counts) < len(animals):
        logging.getLogger("xenosim").warning(
            "control table '%s': of %d animals %d to %d are measured; absent ones are taken to"
            " grow on at their own rate",
            name,
            len(animals),
            min(counts),
            max(counts),
        )
    curves = [_on_days(of, days) for of in animals]
    first = [curve[0] for curve in curves if curve[0] is not None]
    log = math.fsum(first) / len(first)
    logs = [log]
    for increment in _increments(curves, days):
        log += increment
        logs.append(log)
    return tuple((day, math.exp(value)) for day, value in zip(days, logs, strict=True))


def _on_days(of: dict[float, float], days: list[float]) -> list[float | None]:
    """An animal's ln volume on each day, interpolated between its own days, None outside."""
    own, found = sorted(of), list[float | None]()
    for day in days:
        before = [d for d in own if d <= day]
        after = [d for d in own if d >= day]
        if not (before and after):
            found.append(None)
            continue
        a, b = before[-1], after[0]
        share = (day - a) / (b - a) if b > a else 0.0
        found.append(of[a] + share * (of[b] - of[a]))
    return found


def _increments(curves: list[list[float | None]], days: list[float]) -> list[float]:
    """By how much ln volume of the group rises between days, absent animals included."""
    lengths = [b - a for a, b in zip(days, days[1:], strict=False)]
    rises = [
        [b - a if a is not None and b is not None else None for a, b in zip(c, c[1:], strict=False)]
        for c in curves
    ]
    offsets = [0.0] * len(curves)
    # Differences of rate are from the mean of all animals, which depends on them: a few rounds.
    group = [0.0] * len(lengths)
    for _ in range(200):
        for i, length in enumerate(lengths):
            there = [
                rise[i] - offsets[k] * length  # type: ignore[operator]
                for k, rise in enumerate(rises)
                if rise[i] is not None
            ]
            group[i] = math.fsum(there) / len(there) if there else 0.0
        for k, rise in enumerate(rises):
            seen = [i for i, value in enumerate(rise) if value is not None]
            if seen:
                above = math.fsum((rise[i] or 0.0) - group[i] for i in seen)
                offsets[k] = above / math.fsum(lengths[i] for i in seen)
        center = math.fsum(offsets) / len(offsets)
        offsets = [offset - center for offset in offsets]
    return [
        math.fsum(
            rise[i] if rise[i] is not None else group[i] + offsets[k] * length  # type: ignore[misc]
            for k, rise in enumerate(rises)
        )
        / len(rises)
        for i, length in enumerate(lengths)
    ]
