"""Pictures in a row as a file."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from tests.full_disk import no_file_above
from xenosim.errors import RunError
from xenosim.io.runs import whole_file
from xenosim.viz.animation import (
    check_encoder,
    pixels,
    write_animation,
    write_figure,
    write_picture,
)


def test_a_gif_has_every_picture(tmp_path: Path) -> None:
    frames = [np.full((8, 12, 3), shade, np.uint8) for shade in (0, 120, 250)]
    drawn: list[int] = []
    write_animation(frames, tmp_path / "a.gif", 4.0, drawn.append)
    with Image.open(tmp_path / "a.gif") as found:
        assert (found.n_frames, found.size) == (3, (12, 8))
    assert drawn == [1, 2, 3]
    write_picture(frames[1], tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as found:
        assert (np.array(found) == frames[1]).all()


@pytest.mark.parametrize("name", ["a.png", "a.svg", "a.pdf", "b.png", "a.gif"])
def test_f2_a_picture_that_the_disk_refuses_is_one_error(name: str, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (2, 80, 80, 3)).astype(np.uint8)
    figure = Figure(figsize=(4.0, 3.0))
    figure.add_subplot().plot(noise[0, 0])

    def write(path: Path) -> None:
        if name.startswith("a") and path.suffix != ".gif":
            write_figure(figure, path)
        elif path.suffix == ".gif":
            write_animation(noise, path, 4.0)
        else:
            write_picture(noise[0], path)

    with (
        no_file_above(1000),
        pytest.raises(RunError, match="cannot write here"),
        whole_file(tmp_path / name) as partial,
    ):
        write(partial)
    assert list(tmp_path.iterdir()) == []
    write(tmp_path / name)
    assert (tmp_path / name).stat().st_size > 1000


def test_a_figure_as_pixels() -> None:
    assert pixels(Figure(figsize=(2.0, 1.0), dpi=50)).shape == (50, 100, 3)


def test_n18_a_view_shows_names_as_typed(tmp_path: Path) -> None:
    figure = Figure(figsize=(2.0, 1.0), dpi=50)
    title = figure.suptitle("dose $x^{$ y")
    write_figure(figure, tmp_path / "view.svg")
    assert not title.get_parse_math() and pixels(figure).shape == (50, 100, 3)


def test_a_movie_needs_its_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(RunError, match="ffmpeg"):
        check_encoder(Path("a.mp4"))
    check_encoder(Path("a.gif"))
