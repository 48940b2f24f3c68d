"""Colors of arms and files of figures."""

from pathlib import Path

from matplotlib.figure import Figure

from xenosim.viz.style import CONTROL, PALETTE, arm_colors, finish, save


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
