"""Oxygen in and around the tumor: quasi-steady diffusion, consumption and supply on the voxel grid
(MODEL.md P6).

``D lap p - k f p + s v (p_blood - p) + h (1 - v) (p_host - p) = 0``: ``f`` share of a voxel's sites
with living cells, ``v`` with tumor (cells, debris, gaps), the rest host tissue. Consumption is
first order: the system is then linear, symmetric and positive definite, its solution unique and
never below the lowest local balance, and one solve is enough.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.cell.kernel import HYPOXIC
from xenosim.cell.state import is_dying, unpack
from xenosim.jit import kernel, prange
from xenosim.tumor.diffusion import solve
from xenosim.tumor.keeping import check_nothing_lost
from xenosim.tumor.lattice import OUTSIDE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Field = NDArray[np.floating[Any]]
    Box = tuple[slice, ...]

#: Attributes of an oxygen field that its state keeps, and those that follow from its tumor.
KEPT, RECOMPUTED = ("pressure", "corner"), ("params", "voxel_um", "pad", "first", "count")
#: Host tissue solved with the tumor, in relaxation lengths.
HOST_LENGTHS = 4.0


class OxygenParams(NamedTuple):
    """``diffusion`` D [um2/h]; ``uptake`` k of tissue full of living cells [1/h]; ``supply`` of
    oxygen per exchange g of drug [-]; ``blood`` and ``host`` pressure [mmHg]; ``host_exchange``
    relaxation of host tissue [1/h]; pressures below which the cycle stands still (``hypoxia``) and
    cells die (``necrosis``) [mmHg], their rate of death ``necrosis_rate`` [1/h]; mean life of their
    ``debris`` [h].
    """

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


def lowest_pressure(params: OxygenParams, exchange: NDArray[np.float64]) -> float:
    """What no voxel of a tumor with exchange values ``exchange`` [1/h] can fall below [mmHg]: the
    lowest balance of supply and full consumption. Neighbors cannot push a voxel below the lowest
    balance of all (maximum principle).
    """
    supply = params.supply * float(np.min(exchange))
    return min(params.blood * supply / (supply + params.uptake), params.host)


class Tissue(NamedTuple):
    """What the oxygen balance of each voxel rests on, shape (nz, ny, nx): share of ``living`` cells
    and of ``tumor`` [-], drug ``exchange`` g of its vessels [1/h].
    """

    living: Field
    tumor: Field
    exchange: Field


@kernel
def _balance_row(living, tumor, exchange, params, rate, source):
    """Removal [1/h], and gain of the deviation from the host's pressure [mmHg/h], of a row of
    voxels from its shares of cells and tumor [-] and its vessels [1/h] (P6).
    """
    kind = rate.dtype.type
    uptake, supply, exchanged = kind(params.uptake), kind(params.supply), kind(params.host_exchange)
    host, more, whole = kind(params.host), kind(params.blood - params.host), kind(1)
    for x in range(rate.shape[0]):
        vessels, consumed = supply * exchange[x] * tumor[x], uptake * living[x]
        rate[x] = consumed + vessels + exchanged * (whole - tumor[x])
        source[x] = vessels * more - consumed * host


@kernel
def _balance_plane(z, tissue, params, rate, source):
    """:func:`_balance_row` for plane ``z`` [-]."""
    for y in range(rate.shape[1]):
        _balance_row(
            tissue.living[z, y],
            tissue.tumor[z, y],
            tissue.exchange[z, y],
            params,
            rate[z, y],
            source[z, y],
        )


@kernel(parallel=True)
def _balance(tissue, params, rate, source):
    """:func:`_balance_plane` of every plane [1/h]."""
    for z in prange(rate.shape[0]):
        _balance_plane(z, tissue, params, rate, source)


def update_pressure(pressure: Field, tissue: Tissue, params: OxygenParams, voxel_um: float) -> int:
    """The steady pressure [mmHg] of a tissue, from the last one, in place; the host beyond it has
    its own. Iterations [-].

    Parameters
    ----------
    pressure : array, shape (nz, ny, nx)
        First guess and result [mmHg].
    tissue : Tissue
        Cells, tumor and vessels of the voxels; a tumor that reaches the edge would get the oxygen
        of the host there.
    params : OxygenParams
        Rates and pressures.
    voxel_um : float
        Edge of a voxel [um].
    """
    rate, source = np.empty((2, *pressure.shape), tissue.living.dtype)
    _balance(tissue, params, rate, source)
    pressure -= params.host
    iterations = solve(pressure, rate, source, params.diffusion / voxel_um**2)
    pressure += params.host
    return iterations


@kernel
def count_voxels(cells, lattice, living, tumor):
    """Number of living cells and of sites of the tumor, cell or gap, in each voxel, into flat
    ``living`` and ``tumor`` [-] (P6).
    """
    vz, vy, vx, b = lattice.voxel_z, lattice.voxel_y, lattice.voxel_x, lattice.bounds
    for i in range(cells.site.shape[0]):
        z, y, x = unpack(cells.site[i])
        living[vz[z] + vy[y] + vx[x]] += not is_dying(cells.state[i])
    for z in range(b[0], b[1] + 1):
        for y in range(b[2], b[3] + 1):
            plane = vz[z] + vy[y]
            for x in range(b[4], b[5] + 1):
                tumor[plane + vx[x]] += lattice.row[z, y, x] != OUTSIDE


@kernel
def list_voxels(site, lattice, out):
    """Voxel of every packed ``site`` (n,) into ``out`` (n,) [-] (P6)."""
    vz, vy, vx = lattice.voxel_z, lattice.voxel_y, lattice.voxel_x
    for i in range(site.shape[0]):
        z, y, x = unpack(site[i])
        out[i] = vz[z] + vy[y] + vx[x]


class OxygenField:
    """Oxygen of one tumor on the voxels of its domain: solved in the box of the tumor and four host
    lengths about it, that of the host beyond.

    Parameters
    ----------
    params : OxygenParams
        Rates and pressures.
    voxel_um : float
        Edge of a voxel [um].
    """

    def __init__(self, params: OxygenParams, voxel_um: float) -> None:
        self.params, self.voxel_um = params, voxel_um
        self.pad = math.ceil(
            HOST_LENGTHS * math.sqrt(params.diffusion / params.host_exchange) / voxel_um
        )
        #: First voxel and number of voxels a side of the domain [voxels].
        self.first, self.count = 0, 0
        #: Pressure in the box [mmHg], and its first voxel along z, y, x [voxels].
        self.pressure, self.corner = np.empty((0, 0, 0), np.float32), np.zeros(3, np.int64)

    def state(self) -> dict[str, NDArray[Any]]:
        """What goes on from update to update, as views: pressure and first voxel of the box."""
        check_nothing_lost(self, KEPT, RECOMPUTED)
        return {name: getattr(self, name) for name in KEPT}

    def restore(self, state: dict[str, NDArray[Any]]) -> None:
        """Be the field that :meth:`state` was taken of; the state is copied."""
        for name in KEPT:
            setattr(self, name, state[name].copy())

    def cover(self, first: int, count: int) -> None:
        """The domain has ``count`` voxels a side from voxel ``first`` on [-]; the field stays where
        it is.
        """
        self.first, self.count = first, count

    def update(
        self, cells: Any, lattice: Any, zones: NDArray[np.uint8], exchange: NDArray[np.float64]
    ) -> None:
        """Solve for the cells that are there; ``zones``: vessel class of every voxel, flat;
        ``exchange`` g of each class [1/h].
        """
        tables = (lattice.voxel_z, lattice.voxel_y, lattice.voxel_x)
        along = [
            table.astype(np.int64) // step + self.first
            for table, step in zip(tables, (self.count**2, self.count, 1), strict=True)
        ]
        ends = np.array(
            [at[side] for at, side in zip(along, lattice.bounds[:6].reshape(3, 2), strict=True)]
        )
        self._move(ends[:, 0] - self.pad, ends[:, 1] + self.pad + 1)
        tissue = self._tissue(
            cells, lattice, [at - low for at, low in zip(along, self.corner, strict=True)]
        )
        box, part = self._overlap()
        tissue.exchange[part] = exchange.astype(np.float32)[zones.reshape((self.count,) * 3)[box]]
        update_pressure(self.pressure, tissue, self.params, self.voxel_um)

    def _tissue(self, cells: Any, lattice: Any, along: list[NDArray[np.int64]]) -> Tissue:
        """Cells and tumor in the voxels of the box, no vessels yet; ``along``: voxel of each site
        along z, y and x, from the box's first on [voxels].
        """
        shape = self.pressure.shape
        living, tumor, vessels = np.zeros((3, *shape), np.float32)
        # What lies outside the box holds no cell; its voxel is never looked at.
        flat = [
            (at.clip(0, n - 1) * step).astype(np.uint32)
            for at, n, step in zip(along, shape, (shape[1] * shape[2], shape[2], 1), strict=True)
        ]
        count_voxels(
            cells,
            lattice._replace(voxel_z=flat[0], voxel_y=flat[1], voxel_x=flat[2]),
            living.ravel(),
            tumor.ravel(),
        )
        sites = [
            np.bincount(at[(at >= 0) & (at < n)], minlength=n).clip(1)
            for at, n in zip(along, shape, strict=True)
        ]
        share = (
            (1.0 / (sites[1][:, None] * sites[2])).astype(np.float32),
            (1.0 / sites[0]).astype(np.float32)[:, None, None],
        )
        for counts in (living, tumor):
            counts *= share[0]
            counts *= share[1]
        return Tissue(living, tumor, vessels)

    def _move(self, low: NDArray[np.int64], high: NDArray[np.int64]) -> None:
        """Make the box reach from voxel ``low`` up to ``high`` [voxels]; what is new in it is at
        the pressure of the host.
        """
        old, corner = self.pressure, self.corner
        self.pressure, self.corner = np.full(high - low, self.params.host, np.float32), low
        here, there = _common(low, self.pressure.shape, corner, old.shape)
        self.pressure[here] = old[there]

    def _overlap(self) -> tuple[Box, Box]:
        """What box and domain share: the part of the domain, the part of the box."""
        return _common(np.full(3, self.first), (self.count,) * 3, self.corner, self.pressure.shape)

    def marked(self, zones: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Vessel classes of all voxels, flat, with the bit HYPOXIC where the cycle stands still."""
        out, (box, part) = zones.copy(), self._overlap()
        out.reshape((self.count,) * 3)[box] |= (
            self.pressure[part] < self.params.hypoxia
        ) * np.uint8(HYPOXIC)
        return out

    def anoxic(self) -> NDArray[np.bool_]:
        """Voxels in which cells die of necrosis, flat."""
        out, (box, part) = np.zeros((self.count,) * 3, bool), self._overlap()
        out[box] = self.pressure[part] < self.params.necrosis
        return out.ravel()

    def at(self, voxels: NDArray[np.int32]) -> NDArray[np.float32]:
        """Pressure of the flat ``voxels`` (n,) of the domain, all of the tumor [mmHg]."""
        z, y, x = (
            axis - low + self.first
            for axis, low in zip(
                np.unravel_index(voxels, (self.count,) * 3), self.corner, strict=True
            )
        )
        return np.asarray(self.pressure[z, y, x])


def _common(
    low: NDArray[np.int64],
    shape: tuple[int, ...],
    other_low: NDArray[np.int64],
    other_shape: tuple[int, ...],
) -> tuple[Box, Box]:
    """What two boxes, given by first voxel and ``shape`` [voxels], share: the part of the one, the
    part of the other; empty if nothing.
    """
    first = np.maximum(low, other_low)
    last = np.maximum(np.minimum(low + shape, other_low + other_shape), first)
    one, other = (
        tuple(slice(int(a), int(b)) for a, b in zip(first - at, last - at, strict=True))
        for at in (low, other_low)
    )
    return one, other
