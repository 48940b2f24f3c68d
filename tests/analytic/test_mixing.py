"""Mixing of traits against the closed form of an Ornstein-Uhlenbeck process: the distribution over
untreated cells stays, and the memory over time and generations is exp(-t/tau).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from xenosim.assays.culture import Culture, line_of
from xenosim.cell.mixing import mix_traits
from xenosim.cell.population import found_cells
from xenosim.cell.rng import LINEAGE, blocks
from xenosim.cell.rules import mixed_trait
from xenosim.cell.state import allocate, view
from xenosim.parameters.load import load_set
from xenosim.testing import small_spec
from xenosim.tumor.radial import RadialTumor
from xenosim.tumor.tumor import Tumor

#: Time in which traits are forgotten [h], cells that are followed [-].
TAU, N = 40.0, 3000
SPEC = small_spec(cycle_h=20.0, loss_factor=0.0, depth_um=3000.0)
SPEC = SPEC._replace(traits=SPEC.traits._replace(mixing_rate=1 / TAU))


def test_two_steps_are_one_of_twice_the_time() -> None:
    kept = math.exp(-5.0 / TAU)
    share = math.sqrt(1 - kept**2)
    twice = mixed_trait(mixed_trait(0.7, 0.4, kept, 0.0, 0.0), 0.4, kept, 0.0, 0.0)
    assert twice == pytest.approx(mixed_trait(0.7, 0.4, kept**2, 0.0, 0.0), rel=1e-12)
    # Two independent draws of variance s^2 (1 - k^2), the first kept by k, add up to that of 2 h.
    assert (kept * share) ** 2 + share**2 == pytest.approx(1 - kept**4)
    assert mixed_trait(0.4, 0.4, kept, 0.3 * share, 1.0) == pytest.approx(
        0.4 * math.exp(0.3 * share)
    )


def test_mean_and_spread_of_cells_that_begin_alike() -> None:
    """ln x - ln m = d exp(-t/tau) on the average, with variance s^2 (1 - exp(-2 t/tau))."""
    n, traits = 100_000, SPEC.traits
    cells = view(allocate(n, np.float64), n)
    found_cells(cells, n, np.uint64(3), traits, 1.0)
    cells.load_ratio[:], cells.threshold[:] = 1.5 * traits.load_median, traits.threshold_median
    for step in range(1, 61):
        mix_traits(cells, np.int64(step), np.uint64(8), traits, SPEC.params, 1.0, False)
        if step % 10 == 0:  # each cell has had a turn every 10 h
            left = math.exp(-step / TAU)
            for value, median, sd, start in (
                (cells.load_ratio, traits.load_median, traits.load_sd, math.log(1.5)),
                (cells.threshold, traits.threshold_median, traits.threshold_sd, 0.0),
            ):
                d = np.log(value / median)
                spread = sd * math.sqrt(1 - left**2)
                # Five standard errors of a mean and of a standard deviation.
                assert d.mean() == pytest.approx(start * left, abs=5 * spread / math.sqrt(n))
                assert d.std() == pytest.approx(spread, rel=5 / math.sqrt(2 * n))
    both = np.corrcoef(np.log(cells.load_ratio), np.log(cells.threshold))[0, 1]
    assert abs(both) < 5 / math.sqrt(n)


def lattice() -> Any:
    return Tumor(SPEC, N / SPEC.resolution, 7)


def twin() -> Any:
    spec = SPEC._replace(engine="twin", lattice_resolution=SPEC.resolution)
    return RadialTumor(spec, N / SPEC.resolution, 7)


def dish() -> Any:
    line = line_of(load_set("generic"), 20.0)
    traits = line.traits._replace(mixing_rate=1 / TAU)
    return Culture(line._replace(traits=traits), N, seed=7)


@pytest.mark.parametrize("found", [lattice, twin, dish])
def test_the_distribution_stays_and_memory_fades_over_time_and_generations(
    found: Callable[[], Any],
) -> None:
    cells = found()
    traits, start = SPEC.traits, cells.n
    sd = {"load_ratio": traits.load_sd, "threshold": traits.threshold_sd}
    rows = view(cells.cells, start)
    first = {
        name: dict(zip(rows.uid.tolist(), np.log(getattr(rows, name)), strict=True)) for name in sd
    }
    founder = {uid: uid for uid in rows.uid.tolist()}
    for step in range(1, 61):
        mothers = view(cells.cells, cells.n).uid.copy()
        words = np.empty((4, mothers.size), np.uint32)
        blocks(np.uint64(7), LINEAGE, np.int64(step), mothers, words)
        daughters = (words[0].astype(np.uint64) << np.uint64(32)) | words[1]
        cells.step()
        alive = set(view(cells.cells, cells.n).uid.tolist())
        for mother, daughter in zip(mothers.tolist(), daughters.tolist(), strict=True):
            if daughter in alive:
                founder[daughter] = founder[mother]
        if step % 20:
            continue
        live = view(cells.cells, cells.n)
        old = np.isin(live.uid, np.fromiter(first["load_ratio"], np.uint64))
        for name, spread in sd.items():
            now = np.log(getattr(live, name))
            then = np.array([first[name][founder[uid]] for uid in live.uid.tolist()])
            # Families are not independent, so that there are hardly more samples than founders.
            error = 1 / math.sqrt(start)
            assert now.mean() - then[old].mean() == pytest.approx(0.0, abs=5 * spread * error)
            assert now.std() == pytest.approx(spread, rel=5 * error / math.sqrt(2))
            for some in (old, ~old):
                memory = np.corrcoef(now[some], then[some])[0, 1]
                assert memory == pytest.approx(math.exp(-step / TAU), abs=5 * error)
    assert cells.n > 6 * start
