"""Plasma profiles: salts, routes, nothing before a dose (exactness: tests/analytic)."""

import numpy as np
import pytest

from xenosim.errors import RegimenError
from xenosim.pharmacology.dose import Dose, Route
from xenosim.pharmacology.pk import DrugPK, plasma_profile, rate_matrix

PK = DrugPK(
    cl=1.0, v1=2.0, q2=0.5, v2=4.0, q3=0.0, v3=0.0,
    ka={Route.PO: 1.5}, f={Route.PO: 0.5}, molar_mass=500.0, salt_factor=0.7,
)  # fmt: skip


def test_a_salt_counts_by_its_share_of_drug() -> None:
    base, salt = (plasma_profile(PK, [Dose(0, 1, "x", Route.IV, salt=s)]) for s in ("", "citrate"))
    times = np.linspace(0.0, 10.0, 5)
    assert salt.concentration(times) == pytest.approx(0.7 * base.concentration(times))
    assert float(base.concentration(0.0)) == pytest.approx(1.0 / 500.0 * 1e6 / 2.0)


def test_nothing_before_the_dose_and_no_route_without_absorption() -> None:
    profile = plasma_profile(PK, [Dose(5.0, 1.0, "x", Route.PO)])
    assert float(profile.concentration(4.9)) == 0.0 < float(profile.concentration(6.0))
    with pytest.raises(RegimenError, match="use IV, PO"):
        plasma_profile(PK, [Dose(5.0, 1.0, "x", Route.SC)])


def test_amounts_are_conserved_but_for_clearance() -> None:
    matrix, depots, central = rate_matrix(PK)
    assert depots == {"PO": 0} and matrix.shape == (3, 3)
    lost = np.zeros(3)
    lost[central] = -PK.cl / PK.v1
    assert matrix.sum(axis=0) == pytest.approx(lost)
