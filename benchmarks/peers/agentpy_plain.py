"""The workload in agentpy: one agent per cell; positions in a dictionary, because agentpy's grid
keeps an agent set per site.

python benchmarks/peers/agentpy_plain.py
"""

from __future__ import annotations

import math

import agentpy
import workload as w


class TumorCell(agentpy.Agent):
    """One cell."""

    def setup(
        self, site: tuple[int, int, int], cycle_h: float, load_ratio: float, clock: float
    ) -> None:
        """Traits and state."""
        self.site, self.cycle_h, self.load_ratio, self.clock = site, cycle_h, load_ratio, clock
        self.load, self.stress = load_ratio / (1.0 - load_ratio), 0.0
        self.model.sites[site] = self

    def hour(self) -> None:
        """An hour of load, stress, death and cycle."""
        model = self.model
        self.load = w.next_load(self.load, self.load_ratio, model.occupancy)
        self.stress = w.next_stress(self.stress, self.load)
        if model.random.random() < w.LOSS_PER_H:
            del model.sites[self.site]
            model.dead.append(self)
            return
        self.clock += w.speed(self.stress) / self.cycle_h
        if self.clock >= 1.0:
            self.divide()

    def divide(self) -> None:
        """A daughter on a free neighbor, or on the first site of a line that can be pushed."""
        sites, random = self.model.sites, self.model.random
        z, y, x = self.site
        free = [site for dz, dy, dx in w.OFFSETS if (site := (z + dz, y + dy, x + dx)) not in sites]
        target = random.choice(free) if free else self.push()
        if target is None:
            return
        self.clock -= 1.0
        daughter = TumorCell(
            self.model,
            target,
            w.CYCLE_H * math.exp(random.gauss(0.0, w.CYCLE_SD)),
            self.load_ratio,
            self.clock,
        )
        daughter.load, daughter.stress = self.load, self.stress
        self.model.born.append(daughter)

    def push(self) -> tuple[int, int, int] | None:
        """Move the cells on a line one site outward; the site that becomes free, or None if no free
        site is within reach.
        """
        sites, gauss = self.model.sites, self.model.random.gauss
        path = w.line(self.site, (gauss(0, 1), gauss(0, 1), gauss(0, 1)))
        free = next((k for k, site in enumerate(path) if site not in sites), None)
        if free is None:
            return None
        for k in range(free, 0, -1):
            moved = sites.pop(path[k - 1])
            moved.site = path[k]
            sites[path[k]] = moved
        return path[0]


class PlainTumor(agentpy.Model):
    """The tumor."""

    def setup(self) -> None:
        """The founding ball."""
        self.sites: dict[tuple[int, int, int], TumorCell] = {}
        self.born: list[TumorCell] = []
        self.dead: list[TumorCell] = []
        self.occupancy, gauss = 0.0, self.random.gauss
        founders = [
            TumorCell(
                self,
                site,
                w.CYCLE_H * math.exp(gauss(0.0, w.CYCLE_SD)),
                w.LOAD_RATIO * math.exp(gauss(0.0, w.LOAD_SD)),
                self.random.random(),
            )
            for site in w.ball(w.START_CELLS)
        ]
        self.cells = agentpy.AgentList(self, founders)

    def hour(self, k: int) -> int:
        """One step; how many cells took part."""
        self.occupancy, n = w.inhibition(k), len(self.cells)
        self.born, self.dead = [], []
        self.cells.shuffle().hour()
        gone = set(map(id, self.dead))
        self.cells = agentpy.AgentList(
            self, [cell for cell in self.cells if id(cell) not in gone] + self.born
        )
        return n


def build() -> PlainTumor:
    """The model, set up."""
    model = PlainTumor({"seed": 1})
    model.sim_setup()
    return model


if __name__ == "__main__":
    w.measure(
        "agentpy",
        ["agentpy", "numpy"],
        build,
        lambda model, k: model.hour(k),
        lambda model: len(model.cells),
    )
