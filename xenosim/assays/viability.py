"""Viability of cells in medium with drug: the plate reader's signal relative to untreated wells, and Annexin V / PI gates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xenosim.analysis.dose_response import HillFit, fit_hill
from xenosim.assays.culture import Culture, Line
from xenosim.errors import ParameterError
from xenosim.pharmacology.target import Pulse

if TYPE_CHECKING:
    import pandas as pd


class DoseResponse(NamedTuple):
    """``table``: one row per well (drug, dose_nM, replicate, living, viability and the gates' shares), and the ``fit`` [nM]."""

    table: pd.DataFrame
    fit: HillFit


def dose_response(
    line: Line, drug: str, doses_nM: Sequence[float], hours: float, *, cells: int = 2000, replicates: int = 3, seed: int = 1,
    pulse_h: float = np.inf,
) -> DoseResponse:  # fmt: skip
    """Expose wells to one drug from time 0 and read them after ``hours``.

    Parameters
    ----------
    line : Line
        The cells.
    drug : str
        Drug in the medium.
    doses_nM : sequence of float
        Total concentrations [nM], above 0; an untreated control is always added.
    hours : float
        Time of the reading [h].
    cells, replicates, seed : int
        Cells seeded per well, wells per dose, seed of all wells [-].
    pulse_h : float
        Wash-out after this time [h]; by default the drug stays.

    Raises
    ------
    ParameterError
        No dose, a dose that is not above 0, or nothing to read.
    """
    import pandas as pd

    if not len(doses_nM) or min(doses_nM) <= 0 or not np.isfinite(doses_nM).all():
        raise ParameterError("doses must be numbers above 0", remedy='give e.g. "1..1000 nM"')
    if hours <= 0 or cells < 10 or replicates < 1:
        raise ParameterError("hours, cells and replicates are too few", remedy="read after some hours, from 10 cells and 1 well on")
    rows = []
    for dose in (0.0, *doses_nM):
        for replicate in range(1, replicates + 1):
            # The same wells under every dose: common random numbers, as one suspension is split over a plate.
            pulses = [Pulse(drug, dose, 0.0, pulse_h)] if dose else []
            well = Culture(line, cells, pulses, seed=seed * 1000 + replicate)
            well.run_until(hours)
            rows.append({"drug": drug, "dose_nM": dose, "replicate": replicate, "living": well.living(), **well.gates()._asdict()})
    table = pd.DataFrame(rows)
    table.insert(4, "viability", table["living"] / table.loc[table["dose_nM"] == 0, "living"].mean())
    treated = table[table["dose_nM"] > 0]
    fit = fit_hill(treated["dose_nM"].to_numpy(), treated["viability"].to_numpy(), where=drug) if len(doses_nM) >= 4 else None
    return DoseResponse(table, fit or HillFit(np.nan, np.nan, np.nan, np.nan, "fewer than four doses: no fit"))
