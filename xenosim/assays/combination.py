"""Two drugs on one plate: fixed ratio or matrix, together or one after the other; no synergy
constant anywhere (MODEL.md P13).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from xenosim.analysis.combination import ci_summary, ci_table
from xenosim.assays.culture import Line
from xenosim.assays.measurement import Measurement
from xenosim.assays.plate import Layout, check_doses, check_drugs, read_plate
from xenosim.assays.viability import dose_response
from xenosim.errors import ParameterError, TableError
from xenosim.pharmacology.target import Pulse

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

DESIGNS = ("fixed", "matrix")
SCHEDULES = ("together", "first-a", "first-b")
#: Lowest and highest dose tried for an IC50 [nM].
MIN_DOSE_NM, MAX_DOSE_NM = 0.1, 1e4
#: Ratios of doses that differ by less than this are one ratio [fold].
SAME_RATIO = 1.01


#: What the rows of the summary are called.
ENDPOINTS = {
    "ci_median": "median over the grid",
    "ci_ed50": "at the 50 % effect",
    "ci_ed75": "at the 75 % effect",
    "ci_ed90": "at the 90 % effect",
}


@dataclass(frozen=True)
class Interaction(Measurement):
    """Two drugs together. ``wells``: one row per well; ``pairs``: combination index, Bliss, HSA and
    Loewe per pair of doses; ``summary``: means and EDs.
    """

    title: str
    drugs: tuple[str, str]
    wells: pd.DataFrame
    pairs: pd.DataFrame
    summary: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """Wells, pairs and summary."""
        return {"wells": self.wells, "pairs": self.pairs, "summary": self.summary}

    def facts(self) -> dict[str, Any]:
        """The title, the drugs and the summary."""
        return {
            "title": self.title,
            "pair": list(self.drugs),
            "summary": self.summary.to_dict("records"),
        }

    @classmethod
    def restored(cls, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> Self:
        """From the three tables, the title and the drugs."""
        first, second = facts["pair"]
        return cls(facts["title"], (first, second), **tables)

    def __str__(self) -> str:
        lines = [
            self.title,
            "",
            (
                f"{'combination index (Chou-Talalay)':36}{'estimate':>10}"
                f"{'95 % interval':>20}{'pairs':>7}"
            ),
        ]
        for row in self.summary.itertuples():
            beyond = "   a drug alone never reached it" if row.is_extrapolated else ""
            lines.append(
                f"{ENDPOINTS.get(row.endpoint, row.endpoint):36}{row.estimate:>10.3g}"
                f"{f'{row.ci_low:.3g} to {row.ci_high:.3g}':>20}{row.n:>7}{beyond}"
            )
        bliss, hsa, loewe = (
            100 * self.pairs[name].mean() for name in ("bliss_excess", "hsa_excess", "loewe_excess")
        )
        lines.append(
            f"mean excess of effect over Bliss {bliss:+.1f}, over the better drug {hsa:+.1f}, over"
            f" Loewe {loewe:+.1f} points"
        )
        lines.append(
            "below 1: synergy; above 1: antagonism. A drug without effect of its own adds nothing"
            " to the index."
        )
        return "\n".join(lines)

    def plot(self) -> Figure:
        """The combination index of every pair."""
        from xenosim.viz.combination import combination_index_figure

        return combination_index_figure(self.pairs, self.title)

    def plots(self, name: str = "combination_index") -> dict[str, Figure]:
        """Combination index, isobologram and Bliss surface, by name; an effect that was not reached
        has no isobologram.
        """
        from xenosim.viz.combination import bliss_figure, isobologram_figure

        is_matrix = len(self.pairs) > self.pairs["dose_a_nM"].nunique()
        figures = {"combination_index": self.plot()}
        try:
            figures["isobologram"] = isobologram_figure(
                self.wells, self.drugs, self.title, along="dose_b_nM" if is_matrix else "ratio"
            )
        except TableError:
            pass
        if is_matrix:
            figures["bliss"] = bliss_figure(self.pairs, self.drugs, self.title)
        return figures


def dose_pairs(
    doses_a: Sequence[float], doses_b: Sequence[float], design: str
) -> list[tuple[float, float]]:
    """Every dose alone [nM], then the pairs: all of them (matrix), or the k-th with the k-th
    (fixed), and the untreated control first.

    Raises
    ------
    ParameterError
        Unknown design; for a fixed ratio, lists of different length or of a ratio that changes.

    Examples
    --------
    >>> dose_pairs([1.0, 2.0, 4.0], [10.0, 20.0, 40.0], "fixed")[-3:]
    [(1.0, 10.0), (2.0, 20.0), (4.0, 40.0)]
    """
    check_doses(doses_a)
    check_doses(doses_b)
    check_design(design)
    if min(len(set(doses_a)), len(set(doses_b))) < 3:
        raise ParameterError(
            "fewer than three doses of a drug",
            where="--dose",
            remedy="each drug alone needs at least three doses",
        )
    alone = [(a, 0.0) for a in doses_a] + [(0.0, b) for b in doses_b]
    if design == "matrix":
        return [(0.0, 0.0), *alone, *((a, b) for a in doses_a for b in doses_b)]
    if len(doses_a) != len(doses_b):
        raise ParameterError(
            f"{len(doses_a)} doses of one drug, {len(doses_b)} of the other",
            where="--dose",
            remedy="a fixed ratio pairs them one by one",
        )
    ratios = [a / b for a, b in zip(doses_a, doses_b, strict=True)]
    if max(ratios) > SAME_RATIO * min(ratios):
        raise ParameterError(
            f"the ratio changes from {min(ratios):.3g} to {max(ratios):.3g}",
            where="--dose",
            remedy="give both lists in one ratio, or --ratio matrix",
        )
    return [(0.0, 0.0), *alone, *zip(doses_a, doses_b, strict=True)]


def combine(
    line: Line,
    drugs: tuple[str, str],
    doses_a_nM: Sequence[float],
    doses_b_nM: Sequence[float],
    hours: float,
    design: str = "fixed",
    schedule: str = "together",
    delay_h: float = 24.0,
    layout: Layout = Layout(),
    n_boot: int = 200,
) -> Interaction:
    """Expose wells to two drugs, alone and together, read them after ``hours`` and analyse the
    grid.

    Parameters
    ----------
    line : Line
        The cells.
    drugs : tuple of str
        Drugs a and b.
    doses_a_nM, doses_b_nM : sequence of float
        Total concentrations in medium [nM].
    hours : float
        Time of the reading [h].
    design : str
        ``fixed``: the k-th dose of a with the k-th of b; ``matrix``: all pairs.
    schedule : str
        ``together``; ``first-a``: a for ``delay_h``, washed out when b begins; ``first-b``: the
        reverse.
    delay_h : float
        When the second drug begins [h].
    layout : Layout
        Cells per well, wells per pair, seed, noise.
    n_boot : int
        Bootstrap samples of the intervals.

    Raises
    ------
    ParameterError
        Unknown drugs, designs or schedules, doses that do not fit the design.
    """
    check_drugs(drugs)
    check_schedule(schedule, delay_h, hours)
    spans = exposure_spans(schedule, delay_h, hours)
    wells = [
        ({"dose_a_nM": a, "dose_b_nM": b}, exposures_to(drugs, (a, b), spans))
        for a, b in dose_pairs(doses_a_nM, doses_b_nM, design)
    ]
    table = read_plate(line, wells, hours, layout)
    order = {
        "together": "together",
        "first-a": f"{drugs[0]} first, {drugs[1]} from {delay_h:g} h",
        "first-b": f"{drugs[1]} first, {drugs[0]} from {delay_h:g} h",
    }
    return Interaction(
        f"{line.label}, {drugs[0]} + {drugs[1]}, {order[schedule]}, read at {hours:g} h",
        drugs,
        table,
        ci_table(table, n_boot, layout.seed),
        ci_summary(table, None, n_boot, layout.seed),
    )


def exposures_to(
    drugs: tuple[str, str],
    doses_nM: tuple[float, float],
    spans_h: tuple[tuple[float, float], tuple[float, float]],
) -> list[Pulse]:
    """Both drugs of one well, each over its span [nM, h]; a dose of 0 is no drug."""
    return [
        Pulse(drug, dose, *span)
        for drug, dose, span in zip(drugs, doses_nM, spans_h, strict=True)
        if dose > 0
    ]


def check_design(design: str) -> None:
    """Refuse an unknown design (ParameterError)."""
    if design not in DESIGNS:
        raise ParameterError(
            f"unknown design '{design}'", where="--ratio", remedy=f"one of {', '.join(DESIGNS)}"
        )


def check_schedule(schedule: str, delay_h: float, hours: float) -> None:
    """Refuse an unknown schedule, or a second drug [h] that comes after the reading
    (ParameterError).
    """
    if schedule not in SCHEDULES:
        raise ParameterError(
            f"unknown schedule '{schedule}'",
            where="--schedule",
            remedy=f"one of {', '.join(SCHEDULES)}",
        )
    if schedule != "together" and not 0 < delay_h < hours:
        raise ParameterError(
            f"the second drug begins at {delay_h:g} h",
            where="--delay",
            remedy=f"give a time between 0 and the reading at {hours:g} h",
        )


def exposure_spans(
    schedule: str, delay_h: float, hours: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Start and end of the exposure to drugs a and b [h].

    Examples
    --------
    >>> exposure_spans("first-b", 24.0, 72.0)
    ((24.0, 72.0), (0.0, 24.0))
    """
    whole, early, late = (0.0, hours), (0.0, delay_h), (delay_h, hours)
    return {"together": (whole, whole), "first-a": (early, late), "first-b": (late, early)}[
        schedule
    ]


def doses_about_ic50(
    line: Line, drugs: Sequence[str], hours: float, layout: Layout
) -> tuple[list[float], list[float]]:
    """Six doses of each of two drugs from an eighth of its IC50 to four times it; of a drug without
    one, up to 10 uM [nM].
    """
    lists = []
    for name in drugs:
        fit = dose_response(
            line,
            name,
            [float(d) for d in np.geomspace(MIN_DOSE_NM, MAX_DOSE_NM, 11)],
            hours,
            layout._replace(replicates=1, noise=0.0),
        ).fit
        middle = fit.ic50 if np.isfinite(fit.ic50) and fit.ic50 > 0 else MAX_DOSE_NM / 4
        lists.append([float(f"{middle * 2.0**k:.3g}") for k in range(-3, 3)])
    # One ratio throughout, which rounding would spoil.
    return lists[0], [float(lists[1][0] / lists[0][0] * dose) for dose in lists[0]]
