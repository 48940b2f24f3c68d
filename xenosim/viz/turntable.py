"""A tumor turned about its axis, a quarter cut out: orthographic ray casting of its surface, in
numpy.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy import ndimage

from xenosim.io.volumes import Volumes
from xenosim.viz.animation import pixels
from xenosim.viz.paint import paint, scale_bar, simulated

#: Sites along the longest axis at most; larger tumors are thinned out.
MAX_SITES = 144
#: Edge of the picture [pixel], elevation of the camera [rad], least step along a ray [sites].
PIXELS, ELEVATION, RAY_STEP = 520, math.radians(28.0), 0.5
#: Smoothing of the surface [sites], its level, and the depth below it at which the color is taken
#: [sites].
SMOOTHING, LEVEL, SKIN = 0.9, 0.5, 0.6
#: Light left after shading [-]: on surfaces away from the light, and the share that the light adds.
AMBIENT, DIFFUSE = 0.55, 0.5


class Solid:
    """A tumor ready to be seen: smoothed density, its slope, and the color of the nearest cell of
    every site.

    Parameters
    ----------
    cells : bool array
        Sites that are the tumor's, shape (nz, ny, nx).
    rgb : array
        Their colors, shape (nz, ny, nx, 3).
    """

    def __init__(self, cells: NDArray[np.bool_], rgb: NDArray[np.float64]) -> None:
        self.radius = (
            float(
                np.linalg.norm(np.argwhere(cells) - (np.array(cells.shape) - 1) / 2.0, axis=1).max()
            )
            + 1.0
        )
        room = math.ceil(3 * SMOOTHING) + 1
        middle = [(n - 1) / 2.0 for n in cells.shape]
        solid = ndimage.binary_fill_holes(cells)
        solid[:, math.ceil(middle[1]) :, math.ceil(middle[2]) :] = False
        nearest = ndimage.distance_transform_edt(
            ~(cells & solid), return_distances=False, return_indices=True
        )
        self.color = np.pad(rgb[tuple(nearest)], [(room, room)] * 3 + [(0, 0)], mode="edge")
        self.density = ndimage.gaussian_filter(np.pad(solid, room).astype(np.float32), SMOOTHING)
        #: Sites that a ray can go on from here without meeting the surface; the rays stop well
        #: before it.
        self.clearance = np.maximum(
            ndimage.distance_transform_edt(self.density < 0.5 * LEVEL) - math.sqrt(3.0), RAY_STEP
        )
        self.slope = np.stack(np.gradient(ndimage.gaussian_filter(self.density, 1.0)))
        self.center = np.array(middle) + room

    def seen(self, azimuth: float, n: int) -> NDArray[np.float64]:
        """Picture of ``n`` x ``n`` pixels from ``azimuth`` [rad], white behind; shape (n, n, 3)."""
        ahead = -np.array(
            [
                math.sin(ELEVATION),
                math.cos(ELEVATION) * math.sin(azimuth),
                math.cos(ELEVATION) * math.cos(azimuth),
            ]
        )
        right = np.array([0.0, math.cos(azimuth), -math.sin(azimuth)])
        up = np.cross(right, ahead) * (1.0 if np.cross(right, ahead)[0] > 0 else -1.0)
        offsets = (np.arange(n) + 0.5) / n * 2.0 - 1.0
        rows, columns = np.meshgrid(-offsets, offsets, indexing="ij")
        start = self.center + self.radius * (
            rows.reshape(-1, 1) * up + columns.reshape(-1, 1) * right - ahead
        )
        picture = np.ones((n * n, 3))
        ray, place = self._march(start, ahead)
        normal = self._normals(place)
        light = -ahead + 0.6 * up - 0.2 * right
        shade = AMBIENT + DIFFUSE * np.clip(normal @ (light / np.linalg.norm(light)), 0.0, 1.0)
        picture[ray] = np.clip(
            self.color[self._index(place - SKIN * normal)] * shade[:, None], 0.0, 1.0
        )
        return picture.reshape(n, n, 3)

    def _march(
        self, start: NDArray[np.float64], ahead: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Rays that meet the surface, and where, shape (m,) and (m, 3)."""
        waiting, way = np.arange(len(start)), np.zeros(len(start))
        hits, places = [], []
        while waiting.size:
            place = start[waiting] + way[waiting, None] * ahead
            met = ndimage.map_coordinates(self.density, place.T, order=1, mode="constant") > LEVEL
            hits.append(waiting[met])
            places.append(place[met])
            way[waiting] += self.clearance[self._index(place)]
            waiting = waiting[~met & (way[waiting] < 2.0 * self.radius)]
        return np.concatenate(hits), np.concatenate(places)

    def _index(self, place: NDArray[np.float64]) -> tuple[NDArray[np.int64], ...]:
        """The nearest site of each place, shape (m, 3)."""
        most = np.array(self.density.shape) - 1
        return tuple(np.clip(np.rint(place).astype(np.int64), 0, most).T)

    def _normals(self, place: NDArray[np.float64]) -> NDArray[np.float64]:
        slope = np.stack(
            [
                ndimage.map_coordinates(part, place.T, order=1, mode="nearest")
                for part in self.slope
            ],
            axis=1,
        )
        return -slope / np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-9)


def turntable(
    volumes: Volumes, field: str, title: str, n_frames: int
) -> Iterator[NDArray[np.uint8]]:
    """``n_frames`` pictures of one turn, the first into the quarter that is cut out.

    Parameters
    ----------
    volumes : Volumes
        The tumor; tumors longer than MAX_SITES are thinned out.
    field : str
        What its colors show.
    title : str
        Which tumor it is.
    n_frames : int
        Pictures of one turn [-].
    """
    step = math.ceil(max(volumes.shape) / MAX_SITES)
    values = volumes.whole(field, step)
    coloring = paint(field, [values], volumes.labels.get(field, {}))
    cells = np.isfinite(values) if values.dtype.kind == "f" else values > 0
    solid = Solid(cells, coloring.rgb(values))
    width_mm = 2.0 * solid.radius * step * volumes.spacing_um / 1000.0
    figure = Figure(figsize=(5.2, 5.4), dpi=100, layout="constrained")
    axes = figure.subplots()
    image = axes.imshow(np.ones((PIXELS, PIXELS, 3)), interpolation="antialiased")
    axes.set_axis_off()
    scale_bar(axes, width_mm)
    coloring.key(figure, axes)
    figure.suptitle(title, fontsize=11, x=0.02, ha="left")
    simulated(figure)
    for k in range(n_frames):
        image.set_data(solid.seen(math.pi / 4.0 + 2.0 * math.pi * k / n_frames, PIXELS))
        yield pixels(figure)
