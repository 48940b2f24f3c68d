"""RadialTumor, the twin of a tumor: living cells in radial order, no lattice (MODEL.md P7)."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.direct import NOTHING, DirectEffect
from xenosim.cell.kernel import HYPOXIC
from xenosim.cell.state import MAX_SIDE, SITE_BITS, CellState, grown
from xenosim.errors import ResourceError
from xenosim.tumor.living import LivingTumor
from xenosim.tumor.oxygen import HOST_LENGTHS, OxygenParams
from xenosim.tumor.radial_step import RadialModel, RadialSpace, live_steps, update_radial_oxygen
from xenosim.tumor.search_lines import different_sites, sites_a_depth
from xenosim.tumor.shell_oxygen import ShellAir, update_shell_oxygen
from xenosim.tumor.shells import N_SECTORS, Places, RadialRules, fill_classes, found_radial, settle
from xenosim.tumor.space import Course
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tissue import N_ZONES, zone_exchange

#: Places that are reserved for every row: the others are gaps [-].
PLACES_A_ROW = 2
#: Clones that a table without drug has, as many as there are [-].
N_CLONES = 2
#: Stands for the oxygen of a tumor where it is never short.
NO_OXYGEN = OxygenParams(*np.ones(len(OxygenParams._fields)).tolist())
#: Attributes that a radial tumor counts in its compiled steps, in the order of the counters.
COUNTED = (
    "n",
    "n_places",
    "step_number",
    "born",
    "cleared",
    "committed",
    "lost",
    "necrosed",
    "failed_pushes",
    "exposed",
)


def unit_um(resolution: float) -> float:
    """Radius of the sphere that one place fills at ``resolution`` agents per mm3 [um]."""
    return float(1000.0 * (3.0 / (4.0 * math.pi * resolution)) ** (1.0 / 3.0))


def _shell_ends(n_shells: int, edge: float) -> NDArray[np.int64]:
    """Where each shell of thickness ``edge`` [unit radii] ends, (n_shells,) [places]: a place
    belongs to the shell of its middle.
    """
    outer = edge * np.arange(1, n_shells + 1)
    return np.ceil(outer**3 - 0.5).astype(np.int64)


class RadialTumor(LivingTumor):
    """A living tumor in radial order; parameters and errors as of :class:`LivingTumor`, or if it is
    wider than the shells that a site can tell apart.
    """

    STEPS_AT_ONCE: ClassVar[int] = 100_000
    NUMBERS: ClassVar[tuple[str, ...]] = (*LivingTumor.NUMBERS, "n_places")
    RECOMPUTED: ClassVar[tuple[str, ...]] = (*LivingTumor.RECOMPUTED, "space", "model")

    n_places: int
    space: RadialSpace

    def _prepare(self, spec: TumorSpec, n: int, reserve_mm3: float = 0.0) -> None:
        super()._prepare(spec, n, reserve_mm3)
        oxygen = spec.oxygen or NO_OXYGEN
        self.model = RadialModel(spec.params, self.factors, spec.traits, oxygen)

    @classmethod
    def compile_ahead(cls, spec: TumorSpec) -> None:
        """Nothing: its steps are one kernel, which the process that calibrates the growth compiles
        first of all, while another one compiles what tissues see.
        """

    # -- space
    # ------------------------------------------------------------
    def _found(self) -> None:
        self.n_places = self.n
        self._lay_out()
        seed, traits = np.uint64(self.seed), self.spec.traits
        found_radial(self.cells, self.space.places, self.n, seed, traits, self.spec.dt_h)
        if self.may_lack_oxygen:
            update_radial_oxygen(self.cells, self.space, self._counts(), self.model.oxygen)

    def _lay_out(self) -> None:
        """Empty places, shells and vessels for as many rows as there are."""
        spec, rows = self.spec, self.cells.uid.shape[0]
        edge, unit = spec.perfusion.voxel_um, unit_um(spec.resolution)
        capacity = PLACES_A_ROW * rows
        n_shells = math.ceil(capacity ** (1.0 / 3.0) * unit / edge) + 1
        if n_shells > MAX_SIDE:
            raise ResourceError(
                f"a tumor of {n_shells} shells of {edge:g} um is wider than {MAX_SIDE}",
                remedy="lower its volume",
            )
        zone = np.empty((n_shells, N_SECTORS), np.uint8)
        shells_a_class = max(spec.perfusion.correlation_um / edge, 1.0)
        fill_classes(zone, shells_a_class, N_ZONES, np.uint64(self.seed))
        side = np.arange(MAX_SIDE, dtype=np.uint32)
        self.space = RadialSpace(
            Places(
                np.empty(capacity, np.int32),
                np.empty(capacity, np.int32),
                np.empty(rows, np.int32),
                _shell_ends(n_shells, edge / unit),
                np.empty(rows, np.uint8),
            ),
            zone,
            side * np.uint32(N_SECTORS),
            np.zeros(MAX_SIDE, np.uint32),
            side,
            self._air(n_shells, unit),
            self._rules(),
            self.may_lack_oxygen,
            spec.dt_h,
        )

    def _rules(self) -> RadialRules:
        """The rules of the lattice that this tumor stands for, in radii of a place."""
        lattice = self.spec.on_lattice
        unit = unit_um(self.spec.resolution)
        return RadialRules(
            lattice.rim_um / unit,
            self.spec.depth_um / unit,
            sites_a_depth() * unit / lattice.spacing_um,
            different_sites(lattice.search_lines, lattice.depth_sites),
            lattice.space_steps,
            lattice.close_probability,
            np.uint64(self.seed),
        )

    def _air(self, n_shells: int, unit: float) -> ShellAir:
        """Oxygen of ``n_shells``, not solved yet."""
        perfusion, oxygen = self.spec.perfusion, self.spec.oxygen
        pad = 0
        if oxygen:
            length = math.sqrt(oxygen.diffusion / oxygen.host_exchange)
            pad = math.ceil(HOST_LENGTHS * length / perfusion.voxel_um)
        return ShellAir(
            np.full((n_shells + pad, N_ZONES), oxygen.host if oxygen else 0.0),
            zone_exchange(perfusion),
            perfusion.voxel_um,
            unit,
            6.0 / perfusion.correlation_um**2,
            pad,
        )

    def _space_state(self) -> dict[str, Any]:
        kept: dict[str, Any] = {"order": self.space.places.order[: self.n_places]}
        if self.may_lack_oxygen:
            kept["pressure"] = self.space.air.pressure
            kept["zone"] = self.space.zone
        return kept

    def _restore_space(self, state: dict[str, Any]) -> None:
        self._lay_out()
        self.space.places.order[: self.n_places] = state["order"]
        settle(self.cells, self.space.places, self.n_places)
        if self.may_lack_oxygen:
            shells = min(self.space.zone.shape[0], state["zone"].shape[0])
            self.space.zone[:shells] = state["zone"][:shells]
            shells = min(self.space.air.pressure.shape[0], state["pressure"].shape[0])
            self.space.air.pressure[:shells] = state["pressure"][:shells]

    # -- read-outs
    # ------------------------------------------------------------
    def axes_mm(self) -> tuple[float, float, float]:
        """Diameter of the sphere of the tumor's volume [mm], three times."""
        diameter = (6.0 * self.volume_mm3 / math.pi) ** (1.0 / 3.0)
        return diameter, diameter, diameter

    def positions_um(self, rows: Any = slice(None)) -> NDArray[np.float64]:
        """Places (z, y, x) of all cells, or of some ``rows``, from the center [um], shape (n, 3):
        each at its radius, in a direction of its sector.
        """
        place, site = self.space.places.place[: self.n][rows], self.rows.site[rows]
        radius = (place + 0.5) ** (1.0 / 3.0) * unit_um(self.spec.resolution)
        # Sectors on a spiral of equal areas.
        sector = (site & (N_SECTORS - 1)) + 0.5
        z, angle = 1.0 - 2.0 * sector / N_SECTORS, math.pi * (3.0 - math.sqrt(5.0)) * sector
        across = np.sqrt(1.0 - z * z)
        direction = np.stack([z, across * np.sin(angle), across * np.cos(angle)], axis=1)
        return np.asarray(radius[:, None] * direction, np.float64)

    def section(self) -> dict[str, NDArray[np.float32]]:
        """Nothing: there is no plane without a lattice."""
        return {}

    def _voxels(self) -> NDArray[np.int64]:
        """Shell and sector of every cell as one number, shape (n,)."""
        site = self.rows.site.astype(np.int64)
        return np.asarray((site >> (2 * SITE_BITS)) * N_SECTORS + (site & (N_SECTORS - 1)))

    def _classes(self) -> NDArray[np.uint8]:
        """Vessel class of every cell, with the bit HYPOXIC where its cycle stands still, (n,)."""
        return np.asarray(self.space.zone.ravel()[self._voxels()])

    def per_kind(self, table: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The values per zone and clone of a table, and how many cells have each."""
        clone, n_clones = self.rows.clone, table.shape[1]
        kind = (
            clone
            if table.shape[0] == 1
            else (self._classes() & (HYPOXIC - 1)) * np.intp(n_clones) + clone
        )
        return table.ravel(), np.bincount(kind, minlength=table.size)

    def hypoxic(self) -> int:
        """Living cells where the cycle stands still for want of oxygen."""
        if not self.may_lack_oxygen or self.n == 0:
            return 0
        short = self._classes() >= HYPOXIC
        return int((short & (self.rows.state < CellState.APOPTOTIC)).sum())

    def pressures(self) -> NDArray[np.float32]:
        """Oxygen of every cell [mmHg], shape (n,); where it is never short, solved now. Empty if
        oxygen is not modeled.
        """
        if self.spec.oxygen is None or self.n == 0:
            return np.empty(0, np.float32)
        if not self.may_lack_oxygen:
            update_shell_oxygen(
                self.cells, self.space.places, self.n_places, self.space.air, self.spec.oxygen
            )
        shell = self.rows.site >> (2 * SITE_BITS)
        kind = self._classes() & (HYPOXIC - 1)
        return self.space.air.pressure[shell, kind].astype(np.float32)

    # -- steps
    # ------------------------------------------------------------
    def _counts(self) -> NDArray[np.int64]:
        return np.array([getattr(self, name) for name in COUNTED], np.int64)

    def advance(
        self,
        inhibition: NDArray[np.float64] | None,
        cereblon: NDArray[np.float64],
        direct: Course | None = None,
    ) -> None:
        """Advance by as many steps as ``cereblon`` has; parameters as in
        :meth:`xenosim.tumor.space.AnyTumor.advance`.
        """
        kind = type(self.spec.params.capacity_rate)
        # No drug is one row of zeros for all steps; one zone stands for every zone.
        seen = np.zeros((1, N_ZONES, N_CLONES)) if inhibition is None else inhibition
        if seen.shape[1] != N_ZONES:
            seen = np.broadcast_to(seen, (seen.shape[0], N_ZONES, seen.shape[2]))
        table = np.ascontiguousarray(seen.transpose(0, 2, 1), kind)
        bound = np.asarray(cereblon, kind)
        effect = NOTHING if direct is None else DirectEffect(*direct)
        course = [np.broadcast_to(each, bound.shape).astype(np.float64) for each in effect]
        course[-1] = course[-1].astype(kind)
        done = 0
        while done < bound.size:
            counts = self._counts()
            rows = table if table.shape[0] == 1 else table[done:]
            left = DirectEffect(*(each[done:] for each in course))
            done += live_steps(self.cells, self.space, counts, rows, bound[done:], left, self.model)
            for name, count in zip(COUNTED, counts.tolist(), strict=True):
                setattr(self, name, bool(count) if name == "exposed" else count)
            if done < bound.size:
                self._make_room()

    def _make_room(self) -> None:
        """Twice the rows, and places and shells for them."""
        kept = self._space_state()
        self.cells = grown(self.cells, self.n, 2 * self.cells.uid.shape[0], self.held)
        self._restore_space(kept)
