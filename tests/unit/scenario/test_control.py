"""The control table of a laboratory."""

from pathlib import Path

import pytest

from xenosim.errors import ScenarioError
from xenosim.scenario.control import read_control
from xenosim.testing import SMALL, small_scenario


def test_geometric_means_in_rising_days(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    path.write_text("animal,day,tumor_volume_mm3\n1,3,400\n1,0,100\n2,3,100\n")
    days, volumes = zip(*read_control(path, "c.csv"), strict=True)
    assert days == (0.0, 3.0) and volumes == pytest.approx((100.0, 200.0))


def test_not_beside_a_doubling_time() -> None:
    with pytest.raises(ScenarioError, match="both a doubling time and a control table"):
        small_scenario(overrides=SMALL | {"tumor.growth.control": "c.csv"})
