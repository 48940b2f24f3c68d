"""The parameter sets of a scenario: layers of its tumors, and values that it states itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from xenosim.errors import ParameterError, suggest
from xenosim.parameters.load import ParameterSet, available, load_line, load_set
from xenosim.parameters.schema import PARAMETERS
from xenosim.scenario.schema import Override

#: Names of the parameters of a tumor: those of its cells, and of its vessels and space.
TUMOR = ("cell", "tumor")
#: Kinds of sets that a study has; those of a dish are not among them.
_KINDS = ("drug", "mouse", "site", "mutation", "model")


def tumor_set(model: str, site: str, line: str) -> ParameterSet:
    """The parameters of a model's tumors, with the vessels of their site and the cells of their
    line ("": the model's own).
    """
    found = load_set(model)
    for other in (load_set(site), *([load_line(line)] if line else [])):
        shared = {name: p for name, p in other.values.items() if name in found.values}
        found = replace(found, values={**found.values, **shared})
    return found


def layered_values(shipped: ParameterSet, tumor: ParameterSet) -> ParameterSet:
    """A shipped set with the values that its parameters have in a scenario's ``tumor``."""
    if shipped.kind not in ("cell", "tumor", "model", "site"):
        return shipped
    values = {name: tumor.values.get(name, p) for name, p in shipped.values.items()}
    return replace(shipped, values=values)


def overridden(
    parameters: ParameterSet, overrides: Iterable[Override], *names: str
) -> ParameterSet:
    """A set with the values that are stated of it; ``names`` under which it is stated, its own by
    default.
    """
    stated = {o.name: o.value for o in overrides if o.set in (names or (parameters.name,))}
    return parameters.with_overrides(
        {name: value for name, value in stated.items() if name in parameters.values}
    )


def known_sets() -> tuple[str, ...]:
    """Names of the sets of which a scenario may state values.

    Examples
    --------
    >>> {"cell", "tumor", "mouse", "ixazomib", "A49T", "dish"} - set(known_sets())
    {'dish'}
    """
    return (*TUMOR, *(name for kind in _KINDS for name in available(kind)))


def set_called(name: str) -> ParameterSet:
    """The shipped set of which a scenario states values.

    Raises
    ------
    ParameterError
        There is none, or it is one of the dish.
    """
    if name in ("dish", "readouts"):
        raise ParameterError(
            f"the parameters of '{name}' are those of cells in a dish",
            remedy="a study has none: remove them",
        )
    known = known_sets()
    if name not in known:
        raise ParameterError(
            f"there is no parameter set '{name}'{suggest(name, known)}",
            remedy="name cell, tumor, mouse, a drug or a mutation of the study; 'xenosim params'"
            " lists them",
        )
    return load_set(name)


def place_of(shipped: ParameterSet, name: str) -> str:
    """Under which name of a set a parameter is kept, however it was called."""
    for part in TUMOR:
        if shipped.kind in ("model", "site") and name in PARAMETERS[part]:
            return part
    return shipped.name
