"""What columns are: words, units, mappings."""

import pytest

from xenosim.analysis.laboratory.headers import read_columns, read_header
from xenosim.errors import TableError


@pytest.mark.parametrize(
    ("text", "role", "factor", "known"),
    [
        ("TumorVolume", "tumor_volume_mm3", None, True),  # SynergyLMM
        ("SampleID", "animal_id", None, True),
        ("model.id", "animal_id", None, True),  # Xeva
        ("Mouse_ID", "animal_id", None, True),  # mouseExperiment
        ("tumor_volume_mm3", "tumor_volume_mm3", 1.0, True),
        ("Tumour volume (cm³)", "tumor_volume_mm3", 1000.0, True),
        ("TV, mm^3", "tumor_volume_mm3", 1.0, True),
        ("Length [cm]", "length_mm", 10.0, True),
        ("BW g", "body_weight_g", 1.0, True),
        ("Time (weeks)", "day", 7.0, True),
        ("Week", "day", 7.0, False),
        ("Ear Tag", "animal_id", None, False),
        ("patient", "", None, False),
    ],
)
def test_a_header_says_column_and_unit(
    text: str, role: str, factor: float | None, known: bool
) -> None:
    assert read_header(text) == (role, factor, known)


def test_a_unit_that_a_column_cannot_have_is_refused() -> None:
    with pytest.raises(TableError, match=r"the unit 'in3' of 'Volume \(in3\)' is not known"):
        read_header("Volume (in3)")


def test_a_mapping_goes_before_words_and_two_of_a_kind_are_asked() -> None:
    names = ["Group", "Treatment", "Mouse", "Day", "TV (cm3)", "extra"]
    with pytest.raises(TableError, match="'Group', 'Treatment' may each be arm"):
        read_columns(names, {}, "mice.csv")
    found = read_columns(names, {"arm": "Treatment", "volume": "tv (cm3)"}, "mice.csv")
    assert found.place["arm"] == 1 and found.left == ["Group", "extra"]
    assert found.factor["tumor_volume_mm3"] == 1000.0 and found.is_long("tumor_volume_mm3")


def test_a_word_that_is_known_goes_before_one_that_is_guessed() -> None:
    found = read_columns(["day", "dpi", "ear tag"], {}, "x")
    assert (found.place["day"], found.left, found.guessed) == (0, ["dpi"], ["animal_id"])


def test_a_mapping_to_nothing_is_refused() -> None:
    with pytest.raises(TableError, match=r"missing column Grup \(arm\); did you mean 'Group'"):
        read_columns(["Group"], {"arm": "Grup"}, "x")
    with pytest.raises(TableError, match="the mapping names a column 'blood'"):
        read_columns(["Group"], {"blood": "Group"}, "x")
