"""From values of an analysis to compartments."""

from __future__ import annotations

import math

import pytest

from xenosim.errors import ParameterError
from xenosim.pkpd.disposition import Disposition
from xenosim.pkpd.nca import Nca, compartments, ka_of_peak


@pytest.mark.parametrize(
    "truth", [Disposition(1.2, 0.8, 0.9, 2.5), Disposition(0.3, 1.0, 0.05, 9.0)]
)
def test_two_compartments_come_back_from_their_own_values(truth: Disposition) -> None:
    found = compartments(Nca(truth.cl, truth.vss, truth.half_life_h(), truth.v1))
    assert found == pytest.approx(truth, rel=1e-9)


def test_two_values_give_one_compartment() -> None:
    wanted = Disposition(2.0, 4.0)
    half = math.log(2.0) * 2.0
    for nca in (Nca(2.0, 4.0), Nca(2.0, None, half), Nca(None, 4.0, half), Nca(2.0, 4.0, half)):
        assert compartments(nca) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("nca", "said"),
    [
        (Nca(cl=1.0), "too few values"),
        (Nca(1.0, 4.0, 6.0), "leave open how large the central one is"),
        (Nca(1.0, 4.0, 1.0), "no linear drug has these values"),
        (Nca(1.0, 4.0, 6.0, 5.0), "is not below vss"),
        (Nca(cl=1.0, vss=4.0, v1=1.0), "two compartments, which need"),
        (Nca(cl=-1.0, vss=4.0), "must be above 0"),
        (Nca(cl=math.nan, vss=4.0), "must be above 0"),
    ],
)
def test_what_is_not_determined_is_refused_in_words(nca: Nca, said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        compartments(nca)


def test_absorption_follows_from_the_peak() -> None:
    two = Disposition(1.2, 0.8, 0.9, 2.5)
    assert two.peak_h(ka_of_peak(two, 0.7, "po")) == pytest.approx(0.7, rel=1e-3)
    with pytest.raises(ParameterError, match="no absorption gives a peak"):
        ka_of_peak(two, 1e5, "po")
