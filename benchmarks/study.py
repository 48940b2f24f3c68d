"""Wall time and memory of the main job, `xenosim run scenarios/escc_q2d.yaml`, compiling first and
compiled.

    python benchmarks/study.py

Runs in a cache of its own, so that the first run compiles every kernel and calibrates the growth,
as on a fresh machine; the second finds both done. Peak memory is that of the largest process
(resource.getrusage of the children).
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCENARIO = Path(__file__).parent.parent / "scenarios" / "escc_q2d.yaml"


def main() -> None:
    """Print both times."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"XENOSIM_CACHE_DIR": f"{folder}/cache"}
        for label in ("first run (compiles, calibrates)", "compiled"):
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "xenosim", "run", str(SCENARIO), "--out", f"{folder}/runs"],
                check=True,
                env=environment,
                stdout=subprocess.DEVNULL,
            )
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
            print(
                f"{label}: {time.perf_counter() - start:.0f} s, largest process so far"
                f" {peak:.2f} GiB",
                flush=True,
            )


if __name__ == "__main__":
    main()
