"""Body weights in a file of their own."""

from pathlib import Path

import pytest

from xenosim.analysis.laboratory.reading import read_laboratory
from xenosim.analysis.laboratory.values import Reading
from xenosim.errors import TableError

VOLUMES = "Group,Mouse,Day,TV\nv,1,0,100\nv,1,7,200\nd,2,0,100\n"


def weights(folder: Path, text: str, layout: str = "") -> list[object]:
    (folder / "tv.csv").write_text(VOLUMES)
    (folder / "bw.csv").write_text(text)
    how = Reading(weights=str(folder / "bw.csv"), layout=layout)
    found = read_laboratory(folder / "tv.csv", {}, how)
    return [None if w != w else w for w in found.table["body_weight_g"]]


def test_long_and_wide_weights_are_joined_by_animal_and_day(tmp_path: Path) -> None:
    assert weights(tmp_path, "Mouse,Day,Body weight\n1,0,20\n1,3,19\n2,0,21\n") == [
        20.0,
        None,
        21.0,
    ]
    wide = "Mouse,0,7\n1,20,18\n2,21,\n"
    assert weights(tmp_path, wide, "long") == [20.0, 18.0, 21.0]
    with pytest.raises(TableError, match="guessed"):
        weights(tmp_path, wide)


def test_weights_of_nobody_and_two_of_one_day_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="no weight belongs"):
        weights(tmp_path, "Mouse,Day,Body weight\nx,0,20\n")
    with pytest.raises(TableError, match="bw.csv:3: a second weight"):
        weights(tmp_path, "Mouse,Day,Body weight\n1,0,20\n1,0,21\n")
