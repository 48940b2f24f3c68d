"""Vessels: classes that are equally likely, correlated, and fixed in space."""

import numpy as np
import pytest

from xenosim.tumor.tissue import N_ZONES, Perfusion, key_of_place, vessel_zones, zone_exchange

PERFUSION = Perfusion(2.0, 0.5, 300.0, 100.0)


def test_exchange_has_the_asked_mean_and_nearly_the_asked_spread() -> None:
    exchange = zone_exchange(PERFUSION)
    assert exchange.shape == (N_ZONES,) and (np.diff(exchange) > 0).all()
    assert exchange.mean() == pytest.approx(2.0, rel=1e-12)
    assert exchange.std() / exchange.mean() == pytest.approx(0.5, rel=0.1)


def test_a_larger_domain_sees_the_same_vessels() -> None:
    inner = vessel_zones(7, (-4, -4, -4), (8, 8, 8), PERFUSION)
    outer = vessel_zones(7, (-6, -6, -6), (12, 12, 12), PERFUSION)
    assert np.array_equal(outer[2:-2, 2:-2, 2:-2], inner)
    assert not np.array_equal(vessel_zones(8, (-4, -4, -4), (8, 8, 8), PERFUSION), inner)


def test_classes_are_equally_likely() -> None:
    rough = PERFUSION._replace(correlation_um=1.0)
    counts = np.bincount(vessel_zones(3, (0, 0, 0), (40,) * 3, rough).ravel(), minlength=N_ZONES)
    assert counts.min() > 0.85 * counts.mean() and counts.max() < 1.15 * counts.mean()


def test_places_have_keys_of_their_own() -> None:
    near = {int(key_of_place(z, y, x)) for z in (-1, 0, 1) for y in (-1, 0) for x in (-2, 5)}
    assert len(near) == 12 and min(near) >= 0
