"""Options of the verb design."""

from pathlib import Path

import pytest

from tests.command import call
from xenosim.cli.design import parse_sizes, parse_targets
from xenosim.errors import TableError


@pytest.mark.parametrize("text", ["", "four", "4:", "8:4", "0:3", "4:5000", "1:2:3:x"])
def test_sizes_that_are_none(text: str) -> None:
    with pytest.raises(TableError, match="--n"):
        parse_sizes(text)


@pytest.mark.parametrize("text", ["", "80", "0.8;0.9", "1.0"])
def test_powers_that_are_none(text: str) -> None:
    with pytest.raises(TableError, match="--power"):
        parse_targets(text)


STARTER = str(Path(__file__).parents[3] / "scenarios" / "escc_q2d.yaml")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--test", "ttest"], "there is no test 'ttest'"),
        (["--interim", "2"], "not a share of the animals"),
        (["--from-data", "lab.csv"], "say --control NAME"),
        (["--n", "1"], "have no spread"),
    ],
)
def test_mistakes_end_with_code_2_and_a_remedy(
    options: list[str], said: str, tmp_path: Path
) -> None:
    done = call("design", STARTER, *options, cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
