"""Cells of a draw in a dish: the load found keeps the IC50 of the line."""

from __future__ import annotations

import math

import pytest

from xenosim.assays.calibration import with_traits
from xenosim.inference.dish import Dish, crossing, load_asked
from xenosim.inference.drawn import drawn
from xenosim.inference.targets import targets
from xenosim.parameters.lines import calibrated
from xenosim.parameters.load import load_line, load_set


def test_the_shipped_parameters_give_the_shipped_load() -> None:
    dish, (jurkat, *_) = Dish({}), targets(("dish",))
    found = math.exp(dish.output(jurkat))
    assert jurkat.how["line"] == "Jurkat"
    assert found == pytest.approx(calibrated()["Jurkat"].load_mean, rel=0.15)
    drug, hours, ic50 = load_asked("Jurkat")
    line = with_traits(dish._line("Jurkat"), found)
    left = dish._signal(line, drug, ic50, hours) / dish._signal(line, drug, 0.0, hours)
    assert left == pytest.approx(0.5, abs=0.03)


def test_less_free_drug_asks_for_more_load() -> None:
    jurkat = targets(("dish",))[0]
    less = Dish({("ixazomib", "fu_medium"): 0.07}).output(jurkat)
    assert less > Dish({}).output(jurkat) + 0.1


@pytest.mark.parametrize("root", [-0.99, -0.3, 0.0, 0.4, 0.95])
def test_a_search_ends_at_the_crossing(root: float) -> None:
    calls = []

    def steep(x: float) -> float:
        calls.append(x)
        return 0.5 - 1.0 / (1.0 + math.exp(-4.0 * (x - root)))

    assert crossing(steep, -1.0, 1.0, 0.2) == pytest.approx(root, abs=0.03)
    assert len(calls) < 9


def test_a_search_without_crossing_ends_at_the_nearer_end() -> None:
    assert crossing(lambda x: 0.3, -1.0, 1.0, 0.0) == 1.0
    assert crossing(lambda x: -0.3, -1.0, 1.0, 0.0) == -1.0


def test_own_values_of_a_line_move_with_the_shared_ones() -> None:
    line, shared = load_line("CEM/WT", with_calibration=False), load_set("cell").value("load_cv")
    own = line.value("load_cv")
    assert own != shared
    moved = drawn(line, {("cell", "load_cv"): 0.8 * shared}, "cell")
    assert moved.value("load_cv") == pytest.approx(0.8 * own)
    assert drawn(line, {("ixazomib", "kd"): 1.0}, "cell").values == line.values
