"""What a tumor is made of, and what follows from it for its space and its resolution."""

from __future__ import annotations

import math
from typing import NamedTuple

from xenosim.cell.params import CellParams, TraitParams
from xenosim.tumor.oxygen import OxygenParams, lowest_pressure
from xenosim.tumor.tissue import Perfusion, zone_exchange

#: Bounds of the time between updates of the distance field and of the gaps [h]; within them the
#: surface moves by half a site.
SPACE_HOURS = (4.0, 12.0)
#: The rough surface brings the host nearer than its mean position by this much [sites] (loss-free
#: growth against the shell law).
SURFACE_OFFSET = 0.4
#: The mechanical depth is measured in at least this many cubes of sites; more would cost and show
#: nothing [cubes].
DEPTH_CUBES = 11.0


class TumorSpec(NamedTuple):
    """What a tumor is made of: cell model, traits, ``depth_um`` mechanical depth [um],
    ``closure_h`` mean life of a gap [h], ``perfusion``, ``resolution`` agents per mm3 [1/mm3],
    ``cell_density`` cells per mm3 [1/mm3], ``dt_h`` step [h], ``oxygen``: none, it is never short;
    ``engine``, its space, one of :data:`xenosim.tumor.spaces.SPACES`; ``lattice_resolution`` of the
    lattice whose lines a space without one stands for [1/mm3], 0 if it is a lattice itself.

    Examples
    --------
    >>> from xenosim.testing import small_spec
    >>> spec = small_spec(depth_um=1000.0, resolution=1e3)
    >>> round(spec.spacing_um), round(spec.depth_sites), spec.reach
    (100, 10, 12)
    """

    params: CellParams
    traits: TraitParams
    depth_um: float
    closure_h: float
    perfusion: Perfusion
    resolution: float
    cell_density: float
    dt_h: float
    oxygen: OxygenParams | None = None
    engine: str = "lattice"
    lattice_resolution: float = 0.0

    @property
    def on_lattice(self) -> TumorSpec:
        """The same tumor on the lattice."""
        if not self.lattice_resolution:
            return self
        return self._replace(
            engine="lattice", resolution=self.lattice_resolution, lattice_resolution=0.0
        )

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
    def depth_squared(self) -> float:
        """Square of the mechanical depth as the distance field measures it [cubes2]."""
        return max(self.depth_sites / 2**self.cube_bits - SURFACE_OFFSET, 0.0) ** 2

    @property
    def rim_um(self) -> float:
        """Depth up to which cells push the surface outward [um]: what the distance field measures
        is, on average, the depth below the mean surface.
        """
        return math.sqrt(self.depth_squared) * 2**self.cube_bits * self.spacing_um

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
        return max(round((self.cell_density / self.resolution) ** (1.0 / 3.0)), 1)

    @property
    def space_steps(self) -> int:
        """Steps between updates of the distance field [-]."""
        rate = math.log(2.0) / self.traits.cycle_h - self.traits.loss_per_h
        hours = 0.5 * 2**self.cube_bits / (self.depth_sites * rate) if rate > 0 else math.inf
        return max(round(min(max(hours, SPACE_HOURS[0]), SPACE_HOURS[1]) / self.dt_h), 1)

    @property
    def close_probability(self) -> float:
        """Chance of a gap to close at one update of space [-]."""
        return -math.expm1(-self.space_steps * self.dt_h / self.closure_h)

    @property
    def may_lack_oxygen(self) -> bool:
        """Whether any voxel can become hypoxic at all: if not, oxygen need not be solved."""
        return (
            self.oxygen is not None
            and lowest_pressure(self.oxygen, zone_exchange(self.perfusion)) < self.oxygen.hypoxia
        )
