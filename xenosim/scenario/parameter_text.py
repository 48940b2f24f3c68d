"""A parameter set as a commented file that reads back to the last digit."""

from __future__ import annotations

import json

from xenosim.errors import ParameterError, suggest
from xenosim.parameters.lines import find_line
from xenosim.parameters.load import (
    Parameter,
    ParameterSet,
    shipped_line,
    shipped_names,
    shipped_set,
)
from xenosim.parameters.schema import PARAMETERS
from xenosim.scenario.parameter_file import BASES, USER
from xenosim.scenario.schema import USER_FOLDERS


def export_text(name: str) -> str:
    """The file of a shipped drug, line, xenograft model, site or strain.

    Raises
    ------
    ParameterError
        No such set, or one that cannot be brought.

    Examples
    --------
    >>> print(export_text("ixazomib").splitlines()[6])
    mechanism: proteasome_inhibitor
    """
    kinds = [kind for kind in USER_FOLDERS if kind != "line" and name in shipped_names(kind)]
    if kinds:
        return parameter_text(shipped_set(name))
    try:
        record = find_line(name)
    except ParameterError as error:
        every = [each for kind in USER_FOLDERS for each in shipped_names(kind)]
        raise ParameterError(
            f"there is no drug, line, model, site or strain '{name}'{suggest(name, every)}",
            remedy="'xenosim params' and 'xenosim lines' list them",
        ) from error
    remarks = []
    if record.perturb:
        remarks = [
            f"A scenario with these cells must state perturb: [{json.dumps(record.perturb)}]"
        ]
    about = {"cancer": record.cancer, "genotype": record.genotype}
    return parameter_text(shipped_line(record.name), about, remarks)


def parameter_text(
    found: ParameterSet, about: dict[str, str] | None = None, remarks: list[str] | None = None
) -> str:
    """The file of a set: what differs from the sets that its kind begins with, and in comments what
    does not.

    Parameters
    ----------
    found : ParameterSet
        A drug, line, model, site or strain.
    about : dict, optional
        More keys of the file and their texts.
    remarks : list of str, optional
        Comments at its head.
    """
    base: dict[str, Parameter] = {}
    for each in BASES.get(found.kind, ()):
        base |= shipped_set(each).values
    folder = USER_FOLDERS[found.kind]
    lines = [
        f"# {found.name}: a {found.kind} of xenosim. Put a copy into {folder}/ beside a scenario:",
        f"# {folder}/NAME.yaml is found as '{'name' if found.kind == 'drug' else 'NAME'}', before a"
        " shipped one of that name.",
        "# 'xenosim check' checks it. Each number: value, unit, status (measured, derived,",
        "# calibrated, assumed), source; range and note where there are any.",
        *(f"# {remark}" for remark in remarks or []),
        f"kind: {found.kind}",
    ]
    lines += [f"description: {_quoted(found.description)}"]
    lines += [f"mechanism: {found.mechanism}"] if found.mechanism else []
    lines += [f"{key}: {_quoted(text)}" for key, text in (about or {}).items() if text]
    own = [p for name, p in found.values.items() if base.get(name) != p]
    lines += ["parameters:" if own else "parameters: {}"]
    for p in own:
        lines += _entry(p, found.kind)
    rest = [p for name, p in found.values.items() if base.get(name) == p]
    if rest:
        lines += ["", f"# As {' and '.join(BASES[found.kind])}; write it above to change it:"]
        lines += [f"#   {p.name}: {p.stated}  ({p.status})" for p in rest]
    return "\n".join(lines) + "\n"


def _entry(p: Parameter, kind: str) -> list[str]:
    """One parameter: its meaning, and its number."""
    source = _quoted(p.where) if p.bib == USER else f"{{bib: {p.bib}, where: {_quoted(p.where)}}}"
    lines = [
        f"  # {PARAMETERS[kind][p.name][1]}",
        f"  {p.name}:",
        f"    value: {p.value!r}",
        f"    unit: {_quoted(p.unit)}",
        f"    status: {p.status}",
        f"    source: {source}",
    ]
    lines += [f"    range: [{p.range[0]!r}, {p.range[1]!r}]"] if p.range else []
    lines += [f"    note: {_quoted(p.note)}"] if p.note else []
    return lines


def _quoted(text: str) -> str:
    """A text as YAML takes it, in quotes."""
    return json.dumps(text, ensure_ascii=False)
