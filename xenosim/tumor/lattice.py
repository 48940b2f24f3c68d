"""The 3D lattice of sites: geometry, distance to the nearest empty site, straight lines, moments of
the shape.

A site holds the row of a cell, ``OUTSIDE`` (host tissue) or ``VACANT`` (a gap that a cleared cell
left inside the tumor). Coordinates are always ``(z, y, x)``; lengths in sites unless they end in
``_um``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.state import MAX_SIDE, in_one_block, pack, unpack
from xenosim.jit import kernel, prange

OUTSIDE, VACANT = np.int32(-1), np.int32(-2)
#: Largest reach of the distance field whose square fits 8 bits [cubes].
BYTE_REACH = 15
#: Arms of the window that decides what is host tissue [cubes]: 5 cubes wide where a cube is a site,
#: else 3.
SITE_ARM, CUBE_ARM = 2, 1
#: Part of a plane that the distance transform works on at a time [cubes].
PLANE_PART = 4096
#: Bits of a coordinate below the point, in straight lines.
POINT_BITS = 16


class Lattice(NamedTuple):
    """``row``: int32 (nz, ny, nx), row of the cell at a site or OUTSIDE or VACANT; ``taken``: uint8
    (nz, ny, nx / 8), one bit per site, whether a cell is there: what a search for room reads, small
    enough for a cache; ``squared``: uint8 or uint16, squared Euclidean distance of cubes of
    2^``cube_bits`` sites to the host tissue, the reach at most [cubes2]; ``bounds``: int64 (7,),
    inclusive z, y, x box that holds every cell, and the largest squared distance of a cell from the
    center of mass [sites2]; ``voxel_z``, ``voxel_y``, ``voxel_x``: uint32, their sum is the voxel
    of a site. A cell's column ``site`` packs (z, y, x) into one number.
    """

    row: Any
    taken: Any
    squared: Any
    cube_bits: Any
    bounds: Any
    voxel_z: Any
    voxel_y: Any
    voxel_x: Any


@kernel(inline=True)
def place(lattice, cells, i, z, y, x):
    """Put the cell of row ``i`` [-] on the free site (z, y, x) [-], within the bounds, and keep its
    column in step.
    """
    lattice.row[z, y, x] = i
    flip(lattice.taken, z, y, x)
    cells.site[i] = pack(z, y, x)


@kernel(inline=True)
def flip(taken, z, y, x):
    """A cell has come to site (z, y, x) [-], or left it."""
    taken[z, y, x >> 3] ^= np.uint8(1 << (x & 7))


@kernel(parallel=True)
def mark_taken(lattice):
    """Work out the bits of all sites within the bounds [-]; the others are not taken."""
    b, row, taken = lattice.bounds, lattice.row, lattice.taken
    for z in prange(row.shape[0]):
        taken[z] = 0
        for y in range(b[2], b[3] + 1 if b[0] <= z <= b[1] else b[2]):
            for x in range(b[4], b[5] + 1):
                taken[z, y, x >> 3] |= np.uint8((row[z, y, x] >= 0) << (x & 7))


@kernel(inline=True)
def extend_bounds(lattice, z, y, x):
    """Make the bounds hold site (z, y, x) [-]."""
    b = lattice.bounds
    b[0], b[1] = min(b[0], z), max(b[1], z)
    b[2], b[3] = min(b[2], y), max(b[3], y)
    b[4], b[5] = min(b[4], x), max(b[5], x)


@kernel(inline=True)
def line_point(z, y, x, dz, dy, dx, k):
    """The ``k``-th site [-] on the straight line from (z, y, x) [1/65536 site]; (dz, dy, dx) has
    largest component 1 site [1/65536 site] (P7).

    Fixed-point numbers: the site of a point is its upper bits.
    """
    return (z + k * dz) >> POINT_BITS, (y + k * dy) >> POINT_BITS, (x + k * dx) >> POINT_BITS


@kernel(inline=True)
def fixed(value):
    """A length [sites] as a fixed-point number [1/65536 site]."""
    return np.int64(np.floor(value * 65536.0 + 0.5))


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
def _count_sites(row, squared, box, bits):
    """Sites of the tumor in each cube of a ``box`` (6,) [cubes] into ``squared`` [-]."""
    z0, z1, y0, y1, x0, x1 = box
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
    box = (lattice.bounds[:6] >> bits) + np.array([-3, 4, -3, 4, -3, 4])
    z0, z1, y0, y1, x0, x1 = box
    arm = SITE_ARM if bits == 0 else CUBE_ARM
    half_window = ((2 * arm + 1) << bits) ** 3 // 2
    _count_sites(lattice.row, squared, box, bits)
    width, n = x1 - x0, max(y1 - y0, z1 - z0)
    far = 255 if squared.itemsize == 1 else 65535
    pad = reach * width
    padded = np.full((2, n * width + 2 * pad), far, squared.dtype)
    size = (y1 - y0) * width
    one, two = padded[0, pad : pad + size], padded[1, pad : pad + size]
    for z in range(z0, z1):
        for y in range(y0, y1):
            _copy(squared[z, y, x0:x1], one[(y - y0) * width : (y - y0 + 1) * width])
        _sum_window(one, two, 1, arm)
        _sum_window(two, one, width, arm)
        for y in range(y0, y1):
            _copy(one[(y - y0) * width : (y - y0 + 1) * width], squared[z, y, x0:x1])
    size = (z1 - z0) * width
    one, two = padded[0, pad : pad + size], padded[1, pad : pad + size]
    padded[:, pad + size :] = far
    for y in range(y0, y1):
        for z in range(z0, z1):
            _copy(squared[z, y, x0:x1], one[(z - z0) * width : (z - z0 + 1) * width])
        _sum_window(one, two, width, arm)
        _threshold(two, one, half_window, far)
        _lower_by_parabolas(
            padded[0, : size + 2 * pad], padded[1, : size + 2 * pad], pad, width, reach, far
        )
        for z in range(z0, z1):
            _copy(two[(z - z0) * width : (z - z0 + 1) * width], squared[z, y, x0:x1])
    size = (y1 - y0) * width
    one, two = padded[0, pad : pad + size], padded[1, pad : pad + size]
    padded[:, pad + size :] = far
    for z in range(z0, z1):
        for y in range(y0, y1):
            _copy(squared[z, y, x0:x1], one[(y - y0) * width : (y - y0 + 1) * width])
        _lower_by_parabolas(
            padded[0, : size + 2 * pad], padded[1, : size + 2 * pad], pad, 1, reach, far
        )
        _lower_by_parabolas(
            padded[1, : size + 2 * pad], padded[0, : size + 2 * pad], pad, width, reach, far
        )
        _cut(one, reach * reach)
        for y in range(y0, y1):
            _copy(one[(y - y0) * width : (y - y0 + 1) * width], squared[z, y, x0:x1])


@kernel
def _count_vacant(sites):
    """Number of gaps on one row of ``sites`` [-]."""
    count = 0
    for x in range(sites.shape[0]):
        count += sites[x] == VACANT
    return count


@kernel(parallel=True)
def count_gaps(lattice, counts):
    """Number of gaps on each row of sites within the bounds into ``counts`` (nz, ny) [-] (P7)."""
    b, row = lattice.bounds, lattice.row
    for z in prange(counts.shape[0]):
        for y in range(counts.shape[1]):
            counts[z, y] = _count_vacant(row[b[0] + z, b[2] + y, b[4] : b[5] + 1])


@kernel
def _list_vacant(sites, first, gaps):
    """The gaps on one row of ``sites``, the first of them the packed site ``first``, into ``gaps``
    [-].
    """
    found = 0
    for x in range(sites.shape[0]):
        if sites[x] == VACANT:
            gaps[found] = first + x
            found += 1


@kernel(parallel=True)
def list_gaps(lattice, ends, gaps):
    """The gaps, packed, in the order of the lattice, into ``gaps``; ``ends`` (nz, ny): how many
    there are up to the end of each row [-] (P7).
    """
    b, row = lattice.bounds, lattice.row
    ny, flat = ends.shape[1], ends.reshape(-1)
    for z in prange(ends.shape[0]):
        for y in range(ny):
            begin = flat[z * ny + y - 1] if z + y > 0 else 0
            if flat[z * ny + y] > begin:
                _list_vacant(
                    row[b[0] + z, b[2] + y, b[4] : b[5] + 1],
                    pack(b[0] + z, b[2] + y, b[4]),
                    gaps[begin : flat[z * ny + y]],
                )


@kernel(inline=True)
def slope(squared, z, y, x):
    """Fall of the ``squared`` distance over four cubes about cube (z, y, x) [cubes2]: along the
    outward normal, zeros in the core (P7).
    """
    gz = np.float64(squared[z - 2, y, x]) - np.float64(squared[z + 2, y, x])
    gy = np.float64(squared[z, y - 2, x]) - np.float64(squared[z, y + 2, x])
    gx = np.float64(squared[z, y, x - 2]) - np.float64(squared[z, y, x + 2])
    return gz, gy, gx


@kernel
def extent(site, out):
    """Sums of z, y, x and the smallest and largest z, y, x of the sites [-] into ``out``, shape
    (9,) [-].
    """
    out[:] = 0
    out[3], out[5], out[7] = MAX_SIDE, MAX_SIDE, MAX_SIDE
    for i in range(site.shape[0]):
        z, y, x = unpack(site[i])
        out[0] += z
        out[1] += y
        out[2] += x
        out[3], out[4] = min(out[3], z), max(out[4], z)
        out[5], out[6] = min(out[5], y), max(out[6], y)
        out[7], out[8] = min(out[7], x), max(out[8], x)


@kernel
def farthest(site, cz, cy, cx):
    """Largest squared distance [sites2] of the sites [-] from (cz, cy, cx) [sites]."""
    most = 0
    for i in range(site.shape[0]):
        z, y, x = unpack(site[i])
        most = max(most, (z - cz) ** 2 + (y - cy) ** 2 + (x - cx) ** 2)
    return most


@kernel
def moments(site, out):
    """First and second moments of the sites [-] in integers: z, y, x, zz, yy, xx, zy, zx, yx into
    ``out``, shape (9,) [-].
    """
    out[:] = 0
    for i in range(site.shape[0]):
        z, y, x = unpack(site[i])
        out[0] += z
        out[1] += y
        out[2] += x
        out[3] += z * z
        out[4] += y * y
        out[5] += x * x
        out[6] += z * y
        out[7] += z * x
        out[8] += y * x


def empty_lattice(shape: tuple[int, int, int], reach: int, cube_bits: int = 0) -> Lattice:
    """A lattice of ``shape`` [sites] without cells, for a distance field of cubes of
    2^``cube_bits`` sites up to ``reach`` [cubes]; voxel tables are zero.
    """
    cubes = tuple((side >> cube_bits) + 1 for side in shape) if cube_bits else shape
    narrow = np.dtype(np.uint8 if reach <= BYTE_REACH and cube_bits == 0 else np.uint16)
    row, taken, squared = in_one_block(
        [
            (shape, np.dtype(np.int32)),
            ((shape[0], shape[1], shape[2] // 8 + 1), np.dtype(np.uint8)),
            (cubes, narrow),
        ]
    )
    row[:], taken[:], squared[:] = OUTSIDE, 0, 0
    return Lattice(
        row=row,
        taken=taken,
        squared=squared,
        cube_bits=cube_bits,
        bounds=np.array([shape[0], 0, shape[1], 0, shape[2], 0, 0], np.int64),
        voxel_z=np.zeros(shape[0], np.uint32),
        voxel_y=np.zeros(shape[1], np.uint32),
        voxel_x=np.zeros(shape[2], np.uint32),
    )
