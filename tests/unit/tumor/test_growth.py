"""Growth of untreated tumors."""

import math
from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import ScenarioError
from xenosim.study.tissues import tumor_spec
from xenosim.testing import small_scenario, small_spec
from xenosim.tumor.growth import Growth, calibrate, from_potential


def test_growth_from_a_potential_doubling_time_is_not_calibrated() -> None:
    growth = from_potential(small_spec(), 5.0, 2.0, 0.4)
    assert growth.cycle_h == 48.0 and growth.asked_doubling_days is None
    # Small tumors are hardly crowded: only loss slows them, 2.0 / (1 - 0.4) = 3.3 days in cells
    # that cycle alike; these differ.
    assert 3.0 < growth.achieved_doubling_days < 4.2


#: Agents at the start volume: few, for the fit is what is tried.
AGENTS = 400
DAYS = np.arange(0.0, 22.0, 3.0)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing fitted before is recalled."""
    monkeypatch.setattr("xenosim.tumor.growth.cache_root", lambda: tmp_path)


def table(start: float, doubling: float, shape: str) -> tuple[tuple[float, float], ...]:
    """A control table that begins at ``start`` [mm3] with a ``doubling`` time [day]."""
    rate = math.log(2.0) / doubling
    ln = {
        "exponential": rate * DAYS,
        "decelerating": rate * -np.expm1(-0.04 * DAYS) / 0.04,
        "linear diameter": 3.0 * np.log1p(DAYS * rate / 3.0),
    }[shape]
    return tuple(zip(DAYS.tolist(), (start * np.exp(ln)).tolist(), strict=True))


def fit(start: float, doubling: float, shape: str = "", **changes: float) -> Growth:
    """The growth of a twin from ``start`` [mm3] that doubles in ``doubling`` [day] or follows a
    table, its depth, loss and vessels changed.
    """
    spec = tumor_spec(small_scenario(overrides={"engine": "twin"}), None)
    vessels = spec.perfusion._replace(mean=changes.get("exchange", 2.0))
    spec = spec._replace(depth_um=changes.get("depth", 1000.0), perfusion=vessels)
    control = table(start, doubling, shape) if shape else ()
    return calibrate(spec, start, doubling, changes.get("loss", 0.4), control, AGENTS / start)


@pytest.mark.parametrize("doubling", [4.0, 10.0, 14.0])
def test_a_slow_table_is_fitted_as_a_steep_one_is(doubling: float) -> None:
    growth = fit(60.0, doubling, "linear diameter", depth=1350.0, loss=0.5)
    assert growth.control_rms is not None and growth.control_rms < 0.08


def test_what_hinders_growth_is_said() -> None:
    with pytest.raises(ScenarioError, match="oxygen is short, with vessels of 0.1 /h"):
        fit(1000.0, 1.2, exchange=0.1)
    with pytest.raises(ScenarioError, match="cells deeper than 200 um make no room"):
        fit(3000.0, 1.0, depth=200.0)
    with pytest.raises(ScenarioError, match="does not rise"):
        fit(100.0, -9.0, "exponential")


def sweep(number: int) -> list[Growth]:
    """Growths of random tumors over the documented range."""
    rng = np.random.default_rng(11)
    found = []
    for _ in range(number):
        start, exchange = (math.exp(rng.uniform(*np.log(pair))) for pair in ((50, 500), (0.1, 3)))
        shape = str(rng.choice(["", "", "exponential", "decelerating", "linear diameter"]))
        depth, loss = rng.uniform(200.0, 1500.0), rng.uniform(0.0, 0.8)
        doubling = math.exp(rng.uniform(math.log(2.5), math.log(14.0)))
        try:
            growth = fit(start, doubling, shape, exchange=exchange, depth=depth, loss=loss)
        except ScenarioError as error:
            assert "oxygen" in error.message or "make no room" in error.message
            continue
        if not shape:
            assert growth.achieved_doubling_days == pytest.approx(doubling, rel=0.05)
        found.append(growth)
    return found


def test_random_tumors_are_fitted_or_told_why_not() -> None:
    assert len(sweep(6)) >= 5


@pytest.mark.slow
def test_two_hundred_random_tumors_are_fitted_or_told_why_not() -> None:
    assert len(sweep(200)) >= 190
