"""Lysates over time: blot, PCR and ChIP as fold change against untreated cells (MODEL.md P11)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from xenosim.assays.culture import Culture, Line
from xenosim.assays.measurement import Measurement
from xenosim.assays.plate import Layout, check_drugs, check_growth, check_layout, reading_error
from xenosim.cell.readouts import MESSAGES, NODES, PROTEINS, Column, Snapshot, chop_on_dr5
from xenosim.cell.rng import Purpose, generator
from xenosim.errors import ParameterError, suggest
from xenosim.parameters.load import load_set
from xenosim.pharmacology.target import Pulse

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

Readout = Callable[[Snapshot], Column]
#: Promoters whose occupancy by a factor the model has.
PROMOTERS: dict[tuple[str, str], Readout] = {("CHOP", "DR5"): chop_on_dr5}


@dataclass(frozen=True)
class TimeCourse(Measurement):
    """``table``: one row per time, marker and replicate: time_h [h], marker, replicate, level and
    untreated [-], fold [-].
    """

    parameter_sets = ("dish", "readouts")
    title: str
    table: pd.DataFrame

    def tables(self) -> dict[str, pd.DataFrame]:
        """The levels."""
        return {"levels": self.table}

    def facts(self) -> dict[str, Any]:
        """The title."""
        return {"title": self.title}

    @classmethod
    def restored(cls, tables: Mapping[str, pd.DataFrame], facts: Mapping[str, Any]) -> Self:
        """From the table and the title."""
        return cls(facts["title"], tables["levels"])

    def __str__(self) -> str:
        means = (
            self.table.groupby(["marker", "time_h"], sort=False)["fold"].mean().unstack("time_h")
        )
        lines = [
            f"{self.title}; fold of untreated cells at the same time",
            f"{'':>12}" + "".join(f"{f'{t:g} h':>9}" for t in means.columns),
        ]
        lines += [
            f"{marker:>12}"
            + "".join(f"{'-' if math.isnan(value) else f'{value:.2f}':>9}" for value in row)
            for marker, row in zip(means.index, means.to_numpy(), strict=True)
        ]
        return "\n".join(lines)

    def plot(self) -> Figure:
        """Fold change of every marker over time."""
        from xenosim.viz.response import course_figure

        return course_figure(self.table, self.title)


def known(names: Sequence[str], options: Mapping[str, object], what: str) -> list[str]:
    """The spelled-out names of markers given in any letter case; ParameterError names the
    nearest.
    """
    by_letters = {name.lower(): name for name in options}
    for name in names:
        if name.strip().lower() not in by_letters:
            near = suggest(name.strip(), options)
            raise ParameterError(
                f"there is no {what} '{name.strip()}'{near}",
                where="--markers",
                remedy=f"one of {', '.join(options)}",
            )
    return [by_letters[name.strip().lower()] for name in names]


def chosen(text: str, options: Mapping[str, object], what: str) -> list[str]:
    """Markers separated by commas, or "all" of them; ParameterError names the nearest.

    Examples
    --------
    >>> chosen("chop, BiP", {"CHOP": 1, "BiP": 2, "DR5": 3}, "marker")
    ['CHOP', 'BiP']
    """
    if text.strip().lower() == "all":
        return list(options)
    return known(text.split(","), options, what)


def promoter_site(factor: str, promoter: str) -> tuple[str, str]:
    """Factor and promoter as the model spells them; ParameterError if it has no such site."""
    site = (factor.upper(), promoter.upper())
    if site not in PROMOTERS:
        listed = ", ".join(f"{f} at {p}" for f, p in PROMOTERS)
        raise ParameterError(
            f"the model has no {factor} at the {promoter} promoter",
            where="--factor, --promoter",
            remedy=f"known: {listed}",
        )
    return site


def blot(
    line: Line,
    pulses: Sequence[Pulse],
    times_h: Sequence[float],
    markers: Sequence[str],
    layout: Layout = Layout(),
) -> TimeCourse:
    """Protein levels of ``markers`` at ``times_h`` [h], as band intensities over those of untreated
    cells.

    ``layout.noise`` is the CV of a band [-]; replicates are lysates of wells seeded apart.

    Raises
    ------
    ParameterError
        Unknown markers or drugs, or no time.
    """
    names = known(markers, NODES, "marker")
    return _followed_course(
        line, pulses, times_h, {name: NODES[name][0] for name in names}, layout, "blot", PROTEINS
    )


def qpcr(
    line: Line,
    pulses: Sequence[Pulse],
    times_h: Sequence[float],
    markers: Sequence[str],
    layout: Layout = Layout(),
) -> TimeCourse:
    """mRNA of ``markers`` at ``times_h`` [h], over untreated cells: dM/dt = ln2/half-life (drive -
    M); parameters as in :func:`blot`.
    """
    names = known(markers, MESSAGES, "mRNA")
    return _followed_course(
        line,
        pulses,
        times_h,
        {name: MESSAGES[name][0] for name in names},
        layout,
        "qPCR",
        {n: MESSAGES[n][1] for n in names},
    )


def chip(
    line: Line,
    pulses: Sequence[Pulse],
    times_h: Sequence[float],
    factor: str,
    promoter: str,
    layout: Layout = Layout(),
) -> TimeCourse:
    """Occupancy of ``promoter`` by ``factor`` at ``times_h`` [h], over untreated cells; parameters
    as in :func:`blot`.
    """
    site = promoter_site(factor, promoter)
    return _followed_course(
        line, pulses, times_h, {f"{site[0]} at {site[1]}": PROMOTERS[site]}, layout, "ChIP"
    )


def levels(
    line: Line,
    pulses: Sequence[Pulse],
    hours: float,
    readouts: Mapping[str, Readout],
    cells: int,
    seed: int,
) -> dict[str, np.ndarray]:
    """Mean level [-] of every read-out before the first step and after each, shape (steps + 1,);
    zero once no cell is left.
    """
    well = Culture(line, cells, pulses, seed=seed)
    found = []
    for step in range(well.steps_to(hours) + 1):
        if step:
            well.step()
        lysate = well.snapshot()
        found.append(
            [
                float(np.mean(readout(lysate))) if lysate.dead.size else 0.0
                for readout in readouts.values()
            ]
        )
    return dict(zip(readouts, np.array(found).T, strict=True))


def half_life_of(marker: str, names: Mapping[str, str | None]) -> float:
    """Half-life [h] of a ``marker``, by the ``names`` of parameters of ``readouts.yaml``; 0 of one
    that has none of its own.
    """
    name = names.get(marker)
    return load_set("readouts").value(name) if name else 0.0


def followed(drive: np.ndarray, half_life_h: float, dt_h: float = 1.0) -> np.ndarray:
    """A level [-] that relaxes to ``drive`` (n,) [-] with a half-life [h], at rest at the start;
    the drive itself for a half-life of 0.
    """
    kept = 0.5 ** (dt_h / half_life_h) if half_life_h > 0 else 0.0
    out = np.array(drive, np.float64)
    for k in range(1, out.size):
        out[k] = drive[k] + (out[k - 1] - drive[k]) * kept
    return out


def check_course(
    line: Line, pulses: Sequence[Pulse], times_h: Sequence[float], layout: Layout
) -> None:
    """Refuse times [h] before the drug, wells that cannot be read at them, and unknown drugs
    (ParameterError).
    """
    if not len(times_h) or not np.isfinite(times_h).all() or min(times_h) < 0:
        raise ParameterError(
            "no time, or one that is not from 0 h on",
            where="--times",
            remedy="give e.g. --times 0,4,8,24",
        )
    check_layout(max(*times_h, 1.0), layout)
    check_growth(line, max(times_h), layout)
    check_drugs([pulse.drug for pulse in pulses])


def _followed_course(
    line: Line,
    pulses: Sequence[Pulse],
    times_h: Sequence[float],
    readouts: Mapping[str, Readout],
    layout: Layout,
    kind: str,
    half_lives: Mapping[str, str | None] = {},  # noqa: B006 - never changed
) -> TimeCourse:
    """Treated and untreated wells, lysed at ``times_h`` [h] in every replicate."""
    import pandas as pd

    check_course(line, pulses, times_h, layout)
    if not readouts:
        raise ParameterError("no marker", where="--markers", remedy="give e.g. --markers CHOP")
    rng = generator(layout.seed, Purpose.BLOT_READINGS)
    rows = []
    for replicate in range(1, layout.replicates + 1):
        seed = layout.well_seed(replicate)
        treated, untreated = (
            levels(line, given, max(times_h), readouts, layout.cells, seed)
            for given in (pulses, ())
        )
        for marker in readouts:
            with_drug, without = (
                followed(side[marker], half_life_of(marker, half_lives))
                for side in (treated, untreated)
            )
            labels = {"marker": marker, "replicate": replicate}
            rows += _bands(labels, with_drug, without, times_h, layout.noise, rng)
    dosed = " + ".join(f"{p.drug} {p.concentration_nM:g} nM" for p in pulses) or "no drug"
    return TimeCourse(f"{line.label}, {dosed}, {kind}", pd.DataFrame(rows))


def _bands(
    labels: dict[str, Any],
    treated: np.ndarray,
    untreated: np.ndarray,
    times_h: Sequence[float],
    noise: float,
    rng: np.random.Generator,
) -> list[dict[str, Any]]:
    """Level, untreated level and their ratio with its reading error at every time, from hourly
    series of shape (steps + 1,) [-].
    """
    rows = []
    for time in times_h:
        level, rest = (
            float(np.interp(time, np.arange(series.size), series))
            for series in (treated, untreated)
        )
        fold = level / rest * reading_error(noise, rng) if rest > 0 else math.nan
        rows.append(
            {"time_h": float(time), **labels, "level": level, "untreated": rest, "fold": fold}
        )
    return rows
