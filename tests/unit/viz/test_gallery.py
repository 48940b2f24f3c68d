"""Figures of animals: chosen by name, with their numbers, of simulated and measured mice."""

from pathlib import Path

import pandas as pd
import pytest

from tests.unit.analysis.test_resampling import study
from tests.unit.analysis.test_tolerability import mice
from xenosim.analysis.data import StudyData
from xenosim.errors import RunError
from xenosim.report.measured import measured_study
from xenosim.viz.gallery import PICTURES, chosen, draw_chosen, read_study, study_of
from xenosim.viz.style import MEASURED, SIMULATED, for_slides, svg_text

ODD = "=cmd <script>&$x^2$ 🐭" + "n" * 200


MEASURED_ARMS = {"control": "vehicle", "measured": "x"}


def kept(data: StudyData, folder: Path, simulated: bool = False) -> Path:
    return measured_study(data, title="mice", simulated=simulated).save(folder, figures=False)


def test_every_figure_comes_with_its_numbers(tmp_path: Path) -> None:
    data = StudyData(study("vehicle", ODD), "vehicle")
    run = kept(data, tmp_path)
    paths = draw_chosen(run, list(PICTURES))
    assert {path.name for path in paths} == {
        f"{name}.{ending}" for name in PICTURES for ending in ("csv", "svg", "png")
    }
    assert all(path.stat().st_size for path in paths)
    assert {path.name for path in draw_chosen(run, ["km"], "pptx-friendly")} == {
        f"km_16x9.{ending}" for ending in ("csv", "svg", "png")
    }
    assert not list(run.glob(".*"))


@pytest.mark.parametrize(
    "table",
    [
        study("vehicle"),
        study("vehicle").query("day <= 6"),
        study("vehicle", "drug").query("animal_id == 0"),
        study("vehicle", "drug").assign(tumor_volume_mm3=100.0),
        mice().table,
        study(*"abcdefg").assign(body_weight_g=20.0),
    ],
    ids=["one arm", "none judged", "one animal each", "no events", "all leave", "seven arms"],
)
def test_figures_withstand_what_studies_are(table: pd.DataFrame) -> None:
    arms = list(dict.fromkeys(table["arm"]))
    data = StudyData(table, arms[0])
    endpoints = data.endpoints(n_boot=20)
    whole = study_of(data, endpoints, {"arms": arms, "control": arms[0], "measured": "x"})
    for name, picture in PICTURES.items():
        figure = picture.draw(picture.table(whole), whole.colors)
        assert "nan" not in " ".join(t.get_text() for t in figure.findobj(match=_is_text)), name
        assert svg_text(figure, whole.mark).startswith("<?xml")


def _is_text(artist: object) -> bool:
    return hasattr(artist, "get_text")


def test_long_names_leave_the_curves_their_room() -> None:
    data = StudyData(study("vehicle", ODD), "vehicle")
    whole = study_of(data, data.endpoints(n_boot=20), {"arms": ["vehicle", ODD]} | MEASURED_ARMS)
    for name in ("km", "swimmer"):
        picture = PICTURES[name]
        figure = picture.draw(picture.table(whole), whole.colors)
        for_slides(figure)
        figure.draw_without_rendering()
        width = figure.axes[0].get_position().width * len(figure.axes[:: 2 if name == "km" else 1])
        assert width > 0.45, name


def test_simulated_animals_are_called_so_and_mice_are_not(tmp_path: Path) -> None:
    data = StudyData(study("vehicle", "drug"), "vehicle")
    assert read_study(kept(data, tmp_path / "a")).mark == MEASURED
    assert read_study(kept(data, tmp_path / "b", simulated=True)).mark == SIMULATED
    of_run = study_of(data, data.endpoints(n_boot=20), {"arms": ["vehicle"], "control": "vehicle"})
    assert of_run.mark == SIMULATED


def test_a_wrong_name_is_told_the_right_ones() -> None:
    assert chosen("km, weight,km") == ["km", "weight"]
    for text in ("km,waterfal", "", ","):
        with pytest.raises(RunError) as caught:
            chosen(text)
        assert "spider" in str(caught.value.remedy)
    with pytest.raises(RunError, match="did you mean 'waterfall'"):
        chosen("waterfal")
