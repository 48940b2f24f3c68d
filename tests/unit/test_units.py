"""Quantities with units, at the border."""

import pytest

from xenosim.errors import UnitError
from xenosim.units import DIMENSIONS, convert, quantity


@pytest.mark.parametrize(
    ("text", "dimension", "expected"),
    [
        ("1e5 /mm^3", "density", 1e5),
        ("1e3/mm^3", "density", 1e3),
        ("100 mm3", "volume", 100.0),
        ("0.1 cm^3", "volume", 100.0),
        ("5 µm", "length", 5.0),
        ("5 um", "length", 5.0),
        ("25 %", "fraction", 0.25),
        ("0.25", "fraction", 0.25),
        ("3 d", "time", 72.0),
        ("3 days", "time", 72.0),
        ("2 wk", "time", 336.0),
        ("30 min", "time", 0.5),
        ("12 h", "duration_days", 0.5),
        ("0.01 g/kg", "dose", 10.0),
        ("5 uM", "concentration", 5000.0),
        ("0.7 1/nM/h", "per_nM_h", 0.7),
        ("5 L/h/kg", "clearance", 5.0),
        ("24 /day", "rate", 1.0),
    ],
)
def test_reads_into_the_internal_unit(text: str, dimension: str, expected: float) -> None:
    assert quantity(text, dimension) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("dimension", [name for name, unit in DIMENSIONS.items() if unit])
def test_a_bare_number_names_the_expected_unit(dimension: str) -> None:
    with pytest.raises(UnitError) as caught:
        quantity("5", dimension, where="file.yaml:3:7")
    assert DIMENSIONS[dimension] in str(caught.value) and str(caught.value).startswith(
        "file.yaml:3:7"
    )


@pytest.mark.parametrize(
    ("text", "dimension"),
    [
        ("5 kg", "time"),
        ("5 furlings", "length"),
        ("ten h", "time"),
        ("nan h", "time"),
        ("1e999 h", "time"),
        ("1 h h", "time"),
        ("5 mg", "fraction"),
        ("", "dose"),
    ],
)
def test_refusals_say_how_to_mend(text: str, dimension: str) -> None:
    with pytest.raises(UnitError) as caught:
        quantity(text, dimension)
    assert caught.value.remedy


def test_convert_scales() -> None:
    assert convert(2.0, "day", "time") == pytest.approx(48.0)
