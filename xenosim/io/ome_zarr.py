"""OME-Zarr 0.5: numbers as channels of one image, labels beside it, each a pyramid of chunks
(https://ngff.openmicroscopy.org/0.5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import RunError
from xenosim.io.extras import INSTALL, view3d
from xenosim.io.volumes import FIELDS, Region, Volumes, halve, ranges

VERSION = "0.5"
#: Edge of a chunk, and of the coarsest level at most [sites].
CHUNK = 64

Shape = tuple[int, int, int]


def write_ome_zarr(
    volumes: Volumes,
    path: Path,
    tick: Callable[[int], None],
    colors: Mapping[str, Mapping[int, str]],
) -> None:
    """Write a new image with its labels.

    Labels need an image to belong to: where no number is asked for it is the mask of the cells,
    channel ``tumor``.

    Parameters
    ----------
    volumes : Volumes
        What to write; it is read once.
    path : Path
        The new folder.
    tick : callable
        Called with every number of planes written.
    colors : mapping
        Color of the labels of a field, as "#RRGGBB".
    """
    zarr = view3d("zarr")
    if int(zarr.__version__.split(".")[0]) < 3:
        raise RunError(
            f"OME-Zarr 0.5 needs zarr 3; {zarr.__version__} is installed",
            remedy=INSTALL,
        )
    root = zarr.create_group(path, attributes={"xenosim": volumes.legend()})
    names = [name for name in volumes.fields if not FIELDS[name].is_label]
    arrays = _create(root, volumes, "float32" if names else "uint8", max(len(names), 1))
    windows = [
        _write_pyramid(_blocks(volumes, name), [_Channel(a, k) for a in arrays], tick)
        for k, name in enumerate(names or ["tumor"])
    ]
    channels = [
        {"label": name, "color": "FFFFFF", "active": k == 0, "window": window}
        for k, (name, window) in enumerate(zip(names or ["tumor"], windows, strict=True))
    ]
    root.attrs["ome"] = {
        "version": VERSION,
        "multiscales": [_multiscales(volumes, "tumor", True)],
        "omero": {"channels": channels},
    }
    labels = [name for name in volumes.fields if FIELDS[name].is_label]
    if labels:
        folder = root.create_group(
            "labels", attributes={"ome": {"version": VERSION, "labels": labels}}
        )
        for name in labels:
            group = folder.create_group(name)
            _write_pyramid(
                _blocks(volumes, name), _create(group, volumes, FIELDS[name].dtype, 0), tick
            )
            image_label = _image_label(volumes.labels.get(name, {}), colors.get(name, {}))
            group.attrs["ome"] = {
                "version": VERSION,
                "multiscales": [_multiscales(volumes, name, False)],
                "image-label": image_label,
            }


def planes_to_write(volumes: Volumes) -> int:
    """Planes of all levels of all fields [-]."""
    pyramid = sum(shape[0] for shape in levels(volumes.shape))
    return pyramid * (len(volumes.fields) + all(FIELDS[name].is_label for name in volumes.fields))


def levels(shape: Shape) -> list[Shape]:
    """Shapes of a pyramid: each half of the one before, rounded up, until no axis is longer than
    CHUNK [sites].
    """
    found = [shape]
    while max(found[-1]) > CHUNK:
        z, y, x = found[-1]
        found.append(((z + 1) // 2, (y + 1) // 2, (x + 1) // 2))
    return found


class _Channel:
    """One channel of an array (c, z, y, x), used as an array (z, y, x)."""

    def __init__(self, array: Any, channel: int) -> None:
        self.array, self.channel, self.shape = array, channel, array.shape[1:]

    def __getitem__(self, planes: slice) -> Any:
        return self.array[self.channel, planes]

    def __setitem__(self, planes: slice, values: Any) -> None:
        self.array[self.channel, planes] = values


def _create(group: Any, volumes: Volumes, dtype: str, channels: int) -> list[Any]:
    """Arrays of every level, with a leading channel axis where there are ``channels``."""
    lead, names = ((channels,), ("c", "z", "y", "x")) if channels else ((), ("z", "y", "x"))
    return [
        group.create_array(
            str(k),
            shape=(*lead, *shape),
            dtype=dtype,
            chunks=(*(1 for _ in lead), *(min(CHUNK, n) for n in shape)),
            fill_value=0 if np.dtype(dtype).kind == "u" else np.nan,
            dimension_names=names,
        )
        for k, shape in enumerate(levels(volumes.shape))
    ]


def _blocks(volumes: Volumes, name: str) -> Iterator[tuple[int, int, NDArray[Any]]]:
    if name in FIELDS:
        yield from volumes.blocks(name)
        return
    for low, high in ranges(volumes.shape[0]):
        region: Region = (slice(low, high), slice(None), slice(None))
        first = volumes.read(volumes.fields[0], region)
        yield low, high, (first > 0).astype(np.uint8)


def _write_pyramid(
    blocks: Iterator[tuple[int, int, NDArray[Any]]], arrays: list[Any], tick: Callable[[int], None]
) -> dict[str, float]:
    """Fill all levels, each from the one before; the window of values that shows the first."""
    lowest, highest = np.inf, -np.inf
    for low, high, values in blocks:
        arrays[0][low:high] = values
        if not np.isnan(values).all():
            lowest, highest = (
                min(lowest, float(np.nanmin(values))),
                max(highest, float(np.nanmax(values))),
            )
        tick(high - low)
    for fine, coarse in zip(arrays, arrays[1:], strict=False):
        for low, high in ranges(coarse.shape[0]):
            coarse[low:high] = halve(fine[2 * low : 2 * high])
            tick(high - low)
    if not lowest < highest:
        lowest, highest = (lowest, lowest + 1.0) if np.isfinite(lowest) else (0.0, 1.0)
    return {"min": lowest, "max": highest, "start": lowest, "end": highest}


def _multiscales(volumes: Volumes, name: str, has_channels: bool) -> dict[str, Any]:
    """Axes with units, size and place of every level."""
    one, zero = ([1.0], [0.0]) if has_channels else ([], [])
    datasets = []
    for level in range(len(levels(volumes.shape))):
        shift = (2**level - 1) * volumes.spacing_um / 2.0
        transforms = [
            {"type": "scale", "scale": one + [volumes.spacing_um * 2**level] * 3},
            {
                "type": "translation",
                "translation": zero + [center + shift for center in volumes.origin_um],
            },
        ]
        datasets.append({"path": str(level), "coordinateTransformations": transforms})
    axes = [{"name": axis, "type": "space", "unit": "micrometer"} for axis in "zyx"]
    method = (
        "mean of the cells of 2 x 2 x 2 sites"
        if has_channels
        else "most frequent label of 2 x 2 x 2 sites"
    )
    return {
        "name": name,
        "axes": [{"name": "c", "type": "channel"}, *axes] if has_channels else axes,
        "datasets": datasets,
        "type": method,
    }


def _image_label(names: Mapping[int, str], colors: Mapping[int, str]) -> dict[str, Any]:
    """Colors and names of labels, and the image they belong to."""
    found: dict[str, Any] = {"source": {"image": "../../"}}
    if colors:
        found["colors"] = [
            {"label-value": code, "rgba": [*bytes.fromhex(color[1:]), 255]}
            for code, color in colors.items()
        ]
    if names:
        found["properties"] = [{"label-value": code, "name": name} for code, name in names.items()]
    return found
