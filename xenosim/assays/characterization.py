"""A line of one's own: the mean protein load that fits a user's viability data (MODEL.md P10)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import yaml

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

#: Shortest time of a reading that is taken for one [h], and the viability above which the column
#: is in per cent [-].
SHORTEST_H, MAX_VIABILITY = 1e-9, 2.0
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


def read_viability(path: Path) -> pd.DataFrame:
    """A user's table: columns drug, hours, dose_nM, viability (share of the untreated control).

    Returns
    -------
    DataFrame
        The treated wells.

    Raises
    ------
    TableError
        Naming row and column of what is missing, negative or no number.
    """
    table = _read_text(path)
    where = str(path)
    require_columns(table.columns, ("drug", "hours", "dose_nM", "viability"), where=where)
    for column, least in (("hours", SHORTEST_H), ("dose_nM", 0.0), ("viability", 0.0)):
        table[column] = _numbers(table[column], least, where)
    _check_rows(table, where)
    check_drugs(table["drug"].unique().tolist())
    treated = table[table["dose_nM"] > 0].reset_index(drop=True)
    if treated.empty or treated.groupby(["drug", "hours"])["dose_nM"].nunique().max() < 3:
        raise TableError(
            "fewer than three doses of every drug and time",
            where=where,
            remedy="a line cannot be told from two doses",
        )
    return treated


def _read_text(path: Path) -> pd.DataFrame:
    """The table, every field as it is written."""
    import pandas as pd

    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
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
    return table.rename(columns=lambda name: str(name).strip())


def _numbers(column: pd.Series, least: float, where: str) -> pd.Series:
    """A column of numbers from ``least`` on; TableError names the first that is none."""
    import pandas as pd

    numbers = pd.to_numeric(column, errors="coerce")
    bad = np.nonzero(~(np.isfinite(numbers) & (numbers >= least)).to_numpy())[0]
    if bad.size:
        raise TableError(
            f"row {int(bad[0]) + 2}: {column.name} is '{column.iloc[int(bad[0])]}'",
            where=where,
            remedy="numbers from 0 on; viability as a share of the untreated control, e.g. 0.43",
        )
    return numbers.astype(float)


def _check_rows(table: pd.DataFrame, where: str) -> None:
    """Refuse viabilities in per cent, rows without a drug, and no rows at all (TableError)."""
    if (table["viability"] > MAX_VIABILITY).any():
        row = int(np.argmax(table["viability"].to_numpy() > MAX_VIABILITY))
        raise TableError(
            f"row {row + 2}: viability {table['viability'].iloc[row]:g}",
            where=where,
            remedy="per cent are refused: divide by 100",
        )
    if table["drug"].isna().any():
        raise TableError(
            f"row {int(np.argmax(table['drug'].isna().to_numpy())) + 2}: no drug",
            where=where,
            remedy="name the drug of every row",
        )
    if table.empty:
        raise TableError(
            "the table has no rows",
            where=where,
            remedy="one row per well: drug, hours, dose_nM, viability",
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
    a, b, _ = np.polyfit(x, y, 2)
    vertex = -b / (2 * a) if a > 0 else math.log(loads[int(np.argmin(misfit))])
    return float(np.exp(np.clip(vertex, math.log(loads[0]), math.log(loads[-1]))))
