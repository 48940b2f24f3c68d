"""What a calibration leaves: the ensemble with everything that its reader must know, and the last
screen.
"""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np

from xenosim.inference.calibration import Calibration
from xenosim.inference.diagnostics import correlations, directions
from xenosim.inference.posterior import residuals
from xenosim.inference.targets import targets, validation_rows
from xenosim.parameters.ensemble import Ensemble, model_hash
from xenosim.parameters.priors import priors
from xenosim.scenario.load import load_scenario

#: Ends and middle of what is told of a distribution [-].
SHARES = (0.05, 0.5, 0.95)
#: A posterior narrower than this share of the prior counts as calibrated [-].
NARROW = 0.5
#: Residuals beyond this are a tension, ranks less uniform than this a doubt [-].
TENSION, DOUBT = 2.0, 0.01
METHOD = (
    "Latin hypercube over the prior, waves of points where emulators put the data, Gaussian-process"
    " emulators, elliptical slice sampling, candidates simulated again and resampled by importance"
)


def as_ensemble(found: Calibration, today: date) -> Ensemble:
    """The draws with what ``ensemble.yaml`` says of them."""
    settings = found.settings
    meta = {
        "method": METHOD,
        "date": today.isoformat(),
        "model": model_hash(),
        "settings": {
            "design": settings.design,
            "waves": settings.waves,
            "seed": settings.seed,
            "stages": list(settings.stages),
            "candidates": settings.candidates,
            "points": found.points,
        },
        "calibrated_range": calibrated_range(found),
        "calibration_rows": _rows(found),
        "validation_rows": validation_rows(),
        "diagnostics": diagnostics(found),
        "parameters": parameters(found),
    }
    return Ensemble(tuple((p.set, p.name) for p in priors()), found.values, meta)


def parameters(found: Calibration) -> dict[str, dict[str, Any]]:
    """By parameter, 5, 50 and 95 % before and after, and whether the data calibrated it."""
    told, shares = {}, np.array(SHARES)
    for k, prior in enumerate(priors()):
        before = _digits(prior.quantile(shares))
        after = _digits(np.quantile(found.values[:, k], shares))
        told[prior.column] = {
            "unit": prior.unit,
            "shape": prior.shape,
            "prior": before,
            "posterior": after,
            "calibrated": _width(after, prior.shape) < NARROW * _width(before, prior.shape),
        }
    return told


def _width(ends: list[float], shape: str) -> float:
    """How far the outer quantiles are apart, on the scale of the prior."""
    low, high = (math.log(x) if shape == "log-normal" else x for x in (ends[0], ends[2]))
    return high - low


def _digits(values: np.ndarray) -> list[float]:
    return [float(f"{value:.4g}") for value in values]


def _rows(found: Calibration) -> list[dict[str, Any]]:
    """Per target, what was published and what the prior and the draws predict, as the paper has
    it; its residual in errors of the data.
    """
    away = residuals(found.outputs, found.asked)
    rows = []
    for j, target in enumerate(found.asked):
        before, after = (
            _digits(np.array([target.natural(v) for v in np.quantile(outputs[:, j], SHARES)]))
            for outputs in (found.prior_outputs, found.outputs)
        )
        median = float(np.median(away[:, j]))
        rows.append(
            {
                "row": target.row,
                "what": target.name,
                "stage": target.stage,
                "unit": target.unit,
                "published": _digits(np.array([target.natural(target.value)]))[0],
                "limit": target.at_most,
                "prior": before,
                "posterior": after,
                "residual": round(max(median, 0.0) if target.at_most else median, 2),
            }
        )
    return rows


def diagnostics(found: Calibration) -> dict[str, Any]:
    """Numbers that say whether the calibration is to be trusted."""
    names, checks = [prior.column for prior in priors()], found.checks
    return {
        "r_hat": round(checks.r_hat, 3),
        "chain_size": round(checks.chain_size),
        "candidates": found.candidates,
        "importance_size": round(found.size, 1),
        "distinct_draws": found.distinct,
        "self_test": {
            "least_p": round(float(checks.uniform.min()), 4),
            "doubtful": [name for name, p in zip(names, checks.uniform, strict=True) if p < DOUBT],
        },
        "emulators": {
            name: {key: round(value, 3) for key, value in entry.items()}
            for name, entry in checks.by_target.items()
        },
        "directions": directions(found.chain, names),
        "correlations": correlations(found.chain, names),
    }


