"""Rules that contradict each other or can never act are found."""

import pytest

from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.protocol import DosingRule
from xenosim.scenario.rule_checks import Limits, levels_reached, mistakes_of, too_much
from xenosim.scenario.rules import read_then, read_when

LIMITS = Limits((0.0, 3.0, 6.0, 9.0), 4.0, 2000.0, 0.2)


def rules(*texts: str) -> list[DosingRule]:
    found = []
    for when, then in (text.split(": ") for text in texts):
        conditions, n = read_when(when)
        found.append(
            DosingRule(
                when=when, then=then, conditions=conditions, measurements=n, action=read_then(then)
            )
        )
    return found


HOLD, LOSS = "body_weight_loss > 15 %: hold", "body_weight_loss"


@pytest.mark.parametrize(
    ("given", "levels", "message"),
    [
        ((HOLD, f"{LOSS} < 18 %: resume"), (), "where body_weight_loss > 15 % and < 18 %, rule 1"),
        ((HOLD, f"{LOSS} > 12 %: escalate to 150 %"), (), "contradict each other"),
        ((f"{LOSS} >= 10 %: reduce to 50 %", f"{LOSS} <= 10 %: escalate to 150 %"), (), "10 %"),
        ((HOLD, HOLD), (), "rules 1 and 2 are the same"),
        (("day > 3: reduce to 50 %", "day > 3: reduce to 75 %"), (), "contradict each other"),
        (("rtv < 2: stop", "rtv < 1: hold"), (), "rule 2 never acts: wherever it is true, rule 1"),
        (("rtv < 1: hold", "rtv < 2: stop"), (), "rule 1 never acts: wherever it is true, rule 2"),
        (("rtv > 3 and rtv < 2: hold",), (), "no relative_tumor_volume is both"),
        (("day > 9: hold",), (), "is never so: animals are measured on days 0 to 9"),
        (("day > 6: hold",), (), "after the last of them no dose follows"),
        (("tumor_volume > 2000 mm3: hold",), (), "animals leave at 2000 mm^3"),
        (("tumor_volume < 4 mm3: stop",), (), "no reading is below 4 mm^3"),
        ((f"{LOSS} > 25 %: hold",), (), "animals leave at a loss of 20 %"),
        (("rtv < 0: hold",), (), "never below 0"),
        (("time_on_hold > 1 day: stop",), (), "no rule holds"),
        (("day > 3 for 9 measurements: stop",), (), "there are 4 measurements, not 9"),
        (("day > 3: resume",), (), "no rule holds, so none can resume"),
        (("day > 3: reduce",), (), "'reduce' has no dose levels"),
        (("day > 3: reduce to 60 %",), (1.0, 0.5), "60 % is none of the dose levels"),
        (("day > 3: reduce by 50 %",), (1.0, 0.5), "the study has dose levels"),
        (("day > 3: escalate",), (1.0, 0.5), "no dose level is ever below"),
        (("day > 3: reduce to 120 %",), (), "no dose level is ever above"),
    ],
)
def test_a_mistake_is_found_once(
    given: tuple[str, ...], levels: tuple[float, ...], message: str
) -> None:
    (found,) = mistakes_of(rules(*given), levels, LIMITS)
    assert message in found.message and found.remedy


def test_sensible_rules_are_none() -> None:
    given = rules(
        HOLD,
        f"{LOSS} < 10 % for 2 measurements: resume reduced",
        f"{LOSS} > 10 %: reduce",
        f"{LOSS} < 5 % and day > 3: escalate",
        "tumor_volume < 50 mm3: stop",
        "tumor_volume > 1500 mm3: stop",
    )
    assert not list(mistakes_of(given, (1.0, 0.75, 0.5), LIMITS))


def test_levels_that_are_reached_and_doses_that_are_too_much() -> None:
    given = rules("day > 3: escalate by 50 %", "day > 6: reduce to 50 %")
    assert {0.5, 0.75, 1.0, 1.5} <= levels_reached(given, ()) and max(
        levels_reached(given, ())
    ) <= 3
    doses = parse_regimen("500 mg/kg PO QDx1", default_drug="ixazomib")
    assert "absurd" in too_much(given, (), doses) and not too_much(given[1:], (), doses)
