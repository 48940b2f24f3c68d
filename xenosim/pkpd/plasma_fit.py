"""One to three compartments with a depot for each route, fitted to tables of concentration against
time after single doses.

A fit, not an interpolation: a study doses again and goes on after the last sample, and only a
linear model says what happens then. The number of compartments is that of the least AICc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np

from xenosim.errors import ParameterError
from xenosim.pkpd.disposition import Array, Disposition
from xenosim.tabular import Mistakes, Table, number, read_table
from xenosim.units import convert

#: Compartments that are tried; the AICc by which a larger model must be better [-].
MOST_COMPARTMENTS, BETTER = 3, 2.0
#: Standard normal quantile of 95 % [-]: an interval holds 90 %. One of more than this says that a
#: value is not identified [fold].
_Z95, OPEN_FOLD = 1.6448536269514722, 10.0
#: First guesses of a distribution volume and exchange over those of one compartment [-], of ka
#: [1/h] and of F [-]; how far a value may move from its guess in the logarithm [-].
SPREADS, KA_GUESS, F_GUESS, FAR = ((0.5, 2.0, 1.0), (0.2, 5.0, 0.3)), 1.0, 0.5, 12.0
#: Volume of a compartment over the one before it, as a first guess [-].
DEEPER = 3.0
#: mg/L in a g/mm3, and mg in a ng.
MG_PER_L, MG_PER_NG = 1e9, 1e-6
#: Least concentration and sum of squares, of which logarithms can be taken.
TINY, LEAST_SQUARES = 1e-300, 1e-12
#: Factors on the first guess of ka that are tried [-].
SPEEDS = (0.3, 3.0)
#: Half-lives of the fastest phase within which the first sample must fall, and tables within which
#: one of the slowest must [-].
PHASE_BEFORE, PHASE_AFTER = 2.0, 3.0
#: Half-lives that a table must span for its last phase to be seen [-].
SEEN = 2.0
#: Names of the columns.
TIMES, VALUES = ("time", "hour", "hours", "t"), ("concentration", "conc", "c", "dv", "plasma")
BELOW = ("blq", "bql", "<loq", "lloq", "bloq", "nd")


class PlasmaTable(NamedTuple):
    """One dose and what was measured after it: ``dose_mg_per_kg`` by ``route``; ``times_h`` (n,)
    [h] and ``mg_per_l`` (n,) [mg/L], of all animals; ``left_out`` rows below the limit.
    """

    file: str
    route: str
    dose_mg_per_kg: float
    times_h: Array
    mg_per_l: Array
    left_out: int


@dataclass(frozen=True)
class PlasmaFit:
    """What fits: ``disposition``; ``ka`` [1/h] and ``f`` [-] by route; ``intervals``: 90 % of each
    parameter, named as in a drug file; ``aicc`` of each number of compartments; ``fold``: typical
    distance of a concentration from the curve; ``notes``.
    """

    disposition: Disposition
    ka: dict[str, float]
    f: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    aicc: dict[int, float]
    fold: float
    notes: tuple[str, ...] = field(default=())

    @property
    def values(self) -> dict[str, float]:
        """Every parameter that was found, named as in a drug file, in internal units."""
        found = {name: value for name, value in self.disposition._asdict().items() if value > 0.0}
        for route, ka in self.ka.items():
            found |= {f"ka_{route.lower()}": ka, f"f_{route.lower()}": self.f[route]}
        return found


def read_plasma(
    path: str | Path, route: str, dose_mg_per_kg: float, molar_mass: float | None = None
) -> PlasmaTable:
    """Read a table with one row per sample: time and concentration, their units in the header, as
    in ``time (h),concentration (ng/mL)``; other columns are not read, but for ``animal``.

    Raises
    ------
    XenosimError
        Every mistake: columns or units that are missing, concentrations below zero, times that
        fall within an animal, molar units without a molar mass.
    """
    table = read_table(path)
    mistakes = Mistakes(ParameterError, path)
    time, time_unit = _column(table, TIMES, "time (h)", mistakes)
    value, value_unit = _column(table, VALUES, "concentration (ng/mL)", mistakes)
    mistakes.check()
    hours = convert(1.0, time_unit, "time", where=f"{path}: {time}")
    scale = _scale(value_unit, molar_mass, f"{path}: {value}")
    animal = next((c for c in table.columns if c.lower() in ("animal", "subject", "id")), "")
    return _rows(table, (time, value, animal), (hours, scale), (route, dose_mg_per_kg), mistakes)


def _column(
    table: Table, names: Sequence[str], example: str, mistakes: Mistakes
) -> tuple[str, str]:
    """The column that begins with one of ``names``, and the unit behind it in brackets."""
    for column in table.columns:
        word, _, rest = column.strip().lower().replace("[", "(").partition("(")
        if word.strip(" _") in names:
            if not rest:
                mistakes.add(f"'{column}' has no unit", line=1, remedy=f"write e.g. '{example}'")
            start = max(column.find("("), column.find("["))
            return column, column[start + 1 :].strip(" )]")
    mistakes.add(f"there is no column {names[0]}", line=1, remedy=f"name one '{example}'")
    return "", ""


def _scale(unit: str, molar_mass: float | None, where: str) -> float:
    """Factor to mg/L of a unit of concentration."""
    if "mol" not in unit.lower() and not unit.endswith("M"):
        return MG_PER_L * convert(1.0, unit, "mass_density", where=where)
    if molar_mass is None:
        raise ParameterError(
            f"concentrations in {unit} need the molar mass",
            where=where,
            remedy='add --set "molar_mass=400 g/mol"',
        )
    return convert(1.0, unit, "concentration", where=where) * molar_mass * MG_PER_NG


def _rows(
    table: Table,
    columns: tuple[str, str, str],
    scales: tuple[float, float],
    dosed: tuple[str, float],
    mistakes: Mistakes,
) -> PlasmaTable:
    time, measured, animal = columns
    animals = table.texts(animal) if animal else [""] * len(table.rows)
    texts, last = table.texts(measured), dict[str, float]()
    times, found, left_out = [], [], 0
    for k, hour in enumerate(table.numbers(time, mistakes)):
        line = table.lines[k]
        if not texts[k]:
            continue
        below = texts[k].lower() in BELOW
        value = 0.0 if below else number(texts[k], table.decimal_comma)
        if value is None or not math.isfinite(value):
            mistakes.add(f"concentration '{texts[k]}'", line=line, remedy="a number, or BLQ")
            continue
        if hour is None or hour < 0.0:
            mistakes.add("a time is missing or before the dose", line=line, remedy="hours from it")
            continue
        if hour < last.get(animals[k], 0.0):
            mistakes.add(
                f"time {hour:g} after {last[animals[k]]:g}",
                line=line,
                remedy="give times in rising order, or a column 'animal'",
            )
        last[animals[k]] = hour
        if value < 0.0:
            mistakes.add(f"concentration {value:g} is below zero", line=line, remedy="write BLQ")
        elif value == 0.0:
            left_out += 1
        else:
            times.append(hour * scales[0])
            found.append(value * scales[1])
    mistakes.check()
    return PlasmaTable(str(mistakes.path), *dosed, np.array(times), np.array(found), left_out)


def fit_plasma(tables: Sequence[PlasmaTable], f: dict[str, float] | None = None) -> PlasmaFit:
    """Fit all tables together: least squares of ln concentration, each number of compartments from
    several first guesses, the least AICc.

    Parameters
    ----------
    tables : sequence of PlasmaTable
        Tables of one drug.
    f : dict, optional
        Bioavailability by route [-], where no table IV tells it.

    Raises
    ------
    ParameterError
        Too few samples; a route without F and without a table IV; nothing that fits.
    """
    routes = list(dict.fromkeys(t.route for t in tables if t.route != "IV"))
    with_iv, given = any(t.route == "IV" for t in tables), dict(f or {})
    for route in routes:
        if not with_iv and route not in given:
            raise ParameterError(
                f"a table {route} alone tells clearance over F, not both",
                where="--pk",
                remedy=f'add a table IV, or --set "f_{route.lower()}=0.4"',
            )
    n = sum(t.times_h.size for t in tables)
    free = [route for route in routes if route not in given]
    fits: dict[int, _Tried] = {}
    for count in range(1, MOST_COMPARTMENTS + 1):
        size = 2 * count + len(routes) + len(free)
        if n >= size + 3:
            fits[count] = _best(tables, count, routes, free, given)
    if not fits:
        raise ParameterError(
            f"{n} samples above the limit are too few for one compartment",
            where="--pk",
            remedy=f"give at least {5 + len(routes) + len(free)}",
        )
    chosen = min(fits)
    for count in fits:
        seen = count == chosen or _is_seen(
            tables, _unpack(fits[count].x, count, routes, free, given)[0]
        )
        if seen and fits[count].aicc < fits[chosen].aicc - BETTER:
            chosen = count
    return _fit(tables, fits, chosen, routes, free, given)


def _is_seen(tables: Sequence[PlasmaTable], found: Disposition) -> bool:
    """Whether samples fall into every phase of a disposition: one that is over before the first, or
    begins after the last, follows single samples and moves the clearance at will.
    """
    rates = found.phases()[0]
    first = min(float(t.times_h[t.times_h > 0.0].min(initial=math.inf)) for t in tables)
    last = max(float(t.times_h.max()) for t in tables)
    half_lives = math.log(2.0) / rates
    return bool(half_lives[0] * PHASE_BEFORE > first and half_lives[-1] < PHASE_AFTER * last)


class _Tried(NamedTuple):
    """A fit: logarithms of its parameters, sum of squares, AICc, standard errors."""

    x: Array
    squares: float
    aicc: float
    errors: Array


def _unpack(
    x: Array, count: int, routes: Sequence[str], free: Sequence[str], given: dict[str, float]
) -> tuple[Disposition, dict[str, float], dict[str, float]]:
    values = [float(v) for v in np.exp(x)]
    ka = dict(zip(routes, values[2 * count :], strict=False))
    f = given | dict(zip(free, values[2 * count + len(routes) :], strict=True))
    return Disposition(*values[: 2 * count]), ka, f


def _best(
    tables: Sequence[PlasmaTable],
    count: int,
    routes: Sequence[str],
    free: Sequence[str],
    given: dict[str, float],
) -> _Tried:
    from scipy.optimize import least_squares

    def residuals(x: Array) -> Array:
        disposition, ka, f = _unpack(x, count, routes, free, given)
        parts = []
        for t in tables:
            if t.route == "IV":
                curve = disposition.after_bolus(t.dose_mg_per_kg, t.times_h)
            else:
                dose = f[t.route] * t.dose_mg_per_kg
                curve = disposition.after_depot(dose, ka[t.route], t.times_h)
            parts.append(np.log(np.maximum(curve, TINY) / t.mg_per_l))
        return np.concatenate(parts)

    found = []
    for guess in _guesses(tables, count, routes, free):
        ends = (guess - FAR, guess + FAR)
        ends[1][2 * count + len(routes) :] = 0.0
        found.append(least_squares(residuals, guess, bounds=ends, x_scale="jac"))
    best = min(found, key=lambda each: each.cost)
    squares, n, p = max(2.0 * float(best.cost), LEAST_SQUARES), best.fun.size, best.x.size + 1
    aicc = n * math.log(squares / n) + 2.0 * p * n / max(n - p - 1, 1)
    spread = np.linalg.pinv(best.jac.T @ best.jac) * squares / max(n - best.x.size, 1)
    return _Tried(best.x, squares, aicc, np.sqrt(np.maximum(np.diag(spread), 0.0)))


def _guesses(
    tables: Sequence[PlasmaTable], count: int, routes: Sequence[str], free: Sequence[str]
) -> list[Array]:
    """First guesses: clearance from the area under the first table, a volume from its peak."""
    first = next((t for t in tables if t.route == "IV"), tables[0])
    order = np.argsort(first.times_h, kind="stable")
    times, values = first.times_h[order], first.mg_per_l[order]
    area = max(float(np.trapezoid(values, times)), LEAST_SQUARES)
    cl, volume = first.dose_mg_per_kg / area, first.dose_mg_per_kg / float(values.max())
    tail = [KA_GUESS] * len(routes) + [F_GUESS] * len(free)
    found = []
    for share, exchange, slower in SPREADS:
        parts = [cl, share * volume]
        for k in range(1, count):
            parts += [exchange * cl * slower ** (k - 1), volume * DEEPER**k]
        for speed in SPEEDS if routes else SPEEDS[:1]:
            scaled = [speed * v for v in tail[: len(routes)]] + tail[len(routes) :]
            found.append(np.log(np.array([*parts, *scaled])))
    return found


def _fit(
    tables: Sequence[PlasmaTable],
    fits: dict[int, _Tried],
    count: int,
    routes: Sequence[str],
    free: Sequence[str],
    given: dict[str, float],
) -> PlasmaFit:
    tried = fits[count]
    disposition, ka, f = _unpack(tried.x, count, routes, free, given)
    names = ["cl", "v1", "q2", "v2", "q3", "v3"][: 2 * count]
    names += [f"ka_{route.lower()}" for route in routes]
    names += [f"f_{route.lower()}" for route in free]
    ends = np.minimum(_Z95 * tried.errors, FAR)
    intervals = {
        name: (math.exp(x - end), min(math.exp(x + end), 1.0 if name[0] == "f" else math.inf))
        for name, x, end in zip(names, tried.x, ends, strict=True)
    }
    n = sum(t.times_h.size for t in tables)
    fold = math.exp(math.sqrt(tried.squares / max(n - tried.x.size, 1)))
    notes = _notes(tables, disposition, intervals, {c: t.aicc for c, t in fits.items()})
    return PlasmaFit(
        disposition, ka, f, intervals, {c: t.aicc for c, t in fits.items()}, fold, tuple(notes)
    )


def _notes(
    tables: Sequence[PlasmaTable],
    disposition: Disposition,
    intervals: dict[str, tuple[float, float]],
    aicc: dict[int, float],
) -> list[str]:
    """What was left out, what is not identified, and what is extrapolated."""
    notes = []
    left_out = sum(t.left_out for t in tables)
    if left_out:
        notes.append(f"samples below the limit, left out: {left_out}")
    open_ = [name for name, (low, high) in intervals.items() if high > OPEN_FOLD * low]
    if open_:
        notes.append(f"not identified by these samples: {', '.join(open_)}")
    last, half = max(float(t.times_h.max()) for t in tables), disposition.half_life_h()
    notes.append(
        f"after the last sample, {last:g} h, concentrations are extrapolated with the terminal"
        f" half-life, {half:.3g} h"
        + (": the table ends before that phase is seen" if last < SEEN * half else "")
    )
    if len(aicc) > 1:
        tried = ", ".join(f"{count}: {value:.1f}" for count, value in aicc.items())
        notes.append(f"AICc by number of compartments {tried}")
    return notes
