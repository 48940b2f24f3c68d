"""Plasma, states over time and slices."""

import numpy as np
import pandas as pd
import pytest

from xenosim.viz.states import STATES, cell_states, plasma_and_occupancy, tumor_slices

COLORS = {"drug": "#0072B2"}


def test_shares_of_states_are_means_over_animals() -> None:
    cells = pd.DataFrame({"arm": "drug", "day": [0, 0], "n_cells": [10, 100]}).assign(
        n_proliferating=[10, 50], n_quiescent=[0, 50], n_apoptotic=0, n_necrotic=0
    )
    cells = pd.concat([cells, cells.assign(day=3)])
    areas = cell_states(cells, COLORS).axes[0].collections
    assert len(areas) == len(STATES)
    assert areas[0].get_paths()[0].vertices[:, 1].max() == pytest.approx(75.0)


def test_n18_eight_arms_are_two_rows_of_states() -> None:
    names = [f"arm {k} with a name that is longer than its panel is wide" for k in range(7)]
    cells = pd.concat([pd.DataFrame({"arm": name, "day": [0, 3]}) for name in names])
    cells = cells.assign(n_cells=4, **dict.fromkeys(STATES, 1))
    figure = cell_states(cells, dict.fromkeys(names, "#000000"))
    shown = [axes for axes in figure.axes if axes.get_visible()]
    assert len(shown) == 7 and figure.get_size_inches()[0] < 16
    assert all(max(map(len, axes.get_title("left").splitlines())) <= 36 for axes in shown)


def test_occupancy_is_drawn_once_per_arm() -> None:
    plasma = pd.DataFrame(
        {
            "arm": "drug",
            "drug": np.repeat(["ixazomib", "lenalidomide"], 2),
            "day": [0.0, 1.0] * 2,
            "concentration_nM": [10.0, 0.0, 5.0, 2.0],
            "tumor_occupancy": 0.5,
            "blood_occupancy": 0.25,
        }
    )
    upper, lower = plasma_and_occupancy(plasma, COLORS).axes
    assert len(upper.lines) == 2 and len(lower.lines) == 2
    assert lower.lines[0].get_ydata().tolist() == [50.0, 50.0]


def test_slices_share_one_scale() -> None:
    layer = np.zeros((4, 6))
    slices = {
        arm: {"state": layer, "load": layer + top, "stress": layer, "spacing_um": 20.0, "day": 3.0}
        for arm, top in (("drug", 2.0), ("vehicle", 1.0))
    }
    figure = tumor_slices(slices, COLORS | {"vehicle": "#7F7F7F"})
    limits = {axes.get_xlim() for axes in figure.axes if "day 3" in axes.get_title("left")}
    assert len(limits) == 1
    tops = {a.images[0].get_clim()[1] for a in figure.axes if a.get_title("left").endswith("load")}
    assert tops == {2.0}


def test_n18_a_drug_is_named_once_and_a_slice_names_its_animal() -> None:
    plasma = pd.DataFrame({"arm": "ixazomib", "drug": ["ixazomib"] * 2, "day": [0.0, 1.0]})
    plasma = plasma.assign(concentration_nM=[60.0, 130.0], tumor_occupancy=0, blood_occupancy=0)
    figure = plasma_and_occupancy(plasma, {"ixazomib": "#0072B2"})
    figure.draw_without_rendering()
    upper = figure.axes[0]
    assert [line.get_label() for line in upper.lines] == ["ixazomib"]
    ticks = {label.get_text() for label in upper.get_yticklabels(which="both")} - {""}
    assert "100" in ticks and not any("10^" in text for text in ticks)
    layer = np.zeros((4, 6))
    kept = {"state": layer, "load": layer, "stress": layer, "spacing_um": 20.0, "day": 3.0}
    axes = tumor_slices({"drug": kept | {"animal_id": 5}}, COLORS).axes[0]
    assert axes.get_title("left") == "drug, animal 5, day 3: state"
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x (mm)", "y (mm)")
    assert axes.images[0].origin == "lower"
