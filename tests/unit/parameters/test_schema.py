"""The schema of parameters."""

from xenosim.parameters.schema import FOLDERS, PARAMETERS
from xenosim.units import DIMENSIONS


def test_every_parameter_has_a_known_dimension_and_a_meaning() -> None:
    for kind, names in PARAMETERS.items():
        for name, (dimension, meaning) in names.items():
            assert dimension in DIMENSIONS, f"{kind}: {name}"
            assert meaning, f"{kind}: {name}"


def test_folders_are_of_kinds() -> None:
    assert set(FOLDERS) <= set(PARAMETERS)
