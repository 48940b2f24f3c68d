"""Isoboles whose line is known."""

import pytest

from tests.unit.analysis.test_combination import FIT_A, sham, wells
from xenosim.analysis.isobole import isobole, isobole_doses
from xenosim.analysis.median_effect import dose_at
from xenosim.errors import TableError


def test_isoboles_of_a_sham_are_the_line() -> None:
    line = isobole(FIT_A, FIT_A._replace(dm=80.0), 0.75)
    assert line[0] + line[1] / 10 == pytest.approx(float(dose_at(0.75, 8.0, 2.0)))
    for along in ("ratio", "dose_a_nM", "dose_b_nM"):
        found = isobole_doses(wells(sham), 0.75, along)  # type: ignore[arg-type]
        tolerance = (
            1e-6 if along == "ratio" else 0.05
        )  # off a ray the sham is no median-effect curve
        assert len(found) >= 3 and (
            found["dose_a_nM"] + found["dose_b_nM"] / 10
        ).to_numpy() == pytest.approx(float(line[0][0]), rel=tolerance)
    with pytest.raises(TableError, match="no dose"):
        isobole(None, None, 0.5)
    with pytest.raises(TableError, match="effect 1.5"):
        isobole_doses(wells(sham), 1.5)
