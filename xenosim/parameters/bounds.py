"""What a number of a user's file can be at all, whatever range it states."""

from __future__ import annotations

from xenosim.parameters.load import Parameter, shipped_names, shipped_set
from xenosim.parameters.schema import PARAMETERS
from xenosim.units import DIMENSIONS

#: Numbers of a drug that has just been thought of, in internal units; how far beyond the shipped
#: range a number of cells, tumors and mice may lie [fold].
DRUG_LOW, DRUG_HIGH, BEYOND = 1e-9, 1e6, 10.0
#: Shipped sets in which parameters of a kind stand.
_BASES = {"line": ("cell",), "model": ("cell", "tumor"), "mouse": ("mouse",)}
#: Doubling times in culture [h].
_CULTURE_H = (1.0, 1000.0)


def possible(kind: str, name: str) -> tuple[float, float]:
    """Between which values, in its internal unit, a parameter of a kind of set can be.

    Examples
    --------
    >>> possible("drug", "fu"), possible("model", "load_cv")[0] >= 0
    ((1e-09, 1.0), True)
    """
    dimension = PARAMETERS[kind][name][0]
    if kind == "drug":
        return DRUG_LOW, 1.0 if dimension == "fraction" else DRUG_HIGH
    if name == "culture_doubling_time":
        return _CULTURE_H
    found = [p.limits for p in _shipped(kind, name)]
    low, high = min(low for low, _ in found), max(high for _, high in found)
    wider = high if dimension == "fraction" and high <= 1.0 else BEYOND * high
    least = low / BEYOND if DIMENSIONS[dimension] else 0.0
    return (least if low > 0.0 else low), wider


def _shipped(kind: str, name: str) -> list[Parameter]:
    sets = _BASES.get(kind) or (*shipped_names(kind), "tumor")
    return [shipped_set(each).values[name] for each in sets if name in shipped_set(each).values]
