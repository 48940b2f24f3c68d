"""The 3D lattice of sites: geometry, distance to the nearest empty site, straight lines, moments of the shape.

A site holds the row of a cell, ``OUTSIDE`` (host tissue) or ``VACANT`` (a gap that a cleared cell left inside the tumor).
Coordinates are always ``(z, y, x)``; lengths in sites unless they end in ``_um``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.jit import kernel

OUTSIDE, VACANT = np.int32(-1), np.int32(-2)
#: Chamfer weights of face, edge and corner neighbors (3 is one site) and the largest distance stored.
FACE, EDGE, CORNER, FAR = np.uint8(3), np.uint8(4), np.uint8(5), np.uint8(250)
#: Free sites kept between the tumor and the border of the domain.
MARGIN = 12


class Lattice(NamedTuple):
    """``row``: int32 (nz, ny, nx), row of the cell at a site or OUTSIDE or VACANT; ``distance``: uint8, chamfer distance to the
    nearest site without a cell, in thirds of a site; ``bounds``: int64 (6,), inclusive z, y, x box that holds every cell;
    ``voxel_z``, ``voxel_y``, ``voxel_x``: int32, their sum is the voxel of a site."""

    row: Any
    distance: Any
    bounds: Any
    voxel_z: Any
    voxel_y: Any
    voxel_x: Any


@kernel
def voxel_at(lattice, z, y, x):  # type: ignore[no-untyped-def]
    """Exposure voxel [-] of site (z, y, x) [-]."""
    return lattice.voxel_z[z] + lattice.voxel_y[y] + lattice.voxel_x[x]


@kernel
def place(lattice, cells, i, z, y, x):  # type: ignore[no-untyped-def]
    """Put the cell of row ``i`` [-] on site (z, y, x) [-] and keep site, voxel and bounds in step."""
    lattice.row[z, y, x] = i
    cells.site[i] = (z * lattice.row.shape[1] + y) * lattice.row.shape[2] + x
    cells.voxel[i] = voxel_at(lattice, z, y, x)
    b = lattice.bounds
    b[0], b[1] = min(b[0], z), max(b[1], z)
    b[2], b[3] = min(b[2], y), max(b[3], y)
    b[4], b[5] = min(b[4], x), max(b[5], x)


@kernel
def coordinates(lattice, site):  # type: ignore[no-untyped-def]
    """(z, y, x) [-] of a flat ``site`` index [-]."""
    nx = lattice.row.shape[2]
    plane = lattice.row.shape[1] * nx
    z = site // plane
    y = (site - z * plane) // nx
    return z, y, site - z * plane - y * nx


@kernel
def line_point(z, y, x, dz, dy, dx, k):  # type: ignore[no-untyped-def]
    """The ``k``-th site [-] on the straight line from (z, y, x) [-]; (dz, dy, dx) has largest component 1 [-] (P7)."""
    return (
        np.int64(np.floor(z + k * dz + 0.5)),
        np.int64(np.floor(y + k * dy + 0.5)),
        np.int64(np.floor(x + k * dx + 0.5)),
    )


@kernel
def inside(lattice, z, y, x):  # type: ignore[no-untyped-def]
    """Whether (z, y, x) [-] lies within the domain, its two outermost layers excluded, so that every cell has a full window."""
    s = lattice.row.shape
    return 2 <= z < s[0] - 2 and 2 <= y < s[1] - 2 and 2 <= x < s[2] - 2


@kernel
def _mark_row(rows, distance):  # type: ignore[no-untyped-def]
    """Start one row of the distance field: 0 where there is no cell, FAR elsewhere [-]; return the gaps seen [-]."""
    gaps = 0
    for x in range(distance.shape[0]):
        distance[x] = FAR if rows[x] >= 0 else np.uint8(0)
        gaps += rows[x] == VACANT
    return gaps


@kernel
def _relax_row(a, b, c, d, out):  # type: ignore[no-untyped-def]
    """Lower ``out`` by the three rows ``a``, ``b``, ``c`` of the neighboring plane and row ``d`` of its own [-]."""
    for x in range(1, out.shape[0] - 1):
        corner = min(min(a[x - 1], a[x + 1]), min(c[x - 1], c[x + 1]))
        edge = min(min(a[x], c[x]), min(min(b[x - 1], b[x + 1]), min(d[x - 1], d[x + 1])))
        face = min(b[x], d[x])
        best = min(np.uint8(corner + CORNER), min(np.uint8(edge + EDGE), np.uint8(face + FACE)))
        out[x] = min(out[x], best)


@kernel
def _scan_row(out, forward):  # type: ignore[no-untyped-def]
    """Carry the distance along one row [-], upward or downward."""
    n = out.shape[0]
    if forward:
        for x in range(1, n):
            out[x] = min(out[x], np.uint8(out[x - 1] + FACE))
    else:
        for x in range(n - 2, -1, -1):
            out[x] = min(out[x], np.uint8(out[x + 1] + FACE))


@kernel
def update_distance(lattice, gaps):  # type: ignore[no-untyped-def]
    """Two-pass 3-4-5 chamfer distance to the nearest site without a cell, within the bounds (P7).

    Parameters
    ----------
    lattice : Lattice
        ``distance`` is rewritten in thirds of a site [-].
    gaps : int64 array, shape (n,)
        Filled with the flat indices of vacant sites, as many as fit [-].

    Returns
    -------
    int
        Number of vacant sites [-].

    Source: Borgefors 1986, doi:10.1016/S0734-189X(86)80047-0.
    """
    b, row, dist = lattice.bounds, lattice.row, lattice.distance
    x0, x1 = b[4] - 1, b[5] + 2
    ny, nx = row.shape[1], row.shape[2]
    found = 0
    for z in range(b[0], b[1] + 1):
        for y in range(b[2], b[3] + 1):
            if _mark_row(row[z, y, x0:x1], dist[z, y, x0:x1]) > 0:
                for x in range(x0, x1):
                    if row[z, y, x] == VACANT:
                        if found < gaps.shape[0]:
                            gaps[found] = (z * ny + y) * nx + x
                        found += 1
    for z in range(b[0], b[1] + 1):
        for y in range(b[2], b[3] + 1):
            out = dist[z, y, x0:x1]
            p = dist[z - 1]
            _relax_row(p[y - 1, x0:x1], p[y, x0:x1], p[y + 1, x0:x1], dist[z, y - 1, x0:x1], out)
            _scan_row(out, True)
    for z in range(b[1], b[0] - 1, -1):
        for y in range(b[3], b[2] - 1, -1):
            out = dist[z, y, x0:x1]
            p = dist[z + 1]
            _relax_row(p[y - 1, x0:x1], p[y, x0:x1], p[y + 1, x0:x1], dist[z, y + 1, x0:x1], out)
            _scan_row(out, False)
    return found


@kernel
def outward(lattice, z, y, x):  # type: ignore[no-untyped-def]
    """Direction of steepest fall of the distance over the 5 x 5 x 5 window about (z, y, x) [-]: the outward normal (P7).

    Returns
    -------
    tuple of three float
        A unit vector, or zeros where the window is flat [-].
    """
    gz, gy, gx = np.int64(0), np.int64(0), np.int64(0)
    for oz in range(-2, 3):
        for oy in range(-2, 3):
            window = lattice.distance[z + oz, y + oy]
            a, b = np.int64(window[x - 2]), np.int64(window[x - 1])
            d, e = np.int64(window[x + 1]), np.int64(window[x + 2])
            total = a + b + np.int64(window[x]) + d + e
            gz -= oz * total
            gy -= oy * total
            gx -= 2 * (e - a) + d - b
    norm = np.sqrt(np.float64(gz * gz + gy * gy + gx * gx))
    if norm == 0.0:
        return 0.0, 0.0, 0.0
    return gz / norm, gy / norm, gx / norm


@kernel
def moments(site, shape, out):  # type: ignore[no-untyped-def]
    """First and second moments of the sites [-] in integers: z, y, x, zz, yy, xx, zy, zx, yx into ``out``, shape (9,) [-]."""
    plane = shape[1] * shape[2]
    out[:] = 0
    for i in range(site.shape[0]):
        s = np.int64(site[i])
        z = s // plane
        y = (s - z * plane) // shape[2]
        x = s - z * plane - y * shape[2]
        out[0] += z
        out[1] += y
        out[2] += x
        out[3] += z * z
        out[4] += y * y
        out[5] += x * x
        out[6] += z * y
        out[7] += z * x
        out[8] += y * x


def empty_lattice(shape: tuple[int, int, int]) -> Lattice:
    """A lattice of ``shape`` [sites] without cells; voxel tables are zero until the tissue sets them."""
    return Lattice(
        row=np.full(shape, OUTSIDE, np.int32),
        distance=np.zeros(shape, np.uint8),
        bounds=np.array([shape[0], 0, shape[1], 0, shape[2], 0], np.int64),
        voxel_z=np.zeros(shape[0], np.int32),
        voxel_y=np.zeros(shape[1], np.int32),
        voxel_x=np.zeros(shape[2], np.int32),
    )
