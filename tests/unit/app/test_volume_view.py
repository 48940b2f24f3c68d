"""The days of a tumor: which are shown, where they lie, and that nothing else is given away."""

from pathlib import Path

import pytest

from tests.unit.app.test_voxels import ball, exported, opened
from xenosim.app.folder import Animal, Folder
from xenosim.app.volume_view import MOST_DAYS, files_of, place_of, shown_days, voxels_of
from xenosim.errors import RunError

ONE = Animal("a/../b", 0, 3, (0.0, 2.0, 14.0))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    found = Folder(tmp_path / "runs", tmp_path)
    (found.runs / "run").mkdir(parents=True)
    (found.runs / "run" / "manifest.json").write_text("{}")
    return found


def test_days_are_in_order_and_of_their_run(folder: Folder) -> None:
    place = folder.own() / place_of(folder, "run", ONE)
    place.mkdir()
    for day in ("14", "2", "-1"):
        exported(place / f"tumor_day_{day}.npz", ball())
    assert list(files_of(place)) == ["-1", "2", "14"]
    about, _ = opened(voxels_of(folder, place.name, "state", "2"))
    assert about["shape"] == [9, 9, 9]
    for asked in (
        (place.name, "state", "3"),
        (place.name, "../state", "2"),
        ("../run", "state", "2"),
        ("tumor-0", "state", "2"),
    ):
        with pytest.raises(RunError):
            voxels_of(folder, *asked)
    (folder.runs / "run" / "manifest.json").write_text("{ }")
    assert place_of(folder, "run", ONE._replace(number=4)) != place.name


def test_many_days_are_thinned_out() -> None:
    days = shown_days(ONE._replace(days=tuple(map(float, range(100)))))
    assert len(days) <= MOST_DAYS and days[-1] == 99.0 and days == sorted(days)
    assert shown_days(ONE) == [0.0, 2.0, 14.0]
