"""What a check is, and the kinds of them: an IC50, a share of dead cells, a fold, the effect of a
removal.

A direction becomes a band: "increase" is more than a tenth above untreated, "decrease" more than a
tenth below.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from xenosim.parameters.lines import published
from xenosim.validation.probes import annexin, band, ic50, viability

INF = math.inf
UP, DOWN = (1.1, INF), (0.0, 0.9)
IXA, BTZ, CFZ, LEN = "ixazomib", "bortezomib", "carfilzomib", "lenalidomide"
DEFINED = "the read-out is defined by what is changed"


#: One number of an experiment, by seed; the lowest and highest that are asked.
Measure = Callable[[int], float]
Limits = tuple[float, float]


class Check(NamedTuple):
    """``row``: id of the published row; ``what`` is measured in ``unit``, by ``measure(seed)``; it
    must lie within ``low`` and ``high``.

    ``published``: the number itself, NaN for a direction; ``used``: "calibration" where it went
    into a parameter, "construction" where the read-out is defined so that it cannot come out
    otherwise, else "validation"; ``note``: what the reader must know, above all the reason of a
    miss.
    """

    row: str
    what: str
    unit: str
    measure: Measure
    low: float
    high: float
    published: float = math.nan
    used: str = "validation"
    note: str = ""


def fold(
    row: str,
    what: str,
    measure: Measure,
    limits: Limits,
    note: str = "",
    used: str = "validation",
) -> Check:
    """A level over another one [fold]."""
    return Check(row, what, "fold", measure, *limits, note=note, used=used)


def potency(
    row: str,
    line: str,
    drug: str,
    hours: float,
    source: str,
    note: str = "",
    within: float = 2.0,
) -> Check:
    """An IC50, the number of the published row ``source``: met within 1.5-fold where a line was
    calibrated on it, else ``within`` a factor [-].
    """
    asked = published(source)
    value = asked.number
    within = 1.5 if asked.used == "calibration" else within
    return Check(
        row,
        f"IC50 of {drug}, {line}, {hours:g} h",
        "nM",
        lambda seed: ic50(line, drug, hours, seed, value),
        value / within,
        value * within,
        value,
        asked.used,
        note,
    )


def at_least(row: str, line: str, hours: float, source: str) -> Check:
    """An IC50 above the bound of the published row ``source``."""
    bound = published(source).low
    note = f"{line} has no IC50 to calibrate on: this is the default cell"
    return Check(
        row,
        f"IC50 of ixazomib, {line}, {hours:g} h",
        "nM",
        lambda seed: ic50(line, IXA, hours, seed, bound),
        bound,
        INF,
        bound,
        note=note,
    )


def dying(row: str, line: str, dose: float, hours: float, limits: Limits, note: str = "") -> Check:
    """Annexin V positive cells [%] under ixazomib ``dose`` [nM], between ``limits``."""
    return Check(
        row,
        f"Annexin V, {line}, {dose:g} nM, {hours:g} h",
        "%",
        lambda seed: annexin(line, IXA, dose, hours, seed),
        *limits,
        note=note,
    )


def apoptosis(row: str, line: str, dose: float, hours: float, source: str, note: str = "") -> Check:
    """Annexin V positive cells within ten points of the published row ``source``."""
    asked = published(source)
    limits = (asked.number - 10.0, min(asked.number + 10.0, 100.0))
    check = dying(row, line, dose, hours, limits, note)
    return check._replace(published=asked.number, used=asked.used)


def removal(
    row: str,
    what: str,
    line: str,
    drug: str,
    dose: float,
    hours: float,
    perturb: str,
    limits: Limits,
    note: str = "",
    used: str = "validation",
) -> Check:
    """Death with a perturbation over death without it."""
    return Check(
        row,
        what,
        "fold",
        lambda s: (
            annexin(line, drug, dose, hours, s, perturb)
            / max(annexin(line, drug, dose, hours, s), 1e-9)
        ),
        *limits,
        used=used,
        note=note,
    )


def ratio(row: str, line: str, top: str, bottom: str, source: str, note: str = "") -> Check:
    """IC50 of one drug over that of another, within 2-fold of the published row ``source``."""
    asked = published(source)
    what = f"IC50 of {top} over {bottom}, {line}, 72 h"
    return Check(
        row,
        what,
        "fold",
        lambda s: ic50(line, top, 72.0, s) / ic50(line, bottom, 72.0, s, 3.0),
        asked.number / 2,
        asked.number * 2,
        asked.number,
        asked.used,
        note,
    )


def resistance(row: str, child: str, parent: str, drug: str, source: str, note: str = "") -> Check:
    """IC50 of a subline over that of its parent, within 2-fold of the published row ``source``."""
    asked = published(source)
    what, about = (
        f"resistance factor to {drug}, {child} over {parent}, 72 h",
        3.0 if drug != IXA else 30.0,
    )
    return Check(
        row,
        what,
        "fold",
        lambda s: (
            ic50(child, drug, 72.0, s, about * asked.number) / ic50(parent, drug, 72.0, s, about)
        ),
        asked.number / 2,
        asked.number * 2,
        asked.number,
        asked.used,
        note,
    )


def band_of(line: str, marker: str, dose: float, hours: float) -> Measure:
    """A marker's band under ixazomib ``dose`` [nM] after ``hours`` [h]."""
    return lambda seed: band(line, IXA, dose, marker, hours, seed)


def saturating(line: str, marker: str) -> Measure:
    """A marker's band under 10 uM ixazomib after a day."""
    return band_of(line, marker, 10_000.0, 24.0)


def falls(line: str) -> Measure:
    """Viability at 10 over that at 100 nM, 72 h."""
    return lambda seed: (
        viability(line, IXA, 10.0, 72.0, seed) / max(viability(line, IXA, 100.0, 72.0, seed), 0.1)
    )


def rises(line: str, marker: str, dose: float) -> Measure:
    """The smallest step of a course, 8 h over 2 h and 24 h over untreated."""
    return lambda seed: min(
        band(line, IXA, dose, marker, 8.0, seed) / band(line, IXA, dose, marker, 2.0, seed),
        band(line, IXA, dose, marker, 24.0, seed),
    )
