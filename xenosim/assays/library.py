"""Cells by name: the default cell, a xenograft model, a line of the library, or a line of one's
own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xenosim.assays.culture import Line, line_of
from xenosim.assays.drawn import Draw, drawn_cell, drawn_drugs
from xenosim.parameters.ensemble import own_drugs
from xenosim.parameters.load import Parameter, ParameterSet, Source, available, load_line, load_set
from xenosim.parameters.perturb import parse_perturbations
from xenosim.scenario.document import read_document
from xenosim.scenario.parameter_file import kind_of, read_parameter_file


def cell_of(name: str | Path) -> ParameterSet:
    """The default cell, a xenograft model, a line of the library, or the file of a line: one that
    ``characterize`` left, or a parameter file.
    """
    name = str(name)
    if name.endswith(".yaml"):
        return read_line(name)
    return load_set(name) if name in ("cell", *available("model")) else load_line(name)


def read_line(path: str | Path) -> ParameterSet:
    """A characterized line: name, like, doubling_h and load_mean of a YAML file, on the cell it is
    like.
    """
    path = Path(path)
    document = read_document(path, {})
    if kind_of(document):
        return replace(read_parameter_file(document, path.stem, "line").set, kind="own line")
    document.check_keys((), ("name", "like", "doubling_h", "load_mean", "low", "high"))
    try:
        load, doubling = float(document.get(("load_mean",))), float(document.get(("doubling_h",)))
    except (TypeError, ValueError) as error:
        raise document.fail(
            (),
            "load_mean or doubling_h is no number",
            "use the file that 'xenosim assay characterize' left",
        ) from error
    base = cell_of(str(document.get(("like",), "cell")))
    note = (
        f"from own data; 95 % interval {document.get(('low',), '?')} to"
        f" {document.get(('high',), '?')}"
    )
    fitted = replace(
        base.values["load_mean"],
        value=load,
        status="calibrated",
        source=Source("xenosim2026", str(path.name)),
        note=note,
    )
    time = Parameter(
        "culture_doubling_time",
        doubling,
        "h",
        "assumed",
        Source("xenosim2026", str(path.name)),
        None,
        "as given to characterize",
    )
    values = {**base.values, "load_mean": fitted, "culture_doubling_time": time}
    return ParameterSet(
        str(document.get(("name",), path.stem)), "own line", values, "", f"like {base.name}"
    )


def cells(
    name: str | Path,
    perturb: str | Sequence[str] = (),
    doubling_h: float | None = None,
    resistant: float | None = None,
    mutation_rate: float = 0.0,
    reversion_rate: float = 0.0,
    draw: Draw | None = None,
) -> Line:
    """What a well is seeded with.

    Parameters
    ----------
    name : str or Path
        "cell", a xenograft model, a line ("KMS-11"), or the ``line.yaml`` that ``characterize``
        left.
    perturb : str or sequence of str
        "CHOP=ko", "NOXA=kd:0.8", "MCL1=oe:3", "PSMB5=A49T".
    doubling_h : float, optional
        Doubling time [h]; by default the line's own.
    resistant : float, optional
        Share of founders with the mutation [-]; by default all.
    mutation_rate, reversion_rate : float
        Chance of a daughter to gain or to lose the mutation [-].
    draw : mapping, optional
        Values of a parameter set of the ensemble, for the cells and the drugs that they meet.

    Raises
    ------
    ParameterError
        Unknown names (with the nearest), perturbations that are impossible or contradict each
        other.

    Examples
    --------
    >>> cells("HCT116", ["CHOP=ko"]).label
    'HCT116 (CHOP=ko)'
    """
    cell = cell_of(name)
    line = line_of(
        cell if draw is None else drawn_cell(cell, draw),
        doubling_h,
        parse_perturbations([perturb] if isinstance(perturb, str) else perturb),
        resistant,
        mutation_rate,
        reversion_rate,
    )
    # Wells that are read in another process have the user's drugs from the line.
    drugs = own_drugs() | ({} if draw is None else drawn_drugs(draw))
    return line._replace(drugs=drugs) if drugs else line
