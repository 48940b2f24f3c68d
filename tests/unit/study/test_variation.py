"""Animals differ by lognormal factors, the same whenever they are drawn."""

import numpy as np
import pytest

from xenosim.study.tissues import tumor_spec
from xenosim.study.variation import draw_variation
from xenosim.testing import SMALL, small_scenario

CV = "animals.between_animal_cv"


def test_an_animal_is_itself_and_no_other() -> None:
    scenario = small_scenario()
    assert draw_variation(scenario, 0, 1) == draw_variation(scenario, 0, 1)
    assert draw_variation(scenario, 0, 1) != draw_variation(scenario, 0, 2)
    assert draw_variation(scenario, 0, 1) != draw_variation(scenario, 1, 1)


def test_factors_have_median_one_and_the_spread_asked_for() -> None:
    scenario = small_scenario()
    logs = np.log(np.array([draw_variation(scenario, 0, animal) for animal in range(2000)]))
    assert np.abs(np.median(logs, axis=0)).max() < 0.03
    assert (logs[:, 5:] == 0.0).all()
    asked = np.sqrt(np.log1p(scenario.animals.cv_clearance**2))
    assert logs[:, 2].std() == pytest.approx(asked, rel=0.06, abs=1e-9)


def test_what_differs_in_the_tumor_leaves_the_draws_of_the_host() -> None:
    """Without spread of vessels, load and threshold an animal is the one it was before they had
    any: the same numbers, and a tumor made of the same.
    """
    plain = small_scenario()
    host = (0.8049229988109791, 0.8083038696821736, 0.7784161415630305)
    assert draw_variation(plain, 0, 1)[:3] == host
    spread = {f"{CV}.exchange": "30 %", f"{CV}.load": "10 %", f"{CV}.threshold": "20 %"}
    several = small_scenario(overrides=SMALL | spread)
    for animal in (1, 2, 7):
        before, now = (draw_variation(s, 0, animal) for s in (plain, several))
        assert now[:5] == before[:5] and before[5:] == (1.0, 1.0, 1.0) and 1.0 not in now[5:]
        growth_alone = before._replace(engraftment=1.0, clearance=1.0, volume=1.0)
        assert tumor_spec(plain, None, before) == tumor_spec(plain, None, growth_alone)
    logs = np.log([draw_variation(several, 0, animal)[5:] for animal in range(2000)])
    asked = [several.animals.cv_exchange, several.animals.cv_load, several.animals.cv_threshold]
    assert logs.std(axis=0) == pytest.approx(np.sqrt(np.log1p(np.square(asked))), rel=0.06)
    assert np.abs(np.corrcoef(logs.T) - np.eye(3)).max() < 0.08
