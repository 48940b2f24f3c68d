"""IC50s of several lines and drugs side by side (MODEL.md P10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from xenosim.analysis.dose_response import HillFit
from xenosim.assays.culture import Line
from xenosim.assays.measurement import Measurement
from xenosim.assays.plate import Layout, check_drugs
from xenosim.assays.viability import LEAST_DOSES, dose_response
from xenosim.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Potencies(Measurement):
    """``table``: one row per line and drug with ic50_nM and its interval [nM], slope [-], the ratio
    to the first drug ``over_DRUG`` [-] and the note of the fit.
    """

    title: str
    table: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """The IC50s."""
        return {"ic50": self.table}

    def facts(self) -> dict[str, Any]:
        """The title and the rows."""
        return {"title": self.title, "ic50": self.table.to_dict("records")}

    @classmethod
    def restored(cls, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> Self:
        """From the table and the title."""
        return cls(facts["title"], tables["ic50"].astype({"line": str}))

    def __str__(self) -> str:
        lines, drugs = (list(dict.fromkeys(self.table[name])) for name in ("line", "drug"))
        width = max(14, *(len(line) + 2 for line in lines))
        text = [self.title, " " * width + "".join(f"{drug:>32}" for drug in drugs)]
        for line, rows in self.table.groupby("line", sort=False):
            cells = (f"{_potency(row):>32}" for row in rows.itertuples())
            text.append(f"{line:{width}}" + "".join(cells))
        if len(drugs) > 1:
            ratios = zip(
                self.table["line"], self.table["drug"], self.table[f"over_{drugs[0]}"], strict=True
            )
            listed = "; ".join(
                f"{line} {drug} {ratio:.3g}"
                for line, drug, ratio in ratios
                if drug != drugs[0] and np.isfinite(ratio)
            )
            text += ["", f"ratio to {drugs[0]}:  {listed}"]
        return "\n".join(text)

    def plot(self) -> Figure:
        """Every IC50 with its interval."""
        from xenosim.viz.response import compare_figure

        return compare_figure(self.table, self.title)


def _potency(row: Any) -> str:
    """An IC50 with its interval, or on which side of the doses it lies [nM]."""
    if not np.isfinite(row.ic50_nM):
        return f"> {row.ci_low:.3g}"
    if row.ic50_nM == 0:
        return f"< {row.ci_high:.3g}"
    return f"{row.ic50_nM:.3g} ({row.ci_low:.3g} to {row.ci_high:.3g})"


def compare(
    lines: Sequence[Line],
    drugs: Sequence[str],
    doses_nM: Sequence[float],
    hours: float,
    layout: Layout = Layout(),
    pulse_h: float = np.inf,
) -> Potencies:
    """IC50 of every line and drug on the same doses.

    Parameters
    ----------
    lines : sequence of Line
        The cells.
    drugs : sequence of str
        Drugs; ratios are taken to the first.
    doses_nM : sequence of float
        Total concentrations in medium [nM].
    hours : float
        Time of the reading [h].
    layout : Layout
        Cells per well, wells per dose, seed, noise.
    pulse_h : float
        Wash-out after this time [h]; by default the drug stays.

    Raises
    ------
    ParameterError
        Unknown drugs, fewer than four doses.
    """
    import pandas as pd

    check_drugs(drugs)
    check_enough(doses_nM)
    rows = []
    for line in lines:
        fits = [dose_response(line, name, doses_nM, hours, layout, pulse_h).fit for name in drugs]
        rows += [
            _row(line, name, fit, drugs[0], fits[0]) for name, fit in zip(drugs, fits, strict=True)
        ]
    after = f" after a pulse of {pulse_h:g} h" if np.isfinite(pulse_h) else ""
    return Potencies(f"IC50 (nM), read at {hours:g} h{after}", pd.DataFrame(rows))


def check_enough(doses_nM: Sequence[float]) -> None:
    """Refuse fewer doses than a Hill fit needs (ParameterError)."""
    if len(set(doses_nM)) < LEAST_DOSES:
        raise ParameterError(
            f"{len(set(doses_nM))} doses are too few for an IC50",
            where="--dose",
            remedy='give at least four, e.g. "0.1..1000 nM"',
        )


def _row(line: Line, drug: str, fit: HillFit, first_drug: str, first: HillFit) -> dict[str, Any]:
    """A row of the table; no ratio where one of the two IC50s was not reached."""
    both_reached = 0 < fit.ic50 < np.inf and 0 < first.ic50 < np.inf
    return {
        "line": line.label,
        "drug": drug,
        "ic50_nM": fit.ic50,
        "ci_low": fit.ci_low,
        "ci_high": fit.ci_high,
        "slope": fit.slope,
        f"over_{first_drug}": fit.ic50 / first.ic50 if both_reached else float("nan"),
        "note": fit.note,
    }
