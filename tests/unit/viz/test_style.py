"""Colors of arms and files of figures."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from xenosim.viz.style import CONTROL, PALETTE, arm_colors, finish, in_lines, room_for, save


def test_the_control_is_grey_wherever_it_stands() -> None:
    colors = arm_colors(["a", "vehicle", "b"], "vehicle")
    assert colors == {"vehicle": CONTROL, "a": PALETTE[0], "b": PALETTE[1]}


def test_a_figure_is_marked_and_the_same_again(tmp_path: Path) -> None:
    written = []
    for name in ("first", "second"):
        figure = Figure(figsize=(2.0, 2.0), layout="constrained")
        finish(figure.subplots())
        written.append(save(figure, tmp_path, name))
        assert any("SIMULATED" in text.get_text() for text in figure.texts)
    for one, other in zip(*written, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_f3_names_with_dollars_are_no_formulas(tmp_path: Path) -> None:
    name = "dose $x^{$ y"
    figure = Figure(figsize=(3.0, 2.0), layout="constrained")
    axes = figure.subplots()
    axes.plot([1.0, 100.0], [0.0, 1.0], label=name)
    axes.set(xscale="log", xlabel=name)
    axes.set_yticks([0.0, 1.0], [name, "b"])
    axes.set_title(name)
    axes.legend()
    assert all(path.is_file() for path in save(figure, tmp_path, "names"))
    assert all(label.get_parse_math() for label in axes.get_xticklabels())


def test_n18_long_names_get_lines_or_room() -> None:
    name = "ixazomib 7 mg per kg twice a week, then nothing"
    assert in_lines(name, 24).splitlines() == [
        "ixazomib 7 mg per kg",
        "twice a week, then",
        "nothing",
    ]
    assert in_lines("a drug in long words (n = 8)", 24).endswith("(n\u00a0=\u00a08)")
    assert in_lines("", 24) == "" and room_for([], 0.1) == 0.0
    assert room_for(["vehicle", name], 0.1) == pytest.approx(0.1 * (len(name) - 12))
