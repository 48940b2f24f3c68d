"""Tumor: living cells on a lattice, where they push each other along straight lines (P6, P7)."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xenosim.cell import population
from xenosim.cell.columns import REPORTED_COLUMNS
from xenosim.cell.kernel import HYPOXIC, Exposure, step_cells
from xenosim.cell.state import CellState, positions
from xenosim.errors import ResourceError
from xenosim.parameters.limits import too_coarse
from xenosim.tumor import division, gaps, order, regions
from xenosim.tumor.distance import update_distance
from xenosim.tumor.domain import Domain, growth_share
from xenosim.tumor.lattice import Lattice, moments
from xenosim.tumor.oxygen import OxygenField, list_voxels
from xenosim.tumor.phased import PhasedTumor
from xenosim.tumor.phases import CurrentStep
from xenosim.tumor.sowing import sow
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tissue import N_ZONES, zone_exchange

#: Clones that the column ``clone`` can tell apart.
MAX_CLONES = 256
#: Rows are sorted by place after this many births per cell, from a size that no cache holds up to
#: one that leaves memory for it [rows].
REORDER_TURNOVER, REORDER_FROM, REORDER_UP_TO = 0.6, 2_000_000, 120_000_000
#: Steps between updates of the center of mass and of the bounds.
RECENTER_STEPS = 24


class Tumor(PhasedTumor):
    """A living tumor on its lattice.

    Parameters
    ----------
    spec : TumorSpec
        Model, space and resolution.
    volume_mm3 : float
        Volume of the founding sphere [mm3].
    seed : int
        Seed of every random draw of this tumor [-].
    reserve_mm3 : float
        Volume for which rows are reserved [mm3]; a larger tumor is copied into more rows.

    Raises
    ------
    ResourceError
        As :class:`LivingTumor`, or if the sites are too wide for the depths.
    """

    NUMBERS: ClassVar[tuple[str, ...]] = (*PhasedTumor.NUMBERS, "_births")
    ARRAYS: ClassVar[tuple[str, ...]] = (*PhasedTumor.ARRAYS, "_classes")
    RECOMPUTED: ClassVar[tuple[str, ...]] = (
        *PhasedTumor.RECOMPUTED,
        "space_steps",
        "domain",
        "oxygen",
        "_lengths",
    )

    domain: Domain

    def _prepare(self, spec: TumorSpec, n: int, reserve_mm3: float = 0.0) -> None:
        if reason := too_coarse(spec.spacing_um, spec.depth_um, spec.perfusion.voxel_um):
            raise ResourceError(reason, remedy="choose a finer resolution")
        super()._prepare(spec, n, reserve_mm3)
        self.oxygen = (
            OxygenField(spec.oxygen, spec.perfusion.voxel_um)
            if spec.oxygen and self.may_lack_oxygen
            else None
        )
        #: Steps between updates of space [-].
        self.space_steps = spec.space_steps
        #: Depth, its square, lines of a search, chance of a gap to close: as in a SpaceParams.
        self._lengths = (
            spec.depth_sites,
            spec.depth_squared,
            spec.search_lines,
            spec.close_probability,
        )
        #: Vessel classes with what oxygen adds to them, where it is modeled.
        self._classes: NDArray[np.uint8] = np.empty(0, np.uint8)
        #: Births since the rows were last sorted by place.
        self._births = 0

    @classmethod
    def compile_ahead(cls, spec: TumorSpec) -> None:
        """Have the kernels compiled, and kept, that take longest, on a tumor without cells: those
        that a growing tumor reaches last come first and those of drugs last, so that a process that
        starts to grow one at the same time finds them done when it gets there.
        """
        tumor, nothing = cls.__new__(cls), np.empty(0, np.int64)
        tumor._prepare(spec, 1)
        tumor.seed, tumor.n, tumor.domain = 0, 0, Domain(spec, spec.margin)
        cells, lattice, step, space = tumor.cells, tumor.lattice, np.int64(1), tumor._space()
        ledger = division.Ledger(nothing, nothing, nothing)
        division.divide(cells, lattice, nothing, division.no_aims(0), ledger, space)
        population.bear_daughters(
            cells, nothing, nothing, step, spec.traits, space.seed, spec.dt_h, False
        )
        gaps.close_gaps(lattice, cells, nothing, tumor.domain.origin, step, space)
        population.fill_resting_columns(tumor.rows, spec.params)
        exposure = tumor._exposure(None, 0.0)
        step_cells(tumor.rows, exposure, spec.params, tumor.factors, step, np.empty(0, np.uint8))

    # -- the lattice
    # ------------------------------------------------------------
    @property
    def lattice(self) -> Lattice:
        """The sites: rows, gaps, distance to host tissue."""
        return self.domain.lattice

    def _found(self) -> None:
        radius = (3.0 * self.n / (4.0 * math.pi)) ** (1.0 / 3.0)
        half = math.ceil((1.0 + 2.0 * growth_share(radius)) * radius) + 2 * self.spec.margin
        self.domain = Domain(self.spec, half)
        self._cover()
        population.found_cells(
            self.cells, self.n, np.uint64(self.seed), self.spec.traits, self.spec.dt_h
        )
        sow(self.cells, self.lattice, self.n, half)
        self.domain.recenter(self.rows.site)
        update_distance(self.lattice, self.spec.reach)
        if self.oxygen:
            self._update_oxygen(self.oxygen)

    def _space_state(self) -> dict[str, Any]:
        kept = self.domain.state()
        return kept | {"oxygen": self.oxygen.state()} if self.oxygen else kept

    def _restore_space(self, state: dict[str, Any]) -> None:
        self.domain = Domain.from_state(self.spec, state)
        if self.oxygen:
            self.oxygen.cover(self.domain.first_voxel, self.domain.n_voxels)
            self.oxygen.restore(state["oxygen"])

    def _space(self) -> regions.SpaceParams:
        cz, cy, cx = self.domain.center
        n_regions = regions.N_REGIONS if self.n >= regions.SPLIT_FROM else 1
        return regions.SpaceParams(
            *self._lengths, float(cz), float(cy), float(cx), n_regions, np.uint64(self.seed)
        )

    def axes_mm(self) -> tuple[float, float, float]:
        """Length, width and height [mm] of the ellipsoid with the tumor's volume and the
        proportions of its inertia.
        """
        if self.n == 0:
            return 0.0, 0.0, 0.0
        m = np.zeros(9, np.int64)
        moments(self.cells.site[: self.n], m)
        mean = m[:3] / self.n
        zz, yy, xx, zy, zx, yx = m[3:] / self.n
        second = np.array([[zz, zy, zx], [zy, yy, yx], [zx, yx, xx]]) - np.outer(mean, mean)
        # No shorter than one site, whose cells spread by 1/12 site2 of their own.
        semiaxes = np.sqrt(np.maximum(np.linalg.eigvalsh(second), 1.0 / 12.0))[::-1]
        diameter = (6.0 * self.volume_mm3 / math.pi) ** (1.0 / 3.0)
        scaled = diameter * semiaxes / float(np.prod(semiaxes)) ** (1.0 / 3.0)
        return float(scaled[0]), float(scaled[1]), float(scaled[2])

    def positions_um(self, rows: Any = slice(None)) -> NDArray[np.float64]:
        """Centers (z, y, x) of the sites of all cells, or of some ``rows``, from the founding
        center [um], shape (n, 3).
        """
        sites = positions(self.rows.site[rows]) - self.domain.half
        return np.asarray(sites * self.spec.spacing_um, np.float64)

    def section(self) -> dict[str, NDArray[np.float32]]:
        """State and reported columns on the plane z = center; NaN where there is no cell, shape
        (ny, nx) each.
        """
        if self.n == 0:
            return {
                name: np.full((1, 1), np.nan, np.float32) for name in ("state", *REPORTED_COLUMNS)
            }
        b = self.lattice.bounds
        rows = self.lattice.row[self.domain.center[0], b[2] - 1 : b[3] + 2, b[4] - 1 : b[5] + 2]
        out = {}
        for name in ("state", *REPORTED_COLUMNS):
            out[name] = np.full(rows.shape, np.nan, np.float32)
            out[name][rows >= 0] = self.column(name, rows[rows >= 0])
        return out

    # -- phases of a step
    # ------------------------------------------------------------
    def _recenter(self, now: CurrentStep) -> None:
        if self.step_number % RECENTER_STEPS == 0:
            self.domain.recenter(self.rows.site)

    def _clear(self, now: CurrentStep) -> None:
        gaps.leave_gaps(self.cells, self.lattice, now.leaving)
        self.cleared += now.leaving.size

    def _space_is_due(self) -> bool:
        return self.step_number % self.space_steps == 0

    def _update_space(self, now: CurrentStep) -> None:
        """Close the gaps that are due, then measure the depth: the distance to host tissue, for
        which a gap is tumor.
        """
        if not self._space_is_due():
            return
        found = self.domain.gaps()
        if found.size:
            gaps.close_gaps(
                self.lattice, self.cells, found, self.domain.origin, now.number, self._space()
            )
        update_distance(self.lattice, self.spec.reach)

    def _divide(self, now: CurrentStep) -> None:
        ready = now.ready
        if ready.size == 0:
            return
        self._reserve(self.n + ready.size)
        cells, lattice, space = self.cells, self.lattice, self._space()
        keys, aims = np.empty(ready.size, np.uint64), division.no_aims(ready.size)
        order.division_keys(cells, lattice, ready, self.domain.origin, now.number, space, keys)
        ready = ready[np.argsort(keys)]
        division.aim(cells, lattice, ready, now.number, space, aims)
        ledger = division.Ledger(
            np.concatenate([now.leaving, np.arange(self.n, self.n + ready.size)]),
            np.empty(ready.size, np.int64),
            np.empty(ready.size, np.int64),
        )
        divide = division.divide if space.n_regions == 1 else division.divide_by_regions
        born = divide(cells, lattice, ready, aims, ledger, space)
        self._bear(now, ledger.mothers[:born], ledger.births[:born])
        self._births += born

    def _tidy(self, now: CurrentStep) -> None:
        """Fill the rows of the cleared, sort the rows by place where that pays, and keep the margin
        about the tumor.
        """
        rows, holes = self.n + max(now.born - now.leaving.size, 0), now.leaving[now.born :]
        self.n = gaps.fill_holes(self.cells, self.lattice, rows, holes, self.exposed)
        if self._births > REORDER_TURNOVER * self.n and REORDER_FROM <= self.n <= REORDER_UP_TO:
            self._reorder()
        if self.n and self.domain.is_tight():
            self.domain.grow(self.rows.site)
            self._cover()

    def _reorder(self) -> None:
        """Sort the rows by the blocks of their sites, so that neighbors in the tumor are neighbors
        in memory; nothing else changes.
        """
        places, rows = np.empty(self.n, np.int32), self.rows
        starts = np.empty(order.N_BLOCKS + 1, np.int64)
        order.order_by_block(rows.site, self.domain.origin, places, starts)
        for column in (getattr(rows, name) for name in self.held):
            order.rearrange(column, places, np.empty(self.n, column.dtype))
        order.point_back(self.lattice.row, rows.site)
        self._births = 0

    # -- vessels and oxygen
    # ------------------------------------------------------------
    def _exposure(self, inhibition: NDArray[np.float64] | None, cereblon: float) -> Exposure:
        kind = type(self.spec.params.capacity_rate)
        if inhibition is None:
            table = np.zeros((MAX_CLONES, N_ZONES), kind)
        else:
            # One row stands for every zone.
            table = np.ascontiguousarray(
                np.broadcast_to(inhibition, (N_ZONES, inhibition.shape[1])).T, kind
            )
        space = self.lattice
        return Exposure(
            table,
            self._classes if self.oxygen else self._zones,
            space.voxel_z,
            space.voxel_y,
            space.voxel_x,
            kind(cereblon),
            kind(1.0),
        )

    @property
    def _zones(self) -> NDArray[np.uint8]:
        """Vessel class of every voxel of the domain, flat."""
        return self.domain.zones(self.seed)

    def _voxels(self) -> NDArray[np.int32]:
        """Voxel of every cell, shape (n,)."""
        out = np.empty(self.n, np.int32)
        list_voxels(self.cells.site[: self.n], self.lattice, out)
        return out

    def per_kind(self, table: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The values per zone and clone of a table, shape (n_zones, n_clones), and how many cells
        have each, shape (n_zones n_clones,) both.
        """
        clone, n_clones = self.rows.clone, table.shape[1]
        kind = (
            clone
            if table.shape[0] == 1
            else self._zones[self._voxels()] * np.intp(n_clones) + clone
        )
        return table.ravel(), np.bincount(kind, minlength=table.size)

    def _cover(self) -> None:
        """Tell oxygen which voxels the domain has."""
        if self.oxygen:
            self.oxygen.cover(self.domain.first_voxel, self.domain.n_voxels)
            self._classes = self.oxygen.marked(self._zones)

    def _breathe(self, now: CurrentStep) -> None:
        if self.oxygen and self._space_is_due() and self.n:
            self._update_oxygen(self.oxygen)
            self._suffocate(self.oxygen, now.number)

    def _update_oxygen(self, oxygen: OxygenField) -> None:
        """Oxygen for the cells that are there, and where it lets them cycle."""
        oxygen.update(self.rows, self.lattice, self._zones, zone_exchange(self.spec.perfusion))
        self._classes = oxygen.marked(self._zones)

    def _suffocate(self, oxygen: OxygenField, step: np.int64) -> None:
        """Necrosis of the time since the last update, where there is hardly any oxygen."""
        anoxic = oxygen.anoxic()
        if anoxic.any():
            p, hours = oxygen.params, self.space_steps * self.spec.dt_h
            probability = -math.expm1(-p.necrosis_rate * hours)
            self.necrosed += population.suffocate(
                self.rows,
                anoxic,
                self.lattice,
                probability,
                p.debris / self.spec.dt_h,
                step,
                np.uint64(self.seed),
            )

    def hypoxic(self) -> int:
        """Living cells where the cycle stands still for want of oxygen."""
        if self.oxygen is None:
            return 0
        short = self._classes[self._voxels()] >= HYPOXIC
        return int((short & (self.rows.state < CellState.APOPTOTIC)).sum())

    def pressures(self) -> NDArray[np.float32]:
        """Oxygen of every cell's voxel [mmHg], shape (n,); where it is never short, solved now.
        Empty if oxygen is not modeled.
        """
        field = self.oxygen
        if field is None:
            if self.spec.oxygen is None or self.n == 0:
                return np.empty(0, np.float32)
            field = OxygenField(self.spec.oxygen, self.spec.perfusion.voxel_um)
            field.cover(self.domain.first_voxel, self.domain.n_voxels)
            field.update(self.rows, self.lattice, self._zones, zone_exchange(self.spec.perfusion))
        return field.at(self._voxels())
