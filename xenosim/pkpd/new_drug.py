"""A drug file from what is known of its PK: tables of concentrations, or values of a
noncompartmental analysis; all else as stated.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from xenosim.errors import ParameterError, suggest
from xenosim.parameters.bounds import possible
from xenosim.parameters.load import Parameter, ParameterSet, Source
from xenosim.parameters.schema import PARAMETERS
from xenosim.pkpd.nca import Nca, compartments, ka_of_peak
from xenosim.pkpd.plasma_fit import PlasmaFit, fit_plasma, read_plasma
from xenosim.scenario.document import document_of
from xenosim.scenario.parameter_file import USER, read_parameter_file
from xenosim.scenario.parameter_text import parameter_text
from xenosim.units import DIMENSIONS, quantity

#: Values of an analysis and their dimensions.
NCA = {
    "cl": "clearance",
    "vss": "volume_per_kg",
    "half_life": "time",
    "v1": "volume_per_kg",
    "tmax_po": "time",
    "tmax_sc": "time",
    "tmax_ip": "time",
}
_PK = re.compile(
    r"^\s*(?P<file>.+?)\s+(?P<route>IV|PO|SC|IP)\s+(?P<dose>[\d.eE+-]+\s*\S+)\s*$", re.I
)


class NewDrug(NamedTuple):
    """A drug of the user: its ``set``, the ``text`` of its file, ``notes`` for the reader."""

    set: ParameterSet
    text: str
    notes: tuple[str, ...]


def drug_file(
    name: str, mechanism: str, pk: Sequence[str], nca: Sequence[str], stated: Sequence[str]
) -> NewDrug:
    """The file of a drug.

    Parameters
    ----------
    name, mechanism : str
        As a drug file has them.
    pk : sequence of str
        Tables, each "FILE ROUTE DOSE".
    nca : sequence of str
        Values, each "cl=1.2 L/h/kg"; of :data:`NCA`.
    stated : sequence of str
        Other parameters, each "fu=5 %"; bioavailability and absorption among them.

    Raises
    ------
    XenosimError
        Both or none of tables and values, what they do not determine, and all that is missing.
    """
    if bool(pk) == bool(nca):
        raise ParameterError(
            "a drug needs its PK from tables or from values, one of the two",
            where="--pk, --nca",
            remedy='write --pk "pk.csv IV 2 mg/kg", or --nca "cl=1.2 L/h/kg" --nca "vss=3 L/kg"',
        )
    known = {key: dimension for key, (dimension, _) in PARAMETERS["drug"].items()}
    given = _quantities(stated, known, "--set")
    values = {
        key: Parameter(
            key,
            value,
            DIMENSIONS[known[key]],
            "assumed",
            Source(USER, "as given to drugs add"),
            None,
            "as given: state its status and source",
        )
        for key, value in given.items()
    }
    found, notes = _from_tables(pk, given) if pk else _from_values(nca, given)
    twice = sorted(set(found) & set(values) - {f"f_{r}" for r in ("po", "sc", "ip")})
    if twice:
        raise ParameterError(
            f"{', '.join(twice)} is stated and follows from the PK",
            where="--set",
            remedy="leave it out",
        )
    made = ParameterSet(name, "drug", values | found, mechanism, f"{name}, a drug of the user")
    text = parameter_text(made, remarks=list(notes))
    read = read_parameter_file(document_of(text, f"drugs/{name}.yaml (not written)"), name, "drug")
    return NewDrug(read.set, parameter_text(read.set, remarks=list(notes)), tuple(notes))


def _quantities(texts: Sequence[str], known: dict[str, str], where: str) -> dict[str, float]:
    """Values by name, of texts "NAME=QUANTITY"."""
    found: dict[str, float] = {}
    for text in texts:
        name, equals, amount = (part.strip() for part in text.partition("="))
        if not equals or name not in known:
            raise ParameterError(
                f"'{text}' is not NAME=VALUE of a drug{suggest(name, known)}",
                where=where,
                remedy=f"names are {', '.join(known)}",
            )
        if name in found:
            raise ParameterError(f"{name} is given twice", where=where, remedy="keep one")
        found[name] = quantity(amount, known[name], where=f"{where} {name}")
    return found


def _from_tables(
    texts: Sequence[str], given: dict[str, float]
) -> tuple[dict[str, Parameter], list[str]]:
    tables = []
    for text in texts:
        match = _PK.match(text)
        if match is None:
            raise ParameterError(
                f"'{text}' is not FILE ROUTE DOSE", where="--pk", remedy="e.g. pk.csv PO 10 mg/kg"
            )
        dose = quantity(match["dose"], "dose", where="--pk")
        if dose <= 0.0:
            raise ParameterError(f"a dose of {dose:g} mg/kg", where="--pk", remedy="give its size")
        tables.append(
            read_plasma(match["file"], match["route"].upper(), dose, given.get("molar_mass"))
        )
    shares = {r: given[f"f_{r.lower()}"] for r in ("PO", "SC", "IP") if f"f_{r.lower()}" in given}
    fit = fit_plasma(tables, shares)
    names = ", ".join(Path(t.file).name for t in tables)
    notes = [f"fitted to {names}; samples lie {fit.fold:.2f}-fold from the curve", *fit.notes]
    found = [key for key in fit.values if not (key[0] == "f" and key in given)]
    return {key: _fitted(key, fit, names) for key in found}, notes


def _fitted(name: str, fit: PlasmaFit, files: str) -> Parameter:
    """One fitted number, its interval cut to what can be."""
    least, most = possible("drug", name)
    low, high = fit.intervals[name]
    value = min(max(fit.values[name], least), most)
    ends = (min(max(low, least), value), max(min(high, most), value))
    return Parameter(
        name,
        value,
        DIMENSIONS[PARAMETERS["drug"][name][0]],
        "calibrated",
        Source(USER, f"fit to {files}"),
        ends,
        "range: 90 % of the fit",
    )


def _from_values(
    texts: Sequence[str], given: dict[str, float]
) -> tuple[dict[str, Parameter], list[str]]:
    values = _quantities(texts, NCA, "--nca")
    found = compartments(Nca(*(values.get(key) for key in ("cl", "vss", "half_life", "v1"))))
    numbers = {key: value for key, value in found._asdict().items() if value > 0.0}
    for route in ("po", "sc", "ip"):
        if f"tmax_{route}" in values:
            numbers[f"ka_{route}"] = ka_of_peak(found, values[f"tmax_{route}"], route)
    source = Source(USER, "from " + ", ".join(texts))
    made = {
        key: Parameter(
            key, value, DIMENSIONS[PARAMETERS["drug"][key][0]], "derived", source, None, ""
        )
        for key, value in numbers.items()
    }
    count = 2 if found.v2 else 1
    return made, [
        f"{count} compartment{'s' * (count > 1)} by algebra from {', '.join(texts)}; terminal"
        f" half-life {found.half_life_h():.3g} h"
    ]
