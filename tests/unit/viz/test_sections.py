"""Sections, the movie of growth and the turntable of a small ball."""

import numpy as np
import pandas as pd
import pytest

from xenosim.io.volumes import Volumes
from xenosim.viz.sections import growth_movie, section_figure, still
from xenosim.viz.turntable import turntable

SIDE = 9
STATES = np.zeros((SIDE,) * 3, np.uint8)
STATES[1:-1, 1:-1, 1:-1] = 1
BALL = Volumes(
    shape=STATES.shape,
    spacing_um=20.0,
    origin_um=(-80.0,) * 3,
    fields=("state",),
    read=lambda name, region: STATES[region],
    labels={"state": {1: "proliferating"}},
    about={},
)


def test_three_sections_of_one_field() -> None:
    figure = section_figure(BALL, "state", "ball")
    titles = [axes.get_title() for axes in figure.axes]
    assert [title.split(":")[0] for title in titles] == [f"section at mid {z}" for z in "zyx"]
    assert all(axes.images[0].get_array().shape == (SIDE, SIDE, 3) for axes in figure.axes)


def test_a_movie_has_a_picture_a_day_of_one_size() -> None:
    stills = [still(day, 10.0 + day, BALL, "state") for day in (0.0, 1.0)]
    stills.append(still(2.0, 0.0, None, "state"))
    tables = {
        "observations": pd.DataFrame({"day": [0.0, 2.0], "tumor_volume_mm3": [10.0, 11.0]}),
        "events": pd.DataFrame(
            {"arm": ["drug"], "id": [1], "evid": [1], "time": [24.0], "ii": [0.0], "addl": [0]}
        ),
    }
    frames = list(growth_movie(stills, "state", {1: "proliferating"}, tables, "ball"))
    assert len(frames) == 3 and len({frame.shape for frame in frames}) == 1
    assert (frames[0] != frames[1]).any()


@pytest.mark.parametrize("n", [2])
def test_a_turn_shows_the_tumor_from_every_side(n: int) -> None:
    frames = list(turntable(BALL, "state", "ball", n))
    assert len(frames) == n and (frames[0] != frames[1]).any()
    assert (frames[0] == 255).all(axis=-1).mean() < 0.95
