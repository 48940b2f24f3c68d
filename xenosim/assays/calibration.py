"""Calibration of a line: the mean protein load that gives a published IC50, or that fits a user's
own viability data.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xenosim.assays.culture import Line, line_of
from xenosim.assays.plate import Layout, check_drugs, read_plate
from xenosim.assays.viability import dose_response, pulses_of
from xenosim.cell.params import median_of
from xenosim.errors import ParameterError, TableError
from xenosim.io.tables import require_columns
from xenosim.parameters.lines import Calibrated, LineRecord, Target
from xenosim.parameters.load import ParameterSet, load_line

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

#: Mean loads between which a line is sought [-]: above, untreated cells die; below, no dose kills.
LOADS = (0.003, 0.75)
#: A residual above this is called a miss [fold].
GOOD_FOLD = 1.5


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
    from scipy.optimize import brentq

    if record.target is None:
        raise ParameterError(
            f"no IC50 of '{record.name}' to calibrate on",
            where="lines.csv",
            remedy="give one, or use 'xenosim assay characterize'",
        )
    target, line = record.target, line_of(load_line(record.name, with_calibration=False))

    def excess(load: float, bounce_back: float | None = None) -> float:
        return (
            survival_at(
                with_traits(line, load, bounce_back),
                target.drug,
                target.ic50_nM,
                target.hours,
                layout,
            )
            - 0.5
        )

    low, high = LOADS
    load, bounce_back = high, None
    if excess(high) < 0:
        load = low
        if excess(low) > 0:
            load = math.exp(
                float(
                    brentq(lambda x: excess(math.exp(x)), math.log(low), math.log(high), xtol=0.004)
                )
            )
            load = _refined(line, target, load, layout.seed)
    elif excess(high, 0.0) > 0:
        bounce_back = 0.0
    else:
        # At half inhibition the default Nrf1 response makes up for all activity lost, so no load
        # dies there: such a line responds less.
        bounce_back = float(
            brentq(lambda x: excess(high, x), 0.0, float(line.params.bounce_back), xtol=0.004)
        )
    ic50 = checked_ic50(with_traits(line, load, bounce_back), target)
    fold = ic50 / target.ic50_nM
    at_floor, met = bounce_back == 0.0 and fold > 1.0, 1 / GOOD_FOLD <= fold <= GOOD_FOLD
    note = "" if met else f"missed by more than {GOOD_FOLD:g}-fold: "
    if at_floor:
        note += "as sensitive as the model can be"
    elif note:
        note += "cells that survive full inhibition make the curve shallow"
    return Residual(
        record,
        Calibrated(
            round(load, 4), None if bounce_back is None else round(bounce_back, 4), ic50, fold, note
        ),
    )


def _refined(line: Line, target: Target, load: float, seed: int) -> float:
    """The load moved until the Hill fit, not only the viability at one dose, gives the target:
    shallow curves differ in the two.
    """
    tried: list[tuple[float, float]] = []
    for _ in range(5):
        miss = math.log(checked_ic50(with_traits(line, load), target, seed) / target.ic50_nM)
        tried.append((math.log(load), miss))
        if not math.isfinite(miss) or abs(miss) < 0.03:
            break
        slope = -1.5
        if len(tried) > 1 and tried[-1][0] != tried[-2][0]:
            slope = min((tried[-1][1] - tried[-2][1]) / (tried[-1][0] - tried[-2][0]), -0.3)
        load = float(np.clip(load * math.exp(-miss / slope), *LOADS))
    finite = [point for point in tried if math.isfinite(point[1])]
    return math.exp(min(finite, key=lambda point: abs(point[1]))[0]) if finite else load


def checked_ic50(line: Line, target: Target, seed: int = 23) -> float:
    """IC50 [nM] of the Hill fit over ten doses about the target, with cells that the search did not
    use.
    """
    doses = np.geomspace(target.ic50_nM / 30.0, target.ic50_nM * 30.0, 10)
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


@dataclass(frozen=True)
class Characterized:
    """A user's line: ``load_mean`` [-] with its 95 % interval over resampled wells, rms of
    viability [-], data and fit.
    """

    name: str
    load_mean: float
    load_interval: tuple[float, float]
    rms: float
    note: str
    data: pd.DataFrame
    fitted: pd.DataFrame

    def __str__(self) -> str:
        low, high = self.load_interval
        return (
            f"{self.name}: load over capacity {self.load_mean:.3f} (95 % interval {low:.3f} to"
            f" {high:.3f}); rms of viability {100 * self.rms:.1f} points"
            + (f"\n{self.note}" if self.note else "")
        )

    def plot(self) -> Figure:
        """Data and fitted model."""
        from xenosim.viz.response import characterized_figure

        return characterized_figure(self.data, self.fitted, str(self).splitlines()[0])


def read_viability(path: Path) -> pd.DataFrame:
    """A user's table: columns drug, hours, dose_nM, viability (share of the untreated control).

    Raises
    ------
    TableError
        Naming row and column of what is missing, negative or no number.
    """
    import pandas as pd

    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig").rename(
            columns=lambda c: str(c).strip()
        )
    except FileNotFoundError as error:
        raise TableError(
            "there is no such file", where=str(path), remedy="check the path"
        ) from error
    except (OSError, ValueError) as error:
        raise TableError(
            f"the table cannot be read: {str(error).splitlines()[0]}",
            where=str(path),
            remedy="give a CSV file with the columns drug, hours, dose_nM, viability",
        ) from error
    require_columns(table.columns, ("drug", "hours", "dose_nM", "viability"), where=str(path))
    for column in ("hours", "dose_nM", "viability"):
        numbers = pd.to_numeric(table[column], errors="coerce")
        least = 1e-9 if column == "hours" else 0.0
        bad = np.nonzero(~(np.isfinite(numbers) & (numbers >= least)).to_numpy())[0]
        if bad.size:
            text = table[column].iloc[int(bad[0])]
            remedy = "numbers from 0 on; viability as a share of the untreated control, e.g. 0.43"
            raise TableError(
                f"row {int(bad[0]) + 2}: {column} is '{text}'", where=str(path), remedy=remedy
            )
        table[column] = numbers.astype(float)
    if (table["viability"] > 2).any():
        row = int(np.argmax(table["viability"].to_numpy() > 2))
        raise TableError(
            f"row {row + 2}: viability {table['viability'].iloc[row]:g}",
            where=str(path),
            remedy="per cent are refused: divide by 100",
        )
    if table["drug"].isna().any():
        raise TableError(
            f"row {int(np.argmax(table['drug'].isna().to_numpy())) + 2}: no drug",
            where=str(path),
            remedy="name the drug of every row",
        )
    check_drugs(table["drug"].unique().tolist())
    if table.empty:
        raise TableError(
            "the table has no rows",
            where=str(path),
            remedy="one row per well: drug, hours, dose_nM, viability",
        )
    treated = table[table["dose_nM"] > 0].reset_index(drop=True)
    if treated.empty or treated.groupby(["drug", "hours"])["dose_nM"].nunique().max() < 3:
        raise TableError(
            "fewer than three doses of every drug and time",
            where=str(path),
            remedy="a line cannot be told from two doses",
        )
    return treated


def characterize(
    data: pd.DataFrame,
    name: str,
    cell: ParameterSet,
    doubling_h: float,
    layout: Layout = Layout(cells=1500, replicates=1, seed=5),
) -> Characterized:
    """The mean load that fits a user's viabilities by least squares, with an interval from
    resampled rows.

    Parameters
    ----------
    data : DataFrame
        As :func:`read_viability` returns it.
    name : str
        Name of the line.
    cell : ParameterSet
        The cell whose other parameters are kept.
    doubling_h : float
        Doubling time in culture [h].
    layout : Layout
        Wells simulated per dose.
    """
    base = line_of(cell, doubling_h)
    loads = np.geomspace(0.03, 0.9, 28)
    groups = [
        (drug, hours, sorted(rows["dose_nM"].unique()))
        for (drug, hours), rows in data.groupby(["drug", "hours"])
    ]
    curves = np.array(
        [_predicted(with_traits(base, float(load)), data, groups, layout) for load in loads]
    )
    measured = data["viability"].to_numpy(float)
    rng = np.random.default_rng(layout.seed)
    picks = [
        np.arange(measured.size),
        *(rng.integers(0, measured.size, measured.size) for _ in range(400)),
    ]
    best = np.array(
        [_best(loads, ((curves[:, pick] - measured[pick]) ** 2).mean(axis=1)) for pick in picks]
    )
    load = float(best[0])
    fitted = data.assign(viability=_predicted(with_traits(base, load), data, groups, layout))
    rms = float(np.sqrt(((fitted["viability"] - measured) ** 2).mean()))
    at_edge = load >= 0.98 * loads[-1] or load <= 1.02 * loads[0]
    notes = (
        [
            "the load lies at the edge of the range: more sensitive or resistant than the model"
            " can be"
        ]
        if at_edge
        else []
    )
    notes += ["no single load makes curves as steep or as flat as these"] if rms > 0.1 else []
    low, high = np.quantile(best[1:], [0.025, 0.975])
    return Characterized(name, load, (float(low), float(high)), rms, "; ".join(notes), data, fitted)


def _predicted(
    line: Line, data: pd.DataFrame, groups: list[tuple[str, float, list[float]]], layout: Layout
) -> np.ndarray:
    """Simulated viability [-] of every row of the data."""
    by_key: dict[tuple[str, float, float], float] = {}
    for drug, hours, doses in groups:
        table = read_plate(
            line,
            [({"dose_nM": dose}, pulses_of(drug, dose)) for dose in (0.0, *doses)],
            hours,
            layout,
        )
        by_key |= {
            (drug, hours, dose): value
            for dose, value in table.groupby("dose_nM")["viability"].mean().items()
        }
    return np.array([by_key[row.drug, row.hours, row.dose_nM] for row in data.itertuples()])


def _best(loads: np.ndarray, misfit: np.ndarray) -> float:
    """Minimum of a sampled misfit, by the parabola through the three lowest neighbours in ln load
    [-].
    """
    k = int(np.clip(np.argmin(misfit), 1, loads.size - 2))
    x, y = np.log(loads[k - 1 : k + 2]), misfit[k - 1 : k + 2]
    a, b, _ = np.polyfit(x, y, 2)
    vertex = -b / (2 * a) if a > 0 else math.log(loads[int(np.argmin(misfit))])
    return float(np.exp(np.clip(vertex, math.log(loads[0]), math.log(loads[-1]))))
