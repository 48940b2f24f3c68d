"""Plasma pharmacokinetics, exact: one to three compartments per kg with depots, by the phases of
disposition (MODEL.md P1).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from xenosim.errors import RegimenError
from xenosim.pharmacology.dose import Dose, Route
from xenosim.pharmacology.plasma import PlasmaProfile, bateman

#: Most sweeps of the diagonalization of three phases: each squares what is off the diagonal [-].
SWEEPS = 50


class DrugPK(NamedTuple):
    """PK of one drug: ``cl``, ``q2``, ``q3`` [L/h/kg]; ``v1``, ``v2``, ``v3`` [L/kg]; ``ka`` [1/h]
    and ``f`` [-] by route; ``molar_mass`` [g/mol]; ``salt_factor`` mg of drug per mg of its salt
    [-]. Zero V: compartment absent.
    """

    cl: float
    v1: float
    q2: float
    v2: float
    q3: float
    v3: float
    ka: Mapping[str, float]
    f: Mapping[str, float]
    molar_mass: float
    salt_factor: float


class Phases(NamedTuple):
    """Disposition as phases beside each other: ``rates`` of decline [1/h], and ``shares``, the
    concentration in each per amount that enters the central compartment [kg/L]; a tuple of numbers
    each.
    """

    rates: tuple[float, ...]
    shares: tuple[float, ...]


def disposition(pk: DrugPK) -> Phases:
    """The phases of a drug's one to three compartments.

    Amounts over the square root of their volume change by a symmetric matrix, so that rates are
    real and phases never depend on each other, however near their rates are.

    Source: Jacobi's rotations, in plain arithmetic: no library decides the last digit.
    """
    outer = [(q, v) for q, v in ((pk.q2, pk.v2), (pk.q3, pk.v3)) if q > 0 and v > 0]
    n = 1 + len(outer)
    a = [[0.0] * n for _ in range(n)]
    a[0][0] = (pk.cl + sum(q for q, _ in outer)) / pk.v1
    for i, (q, v) in enumerate(outer, start=1):
        a[i][i] = q / v
        a[0][i] = a[i][0] = -q / math.sqrt(pk.v1 * v)
    central = [1.0] + [0.0] * (n - 1)
    for _ in range(SWEEPS):
        pairs = [(i, j) for i in range(n) for j in range(i + 1, n) if a[i][j] != 0.0]
        if not pairs:
            break
        for i, j in pairs:
            _rotate(a, central, i, j)
    return Phases(tuple(max(a[k][k], 0.0) for k in range(n)), tuple(c * c / pk.v1 for c in central))


def _rotate(a: list[list[float]], central: list[float], i: int, j: int) -> None:
    """Turn axes i and j of the symmetric matrix ``a``, and of the vector ``central``, so that
    a[i][j] becomes 0; one that is lost beside the diagonal already is left out.
    """
    off = a[i][j]
    a[i][j] = a[j][i] = 0.0
    if abs(off) <= 1e-18 * math.sqrt(abs(a[i][i] * a[j][j])):
        return
    theta = (a[j][j] - a[i][i]) / (2.0 * off)
    t = math.copysign(1.0, theta) / (abs(theta) + math.hypot(theta, 1.0))
    c = 1.0 / math.hypot(t, 1.0)
    s = t * c
    a[i][i] -= t * off
    a[j][j] += t * off
    for k in range(len(a)):
        if k not in (i, j):
            left, right = a[k][i], a[k][j]
            a[k][i] = a[i][k] = c * left - s * right
            a[k][j] = a[j][k] = s * left + c * right
    left, right = central[i], central[j]
    central[i], central[j] = c * left - s * right, s * left + c * right


class _Feeds(NamedTuple):
    """What fills plasma: the ``place`` of each route that is used, infusions among them, and the
    rate at which each feed falls [1/h].
    """

    place: Mapping[str, int]
    rates: tuple[float, ...]


class _State(NamedTuple):
    """Concentration in each phase [nM] and strength of each feed [nmol/h/kg]; never below 0."""

    phases: tuple[float, ...]
    feeds: tuple[float, ...]

    def plus(self, other: _State) -> _State:
        """Both together: the system is linear."""
        return _State(
            tuple(x + y for x, y in zip(self.phases, other.phases, strict=True)),
            tuple(x + y for x, y in zip(self.feeds, other.feeds, strict=True)),
        )


class _System(NamedTuple):
    """A drug's phases and feeds."""

    phases: Phases
    feeds: _Feeds

    @property
    def empty(self) -> _State:
        return _State((0.0,) * len(self.phases.rates), (0.0,) * len(self.feeds.rates))

    def after(self, state: _State, hours: float) -> _State:
        """The state ``hours`` [h] later, exact."""
        fading = [math.exp(-rate * hours) for rate in self.feeds.rates]
        phases = []
        for held, rate, share in zip(state.phases, *self.phases, strict=True):
            left = math.exp(-rate * hours)
            gained = sum(
                feed * float(bateman.py_func(rate, own, hours, left, faded))
                for feed, own, faded in zip(state.feeds, self.feeds.rates, fading, strict=True)
            )
            phases.append(held * left + share * gained)
        feeds = [feed * faded for feed, faded in zip(state.feeds, fading, strict=True)]
        return _State(tuple(phases), tuple(feeds))

    def periodic(self, response: _State, interval: float) -> _State:
        """State just before a dose of the periodic regime whose single dose leaves ``response``
        after ``interval`` [h]: what is left of all earlier doses.
        """
        # Of an infusion, which does not fall, nothing is left.
        feeds = tuple(
            feed / -math.expm1(-rate * interval) if feed else 0.0
            for feed, rate in zip(response.feeds, self.feeds.rates, strict=True)
        )
        fed = self.after(_State(self.empty.phases, feeds), interval)
        phases = tuple(
            (once + more) / -math.expm1(-rate * interval)
            for once, more, rate in zip(response.phases, fed.phases, self.phases.rates, strict=True)
        )
        return _State(phases, feeds)


