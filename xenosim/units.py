"""The internal unit system (um, h, nmol, nM, mg/kg, mm3, g) and the only use of pint, at the
border.
"""

from __future__ import annotations

import math
import re
from functools import cache
from typing import Any

from xenosim.errors import UnitError

#: Internal unit of each dimension.
DIMENSIONS = {
    "dose": "mg/kg",
    "volume": "mm^3",
    "time": "h",
    "duration_days": "day",
    "length": "um",
    "length_mm": "mm",
    "concentration": "nM",
    "density": "1/mm^3",
    "fraction": "",
    "mass": "g",
    "mass_density": "g/mm^3",
    "rate": "1/h",
    "rate_per_day": "1/day",
    "clearance": "L/h/kg",
    "volume_per_kg": "L/kg",
    "amount_per_kg": "umol/kg",
    "molar_mass": "g/mol",
    "per_nM_h": "1/(nM*h)",
    "pressure": "mmHg",
    "diffusivity": "um^2/h",
    "dimensionless": "",
}
#: Longest text of a quantity and of its unit [letters], and powers that no unit has.
LONGEST_QUANTITY, LONGEST_UNIT = 200, 60
_ENDLESS = re.compile(r"(?:\^|\*\*)[\s()+-]*(?:\d\d|[\d.\s()+-]*(?:\^|\*\*))")
_NUMBER = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*$")


@cache
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(cache_folder=None)
    registry.define("nM = nanomole / liter")
    registry.define("uM = micromole / liter")
    registry.define("M = mole / liter")
    registry.define("wk = week")
    return registry


def quantity(text: str, dimension: str, *, where: str | None = None) -> float:
    """Read "10 mg/kg" as a number in the internal unit of ``dimension``.

    Parameters
    ----------
    text : str
        A number with its unit; fractions also as "25 %" or bare.
    dimension : str
        A key of :data:`DIMENSIONS`.
    where : str, optional
        Place named in the error.

    Raises
    ------
    UnitError
        Not a number, no unit, an unknown unit, or one of another dimension.
    """
    expected = DIMENSIONS[dimension]
    example = f"write e.g. '{'25 %' if not expected else '5 ' + expected}'"
    if isinstance(text, str) and len(text) > LONGEST_QUANTITY:
        raise UnitError(f"{text[:20]!r}... is not a quantity", where=where, remedy=example)
    match = _NUMBER.match(text) if isinstance(text, str) else None
    if match is None:
        if isinstance(text, (int, float)) and not isinstance(text, bool):
            match = _NUMBER.match(repr(text))
        if match is None:
            raise UnitError(f"{text!r} is not a quantity", where=where, remedy=example)
    number, unit = float(match.group(1)), match.group(2)
    if not math.isfinite(number):
        raise UnitError(f"{text!r} is not a finite number", where=where, remedy=example)
    if not expected:
        if unit not in ("", "%"):
            raise UnitError(
                f"{text!r} has a unit where a fraction is expected", where=where, remedy=example
            )
        return number / 100.0 if unit == "%" else number
    if not unit:
        raise UnitError(f"{text!r} has no unit", where=where, remedy=example)
    return convert(number, unit, dimension, where=where)


def convert(value: float, unit: str, dimension: str, *, where: str | None = None) -> float:
    """``value`` in ``unit`` as a number in the internal unit of ``dimension``; UnitError if that is
    impossible.
    """
    expected = DIMENSIONS[dimension]
    if unit == expected:
        return value
    registry = _registry()
    spelled = re.sub(r"\bmm3\b", "mm^3", unit.replace("µ", "u").replace("μ", "u"))
    spelled = "1" + spelled if spelled.startswith("/") else spelled
    try:
        # The registry works out what is written: powers of powers, or of large numbers, for ever.
        if len(unit) > LONGEST_UNIT or _ENDLESS.search(unit):
            raise ValueError(unit)
        result = registry.Quantity(value, spelled).to(expected)
    except Exception as error:
        raise UnitError(
            f"'{unit}' is not a unit of {dimension}", where=where, remedy=f"use {expected}"
        ) from error
    return float(result.magnitude)
