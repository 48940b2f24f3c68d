"""Draws and what the model says of each, kept on disk as they come.

``points.jsonl`` in the directory of a calibration has one line a point: wave, number, place in the
unit cube, outputs, and a checksum. A line that was cut off is no point; it is simulated again.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import RunError
from xenosim.execution.executor import Executor
from xenosim.inference.blood import blood_output
from xenosim.inference.dish import Dish
from xenosim.inference.drawn import Draw
from xenosim.inference.targets import Target, targets
from xenosim.inference.xenograft import tumor_output
from xenosim.io.runs import unwritable
from xenosim.parameters.priors import prior_values, priors

Array = NDArray[np.float64]
FILE, SETTINGS = "points.jsonl", "settings.json"
#: Points of one worker between two writes: at most so many are lost when all is killed.
BATCH = 4
#: Called with points done, points to do and seconds left, NaN before the first.
Told = Callable[[int, int, float], None]


class Point(NamedTuple):
    """A draw: ``wave`` and number ``k``, its place (p,) in the unit cube of the priors [-]."""

    wave: int
    k: int
    shares: tuple[float, ...]

    def draw(self) -> dict[tuple[str, str], float]:
        """Its values by (set, parameter), in internal units."""
        return draw_at(np.array(self.shares))


def draw_at(shares: Array) -> dict[tuple[str, str], float]:
    """Values by (set, parameter) at a place (p,) of the unit cube, in internal units."""
    values = prior_values(shares[None, :])[0]
    return {(p.set, p.name): float(v) for p, v in zip(priors(), values, strict=True)}


def simulate(draw: Draw, asked: Sequence[Target], folder: str) -> list[float]:
    """What the model says of each target under a draw, on the scale that is fitted."""
    dish = Dish(draw)
    found = []
    for target in asked:
        if target.stage == "dish":
            found.append(dish.output(target))
        elif target.stage == "blood":
            found.append(blood_output(target, draw))
        else:
            found.append(tumor_output(target, draw, folder))
    return found


def simulate_point(stages: tuple[str, ...], folder: str, point: Point) -> list[float]:
    """What the model says of each target of the ``stages`` at a point; ``folder`` of scenarios."""
    return simulate(point.draw(), targets(stages), folder)


class Store:
    """The points of one calibration in ``folder``.

    Parameters
    ----------
    folder : Path
        Where they are kept.
    settings : dict
        What they depend on; a folder of other settings is refused.

    Raises
    ------
    RunError
        The folder holds points of other settings, or cannot be written.
    """

    def __init__(self, folder: Path, settings: dict[str, object]) -> None:
        self.folder, self.path = folder, folder / FILE
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._check_settings(settings)
            self._points = self._read()
        except OSError as error:
            raise RunError(
                f"cannot be used ({error.strerror})",
                where=str(folder),
                remedy="name another --out",
            ) from error

    def _check_settings(self, settings: dict[str, object]) -> None:
        path, text = self.folder / SETTINGS, json.dumps(settings, indent=1)
        if not path.is_file() or not self.path.is_file():
            partial = path.with_suffix(".partial")
            partial.write_text(text, encoding="utf-8")
            partial.replace(path)
            return
        kept = json.loads(path.read_text(encoding="utf-8"))
        other = [k for k in settings if kept.get(k) != json.loads(text)[k]]
        if other:
            raise RunError(
                f"it holds points of a calibration with another {', '.join(other)}",
                where=str(self.folder),
                remedy="name another --out, or remove it to begin anew",
            )

    def _read(self) -> dict[tuple[int, int], tuple[tuple[float, ...], list[float]]]:
        """Points that were written whole, by wave and number; the file is left without others."""
        if not self.path.is_file():
            return {}
        kept = [line for line in self.path.read_text(encoding="utf-8").splitlines() if _whole(line)]
        partial = self.path.with_suffix(".partial")
        partial.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        partial.replace(self.path)
        found = [json.loads(line.rpartition(" ")[0]) for line in kept]
        return {(row["wave"], row["k"]): (tuple(row["at"]), row["out"]) for row in found}

    def outputs(
        self,
        points: Sequence[Point],
        simulated: Callable[[Point], list[float]],
        workers: Executor,
        told: Told | None = None,
    ) -> Array:
        """Outputs (n, m) of points, ``simulated`` where they are not kept."""
        missing = [p for p in points if self._points.get((p.wave, p.k), ((),))[0] != p.shares]
        started, step = time.monotonic(), BATCH * workers.count
        for first in range(0, len(missing), step):
            batch = missing[first : first + step]
            self._append(batch, workers.map(simulated, batch))
            if told:
                done = first + len(batch)
                left = (time.monotonic() - started) / done * (len(missing) - done)
                told(len(points) - len(missing) + done, len(points), left)
        return np.array([self._points[p.wave, p.k][1] for p in points])

    def _append(self, points: Sequence[Point], found: Sequence[list[float]]) -> None:
        """Add points to the file; RunError where the disk refuses them."""
        lines = []
        for point, out in zip(points, found, strict=True):
            self._points[point.wave, point.k] = point.shares, out
            row = {"wave": point.wave, "k": point.k, "at": point.shares, "out": out}
            text = json.dumps(row)
            lines.append(f"{text} {_checksum(text)}\n")
        try:
            with self.path.open("a", encoding="utf-8") as file:
                file.write("".join(lines))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise unwritable(self.path, error) from error


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _whole(line: str) -> bool:
    text, _, checksum = line.rpartition(" ")
    return _checksum(text) == checksum
