"""Plasma profiles: salts, routes, nothing before a dose (exactness: tests/analytic)."""

import numpy as np
import pytest

from xenosim.errors import RegimenError
from xenosim.pharmacology.dose import Dose, Route
from xenosim.pharmacology.pk import DrugPK, disposition, plasma_profile

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


def test_phases_share_what_enters_and_lose_it_by_clearance() -> None:
    """A bolus is in plasma at once, and all of it is cleared: shares sum to 1/V, AUCs to 1/CL."""
    rates, shares = disposition(PK)
    assert len(rates) == 2 and min(rates) > 0.0 and min(shares) > 0.0
    assert sum(shares) == pytest.approx(1.0 / PK.v1, rel=1e-14)
    areas = [share / rate for share, rate in zip(shares, rates, strict=True)]
    assert sum(areas) == pytest.approx(1.0 / PK.cl, rel=1e-14)


def test_only_depots_that_are_dosed_are_followed() -> None:
    given = plasma_profile(PK, [Dose(0.0, 1.0, "x", Route.IV)])
    assert given.feeds.shape == (1, 0) and given.amplitudes.shape == (1, 2)
    assert plasma_profile(PK, []).concentration(3.0) == 0.0
