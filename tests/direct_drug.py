"""A drug with direct effects on cells, made up for tests."""

from __future__ import annotations

from xenosim.parameters.load import ParameterSet, parse_parameter
from xenosim.parameters.schema import PARAMETERS
from xenosim.units import DIMENSIONS

#: One compartment, all of it free.
PK = {"molar_mass": 500.0, "salt_factor": 1.0, "cl": 1.0, "v1": 2.0, "fu": 0.5, "fu_medium": 1.0}


def toxin(name: str = "toxin", **values: float) -> ParameterSet:
    """A drug of these ``values``, in internal units, beside those of :data:`PK`."""
    parameters = {
        key: parse_parameter(
            key,
            {
                "value": value,
                "unit": DIMENSIONS[PARAMETERS["drug"][key][0]],
                "status": "assumed",
                "source": {"bib": "xenosim2026", "where": "a test"},
                "note": "made up",
            },
            "drug",
            where=key,
        )
        for key, value in (PK | values).items()
    }
    return ParameterSet(name, "drug", parameters, "direct_effect")
