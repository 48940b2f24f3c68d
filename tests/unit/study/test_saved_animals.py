"""Checkpoints of a finished run: those of one animal, newest first, and none that is foreign."""

from pathlib import Path

import pytest

from xenosim.errors import CheckpointError
from xenosim.io.checkpoints import save_checkpoint
from xenosim.jit import source_hash
from xenosim.scenario.resolve import scenario_hash
from xenosim.study.saved_animals import saved_animals, saved_source
from xenosim.study.unfinished_run import KEPT
from xenosim.testing import small_scenario

ANIMAL = {"arm": "vehicle", "animal_id": 1, "replicate": 0}


def test_only_usable_checkpoints_of_the_animal_are_found(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scenario, folder = small_scenario(), tmp_path / KEPT
    folder.mkdir()
    own = {
        **ANIMAL,
        "kind": "animal",
        "engine": source_hash(),
        "scenario": scenario_hash(scenario),
    }
    for name, header in {
        "a": own | {"day": 2.0},
        "b": own | {"day": 6.0},
        "another_animal": own | {"day": 8.0, "animal_id": 2},
        "another_engine": own | {"day": 8.0, "engine": "other"},
        "another_scenario": own | {"day": 8.0, "scenario": "other"},
        "growing": own | {"day": 8.0, "kind": "growth"},
        "origin": own | {"day": 9.0},
    }.items():
        save_checkpoint(folder / f"{name}.ckpt", header, {})
    (folder / "damaged.ckpt").write_text("no checkpoint")
    found = saved_animals(tmp_path, scenario, ANIMAL)
    assert [(saved.day, saved.path.stem) for saved in found] == [(6.0, "b"), (2.0, "a")]
    assert "passed over" in caplog.text


def test_a_branched_run_without_checkpoints_has_no_source(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="keeps no checkpoint"):
        saved_source(tmp_path, small_scenario(), {"day": 2.0, "animal_id": 1}, ())
