"""Descriptions of assays: refused when they cannot be carried out, equal to the functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from xenosim.assays import dose_response
from xenosim.assays.library import cells
from xenosim.assays.plate import Layout
from xenosim.assays.protocol import (
    ASSAYS,
    Apoptosis,
    Blot,
    Characterization,
    Chip,
    Combination,
    Comparison,
    Qpcr,
    Viability,
    Washout,
)
from xenosim.assays.result import MEASUREMENTS
from xenosim.assays.spec import Assay
from xenosim.errors import XenosimError


@pytest.mark.parametrize(
    "assay", [a for a in ASSAYS.values() if a is not Characterization], ids=lambda a: a.verb
)
def test_defaults_can_be_carried_out(assay: type[Assay]) -> None:
    experiment = assay().experiment()
    assert experiment.drugs and experiment.layout.cells >= 10 and experiment.cells
    assert assay() == assay() and hash(assay()) == hash(assay())


def test_every_verb_has_a_measurement() -> None:
    assert set(ASSAYS) == set(MEASUREMENTS)


@pytest.mark.parametrize(
    ("assay", "change", "message"),
    [
        (Viability, {"dose": "100"}, "with a unit"),
        (Viability, {"line": "Jurkatt"}, "did you mean 'Jurkat'"),
        (Viability, {"drug": "ixazomob"}, "did you mean 'ixazomib'"),
        (Viability, {"pulse": "100 h"}, "the last pulse ends at 100 h"),
        (Viability, {"resistant": "5 %"}, "needs a mutation"),
        (Viability, {"noise": "150 %"}, "noise of 1.5"),
        (Viability, {"hours": 0.0}, "a reading at 0 h"),
        (Viability, {"hours": 1000.0}, "would be"),
        (Washout, {"repeats": 2}, "time between their starts"),
        (Washout, {"repeats": 2, "every": "30 min"}, "must not overlap"),
        (Washout, {"repeats": 9, "every": "24 h"}, "the last pulse ends at 193 h"),
        (Apoptosis, {"dose": "-5 nM"}, "above 0"),
        (Blot, {"markers": "CHOPP"}, "did you mean 'CHOP'"),
        (Blot, {"times": "0;4"}, "not a list of hours"),
        (Blot, {"times": "-1,4"}, "from 0 h on"),
        (Blot, {"dose": "1,2 nM"}, "not one dose"),
        (Qpcr, {"markers": "p-JNK"}, "no mRNA 'p-JNK'"),
        (Chip, {"factor": "XBP1"}, "no XBP1 at the DR5 promoter"),
        (Combination, {"drugs": "ixazomib"}, "are not two drugs"),
        (Combination, {"dose": ("1,2,4 nM",)}, "1 lists of doses"),
        (Combination, {"dose": ("1,2,4 nM", "1,2,5 nM")}, "the ratio changes"),
        (Combination, {"ratio": "grid"}, "unknown design 'grid'"),
        (Combination, {"schedule": "after"}, "unknown schedule 'after'"),
        (Combination, {"schedule": "first-a", "delay": "80 h"}, "begins at 80 h"),
        (Comparison, {"lines": "Jurkat,Jurkatt"}, "did you mean 'Jurkat'"),
        (Comparison, {"dose": "1,2 nM"}, "2 doses are too few"),
        (Characterization, {"file": "none.csv"}, "no such file"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_when_it_is_described(
    assay: type[Assay], change: dict[str, Any], message: str
) -> None:
    with pytest.raises(XenosimError, match=message) as caught:
        assay(**change)
    assert caught.value.where and caught.value.remedy


def test_a_description_runs_what_the_function_runs() -> None:
    spec = Viability(
        line="Jurkat", dose="5,20,60,200 nM", hours=24.0, cells=60, replicates=2, noise="5 %"
    )
    by_function = dose_response(
        cells("Jurkat"), "ixazomib", [5.0, 20.0, 60.0, 200.0], 24.0, Layout(60, 2, 1, 0.05)
    )
    result = spec.run()
    pd.testing.assert_frame_equal(result.tables["wells"], by_function.table)
    assert result.answer == str(by_function)


def test_the_name_of_an_own_line_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "drug,hours,dose_nM,viability\n"
        + "".join(f"ixazomib,24,{dose},0.5\n" for dose in (5, 10, 20))
    )
    experiment = Characterization(file=str(path), like="Jurkat").experiment()
    assert experiment.line.label == "mine" and experiment.cells[0].name == "Jurkat"
    assert experiment.line.traits.cycle_h == 30.0 and experiment.drugs == ["ixazomib"]
