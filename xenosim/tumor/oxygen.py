"""Oxygen in and around the tumor: quasi-steady diffusion, consumption and supply on the voxel grid (MODEL.md P6).

``D lap p - k f p + s v (p_blood - p) + h (1 - v) (p_host - p) = 0``: ``f`` share of a voxel's sites with living cells, ``v`` with tumor
(cells, debris, gaps), the rest host tissue. Consumption is first order: the system is then linear, symmetric and positive definite, its
solution unique and never below the lowest local balance, and one solve is enough.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.cell.kernel import HYPOXIC
from xenosim.cell.state import unpack
from xenosim.errors import ResourceError
from xenosim.jit import kernel, prange
from xenosim.tumor.lattice import OUTSIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Largest correction that a converged voxel still asks for [mmHg]; the thresholds are 1e5 times larger.
TOLERANCE_MMHG = 1e-5
#: Host tissue solved with the tumor, in relaxation lengths.
HOST_LENGTHS = 4.0
MAX_ITERATIONS = 5000
#: Below this many voxels, starting threads costs more than the work [-].
FEW_VOXELS = 200_000


class OxygenParams(NamedTuple):
    """``diffusion`` D [um2/h]; ``uptake`` k of tissue full of living cells [1/h]; ``supply`` of oxygen per exchange g of drug [-];
    ``blood`` and ``host`` pressure [mmHg]; ``host_exchange`` relaxation of host tissue [1/h]; pressures below which the cycle stands
    still (``hypoxia``) and cells die (``necrosis``) [mmHg], their rate of death ``necrosis_rate`` [1/h]; mean life of their ``debris`` [h]."""

    diffusion: float
    uptake: float
    supply: float
    blood: float
    host: float
    host_exchange: float
    hypoxia: float
    necrosis: float
    necrosis_rate: float
    debris: float


class _System(NamedTuple):
    """``rate`` of removal [1/h] and ``source`` [mmHg/h] per voxel, ``coupling`` D/h2 between neighbours [1/h]."""

    rate: Any
    source: Any
    coupling: float


def lowest_pressure(params: OxygenParams, exchange: NDArray[np.float64]) -> float:
    """What no voxel of a tumor with exchange values ``exchange`` [1/h] can fall below [mmHg]: the lowest balance of supply and full
    consumption. Neighbours cannot push a voxel below the lowest balance of all (maximum principle)."""
    supply = params.supply * float(np.min(exchange))
    return min(params.blood * supply / (supply + params.uptake), params.host)


@kernel
def _residual_plane(z, p, system, r, d, partial, largest):  # type: ignore[no-untyped-def]
    """Residual r = source - A p [mmHg/h] of plane ``z`` [-], the first direction d, sum of r2/M and largest |r|/M [mmHg]."""
    rate, source, c = system.rate, system.source, system.coupling
    total, most = 0.0, 0.0
    for y in range(rate.shape[1]):
        for x in range(rate.shape[2]):
            near = p[z, y + 1, x + 1] + p[z + 2, y + 1, x + 1] + p[z + 1, y, x + 1] + p[z + 1, y + 2, x + 1] + p[z + 1, y + 1, x] + p[z + 1, y + 1, x + 2]
            m = rate[z, y, x] + 6.0 * c
            value = source[z, y, x] - m * p[z + 1, y + 1, x + 1] + c * near
            r[z, y, x] = value
            d[z + 1, y + 1, x + 1] = value / m
            total += value * value / m
            most = max(most, abs(value) / m)
    partial[z], largest[z] = total, most


@kernel
def _product_plane(z, d, system, q, partial):  # type: ignore[no-untyped-def]
    """q = A d [mmHg/h] of plane ``z`` [-] and the sum of d q into ``partial``."""
    rate, c = system.rate, system.coupling
    total = 0.0
    for y in range(rate.shape[1]):
        for x in range(rate.shape[2]):
            near = d[z, y + 1, x + 1] + d[z + 2, y + 1, x + 1] + d[z + 1, y, x + 1] + d[z + 1, y + 2, x + 1] + d[z + 1, y + 1, x] + d[z + 1, y + 1, x + 2]
            here = d[z + 1, y + 1, x + 1]
            value = (rate[z, y, x] + 6.0 * c) * here - c * near
            q[z, y, x] = value
            total += here * value
    partial[z] = total


@kernel
def _advance_plane(z, p, r, d, q, system, alpha, partial, largest):  # type: ignore[no-untyped-def]
    """p += alpha d [mmHg], r -= alpha q [mmHg/h] in plane ``z`` [-]; sum of r2/M and largest |r|/M [mmHg]."""
    rate, c = system.rate, system.coupling
    total, most = 0.0, 0.0
    for y in range(rate.shape[1]):
        for x in range(rate.shape[2]):
            p[z + 1, y + 1, x + 1] += alpha * d[z + 1, y + 1, x + 1]
            value = r[z, y, x] - alpha * q[z, y, x]
            m = rate[z, y, x] + 6.0 * c
            r[z, y, x] = value
            total += value * value / m
            most = max(most, abs(value) / m)
    partial[z], largest[z] = total, most


@kernel
def _turn_plane(z, d, r, system, beta):  # type: ignore[no-untyped-def]
    """d = r/M + beta d [mmHg] in plane ``z`` [-]."""
    rate, c = system.rate, system.coupling
    for y in range(rate.shape[1]):
        for x in range(rate.shape[2]):
            d[z + 1, y + 1, x + 1] = r[z, y, x] / (rate[z, y, x] + 6.0 * c) + beta * d[z + 1, y + 1, x + 1]


@kernel(parallel=True)
def _residual(p, system, r, d, partial, largest):  # type: ignore[no-untyped-def]
    """:func:`_residual_plane` of every plane [mmHg/h]."""
    for z in prange(r.shape[0]):
        _residual_plane(z, p, system, r, d, partial, largest)


@kernel(parallel=True)
def _product(d, system, q, partial):  # type: ignore[no-untyped-def]
    """:func:`_product_plane` of every plane [mmHg/h]."""
    for z in prange(q.shape[0]):
        _product_plane(z, d, system, q, partial)


@kernel(parallel=True)
def _advance(p, r, d, q, system, alpha, partial, largest):  # type: ignore[no-untyped-def]
    """:func:`_advance_plane` of every plane [mmHg]."""
    for z in prange(r.shape[0]):
        _advance_plane(z, p, r, d, q, system, alpha, partial, largest)


@kernel(parallel=True)
def _turn(d, r, system, beta):  # type: ignore[no-untyped-def]
    """:func:`_turn_plane` of every plane [mmHg]."""
    for z in prange(r.shape[0]):
        _turn_plane(z, d, r, system, beta)


@kernel
def _solve_few(p, r, d, q, system, partial, largest, tolerance, iterations):  # type: ignore[no-untyped-def]
    """The whole iteration on one thread, to ``tolerance`` [mmHg]; how many ``iterations`` it took, or all [-]."""
    planes = r.shape[0]
    for z in range(planes):
        _residual_plane(z, p, system, r, d, partial, largest)
    rho = partial.sum()
    for iteration in range(iterations):
        if not largest.max() > tolerance:
            return iteration
        for z in range(planes):
            _product_plane(z, d, system, q, partial)
        alpha = rho / partial.sum()
        for z in range(planes):
            _advance_plane(z, p, r, d, q, system, alpha, partial, largest)
        before, rho = rho, partial.sum()
        for z in range(planes):
            _turn_plane(z, d, r, system, rho / before)
    return iterations


def _solve_many(p: NDArray[np.float64], r: Any, d: Any, q: Any, system: _System, partial: Any, largest: Any) -> int:
    """As :func:`_solve_few`, on all threads."""
    _residual(p, system, r, d, partial, largest)
    rho = math.fsum(partial)
    for iteration in range(MAX_ITERATIONS):
        if not largest.max() > TOLERANCE_MMHG:
            return iteration
        _product(d, system, q, partial)
        _advance(p, r, d, q, system, rho / math.fsum(partial), partial, largest)
        before, rho = rho, math.fsum(partial)
        _turn(d, r, system, rho / before)
    return MAX_ITERATIONS


def solve(pressure: NDArray[np.float64], rate: NDArray[np.float64], source: NDArray[np.float64], coupling: float, edge: float) -> int:
    """Conjugate gradients, preconditioned by the diagonal, from the last pressure; sums by planes, so any thread count gives the same bits.

    Parameters
    ----------
    pressure : array, shape (nz, ny, nx)
        First guess and result [mmHg].
    rate, source : array, shape (nz, ny, nx)
        Removal [1/h] and gain [mmHg/h].
    coupling : float
        D / h2 [1/h].
    edge : float
        Pressure about the grid [mmHg].

    Returns
    -------
    int
        Iterations [-].

    Raises
    ------
    ResourceError
        If it does not converge, which no physical input makes it do.

    Source: Hestenes and Stiefel 1952, doi:10.6028/jres.049.044; the discretization is the seven-point finite volume scheme.
    """
    p = np.pad(pressure, 1, constant_values=edge)
    d, r, q = np.zeros_like(p), np.empty_like(rate), np.empty_like(rate)
    partial, largest = np.empty(rate.shape[0]), np.empty(rate.shape[0])
    system = _System(rate, source, coupling)
    if rate.size < FEW_VOXELS:
        iterations = int(_solve_few(p, r, d, q, system, partial, largest, TOLERANCE_MMHG, MAX_ITERATIONS))
    else:
        iterations = _solve_many(p, r, d, q, system, partial, largest)
    if iterations < MAX_ITERATIONS:
        pressure[:] = p[1:-1, 1:-1, 1:-1]
        return iterations
    raise ResourceError("the oxygen field does not converge", remedy="check the oxygen parameters; this should not happen")


class Tissue(NamedTuple):
    """What the oxygen balance of each voxel rests on, shape (nz, ny, nx): share of ``living`` cells and of ``tumor`` [-], drug
    ``exchange`` g of its vessels [1/h]."""

    living: NDArray[np.float64]
    tumor: NDArray[np.float64]
    exchange: NDArray[np.float64]


def update_pressure(pressure: NDArray[np.float64], tissue: Tissue, params: OxygenParams, voxel_um: float) -> int:
    """The steady pressure [mmHg] of a tissue, from the last one, in place; host tissue far from the tumor has its own. Iterations [-].

    Parameters
    ----------
    pressure : array, shape (nz, ny, nx)
        First guess and result [mmHg].
    tissue : Tissue
        Cells, tumor and vessels of the voxels.
    params : OxygenParams
        Rates and pressures.
    voxel_um : float
        Edge of a voxel [um].
    """
    pad = math.ceil(HOST_LENGTHS * math.sqrt(params.diffusion / params.host_exchange) / voxel_um)
    found = [np.flatnonzero(tissue.tumor.any(axis=axes)) for axes in ((1, 2), (0, 2), (0, 1))]
    if found[0].size == 0:
        pressure[:] = params.host
        return 0
    box = tuple(slice(max(int(f[0]) - pad, 0), int(f[-1]) + pad + 1) for f in found)
    vessels = params.supply * tissue.exchange[box] * tissue.tumor[box]
    host = params.host_exchange * (1.0 - tissue.tumor[box])
    rate = params.uptake * tissue.living[box] + vessels + host
    inner = pressure[box].copy()
    iterations = solve(inner, rate, vessels * params.blood + host * params.host, params.diffusion / voxel_um**2, params.host)
    pressure[:] = params.host
    pressure[box] = inner
    return iterations


@kernel
def count_voxels(cells, lattice, living, tumor):  # type: ignore[no-untyped-def]
    """Number of living cells and of sites of the tumor, cell or gap, in each voxel, into flat ``living`` and ``tumor`` [-] (P6)."""
    vz, vy, vx, b = lattice.voxel_z, lattice.voxel_y, lattice.voxel_x, lattice.bounds
    for i in range(cells.site.shape[0]):
        z, y, x = unpack(cells.site[i])
        living[vz[z] + vy[y] + vx[x]] += cells.state[i] < 2
    for z in range(b[0], b[1] + 1):
        for y in range(b[2], b[3] + 1):
            plane = vz[z] + vy[y]
            for x in range(b[4], b[5] + 1):
                tumor[plane + vx[x]] += lattice.row[z, y, x] != OUTSIDE


@kernel
def list_voxels(site, lattice, out):  # type: ignore[no-untyped-def]
    """Voxel of every packed ``site`` (n,) into ``out`` (n,) [-] (P6)."""
    vz, vy, vx = lattice.voxel_z, lattice.voxel_y, lattice.voxel_x
    for i in range(site.shape[0]):
        z, y, x = unpack(site[i])
        out[i] = vz[z] + vy[y] + vx[x]


class OxygenField:
    """Oxygen of one tumor on the voxels of its domain.

    Parameters
    ----------
    params : OxygenParams
        Rates and pressures.
    voxel_um : float
        Edge of a voxel [um].
    """

    def __init__(self, params: OxygenParams, voxel_um: float) -> None:
        self.params, self.voxel_um = params, voxel_um
        self.first, self.pressure = 0, np.empty((0, 0, 0))

    def enlarge(self, first: int, count: int) -> None:
        """Cover ``count`` voxels a side from voxel ``first`` on [-]; new ones are at the pressure of the host."""
        old, offset = self.pressure, self.first - first
        self.first, self.pressure = first, np.full((count,) * 3, self.params.host)
        if old.size:
            inner = slice(offset, offset + old.shape[0])
            self.pressure[inner, inner, inner] = old

    def update(self, cells: Any, lattice: Any, exchange: NDArray[np.float64]) -> None:
        """Solve for the cells that are there; ``exchange`` g of every voxel [1/h], flat."""
        shape = self.pressure.shape
        living, tumor = np.zeros((2, self.pressure.size), np.int64)
        count_voxels(cells, lattice, living, tumor)
        along = [np.bincount(table.astype(np.int64) // step, minlength=n) for table, step, n in zip(lattice[-3:], (shape[1] * shape[2], shape[2], 1), shape, strict=True)]
        sites = np.maximum(along[0][:, None, None] * along[1][None, :, None] * along[2][None, None, :], 1)
        tissue = Tissue(living.reshape(shape) / sites, tumor.reshape(shape) / sites, exchange.reshape(shape))
        update_pressure(self.pressure, tissue, self.params, self.voxel_um)

    def marked(self, zones: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Vessel classes of all voxels, flat, with the bit HYPOXIC where the cycle stands still."""
        return np.asarray(zones | np.where(self.pressure.ravel() < self.params.hypoxia, HYPOXIC, 0).astype(np.uint8))

    def anoxic(self) -> NDArray[np.bool_]:
        """Voxels in which cells die of necrosis, flat."""
        return np.asarray(self.pressure.ravel() < self.params.necrosis)
