"""Tumors as 3-D files: OME-Zarr, VTK image data (.vti) and NumPy (.npz). A file appears whole or
not at all.
"""

from __future__ import annotations

import errno
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import ResourceError, RunError
from xenosim.io.extras import view3d
from xenosim.io.ome_zarr import planes_to_write, write_ome_zarr
from xenosim.io.runs import unwritable, whole_file
from xenosim.io.volumes import FIELDS, Volumes
from xenosim.machine import memory_bytes, resident_bytes

#: Ending of the file of every format.
FORMATS = {"ome-zarr": ".ome.zarr", "vti": ".vti", "npz": ".npz"}


def check_new(path: Path) -> None:
    """Refuse a file that exists or cannot be written, before anything is simulated."""
    if path.exists():
        raise RunError(
            "exists already", where=str(path), remedy="remove it or choose another --out"
        )
    check_place(path)


def check_place(path: Path) -> None:
    """Refuse a place that cannot be written; a file that is there stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise unwritable(path, error) from error


def write_volumes(
    volumes: Volumes,
    path: Path,
    kind: str,
    progress: Callable[[int, int], None] | None = None,
    colors: Mapping[str, Mapping[int, str]] | None = None,
) -> Path:
    """Write ``volumes`` to a new ``path`` in one of :data:`FORMATS`; a reader never sees half of
    it.

    Parameters
    ----------
    volumes : Volumes
        What to write.
    path : Path
        The new file, or folder for OME-Zarr.
    kind : str
        ``ome-zarr``, ``vti`` or ``npz``.
    progress : callable, optional
        Called with (planes done, planes in all).
    colors : mapping, optional
        Colors of the labels of a field, as "#RRGGBB", for formats that keep them.

    Raises
    ------
    RunError
        A path that exists or cannot be written, or a package that is not installed.
    ResourceError
        A VTK image that does not fit the memory.
    """
    total = (
        planes_to_write(volumes) if kind == "ome-zarr" else volumes.shape[0] * len(volumes.fields)
    )
    done = 0

    def tick(planes: int) -> None:
        nonlocal done
        done += planes
        if progress:
            progress(done, total)

    check_new(path)
    with whole_file(path) as partial:
        if kind == "ome-zarr":
            write_ome_zarr(volumes, partial, tick, colors or {})
        else:
            {"vti": _write_vti, "npz": _write_npz}[kind](volumes, partial, tick)
    return path


def _write_npz(volumes: Volumes, path: Path, tick: Callable[[int], None]) -> None:
    """One compressed array per quantity, block by block, with ``spacing_um``, ``origin_um`` and
    ``about`` (JSON text).
    """
    with zipfile.ZipFile(path, "w") as archive:
        for name in volumes.fields:
            kind = np.dtype(FIELDS[name].dtype)
            header = {
                "descr": np.lib.format.dtype_to_descr(kind),
                "fortran_order": False,
                "shape": volumes.shape,
            }
            with archive.open(_member(name), "w", force_zip64=True) as stream:
                np.lib.format.write_array_header_2_0(stream, header)
                for low, high, values in volumes.blocks(name):
                    stream.write(np.ascontiguousarray(values).data)
                    tick(high - low)
        small: dict[str, NDArray[Any]] = {
            "spacing_um": np.full(3, volumes.spacing_um),
            "origin_um": np.array(volumes.origin_um),
            "axes": np.array("zyx"),
            "about": np.array(json.dumps(volumes.legend())),
        }
        for name, value in small.items():
            with archive.open(_member(name), "w") as stream:
                np.lib.format.write_array(stream, value, allow_pickle=False)


def _member(name: str) -> zipfile.ZipInfo:
    """An entry without a clock time: the same tumor gives the same bytes."""
    info = zipfile.ZipInfo(f"{name}.npy")
    info.compress_type = zipfile.ZIP_DEFLATED
    return info


def _write_vti(volumes: Volumes, path: Path, tick: Callable[[int], None]) -> None:
    """Image data with one VTK cell per site, in VTK's order (x, y, z); the library needs every
    array in memory, once.
    """
    pyvista = view3d("pyvista")
    _check_memory(volumes, path)
    corner = [center - volumes.spacing_um / 2.0 for center in volumes.origin_um]
    image = pyvista.ImageData(
        dimensions=[n + 1 for n in volumes.shape[::-1]],
        spacing=(volumes.spacing_um,) * 3,
        origin=corner[::-1],
    )
    for name in volumes.fields:
        whole = np.empty(volumes.shape, FIELDS[name].dtype)
        for low, high, values in volumes.blocks(name):
            whole[low:high] = values
            tick(high - low)
        image.cell_data[name] = whole.ravel()
    image.field_data["about"] = [json.dumps(volumes.legend())]
    _save_whole(image, path)


def _save_whole(image: Any, path: Path) -> None:
    """Save an ImageData. The library only prints what the disk refuses: the end of the file tells
    whether all of it was written.

    Raises
    ------
    OSError
        It was not.
    """
    vtk = view3d("vtkmodules.vtkCommonCore").vtkObject
    display = vtk.GetGlobalWarningDisplay()
    vtk.GlobalWarningDisplayOff()
    try:
        image.save(path)
    finally:
        vtk.SetGlobalWarningDisplay(display)
    with path.open("rb") as file:
        file.seek(-min(32, path.stat().st_size), os.SEEK_END)
        if not file.read().rstrip().endswith(b"</VTKFile>"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _check_memory(volumes: Volumes, path: Path) -> None:
    sites = int(np.prod(volumes.shape))
    needed = sites * sum(np.dtype(FIELDS[name].dtype).itemsize for name in volumes.fields)
    # What this process has taken already, the tumor above all, stays.
    free = 0.9 * memory_bytes() - resident_bytes()
    if needed > free:
        raise ResourceError(
            f"a VTK image of {sites:.2e} sites needs {needed / 2**30:.1f} GiB at once;"
            f" {free / 2**30:.1f} GiB are left",
            where=str(path),
            remedy="export fewer --fields, or --format ome-zarr",
        )
