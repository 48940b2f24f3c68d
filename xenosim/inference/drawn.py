"""Parameter sets with the values of a draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xenosim.parameters.load import ParameterSet, load_set

#: Values by (set, parameter), in internal units.
Draw = Mapping[tuple[str, str], float]


def drawn(parameters: ParameterSet, draw: Draw, group: str = "") -> ParameterSet:
    """A set with what the draw says of it; ``group``: under which name, its own by default. A
    value that the set has of its own, beside the shared one of ``group``, moves by the same factor.
    """
    name, shared = group or parameters.name, load_set(group or parameters.name)
    values = dict(parameters.values)
    for (owner, key), value in draw.items():
        if owner != name or key not in values:
            continue
        shipped, own = shared.values[key].value, values[key]
        if own.value != shipped and shipped != 0.0:
            value = min(max(value * own.value / shipped, own.limits[0]), own.limits[1])
        values[key] = replace(own, value=value)
    return replace(parameters, values=values)
