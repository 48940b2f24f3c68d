"""The words of a design: every number is one of its tables."""

import math

import pandas as pd

from tests.unit.analysis.growing import pool
from xenosim.analysis.needed import needed_table
from xenosim.analysis.power import power_table
from xenosim.analysis.sequential import Interim, sequential_table
from xenosim.study.design_answer import answer_text, look_notes


def test_numbers_of_animals_and_powers_are_those_of_the_tables() -> None:
    animals, sizes = pool(200, 1), (4, 8, 12)
    power = power_table(animals, sizes, ("lmm",), studies=200)
    looked = sequential_table(animals, sizes, ["lmm"], Interim(0.5), studies=200)
    both = pd.concat([power, looked], ignore_index=True)
    needed = needed_table(animals, both, (0.8,))
    lines = answer_text(both, needed).splitlines()
    shares = [f"{100 * share:.0f}" for share in power["power"]]
    row = next(line for line in lines if "closed form " in line and "without effect" in line)
    assert row.split()[:4] == ["lmm", *shares]
    assert any(line.startswith(f"    lmm                 {needed['n'][0]:g} (") for line in lines)
    assert any("stop early" in line for line in lines)
    assert "nan" not in "\n".join(lines) and "inf" not in "\n".join(lines)


def test_without_answers_it_says_so_and_prints_no_nan() -> None:
    power = power_table(pool(60, 1), (4, 6), ("lmm",), studies=20)
    power[["power", "type_1_error", "closed_form"]] = math.nan
    text = answer_text(power, needed_table(pool(60, 1), power, (0.8,)))
    assert "no study had an answer" in text and "nan" not in text


def test_a_look_that_cannot_stop_a_study_is_told() -> None:
    look = Interim(0.5)
    looked = sequential_table(pool(200, 1), (8, 20), ["lmm", "tc"], look, studies=200)
    notes = list(look_notes(looked, look))
    assert any(
        note.startswith(
            "tc cannot stop at the look up to n = 8: of 4 animals per arm no p is below"
        )
        and "0.029" in note
        and "0.0031" in note
        for note in notes
    )
    assert (looked[(looked["test"] == "tc") & (looked["n"] == 8)]["stopped_early"] == 0).all()
    assert not any("n = 20" in note for note in notes)
    never = looked.assign(stopped_early=0.004)
    (rare,) = [note for note in look_notes(never, look) if note.startswith("lmm")]
    assert rare.startswith("lmm hardly ever stops at the look with n = 8, 20: in at most 0.4 %")
