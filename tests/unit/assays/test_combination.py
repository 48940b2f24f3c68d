"""Two drugs on one plate: designs, schedules, and a drug combined with itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xenosim.assays import combination
from xenosim.assays.combination import combine, dose_pairs
from xenosim.assays.culture import Culture, line_of
from xenosim.assays.plate import Layout, read_plate
from xenosim.assays.viability import dose_response, pulses_of
from xenosim.errors import ParameterError
from xenosim.parameters.load import load_set
from xenosim.pharmacology.target import Pulse, medium_profile

LINE = line_of(load_set("cell"), 30.0)


def test_pairs_of_a_fixed_ratio() -> None:
    pairs = dose_pairs([1.0, 2, 4], [10.0, 20, 40], "fixed")
    assert pairs == [
        (0, 0),
        (1, 0),
        (2, 0),
        (4, 0),
        (0, 10),
        (0, 20),
        (0, 40),
        (1, 10),
        (2, 20),
        (4, 40),
    ]


def test_pairs_of_a_matrix() -> None:
    pairs = dose_pairs([1.0, 2, 4], [10.0, 30, 40, 50], "matrix")
    assert len(pairs) == len(set(pairs)) == 1 + 3 + 4 + 12 and pairs[0] == (0.0, 0.0)
    assert {(a, b) for a, b in pairs if a and b} == {
        (a, b) for a in (1, 2, 4) for b in (10, 30, 40, 50)
    }


@pytest.mark.parametrize(
    ("a", "b", "design", "message"),
    [
        ([1.0, 2, 4], [1.0, 2, 4], "grid", "unknown design 'grid'"),
        ([1.0, 2], [1.0, 2], "matrix", "fewer than three doses"),
        ([1.0, 2, 2], [1.0, 2, 4], "matrix", "fewer than three doses"),
        ([1.0, 2, 4], [1.0, 2, 4, 8], "fixed", "3 doses of one drug, 4 of the other"),
        ([1.0, 2, 4], [1.0, 2, 5], "fixed", "the ratio changes from 0.8 to 1"),
        ([0.0, 2, 4], [1.0, 2, 4], "matrix", "above 0"),
        ([1.0, 2, 4], [1.0, -2, 4], "fixed", "above 0"),
        ([1.0, 2, math.nan], [1.0, 2, 4], "matrix", "above 0"),
        ([], [1.0, 2, 4], "matrix", "above 0"),
    ],
)
def test_designs_that_are_refused(
    a: list[float], b: list[float], design: str, message: str
) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        dose_pairs(a, b, design)
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"drugs": ("ixazomib", "lenalidomid")}, "did you mean 'lenalidomide'"),
        ({"schedule": "after"}, "unknown schedule 'after'"),
        ({"schedule": "first-a", "delay_h": 48.0}, "second drug begins at 48 h"),
        ({"schedule": "first-b", "delay_h": 0.0}, "second drug begins at 0 h"),
        ({"hours": 0.0}, "a reading at 0 h"),
    ],
)
def test_combinations_that_are_refused(change: dict[str, Any], message: str) -> None:
    asked = {
        "drugs": ("ixazomib", "lenalidomide"),
        "doses_a_nM": [1.0, 2, 4],
        "doses_b_nM": [1.0, 2, 4],
        "hours": 48.0,
        "layout": Layout(20, 1),
    } | change
    with pytest.raises(ParameterError, match=message):
        combine(LINE, **asked)


def pulses_by_schedule(
    monkeypatch: pytest.MonkeyPatch, schedule: str
) -> list[tuple[dict[str, float], Sequence[Pulse]]]:
    """The wells that a schedule asks for."""
    asked: list[Any] = []

    def keep(line: Any, wells: Any, hours: float, layout: Layout) -> pd.DataFrame:
        asked.extend(wells)
        raise InterruptedError

    monkeypatch.setattr(combination, "read_plate", keep)
    with pytest.raises(InterruptedError):
        combine(
            LINE,
            ("ixazomib", "lenalidomide"),
            [1.0, 2, 4],
            [10.0, 20, 40],
            72.0,
            "matrix",
            schedule,
            20.0,
        )
    return asked


@pytest.mark.parametrize(
    ("schedule", "spans"),
    [
        ("together", ((0, 72), (0, 72))),
        ("first-a", ((0, 20), (20, 72))),
        ("first-b", ((20, 72), (0, 20))),
    ],
)
def test_schedules(
    monkeypatch: pytest.MonkeyPatch, schedule: str, spans: tuple[tuple[float, float], ...]
) -> None:
    wells = pulses_by_schedule(monkeypatch, schedule)
    assert len(wells) == 16 and not wells[0][1]
    for doses, pulses in wells:
        by_drug = {p.drug: p for p in pulses}
        assert len(by_drug) == len(pulses)
        for drug, dose, span in zip(
            ("ixazomib", "lenalidomide"), doses.values(), spans, strict=True
        ):
            assert (drug in by_drug) == (dose > 0)
            if dose:
                assert by_drug[drug] == (drug, dose, *span)
        if schedule != "together" and len(pulses) == 2:
            first, second = sorted(pulses, key=lambda p: p.start_h)
            assert first.end_h <= second.start_h


def test_repeated_pulses_do_not_overlap() -> None:
    pulses = pulses_of("ixazomib", 50.0, 4.0, 24.0, 3)
    assert [(p.start_h, p.end_h) for p in pulses] == [(0, 4), (24, 28), (48, 52)]
    profile = medium_profile(pulses)
    assert [
        float(profile.concentration(t)) for t in (0.0, 3.9, 4.1, 23.9, 24.1, 28.1, 51.9, 52.1)
    ] == [50, 50, 0, 0, 50, 0, 50, 0]
    assert (
        pulses_of("ixazomib", 50.0, 24.0, 24.0, 2)[1].start_h == 24.0
        and pulses_of("ixazomib", 0.0) == []
    )
    for pulse_h, every_h, repeats in (
        (4.0, 3.0, 2),
        (0.0, 0.0, 1),
        (-1.0, 0.0, 1),
        (math.inf, 24.0, 2),
        (1.0, 24.0, 0),
    ):
        with pytest.raises(ParameterError, match="must not overlap"):
            pulses_of("ixazomib", 50.0, pulse_h, every_h, repeats)


def test_a_washed_out_drug_leaves_and_a_second_pulse_returns() -> None:
    well = Culture(LINE, 20, pulses_of("ixazomib", 60.0, 2.0, 24.0, 2), seed=1)
    seen = []
    for hours in (2.0, 20.0, 26.0):
        well.run_until(hours)
        seen.append(float(well.occupancy[0]))
    assert seen[1] < 0.5 * seen[0] and seen[2] > 1.5 * seen[1]


def test_a_drug_with_itself_is_additive() -> None:
    doses = [5.0, 10.0, 20.0, 40.0, 80.0]
    found = combine(
        LINE,
        ("ixazomib", "ixazomib"),
        doses,
        doses,
        48.0,
        layout=Layout(1000, 2, 3, 0.01),
        n_boot=20,
    )
    index = found.summary.set_index("endpoint")["estimate"]
    for effect in ("ci_ed50", "ci_ed75", "ci_ed90"):
        assert index[effect] == pytest.approx(1.0, abs=0.02), effect
    assert found.pairs["loewe_excess"].abs().max() < 0.05


def test_two_halves_of_a_dose_are_that_dose() -> None:
    """Wells at summed doses, made from one drug by hand: the same cells, number by number."""
    both = read_plate(
        LINE,
        [
            ({"dose": 0.0}, []),
            ({"dose": 30.0}, [*pulses_of("ixazomib", 10.0), *pulses_of("ixazomib", 20.0)]),
        ],
        30.0,
        Layout(200, 2),
    )
    one = dose_response(LINE, "ixazomib", [30.0], 30.0, Layout(200, 2)).table
    np.testing.assert_array_equal(both["signal"], one["signal"])
    assert 0.05 < both["viability"].iloc[-1] < 0.95


def test_first_a_then_b_is_a_pulse_of_a() -> None:
    """Without an effect of b, first-a is a wash-out at the delay."""
    found = combine(
        LINE,
        ("ixazomib", "lenalidomide"),
        [20.0, 40, 80],
        [1e-3, 2e-3, 4e-3],
        30.0,
        "fixed",
        "first-a",
        6.0,
        Layout(200, 1),
        5,
    ).wells
    pulsed = dose_response(
        LINE, "ixazomib", [20.0, 40.0, 80.0], 30.0, Layout(200, 1), pulse_h=6.0
    ).table
    both = found[(found["dose_a_nM"] > 0) & (found["dose_b_nM"] > 0)]
    np.testing.assert_allclose(both["viability"], pulsed["viability"].iloc[1:], atol=0.005)
    assert both["viability"].iloc[-1] < 0.95