def plasma_profile(pk: DrugPK, doses: Sequence[Dose]) -> PlasmaProfile:
    """Concentration of one drug under ``doses``, exact.

    Parameters
    ----------
    pk : DrugPK
        Parameters of the animal.
    doses : sequence of Dose
        Doses of this drug [mg/kg]; that of a salt is converted by the salt factor. One that resets
        empties plasma and depots and stops infusions before it is given.

    Raises
    ------
    RegimenError
        A route for which the drug has no parameters.

    Source: linear compartment model, MODEL.md P1.
    """
    system = _System(disposition(pk), _feeds_of(pk, doses))
    due: dict[float, list[Dose]] = {}
    for dose in doses:
        due.setdefault(dose.time_h, []).append(dose)
    ends = {dose.time_h + dose.duration_h for dose in doses if dose.duration_h > 0}
    starts = sorted({*due, *ends})
    states, state = [], system.empty
    running: list[tuple[float, _State]] = []
    # Before the first dose, which may be earlier than day 0, there is nothing to follow.
    for previous, time in zip([*starts[:1], *starts], starts, strict=False):
        state = system.after(state, time - previous)
        running = [(end, infusion) for end, infusion in running if time < end]
        for dose in due.get(time, ()):
            if dose.reset:
                state, running = system.empty, []
            entry = _entry(pk, dose, system)
            if dose.ss:
                before = _steady_state(system, dose, entry)
                state = before if dose.ss == 1 else state.plus(before)
            if dose.duration_h > 0:
                running.append((time + dose.duration_h, entry))
            else:
                state = state.plus(entry)
        state = _infused(system, state, running)
        states.append(state)
    return PlasmaProfile(
        np.array(starts, np.float64),
        np.array([s.phases for s in states]).reshape(len(starts), len(system.phases.rates)),
        np.array(system.phases.rates),
        np.array(system.phases.shares),
        np.array([s.feeds for s in states]).reshape(len(starts), len(system.feeds.rates)),
        np.array(system.feeds.rates, np.float64),
    )


def _feeds_of(pk: DrugPK, doses: Sequence[Dose]) -> _Feeds:
    """The depots that the ``doses`` use, and the infusions, if there are any."""
    used = {dose.route for dose in doses if dose.route is not Route.IV or dose.duration_h > 0}
    for dose in doses:
        if dose.route is not Route.IV and dose.route not in pk.ka:
            raise RegimenError(
                f"{dose.drug} has no absorption parameters for route {dose.route}",
                remedy=f"use {', '.join([Route.IV, *sorted(pk.ka)])}",
            )
    routes = sorted(used)
    rates = tuple(0.0 if route is Route.IV else pk.ka[route] for route in routes)
    return _Feeds({route: index for index, route in enumerate(routes)}, rates)


def _entry(pk: DrugPK, dose: Dose, system: _System) -> _State:
    """What one dose adds to the state: a jump of the phases, or a feed."""
    salt = pk.salt_factor if dose.salt else 1.0
    amount = dose.amount_mg_per_kg * salt / pk.molar_mass * 1e6
    if dose.route is Route.IV and dose.duration_h <= 0:
        phases = tuple(share * amount for share in system.phases.shares)
        return _State(phases, system.empty.feeds)
    strength = (
        amount / dose.duration_h
        if dose.route is Route.IV
        else pk.ka[dose.route] * pk.f[dose.route] * amount
    )
    index = system.feeds.place[dose.route]
    feeds = [0.0] * len(system.feeds.rates)
    feeds[index] = strength
    return _State(system.empty.phases, tuple(feeds))


def _infused(system: _System, state: _State, running: Sequence[tuple[float, _State]]) -> _State:
    """The ``state`` with the infusions that are ``running``, and no other."""
    if Route.IV not in system.feeds.place:
        return state
    index = system.feeds.place[Route.IV]
    feeds = list(state.feeds)
    feeds[index] = sum(infusion.feeds[index] for _, infusion in running)
    return state._replace(feeds=tuple(feeds))


def _steady_state(system: _System, dose: Dose, entry: _State) -> _State:
    """State just before a ``dose`` that has been repeated for ever."""
    response = system.after(entry, dose.duration_h)
    if dose.duration_h > 0:
        response = _infused(system, response, ())
    response = system.after(response, dose.steady_state_ii_h - dose.duration_h)
    return system.periodic(response, dose.steady_state_ii_h)
