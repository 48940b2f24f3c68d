"""Figures of two drugs."""

import pytest

from tests.unit.analysis.test_combination import synergistic, wells
from xenosim.analysis.combination import ci_table
from xenosim.viz.combination import bliss_figure, combination_index_figure, isobologram_figure


def test_figures_show_every_pair_of_doses() -> None:
    table = wells(synergistic, noise=0.02)
    result = ci_table(table, n_boot=5)
    matrix = bliss_figure(result, ("a", "b"), "Bliss").axes[0]
    assert len(matrix.texts) == len(result) and matrix.images[0].norm(0.0) == pytest.approx(0.5)
    index = combination_index_figure(result, "CI").axes[0]
    points = sum(len(line.get_xdata()) for line in index.lines if line.get_marker() == "o")
    assert index.get_yscale() == "log" and points == result["combination_index"].count()
    isobologram = isobologram_figure(table, ("a", "b"), "isobologram").axes[0]
    assert [text.get_text() for text in isobologram.get_legend().get_texts()] == [
        "additive",
        "drug alone, fitted",
        "combination",
    ]


def test_n18_the_index_has_plain_numbers() -> None:
    figure = combination_index_figure(ci_table(wells(synergistic, noise=0.02), n_boot=5), "CI")
    figure.draw_without_rendering()
    axes = figure.axes[0]
    ticks = {label.get_text() for label in axes.get_yticklabels(which="both")} - {""}
    assert {"0.5", "1", "2"} <= ticks and not any("10^" in text for text in ticks)
