"""Clones over time: the long table of a run, and the share of each clone at the end, with intervals
over animals.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from xenosim.analysis.animals import ANIMAL, KEYS
from xenosim.analysis.resampling import FEWEST, UNDEFINED, interval, resample
from xenosim.io.tables import COLUMNS

WILD_TYPE = "wild type"


def clone_table(cells: pd.DataFrame, mutant: str, resolution: float) -> pd.DataFrame:
    """One row per animal, day and clone, from the table of cells.

    Parameters
    ----------
    cells : DataFrame
        The cells table of a run.
    mutant : str
        Name of the clone that carries a mutation, "" if there is none; its parent is the wild type.
    resolution : float
        Agents per mm3 [1/mm3].
    """
    shared = list(COLUMNS["clones"][: COLUMNS["clones"].index("clone")])
    counts = {WILD_TYPE: cells["n_cells"] - cells["n_resistant"]} | (
        {mutant: cells["n_resistant"]} if mutant else {}
    )
    tables = [
        cells[shared].assign(
            clone=name,
            parent="" if name == WILD_TYPE else WILD_TYPE,
            n_cells=count,
            volume_mm3=count / resolution,
        )
        for name, count in counts.items()
    ]
    return pd.concat(tables).sort_index(kind="stable").reset_index(drop=True)


def clone_fractions(clones: pd.DataFrame) -> pd.DataFrame:
    """The table with ``fraction`` [-] of the cells of that animal and day; rows of a tumor without
    cells are left out.
    """
    total = clones.groupby([*KEYS, "day"], sort=False)["n_cells"].transform("sum")
    left = clones[total > 0]
    return left.assign(fraction=left["n_cells"] / total[total > 0])


def clone_means(rows: pd.DataFrame, value: str) -> pd.DataFrame:
    """Mean of a column over the animals of one arm, one row per day and one column per clone."""
    return rows.pivot_table(
        index="day", columns="clone", values=value, aggfunc="mean", sort=False
    ).sort_index()


def mutant_fractions(rows: pd.DataFrame) -> pd.Series[float]:
    """Share of all mutants in the cells of each animal of one arm [-], by replicate, animal and
    day.
    """
    fractions = clone_fractions(rows)
    mutants = fractions[fractions["clone"] != WILD_TYPE]
    return mutants.groupby([*ANIMAL, "day"])["fraction"].sum()


def final_shares(clones: pd.DataFrame, seed: int = 1, n_boot: int = 2000) -> pd.DataFrame:
    """Share of each clone but the wild type at the last measurement of each animal, mean over the
    animals of an arm.

    Returns
    -------
    DataFrame
        ``arm``, ``clone``, ``estimate_pct``, ``ci_low``, ``ci_high`` [% of cells; percentile
        bootstrap over animals; NaN below three], ``n`` animals with cells, ``n_without_cells``.
        NaN where no animal has any.
    """
    rng = np.random.default_rng(seed)
    last = clones[clones["day"] == clones.groupby(KEYS)["day"].transform("max")]
    shares = clone_fractions(last)
    animals = last[KEYS].drop_duplicates()["arm"].value_counts()
    rows = []
    for arm in dict.fromkeys(last["arm"]):
        for clone in (name for name in dict.fromkeys(last["clone"]) if name != WILD_TYPE):
            values = 100.0 * shares[(shares["arm"] == arm) & (shares["clone"] == clone)][
                "fraction"
            ].to_numpy(float)
            limits = (
                interval(values[resample(values.size, n_boot, rng)].mean(axis=1))
                if values.size >= FEWEST
                else UNDEFINED
            )
            mean = float(values.mean()) if values.size else np.nan
            rows.append((arm, clone, mean, *limits, values.size, int(animals[arm]) - values.size))
    return pd.DataFrame(
        rows, columns=["arm", "clone", "estimate_pct", "ci_low", "ci_high", "n", "n_without_cells"]
    )
