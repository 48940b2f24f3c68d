"""Rules of dosing are read from text, or refused with what is wrong and what to write."""

import pytest

from xenosim.errors import XenosimError
from xenosim.scenario.protocol import QUANTITIES
from xenosim.scenario.rules import read_then, read_when


@pytest.mark.parametrize(
    ("text", "conditions", "measurements"),
    [
        ("body_weight_loss > 15 %", ["body_weight_loss > 15 %"], 1),
        ("body weight loss>=0.5% for 2 measurements", ["body_weight_loss >= 0.5 %"], 2),
        ("weight_loss < 5 % for 3 consecutive measurements", ["body_weight_loss < 5 %"], 3),
        ("rtv > 4 and day ≥ 7", ["relative_tumor_volume > 4", "day >= 7 day"], 1),
        ("tumor_volume < 0.05 cm^3", ["tumor_volume < 50 mm^3"], 1),
        ("day > 1 week", ["day > 7 day"], 1),
        ("time since last dose > 36 h", ["time_since_last_dose > 1.5 day"], 1),
        ("doses_given >= 8", ["doses_given >= 8"], 1),
    ],
)
def test_conditions(text: str, conditions: list[str], measurements: int) -> None:
    found, n = read_when(text)
    assert list(map(str, found)) == conditions and n == measurements


@pytest.mark.parametrize("name", QUANTITIES)
def test_every_quantity_reads_its_own_example(name: str) -> None:
    (condition,), _ = read_when(f"{name} > {QUANTITIES[name].example}")
    again, _ = read_when(str(condition))
    assert again == (condition,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("body_weight_loss > 15", "has no unit; write e.g. 'body_weight_loss > 15 %'"),
        ("tumor_volume < 50", "has no unit; write e.g. 'tumor_volume > 200 mm"),
        ("tumor_volume < 50 kg", "'kg' is not a unit of volume"),
        ("tumour_volume < 50 mm3", "did you mean 'tumor_volume'"),
        ("occupancy > 50 %", "'occupancy' is not measured in a study; rules are about"),
        ("tumor_volume = 50 mm3", "never exactly equal; write <"),
        ("always", "is no comparison"),
        ("day > 3 for 0 measurements", "write 1 to"),
        ("day > 3 for 2 measurements and day < 9", "of the whole rule; write"),
        ("day > 1e308 year", "is not a finite number"),
        ("x" * 2000, "a condition of 2000 letters"),
        ("day > nan", "is not a quantity"),
    ],
)
def test_conditions_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(XenosimError) as error:
        read_when(text)
    assert message in str(error.value)


def test_actions() -> None:
    assert read_then("hold").kind == "hold" and read_then("Resume reduced").steps == -1
    assert read_then("reduce to 50 %").level == 0.5 and read_then("resume at 75 %").level == 0.75
    assert read_then("reduce by 20 %").factor == 0.8 and read_then("escalate by 20 %").factor == 1.2
    assert read_then("reduce").steps == -1 and read_then("escalate").steps == 1
    switched = read_then("switch to 4 mg/kg IV QDx2", "ixazomib")
    assert [dose.time_h for dose in switched.doses] == [0.0, 24.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("explode", "nothing that a rule can do"),
        ("hodl", "did you mean 'hold'"),
        ("resume at 75", "'75' has no unit"),
        ("resume to 75 %", "nothing that a rule can do"),
        ("reduce at 75 %", "nothing that a rule can do"),
        ("reduce to 0 %", "is out of range"),
        ("reduce by 100 %", "is out of range"),
        ("escalate to 1000 %", "is out of range"),
        ("switch to 4 mg/kg IV QDx2", "drug"),
        ("switch to none", "a switch to no regimen; write stop"),
        ("switch to aspirin 4 mg/kg IV QDx2", "there is no drug 'aspirin'"),
    ],
)
def test_actions_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(XenosimError) as error:
        read_then(text)
    assert message in str(error.value)
