"""Steady diffusion with removal and gain on a voxel grid: ``D lap p - rate p + source = 0``, 0
beyond the grid (MODEL.md P6).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.errors import ResourceError
from xenosim.jit import kernel, prange

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Field = NDArray[np.floating[Any]]

#: Largest correction that a converged voxel still asks for [mmHg]: three voxels in a million then
#: lie on the wrong side of a threshold (benchmarks/oxygen.py).
TOLERANCE_MMHG = 1e-3
MAX_ITERATIONS = 5000
#: Below this many voxels, starting threads costs more than the work [-].
FEW_VOXELS = 500_000
#: Colors of the voxels of a chessboard, the parities of a row's coordinates, and the diagonal where
#: a row has no voxel, which holds it still.
RED, BLACK = 0, 1
PARITIES = ((0, 0), (0, 1), (1, 0), (1, 1))
NO_VOXEL = 1e30


class _System(NamedTuple):
    """``red`` and ``black`` diagonal of the balance [1/h], packed; ``coupling`` D/h2 between
    neighbors [1/h].
    """

    red: Any
    black: Any
    coupling: Any


class _Vectors(NamedTuple):
    """Of the iteration: red field ``p`` and direction ``d``, what d makes of ``black`` voxels
    [mmHg], all with a rim; residual ``r`` and product ``q`` [mmHg/h]. By plane and place in a row:
    ``scratch``, ``total`` of a scalar product, ``largest`` correction [mmHg].
    """

    p: Any
    d: Any
    black: Any
    r: Any
    q: Any
    scratch: Any
    total: Any
    largest: Any


@kernel
def _add_neighbors(out, y0, y1, z0, z1, beside):
    """Sum of the six neighbors of each voxel of a packed row into ``out`` (n,) [mmHg]; ``beside``
    (n + 1,) is its own row of the other color.
    """
    for j in range(out.shape[0]):
        out[j] = y0[j] + y1[j] + z0[j] + z1[j] + beside[j] + beside[j + 1]


@kernel
def _neighbors(out, other, z, y, shift):
    """Sum of the neighbors, all of the ``other`` color, of packed row (z, y) [-] into ``out``
    [mmHg]; ``shift`` of the row is 0 or 1.
    """
    n = out.shape[0]
    _add_neighbors(
        out,
        other[z + 1, y, 1 : n + 1],
        other[z + 1, y + 2, 1 : n + 1],
        other[z, y + 1, 1 : n + 1],
        other[z + 2, y + 1, 1 : n + 1],
        other[z + 1, y + 1, shift : shift + n + 1],
    )


@kernel
def _scale(out, near, diagonal, c):
    """out = c near / diagonal of a row [mmHg]."""
    for j in range(out.shape[0]):
        out[j] = c * near[j] / diagonal[j]


@kernel
def _apply(out, d, near, diagonal, c, total):
    """out = diagonal d - c near of a row [mmHg/h]; d out is added to ``total``."""
    for j in range(out.shape[0]):
        out[j] = diagonal[j] * d[j] - c * near[j]
        total[j] += d[j] * out[j]


@kernel
def _move(p, r, d, q, diagonal, alpha, total, largest):
    """p += alpha d [mmHg], r -= alpha q [mmHg/h] of a row; r2/M is added to ``total``, the largest
    |r|/M kept in ``largest`` [mmHg].
    """
    for j in range(p.shape[0]):
        p[j] += alpha * d[j]
        r[j] -= alpha * q[j]
        step = r[j] / diagonal[j]
        total[j] += r[j] * step
        size = abs(step)
        largest[j] = size if size > largest[j] else largest[j]


@kernel
def _redirect(d, r, diagonal, beta):
    """d = r/M + beta d of a row [mmHg]."""
    for j in range(d.shape[0]):
        d[j] = r[j] / diagonal[j] + beta * d[j]


@kernel
def _black_plane(z, source, system, v):
    """What the red voxels of ``source`` make of the black ones of plane ``z`` [-], into the black
    ones [mmHg].
    """
    for y in range(v.r.shape[1]):
        _neighbors(v.scratch[z], source, z, y, (z + y + 1) % 2)
        _scale(v.black[z + 1, y + 1, 1:-1], v.scratch[z], system.black[z, y], system.coupling)


@kernel
def _product_plane(z, source, system, v):
    """Product of the reduced system with ``source``, of which the black voxels were made, in plane
    ``z`` [-], and its sum with it [mmHg/h].
    """
    v.total[z] = 0
    for y in range(v.r.shape[1]):
        _neighbors(v.scratch[z], v.black, z, y, (z + y) % 2)
        _apply(
            v.q[z, y],
            source[z + 1, y + 1, 1:-1],
            v.scratch[z],
            system.red[z, y],
            system.coupling,
            v.total[z],
        )


@kernel
def _advance_plane(z, alpha, system, v):
    """:func:`_move` for plane ``z`` by ``alpha`` [-] directions."""
    v.total[z] = 0
    v.largest[z] = 0
    for y in range(v.r.shape[1]):
        _move(
            v.p[z + 1, y + 1, 1:-1],
            v.r[z, y],
            v.d[z + 1, y + 1, 1:-1],
            v.q[z, y],
            system.red[z, y],
            alpha,
            v.total[z],
            v.largest[z],
        )


@kernel
def _turn_plane(z, beta, system, v):
    """:func:`_redirect` for plane ``z`` with the share ``beta`` [-] of the last direction."""
    for y in range(v.r.shape[1]):
        _redirect(v.d[z + 1, y + 1, 1:-1], v.r[z, y], system.red[z, y], beta)


@kernel(parallel=True)
def _black(source, system, v):
    """:func:`_black_plane` of every plane [mmHg]."""
    for z in prange(v.r.shape[0]):
        _black_plane(z, source, system, v)


@kernel(parallel=True)
def _product(source, system, v):
    """:func:`_product_plane` of every plane [mmHg/h]."""
    for z in prange(v.r.shape[0]):
        _product_plane(z, source, system, v)


@kernel(parallel=True)
def _advance(alpha, system, v):
    """:func:`_advance_plane` of every plane by ``alpha`` [-] directions."""
    for z in prange(v.r.shape[0]):
        _advance_plane(z, alpha, system, v)


@kernel(parallel=True)
def _turn(beta, system, v):
    """:func:`_turn_plane` of every plane with the share ``beta`` [-] of the last direction."""
    for z in prange(v.r.shape[0]):
        _turn_plane(z, beta, system, v)


@kernel
def _sum(parts):
    """Sum of ``parts`` (nz, n) in float64, in a fixed order [any]."""
    total = 0.0
    for z in range(parts.shape[0]):
        for j in range(parts.shape[1]):
            total += parts[z, j]
    return total


@kernel
def _iterate_few(rho, system, v, tolerance):
    """:func:`_iterate_many` on one thread, from ``rho`` [mmHg2/h] to ``tolerance`` [mmHg];
    iterations [-].
    """
    planes, kind, before = v.r.shape[0], v.p.dtype.type, np.inf
    for iteration in range(MAX_ITERATIONS):
        if not v.largest.max() > tolerance:
            return iteration
        for z in range(planes):
            _turn_plane(z, kind(rho / before), system, v)
        for z in range(planes):
            _black_plane(z, v.d, system, v)
        for z in range(planes):
            _product_plane(z, v.d, system, v)
        alpha = kind(rho / _sum(v.total))
        for z in range(planes):
            _advance_plane(z, alpha, system, v)
        before, rho = rho, _sum(v.total)
    return MAX_ITERATIONS


def _iterate_many(rho: float, system: _System, v: _Vectors, tolerance: float) -> int:
    """Conjugate gradients on all threads, from the squared residual ``rho`` [mmHg2/h] to
    ``tolerance`` [mmHg]; iterations [-].
    """
    kind, before = v.p.dtype.type, math.inf
    for iteration in range(MAX_ITERATIONS):
        if not v.largest.max() > tolerance:
            return iteration
        _turn(kind(rho / before), system, v)
        _black(v.d, system, v)
        _product(v.d, system, v)
        _advance(kind(rho / _sum(v.total)), system, v)
        before, rho = rho, _sum(v.total)
    return MAX_ITERATIONS


def _rows(z: int, y: int, color: int) -> tuple[slice, slice, slice]:
    """Voxels of one ``color`` in rows whose coordinates have the parities ``z`` and ``y`` [-]."""
    return slice(z, None, 2), slice(y, None, 2), slice((z + y + color) % 2, None, 2)


def _packed(values: Field, color: int, fill: float, rim: int) -> Field:
    """Every second voxel of each row, those of one ``color``, side by side; ``fill`` elsewhere, and
    in a ``rim`` about them [any].
    """
    nz, ny, nx = values.shape
    out = np.full((nz + 2 * rim, ny + 2 * rim, (nx + 1) // 2 + 2 * rim), fill, values.dtype)
    for z, y in PARITIES:
        part = values[_rows(z, y, color)]
        out[rim + z : rim + nz : 2, rim + y : rim + ny : 2, rim : rim + part.shape[2]] = part
    return out


def _unpack(packed: Field, color: int, values: Field) -> None:
    """Put what :func:`_packed` took, with a rim of 1, back into ``values`` [any]."""
    for z, y in PARITIES:
        part = values[_rows(z, y, color)]
        part[:] = packed[1 + z : -1 : 2, 1 + y : -1 : 2, 1 : 1 + part.shape[2]]


def solve(
    field: Field, rate: Field, source: Field, coupling: float, tolerance: float = TOLERANCE_MMHG
) -> int:
    """Conjugate gradients for the red voxels of a chessboard, from the last field; the black ones
    follow from them exactly.

    Every voxel has neighbors of the other color only: without the black ones there is half a
    system left, whose iteration gains twice as much. Colors are kept apart in memory, so that every
    loop runs along a row. Sums go by places in a plane, in a fixed order: any thread count gives
    the same bits.

    Parameters
    ----------
    field : array, shape (nz, ny, nx)
        First guess and result [mmHg]; 0 beyond the grid.
    rate, source : array, shape (nz, ny, nx)
        Removal [1/h] and gain [mmHg/h], of the kind of number to compute with.
    coupling : float
        D / h2 [1/h].
    tolerance : float
        Largest correction that a converged voxel still asks for [mmHg].

    Returns
    -------
    int
        Iterations [-].

    Raises
    ------
    ResourceError
        If it does not converge, which no physical input makes it do.

    Source: Hestenes and Stiefel 1952, doi:10.6028/jres.049.044, with the reduced system of matrices
    with property A (Reid 1972, from memory); the discretization is the seven-point finite volume
    scheme.
    """
    kind = rate.dtype.type
    system = _System(
        _packed(rate, RED, NO_VOXEL, 0), _packed(rate, BLACK, NO_VOXEL, 0), kind(coupling)
    )
    for diagonal in (system.red, system.black):
        diagonal += kind(6.0 * coupling)
    of_black = _packed(source, BLACK, 0.0, 0)
    of_black /= system.black
    p, r = _packed(field, RED, 0.0, 1), _packed(source, RED, 0.0, 0)
    v = _Vectors(
        p,
        np.zeros_like(p),
        np.zeros_like(p),
        r,
        np.empty_like(r),
        *np.empty((3, r.shape[0], r.shape[2]), rate.dtype),
    )
    _black(p, system, v)
    v.black[1:-1, 1:-1, 1:-1] += of_black
    _product(p, system, v)
    # From no direction, this is the residual.
    _advance(kind(1.0), system, v)
    iterate = _iterate_few if rate.size < FEW_VOXELS else _iterate_many
    iterations = int(iterate(_sum(v.total), system, v, tolerance))
    if iterations == MAX_ITERATIONS:
        raise ResourceError(
            "the oxygen field does not converge",
            remedy="check the oxygen parameters; this should not happen",
        )
    _black(p, system, v)
    v.black[1:-1, 1:-1, 1:-1] += of_black
    _unpack(p, RED, field)
    _unpack(v.black, BLACK, field)
    return iterations
