"""Axes of a sweep: words, keys, parameters; ranges and lists; every mistake at once."""

import pytest

from xenosim.errors import ScenarioError
from xenosim.inference.sweep_vary import parse_axes, parse_axis


@pytest.mark.parametrize(
    ("text", "kind", "values"),
    [
        ("dose=1..4 mg/kg by log 3", "word", ("1 mg/kg", "2 mg/kg", "4 mg/kg")),
        ("dose.ixazomib=1 mg/kg..3 mg/kg by 3", "word", ("1 mg/kg", "2 mg/kg", "3 mg/kg")),
        ("interval=1,2, 7 d", "word", ("1 d", "2 d", "7 d")),
        ("interval=12,24 h", "word", ("12 h", "24 h")),
        ("route=po, IV", "word", ("PO", "IV")),
        ("tumor.start_volume=50..150 mm^3 by 2", "key", ("50 mm^3", "150 mm^3")),
        ("site=subcutaneous,intramuscular", "key", ("subcutaneous", "intramuscular")),
        ("seed=1,2,3", "key", ("1", "2", "3")),
        ("cell.load_mean=0.5..1.5 by 3", "parameter", ("0.5", "1", "1.5")),
        ("parameters.ixazomib.cl=1,2 L/h/kg", "parameter", ("1 L/h/kg", "2 L/h/kg")),
        ("tumor.lesions.count=1..4 by 3", "key", ("1", "2", "4")),
        ("cell.load_cv=10..30 % by 2", "parameter", ("10 %", "30 %")),
    ],
)
def test_what_can_be_varied(text: str, kind: str, values: tuple[str, ...]) -> None:
    axis = parse_axis(text)
    assert (axis.kind, axis.values) == (kind, values)


def test_a_share_lies_between_the_ends() -> None:
    log = parse_axis("dose=1..16 mg/kg by log 3")
    assert log.at(0.5) == ("4 mg/kg", 4.0)
    assert parse_axis("dose=1..3 mg/kg").at(0.5) == ("2 mg/kg", 2.0)
    listed = parse_axis("route=PO,IV")
    assert listed.at(0.4) == ("PO", None) and listed.at(1.0) == ("IV", None)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dose", "not NAME=VALUES"),
        ("dose=1..20", "has no unit"),
        ("dose=1..20 d", "not a unit of dose"),
        ("dose=20..1 mg/kg", "from 20 to 1"),
        ("dose=0..5 mg/kg by log 3", "logarithmic"),
        ("dose=1..5 mg/kg by 1", "one value"),
        ("dose=1,,2 mg/kg", "empty value"),
        ("dose=1 ug/kg,2 mg/kg", "two units"),
        ("dose=1,1 mg/kg", "twice"),
        ("dose=a..b mg/kg", "not a range"),
        ("dose=x mg/kg", "not a number"),
        ("route=PO..IV", "not a range"),
        ("route=XX", "not a route"),
        ("intervall=1,2 d", "did you mean 'interval'"),
        ("cell.load_men=1,2", "load_mean"),
        ("dish.doubling_time=1,2 h", "cannot be varied"),
        ("animals.per_arm=2,4", "makes no difference"),
        ("replicates=2,4", "makes no difference"),
    ],
)
def test_what_cannot(text: str, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_axis(text)
    assert words in str(caught.value)


def test_every_mistake_is_in_one_error() -> None:
    with pytest.raises(ScenarioError, match="2 mistakes") as caught:
        parse_axes(["dose=1..20", "interval=1,2 d", "nothing=1", "interval=1,2 d"][:3])
    assert "no unit" in str(caught.value) and "'nothing' cannot" in str(caught.value)
    with pytest.raises(ScenarioError, match="varied twice"):
        parse_axes(["interval=1,2 d", "interval=3 d"])
    with pytest.raises(ScenarioError, match="nothing is varied"):
        parse_axes([])
