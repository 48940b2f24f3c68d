"""Objectives, their directions, and the front of several."""

import numpy as np
import pytest

from xenosim.errors import ScenarioError
from xenosim.inference.optimize_objectives import (
    Objective,
    Scored,
    better,
    front,
    parse_objectives,
)

TC, VISITS = parse_objectives(["control"], ["visits"])


class _Plan:
    def __init__(self, at: int) -> None:
        self.at, self.total = (at,), float(at)


def one(k: int, *scores: object) -> Scored:
    return Scored(_Plan(k), tuple(np.atleast_1d(s).astype(float) for s in scores), np.zeros(2))  # type: ignore[arg-type]


def test_control_is_low_tc_and_directions_are_those_that_somebody_wants() -> None:
    assert (TC.name, TC.sign, VISITS.output) == ("tc_pct", 1.0, None)
    assert parse_objectives(["delay"], ["weight_loss"])[0].sign == -1.0
    for maximize, minimize, words in (
        (["weight_loss"], [], "better small"),
        ([], ["delay"], "better large"),
        (["visits"], [], "no aim"),
        (["kontrol"], [], "no output"),
        ([], [], "no objective"),
        (["control"], ["tc"], "different ones"),
        (["kontrol", "visits"], [], "2 mistakes"),
    ):
        with pytest.raises(ScenarioError, match=words):
            parse_objectives(maximize, minimize)


def test_a_front_keeps_what_nothing_beats() -> None:
    found = [one(1, -1.0, 9), one(2, -2.0, 9), one(3, -0.5, 3), one(4, -0.4, 4), one(5, -3.0, 30)]
    assert [s.plan.at[0] for s in front(found, (TC, VISITS))] == [5, 2, 3]
    alone = [s._replace(scores=s.scores[:1]) for s in found]
    assert [s.plan.at[0] for s in front(alone, (TC,))] == [5, 2, 1, 3, 4]


def test_better_is_within_animals() -> None:
    base = np.array([-1.0, -3.0, -5.0])
    assert better(one(1, base - [0.1, 0.11, 0.12]), one(2, base))
    assert not better(one(1, base), one(2, base[::-1]))
    assert better(one(1, 3.0), one(2, 4.0)) and not better(one(1, 3.0), one(2, 3.0))
    assert isinstance(TC, Objective)
