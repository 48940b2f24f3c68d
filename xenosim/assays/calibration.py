"""Calibration of a line: the mean protein load that gives a published IC50 (MODEL.md P10)."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from xenosim.assays.culture import Line, line_of
from xenosim.assays.plate import Layout, read_plate
from xenosim.assays.viability import dose_response, pulses_of
from xenosim.cell.params import median_of
from xenosim.errors import ParameterError
from xenosim.parameters.lines import Calibrated, LineRecord, Target
from xenosim.parameters.load import load_line, load_set

#: A residual above this is called a miss [fold].
GOOD_FOLD = 1.5
#: Width at which the search for a load or a response ends [-].
SEARCH_WIDTH = 0.004
#: Difference of ln IC50 that is good enough [-].
GOOD_MISS = 0.03
#: Change of ln IC50 with ln load [-]: first guess, and the flattest that is believed.
TYPICAL_SLOPE, FLATTEST_SLOPE = -1.5, -0.3
#: A curve is measured from this share of the published IC50 to as many times it [-].
DOSES_WITHIN = 30.0


class Residual(NamedTuple):
    """One calibrated line: what was asked and what came out."""

    record: LineRecord
    found: Calibrated


def with_traits(line: Line, load_mean: float, bounce_back: float | None = None) -> Line:
    """The line at another mean load over capacity and Nrf1 response [-]; the spread between cells
    stays.
    """
    changed = line._replace(
        traits=line.traits._replace(load_median=median_of(load_mean, line.traits.load_sd))
    )
    if bounce_back is None:
        return changed
    return changed._replace(
        params=line.params._replace(bounce_back=type(line.params.bounce_back)(bounce_back))
    )


def survival_at(line: Line, drug: str, dose_nM: float, hours: float, layout: Layout) -> float:
    """Mean viability [-] at one dose [nM] after ``hours`` [h]."""
    table = read_plate(
        line, [({"dose_nM": dose}, pulses_of(drug, dose)) for dose in (0.0, dose_nM)], hours, layout
    )
    return float(table.loc[table["dose_nM"] > 0, "viability"].mean())


def calibrate_line(
    record: LineRecord, layout: Layout = Layout(cells=3000, replicates=1, seed=11)
) -> Residual:
    """The mean load, for very sensitive lines the Nrf1 response, at which half of the signal is
    left at the published IC50; then the IC50 of a whole dose-response with other cells.

    Parameters
    ----------
    record : LineRecord
        A line with a target.
    layout : Layout
        Wells of the search; the check uses another seed.

    Raises
    ------
    ParameterError
        A line without a target.
    """
    if record.target is None:
        raise ParameterError(
            f"no IC50 of '{record.name}' to calibrate on",
            where="lines.csv",
            remedy="give one, or use 'xenosim assay characterize'",
        )
    line = line_of(load_line(record.name, with_calibration=False))
    return Residual(record, calibrate_cells(line, record.target, layout))


def calibrate_cells(
    line: Line, target: Target, layout: Layout = Layout(cells=3000, replicates=1, seed=11)
) -> Calibrated:
    """What :func:`calibrate_line` finds for cells and a published IC50."""
    load, bounce_back = _sought(line, target, layout)
    ic50 = checked_ic50(with_traits(line, load, bounce_back), target)
    fold = ic50 / target.ic50_nM
    response = None if bounce_back is None else round(bounce_back, 4)
    return Calibrated(round(load, 4), response, ic50, fold, _note(fold, bounce_back))


def load_range() -> tuple[float, float]:
    """Mean loads between which a line is sought [-]."""
    dish = load_set("dish")
    return dish.value("line_load_min"), dish.value("line_load_max")


def _sought(line: Line, target: Target, layout: Layout) -> tuple[float, float | None]:
    """Mean load [-] and, where no load is sensitive enough, the Nrf1 response [-] that leave half
    of the signal at the target.
    """

    def excess(load: float, bounce_back: float | None = None) -> float:
        changed = with_traits(line, load, bounce_back)
        return survival_at(changed, target.drug, target.ic50_nM, target.hours, layout) - 0.5

    low, high = load_range()
    if excess(high) < 0:
        if excess(low) <= 0:
            return low, None
        load = math.exp(_root(lambda x: excess(math.exp(x)), math.log(low), math.log(high)))
        return _refined(line, target, load, layout.seed), None
    if excess(high, 0.0) > 0:
        return high, 0.0
    # At half inhibition the default Nrf1 response makes up for all activity lost, so no load dies
    # there: such a line responds less.
    return high, _root(lambda x: excess(high, x), 0.0, float(line.params.bounce_back))


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function of one number changes its sign, as close as single cells allow."""
    from scipy.optimize import brentq

    return float(brentq(function, low, high, xtol=SEARCH_WIDTH))


def _note(fold: float, bounce_back: float | None) -> str:
    """Why a calibrated line misses its target by ``fold`` [-]; empty if it does not."""
    met = 1 / GOOD_FOLD <= fold <= GOOD_FOLD
    note = "" if met else f"missed by more than {GOOD_FOLD:g}-fold: "
    if bounce_back == 0.0 and fold > 1.0:
        return note + "as sensitive as the model can be"
    return note + ("cells that survive full inhibition make the curve shallow" if note else "")


def _refined(line: Line, target: Target, load: float, seed: int) -> float:
    """The load moved until the Hill fit, not only the viability at one dose, gives the target:
    shallow curves differ in the two.
    """
    tried: list[tuple[float, float]] = []
    for _ in range(5):
        miss = math.log(checked_ic50(with_traits(line, load), target, seed) / target.ic50_nM)
        tried.append((math.log(load), miss))
        if not math.isfinite(miss) or abs(miss) < GOOD_MISS:
            break
        slope = TYPICAL_SLOPE
        if len(tried) > 1 and tried[-1][0] != tried[-2][0]:
            slope = min(
                (tried[-1][1] - tried[-2][1]) / (tried[-1][0] - tried[-2][0]), FLATTEST_SLOPE
            )
        load = float(np.clip(load * math.exp(-miss / slope), *load_range()))
    finite = [point for point in tried if math.isfinite(point[1])]
    return math.exp(min(finite, key=lambda point: abs(point[1]))[0]) if finite else load


def checked_ic50(line: Line, target: Target, seed: int = 23) -> float:
    """IC50 [nM] of the Hill fit over ten doses about the target, with cells that the search did not
    use.
    """
    doses = np.geomspace(target.ic50_nM / DOSES_WITHIN, target.ic50_nM * DOSES_WITHIN, 10)
    return dose_response(
        line, target.drug, [float(d) for d in doses], target.hours, Layout(replicates=1, seed=seed)
    ).fit.ic50


def write_calibration(residuals: Sequence[Residual], path: Path) -> None:
    """Write ``lines_calibrated.csv``, the lines in rising order."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["line", "load_mean", "bounce_back", "target_nM", "ic50_nM", "fold", "note"])
        for record, found in sorted(residuals, key=lambda r: r.record.name.lower()):
            asked = record.target.ic50_nM if record.target else math.nan
            table.writerow(
                [
                    record.name,
                    f"{found.load_mean:.4g}",
                    "" if found.bounce_back is None else f"{found.bounce_back:.4g}",
                    f"{asked:g}",
                    f"{found.ic50_nM:.4g}",
                    f"{found.fold:.3f}",
                    found.note,
                ]
            )
