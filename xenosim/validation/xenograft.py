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
    """One published ``row`` beside the endpoint of the study that answers it."""
    base = _unanswered(row)
    if row["metric"] == "ratio_of_minus_ln_tc":
        return base | _ratio_of_effects(table)
    found = table[
        (table["endpoint"] == METRICS.get(row["metric"], ""))
        & (table["arm"] == _arm_of(scenario, row["drug"]))
    ]
    if found.empty:
        return base
    endpoint = found.iloc[0]
    judged = (
        _against_number(endpoint, base["published"])
        if math.isfinite(base["published"])
        else _against_direction(endpoint, inactive=row["metric"] == "no_response")
    )
    simulated = {
        "simulated": float(endpoint["estimate"]),
        "sim_low": float(endpoint["ci_low"]),
        "sim_high": float(endpoint["ci_high"]),
        "used": "validation",
    }
    return base | simulated | judged


def _unanswered(row: dict[str, str]) -> dict[str, Any]:
    """The columns of a row that no endpoint answers."""
    nan = math.nan
    return {
        "part": "xenograft",
        "row": row["id"],
        "what": f"{row['metric']}, {row['drug']} in {row['model']}",
        "unit": row["unit"] if row["unit"] != "qualitative" else "ratio",
        "published": float(row["value"]) if row["value"] else nan,
        "low": nan,
        "high": nan,
        "simulated": nan,
        "sim_low": nan,
        "sim_high": nan,
        "verdict": "not simulated",
        "used": "-",
        "note": REASONS.get(row["metric"], ""),
    }


def _arm_of(scenario: Scenario, drug: str) -> str | None:
    """The first arm that gives ``drug``."""
    given = (
        arm.name for arm in scenario.arms if any(dose.drug.startswith(drug) for dose in arm.doses)
    )
    return next(given, None)


def _ratio_of_effects(table: pd.DataFrame) -> dict[str, Any]:
    """The effect of the first treated arm over that of the second, -ln T/C each [-]."""
    effects = table[table["endpoint"] == "minus_ln_tc"]["estimate"]
    ratio = float(effects.iloc[0] / effects.iloc[1]) if len(effects) == 2 else math.nan
    return {
        "simulated": ratio,
        "low": 1.0,
        "high": math.inf,
        "verdict": "met" if ratio > 1 and effects.iloc[0] > 0 else "MISS",
        "used": "validation",
        "note": "direction only; no interval",
    }


def _against_number(endpoint: pd.Series, value: float) -> dict[str, Any]:
    """Met if the published ``value`` lies in the simulated interval, inconclusive if no effect
    does too.
    """
    low, high = endpoint["ci_low"], endpoint["ci_high"]
    no_effect = 1.0 if endpoint["unit"] == "ratio" else 0.0
    met = low <= value <= high
    says_nothing = math.isnan(low) or (met and low <= no_effect <= high)
    rule = (
        "met if the published value lies in the simulated 95 % interval, inconclusive if no effect"
        " does too"
    )
    return {
        "low": value,
        "high": value,
        "verdict": "inconclusive" if says_nothing else "met" if met else "MISS",
        "note": f"{_sample(endpoint)}; {rule}",
    }


def _against_direction(endpoint: pd.Series, inactive: bool) -> dict[str, Any]:
    """Met if the whole simulated interval lies below 1, or, for a drug said to be ``inactive``,
    above :data:`INACTIVE`.
    """
    low, high = endpoint["ci_low"], endpoint["ci_high"]
    met = low > INACTIVE if inactive else high < 1.0
    lies = f"above {INACTIVE:g}, where the NCI calls a drug inactive" if inactive else "below 1"
    return {
        "low": INACTIVE if inactive else 0.0,
        "high": math.inf if inactive else 1.0,
        "verdict": "inconclusive" if math.isnan(low) else "met" if met else "MISS",
        "note": f"{_sample(endpoint)}; met if the whole 95 % interval lies {lies}",
    }


def _sample(endpoint: pd.Series) -> str:
    """Day and numbers of animals of an endpoint."""
    return f"day {endpoint['day']:g}, n = {endpoint['n']} against {endpoint['n_control']}"
