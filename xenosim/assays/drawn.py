"""Cells and drugs of a dish with the values of a parameter set of the ensemble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from xenosim.errors import ParameterError
from xenosim.parameters.ensemble import Ensemble, load_ensemble, prior_ensemble
from xenosim.parameters.load import ParameterSet, available, load_set

#: Values by (set, parameter), in internal units.
Draw = Mapping[tuple[str, str], float]


def ensemble_for(name: str | Path, sets: int, source: str = "posterior") -> Ensemble:
    """The first ``sets`` parameter sets, as they apply to the cells of a ``name``: a line, a model
    or the default cell; ``source``: posterior or prior.

    Raises
    ------
    ParameterError
        There is no ensemble, it has fewer sets, or the cells are a line of one's own.
    """
    name = str(name)
    if source not in ("posterior", "prior"):
        raise ParameterError(
            f"there is no ensemble '{source}'",
            where="--ensemble-from",
            remedy="write posterior or prior",
        )
    if name.endswith(".yaml"):
        raise ParameterError(
            "the ensemble knows no line of one's own",
            where="--ensemble",
            remedy="leave --ensemble out, or name the line that yours is like",
        )
    return applied(prior_ensemble(sets) if source == "prior" else load_ensemble().first(sets), name)


def applied(ensemble: Ensemble, name: str) -> Ensemble:
    """An ensemble as it applies to the cells of a ``name``: a line, a model or the default cell."""
    if name in available("model"):
        return ensemble.for_model(name)
    return ensemble.for_model("generic") if name == "cell" else ensemble.for_line(name)


def drawn_cell(cell: ParameterSet, draw: Draw) -> ParameterSet:
    """Cells with the values of a draw for the default cell, and with the load of their own.

    Examples
    --------
    >>> cell = drawn_cell(load_set("cell"), {("cell", "chaperone_gain"): 4.0})
    >>> cell.value("chaperone_gain")
    4.0
    """
    values = dict(cell.values)
    for (group, name), value in draw.items():
        if name in values and (group == "cell" or name == "load_mean"):
            values[name] = replace(values[name], value=value)
    return replace(cell, values=values)


def drawn_drugs(draw: Draw) -> dict[str, ParameterSet]:
    """The drugs of which a draw says something, by name.

    Examples
    --------
    >>> drawn_drugs({("ixazomib", "kd"): 2.0, ("cell", "dr5"): 1.0})["ixazomib"].value("kd")
    2.0
    """
    found = {}
    for drug in sorted({group for group, _ in draw} & set(available("drug"))):
        shipped = load_set(drug)
        own = {
            name: replace(shipped.values[name], value=value)
            for (group, name), value in draw.items()
            if group == drug
        }
        found[drug] = replace(shipped, values={**shipped.values, **own})
    return found
