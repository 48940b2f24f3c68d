"""The growth of a scenario is calibrated once and remembered by the run."""

from pathlib import Path

import pytest

from xenosim.study.checkpoint_store import NOT_SAVED
from xenosim.study.growth import calibrated
from xenosim.testing import SMALL, small_scenario
from xenosim.tumor.growth import Growth


def test_what_the_run_remembers_is_not_calibrated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Growth(50.0, 0.004, 1000.0, 2.0, 5.5, 5.4)
    monkeypatch.setattr(type(NOT_SAVED), "recall", lambda self, name: known._asdict())
    assert calibrated(small_scenario(overrides=SMALL), NOT_SAVED) == known
