"""Pictures in a row as a file: GIF by Pillow, MP4 where ffmpeg is installed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image

from xenosim.errors import RunError
from xenosim.viz.style import show_as_typed

Frame = NDArray[np.uint8]


def pixels(figure: Figure) -> Frame:
    """The figure as an RGB image, shape (height, width, 3)."""
    show_as_typed(figure)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.array(canvas.buffer_rgba())[..., :3]


def check_encoder(path: Path) -> None:
    """Refuse an MP4 where ffmpeg is missing, before anything is simulated."""
    if path.suffix == ".mp4" and shutil.which("ffmpeg") is None:
        raise RunError(
            "an .mp4 needs the program ffmpeg, which is not installed",
            where=str(path),
            remedy="write a .gif, or install ffmpeg",
        )


def write_figure(figure: Figure, path: Path) -> None:
    """Write a figure, the same on every run."""
    import matplotlib

    clock = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {"Software": None}}[
        path.suffix
    ]
    show_as_typed(figure)
    with matplotlib.rc_context({"svg.hashsalt": "xenosim", "svg.fonttype": "path"}):
        # Written at once: the writer of PDF hides behind an error of its own what the disk refuses.
        drawn = BytesIO()
        figure.savefig(drawn, format=path.suffix[1:], dpi=130, metadata=clock)
    path.write_bytes(drawn.getvalue())


def write_picture(frame: Frame, path: Path) -> None:
    """Write one RGB image as PNG."""
    Image.fromarray(np.ascontiguousarray(frame)).save(path, optimize=True)


def write_animation(
    frames: Iterable[Frame],
    path: Path,
    per_second: float,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write RGB ``frames`` of one shape to ``path``, ``.gif`` or ``.mp4``, played at ``per_second``
    [1/s].

    A GIF has one palette for all frames, so that a color does not flicker. ``progress`` is called
    with the number of frames drawn.
    """
    pictures = []
    for frame in frames:
        pictures.append(np.ascontiguousarray(frame))
        if progress:
            progress(len(pictures))
    if path.suffix == ".mp4":
        _write_mp4(pictures, path, per_second)
        return
    samples = np.concatenate(pictures[:: max(len(pictures) // 8, 1)] + pictures[-1:])
    palette = Image.fromarray(samples).quantize(256, dither=Image.Dither.NONE)
    indexed = [
        Image.fromarray(picture).quantize(palette=palette, dither=Image.Dither.NONE)
        for picture in pictures
    ]
    indexed[0].save(
        path,
        save_all=True,
        append_images=indexed[1:],
        duration=round(1000.0 / per_second),
        loop=0,
        optimize=False,
    )


def _write_mp4(pictures: list[Frame], path: Path, per_second: float) -> None:
    check_encoder(path)
    height, width = (n - n % 2 for n in pictures[0].shape[:2])
    command = [
        "ffmpeg",
        "-y",
        "-loglevel",
        "error",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
        "-s",
        f"{width}x{height}",
        "-r",
        f"{per_second:g}",
        "-i",
        "-",
        "-pix_fmt",
        "yuv420p",
        str(path),
    ]
    raw = b"".join(picture[:height, :width].tobytes() for picture in pictures)
    done = subprocess.run(command, input=raw, capture_output=True, check=False)
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
        raise RunError(f"ffmpeg failed: {lines[-1]}", where=str(path), remedy="write a .gif")
