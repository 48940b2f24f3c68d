"""Largest loss of body weight under published tolerated regimens and under higher doses (MODEL.md
P8).

    python benchmarks/body_weight.py [RATE]

RATE replaces weight_loss_rate [1/h]. Only the first two regimens are published as maximum tolerated
doses; the others are used in the literature at a dose that is not checked against its source.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from xenosim.parameters.load import load_set  # noqa: E402
from xenosim.pharmacology.regimen import parse_regimen  # noqa: E402
from xenosim.scenario.load import load_scenario  # noqa: E402
from xenosim.study.body_weight import BodyWeight  # noqa: E402
from xenosim.study.tissues import exposures  # noqa: E402

SCENARIO = load_scenario(Path(__file__).parent.parent / "scenarios" / "escc_q2d.yaml")
REGIMENS = {
    "ixazomib 7 mg/kg IV BIW x4wk": "published MTD (Hong 2019)",
    "bortezomib 1 mg/kg IV QWx1": "published MTD, single dose (ASH 2005)",
    "ixazomib 14 mg/kg IV BIW x3wk": "MTD, value not checked (Kupperman 2010)",
    "ixazomib 4 mg/kg SC QDx21": "MTD, value not checked (Kupperman 2010)",
    "bortezomib 0.8 mg/kg IV BIW x3wk": "MTD, value not checked (Kupperman 2010)",
    "bortezomib 0.4 mg/kg SC QDx21": "MTD, value not checked (Kupperman 2010)",
    "carfilzomib 5 mg/kg IV days 0,1,7,8,14,15,21,22": "MTD, value not checked (Demo 2007)",
    "ixazomib 18 mg/kg IV QWx3": "used in OCI-Ly10",
    "ixazomib 10 mg/kg PO Q2Dx15": "used in ESCC",
    "ixazomib 14 mg/kg IV BIW x4wk": "twice the published MTD",
    "bortezomib 2 mg/kg IV BIW x3wk": "2.5 times the MTD",
}


def largest_loss(regimen: str, rate: float | None = None, days: int = 35) -> tuple[float, float]:
    """Largest fraction of the carcass lost [-] and mean occupancy of normal tissue over the first
    week [-], typical animal.
    """
    tissue = exposures(SCENARIO, parse_regimen(regimen, default_drug=None)).normal
    weight = BodyWeight(load_set("mouse"), np.random.default_rng(0))
    if rate is not None:
        weight.loss_rate = rate
    largest, occupancy = 0.0, []
    for hour in range(24 * days):
        o = float(tissue.advance(float(hour), hour + 1.0)[0, 0])
        occupancy.append(o)
        weight.advance(o, 1.0)
        largest = max(largest, weight.loss_fraction)
    return largest, float(np.mean(occupancy[:168]))


def main() -> None:
    """Print the table as Markdown."""
    rate = float(sys.argv[1]) if len(sys.argv) > 1 else None
    print(
        "| regimen | status | mean occupancy of normal tissue, week 1 (%) | largest loss (%) |\n|"
        " --- | --- | --- | --- |"
    )
    for regimen, status in REGIMENS.items():
        try:
            loss, occupancy = largest_loss(regimen, rate)
        except Exception as error:  # noqa: BLE001
            print(regimen, error)
            continue
        print(f"| {regimen} | {status} | {100 * occupancy:.0f} | {100 * loss:.1f} |")


if __name__ == "__main__":
    main()
