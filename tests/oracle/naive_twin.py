"""The radial twin written again in plain Python: a list of cells and gaps from the center outward
(MODEL.md P7). Cells are those of :mod:`tests.oracle.naive`.
"""

from __future__ import annotations

import math

import mesa
import numpy as np

from tests.oracle.naive import NaiveCell, NaiveTumor, uniform, words
from xenosim.cell.rng import Stream
from xenosim.tumor.radial import RadialTumor


class RadialCell(NaiveCell):
    """A cell whose place is its rank in the list of its tumor, in a sector of its lineage."""

    def __init__(self, model: NaiveTwin, site: int) -> None:
        mesa.Agent.__init__(self, model)
        self.state, self.clone, self.event_step = "proliferating", 0, 2**31 - 1
        self.capacity, self.commitment, self.ikzf = 1.0, 0.0, 1.0
        self.sector = site

    @property
    def site(self) -> tuple[int, int]:
        """(shell, sector)."""
        radius = (self.model.line.index(self) + 0.5) ** (1 / 3) * self.model.unit_um
        return math.floor(radius / self.model.spec.perfusion.voxel_um), self.sector


class NaiveTwin(NaiveTumor):
    """A radial tumor; takes number, rules and vessel classes (data) from a fast one that has not
    stepped yet.
    """

    def __init__(self, fast: RadialTumor) -> None:
        mesa.Model.__init__(self, rng=1)  # nothing is drawn from it
        self.spec, self.seed_ = fast.spec, fast.seed
        self.time_step, self.exposed = 0, False
        self.inhibition, self.cereblon = np.zeros((1, 1)), 0.0
        self.zone, self.rules = fast.space.zone & 127, fast.space.rules
        self.unit_um = 1000 * (3 / (4 * math.pi * self.spec.resolution)) ** (1 / 3)
        self.line: list[RadialCell | None] = []
        for i in range(fast.n):
            self.line.append(self._found(i, 0))
        for cell in self.line:
            cell.sector = words(self.seed_, Stream.SECTOR, 0, cell.uid)[0] % 1024

    def new_cell(self, site: int) -> RadialCell:
        """A cell in a sector."""
        return RadialCell(self, site)

    def can_cycle(self, cell: NaiveCell) -> bool:
        """There is always oxygen here."""
        return True

    def step(self) -> None:
        """One step in the order of MODEL.md."""
        self.advance_cells()
        leaving = self.agents.select(lambda c: c.is_dead() and c.due())
        dying = self.agents.select(lambda c: not c.is_dead() and (c.commitment >= 1 or c.due()))
        dying.do("die")
        self.line = [None if cell in leaving else cell for cell in self.line]
        leaving.do("remove")
        if self.time_step % self.rules.space_steps == 0:
            self.close_gaps()
        self.divide()
        while self.line and self.line[-1] is None:
            self.line.pop()

    def close_gaps(self) -> None:
        """Each gap leaves the list with the probability of the time between updates."""
        self.line = [
            cell
            for k, cell in enumerate(self.line)
            if cell is not None
            or uniform(words(self.seed_, Stream.VACANCY, self.time_step, k)[0])
            >= self.rules.close_probability
        ]

    def divide(self) -> None:
        """Every cell that finished its cycle divides, from the center outward, into a gap on its
        lines or, in the rim, by pushing the surface.
        """
        places, taken = len(self.line), set()
        gaps = [k for k, cell in enumerate(self.line) if cell is None]
        daughters = {}
        for k, cell in enumerate(self.line):
            if cell is None or cell.is_dead() or cell.clock < 1:
                continue
            cell.clock, cell.state = cell.clock - 1, "quiescent"
            radius = (k + 0.5) ** (1 / 3)
            depth = places ** (1 / 3) - radius
            deep = depth > self.rules.rim
            end = min(int((radius + self.rules.reach) ** 3), places) if deep else places
            sites = self.rules.core_sites if deep else self.rules.rim_sites * depth
            within = [gap for gap in gaps if k < gap < end]
            found, which, *_ = map(
                uniform, words(self.seed_, Stream.DIVIDE, self.time_step, cell.uid)
            )
            share = len(within) / max(end - k - 1, 1)
            gap = within[int(which * len(within))] if within else None
            if gap is not None and found < 1 - (1 - share) ** sites and gap not in taken:
                taken.add(gap)
            elif deep:
                continue
            cell.state = "proliferating"
            daughters[k] = self.bear(cell, cell.sector)
        self.line = [
            each
            for k, cell in enumerate(self.line)
            if k not in taken
            for each in ([cell, daughters[k]] if k in daughters else [cell])
        ]
