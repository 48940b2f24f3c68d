"""A plate: wells of the same cells under different treatments, read once (MODEL.md P9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.assays.culture import Culture, Line
from xenosim.cell.params import log_sd, median_of
from xenosim.cell.rng import Purpose, generator
from xenosim.errors import ParameterError, suggest
from xenosim.parameters.load import available
from xenosim.pharmacology.target import Pulse

if TYPE_CHECKING:
    import pandas as pd


#: Most cells of a well at its reading [cells].
MAX_CELLS = 2e6
#: More doublings than any well can hold [-].
MOST_DOUBLINGS = 60.0
#: Signal of untreated wells below which they are dying by themselves [of the cells seeded].
LEAST_UNTREATED = 0.1


class Layout(NamedTuple):
    """How a plate is seeded and read: ``cells`` per well, ``replicates``, ``seed`` [-]; ``noise``:
    CV of the plate reader [-].
    """

    cells: int = 2000
    replicates: int = 3
    seed: int = 1
    noise: float = 0.0

    def well_seed(self, replicate: int) -> int:
        """Seed of the cells of a replicate, from 1 on, the same under every treatment: common
        random numbers, as one suspension is split over a plate.

        Examples
        --------
        >>> Layout(seed=2).well_seed(3)
        2003
        """
        return self.seed * 1000 + replicate


def reading_error(cv: float, rng: np.random.Generator) -> float:
    """Lognormal factor of one reading [-], mean 1 and coefficient of variation ``cv`` [-]."""
    spread = log_sd(cv)
    return median_of(float(np.exp(spread * rng.standard_normal())), spread)


def check_layout(hours: float, layout: Layout) -> None:
    """Refuse a plate that cannot be read (ParameterError)."""
    if not 0 < hours <= 2000:
        raise ParameterError(
            f"a reading at {hours:g} h",
            where="--hours",
            remedy="give a time above 0 and up to 2000 h",
        )
    if layout.cells < 10 or layout.replicates < 1:
        raise ParameterError(
            "too few cells or wells",
            where="--cells, --replicates",
            remedy="seed 10 cells and 1 well at least",
        )
    if not 0 <= layout.noise <= 1:
        raise ParameterError(
            f"a noise of {layout.noise:g}",
            where="--noise",
            remedy="give a CV between 0 and 1, e.g. 8 %",
        )


def check_growth(line: Line, hours: float, layout: Layout) -> None:
    """Refuse wells that would outgrow memory and time: a well is never full here
    (ParameterError).
    """
    at_end = layout.cells * 2.0 ** min(hours / line.traits.cycle_h, MOST_DOUBLINGS)
    if at_end > MAX_CELLS:
        remedy = f"seed fewer cells or read earlier: up to {MAX_CELLS:.0e} cells are followed"
        raise ParameterError(
            f"{layout.cells} cells doubling every {line.traits.cycle_h:g} h would be {at_end:.2g}"
            f" after {hours:g} h",
            where="--cells, --hours",
            remedy=remedy,
        )


def check_drugs(names: Sequence[str]) -> None:
    """Refuse drugs that are not in the library (ParameterError with the nearest name)."""
    known = available("drug")
    for name in names:
        if name not in known:
            raise ParameterError(
                f"there is no drug '{name}'{suggest(name, known)}",
                where="--drug",
                remedy=f"known: {', '.join(known)}",
            )


def check_doses(doses_nM: Sequence[float]) -> None:
    """Refuse doses that are not numbers above 0, or none at all (ParameterError)."""
    if not len(doses_nM) or not np.isfinite(doses_nM).all() or min(doses_nM) <= 0:
        raise ParameterError(
            "doses must be numbers above 0", where="--dose", remedy='give e.g. "1..1000 nM"'
        )


def check_plate(
    line: Line,
    wells: Sequence[tuple[dict[str, Any], Sequence[Pulse]]],
    hours: float,
    layout: Layout,
) -> None:
    """Refuse a plate that :func:`read_plate` would not read (ParameterError)."""
    check_layout(hours, layout)
    check_growth(line, hours, layout)
    check_drugs([pulse.drug for _, pulses in wells for pulse in pulses])


def read_plate(
    line: Line,
    wells: Sequence[tuple[dict[str, Any], Sequence[Pulse]]],
    hours: float,
    layout: Layout,
) -> pd.DataFrame:
    """Treat wells, read all at ``hours``.

    Parameters
    ----------
    line : Line
        The cells.
    wells : sequence of (labels, pulses)
        One entry per treatment, with the columns that name it; one of them holds no pulses: the
        untreated control.
    hours : float
        Time of the reading [h].
    layout : Layout
        Cells, replicates, seed, noise.

    Returns
    -------
    DataFrame
        One row per well: the labels, replicate, living [cells], signal [cells], viability [share of
        the untreated mean], viable, early, late [shares], resistant [share of living cells].
    """
    import pandas as pd

    check_plate(line, wells, hours, layout)
    rng = generator(layout.seed, Purpose.WELL_READINGS)
    rows, untreated = [], []
    for labels, pulses in wells:
        for replicate in range(1, layout.replicates + 1):
            well = Culture(line, layout.cells, pulses, seed=layout.well_seed(replicate))
            well.run_until(hours)
            signal = well.signal() * reading_error(layout.noise, rng)
            if not pulses:
                untreated.append(signal)
            row = {
                "replicate": replicate,
                "living": well.living(),
                "signal": signal,
                **well.gates()._asdict(),
                "resistant": well.resistant(),
            }
            rows.append(labels | row)
    if float(np.mean(untreated)) < LEAST_UNTREATED * layout.cells:
        raise ParameterError(
            f"untreated {line.label} cells die by themselves: nothing to compare with",
            where="--line, --perturb",
            remedy="milder perturbations",
        )
    table = pd.DataFrame(rows)
    table.insert(
        table.columns.get_loc("signal") + 1,
        "viability",
        table["signal"] / float(np.mean(untreated)),
    )
    return table
