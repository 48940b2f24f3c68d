"""Concentration after one dose, against closed forms and against the solver of studies."""

from __future__ import annotations

import numpy as np
import pytest

from xenosim.pharmacology.dose import Dose, Route
from xenosim.pharmacology.pk import DrugPK, plasma_profile
from xenosim.pkpd.disposition import Disposition

TIMES = np.array([0.1, 0.5, 1.0, 3.0, 8.0, 24.0])
THREE = Disposition(1.2, 0.8, 0.9, 2.5, 0.2, 6.0)


def test_one_compartment_is_one_exponential() -> None:
    found = Disposition(2.0, 4.0).after_bolus(3.0, TIMES)
    np.testing.assert_allclose(found, 3.0 / 4.0 * np.exp(-0.5 * TIMES), rtol=1e-12)


@pytest.mark.parametrize("route", [Route.IV, Route.PO])
def test_three_compartments_are_those_of_a_study(route: Route) -> None:
    pk = DrugPK(*THREE, {"PO": 1.5}, {"PO": 0.4}, 400.0, 1.0)
    doses = [Dose(0.0, 2.0, "x", route)]
    mg_per_l = plasma_profile(pk, doses).concentration(TIMES) * 400.0 * 1e-6
    if route is Route.IV:
        found = THREE.after_bolus(2.0, TIMES)
    else:
        found = THREE.after_depot(0.4 * 2.0, 1.5, TIMES)
    np.testing.assert_allclose(found, mg_per_l, rtol=1e-9)


def test_absorption_as_fast_as_elimination_is_no_zero() -> None:
    found = Disposition(2.0, 4.0).after_depot(1.0, 0.5, TIMES)
    np.testing.assert_allclose(found, 0.25 * 0.5 * TIMES * np.exp(-0.5 * TIMES), rtol=1e-4)


def test_the_peak_of_one_compartment_is_at_its_closed_form() -> None:
    one = Disposition(2.0, 4.0)
    assert one.peak_h(1.5) == pytest.approx(np.log(1.5 / 0.5) / (1.5 - 0.5), rel=1e-3)
    assert THREE.vss == pytest.approx(9.3)
    assert one.half_life_h() == pytest.approx(np.log(2.0) / 0.5)
