"""Tumor: cells, lattice and clock, and the ordered phases of one step (MODEL.md, process
overview).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.cell import population
from xenosim.cell.kernel import HYPOXIC, Exposure, age_cells, age_hypoxic_cells, step_cells
from xenosim.cell.params import CellParams, TraitParams, step_factors
from xenosim.cell.state import (
    HELD_AT_REST,
    MAX_SIDE,
    Cells,
    CellState,
    allocate,
    digest,
    grown,
    pack,
    positions,
    view,
)
from xenosim.errors import ResourceError
from xenosim.parameters.limits import too_coarse
from xenosim.tumor import shoving, snapshot
from xenosim.tumor.lattice import (
    OUTSIDE,
    VACANT,
    Lattice,
    count_gaps,
    empty_lattice,
    extent,
    farthest,
    list_gaps,
    mark_taken,
    moments,
    update_distance,
)
from xenosim.tumor.oxygen import OxygenField, OxygenParams, list_voxels, lowest_pressure
from xenosim.tumor.tissue import N_ZONES, Perfusion, vessel_zones, zone_exchange

#: Bounds of the time between updates of the distance field and of the gaps [h]; within them the
#: surface moves by half a site.
SPACE_HOURS = (4.0, 12.0)
#: The rough surface brings the host nearer than its mean position by this much [sites] (loss-free
#: growth against the shell law).
SURFACE_OFFSET = 0.4
#: The mechanical depth is measured in at least this many cubes of sites; more would cost and show
#: nothing [cubes].
DEPTH_CUBES = 11.0
#: Share of its width by which the domain grows beside its margin, small lattices and large ones,
#: and the width between the two [-], [sites].
DOMAIN_GROWTH, LARGE_DOMAIN_GROWTH, LARGE_DOMAIN = 0.1, 0.0, 256
#: Cells per mm3: the resolution of one agent per cell (Del Monte 2009).
CELL_DENSITY = 1e5
#: Clones that the column ``clone`` can tell apart.
MAX_CLONES = 256
#: Rows are sorted by place after this many births per cell, from a size that no cache holds up to
#: one that leaves memory for it [rows].
REORDER_TURNOVER, REORDER_FROM, REORDER_UP_TO = 0.6, 2_000_000, 120_000_000
#: Cells at rest whose columns are worked out at a time [rows].
RESTING_ROWS = 1_000_000
#: Steps between updates of the center of mass and of the bounds.
RECENTER_STEPS = 24


class TumorSpec(NamedTuple):
    """What a tumor is made of: cell model, traits, ``depth_um`` mechanical depth [um],
    ``closure_h`` mean life of a gap [h], ``perfusion``, ``resolution`` agents per mm3 [1/mm3],
    ``dt_h`` step [h], ``oxygen``: none, it is never short.
    """

    params: CellParams
    traits: TraitParams
    depth_um: float
    closure_h: float
    perfusion: Perfusion
    resolution: float
    dt_h: float
    oxygen: OxygenParams | None = None

    @property
    def spacing_um(self) -> float:
        """Edge of a site [um]."""
        return float(1000.0 / self.resolution ** (1.0 / 3.0))

    @property
    def depth_sites(self) -> float:
        """Mechanical depth [sites]."""
        return self.depth_um / self.spacing_um

    @property
    def cube_bits(self) -> int:
        """The distance to host tissue is measured in cubes of two to this power sites [-]."""
        return max(math.floor(math.log2(max(self.depth_sites, 1.0) / DEPTH_CUBES)), 0)

    @property
    def reach(self) -> int:
        """Largest distance to host tissue that matters, with the stencil of the slope [cubes]."""
        return math.ceil(self.depth_sites / 2**self.cube_bits) + 2

    @property
    def margin(self) -> int:
        """Free sites that must lie between the tumor and the border of the domain: the windows of
        the distance field and a step of growth [sites].
        """
        return 4 * 2**self.cube_bits + 2

    @property
    def search_lines(self) -> int:
        """Lines along which a deep cell looks for a gap [-]: together as many sites as one line at
        one agent per cell.
        """
        return max(round((CELL_DENSITY / self.resolution) ** (1.0 / 3.0)), 1)

    @property
    def space_steps(self) -> int:
        """Steps between updates of the distance field [-]."""
        rate = math.log(2.0) / self.traits.cycle_h - self.traits.loss_per_h
        hours = 0.5 * 2**self.cube_bits / (self.depth_sites * rate) if rate > 0 else math.inf
        return max(round(min(max(hours, SPACE_HOURS[0]), SPACE_HOURS[1]) / self.dt_h), 1)

    @property
    def may_lack_oxygen(self) -> bool:
        """Whether any voxel can become hypoxic at all: if not, oxygen need not be solved."""
        return (
            self.oxygen is not None
            and lowest_pressure(self.oxygen, zone_exchange(self.perfusion)) < self.oxygen.hypoxia
        )


class Tumor:
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
        If the founding sphere holds no agent, or more than row indices can count, or the sites are
        too wide for the depths.
    """

    def __init__(
        self, spec: TumorSpec, volume_mm3: float, seed: int, reserve_mm3: float = 0.0
    ) -> None:
        n = round(volume_mm3 * spec.resolution)
        if not 1 <= n < 2**30:
            raise ResourceError(
                f"a tumor of {volume_mm3:g} mm3 at {spec.resolution:g} agents per mm3 has {n}"
                " agents",
                remedy="choose a volume and resolution that give between 1 and 1e9 agents",
            )
        self._prepare(spec, n, reserve_mm3)
        self.seed, self.n, self.step_number = seed, 0, 0
        self._births = 0
        self.born = self.cleared = self.committed = self.lost = self.necrosed = (
            self.failed_pushes
        ) = 0
        #: Whether the tumor has met a drug; before, its cells are at rest.
        self.exposed = False
        self._sow(n)
        if self.oxygen:
            self._update_oxygen(self.oxygen)

    def _prepare(self, spec: TumorSpec, n: int, reserve_mm3: float = 0.0) -> None:
        """What follows from ``spec``, and room for a tumor that has ``n`` cells, or ``reserve_mm3``
        [mm3].
        """
        if reason := too_coarse(spec.spacing_um, spec.depth_um, spec.perfusion.voxel_um):
            raise ResourceError(reason, remedy="choose a finer resolution")
        self.spec = spec
        self.oxygen = (
            OxygenField(spec.oxygen, spec.perfusion.voxel_um)
            if spec.oxygen and spec.may_lack_oxygen
            else None
        )
        self.factors = step_factors(spec.params, spec.dt_h, type(spec.params.capacity_rate))
        reserved = round(reserve_mm3 * spec.resolution)
        self.cells = allocate(
            reserved if reserved >= max(n, 1024) else max(2 * n, 1024),
            type(spec.params.capacity_rate),
        )
        self._gaps: NDArray[np.int64] = np.empty(max(n // 4, 1024), np.int64)
        #: Step at which the columns that are not held were last filled in.
        self._rested = -1
        #: Vessel classes of all voxels, flat, once asked for; with what oxygen adds to them, where
        #: it is modeled.
        self._vessels: NDArray[np.uint8] | None = None
        self._classes: NDArray[np.uint8] = np.empty(0, np.uint8)

    @classmethod
    def from_state(cls, spec: TumorSpec, state: dict[str, Any]) -> Tumor:
        """The tumor that :meth:`state` was taken of: it goes on exactly as that one does. The state
        is copied.
        """
        tumor = cls.__new__(cls)
        tumor._prepare(spec, state["scalars"]["n"])
        snapshot.restore(tumor, state)
        return tumor

    @classmethod
    def compile_ahead(cls, spec: TumorSpec) -> None:
        """Have the kernels compiled, and kept, that take longest, on a tumor without cells: those
        that a growing tumor reaches last come first and those of drugs last, so that a process that
        starts to grow one at the same time finds them done when it gets there.
        """
        tumor, nothing = cls.__new__(cls), np.empty(0, np.int64)
        tumor._prepare(spec, 1)
        tumor.seed, tumor.n, tumor._center = 0, 0, [0, 0, 0]
        tumor._build_domain(spec.margin)
        cells, lattice, step, space, traits = (
            tumor.cells,
            tumor.lattice,
            np.int64(1),
            tumor._space(),
            spec.traits,
        )
        shoving.divide(
            cells, lattice, nothing, shoving.no_aims(0), nothing, spec.search_lines, space, nothing
        )
        population.bear_daughters(
            cells, nothing, nothing, step, traits, space.seed, spec.dt_h, False
        )
        shoving.close_gaps(lattice, cells, nothing, tumor._origin, step, space)
        population.rest(tumor.rows, spec.params)
        step_cells(
            tumor.rows,
            tumor._exposure(None, 0.0),
            spec.params,
            tumor.factors,
            step,
            np.empty(0, np.uint8),
        )

    # -- state
    # ------------------------------------------------------------
    @property
    def volume_mm3(self) -> float:
        """Sites occupied by living, dying or not yet cleared cells, times the site volume [mm3]."""
        return self.n / self.spec.resolution

    @property
    def held(self) -> tuple[str, ...]:
        """Columns that this tumor keeps: all, or, before any drug, those that the others follow
        from.
        """
        return Cells._fields if self.exposed else HELD_AT_REST

    @property
    def rows(self) -> Any:
        """Views of the rows in use; only the columns that are :attr:`held` mean anything."""
        return view(self.cells, self.n)

    @property
    def live(self) -> Any:
        """Views of the rows in use, with every column, until the next step."""
        if self.held != Cells._fields and self._rested != self.step_number:
            population.rest(self.rows, self.spec.params)
            self._rested = self.step_number
        return self.rows

    def column(self, name: str, rows: Any = slice(None)) -> NDArray[Any]:
        """One column of all cells, or of some ``rows``: before any drug worked out for it alone, so
        that no other column takes memory.
        """
        if name in self.held or self._rested == self.step_number:
            return np.asarray(getattr(self.rows, name)[rows])
        ratio = self.rows.load_ratio[rows]
        values = np.empty_like(ratio)
        scratch = allocate(min(ratio.size, RESTING_ROWS), ratio.dtype.type)
        for lo in range(0, ratio.size, RESTING_ROWS):
            part = view(scratch, min(RESTING_ROWS, ratio.size - lo))
            part.load_ratio[:] = ratio[lo : lo + RESTING_ROWS]
            population.rest(part, self.spec.params)
            values[lo : lo + RESTING_ROWS] = getattr(part, name)
        return values

    def distribution(self, *names: str) -> tuple[list[NDArray[Any]], NDArray[np.int64] | None]:
        """Values of some columns over all cells, and how many cells have each; None: one. A cell at
        rest has the state of its line of descent, so that before any drug there are no more values
        than founders.
        """
        if self.exposed:
            return [np.asarray(getattr(self.rows, name)) for name in names], None
        ratio, counts = np.unique(self.rows.load_ratio, return_counts=True)
        resting = allocate(ratio.size, ratio.dtype.type)
        resting.load_ratio[:] = ratio
        population.rest(resting, self.spec.params)
        return [np.asarray(getattr(resting, name)) for name in names], counts

    def counts(self) -> dict[CellState, int]:
        """Number of agents per state."""
        states = self.cells.state[: self.n]
        return {state: int(np.count_nonzero(states == state)) for state in CellState}

    def state(self) -> dict[str, Any]:
        """All that cannot be recomputed, as a tree of numbers and of views of the arrays: valid
        until the next step.
        """
        return snapshot.take(self)

    def digest(self) -> str:
        """Hash of all cells, independent of row order."""
        return digest(self.cells, self.n, self.held)

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
        spread = np.sqrt(np.maximum(np.linalg.eigvalsh(second), 1.0 / 12.0))[::-1]
        diameter = (6.0 * self.volume_mm3 / math.pi) ** (1.0 / 3.0)
        scaled = diameter * spread / float(np.prod(spread)) ** (1.0 / 3.0)
        return float(scaled[0]), float(scaled[1]), float(scaled[2])

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

    def section(self) -> dict[str, NDArray[np.float32]]:
        """State, load and stress on the plane z = center; NaN where there is no cell, shape (ny,
        nx) each.
        """
        if self.n == 0:
            return {
                name: np.full((1, 1), np.nan, np.float32) for name in ("state", "load", "stress")
            }
        b = self.lattice.bounds
        rows = self.lattice.row[self._center[0], b[2] - 1 : b[3] + 2, b[4] - 1 : b[5] + 2]
        out = {}
        for name in ("state", "load", "stress"):
            out[name] = np.full(rows.shape, np.nan, np.float32)
            out[name][rows >= 0] = self.column(name, rows[rows >= 0])
        return out

    # -- one step
    # ------------------------------------------------------------
    def step(self, inhibition: NDArray[np.float64] | None = None, cereblon: float = 0.0) -> None:
        """Advance by one time step in the order of MODEL.md: cells, deaths, closing gaps,
        clearance, divisions.

        Parameters
        ----------
        inhibition : array, optional
            Mean beta5 occupancy of the step [-], shape (N_ZONES, n_clones), or (1, n_clones) for
            all zones; none: no drug.
        cereblon : float
            Mean CRBN occupancy by lenalidomide [-].
        """
        self.step_number += 1
        if self.n == 0:
            return
        marks, step = np.empty(self.n, np.uint8), np.int64(self.step_number)
        if not self.exposed and (
            cereblon > 0 or (inhibition is not None and bool(inhibition.any()))
        ):
            population.rest(self.rows, self.spec.params)
            self.exposed = True
        if self.exposed:
            step_cells(
                self.rows,
                self._exposure(inhibition, cereblon),
                self.spec.params,
                self.factors,
                step,
                marks,
            )
        elif self.oxygen:
            age_hypoxic_cells(self.rows, self._exposure(None, 0.0), self.factors.dt, step, marks)
        else:
            age_cells(self.rows, self.factors.dt, step, marks)
        self.commit(marks)

    def commit(self, marks: NDArray[np.uint8]) -> None:
        """Carry out, serially, what the marked rows decided."""
        if self.step_number % RECENTER_STEPS == 0:
            self._recenter()
        step, space, traits = np.int64(self.step_number), self._space(), self.spec.traits
        dying, leaving, ready = population.list_marked(marks)
        committed = population.begin_deaths(
            self.cells, dying, step, traits, space.seed, self.spec.dt_h, self.exposed
        )
        shoving.vacate(self.cells, self.lattice, leaving)
        if self.step_number % self.spec.space_steps == 0:
            self._update_space(step, space)
        born = self._divide(ready, leaving, step, space)
        self.n = shoving.fill_holes(
            self.cells,
            self.lattice,
            self.n + max(born - leaving.size, 0),
            leaving[born:],
            self.exposed,
        )
        self.committed, self.lost = self.committed + committed, self.lost + dying.size - committed
        self.born, self.cleared = self.born + born, self.cleared + leaving.size
        self._births += born
        if self._births > REORDER_TURNOVER * self.n and REORDER_FROM <= self.n <= REORDER_UP_TO:
            self._reorder()
        self._ensure_margin()
        if self.oxygen and self.step_number % self.spec.space_steps == 0 and self.n:
            self._update_oxygen(self.oxygen)
            self._suffocate(self.oxygen, step)

    def _update_oxygen(self, oxygen: OxygenField) -> None:
        """Oxygen for the cells that are there, and where it lets them cycle."""
        oxygen.update(self.rows, self.lattice, self._zones, zone_exchange(self.spec.perfusion))
        self._classes = oxygen.marked(self._zones)

    def _suffocate(self, oxygen: OxygenField, step: np.int64) -> None:
        """Necrosis of the time since the last update, where there is hardly any oxygen."""
        anoxic = oxygen.anoxic()
        if anoxic.any():
            p, hours = oxygen.params, self.spec.space_steps * self.spec.dt_h
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
        return int(
            (
                (self._classes[self._voxels()] >= HYPOXIC) & (self.rows.state < CellState.APOPTOTIC)
            ).sum()
        )

    def pressures(self) -> NDArray[np.float32]:
        """Oxygen of every cell's voxel [mmHg], shape (n,); where it is never short, solved now.
        Empty if oxygen is not modeled.
        """
        field = self.oxygen
        if field is None:
            if self.spec.oxygen is None or self.n == 0:
                return np.empty(0, np.float32)
            field = OxygenField(self.spec.oxygen, self.spec.perfusion.voxel_um)
            field.cover(self._first_voxel, self._n_voxels)
            field.update(self.rows, self.lattice, self._zones, zone_exchange(self.spec.perfusion))
        return field.at(self._voxels())

    def _voxels(self) -> NDArray[np.int32]:
        """Voxel of every cell, shape (n,)."""
        out = np.empty(self.n, np.int32)
        list_voxels(self.cells.site[: self.n], self.lattice, out)
        return out

    def _reorder(self) -> None:
        """Sort the rows by the blocks of their sites, so that neighbours in the tumor are
        neighbours in memory; nothing else changes.
        """
        order, rows = np.empty(self.n, np.int32), self.rows
        shoving.order_by_block(
            rows.site, self._origin, order, np.empty(shoving.N_BLOCKS + 1, np.int64)
        )
        for column in (getattr(rows, name) for name in self.held):
            shoving.rearrange(column, order, np.empty(self.n, column.dtype))
        shoving.point_back(self.lattice.row, rows.site)
        self._births = 0

    def kill(self, rows: list[int]) -> None:
        """Let the listed rows die at the next step; they are cleared as any dying cell (a uniform
        instant kill).
        """
        alive = [row for row in rows if self.cells.state[row] < CellState.APOPTOTIC]
        self.cells.event_step[alive] = self.step_number

    def _divide(
        self,
        ready: NDArray[np.int64],
        holes: NDArray[np.int64],
        step: np.int64,
        space: shoving.SpaceParams,
    ) -> int:
        """Divisions of the ``ready`` rows; daughters take the rows of cleared cells (``holes``)
        first. How many were born.
        """
        if ready.size == 0:
            return 0
        self._reserve(self.n + ready.size)
        cells, lattice = self.cells, self.lattice
        births = np.concatenate([holes, np.arange(self.n, self.n + ready.size)])
        mothers, keys = np.empty(ready.size, np.int64), np.empty(ready.size, np.uint64)
        aims = shoving.no_aims(ready.size)
        shoving.queue(cells, lattice, ready, self._origin, step, space, keys)
        ready = ready[np.argsort(keys)]
        shoving.aim(cells, lattice, ready, step, space, aims)
        divide = shoving.divide if space.n_regions == 1 else shoving.divide_by_regions
        born: int = divide(
            cells, lattice, ready, aims, births, self.spec.search_lines, space, mothers
        )
        population.bear_daughters(
            cells,
            mothers[:born],
            births[:born],
            step,
            self.spec.traits,
            space.seed,
            self.spec.dt_h,
            self.exposed,
        )
        self.failed_pushes += ready.size - born
        return born

    def _update_space(self, step: np.int64, space: shoving.SpaceParams) -> None:
        """Close the gaps that are due, then measure the distance to the nearest site without a
        cell.
        """
        if self.n == 0:
            return
        gaps = self._list_gaps()
        if gaps.size:
            shoving.close_gaps(self.lattice, self.cells, gaps, self._origin, step, space)
        update_distance(self.lattice, self.spec.reach)

    def _list_gaps(self) -> NDArray[np.int64]:
        """All gaps, packed; valid until the next call."""
        b = self.lattice.bounds
        counts = np.empty((b[1] - b[0] + 1, b[3] - b[2] + 1), np.int64)
        count_gaps(self.lattice, counts)
        ends = np.cumsum(counts).reshape(counts.shape)
        found = int(ends[-1, -1])
        if found > self._gaps.shape[0]:
            self._gaps = np.empty(2 * found, np.int64)
        list_gaps(self.lattice, ends, self._gaps)
        return self._gaps[:found]

    def _space(self) -> shoving.SpaceParams:
        depth = self.spec.depth_sites
        return shoving.SpaceParams(
            depth=depth,
            depth_squared=max(depth / 2**self.spec.cube_bits - SURFACE_OFFSET, 0.0) ** 2,
            close_probability=-math.expm1(
                -self.spec.space_steps * self.spec.dt_h / self.spec.closure_h
            ),
            cz=float(self._center[0]),
            cy=float(self._center[1]),
            cx=float(self._center[2]),
            n_regions=shoving.N_REGIONS if self.n >= shoving.SPLIT_FROM else 1,
            seed=np.uint64(self.seed),
        )

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
        )

    @property
    def _zones(self) -> NDArray[np.uint8]:
        """Vessel class of every voxel of the domain, flat: worked out when a drug, oxygen or a
        reader first asks.
        """
        if self._vessels is None:
            shape = (self._n_voxels,) * 3
            self._vessels = (
                vessel_zones(self.seed, (self._first_voxel,) * 3, shape, self.spec.perfusion)
                .ravel()
                .astype(np.uint8)
            )
        return self._vessels

    # -- domain
    # ------------------------------------------------------------
    def _sow(self, n: int) -> None:
        radius = (3.0 * n / (4.0 * math.pi)) ** (1.0 / 3.0)
        half = math.ceil((1.0 + 2.0 * self._growth(radius)) * radius) + 2 * self.spec.margin
        self._build_domain(half)
        shells = np.zeros(3 * half * half + 1, np.int64)
        shoving.count_shells(half, shells)
        outermost = int(np.searchsorted(np.cumsum(shells), n))
        self.n = n
        population.found(self.cells, n, np.uint64(self.seed), self.spec.traits, self.spec.dt_h)
        shoving.settle(self.cells, self.lattice, half, outermost, n - int(shells[:outermost].sum()))
        self._recenter()
        update_distance(self.lattice, self.spec.reach)

    def _build_domain(self, half: int) -> None:
        """A cubic lattice of ``2 half + 1`` sites a side about the origin, with its voxels."""
        self._half = half
        self._origin = np.full(3, half, np.int64)
        side = 2 * half + 1
        if side > MAX_SIDE:
            raise ResourceError(
                f"a tumor {side - 2 * self.spec.margin} sites wide at {self.spec.resolution:g}"
                f" agents per mm3 does not fit the lattice of {MAX_SIDE} sites",
                remedy="lower the volume or the resolution",
            )
        self.lattice: Lattice = empty_lattice(
            (side, side, side), self.spec.reach, self.spec.cube_bits
        )
        # By the middle of a site: a border between voxels is one between sites, whatever way a
        # coordinate rounds.
        voxel = np.floor(
            (np.arange(side) - half + 0.5) * self.spec.spacing_um / self.spec.perfusion.voxel_um
        ).astype(np.int64)
        first, count = int(voxel[0]), int(voxel[-1] - voxel[0] + 1)
        self.lattice.voxel_z[:] = (voxel - first) * count * count
        self.lattice.voxel_y[:] = (voxel - first) * count
        self.lattice.voxel_x[:] = voxel - first
        self._first_voxel, self._n_voxels, self._vessels = first, count, None
        if self.oxygen:
            self.oxygen.cover(first, count)
            self._classes = self.oxygen.marked(self._zones)

    def _ensure_margin(self) -> None:
        """Grow the domain when the tumor comes near its border; positions about the origin stay."""
        if self.n == 0:
            return
        bounds, side, margin = self.lattice.bounds, 2 * self._half + 1, self.spec.margin
        if (
            min(bounds[0], bounds[2], bounds[4]) >= margin
            and max(bounds[1], bounds[3], bounds[5]) < side - margin
        ):
            return
        # A whole number of cubes, so that the cubes stay where they are.
        edge = 2**self.spec.cube_bits
        cubes = math.ceil((2.0 * self._growth(self._half) * self._half + margin) / edge)
        shift = cubes * edge
        gaps, squared = self._list_gaps(), self.lattice.squared.copy()
        # The old lattice goes before the new one comes: a full-size tumor has no room for both.
        # Columns and gaps hold all it held.
        del self.lattice
        self._build_domain(self._half + shift)
        rows = self.rows
        rows.site[:] += pack(shift, shift, shift)
        shoving.point_back(self.lattice.row, rows.site)
        self.lattice.row[tuple(positions(gaps + pack(shift, shift, shift)).T)] = VACANT
        inner = slice(cubes, cubes + squared.shape[0])
        self.lattice.squared[inner, inner, inner] = squared
        self._recenter()
        mark_taken(self.lattice)

    @staticmethod
    def _growth(half: float) -> float:
        """Share of its width by which a domain of ``half`` sites each way grows [-]: large ones
        little, for their memory.
        """
        return LARGE_DOMAIN_GROWTH if half > LARGE_DOMAIN / 2 else DOMAIN_GROWTH

    def _recenter(self) -> None:
        """Center of mass, to a whole site, and tight bounds; what lies outside them is cleared."""
        if self.n == 0:
            return
        found = np.empty(9, np.int64)
        extent(self.cells.site[: self.n], found)
        self._center = [round(int(total) / self.n) for total in found[:3]]
        shrunk = not np.array_equal(self.lattice.bounds[:6], found[3:])
        self.lattice.bounds[:6] = found[3:]
        self.lattice.bounds[6] = farthest(self.rows.site, *self._center)
        if shrunk:
            self._clear_outside()

    def _clear_outside(self) -> None:
        b, rows = self.lattice.bounds, self.lattice.row
        for axis in range(3):
            across = rows.swapaxes(0, axis)
            across[: b[2 * axis]] = OUTSIDE
            across[b[2 * axis + 1] + 1 :] = OUTSIDE
        self.lattice.squared[:] = 0

    def _reserve(self, rows: int) -> None:
        if rows > self.cells.uid.shape[0]:
            # Memory is taken when it is first touched, so room to spare costs nothing.
            self.cells = grown(self.cells, self.n, rows + rows // 2, self.held)
