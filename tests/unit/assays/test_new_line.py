"""A line from one published IC50, or several that contradict each other."""

from __future__ import annotations

import pytest

from xenosim.assays.new_line import family_of, line_from_ic50s, parse_ic50, said_ic50
from xenosim.errors import XenosimError
from xenosim.scenario.document import document_of
from xenosim.scenario.parameter_file import read_parameter_file
from xenosim.scenario.parameter_text import parameter_text


def test_a_line_gives_the_ic50_that_it_was_made_from() -> None:
    made = line_from_ic50s("mine", [parse_ic50("ixazomib 41 nM 48 h")], 33.0, "multiple myeloma")
    assert made.given_nM[0] == pytest.approx(41.0, rel=0.2)
    load = made.set.values["load_mean"]
    assert load.status == "calibrated"
    assert load.range is not None
    assert load.range[1] / load.range[0] > 2.5
    assert made.set.value("nfkb_sign") == -1.0
    assert "wide" in made.notes[0]
    text = parameter_text(made.set, {"cancer": made.cancer}, list(made.notes))
    assert read_parameter_file(document_of(text, "x"), "mine", "line").set == made.set


def test_ic50s_that_contradict_each_other_widen_the_interval_and_are_named() -> None:
    asked = [parse_ic50("ixazomib 15 nM 72 h"), parse_ic50("ixazomib 150 nM 72 h")]
    made = line_from_ic50s("mine", asked, None)
    low, high = made.set.values["load_mean"].range or (0.0, 0.0)
    loads = sorted(each.load_mean for each in made.found)
    assert low <= loads[0] < loads[1] <= high
    assert any("contradict each other" in note for note in made.notes)
    assert made.set.values["culture_doubling_time"].status == "assumed"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ixazomb 41 nM 48 h", "did you mean 'ixazomib'"),
        ("ixazomib 41 nM", "is no IC50"),
        ("ixazomib 41 48 h", "is no IC50"),
        ("ixazomib 41 nM 48 kg", "is not a unit of time"),
        ("ixazomib -41 nM 48 h", "cannot be"),
        ("lenalidomide 41 nM 48 h", "says nothing of the load"),
    ],
)
def test_what_is_no_ic50_is_refused(text: str, said: str) -> None:
    with pytest.raises(XenosimError, match=said):
        parse_ic50(text)


def test_an_absurd_doubling_time_and_no_ic50_are_refused() -> None:
    with pytest.raises(XenosimError, match="absurd"):
        line_from_ic50s("x", [parse_ic50("ixazomib 41 nM 48 h")], 5000.0)
    with pytest.raises(XenosimError, match="needs an IC50"):
        line_from_ic50s("x", [], 30.0)


def test_a_family_has_no_sublines_and_is_named() -> None:
    assert not any(record.parent for record in family_of("multiple myeloma"))
    with pytest.raises(XenosimError, match="did you mean 'melanoma'"):
        family_of("melanom")


def test_what_has_no_half_is_said_in_words() -> None:
    assert said_ic50(float("nan"), parse_ic50("ixazomib 30 nM 2 d")) == "none below 900 nM"
