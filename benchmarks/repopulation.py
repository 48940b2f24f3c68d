"""Growth of every shipped model: asked, achieved, potential doubling, and regrowth after a uniform kill (MODEL.md P7).

    python benchmarks/repopulation.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import numba

sys.path.insert(0, str(Path(__file__).parent.parent))

from xenosim.parameters.load import available, load_set  # noqa: E402
from xenosim.scenario.load import load_scenario  # noqa: E402
from xenosim.study.animal import tumor_spec  # noqa: E402
from xenosim.tumor.growth import calibrate, regrowth  # noqa: E402

FOLDER = Path(__file__).parent.parent / "scenarios"


def main() -> None:
    """Print the table as Markdown: half of a 500 mm3 tumor is killed at once; the rates are taken over the next five days."""
    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
    print("| model | doubling asked (d) | achieved (d) | potential doubling (d) | lowest (mm3) | regrowth (/d) | control (/d) | ratio |")
    print("|" + " --- |" * 8)
    any_scenario = FOLDER / "escc_q2d.yaml"
    for name in available("model"):
        doubling = load_set(name).value("doubling_time")
        settings = {"model": name, "tumor.growth.doubling_time": f"{doubling} day", "tumor.start_volume": "150 mm^3"}
        scenario = load_scenario(any_scenario, settings)
        growth = calibrate(tumor_spec(scenario, None), 150.0, doubling, load_set(name).value("cell_loss_factor"))
        r = regrowth(tumor_spec(scenario, growth))
        print(
            f"| {name} | {doubling:.2f} | {growth.achieved_doubling_days:.2f} | {growth.potential_doubling_days:.2f} | "
            f"{r.lowest_mm3:.0f} | {r.regrowth_per_day:.3f} | {r.control_per_day:.3f} | {r.ratio:.2f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
