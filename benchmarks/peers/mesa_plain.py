"""The workload in plain Mesa: one agent per cell on a Mesa grid, as its own documentation would
have it.

python benchmarks/peers/mesa_plain.py
"""

from __future__ import annotations

import math

import mesa
import workload as w
from mesa.discrete_space import CellAgent, OrthogonalMooreGrid


class TumorCell(CellAgent):
    """One cell."""

    def __init__(
        self, model: mesa.Model, cell: object, cycle_h: float, load_ratio: float, clock: float
    ) -> None:
        super().__init__(model)
        self.cell = cell
        self.cycle_h, self.load_ratio, self.clock = cycle_h, load_ratio, clock
        self.load, self.stress = load_ratio / (1.0 - load_ratio), 0.0

    def step(self) -> None:
        """An hour of load, stress, death and cycle."""
        model = self.model
        self.load = w.next_load(self.load, self.load_ratio, model.occupancy)
        self.stress = w.next_stress(self.stress, self.load)
        if model.random.random() < w.LOSS_PER_H:
            self.remove()
            return
        self.clock += w.speed(self.stress) / self.cycle_h
        if self.clock >= 1.0:
            self.divide()

    def divide(self) -> None:
        """A daughter on a free neighbor, or on the first site of a line that can be pushed."""
        free = [cell for cell in self.cell.neighborhood if cell.is_empty]
        target = self.model.random.choice(free) if free else self.push()
        if target is None:
            return
        self.clock -= 1.0
        cycle = w.CYCLE_H * math.exp(self.model.random.gauss(0.0, w.CYCLE_SD))
        daughter = TumorCell(self.model, target, cycle, self.load_ratio, self.clock)
        daughter.load, daughter.stress = self.load, self.stress

    def push(self) -> object | None:
        """Move the cells on a line one site outward; the site that becomes free, or None if no free
        site is within reach.
        """
        gauss = self.model.random.gauss
        path = [
            self.model.grid[site]
            for site in w.line(self.cell.coordinate, (gauss(0, 1), gauss(0, 1), gauss(0, 1)))
        ]
        free = next((k for k, cell in enumerate(path) if cell.is_empty), None)
        if free is None:
            return None
        for k in range(free, 0, -1):
            path[k - 1].agents[0].cell = path[k]
        return path[0]


class PlainTumor(mesa.Model):
    """The tumor on a Mesa grid of 61 x 61 x 61 sites."""

    def __init__(self) -> None:
        super().__init__(rng=1)
        side = 2 * w.HALF_SIDE + 1
        self.grid = OrthogonalMooreGrid(
            (side, side, side), torus=False, capacity=1, random=self.random
        )
        self.occupancy = 0.0
        gauss = self.random.gauss
        for site in w.ball(w.START_CELLS):
            TumorCell(
                self,
                self.grid[site],
                w.CYCLE_H * math.exp(gauss(0.0, w.CYCLE_SD)),
                w.LOAD_RATIO * math.exp(gauss(0.0, w.LOAD_SD)),
                self.random.random(),
            )

    def hour(self, k: int) -> int:
        """One step; how many cells took part."""
        self.occupancy, n = w.inhibition(k), len(self.agents)
        self.agents.shuffle_do("step")
        return n


if __name__ == "__main__":
    w.measure(
        "plain Mesa",
        ["mesa"],
        PlainTumor,
        lambda model, k: model.hour(k),
        lambda model: len(model.agents),
    )
