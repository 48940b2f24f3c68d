"""Direct effects by free concentration: their forms, their delay, drugs together."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma

from tests.direct_drug import PK, toxin
from xenosim.parameters.effects import LIMITS
from xenosim.pharmacology.dose import Dose, Route
from xenosim.pharmacology.effects import (
    BRAKE,
    EFFECTS,
    DirectCourse,
    DirectEffects,
    direct_drug,
    emax_brake,
    emax_kill,
    linear_kill,
)
from xenosim.pharmacology.pk import DrugPK, plasma_profile
from xenosim.pharmacology.plasma import PlasmaProfile
from xenosim.pharmacology.target import Pulse, medium_profile

HOURS = np.arange(49.0)


def level(concentration_nM: float, start_h: float = 0.0) -> PlasmaProfile:
    """A constant concentration from ``start_h`` on."""
    return medium_profile([Pulse("toxin", concentration_nM, start_h, math.inf)])


def course(profile: PlasmaProfile, times: np.ndarray = HOURS, **values: float) -> DirectCourse:
    drug = direct_drug("toxin", toxin(**values))
    return DirectEffects([drug], {"toxin": profile}).over(times)


def test_forms_of_effects() -> None:
    free = np.array([0.0, 1.0, 10.0, 1000.0])
    assert linear_kill(free, 0.002) == pytest.approx(0.002 * free)
    assert emax_kill(free, 0.3, 10.0, 1.0) == pytest.approx(0.3 * free / (10.0 + free))
    assert emax_kill(free, 0.3, 10.0, 2.0) == pytest.approx(0.3 * free**2 / (100.0 + free**2))
    assert emax_brake(np.array([7.0]), 0.8, 7.0, 5.0) == pytest.approx(0.4)
    for _, parameters, _, function in EFFECTS:
        assert function(np.zeros(2), *([20.0] * len(parameters))).tolist() == [0.0, 0.0]
    assert emax_kill(np.array([1e300]), 1.0, 1e-9, 20.0) == 1.0


def test_every_parameter_has_its_limits() -> None:
    modifiers = {"effect_delay", "effect_transits", "kill_cycling_only"}
    assert {name for e in EFFECTS for name in e.parameters} | modifiers == set(LIMITS)


def test_the_free_share_of_a_constant_concentration_acts() -> None:
    found = course(level(40.0), kill_slope=0.001, brake_max=0.5, brake_ec50=20.0)
    assert found.kill == pytest.approx(0.001 * 20.0) and not found.kill_cycling.any()
    assert found.pace == pytest.approx(0.75)
    cycling = course(level(40.0), kill_slope=0.001, kill_cycling_only=1.0)
    assert not cycling.kill.any() and cycling.kill_cycling == pytest.approx(0.02)


def test_no_drug_is_exactly_nothing() -> None:
    values = {"kill_max": 1.0, "kill_ec50": 1.0, "brake_max": 1.0, "brake_ec50": 1.0}
    delay = {"effect_delay": 10.0, "effect_transits": 3.0}
    for profile in (level(0.0), plasma_profile(DrugPK(1, 1, 0, 0, 0, 0, {}, {}, 500, 1), [])):
        for each in (values, values | delay):
            found = course(profile, **each)
            assert not found.kill.any() and (found.pace == 1.0).all()


@pytest.mark.parametrize("transits", [1, 3, 20])
def test_a_delayed_effect_rises_as_erlangs_distribution(transits: int) -> None:
    delay = {"effect_delay": 12.0, "effect_transits": float(transits)}
    found = course(level(40.0, start_h=5.0), kill_slope=0.001, **delay).kill
    arrived = gamma(transits, scale=12.0 / transits).cdf
    exact = [0.02 * quad(arrived, t - 5.0, t - 4.0)[0] for t in range(48)]
    np.testing.assert_allclose(found, exact, rtol=1e-9, atol=1e-14)


def test_a_delayed_effect_of_a_dose_is_its_convolution() -> None:
    pk = DrugPK(PK["cl"], PK["v1"], 0, 0, 0, 0, {}, {}, PK["molar_mass"], 1.0)
    profile = plasma_profile(pk, [Dose(0.0, 0.001, "toxin", Route.IV)])
    values = {"kill_max": 0.4, "kill_ec50": 0.3, "kill_hill": 2.0}
    found = course(profile, effect_delay=6.0, effect_transits=3.0, **values).kill
    late = gamma(3, scale=2.0).pdf

    def strength(time: float) -> float:
        free = 0.5 * float(profile.concentration(time))
        return quad(
            lambda s: late(time - s) * 0.4 * (0.5 * float(profile.concentration(s))) ** 2
            / (0.09 + (0.5 * float(profile.concentration(s))) ** 2), 0.0, time,
        )[0] if free else 0.0  # fmt: skip

    for hour in (2, 9, 30):
        mean = np.mean([strength(t) for t in hour + (np.arange(6) + 0.5) / 6])
        assert found[hour] == pytest.approx(mean, rel=2e-3)


@pytest.mark.parametrize("dt", [1.0, 0.5, 0.1])
def test_a_course_does_not_depend_on_how_it_is_asked_for(dt: float) -> None:
    """All at once, step by step, and from the middle on without what was before: bit for bit."""
    profile = medium_profile([Pulse("toxin", 30.0, -3.0, 7.2), Pulse("toxin", 9.0, 5.0, 60.0)])
    values = {"kill_slope": 0.001, "effect_delay": 9.0, "effect_transits": 4.0}
    drug = direct_drug("toxin", toxin(brake_max=0.9, brake_ec50=4.0, **values))
    times = np.arange(41) * dt
    whole, steps, late = (DirectEffects([drug], {"toxin": profile}) for _ in range(3))
    expected = whole.over(times)
    for k in range(40):
        for one, all_of_them in zip(steps.over(times[k : k + 2]), expected, strict=True):
            assert one[0] == all_of_them[k]
    for part, all_of_them in zip(late.over(times[20:]), expected, strict=True):
        assert np.array_equal(part, all_of_them[20:])


def test_a_course_of_no_step_is_empty() -> None:
    found = course(level(40.0), HOURS[:1], kill_slope=1.0, effect_delay=9.0, effect_transits=4.0)
    assert found.kill.size == found.pace.size == 0


def test_drugs_together_add_rates_and_multiply_paces() -> None:
    one = direct_drug("one", toxin("one", kill_slope=0.001, brake_max=0.5, brake_ec50=20.0))
    two = direct_drug("two", toxin("two", kill_max=0.1, kill_ec50=20.0, kill_cycling_only=1.0))
    three = direct_drug("three", toxin("three", brake_max=1.0, brake_ec50=5.0))
    profiles = dict.fromkeys(("one", "two", "three"), level(40.0))
    found = DirectEffects([one, two, three], profiles).over(HOURS)
    assert found.kill == pytest.approx(0.02) and found.kill_cycling == pytest.approx(0.05)
    assert found.pace == pytest.approx(0.75 * 0.2)
    assert [effect.does for effect, _ in three.effects] == [BRAKE]
