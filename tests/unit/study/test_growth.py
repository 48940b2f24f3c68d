"""The growth of a scenario is calibrated once and remembered by the run."""

from pathlib import Path

import pytest

from xenosim.study.checkpoint_store import NOT_SAVED
from xenosim.study.growth import calibrated, implausible_cycle
from xenosim.testing import SMALL, small_scenario
from xenosim.tumor.growth import Growth


def test_what_the_run_remembers_is_not_calibrated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Growth(50.0, 0.004, 1000.0, 2.0, 5.5, 5.4)
    monkeypatch.setattr(type(NOT_SAVED), "recall", lambda self, name: known._asdict())
    assert calibrated(small_scenario(overrides=SMALL), NOT_SAVED) == known


def test_cells_that_nobody_knows_are_a_note() -> None:
    plausible = Growth(60.0, 0.005, 1000.0, 2.5, 6.0, 6.0)
    assert implausible_cycle(plausible) == []
    (fast,) = implausible_cycle(plausible._replace(potential_doubling_days=0.6))
    (slow,) = implausible_cycle(plausible._replace(potential_doubling_days=14.0))
    assert "0.60 days" in fast and "lower cell_loss_factor" in fast
    assert "14.00 days" in slow and "higher cell_loss_factor" in slow
