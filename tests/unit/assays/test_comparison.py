"""IC50s side by side: ratios, what was not reached, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from xenosim.assays.comparison import compare
from xenosim.assays.library import cells
from xenosim.assays.plate import Layout
from xenosim.assays.viability import dose_response
from xenosim.errors import ParameterError

DOSES = [float(d) for d in np.geomspace(1.0, 300.0, 6)]
SMALL = Layout(60, 1)


def test_rows_are_the_fits_of_every_line_and_drug() -> None:
    jurkat = cells("Jurkat")
    found = compare([jurkat, cells("cell")], ["ixazomib", "bortezomib"], DOSES, 24.0, SMALL)
    assert found.table["line"].tolist() == ["Jurkat", "Jurkat", "cell", "cell"]
    alone = dose_response(jurkat, "bortezomib", DOSES, 24.0, SMALL).fit
    row = found.table.iloc[1]
    assert row["ic50_nM"] == alone.ic50 and row["note"] == alone.note
    first = found.table.iloc[0]
    if 0 < first["ic50_nM"] < math.inf and 0 < alone.ic50 < math.inf:
        assert row["over_ixazomib"] == pytest.approx(alone.ic50 / first["ic50_nM"])
    assert str(found).count("\n") == 5 and "ratio to ixazomib" in str(found)


def test_what_is_not_reached_is_a_bound_without_a_ratio() -> None:
    low = [0.001, 0.002, 0.003, 0.004]
    found = compare([cells("cell")], ["ixazomib", "bortezomib"], low, 24.0, SMALL, pulse_h=1.0)
    assert np.isinf(found.table["ic50_nM"]).all() and found.table["over_ixazomib"].isna().all()
    assert "> 0.004" in str(found) and found.title.endswith("after a pulse of 1 h")


def test_too_few_doses_are_refused() -> None:
    with pytest.raises(ParameterError, match="2 doses are too few"):
        compare([cells("cell")], ["ixazomib"], [1.0, 2.0, 2.0], 24.0, SMALL)
