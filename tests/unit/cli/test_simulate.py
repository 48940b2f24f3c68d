"""Options of run and compare."""

from pathlib import Path

import pytest

from xenosim.cli.simulate import parse_overrides, simulate
from xenosim.errors import CheckpointError, ScenarioError
from xenosim.scenario.resolve import starter_text


def test_n19_a_seed_is_refused_in_the_name_of_its_option() -> None:
    with pytest.raises(ScenarioError, match="'seed' is -1") as found:
        parse_overrides([], -1)
    assert found.value.where == "--seed"
    assert parse_overrides(["a=b"], 3) == {"a": "b", "seed": "3"}


def test_n19_nothing_is_made_before_everything_is_checked(tmp_path: Path) -> None:
    scenario, out = tmp_path / "my.yaml", tmp_path / "typo" / "runs"
    scenario.write_text(starter_text())
    with pytest.raises(CheckpointError, match="cannot read"):
        simulate(
            str(scenario),
            [],
            None,
            1,
            str(out),
            False,
            saving=("10 min", None, False),
            source=str(tmp_path / "none.ckpt"),
        )
    assert not out.parent.exists()
