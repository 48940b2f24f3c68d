"""Animals differ by lognormal factors, the same whenever they are drawn."""

import numpy as np
import pytest

from xenosim.study.variation import draw_variation
from xenosim.testing import small_scenario


def test_an_animal_is_itself_and_no_other() -> None:
    scenario = small_scenario()
    assert draw_variation(scenario, 0, 1) == draw_variation(scenario, 0, 1)
    assert draw_variation(scenario, 0, 1) != draw_variation(scenario, 0, 2)
    assert draw_variation(scenario, 0, 1) != draw_variation(scenario, 1, 1)


def test_factors_have_median_one_and_the_spread_asked_for() -> None:
    scenario = small_scenario()
    logs = np.log(np.array([draw_variation(scenario, 0, animal) for animal in range(2000)]))
    assert np.abs(np.median(logs, axis=0)).max() < 0.03
    asked = np.sqrt(np.log1p(scenario.animals.cv_clearance**2))
    assert logs[:, 2].std() == pytest.approx(asked, rel=0.06, abs=1e-9)