def calibrated_range(found: Calibration) -> dict[str, Any]:
    """Drugs, doses, routes and schedules of the studies that calibrated; beyond them answers are
    extrapolated.
    """
    studies: dict[str, Any] = {}
    for target in targets(("invivo",)):
        if target not in found.asked:
            continue
        scenario = load_scenario(f"{found.settings.scenarios}/{target.how['scenario']}.yaml")
        for arm in scenario.arms:
            doses = [dose for dose in arm.doses if dose.drug == target.how["drug"]]
            if doses:
                studies[target.how["scenario"]] = {
                    "drug": target.how["drug"],
                    "mg_per_kg": doses[0].amount_mg_per_kg,
                    "route": str(doses[0].route),
                    "doses": len(doses),
                    "days": scenario.measure.days[-1],
                }
    return studies


def screen(found: Calibration) -> str:
    """What the data fixed, what not, and each row's prediction."""
    meta = as_ensemble(found, date.today()).meta
    return "\n".join(
        [
            f"{found.points} points, {len(found.z)} draws in {found.seconds / 60.0:.0f} min",
            "",
            *_parameter_lines(meta["parameters"]),
            "",
            *_row_lines(meta["calibration_rows"]),
            "",
            *_trust_lines(meta["diagnostics"]),
        ]
    )


def _parameter_lines(entries: dict[str, dict[str, Any]]) -> list[str]:
    fixed = [name for name, entry in entries.items() if entry["calibrated"]]
    lines = [
        f"{'parameter':<28}{'prior 5, 50, 95 %':<26}{'after':<26}",
        *(
            f"{name:<28}{_three(entry['prior']):<26}{_three(entry['posterior']):<26}"
            f"{'calibrated' if entry['calibrated'] else ''}".rstrip()
            for name, entry in entries.items()
        ),
    ]
    told = ", ".join(fixed) or "none"
    return [
        *lines,
        f"fixed by the data, to less than half of the prior: {told}; the other"
        f" {len(entries) - len(fixed)} parameters are not",
    ]


def _three(values: list[float]) -> str:
    return "  ".join(f"{value:.3g}" for value in values)


def _row_lines(rows: list[dict[str, Any]]) -> list[str]:
    lines = [f"{'published row':<40}{'':<12}{'prior':<24}{'after':<24}residual"]
    for row in rows:
        limit = "at most " if row["limit"] else ""
        lines.append(
            f"{row['what'] + ' [' + row['unit'] + ']':<40}{limit}{row['published']:<12.3g}"
            f"{_three(row['prior']):<24}{_three(row['posterior']):<24}{row['residual']:+.1f}"
        )
    tense = [row["what"] for row in rows if abs(row["residual"]) > TENSION]
    if tense:
        lines.append(
            f"tension: {', '.join(tense)} stay beyond {TENSION:g} errors of the data whatever the"
            " parameters; the rows are kept"
        )
    return lines


def _trust_lines(d: dict[str, Any]) -> list[str]:
    worst = max(d["emulators"].items(), key=lambda item: item[1]["error"])
    doubtful = ", ".join(d["self_test"]["doubtful"]) or "none"
    lines = [
        f"chains: R-hat {d['r_hat']:g} at most, {d['chain_size']} independent draws at least",
        f"candidates: {d['candidates']}, worth {d['importance_size']:g} independent ones;"
        f" {d['distinct_draws']} distinct draws are kept",
        f"emulators: worst error {worst[1]['error']:.2f} of the data's, '{worst[0]}'",
        f"self-test on simulated data: least p {d['self_test']['least_p']:g}, doubtful: {doubtful}",
    ]
    for k, direction in enumerate(d["directions"][:4], start=1):
        parts = ", ".join(f"{weight:+.2f} {name}" for name, weight in direction["of"].items())
        lines.append(f"direction {k}, {direction['variance_left']:.2f} of the variance: {parts}")
    return lines
