"""The verb fit: mistakes end before anything is simulated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import call
from xenosim.cli.fit import parse_arms
from xenosim.errors import TableError

STARTER = str(Path(__file__).parents[3] / "scenarios" / "escc_q2d.yaml")
DATA = "arm,animal_id,day,tumor_volume_mm3\nPBS,1,0,100\nPBS,1,3,150\nPBS,1,6,200\n"


@pytest.mark.parametrize("text", ["PBS", "=vehicle", ""])
def test_an_arm_that_is_no_pair(text: str) -> None:
    with pytest.raises(TableError, match="--arm"):
        parse_arms([text])


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "there are no data"),
        (["--data", "lab.csv"], "say which it is, --arm 'PBS=ARM'"),
        (["--data", "lab.csv", "--free", "lod_mean"], "did you mean 'load_mean'"),
        (["--data", "lab.csv", "--points", "2"], "at least 10"),
        (["--pk", "pk.csv"], "limit of quantification"),
    ],
)
def test_mistakes_end_with_code_2_and_a_remedy(
    options: list[str], said: str, tmp_path: Path
) -> None:
    (tmp_path / "lab.csv").write_text(DATA)
    (tmp_path / "pk.csv").write_text("time_h,concentration_nM\n1,-4\n")
    done = call("fit", STARTER, *options, cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "fit").exists()
