"""Cells and drugs of a dish under parameter sets of the ensemble."""

import math
from pathlib import Path

import pytest

from xenosim.assays.culture import medium_binding
from xenosim.assays.drawn import drawn_cell, drawn_drugs, ensemble_for
from xenosim.assays.library import cells
from xenosim.assays.protocol import Viability
from xenosim.assays.result import AssayResult
from xenosim.errors import ParameterError
from xenosim.parameters.load import load_line

SMALL = {"cells": 60, "replicates": 1, "hours": 48.0, "dose": "1..1000 nM / 6"}


def test_a_draw_takes_the_place_of_values_of_cells_and_drugs() -> None:
    draw = {("cell", "chaperone_gain"): 4.0, ("ixazomib", "kd"): 2.0, ("mm1s", "load_mean"): 0.3}
    assert drawn_cell(load_line("KMS-11"), draw).value("load_mean") == 0.3
    assert set(drawn_drugs(draw)) == {"ixazomib"}
    line = cells("KMS-11", draw=draw)
    assert line.params.chaperone_gain == 4.0 and cells("KMS-11").drugs is None
    shipped, mine = (medium_binding(["ixazomib"], each) for each in (cells("KMS-11"), line))
    assert repr(shipped) != repr(mine) and mine.inhibitors == shipped.inhibitors


def test_every_kind_of_cells_has_its_sets() -> None:
    assert ensemble_for("KMS-11", 3, "prior").columns[-1] == ("cell", "load_mean")
    assert ensemble_for("mm1s", 3, "prior").columns[-1] == ("mm1s", "load_mean")
    assert ensemble_for("cell", 3, "prior").columns[-1] == ("generic", "load_mean")
    with pytest.raises(ParameterError, match="line of one's own"):
        ensemble_for(Path("line.yaml"), 3, "prior")
    with pytest.raises(ParameterError, match="no ensemble 'data'"):
        ensemble_for("cell", 3, "data")


def test_viability_gives_the_interval_of_its_ic50(tmp_path: Path) -> None:
    assay = Viability(line="KMS-11", ensemble=3, ensemble_from="prior", **SMALL)  # type: ignore[arg-type]
    result = assay.run()
    assert "over 3 prior parameter sets: IC50 " in result.answer
    table = result.tables["ensemble"]
    assert list(table["draw"]) == [0, 1, 2] and (table["ic50_nM"] > 0).all()
    kept = AssayResult.load(result.save(tmp_path, figures=False))
    assert str(kept.measurement) == result.answer
    alone = Viability(line="KMS-11", **SMALL).run()  # type: ignore[arg-type]
    assert alone.tables["wells"].equals(result.tables["wells"])
    assert result.answer.startswith(alone.answer) and "ensemble" not in alone.tables


def test_an_interval_that_the_doses_do_not_reach_is_said() -> None:
    weak = SMALL | {"dose": "0.01,0.02,0.03,0.04 nM"}
    result = Viability(line="cell", ensemble=2, ensemble_from="prior", **weak).run()  # type: ignore[arg-type]
    assert "IC50 > 0.04 nM (> 0.04 to > 0.04 in 90 % of them)" in result.answer
    assert "no IC50 of its own fixes the load" in result.answer
    assert math.isinf(result.tables["ensemble"]["ic50_nM"].iloc[0])
    with pytest.raises(ParameterError, match="which 2 doses do not give"):
        Viability(ensemble=2, ensemble_from="prior", dose="1,2 nM")


def test_drugs_that_a_draw_says_nothing_of_are_the_shipped_ones() -> None:
    line = cells("cell", draw={("cell", "dr5"): 1.0})
    assert not line.drugs and drawn_drugs({}) == {}
    with_draw, without = (medium_binding(["bortezomib"], each) for each in (line, cells("cell")))
    assert repr(with_draw) == repr(without)
