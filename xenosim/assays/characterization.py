"""A line of one's own: the mean protein load that fits a user's viability data (MODEL.md P10)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import yaml

from xenosim import tabular
from xenosim.analysis.dose_response import MAX_VIABILITY
from xenosim.assays.calibration import with_traits
from xenosim.assays.culture import Line, line_of
from xenosim.assays.measurement import Measurement
from xenosim.assays.plate import Layout, check_drugs, read_plate
from xenosim.assays.viability import pulses_of
from xenosim.errors import TableError
from xenosim.io.tables import require_columns
from xenosim.parameters.load import ParameterSet, load_set

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

COLUMNS = ("drug", "hours", "dose_nM", "viability")
#: Shortest time of a reading that is taken for one [h].
SHORTEST_H = 1e-9
#: How plates name wells without a drug.
NO_DRUG = ("", "none", "vehicle", "dmso", "control", "untreated")
#: Loads tried, and resamplings of the rows.
GRID_POINTS, RESAMPLES = 28, 400
#: Misfit of viability above which the curves have another shape [-].
POOR_RMS = 0.1
#: A load this near to the end of its range lies at the end [-].
EDGE = 0.02
EDGE_NOTE = (
    "the load lies at the edge of the range: more sensitive or resistant than the model can be"
)
SHAPE_NOTE = "no single load makes curves as steep or as flat as these"


@dataclass(frozen=True)
class Characterized(Measurement):
    """A user's line: the line it is ``like``, its doubling time [h], ``load_mean`` [-] with its
    95 % interval over resampled wells, rms of viability [-], data and fit.
    """

    name: str
    like: str
    doubling_h: float
    load_mean: float
    load_interval: tuple[float, float]
    rms: float
    note: str
    data: pd.DataFrame
    fitted: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Data and fit."""
        return {"data": self.data, "fitted": self.fitted}

    def facts(self) -> dict[str, Any]:
        """The line that was found."""
        low, high = self.load_interval
        return {
            "name": self.name,
            "like": self.like,
            "doubling_h": self.doubling_h,
            "load_mean": self.load_mean,
            "low": low,
            "high": high,
            "rms": self.rms,
            "note": self.note,
        }

    @classmethod
    def restored(cls, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> Self:
        """From data, fit and the line."""
        found = {name: facts[name] for name in ("name", "like", "doubling_h", "load_mean")}
        interval = facts["low"], facts["high"]
        return cls(**found, load_interval=interval, rms=facts["rms"], note=facts["note"], **tables)

    def files(self) -> dict[str, str]:
        """The line as a file that every assay takes."""
        names = ("name", "like", "doubling_h", "load_mean", "low", "high")
        found = self.facts()
        return {"line.yaml": yaml.safe_dump({n: found[n] for n in names}, sort_keys=False)}

    def __str__(self) -> str:
        low, high = self.load_interval
        return (
            f"{self.name}: load over capacity {self.load_mean:.3f} (95 % interval {low:.3f} to"
            f" {high:.3f}); rms of viability {100 * self.rms:.1f} points"
            + (f"\n{self.note}" if self.note else "")
            + "\nUse these cells with --line DIRECTORY/line.yaml in any assay"
        )

    def plot(self) -> Figure:
        """Data and fitted model."""
        from xenosim.viz.response import characterized_figure

        return characterized_figure(self.data, self.fitted, str(self).splitlines()[0])


def read_viability(path: str | Path) -> pd.DataFrame:
    """A user's table: columns drug, hours, dose_nM, viability.

    Where there are untreated wells (dose 0, of the same drug or of none, at the same time),
    viability is divided by their mean: it may be an optical density or a count. Without them it is
    taken as the share of the untreated control.

    Returns
    -------
    DataFrame
        The treated wells; ``attrs["normalization"]`` says what viability was divided by.

    Raises
    ------
    TableError
        Every row with something that is missing, negative or no number.
    """
    path = Path(path)
    import pandas as pd

    table = tabular.read_table(path)
    require_columns(table.columns, COLUMNS, where=str(path))
    mistakes = tabular.Mistakes(TableError, path)
    wells = pd.DataFrame({"drug": [text.lower() for text in table.texts("drug")]})
    for name, check in (("hours", _no_time), ("dose_nM", _negative), ("viability", _negative)):
        wells[name] = [
            math.nan if value is None else value
            for value in table.numbers(name, mistakes, check=check)
        ]
    wells["line"] = table.lines
    wells["is_control"] = wells["drug"].isin(NO_DRUG) & ~(wells["dose_nM"] > 0)
    wells.loc[wells["is_control"], "dose_nM"] = 0.0
    _check_complete(wells, mistakes)
    mistakes.check()
    if wells.empty:
        raise TableError(
            "the table has no rows",
            where=str(path),
            remedy="one row per well: drug, hours, dose_nM, viability",
        )
    check_drugs(wells.loc[~wells["is_control"], "drug"].unique().tolist())
    treated = _normalized(wells, path)
    if treated.empty or treated.groupby(["drug", "hours"])["dose_nM"].nunique().max() < 3:
        raise TableError(
            "fewer than three doses of every drug and time",
            where=str(path),
            remedy="a line cannot be told from two doses",
        )
    return treated


def _no_time(value: float) -> str:
    return "" if value >= SHORTEST_H else "a time after the drug was added"


def _negative(value: float) -> str:
    return "" if value >= 0 else "numbers from 0 on"


def _check_complete(wells: pd.DataFrame, mistakes: tabular.Mistakes) -> None:
    """Note the rows that lack a drug or a number."""
    noted = {line for line, _, _ in mistakes.found}
    for row in wells.itertuples():
        if row.line in noted:
            continue
        if not row.drug and row.dose_nM > 0:
            mistakes.add("no drug", line=row.line, remedy="name the drug of every treated well")
        for name in ("hours", "dose_nM", "viability"):
            if math.isnan(getattr(row, name)):
                mistakes.add(f"{name} is missing", line=row.line, remedy="give it, or drop the row")


def _normalized(wells: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The treated wells, each relative to the untreated ones of its drug (or of none) and time."""
    shares, said = [], []
    for (drug, hours), group in wells[wells["dose_nM"] > 0].groupby(["drug", "hours"], sort=False):
        same_time = (wells["dose_nM"] == 0) & (wells["hours"] == hours)
        control = wells[same_time & (wells["drug"] == drug)]
        control = control if len(control) else wells[same_time & wells["is_control"]]
        unit = float(control["viability"].mean()) if len(control) else 1.0
        if not unit > 0:
            raise TableError(
                f"the untreated wells of {drug} at {hours:g} h have no signal",
                where=str(path),
                remedy="give the signal of wells with living cells",
            )
        if len(control):
            said.append(f"{drug} at {hours:g} h by {unit:.4g}, the mean of {len(control)}")
        share = group["viability"] / unit
        _check_shares(share, group, bool(len(control)), path)
        shares.append(group.assign(viability=share))
    import pandas as pd

    columns = list(COLUMNS)
    treated = pd.concat(shares).sort_values("line")[columns] if shares else wells[:0][columns]
    note = f"viability divided by that of untreated wells: {'; '.join(said)}" if said else ""
    treated = treated.reset_index(drop=True)
    treated.attrs["normalization"] = note
    return treated


def _check_shares(share: pd.Series, wells: pd.DataFrame, has_control: bool, path: Path) -> None:
    """Refuse what cannot be a share of the untreated control."""
    if not (share > MAX_VIABILITY).any():
        return
    k = int(np.argmax(share.to_numpy() > MAX_VIABILITY))
    row = wells.iloc[k]
    remedy = (
        "the untreated wells have less signal than treated ones: correct them"
        if has_control
        else "add the untreated wells (dose 0), or divide per cent by 100"
    )
    raise TableError(
        f"viability {row['viability']:g}", where=f"{path}:{row['line']}", remedy=remedy
    )


def characterize(
    data: pd.DataFrame,
    name: str,
    cell: ParameterSet,
    doubling_h: float,
    layout: Layout = Layout(cells=1500, replicates=1, seed=5),
    like: str | None = None,
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
    like : str, optional
        How the file of the line names that cell; by its own name by default.
    """
    base, dish = line_of(cell, doubling_h), load_set("dish")
    loads = np.geomspace(
        dish.value("own_line_load_min"), dish.value("own_line_load_max"), GRID_POINTS
    )
    groups = [
        (drug, hours, sorted(rows["dose_nM"].unique()))
        for (drug, hours), rows in data.groupby(["drug", "hours"])
    ]
    curves = np.array(
        [_predicted(with_traits(base, float(load)), data, groups, layout) for load in loads]
    )
    measured = data["viability"].to_numpy(float)
    load, interval = _fitted_load(loads, curves, measured, layout.seed)
    fitted = data.assign(viability=_predicted(with_traits(base, load), data, groups, layout))
    rms = float(np.sqrt(((fitted["viability"] - measured) ** 2).mean()))
    at_edge = load >= (1.0 - EDGE) * loads[-1] or load <= (1.0 + EDGE) * loads[0]
    notes = [EDGE_NOTE] if at_edge else []
    notes += [SHAPE_NOTE] if rms > POOR_RMS else []
    notes += [note] if (note := data.attrs.get("normalization")) else []
    return Characterized(
        name, like or cell.name, doubling_h, load, interval, rms, "; ".join(notes), data, fitted
    )


def _fitted_load(
    loads: np.ndarray, curves: np.ndarray, measured: np.ndarray, seed: int
) -> tuple[float, tuple[float, float]]:
    """The load of least misfit [-] and its 95 % interval over resampled rows, from predictions of
    shape (loads, rows) [-].
    """
    rng = np.random.default_rng(seed)
    picks = [
        np.arange(measured.size),
        *(rng.integers(0, measured.size, measured.size) for _ in range(RESAMPLES)),
    ]
    best = np.array(
        [_best(loads, ((curves[:, pick] - measured[pick]) ** 2).mean(axis=1)) for pick in picks]
    )
    low, high = np.quantile(best[1:], [0.025, 0.975])
    return float(best[0]), (float(low), float(high))


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
    first, second = (y[1] - y[0]) / (x[1] - x[0]), (y[2] - y[1]) / (x[2] - x[1])
    curvature = (second - first) / (x[2] - x[0])
    if curvature > 0:
        vertex = 0.5 * (x[0] + x[1] - first / curvature)
    else:
        vertex = math.log(loads[int(np.argmin(misfit))])
    return float(np.exp(np.clip(vertex, math.log(loads[0]), math.log(loads[-1]))))
