"""Small experiments in the dish that the checks are made of; one number each [unit in the
docstring].
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from xenosim.assays.combination import Interaction, combine
from xenosim.assays.culture import Culture, Line
from xenosim.assays.drawn import applied
from xenosim.assays.library import cells as cells_by_name
from xenosim.assays.lysate import blot, chip, qpcr
from xenosim.assays.plate import Layout, read_plate
from xenosim.assays.viability import dose_response, pulses_of
from xenosim.pharmacology.target import Pulse

if TYPE_CHECKING:
    from xenosim.parameters.ensemble import Ensemble

#: Cells per well of a probe, and where probes are repeated under many parameter sets: 90 % of the
#: sets span far more than so few cells scatter.
USUAL_CELLS, FEW_CELLS = 1000, 250


class _Setting(NamedTuple):
    """Under which parameter set probes are made, None: as shipped; cells per well of a probe."""

    ensemble: Ensemble | None = None
    draw: int = 0
    cells: int = USUAL_CELLS


_settings = [_Setting()]


@contextmanager
def under(ensemble: Ensemble, draw: int) -> Iterator[None]:
    """Within, cells and drugs of every probe have the values of a ``draw`` of the ensemble, and
    wells have :data:`FEW_CELLS`.
    """
    _settings.append(_Setting(ensemble, draw, FEW_CELLS))
    try:
        _forget()
        yield
    finally:
        _settings.pop()
        _forget()


def _forget() -> None:
    """What was found under another parameter set is not found under this one."""
    for known in (cells, ic50, plate, band, level, combination):
        known.cache_clear()


def _count() -> int:
    """Cells per well of a probe."""
    return _settings[-1].cells


@cache
def cells(line: str, perturb: str = "") -> Line:
    """A line of the library, or the default cell, under perturbations separated by commas."""
    ensemble, draw, _ = _settings[-1]
    values = applied(ensemble, line).draw(draw) if ensemble else None
    return cells_by_name(line, perturb.split(",") if perturb else [], draw=values)


@cache
def ic50(
    line: str,
    drug: str,
    hours: float,
    seed: int,
    about: float = 30.0,
    pulse_h: float = math.inf,
    perturb: str = "",
) -> float:
    """IC50 [nM] over ten doses from a hundredth of ``about`` to a hundred times it; where one half
    is not reached, the highest dose: a lower bound.
    """
    doses = [float(d) for d in np.geomspace(about / 100.0, about * 100.0, 10)]
    found = dose_response(
        cells(line, perturb), drug, doses, hours, Layout(_count(), 1, seed), pulse_h
    ).fit.ic50
    return min(found, doses[-1])


@cache
def plate(
    line: str, drug: str, dose_nM: float, hours: float, seed: int, perturb: str = ""
) -> pd.Series:
    """Viability, Annexin V shares and living cells of one well [-]."""
    table = read_plate(
        cells(line, perturb),
        [({"dose": d}, pulses_of(drug, d)) for d in (0.0, dose_nM)],
        hours,
        Layout(_count(), 1, seed),
    )
    return table.iloc[1]


def annexin(
    line: str, drug: str, dose_nM: float, hours: float, seed: int, perturb: str = ""
) -> float:
    """Annexin V positive cells [%]."""
    return 100.0 * (1.0 - float(plate(line, drug, dose_nM, hours, seed, perturb)["viable"]))


def viability(
    line: str, drug: str, dose_nM: float, hours: float, seed: int, perturb: str = ""
) -> float:
    """Signal [% of untreated]."""
    return 100.0 * float(plate(line, drug, dose_nM, hours, seed, perturb)["viability"])


@cache
def band(
    line: str, drug: str, dose_nM: float, marker: str, hours: float, seed: int, perturb: str = ""
) -> float:
    """Protein level of a marker [fold of untreated cells of the same kind]."""
    course = blot(
        cells(line, perturb), pulses_of(drug, dose_nM), [hours], [marker], Layout(_count(), 1, seed)
    )
    return float(course.table["fold"].iloc[0])


@cache
def level(
    line: str, drug: str, dose_nM: float, marker: str, hours: float, seed: int, perturb: str = ""
) -> float:
    """Protein level of a marker as such [-], to compare cells of different kinds."""
    course = blot(
        cells(line, perturb), pulses_of(drug, dose_nM), [hours], [marker], Layout(_count(), 1, seed)
    )
    return float(course.table["level"].iloc[0])


def message(
    line: str, drug: str, dose_nM: float, marker: str, hours: float, seed: int, perturb: str = ""
) -> float:
    """mRNA of a marker [fold of untreated cells]."""
    return float(
        qpcr(
            cells(line, perturb),
            pulses_of(drug, dose_nM),
            [hours],
            [marker],
            Layout(_count(), 1, seed),
        )
        .table["fold"]
        .iloc[0]
    )


def promoter(line: str, drug: str, dose_nM: float, hours: float, seed: int) -> float:
    """CHOP at the DR5 promoter [fold of untreated cells]."""
    return float(
        chip(
            cells(line), pulses_of(drug, dose_nM), [hours], "CHOP", "DR5", Layout(_count(), 1, seed)
        )
        .table["fold"]
        .iloc[0]
    )


def mixed(line: str, doses_nM: dict[str, float], hours: float, marker: str, seed: int) -> float:
    """A marker under several drugs at once [fold of untreated cells]."""
    pulses = [Pulse(drug, dose, 0.0, math.inf) for drug, dose in doses_nM.items()]
    return float(
        blot(cells(line), pulses, [hours], [marker], Layout(_count(), 1, seed))
        .table["fold"]
        .iloc[0]
    )


@cache
def combination(line: str, schedule: str, seed: int) -> Interaction:
    """Ixazomib from a quarter of its IC50 to four times it with lenalidomide 0.3 to 10 uM in a
    fixed ratio, 72 h.
    """
    middle = ic50(line, "ixazomib", 72.0, seed)
    doses = [middle * 2.0**k for k in (-2, -1, 0, 1, 2)]
    return combine(
        cells(line),
        ("ixazomib", "lenalidomide"),
        doses,
        [2500.0 / middle * d for d in doses],
        72.0,
        "fixed",
        schedule,
        24.0,
        Layout(_count(), 2, seed, 0.03),
        60,
    )


def index(line: str, schedule: str, effect: str, seed: int) -> float:
    """Combination index [-] of :func:`combination`: ``ci_median`` or ``ci_ed50`` ..."""
    summary = combination(line, schedule, seed).summary.set_index("endpoint")["estimate"]
    return float(summary.get(effect, math.nan))


def bliss_excess(
    line: str, drug: str, dose_nM: float, hours: float, perturb: str, seed: int
) -> float:
    """Annexin V of drug and perturbation together over independent action [points]."""
    both, one = (
        annexin(line, drug, dose_nM, hours, seed, perturb) / 100,
        annexin(line, drug, dose_nM, hours, seed) / 100,
    )
    other = 1.0 - float(
        read_plate(cells(line, perturb), [({"dose": 0.0}, [])], hours, Layout(_count(), 1, seed))[
            "viable"
        ].iloc[0]
    )
    return 100.0 * (both - (one + other - one * other))


def recovery(
    line: str, drug: str, dose_nM: float, pulse_h: float, after_h: float, seed: int
) -> tuple[float, float]:
    """beta5 activity (1 - occupancy, times capacity) at the end of a pulse and ``after_h`` later
    [-].
    """
    well = Culture(cells(line), _count(), [Pulse(drug, dose_nM, 0.0, pulse_h)], seed=seed)
    found = []
    for time in (pulse_h, pulse_h + after_h):
        well.run_until(time)
        lysate = well.snapshot()
        found.append(float((lysate.cells.capacity * (1.0 - lysate.occupancy)).mean()))
    return found[0], found[1]


def growth(line: str, drug: str, dose_nM: float, hours: float, seed: int) -> float:
    """Living cells over those seeded [fold]."""
    return float(plate(line, drug, dose_nM, hours, seed)["living"]) / _count()


def apoptosis_onset(line: str, drug: str, dose_nM: float, seed: int, share: float = 5.0) -> float:
    """First hour at which more than ``share`` per cent of the cells are Annexin V positive [h];
    infinite if never within 72 h.
    """
    well = Culture(cells(line), _count(), pulses_of(drug, dose_nM), seed=seed)
    while well.time_h < 72.0:
        well.step()
        if 100.0 * (1.0 - well.gates().viable) > share:
            return well.time_h
    return math.inf
