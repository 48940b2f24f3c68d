"""Blot, PCR and ChIP: finite levels, folds from 1, half-lives, noise of the stated size."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xenosim.assays.culture import Culture, line_of
from xenosim.assays.lysate import blot, chip, followed, half_life_of, levels, qpcr
from xenosim.assays.plate import Layout
from xenosim.assays.viability import pulses_of
from xenosim.cell.params import ReadoutParams
from xenosim.cell.readouts import MESSAGES, NODES, PROTEINS, nfkb_of_cells
from xenosim.cell.rules import nfkb_activity
from xenosim.errors import ParameterError
from xenosim.parameters.load import load_line, load_set
from xenosim.parameters.perturb import parse_perturbations
from xenosim.pharmacology.target import Pulse

LINE = line_of(load_set("cell"), 30.0)
SMALL = Layout(60, 1)


@pytest.mark.parametrize("dose_nM", [0.0, 8.0, 40.0, 10_000.0])
@pytest.mark.parametrize("name", ["HCT116", "MM.1S", "CEM/BTZ"])
def test_every_read_out_is_finite_and_not_negative(name: str, dose_nM: float) -> None:
    well = Culture(
        line_of(load_line(name)),
        60,
        [*pulses_of("ixazomib", dose_nM), *pulses_of("lenalidomide", dose_nM)],
        seed=3,
    )
    for hours in (0.0, 6.0, 30.0, 72.0):
        well.run_until(hours)
        lysate = well.snapshot()
        for marker, (readout, _) in (NODES | MESSAGES).items():
            level = readout(lysate)
            assert (
                level.shape == lysate.dead.shape and np.isfinite(level).all() and (level >= 0).all()
            ), (marker, hours)


def test_an_empty_or_late_dead_well_gives_numbers() -> None:
    """At 10 uM every cell is dead and leaky by 60 h: the lysate is then that of all cells."""
    well = Culture(LINE, 60, pulses_of("ixazomib", 10_000.0), seed=3)
    well.run_until(60.0)
    assert (
        well.gates().late == 1.0
        and well.snapshot().dead.all()
        and well.resistant() == 0.0
        and well.signal() == 0.0
    )
    for kind, names in ((blot, NODES), (qpcr, MESSAGES)):
        table = kind(
            LINE, pulses_of("ixazomib", 10_000.0), [24.0, 60.0, 72.0], list(names), SMALL
        ).table
        assert np.isfinite(table[["level", "untreated", "fold"]].to_numpy()).all()


@pytest.mark.parametrize(("kind", "names"), [(blot, list(NODES)), (qpcr, list(MESSAGES))])
def test_folds_are_one_at_time_zero_and_without_drug(kind, names) -> None:
    table = kind(LINE, pulses_of("ixazomib", 100.0), [0.0, 3.0], names, SMALL).table
    assert (table.loc[table["time_h"] == 0, "fold"] == 1.0).all() and (table["fold"] != 1.0).any()
    assert (kind(LINE, [], [0.0, 12.0], names, SMALL).table["fold"] == 1.0).all()
    assert list(table["marker"].unique()) == names


def test_messages_relax_with_their_half_lives() -> None:
    drive = np.array([1.0] + [5.0] * 12)
    for half_life, dt in ((2.9, 1.0), (6.0, 0.5)):
        times = dt * np.arange(13)
        np.testing.assert_allclose(
            followed(drive, half_life, dt), 5.0 - 4.0 * 0.5 ** (times / half_life), rtol=1e-12
        )
    np.testing.assert_allclose(followed(np.full(5, 3.0), 1.0), 3.0)
    np.testing.assert_array_equal(followed(drive, 0.0), drive)
    # Transcription stops: half is left after a half-life.
    assert followed(np.array([2.0, 0, 0, 0, 0]), 4.0)[4] == pytest.approx(1.0)


def test_qpcr_is_the_drive_through_the_half_life_of_its_message() -> None:
    pulses = [Pulse("ixazomib", 60.0, 0.0, 6.0)]
    table = qpcr(LINE, pulses, [4.0, 9.0, 10.5], ["NOXA"], Layout(60, 1, 4)).table
    readout, name = MESSAGES["NOXA"]
    half_life = half_life_of("NOXA", {"NOXA": name})
    drive = levels(LINE, pulses, 11.0, {"NOXA": readout}, 60, 4001)["NOXA"]
    mrna = [drive[0]]
    for target in drive[1:]:
        mrna.append(target + (mrna[-1] - target) * math.exp(-math.log(2) / half_life))
    np.testing.assert_allclose(
        table["level"], [mrna[4], mrna[9], (mrna[10] + mrna[11]) / 2], rtol=1e-12
    )


@pytest.mark.parametrize("cv", [0.05, 0.25])
def test_bands_scatter_with_the_stated_cv(cv: float) -> None:
    n = 500
    fold = blot(LINE, pulses_of("ixazomib", 50.0), [0.0], ["CHOP"], Layout(10, n, 2, cv)).table[
        "fold"
    ]
    # Five standard errors of a lognormal's log-sd and mean, over n lysates without drug effect.
    sd = math.sqrt(math.log1p(cv**2))
    assert np.log(fold).std() == pytest.approx(sd, rel=5 / math.sqrt(2 * n)) and np.log(
        fold
    ).mean() == pytest.approx(0.0, abs=5 * sd / math.sqrt(n))
    assert blot(LINE, [], [0.0], ["CHOP"], Layout(10, 20)).table["fold"].std() == 0.0


def test_directions_of_the_main_markers() -> None:
    table = blot(
        LINE, pulses_of("ixazomib", 60.0), [12.0], list(NODES), Layout(300, 1)
    ).table.set_index("marker")["fold"]
    assert table["proteasome"] < 0.9
    for up in (
        "poly-Ub",
        "p-PERK",
        "p-eIF2a",
        "ATF4",
        "CHOP",
        "BiP",
        "p-JNK",
        "p-IkBa",
        "NOXA",
        "PUMA",
        "DR5",
        "cl-casp3",
        "cl-casp8",
        "cl-casp9",
    ):
        assert table[up] > 1.1, up
    for down in ("Bcl-2", "NF-kB", "c-IAP"):
        assert table[down] < 1.0, down
    assert table["IKZF1"] == 1.0
    course = chip(LINE, pulses_of("ixazomib", 60.0), [0.0, 12.0], "chop", "dr5", SMALL)
    assert course.table["fold"].iloc[1] > 2.0 and "CHOP at DR5" in str(course)


def test_the_sign_of_nfkb_is_the_lines() -> None:
    for name, sign in (("HCT116", 1), ("MM.1S", -1)):
        fold = blot(
            line_of(load_line(name)),
            pulses_of("ixazomib", 60.0),
            [8.0],
            ["IkBa", "NF-kB", "p-IkBa"],
            SMALL,
        ).table.set_index("marker")["fold"]
        assert (
            sign * (fold["IkBa"] - 1) > 0.1
            and sign * (1 - fold["NF-kB"]) > 0.01
            and fold["p-IkBa"] > 1.1
        )


def test_what_a_blot_refuses() -> None:
    pulses = pulses_of("ixazomib", 50.0)
    for names, times, message_ in (
        (["CHOPP"], [0.0], "did you mean 'CHOP'"),
        ([], [0.0], "no marker"),
        (["CHOP"], [], "no time, or one"),
        (["CHOP"], [-1.0], "no time, or one"),
    ):
        with pytest.raises(ParameterError, match=message_):
            blot(LINE, pulses, times, names, SMALL)
    with pytest.raises(ParameterError, match="no XBP1 at the DR5 promoter.*CHOP at DR5"):
        chip(LINE, pulses, [0.0], "XBP1", "DR5", SMALL)
    with pytest.raises(ParameterError, match="did you mean 'ixazomib'"):
        blot(LINE, [Pulse("ixazomob", 50.0, 0.0, math.inf)], [1.0], ["CHOP"], SMALL)
    with pytest.raises(ParameterError, match="noise of 1.5"):
        blot(LINE, pulses, [1.0], ["CHOP"], Layout(60, 1, 1, 1.5))
    with pytest.raises(ParameterError, match="no mRNA 'p-JNK'"):
        qpcr(LINE, pulses, [1.0], ["p-JNK"], SMALL)


def test_a_removed_protein_has_no_fold() -> None:
    line = line_of(load_set("cell"), perturbations=parse_perturbations(["NOXA=ko"]))
    table = blot(
        line, pulses_of("ixazomib", 50.0), [0.0, 4.0], ["noxa", "chop"], SMALL
    ).table.set_index("marker")
    assert (
        (table.loc["NOXA", "level"] == 0).all()
        and table.loc["NOXA", "fold"].isna().all()
        and table.loc["CHOP", "fold"].notna().all()
    )


def test_half_lives_and_constants_are_parameters() -> None:
    readouts = load_set("readouts")
    named = {name: half_life for name, (_, half_life) in MESSAGES.items()} | {
        f"{name} protein": half_life for name, half_life in PROTEINS.items()
    }
    found = {name: half_life_of(name, named) for name in named}
    assert found["CHOP"] == 0.0 and found["CHOP protein"] == 2.1 and found["PSMB5"] == 6.0
    assert half_life_of("CHOP", {}) == 0.0
    used = {half_life for half_life in named.values() if half_life} | set(ReadoutParams._fields)
    assert used == set(readouts.values)


def test_nfkb_of_cells_is_the_rule_of_each() -> None:
    occupancy, ikzf = np.linspace(0.0, 1.0, 7), np.linspace(1.0, 0.2, 7)
    together = nfkb_of_cells(occupancy, ikzf, LINE.params)
    each = [nfkb_activity.py_func(o, i, LINE.params) for o, i in zip(occupancy, ikzf, strict=True)]
    np.testing.assert_array_equal(together, each)
    assert together[0] == 1.0
