"""Growth of untreated tumors."""

from xenosim.testing import small_spec
from xenosim.tumor.growth import from_potential


def test_growth_from_a_potential_doubling_time_is_not_calibrated() -> None:
    growth = from_potential(small_spec(), 5.0, 2.0, 0.4)
    assert growth.cycle_h == 48.0 and growth.asked_doubling_days is None
    # Small tumors are hardly crowded: only loss slows them, 2.0 / (1 - 0.4) = 3.3 days in cells
    # that cycle alike; these differ.
    assert 3.0 < growth.achieved_doubling_days < 4.2
