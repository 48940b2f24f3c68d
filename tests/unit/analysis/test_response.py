"""Response criteria of single animals by hand."""

import numpy as np
import pytest

from xenosim.analysis.response import mrecist_gao2015, pptp_houghton2007
from xenosim.errors import TableError


@pytest.mark.parametrize(
    ("volumes", "best", "best_avg", "category"),
    [
        ((100, 20, 10, 4), -96, (0 - 80 - 90 - 96) / 4, "CR"),
        ((100, 50, 40, 45), -60, (0 - 50 - 60 - 55) / 4, "PR"),
        ((100, 200, 40, 45), -60, (0 + 100 - 60 - 55) / 4, "SD"),
        ((100, 110, 120, 130), 20, 10, "SD"),
        ((100, 110, 135, 180), 35, 15, "PD"),
        ((100, 300, 110, 110), 10, 55, "PD"),
        ((100, 20, 180, 180), 80, 0, "PD"),
    ],
)
def test_mrecist_by_hand(
    volumes: tuple[int, ...], best: float, best_avg: float, category: str
) -> None:
    found = mrecist_gao2015(np.array([0.0, 5.0, 10.0, 15.0]), np.array(volumes, float))
    assert found[:2] == pytest.approx((best, best_avg)) and found.category == category


def test_mrecist_of_the_example_of_xeva_and_what_it_cannot_judge() -> None:
    """The example in the manual of Xeva's mRECIST(); by hand best (382.6 - 250.8)/250.8, the
    running mean at day 11.
    """
    days = np.array([0, 3, 7, 11, 18, 22, 26, 30, 32, 35], float)
    volumes = np.array([250.8, 320.4, 402.3, 382.6, 384, 445.9, 460.2, 546.8, 554.3, 617.9])
    found = mrecist_gao2015(days, volumes)
    assert found.category == "PD" and found[:2] == pytest.approx((52.5518, 35.1774), abs=1e-4)
    assert mrecist_gao2015(days[:4], volumes[:4]).category == ""
    with pytest.raises(TableError, match="baseline above 0"):
        mrecist_gao2015(days, volumes - volumes[0])


@pytest.mark.parametrize(
    ("volumes", "time", "last", "median", "category"),
    [
        ((200, 90, 50), np.inf, 42, 10, "MCR"),
        ((200, 90, 150), np.inf, 42, 10, "CR"),
        ((300, 150, 1300), 40, 42, 10, "PR"),
        ((200, 150, 250), np.inf, 42, 10, "SD"),
        ((200, 150, 900), 15, 42, 10, "PD1"),
        ((200, 150, 900), 16, 42, 10, "PD2"),
        ((200, 150, 400), np.inf, 42, 10, "PD2"),
        ((200, 150, 400), np.inf, 12, 10, "PD"),
        ((200, 150, 900), 15, 42, np.inf, "PD"),
        ((150, 99, 400), np.inf, 42, 10, "PD2"),
        ((99, 300, 400), 9, 42, 10, ""),
        ((200,), np.inf, 0, 10, ""),
    ],
)
def test_pptp_by_hand(
    volumes: tuple[int, ...], time: float, last: float, median: float, category: str
) -> None:
    assert pptp_houghton2007(np.array(volumes, float), time, last, median) == category
