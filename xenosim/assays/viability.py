"""Viability and apoptosis of cells in medium with drug: dose-response, Annexin V / PI, wash-out
(MODEL.md P9).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from xenosim.analysis.dose_response import HillFit, fit_hill
from xenosim.assays.culture import Line
from xenosim.assays.measurement import Measurement, number
from xenosim.assays.plate import Layout, check_doses, read_plate
from xenosim.errors import ParameterError
from xenosim.execution.processes import Workers
from xenosim.parameters.priors import LOAD_SD_UNKNOWN, load_sd
from xenosim.pharmacology.target import Pulse

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from xenosim.parameters.ensemble import Ensemble


#: Of IC50s over parameter sets: the median, and the ends of 90 % [-].
SHARES = (0.5, 0.05, 0.95)
#: Wells of a plate: what is written down of each, and its drugs.
Wells = list[tuple[dict[str, object], list[Pulse]]]
#: Doses that a Hill fit needs [-], and what stands in its place.
LEAST_DOSES = 4
#: Viability at any dose below which nothing is said to be left [-].
NO_REST = 0.02
NO_FIT = HillFit._make([*[np.nan] * 5, "fewer than four doses: no fit; give at least four"])


@dataclass(frozen=True)
class DoseResponse(Measurement):
    """``table``: one row per well (drug, dose_nM, replicate and the columns of :func:`read_plate`);
    ``fit`` of the signal [nM]; ``sets``: IC50 under each parameter set of an ensemble [nM],
    infinite where no dose leaves half, and ``sets_are`` where they are from.
    """

    title: str
    table: pd.DataFrame
    fit: HillFit
    sets: pd.DataFrame | None = None
    sets_are: str = ""

    def tables(self) -> dict[str, pd.DataFrame]:
        """The wells, and the parameter sets if any were asked for."""
        return {"wells": self.table} | ({} if self.sets is None else {"ensemble": self.sets})

    def facts(self) -> dict[str, Any]:
        """The title and the fit."""
        return {"title": self.title, "fit": self.fit._asdict(), "sets_are": self.sets_are}

    @classmethod
    def restored(cls, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> Self:
        """From the wells, the title and the fit."""
        *numbers, note = (facts["fit"][name] for name in HillFit._fields)
        fit = HillFit._make([*map(number, numbers), note])
        are = str(facts.get("sets_are", ""))
        return cls(facts["title"], tables["wells"], fit, tables.get("ensemble"), are)

    def over_sets_text(self) -> str:
        """Median and 90 % of the IC50s over the parameter sets; "" without any."""
        if self.sets is None:
            return ""
        ic50 = self.sets["ic50_nM"].to_numpy(float)
        top = float(self.table["dose_nM"].max())
        ends = np.quantile(ic50, SHARES, method="nearest")
        middle, low, high = (f"{e:.3g}" if np.isfinite(e) else f"> {top:.3g}" for e in ends)
        head = f"over {len(ic50)} {self.sets_are}"
        return f"\n{head}: IC50 {middle} nM ({low} to {high} in 90 % of them)"

    def __str__(self) -> str:
        return self._own_text() + self.over_sets_text()

    def _own_text(self) -> str:
        f = self.fit
        if not 0 < f.ic50 < np.inf:
            return f"{self.title}: {f.note}"
        text = (
            f"{self.title}: IC50 {f.ic50:.3g} nM (95 % CI of the fit {f.ci_low:.3g} to"
            f" {f.ci_high:.3g}), Hill slope {f.slope:.2f}"
        )
        text += f", {100 * f.bottom:.0f} % left at any dose" if f.bottom > NO_REST else ""
        return text + "; total concentration in medium" + (f"\n{f.note}" if f.note else "")

    def plot(self) -> Figure:
        """The dose-response curve."""
        from xenosim.viz.response import dose_response_figure

        return dose_response_figure(self.table, self.fit, self.title)


@dataclass(frozen=True)
class Quadrants(Measurement):
    """Annexin V / PI. ``table``: one row per well with the shares of viable, early and late
    apoptotic cells [-].
    """

    title: str
    table: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """The wells."""
        return {"wells": self.table}

    def facts(self) -> dict[str, Any]:
        """The title."""
        return {"title": self.title}

    @classmethod
    def restored(cls, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> Self:
        """From the wells and the title."""
        return cls(facts["title"], tables["wells"])

    def means(self) -> pd.DataFrame:
        """Mean shares per dose [%], with the sum ``annexin`` of early and late and its standard
        deviation over wells.
        """
        shares = self.table.assign(annexin=self.table["early"] + self.table["late"])
        means = 100 * shares.groupby("dose_nM")[["viable", "early", "late", "annexin"]].mean()
        return means.assign(annexin_sd=100 * shares.groupby("dose_nM")["annexin"].std().fillna(0.0))

    def __str__(self) -> str:
        lines = [
            self.title,
            (
                f"{'dose (nM)':>10}{'viable %':>10}{'early %':>10}"
                f"{'late %':>10}{'Annexin V+ % (sd)':>20}"
            ),
        ]
        for dose, r in self.means().iterrows():
            lines.append(
                f"{dose:>10.4g}{r.viable:>10.1f}{r.early:>10.1f}{r.late:>10.1f}"
                f"{f'{r.annexin:.1f} ({r.annexin_sd:.1f})':>20}"
            )
        return "\n".join(lines)

    def plot(self) -> Figure:
        """The shares per dose, and dots drawn by these shares in the quadrants of Annexin V /
        PI.
        """
        from xenosim.viz.response import flow_figure

        return flow_figure(self.table, self.title)


def pulses_of(
    drug: str, dose_nM: float, pulse_h: float = np.inf, every_h: float = 0.0, repeats: int = 1
) -> list[Pulse]:
    """One drug from time 0 on [nM, h], washed out after ``pulse_h``; ``repeats`` of it ``every_h``
    apart.

    Examples
    --------
    >>> [(pulse.start_h, pulse.end_h) for pulse in pulses_of("ixazomib", 50.0, 1.0, 24.0, 2)]
    [(0.0, 1.0), (24.0, 25.0)]
    """
    if pulse_h <= 0 or repeats < 1 or (repeats > 1 and every_h < pulse_h):
        raise ParameterError(
            "a pulse needs a length, and repeated pulses must not overlap",
            where="--pulse",
            remedy="give e.g. --pulse '1 h' --every '24 h' --repeats 3",
        )
    return (
        [Pulse(drug, dose_nM, k * every_h, k * every_h + pulse_h) for k in range(repeats)]
        if dose_nM > 0
        else []
    )


def check_pulses(hours: float, pulse_h: float, every_h: float, repeats: int) -> None:
    """Refuse pulses that do not end before the reading (ParameterError)."""
    end = (repeats - 1) * every_h + pulse_h
    if np.isfinite(end) and end > hours:
        raise ParameterError(
            f"the last pulse ends at {end:g} h, the reading is at {hours:g} h",
            where="--pulse",
            remedy="shorten the pulses or read later",
        )


def wells_of(
    drug: str, doses_nM: Sequence[float], pulse_h: float, every_h: float, repeats: int
) -> Wells:
    """An untreated control and every dose [nM]."""
    check_doses(doses_nM)
    return [
        ({"drug": drug, "dose_nM": dose}, pulses_of(drug, dose, pulse_h, every_h, repeats))
        for dose in (0.0, *doses_nM)
    ]


def dose_response(
    line: Line,
    drug: str,
    doses_nM: Sequence[float],
    hours: float,
    layout: Layout = Layout(),
    pulse_h: float = np.inf,
    every_h: float = 0.0,
    repeats: int = 1,
) -> DoseResponse:
    """Expose wells to one drug from time 0 and read their metabolic signal after ``hours``.

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
    layout : Layout
        Cells per well, wells per dose, seed, noise.
    pulse_h, every_h, repeats : float, float, int
        Wash-out after this time [h]; by default the drug stays. Repeated pulses start ``every_h``
        [h] apart.

    Raises
    ------
    ParameterError
        No dose, a dose that is not above 0, an unknown drug, or nothing to read.
    """
    check_pulses(hours, pulse_h, every_h, repeats)
    table = read_plate(line, wells_of(drug, doses_nM, pulse_h, every_h, repeats), hours, layout)
    fit = NO_FIT
    if len(set(doses_nM)) >= LEAST_DOSES:
        treated = table[table["dose_nM"] > 0]
        fit = fit_hill(treated["dose_nM"].to_numpy(), treated["viability"].to_numpy(), where=drug)
    return DoseResponse(title(line, drug, hours, pulse_h, repeats), table, fit)


def over_sets(
    found: DoseResponse,
    lines: Sequence[Line],
    wells: Wells,
    hours: float,
    layout: Layout,
    ensemble: Ensemble,
) -> DoseResponse:
    """A dose-response with the IC50 of the same wells under every parameter set, whose cells are
    ``lines``; one well per dose, read without error.
    """
    import pandas as pd

    read = partial(
        _ic50_of, wells=wells, hours=hours, layout=layout._replace(replicates=1, noise=0.0)
    )
    with Workers(None, len(lines)) as workers:
        values = workers.map(read, list(lines))
    kind = "calibrated" if ensemble.is_calibrated else "prior"
    are = f"{kind} parameter sets"
    if ensemble.is_calibrated and ensemble.is_stale():
        are = "parameter sets calibrated with an earlier model ('xenosim calibrate' anew)"
    if load_sd(lines[0].name) == LOAD_SD_UNKNOWN:
        are += " (no IC50 of its own fixes the load of these cells)"
    table = pd.DataFrame({"draw": range(len(values)), "ic50_nM": values})
    return replace(found, sets=table, sets_are=are)


def _ic50_of(line: Line, wells: Wells, hours: float, layout: Layout) -> float:
    """IC50 of one line [nM]; infinite where no dose leaves half."""
    table = read_plate(line, wells, hours, layout)
    treated = table[table["dose_nM"] > 0]
    ic50 = fit_hill(treated["dose_nM"].to_numpy(), treated["viability"].to_numpy()).ic50
    return float(ic50) if 0.0 < ic50 < math.inf else math.inf


def apoptosis(
    line: Line,
    drug: str,
    doses_nM: Sequence[float],
    hours: float,
    layout: Layout = Layout(),
    pulse_h: float = np.inf,
) -> Quadrants:
    """Annexin V / PI shares per dose from the fates of single cells; parameters and errors as in
    :func:`dose_response`.
    """
    check_pulses(hours, pulse_h, 0.0, 1)
    return Quadrants(
        title(line, drug, hours, pulse_h),
        read_plate(line, wells_of(drug, doses_nM, pulse_h, 0.0, 1), hours, layout),
    )


def title(line: Line, drug: str, hours: float, pulse_h: float = np.inf, repeats: int = 1) -> str:
    """What was done, in one line."""
    pulse = (
        f" after {'a pulse' if repeats == 1 else f'{repeats} pulses'} of {pulse_h:g} h"
        if np.isfinite(pulse_h)
        else ""
    )
    return f"{line.label}, {drug}, read at {hours:g} h{pulse}"
