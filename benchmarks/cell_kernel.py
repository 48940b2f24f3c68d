"""Speed of the cell kernel: updates per second, bytes per cell, and the ratio to the
memory-bandwidth bound of this machine.

    python benchmarks/cell_kernel.py [CELLS]

Bytes moved per update: every column the loop reads, and those it writes once more. The bound is a
triad a = b + s c over float32 arrays far larger than the caches, measured in the same process on
the same number of threads.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numba
import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from xenosim.cell.columns import CHANGED_COLUMNS, LOOP_COLUMNS  # noqa: E402
from xenosim.cell.kernel import Exposure, step_cells  # noqa: E402
from xenosim.cell.params import step_factors  # noqa: E402
from xenosim.cell.state import allocate, bytes_per_cell, pack, view  # noqa: E402
from xenosim.jit import kernel, prange  # noqa: E402
from xenosim.testing import small_spec  # noqa: E402
from xenosim.tumor.tissue import N_ZONES  # noqa: E402

#: Bytes the loop writes: the columns that change, and the mark; it reads those and the traits,
#: event step, state, clone and site.
WRITTEN = 4 * len(CHANGED_COLUMNS) + 1
READ = 4 * len(LOOP_COLUMNS) + 4 + 1 + 1 + 4


@kernel(parallel=True)
def triad(a, b, c, s):
    """a = b + s c [-]."""
    for i in prange(a.shape[0]):
        a[i] = b[i] + s * c[i]


def best_seconds(action, repeats: int = 9) -> float:
    """Shortest of ``repeats`` runs [s]."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def population(n: int):
    """``n`` cells under partial inhibition, spread over 4096 voxels; their exposure and
    parameters.
    """
    spec = small_spec()
    cells = view(allocate(n), n)
    rng = np.random.default_rng(1)
    for name in ("state", "clone"):
        getattr(cells, name)[:] = 0
    cells.uid[:] = np.arange(n)
    x = np.arange(n) * 4096 // n
    cells.site[:] = pack(0, x // 64, x % 64)
    cells.event_step[:] = 2**31 - 1
    for name in ("capacity", "chaperone", "ikzf", "noxa"):
        getattr(cells, name)[:] = 1.0
    for name in ("load", "stress", "dr5", "commitment", "resting_stress"):
        getattr(cells, name)[:] = 0.05
    cells.clock[:] = rng.random(n)
    cells.load_ratio[:], cells.threshold[:], cells.cycle_h[:] = (
        0.4 * rng.lognormal(0, 0.3, n),
        rng.lognormal(0, 0.3, n),
        1e6,
    )
    axis, zones = np.arange(64, dtype=np.uint32), (np.arange(4096) % N_ZONES).astype(np.uint8)
    exposure = Exposure(
        np.linspace(0.2, 0.8, N_ZONES, dtype=np.float32)[None, :],
        zones,
        0 * axis,
        64 * axis,
        axis,
        np.float32(0),
        np.float32(1),
    )
    return cells, exposure, spec.params, step_factors(spec.params, 1.0)


def main() -> None:
    """Print the table."""
    n = int(float(sys.argv[1])) if len(sys.argv) > 1 else 2_000_000
    cells, exposure, params, factors = population(n)
    marks = np.empty(n, np.uint8)
    a, b, c = (np.ones(20_000_000, np.float32) for _ in range(3))
    triad(a, b, c, np.float32(2))
    step_cells(cells, exposure, params, factors, np.int64(1), marks)
    print(
        f"{n:.0e} cells, {bytes_per_cell(cells)} bytes per cell in columns, {READ} read and"
        f" {WRITTEN} written per update"
    )
    print(
        f"{'threads':>8}{'million updates/s':>20}{'triad GB/s':>12}"
        f"{'bound (million/s)':>20}{'share of bound':>16}"
    )
    for threads in (1, 2):
        if threads > numba.config.NUMBA_NUM_THREADS:
            continue
        numba.set_num_threads(threads)
        rate = n / best_seconds(
            lambda: step_cells(cells, exposure, params, factors, np.int64(1), marks)
        )
        # A store of an uncached line reads it first, in the triad (16 bytes) as in the kernel,
        # whose written columns are read anyway.
        bandwidth = 16 * a.size / best_seconds(lambda: triad(a, b, c, np.float32(2)))
        bound = bandwidth / (READ + WRITTEN)
        print(
            f"{threads:>8}{rate / 1e6:>20.0f}{bandwidth / 1e9:>12.1f}"
            f"{bound / 1e6:>20.0f}{rate / bound:>16.2f}"
        )
    plain = plain_mesa_rate()
    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
    rate = n / best_seconds(
        lambda: step_cells(cells, exposure, params, factors, np.int64(1), marks)
    )
    print(f"plain Mesa stepping the same rules: {plain:.0f} updates/s; ratio {rate / plain:.0f}")


def plain_mesa_rate() -> float:
    """Cell updates per second of the reference model, one Mesa agent per cell, in this process."""
    from tests.oracle.naive import time_per_update

    return 1.0 / time_per_update()


if __name__ == "__main__":
    main()
