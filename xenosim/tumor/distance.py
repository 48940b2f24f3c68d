"""Depth: squared Euclidean distance of every cube of sites to host tissue, and its slope (P7)."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.jit import kernel, prange, prefetch
from xenosim.tumor.lattice import OUTSIDE

#: Arms of the window that decides what is host tissue [cubes]: 5 cubes wide where a cube is a site,
#: else 3.
SITE_ARM, CUBE_ARM = 2, 1
#: Part of a plane that the distance transform works on at a time [cubes].
PLANE_PART = 4096


class Part(NamedTuple):
    """Cubes z0..z1-1, y0..y1-1, x0..x1-1 of the distance field [cubes]."""

    z0: Any
    z1: Any
    y0: Any
    y1: Any
    x0: Any
    x1: Any


@kernel
def _copy(source, out):
    """Copy one row [cubes2]."""
    for x in range(out.shape[0]):
        out[x] = source[x]


@kernel
def _occupied(rows, out):
    """1 where a site belongs to the tumor, cell or gap, 0 in host tissue [-]."""
    kind = out.dtype.type
    for x in range(out.shape[0]):
        out[x] = kind(rows[x] != OUTSIDE)


@kernel
def _add_occupied(rows, out):
    """Add to ``out`` (n,) how many of its share of the sites of ``rows`` belong to the tumor
    [-].
    """
    kind, edge = out.dtype.type, rows.shape[0] // out.shape[0]
    for x in range(out.shape[0]):
        count = 0
        for k in range(x * edge, (x + 1) * edge):
            count += rows[k] != OUTSIDE
        out[x] = kind(out[x] + count)


@kernel(parallel=True)
def _count_sites(row, squared, part, bits):
    """Sites of the tumor in each cube of a ``part`` into ``squared`` [-]."""
    z0, z1, y0, y1, x0, x1 = part
    edge = 1 << bits
    for z in prange(z0, z1):
        for y in range(y0, y1):
            if bits == 0:
                _occupied(row[z, y, x0:x1], squared[z, y, x0:x1])
                continue
            squared[z, y, x0:x1] = 0
            for k in range(edge * edge):
                _add_occupied(
                    row[z * edge + k // edge, y * edge + k % edge, x0 * edge : x1 * edge],
                    squared[z, y, x0:x1],
                )


@kernel
def _add(out, other):
    """out <- out + other of one shape [-]."""
    kind = out.dtype.type
    for i in range(out.shape[0]):
        out[i] = kind(out[i] + other[i])


@kernel
def _sum_window(source, out, width, arm):
    """Sums over a window of ``arm`` to each side along one axis of a plane of rows of ``width``,
    flat [-]; nothing lies beyond the ends.
    """
    n = source.shape[0]
    _copy(source, out)
    for k in range(1, arm + 1):
        shift = k * width
        _add(out[: n - shift], source[shift:])
        _add(out[shift:], source[: n - shift])


@kernel
def _threshold(counts, out, half_window, far):
    """0 in host tissue, ``far`` where more than ``half_window`` sites of the window are tumor
    [cubes2].
    """
    kind = out.dtype.type
    half, zero, beyond = kind(half_window), kind(0), kind(far)
    for i in range(out.shape[0]):
        out[i] = beyond if counts[i] > half else zero


@kernel
def _cut(values, limit):
    """Nothing above ``limit`` [cubes2]: beyond the reach a value may not be exact."""
    most = values.dtype.type(limit)
    for i in range(values.shape[0]):
        values[i] = min(values[i], most)


@kernel
def _lower(out, before, after, offset, far):
    """out <- min(out, before + offset, after + offset), at most ``far``, of one shape [cubes2];
    narrow integers throughout, for wide registers.
    """
    kind = out.dtype.type
    more, room = kind(offset), kind(far - offset)
    for i in range(out.shape[0]):
        out[i] = min(out[i], kind(min(min(before[i], after[i]), room) + more))


@kernel
def _lower_by_parabolas(source, out, pad, width, reach, far):
    """One axis of the transform on a plane of rows of ``width``, flat: out[y] = min of source[y +
    k] + k^2 over |k| <= reach [cubes2].

    Both begin and end with ``pad`` >= reach width entries that are ``far`` and stay so [-]. A part
    of the plane at a time, which the nearest cache holds.
    """
    _copy(source, out)
    end = source.shape[0] - pad
    for lo in range(pad, end, PLANE_PART):
        hi = min(lo + PLANE_PART, end)
        for k in range(1, reach + 1):
            shift = k * width
            _lower(
                out[lo:hi],
                source[lo - shift : hi - shift],
                source[lo + shift : hi + shift],
                k * k,
                far,
            )


@kernel
def _load(squared, part, plane):
    """Copy the rows of a ``part``, one cube thick, end to end into a ``plane`` [cubes2]."""
    width, k = part.x1 - part.x0, 0
    for z in range(part.z0, part.z1):
        for y in range(part.y0, part.y1):
            _copy(squared[z, y, part.x0 : part.x1], plane[k : k + width])
            k += width


@kernel
def _store(plane, squared, part):
    """The other way round than :func:`_load` [cubes2]."""
    width, k = part.x1 - part.x0, 0
    for z in range(part.z0, part.z1):
        for y in range(part.y0, part.y1):
            _copy(plane[k : k + width], squared[z, y, part.x0 : part.x1])
            k += width


@kernel
def _sum_across(squared, part, padded, pad, arm):
    """Sums over windows of ``arm`` [cubes] along y and x, plane by plane [-]; ``padded``: work
    space (2, n) of which the first ``pad`` entries are padding [-].
    """
    width = part.x1 - part.x0
    size = (part.y1 - part.y0) * width
    one, two = padded[0, pad : pad + size], padded[1, pad : pad + size]
    for z in range(part.z0, part.z1):
        plane = Part(z, z + 1, part.y0, part.y1, part.x0, part.x1)
        _load(squared, plane, one)
        _sum_window(one, two, 1, arm)
        _sum_window(two, one, width, arm)
        _store(one, squared, plane)


@kernel
def _transform_along_z(squared, part, padded, pad, arm, half_window, reach, far):
    """Sums along z, what is host tissue, and the distance to it along z [cubes2]; as
    :func:`_sum_across`.
    """
    width = part.x1 - part.x0
    size = (part.z1 - part.z0) * width
    one, two = padded[0, pad : pad + size], padded[1, pad : pad + size]
    padded[:, pad + size :] = far
    for y in range(part.y0, part.y1):
        plane = Part(part.z0, part.z1, y, y + 1, part.x0, part.x1)
        _load(squared, plane, one)
        _sum_window(one, two, width, arm)
        _threshold(two, one, half_window, far)
        _lower_by_parabolas(
            padded[0, : size + 2 * pad], padded[1, : size + 2 * pad], pad, width, reach, far
        )
        _store(two, squared, plane)


@kernel
def _transform_across(squared, part, padded, pad, reach, far):
    """The transform along x and y, plane by plane, cut at the ``reach`` [cubes2]; as
    :func:`_sum_across`.
    """
    width = part.x1 - part.x0
    size = (part.y1 - part.y0) * width
    one = padded[0, pad : pad + size]
    padded[:, pad + size :] = far
    there, back = padded[0, : size + 2 * pad], padded[1, : size + 2 * pad]
    for z in range(part.z0, part.z1):
        plane = Part(z, z + 1, part.y0, part.y1, part.x0, part.x1)
        _load(squared, plane, one)
        _lower_by_parabolas(there, back, pad, 1, reach, far)
        _lower_by_parabolas(back, there, pad, width, reach, far)
        _cut(one, reach * reach)
        _store(one, squared, plane)


@kernel
def update_distance(lattice, reach):
    """Squared Euclidean distance of cubes to the host tissue, exact up to ``reach`` and the reach
    beyond, within the bounds; gaps do not count (P7).

    Host tissue is where the tumor fills less than half of a window: clefts a site or two wide,
    which come from the lattice and not from the tumor, would otherwise shift the depth by their
    own. A cube is one site, or several where the depth is many sites. The transform is separable:
    along each axis in turn the lower envelope of the parabolas within the reach. Rows begin and end
    in host tissue, so that a sum or a parabola that spills over into the next row changes nothing
    there.

    Parameters
    ----------
    lattice : Lattice
        ``squared`` is rewritten [cubes2].
    reach : int
        Largest distance of interest [cubes].

    Source: Saito and Toriwaki 1994, doi:10.1016/0031-3203(94)90133-3.
    """
    squared, bits = lattice.squared, lattice.cube_bits
    b = lattice.bounds >> bits
    part = Part(b[0] - 3, b[1] + 4, b[2] - 3, b[3] + 4, b[4] - 3, b[5] + 4)
    arm = SITE_ARM if bits == 0 else CUBE_ARM
    half_window = ((2 * arm + 1) << bits) ** 3 // 2
    far = 255 if squared.itemsize == 1 else 65535
    width, n = part.x1 - part.x0, max(part.y1 - part.y0, part.z1 - part.z0)
    pad = reach * width
    padded = np.full((2, n * width + 2 * pad), far, squared.dtype)
    _count_sites(lattice.row, squared, part, bits)
    _sum_across(squared, part, padded, pad, arm)
    _transform_along_z(squared, part, padded, pad, arm, half_window, reach, far)
    _transform_across(squared, part, padded, pad, reach, far)


@kernel(inline=True)
def slope(squared, z, y, x):
    """Fall of the ``squared`` distance over four cubes about cube (z, y, x) [cubes2]: along the
    outward normal, zeros in the core (P7).
    """
    gz = np.float64(squared[z - 2, y, x]) - np.float64(squared[z + 2, y, x])
    gy = np.float64(squared[z, y - 2, x]) - np.float64(squared[z, y + 2, x])
    gx = np.float64(squared[z, y, x - 2]) - np.float64(squared[z, y, x + 2])
    return gz, gy, gx


@kernel(inline=True)
def ask_for_slope(distance, ny, nx, z, y, x):
    """Ask for the memory that the slope of the distance about cube (z, y, x) [-] is read from;
    ``distance``: flat, of ``ny`` rows of ``nx`` cubes a plane.
    """
    cube = (z * ny + y) * nx + x
    prefetch(distance, cube)
    for across in (2 * nx, 2 * nx * ny):
        prefetch(distance, cube - across)
        prefetch(distance, cube + across)
