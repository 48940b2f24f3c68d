"""The workload in mesa-frames: hourly updates and deaths as polars expressions over all cells; the
few divisions of an hour one by one on a NumPy lattice of row numbers.

    python benchmarks/peers/mesa_frames_plain.py
"""

from __future__ import annotations

import numpy as np
import polars as pl
import workload as w
from mesa_frames import AgentSetPolars, ModelDF

SIDE = 2 * w.HALF_SIDE + 1
NEIGHBORS = np.array(w.OFFSETS) @ np.array([SIDE * SIDE, SIDE, 1])


class Cells(AgentSetPolars):
    """All cells, one row each."""

    def __init__(self, model: PlainTumor) -> None:
        super().__init__(model)
        rng, n = model.rng, w.START_CELLS
        ratio = w.LOAD_RATIO * np.exp(w.LOAD_SD * rng.standard_normal(n))
        self.next_id = n
        self.add(
            pl.DataFrame(
                {
                    "unique_id": np.arange(n),
                    "site": np.array(w.ball(n)) @ np.array([SIDE * SIDE, SIDE, 1]),
                    "load_ratio": ratio,
                    "cycle_h": w.CYCLE_H * np.exp(w.CYCLE_SD * rng.standard_normal(n)),
                    "clock": rng.random(n),
                    "load": ratio / (1.0 - ratio),
                    "stress": np.zeros(n),
                }
            )
        )

    def hour(self, occupancy: float) -> None:
        """An hour of load, stress, death and cycle; then the divisions."""
        load, stress = pl.col("load"), pl.col("stress")
        rng = self.model.rng
        frame = self.agents.filter(pl.Series(rng.random(len(self.agents)) >= w.LOSS_PER_H))
        frame = frame.with_columns(
            load=(
                load + 0.5 * (pl.col("load_ratio") - (1.0 - occupancy) * load / (1.0 + load))
            ).clip(0.0)
        )
        frame = frame.with_columns(
            stress=stress + 0.24 * (load * load / (9.0 + load * load) - stress)
        )
        frame = frame.with_columns(
            clock=pl.col("clock") + (1.0 - 1.5 * stress).clip(0.0) / pl.col("cycle_h")
        )
        self.agents = self.divide(frame)

    def divide(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The cells with the daughters of this hour."""
        rng = self.model.rng
        site, clock = frame["site"].to_numpy().copy(), frame["clock"].to_numpy().copy()
        lattice = np.full(SIDE**3, -1)
        lattice[site] = np.arange(len(site))
        mothers, places = [], []
        for row in rng.permutation(np.nonzero(clock >= 1.0)[0]):
            free = site[row] + NEIGHBORS
            free = free[lattice[free] == -1]
            place = int(rng.choice(free)) if free.size else self.push(lattice, site, int(site[row]))
            if place < 0:
                continue
            clock[row] -= 1.0
            lattice[place] = -2  # taken by a daughter, which moves no further in this hour
            mothers.append(row)
            places.append(place)
        frame = frame.with_columns(site=pl.Series(site), clock=pl.Series(clock))
        if not mothers:
            return frame
        daughters = frame[mothers].with_columns(
            unique_id=pl.Series(np.arange(self.next_id, self.next_id + len(mothers))),
            site=pl.Series(places),
            cycle_h=pl.Series(w.CYCLE_H * np.exp(w.CYCLE_SD * rng.standard_normal(len(mothers)))),
        )
        self.next_id += len(mothers)
        return pl.concat([frame, daughters])

    def push(self, lattice: np.ndarray, site: np.ndarray, start: int) -> int:
        """Move the cells on a line one site outward; the site that becomes free, -1 if no free site
        is within reach.
        """
        z, y, x = start // SIDE**2, start // SIDE % SIDE, start % SIDE
        path = [
            (a * SIDE + b) * SIDE + c
            for a, b, c in w.line((z, y, x), tuple(self.model.rng.standard_normal(3)))
        ]
        free = next((k for k, place in enumerate(path) if lattice[place] == -1), -1)
        if free < 0 or any(lattice[place] == -2 for place in path[:free]):
            return -1
        for k in range(free, 0, -1):
            row = lattice[path[k - 1]]
            lattice[path[k]], site[row] = row, path[k]
        return path[0]

    def step(self) -> None:
        """Asked for by the base class."""


class PlainTumor(ModelDF):
    """The tumor."""

    def __init__(self) -> None:
        super().__init__()
        self.rng = np.random.default_rng(1)
        self.cells = Cells(self)
        self.agents += self.cells

    def hour(self, k: int) -> int:
        """One step; how many cells took part."""
        cells = next(iter(self.agents._agentsets))
        n = len(cells.agents)
        cells.hour(w.inhibition(k))
        return n


if __name__ == "__main__":
    w.measure(
        "mesa-frames",
        ["mesa-frames", "polars", "numpy"],
        PlainTumor,
        lambda model, k: model.hour(k),
        lambda model: len(next(iter(model.agents._agentsets)).agents),
    )
