"""Perturbations: what may be written, what it changes, and what it must and must not do to
cells.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from xenosim.assays.culture import Culture, Line, line_of
from xenosim.assays.viability import pulses_of
from xenosim.cell.columns import FLOAT_COLUMNS
from xenosim.cell.readouts import NODES
from xenosim.errors import ParameterError
from xenosim.parameters.load import load_line, load_set
from xenosim.parameters.perturb import (
    EFFECTS,
    Perturbation,
    kd_folds,
    parse_perturbations,
    perturbed,
)

CELL = load_set("cell")


def cells(*texts: str) -> Line:
    return line_of(CELL, perturbations=parse_perturbations(texts))


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (["CHOPP=ko"], "unknown node 'CHOPP'; did you mean 'CHOP'"),
        (["xyz=ko"], "unknown node 'XYZ';"),
        (["CHOP"], "'CHOP' is not a perturbation"),
        (["CHOP="], "'CHOP=' is not a perturbation"),
        ([""], "'' is not a perturbation"),
        (["CHOP=kd:0"], "a knock-down by 0"),
        (["CHOP=kd:1"], "a knock-down by 1"),
        (["CHOP=kd:80"], "a knock-down by 80"),
        (["MCL1=oe:1"], "an over-expression by 1"),
        (["MCL1=oe:0.5"], "an over-expression by 0.5"),
        (["MCL1=oe:1001"], "an over-expression by 1001"),
        (["CHOP=80 %"], "'80 %' is neither ko, kd, oe nor a known mutation"),
        (["CHOP=kd:-0.5"], "'kd:-0.5' is neither"),
        (
            ["PSMB5=A50T"],
            "'A50T' is neither ko, kd, oe nor a known mutation; mutations of PSMB5: A49T, C63F",
        ),
        (["CHOP=A49T"], "'A49T' is neither"),
        (["BAX=ko"], "BAX alone changes nothing"),
        (["bak=kd:0.5"], "BAK alone changes nothing"),
        (["PSMB5=ko"], "cells do not live without PSMB5"),
        (["SYNTHESIS=ko"], "cells do not live without SYNTHESIS"),
        (["AUTOPHAGY=ko"], "cells do not live without AUTOPHAGY"),
        (["CHOP=ko", "chop=kd:0.5"], "'chop=kd:0.5' contradicts 'CHOP=ko'"),
        (["CHOP=kd:0.2", "DDIT3=oe:2"], "'DDIT3=oe:2' contradicts 'CHOP=kd:0.2'"),
        (["PSMB5=A49T", "PSMB5=C63F"], "'PSMB5=C63F' contradicts 'PSMB5=A49T'"),
    ],
)
def test_what_is_refused(texts: list[str], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse_perturbations(texts)
    assert message in str(caught.value)
    assert caught.value.where == "--perturb" and caught.value.remedy


def test_what_is_read() -> None:
    found = parse_perturbations(
        ["chop=KO", " NOXA = kd:0.8", "Mcl-1=oe:3", "PSMB5=a49t", "PSMB5=oe:2", "GRP78=kd:.5"]
    )
    assert [p.node for p in found] == ["CHOP", "NOXA", "MCL1", "PSMB5", "PSMB5", "BIP"]
    assert [p.level for p in found] == pytest.approx([0.0, 0.2, 3.0, 1.0, 2.0, 0.5])
    assert [str(p) for p in found] == [
        "CHOP=ko",
        "NOXA=kd:0.8",
        "MCL1=oe:3",
        "PSMB5=A49T",
        "PSMB5=oe:2",
        "BIP=kd:0.5",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PERK=kd:0.5", {"noxa_gain": 0.5, "dr5": 0.5, "mcl1_induction": 0.5}),
        ("ATF4=kd:0.8", {"noxa_gain": 0.2, "dr5": 0.2, "mcl1_induction": 0.2}),
        ("CHOP=ko", {"dr5": 0.0}),
        ("IRE1=ko", {"jnk_gain": 0.0}),
        ("ATF6=ko", {"chaperone_gain": 0.0}),
        ("NOXA=kd:0.8", {"myc": 0.2}),
        ("MYC=oe:2", {"myc": 2.0}),
        ("BAX/BAK=ko", {"mitochondrial_arm": 0.0}),
        ("CASP8=ko", {"receptor_arm": 0.0}),
        ("TRAIL=oe:3", {"receptor_arm": 3.0}),
        ("MCL1=oe:3", {"threshold_mean": 5 / 3, "mcl1_induction": 3.0}),
        ("MCL1=ko", {"threshold_mean": 2 / 3, "mcl1_induction": 0.0}),
        ("BCL2=kd:0.5", {"threshold_mean": 5 / 6}),
        ("PSMB5=oe:5", {"load_mean": 0.2}),
        ("PSMB5=kd:0.5", {"load_mean": 2.0}),
        ("SYNTHESIS=kd:0.5", {"load_mean": 0.5}),
        ("AUTOPHAGY=kd:0.8", {"load_clearance": 0.2}),
        ("CRBN=ko", {"ikzf_degradation": 0.0, "lenalidomide_load_gain": 0.0}),
        ("NRF1=ko", {"bounce_back": 0.0}),
        ("IKBA=ko", {"nfkb_inhibition_gain": 0.0}),
        ("PSMB5=A49T", {}),
    ],
)
def test_parameters_change_by_these_factors_and_no_others(
    text: str, expected: dict[str, float]
) -> None:
    changed = perturbed(CELL, parse_perturbations([text]))
    for name, parameter in changed.values.items():
        factor = expected.get(name, 1.0)
        assert parameter.value == pytest.approx(CELL.values[name].value * factor), name
        if name in expected:
            assert parameter.status == "assumed" and text in parameter.note
        else:
            assert parameter == CELL.values[name]


def test_perturbations_of_one_parameter_multiply() -> None:
    both = perturbed(
        CELL, parse_perturbations(["PERK=kd:0.5", "CHOP=kd:0.5", "MYC=kd:0.5", "NOXA=kd:0.5"])
    )
    assert both.value("dr5") == pytest.approx(CELL.value("dr5") / 4) and both.value(
        "myc"
    ) == pytest.approx(CELL.value("myc") / 4)


def test_mutations_act_on_kd_and_a_clone_needs_one() -> None:
    assert kd_folds(parse_perturbations(["PSMB5=A49T"])) == {
        "bortezomib": 155.0,
        "ixazomib": 155.0,
        "carfilzomib": 10.0,
    }
    assert kd_folds(parse_perturbations(["PSMB5=C63F"]))["carfilzomib"] == 1.0
    stated = load_set("A49T").with_overrides({"kd_fold_ixazomib": "60"})
    assert kd_folds(parse_perturbations(["PSMB5=A49T", "CHOP=ko"]), {"A49T": stated}) == (
        kd_folds(parse_perturbations(["PSMB5=A49T"])) | {"ixazomib": 60.0}
    )
    assert (
        cells("PSMB5=A49T").traits.resistant_fraction == 1.0
        and cells("CHOP=ko").traits.resistant_fraction == 0.0
    )
    for extra in ({"resistant_fraction": 0.3}, {"mutation_rate": 0.1}):
        with pytest.raises(ParameterError, match="needs a mutation"):
            line_of(CELL, **extra)  # type: ignore[arg-type]
    for extra in (
        {"resistant_fraction": 1.5},
        {"mutation_rate": -0.1},
        {"reversion_rate": math.nan},
    ):
        with pytest.raises(ParameterError, match="outside 0 to 1"):
            line_of(CELL, perturbations=parse_perturbations(["PSMB5=A49T"]), **extra)  # type: ignore[arg-type]


def test_a_given_perturbation_takes_the_place_of_the_lines_own() -> None:
    own = load_line("8226/BTZ")
    assert line_of(own).levels == {"PSMB5": 5.0} and line_of(
        own, perturbations=parse_perturbations(["PSMB5=oe:2"])
    ).levels == {"PSMB5": 2.0}
    kept = line_of(own, perturbations=parse_perturbations(["CHOP=ko"]))
    assert kept.levels == {"PSMB5": 5.0, "CHOP": 0.0}


def markers(line: Line, dose_nM: float, hours: float = 12.0) -> dict[str, float]:
    """Mean level of every protein under ixazomib."""
    well = Culture(line, 300, pulses_of("ixazomib", dose_nM), seed=3)
    well.run_until(hours)
    lysate = well.snapshot()
    return {name: float(readout(lysate).mean()) for name, (readout, _) in NODES.items()}


#: What falls, against cells with the node, when the node is removed by a knock-out.
FALLS = {
    "PERK": ("p-PERK", "p-eIF2a", "ATF4", "CHOP", "DR5", "NOXA", "PUMA"),
    "ATF4": ("ATF4", "CHOP", "DR5", "NOXA"),
    "CHOP": ("CHOP", "DR5", "cl-casp8"),
    "IRE1": ("p-IRE1", "p-JNK"),
    "TRAF2": ("p-JNK",),
    "JNK": ("p-JNK",),
    "ATF6": ("ATF6", "BiP"),
    "BIP": ("BiP",),
    "MYC": ("MYC", "NOXA"),
    "NOXA": ("NOXA",),
    "BAX/BAK": ("cl-casp9",),
    "CASP9": ("cl-casp9",),
    "DR5": ("DR5", "cl-casp8"),
    "FADD": ("cl-casp8",),
    "CASP8": ("cl-casp8",),
    "TRAIL": ("cl-casp8",),
    "MCL1": ("Mcl-1",),
    "BCL2": ("Bcl-2",),
    "CIAP": ("c-IAP",),
    "IKBA": ("IkBa", "p-IkBa"),
    "NRF1": ("PSMB5",),
}


def test_removal_lowers_what_it_must() -> None:
    with_all = markers(cells(), 60.0)
    assert set(FALLS) | {"PSMB5", "SYNTHESIS", "AUTOPHAGY", "CRBN"} == set(EFFECTS)
    for node, lowered in FALLS.items():
        without = markers(cells(f"{node}=ko"), 60.0)
        for name in lowered:
            assert without[name] < 0.95 * with_all[name], f"{name} without {node}"


def test_upstream_of_the_removed_node_nothing_changes() -> None:
    with_all, without = markers(cells(), 25.0, 6.0), markers(cells("CHOP=ko"), 25.0, 6.0)
    for name in ("poly-Ub", "p-PERK", "p-eIF2a", "ATF4", "BiP", "NOXA", "proteasome"):
        assert without[name] == with_all[name], name


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("CHOP=ko", -1),
        ("BAX/BAK=ko", -1),
        ("NOXA=kd:0.8", -1),
        ("MCL1=oe:3", -1),
        ("SYNTHESIS=kd:0.5", -1),
        ("MCL1=ko", 1),
        ("TRAIL=oe:3", 1),
        ("PSMB5=kd:0.3", 1),
        ("AUTOPHAGY=kd:0.8", 1),
        ("PSMB5=A49T", -1),
    ],
)
def test_death_under_drug_changes_its_way_and_untreated_cells_stay_alone(
    text: str, change: int
) -> None:
    def dead(line: Line, dose: float) -> float:
        well = Culture(line, 400, pulses_of("ixazomib", dose), seed=5)
        well.run_until(24.0)
        return 1.0 - well.gates().viable

    # At this dose about a third of the cells dies within the day.
    without, with_all = dead(cells(text), 35.0), dead(cells(), 35.0)
    assert 0.1 < with_all < 0.6 and change * (without - with_all) > 0.02
    assert dead(cells(text), 0.0) <= 0.01


def test_untreated_cells_without_chop_are_the_same_cells() -> None:
    wells = [
        Culture(line, 200, seed=9) for line in (cells(), cells("CHOP=ko"), cells("PSMB5=A49T"))
    ]
    for well in wells:
        well.run_until(30.0)
    assert wells[0].n > 220
    for name in (*FLOAT_COLUMNS, "uid", "event_step"):
        np.testing.assert_array_equal(
            getattr(wells[0].live, name), getattr(wells[2].live, name), err_msg=name
        )
        if name != "dr5" and name != "commitment":
            np.testing.assert_array_equal(
                getattr(wells[0].live, name), getattr(wells[1].live, name), err_msg=name
            )


@pytest.mark.parametrize("node", EFFECTS)
def test_cells_without_a_node_have_numbers_in_every_column(node: str) -> None:
    # Without these three there is no steady state.
    level = 0.01 if node in ("PSMB5", "SYNTHESIS", "AUTOPHAGY") else 0.0
    well = Culture(
        line_of(CELL, perturbations=[Perturbation(node, level)]),
        50,
        pulses_of("ixazomib", 30.0),
        seed=2,
    )
    well.run_until(8.0)
    for name in FLOAT_COLUMNS:
        assert np.isfinite(getattr(well.live, name)).all(), name


def test_names_of_one_thing_are_one_node() -> None:
    assert parse_perturbations(["NFE2L1=ko"]) == parse_perturbations(["nrf1=ko"])
    assert {str(p) for p in parse_perturbations(["DDIT3=ko", "PMAIP1=ko", "EIF2AK3=ko"])} == {
        "CHOP=ko",
        "NOXA=ko",
        "PERK=ko",
    }


@pytest.mark.parametrize("text", ["NOXA=kd:0.8", "NOXA=kd:0.123456789", "MCL1=oe:3.00000012"])
def test_a_perturbation_reads_back_from_its_text(text: str) -> None:
    (found,) = parse_perturbations([text])
    assert parse_perturbations([str(found)]) == (found,)
    (tiny,) = parse_perturbations(["NOXA=kd:0.00001"])
    assert str(tiny) == "NOXA=kd:1e-05" and parse_perturbations([str(tiny)]) == (tiny,)
