"""What a fit leaves in its directory: draws, predictions, figures, the problem, and the scenario
with the fitted values, ready to run: growth as keys, parameters as files beside it, with status
``calibrated`` and the name of the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from xenosim.inference.fit.agreement import agreements, bands, overall
from xenosim.inference.fit.blocks import VOLUME, WEIGHT, Array, covariance_of
from xenosim.inference.fit.figures import pairs_figure, predictive_figure
from xenosim.inference.fit.petab import write_problem
from xenosim.inference.fit.posterior import Fit
from xenosim.inference.fit.said import Learned, learned
from xenosim.io.runs import replacing, write_json, write_table
from xenosim.parameters.load import load_set
from xenosim.scenario.schema import Scenario
from xenosim.scenario.sets import TUMOR
from xenosim.viz.style import MEASURED, save

DRAWS, PREDICTED, SUMMARY, FITTED = "draws.csv", "predictive.csv", "fit.json", "scenario.yaml"
PROBLEM = "problem"


def keep(found: Fit, folder: Path, names: Sequence[str], notes: Sequence[str], today: date) -> None:
    """Write everything into ``folder``; ``names`` of the files of data."""
    columns = [one.name for one in found.free]
    write_table(pd.DataFrame(found.values, columns=columns), folder / DRAWS)
    write_table(predictions(found), folder / PREDICTED)
    write_json(summary(found, names, notes, today), folder / SUMMARY)
    write_problem(folder / PROBLEM, found.problems, found.free)
    for figure, name in ((pairs_figure(found), "pairs"), (predictive_figure(found), "predictive")):
        save(figure, folder, name, MEASURED)
    text, files = fitted_scenario(found, names, today)
    for own, content in files.items():
        path = folder / own
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with replacing(folder / FITTED) as partial:
        partial.write_text(text, encoding="utf-8")


def predictions(found: Fit) -> pd.DataFrame:
    """Of every block and time what the posterior predicts: of the mean curve and of animals, with
    95 % intervals, in units of the data, of volumes and weights relative to day 0.
    """
    rng = np.random.default_rng(found.settings.seed)
    rows = []
    for k, block in enumerate(found.blocks):
        mean, animals = (np.exp(part) for part in bands(found, k, rng))
        for j, time in enumerate(block.times):
            rows.append(
                {
                    "quantity": block.kind,
                    "arm": block.arm,
                    "day": time,
                    "n": int(np.isfinite(block.values[:, j]).sum()),
                    "mean_low": mean[0, j],
                    "mean": mean[1, j],
                    "mean_high": mean[2, j],
                    "animal_low": animals[0, j],
                    "animal_high": animals[2, j],
                }
            )
    return pd.DataFrame(rows)


def summary(found: Fit, names: Sequence[str], notes: Sequence[str], today: date) -> dict[str, Any]:
    """What ``fit.json`` holds."""
    agreed = agreements(found)
    return {
        "date": today.isoformat(),
        "data": list(names),
        "scenarios": [problem.scenario.title for problem in found.problems],
        "parameters": [one._asdict() | {"verdict": one.verdict} for one in learned(found)],
        "correlations": together(found).round(3).tolist(),
        "posterior_predictive_p": overall(agreed),
        "agreement": [one._asdict() for one in agreed],
        "points": found.points,
        "failed": found.failed,
        "waves": found.waves,
        "effective_size": found.size,
        "r_hat": found.r_hat,
        "emulation_error": found.error if np.isfinite(found.error) else None,
        "error_of_means": found.chance if np.isfinite(found.chance) else None,
        "seconds": found.seconds,
        "notes": list(notes),
    }


def together(found: Fit) -> Array:
    """Correlations (p, p) of the draws on the scale of the priors [-]."""
    covariance = covariance_of(found.z)
    sizes = np.sqrt(np.diag(covariance))
    return np.asarray(covariance / np.outer(sizes, sizes))


def fitted_scenario(found: Fit, names: Sequence[str], today: date) -> tuple[str, dict[str, bytes]]:
    """The first problem's scenario with the fitted values, and the files beside it by name."""
    scenario = found.problems[0].scenario
    data = yaml.safe_load(scenario.origin.text)
    files = {f"inputs/{k}": v for k, v in list(scenario.origin.inputs.items())[1:]}
    source = f"fit of {', '.join(names)}, {today.isoformat()}"
    sets: dict[tuple[str, str], dict[str, Any]] = {}
    for one, free in zip(learned(found), found.free, strict=True):
        value = float(f"{one.fitted:.5g}")
        if free.key:
            _set(data, free.key.split("."), f"{value:g} {one.unit}".rstrip())
            continue
        kind, base = _file_of(scenario, free.prior.set, free.prior.name)
        if kind:
            sets.setdefault((kind, base), {})[free.prior.name] = _entry(one, value, source)
        else:
            place = ["parameters", free.prior.set, free.prior.name]
            _set(data, place, f"{value!r} {one.unit}".rstrip())
    for (kind, base), entries in sets.items():
        name = base if kind == "drug" else f"{base}_fitted"
        files[f"{_FOLDERS[kind]}/{name}.yaml"] = _file(kind, base, entries, source)
        if kind in _KEYS:
            _set(data, _KEYS[kind].split("."), name)
    for free in found.free:
        _tidy(data, free.key)
    if any(block.kind in (VOLUME, WEIGHT) for block in found.problems[0].blocks):
        start = scenario.tumor.start_volume_mm3
        if scenario.tumor.lesions.count == 1:
            _set(data, ["tumor", "start_volume"], f"{start:g} mm^3")
    head = f"# Fitted values: {source}.\n"
    return head + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100), files


_FOLDERS = {"model": "models", "mouse": "mice", "drug": "drugs"}
_KEYS = {"model": "model", "mouse": "animals.strain"}


def _file_of(scenario: Scenario, group: str, name: str) -> tuple[str, str]:
    """Kind and name of the set that a fitted value belongs to; "" where the scenario itself must
    state it: vessels of a site, cells of a line.
    """
    if group in TUMOR:
        own = scenario.line or name in load_set(scenario.site).values
        return ("", "") if own else ("model", scenario.model)
    kind = load_set(group).kind
    return (kind, group) if kind in _FOLDERS else ("", "")


def _entry(one: Learned, value: float, source: str) -> dict[str, Any]:
    low, high = (float(f"{end:.4g}") for end in (one.low, one.high))
    return {
        "value": value,
        "unit": one.unit,
        "status": "calibrated",
        "source": source,
        "range": [min(low, value), max(high, value)],
        "note": f"95 % interval of the fit; {one.verdict}",
    }


def _file(kind: str, base: str, entries: dict[str, Any], source: str) -> bytes:
    """A parameter file that extends the set ``base``."""
    text = {
        "kind": kind,
        "description": f"{base}, {source}",
        "extends": base,
        "parameters": entries,
    }
    return yaml.safe_dump(text, sort_keys=False, allow_unicode=True, width=100).encode()


def _set(data: dict[str, Any], path: Sequence[str], value: Any) -> None:
    """Put a value at a place of nested sections."""
    for part in path[:-1]:
        data = data.setdefault(part, {})
    data[path[-1]] = value


def _tidy(data: dict[str, Any], key: str) -> None:
    """Remove what a fitted doubling time takes the place of."""
    if key.startswith("tumor.growth"):
        for other in ("control", "arm", "potential_doubling_time"):
            data["tumor"]["growth"].pop(other, None)
