"""Body weights in a file of their own."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.data import StudyData
from xenosim.analysis.laboratory.reading import read_laboratory
from xenosim.analysis.laboratory.values import Reading
from xenosim.analysis.tolerability import relative_weights
from xenosim.errors import TableError
from xenosim.report.measured import measured_study

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
    with pytest.raises(TableError, match="no weight belongs to an animal"):
        weights(tmp_path, "Mouse,Day,Body weight\nx,0,20\n")
    with pytest.raises(TableError, match="bw.csv:3: a second weight"):
        weights(tmp_path, "Mouse,Day,Body weight\n1,0,20\n1,0,21\n")


@pytest.mark.parametrize("apart", [False, True])
def test_weights_of_days_without_a_volume_are_kept(tmp_path: Path, apart: bool) -> None:
    volumes = (
        "Group,Mouse,Day,TV,Body weight\nv,1,0,100,20\nv,1,3,,18\nv,1,7,200,19\nv,2,7,200,20\n"
    )
    alone = "Mouse,Day,Body weight\n1,0,20\n1,3,18\n1,7,19\n9,0,20\n"
    file = tmp_path / "tv.csv"
    without = "\n".join(",".join(row.split(",")[:4]) for row in volumes.splitlines())
    file.write_text(without if apart else volumes)
    (tmp_path / "bw.csv").write_text(alone)
    data = StudyData.read(file, **({"weights": str(tmp_path / "bw.csv")} if apart else {}))
    assert data.weighed[["day", "body_weight_g"]].to_numpy().tolist() == [[3.0, 18.0]]
    assert any("1 weights of days without a volume are kept" in note for note in data.notes)
    relative = relative_weights(data).query("animal_id == '1'").set_index("day")["relative_pct"]
    tumor = 1e-3 * np.exp(np.interp(3.0, [0.0, 7.0], np.log([100.0, 200.0])))
    assert relative[3.0] == pytest.approx(100.0 * (18.0 - tumor) / 19.9)
    folder = measured_study(data.against("v"), title="w").save(tmp_path, figures=False)
    again = StudyData.from_run(folder)
    first, second = (d.weights.reset_index(drop=True) for d in (data, again))
    pd.testing.assert_frame_equal(first, second, check_dtype=False)
