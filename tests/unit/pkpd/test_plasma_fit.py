"""Compartments from tables of concentration against time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import XenosimError
from xenosim.pkpd.disposition import Disposition
from xenosim.pkpd.plasma_fit import PlasmaTable, fit_plasma, read_plasma

TIMES = np.tile([0.083, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0], 3)
TRUTH = Disposition(1.2, 0.8, 0.9, 2.5)


def _table(
    route: str, dose: float, noise: float, seed: int, truth: Disposition = TRUTH
) -> PlasmaTable:
    curve = (
        truth.after_bolus(dose, TIMES)
        if route == "IV"
        else truth.after_depot(0.35 * dose, 1.5, TIMES)
    )
    factor = np.exp(np.random.default_rng(seed).normal(0.0, noise, TIMES.size))
    return PlasmaTable(f"{route}.csv", route, dose, TIMES, curve * factor, 0)


def test_the_truth_comes_back_from_exact_samples() -> None:
    found = fit_plasma([_table("IV", 2.0, 0.0, 1), _table("PO", 10.0, 0.0, 2)])
    assert found.disposition == pytest.approx(TRUTH, rel=1e-3)
    assert found.ka["PO"] == pytest.approx(1.5, rel=1e-3)
    assert found.f["PO"] == pytest.approx(0.35, rel=1e-3)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = []
    for seed in range(12):
        found = fit_plasma([_table("IV", 2.0, 0.2, seed)])
        low, high = found.intervals["cl"]
        held.append(low <= TRUTH.cl <= high)
    # 12 at 90 %: fewer than 8 would be a chance of 0.4 %.
    assert sum(held) >= 8


def test_as_many_compartments_as_the_samples_show() -> None:
    single = Disposition(0.2, 2.0)
    for seed in range(6):
        one = fit_plasma([_table("IV", 2.0, 0.1, seed, single)]).disposition
        assert one.cl == pytest.approx(single.cl, rel=0.15)
    assert fit_plasma([_table("IV", 2.0, 0.1, 3)]).disposition.v2 > 0.0


def test_a_table_that_ends_early_says_so() -> None:
    table = _table("IV", 2.0, 0.0, 1, Disposition(0.02, 2.0))
    assert any("ends before that phase is seen" in note for note in fit_plasma([table]).notes)


def test_an_oral_table_alone_needs_a_bioavailability() -> None:
    table = _table("PO", 10.0, 0.1, 4)
    with pytest.raises(XenosimError, match="clearance over F"):
        fit_plasma([table])
    assert fit_plasma([table], {"PO": 0.35}).f == {"PO": 0.35}


def test_too_few_samples_are_refused() -> None:
    few = PlasmaTable("a", "IV", 1.0, np.array([1.0, 2.0]), np.array([1.0, 0.5]), 0)
    with pytest.raises(XenosimError, match="too few"):
        fit_plasma([few])


def _read(tmp_path: Path, text: str, molar_mass: float | None = None) -> PlasmaTable:
    path = tmp_path / "pk.csv"
    path.write_text(text)
    return read_plasma(path, "IV", 2.0, molar_mass)


def test_units_stand_in_the_header(tmp_path: Path) -> None:
    found = _read(tmp_path, "Time (min),Conc (ng/mL)\n30,5\n60,BLQ\n90,0\n")
    assert found.times_h == pytest.approx([0.5])
    assert found.mg_per_l == pytest.approx([0.005])
    assert found.left_out == 2
    molar = _read(tmp_path, "time [h];concentration [uM]\n0,5;2,5\n", 400.0)
    assert molar.mg_per_l == pytest.approx([1.0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time (h),concentration (ng/mL)\n1,-5\n", "below zero"),
        ("time (h),concentration (ng/mL)\n2,5\n1,5\n", "time 1 after 2"),
        ("time (h),concentration (ng/mL)\n-1,5\n", "before the dose"),
        ("time (h),concentration (ng/mL)\n1,x\n", "concentration 'x'"),
        ("time,concentration (ng/mL)\n1,5\n", "has no unit"),
        ("time (h),level\n1,5\n", "there is no column concentration"),
        ("time (h),concentration (nM)\n1,5\n", "need the molar mass"),
        ("time (h),concentration (kg)\n1,5\n", "is not a unit"),
    ],
)
def test_every_mistake_of_a_table_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(XenosimError, match=said):
        _read(tmp_path, text)


def test_times_may_begin_again_with_each_animal(tmp_path: Path) -> None:
    found = _read(tmp_path, "animal,time (h),conc (ng/mL)\n1,1,5\n1,2,4\n2,1,5\n")
    assert found.times_h.tolist() == [1.0, 2.0, 1.0]
