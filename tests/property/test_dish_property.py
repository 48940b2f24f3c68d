"""Doses are read as written or refused; more drug never helps; every cell is behind one gate."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from xenosim.assays.culture import Culture, Line, line_of
from xenosim.assays.entries import parse_doses, parse_times
from xenosim.assays.plate import Layout, check_doses, read_plate
from xenosim.assays.viability import pulses_of
from xenosim.cell.state import CellState
from xenosim.errors import XenosimError
from xenosim.parameters.load import load_line, load_set
from xenosim.parameters.perturb import EFFECTS, mutation_folds, parse_perturbations
from xenosim.pharmacology.target import Pulse

UNITS = {"pM": 1e-3, "nM": 1.0, "uM": 1e3, "µM": 1e3}
NUMBERS = st.one_of(
    st.integers(1, 2000).map(str),
    st.floats(1e-3, 5e3).map("{:.4g}".format),
    st.floats(1e-2, 1e3).map("{:.3f}".format),
)
DRUGS = ("ixazomib", "bortezomib", "carfilzomib", "lenalidomide")
NAMES = ("cell", "RPMI-8226", "Jurkat", "MOLP-8", "CW-2", "HCT116", "CEM/BTZ")


def line_named(name: str) -> Line:
    return line_of(load_set("cell") if name == "cell" else load_line(name), 24.0)


@given(
    st.lists(NUMBERS, min_size=1, max_size=8),
    st.sampled_from(sorted(UNITS)),
    st.sampled_from(["", " ", "  "]),
    st.sampled_from([",", ", ", " , "]),
)
@settings(max_examples=150, deadline=None)
def test_a_list_of_doses_is_read_as_written(
    numbers: list[str], unit: str, gap: str, comma: str
) -> None:
    doses = parse_doses(comma.join(numbers) + gap + unit)
    assert doses == pytest.approx([float(n) * UNITS[unit] for n in numbers], rel=1e-9)
    check_doses(doses)


@given(NUMBERS, NUMBERS, st.sampled_from(sorted(UNITS)), st.one_of(st.none(), st.integers(2, 40)))
@settings(max_examples=150, deadline=None)
def test_a_range_rises_evenly_on_a_log_axis(
    low: str, high: str, unit: str, points: int | None
) -> None:
    a, b = float(low) * UNITS[unit], float(high) * UNITS[unit]
    text = f"{low}..{high} {unit}" + (f" / {points}" if points else "")
    if not a < b:
        with pytest.raises(XenosimError, match="not a rising range"):
            parse_doses(text)
        return
    doses = parse_doses(text)
    assert len(doses) == (points or 10) and min(doses) > 0
    # Doses are given to six digits.
    assert doses == pytest.approx(np.geomspace(a, b, len(doses)), rel=1e-5)
    assume(math.log(b / a) / len(doses) > 2e-5)
    assert (np.diff(doses) > 0).all()


@pytest.mark.parametrize(
    "text",
    [
        "1,2",
        "1..10",
        "10..1 nM",
        "5..5 nM",
        "0..10 nM",
        "1..10 nM / 1",
        "1..2..3 nM",
        "1,2, nM",
        "nM",
        "",
        "1 mg/kg",
        "1 nm",
        "1 2 nM",
        "a,b nM",
    ],
)
def test_doses_that_are_refused(text: str) -> None:
    with pytest.raises(XenosimError) as caught:
        parse_doses(text)
    assert caught.value.where == "--dose" and caught.value.remedy


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "1",
                "..",
                ",",
                "nM",
                "uM",
                "/",
                " ",
                "-",
                "e",
                "1e3",
                "0",
                "=",
                "ko",
                "kd:",
                "oe:",
                "CHOP",
                ".",
            ]
        ),
        st.text(max_size=3),
    ),
    max_size=8,
)


@given(PIECES.map("".join))
@example("1e300..1e301 M")
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (
        lambda t: check_doses(parse_doses(t)),
        parse_times,
        lambda t: parse_perturbations([t]),
    ):
        try:
            with np.errstate(all="ignore"):
                read(text)
        except XenosimError as error:
            assert error.remedy


@given(
    st.sampled_from(sorted(set(EFFECTS) - {"PSMB5", "SYNTHESIS", "AUTOPHAGY"})),
    st.one_of(
        st.just("ko"),
        st.floats(0.01, 0.99).map("kd:{:.3f}".format),
        st.floats(1.01, 999).map("oe:{:.3f}".format),
    ),
)
@settings(max_examples=80, deadline=None)
def test_a_perturbation_is_printed_as_it_is_read(node: str, how: str) -> None:
    (found,) = parse_perturbations([f"{node}={how}"])
    (again,) = parse_perturbations([str(found)])
    assert found.node == again.node == node and again.level == pytest.approx(found.level, rel=1e-4)
    level = {"ko": 0.0}.get(
        how, 1 - float(how[3:]) if how.startswith("kd") else float(how[3:] or 0)
    )
    assert found.level == pytest.approx(level)


@given(
    st.sampled_from(NAMES),
    st.sampled_from(DRUGS),
    st.lists(st.floats(-2, 4), min_size=2, max_size=4, unique=True),
    st.sampled_from([24.0, 48.0]),
    st.sampled_from([math.inf, 2.0]),
    st.integers(1, 3),
)
@settings(max_examples=30, deadline=None)
def test_more_drug_never_raises_viability(
    name: str, drug: str, exponents: list[float], hours: float, pulse_h: float, seed: int
) -> None:
    """The same wells at every dose: no more than 2 points, a few cells, against the order of the
    doses.
    """
    doses = [0.0, *sorted(10.0**e for e in exponents)]
    viability = read_plate(
        line_named(name),
        [({"dose": d}, pulses_of(drug, d, pulse_h)) for d in doses],
        hours,
        Layout(120, 1, seed),
    )["viability"].to_numpy()
    assert (viability[1:] <= np.minimum.accumulate(viability)[:-1] + 0.02).all(), dict(
        zip(doses, viability, strict=True)
    )


@given(
    st.sampled_from(NAMES),
    st.sampled_from(["PSMB5=A49T", "PSMB5=C63F"]),
    st.floats(0, 1),
    st.floats(0, 0.3),
    st.floats(0, 0.3),
    st.lists(
        st.tuples(st.sampled_from(DRUGS), st.floats(-1, 4), st.floats(0, 20), st.floats(0.5, 30)),
        max_size=3,
    ),
    st.integers(0, 2**20),
)
@settings(max_examples=40, deadline=None)
def test_every_cell_is_behind_one_gate(
    name: str,
    mutation: str,
    share: float,
    rate: float,
    back: float,
    drugs: list[tuple[str, float, float, float]],
    seed: int,
) -> None:
    cell = load_set("cell") if name == "cell" else load_line(name)
    line = line_of(cell, 20.0, parse_perturbations([mutation]), share, rate, back)
    assert set(line.kd_folds) == set(mutation_folds()[mutation.split("=")[1]])
    well = Culture(
        line,
        40,
        [Pulse(drug, 10.0**level, start, start + length) for drug, level, start, length in drugs],
        seed=seed,
    )
    before, ever_dead = 40, 0
    for _ in range(30):
        well.step()
        gates, live = well.gates(), well.live
        dead = int((live.state == CellState.APOPTOTIC).sum())
        assert sum(gates) == pytest.approx(1.0) and all(0.0 <= gate <= 1.0 for gate in gates)
        assert (
            gates.viable == pytest.approx(well.living() / well.n) and well.living() + dead == well.n
        )
        # Nobody leaves the well, and nobody comes back to life.
        assert well.n >= before and dead >= ever_dead
        before, ever_dead = well.n, dead
        assert 0.0 <= well.resistant() <= 1.0 and 0.0 <= well.signal() <= well.n
        assert ((well.occupancy >= 0) & (well.occupancy <= 1)).all()
    assert (live.load >= 0).all() and (live.stress >= 0).all() and (live.stress <= 1).all()
    assert np.unique(live.uid).size == well.n


@given(st.sampled_from(DRUGS), st.floats(0, 3), st.integers(1, 5))
@settings(max_examples=10, deadline=None)
def test_a_dose_of_zero_is_no_drug(drug: str, exponent: float, seed: int) -> None:
    table = read_plate(
        line_named("cell"),
        [
            ({}, []),
            ({}, [Pulse(drug, 0.0, 0.0, math.inf)]),
            ({}, [Pulse(drug, 10.0**exponent, 30.0, 40.0)]),
        ],
        20.0,
        Layout(40, 1, seed),
    )
    # What is added after the reading does not act before it.
    assert table["signal"].nunique() == 1
