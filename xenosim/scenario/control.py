"""The control curve of a scenario: untreated tumors, to which growth is calibrated."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from xenosim.errors import ScenarioError
from xenosim.scenario.values import Values

_REMEDY = (
    "give a CSV file with the columns day and tumor_volume_mm3, volumes above 0, from two days on"
)


def growth_control(values: Values) -> tuple[tuple[float, float], ...]:
    """The table of ``tumor.growth.control``: (day, geometric mean volume [mm3]) in rising days, or
    nothing.

    Raises
    ------
    ScenarioError
        A doubling time beside it, a table that cannot be read, or one that does not grow.
    """
    key = "tumor.growth.control"
    name = values.get(key)
    if name is None:
        return ()
    if values.stated("tumor.growth.doubling_time"):
        raise values.fail(
            key, "growth has both a doubling time and a control table", "keep one of them"
        )
    try:
        return read_control(Path(values.document.file).parent / name, name)
    except ScenarioError as error:
        raise values.document.placed(values.path(key), error) from error


def read_control(path: Path, name: str) -> tuple[tuple[float, float], ...]:
    """Geometric mean volume per day of a table that errors call ``name``: (day, mm3).

    Raises
    ------
    ScenarioError
        Naming what is wrong in the table.
    """
    try:
        reader = csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines())
        rows = [(reader.line_num, row) for row in reader]
    except FileNotFoundError as error:
        raise ScenarioError(f"the control table '{name}' does not exist", remedy=_REMEDY) from error
    except (OSError, ValueError, csv.Error) as error:
        raise ScenarioError(
            f"the control table '{name}' cannot be read as text", remedy=_REMEDY
        ) from error
    for column in ("day", "tumor_volume_mm3"):
        if column not in (reader.fieldnames or ()):
            raise ScenarioError(
                f"the control table '{name}' has no column {column}", remedy=_REMEDY
            )
    logs: dict[float, list[float]] = {}
    for line, row in rows:
        day, volume = _measurement(row)
        if not (math.isfinite(day) and 0.0 < volume < math.inf):
            raise ScenarioError(
                f"line {line} of the control table '{name}' holds no day and volume above 0",
                remedy=_REMEDY,
            )
        logs.setdefault(day, []).append(math.log(volume))
    curve = tuple((day, math.exp(math.fsum(of) / len(of))) for day, of in sorted(logs.items()))
    if len(curve) < 2 or curve[-1][1] <= curve[0][1]:
        raise ScenarioError(f"the control table '{name}' does not show growth", remedy=_REMEDY)
    return curve


def _measurement(row: dict[str, str]) -> tuple[float, float]:
    """Day and volume [mm3] of a row, NaN where it holds no numbers."""
    try:
        return float(row["day"]), float(row["tumor_volume_mm3"])
    except (TypeError, ValueError):
        return math.nan, math.nan
