"""The published xenograft rows against the shipped studies: the same endpoint on the same
definition, with its interval.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenosim.errors import ParameterError
from xenosim.parameters.lines import PUBLISHED, read_csv
from xenosim.scenario.load import load_scenario
from xenosim.study.run import run_study

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.scenario.schema import Scenario

#: Endpoints of the table that a published metric is compared with.
METRICS = {
    "tc_volume_mean": "tc_volume_mean",
    "tgi_ratio_pct": "tgi_ratio_pct",
    "minus_ln_tc": "minus_ln_tc",
    "tumor_size": "tc_volume_mean",
    "no_response": "tc_volume_mean",
}
#: T/C above which a drug counts as inactive [-] (NCI, 42 %).
INACTIVE = 0.42
#: Published rows without a counterpart in a study's tables.
REASONS = {
    "animals_with_regression": (
        "the response criteria of the endpoint table are of other authors; the abstract does not"
        " define regression"
    ),
    "survival": "survival of the published study is not a volume endpoint",
    "tumor_recurrence": "recurrence after treatment is not followed",
    "design_only": "a design, not a result",
    "dose_at_mtd": "a dose, not a result",
}


def studies() -> tuple[str, ...]:
    """Names of the shipped scenarios that have published results, in the order of the table."""
    return tuple(dict.fromkeys(row["scenario"] for row in read_csv(PUBLISHED / "xenograft.csv")))


def validate_xenografts(
    folder: Path,
    overrides: dict[str, str],
    jobs: int | None,
    progress: Callable[[str], None],
    wanted: tuple[str, ...],
) -> list[dict[str, Any]]:
    """One row per published xenograft result of the ``wanted`` scenarios in ``folder``, each study
    run once, every animal in every arm.

    On common random numbers the interval is that of the drug's effect in the model; independent
    animals, as the laboratories had, would hide it behind the scatter of growth.

    Raises
    ------
    ParameterError
        If the folder lacks one of them.
    """
    published = read_csv(PUBLISHED / "xenograft.csv")
    files = {stem: folder / f"{stem}.yaml" for stem in wanted}
    missing = [path.name for path in files.values() if not path.is_file()]
    if missing:
        raise ParameterError(
            f"{', '.join(missing)} not found",
            where=str(folder),
            remedy="give --scenarios, the folder of the shipped scenario files",
        )
    rows = []
    for stem, path in files.items():
        scenario = load_scenario(str(path), overrides)
        progress(scenario.title)
        table = run_study(scenario, jobs=jobs, paired=True).tables["endpoints"]
        rows += [_row(row, scenario, table) for row in published if row["scenario"] == stem]
    return rows


def _row(row: dict[str, str], scenario: Scenario, table: pd.DataFrame) -> dict[str, Any]:
    value = float(row["value"]) if row["value"] else math.nan
    nan = math.nan
    base: dict[str, Any] = {
        "part": "xenograft",
        "row": row["id"],
        "what": f"{row['metric']}, {row['drug']} in {row['model']}",
        "unit": row["unit"] if row["unit"] != "qualitative" else "ratio",
        "published": value,
        "low": nan,
        "high": nan,
        "simulated": nan,
        "sim_low": nan,
        "sim_high": nan,
        "verdict": "not simulated",
        "used": "-",
        "note": REASONS.get(row["metric"], ""),
    }
    arm = next(
        (a.name for a in scenario.arms if any(dose.drug == row["drug"] for dose in a.doses)),
        None,
    )
    if row["metric"] == "ratio_of_minus_ln_tc":
        effects = table[table["endpoint"] == "minus_ln_tc"].set_index("arm")["estimate"]
        ratio = float(effects.iloc[0] / effects.iloc[1]) if len(effects) == 2 else nan
        met = "met" if ratio > 1 and effects.iloc[0] > 0 else "MISS"
        return base | {
            "simulated": ratio,
            "sim_low": nan,
            "sim_high": nan,
            "low": 1.0,
            "high": math.inf,
            "verdict": met,
            "used": "validation",
            "note": "direction only; no interval",
        }
    found = table[(table["endpoint"] == METRICS.get(row["metric"], "")) & (table["arm"] == arm)]
    if found.empty:
        return base
    e = found.iloc[0]
    asked = (value, value) if math.isfinite(value) else (0.0, 1.0)
    met = e["ci_low"] <= value <= e["ci_high"] if math.isfinite(value) else e["ci_high"] < 1.0
    if row["metric"] == "no_response":
        asked, met = (INACTIVE, math.inf), e["ci_low"] > INACTIVE
    none = 1.0 if e["unit"] == "ratio" else 0.0
    says_nothing = math.isnan(e["ci_low"]) or (
        math.isfinite(value) and met and e["ci_low"] <= none <= e["ci_high"]
    )
    note = (
        f"day {e['day']:g}, n = {e['n']} against {e['n_control']}; met if the published value lies"
        " in the simulated 95 % interval, inconclusive if no effect does too"
    )
    if not math.isfinite(value):
        inactive = f"above {INACTIVE:g}, where the NCI calls a drug inactive"
        lies = inactive if row["metric"] == "no_response" else "below 1"
        note = (
            f"day {e['day']:g}, n = {e['n']} against {e['n_control']}; met if the whole 95 %"
            f" interval lies {lies}"
        )
    numbers = {
        "simulated": float(e["estimate"]),
        "sim_low": float(e["ci_low"]),
        "sim_high": float(e["ci_high"]),
        "low": asked[0],
        "high": asked[1],
    }
    return (
        base
        | numbers
        | {
            "verdict": "inconclusive" if says_nothing else "met" if met else "MISS",
            "used": "validation",
            "note": note,
        }
    )
