"""The words of a design: every number is one of its tables."""

import math

import pandas as pd

from tests.unit.analysis.growing import pool
from xenosim.analysis.needed import needed_table
from xenosim.analysis.power import power_table
from xenosim.analysis.sequential import Interim, sequential_table
from xenosim.study.design_answer import answer_text


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
