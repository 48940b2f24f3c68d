"""Plasma pharmacokinetics, exact: one to three compartments per kg with depots, by
eigen-decomposition (MODEL.md P1).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import RegimenError
from xenosim.pharmacology.dose import Dose, Route

FloatArray = NDArray[np.float64]
#: Least relative distance between a rate of absorption and one of disposition [-].
APART = 1e-7


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


@dataclass(frozen=True)
class PlasmaProfile:
    """Total plasma concentration [nM] as sums of exponentials between events.

    On segment s: ``constant[s] + sum_k amplitudes[s, k] exp(-rates[k] (t - start_h[s]))``; 0 before
    the first segment. Shapes: ``start_h`` (m,), ``amplitudes`` (m, n_modes), ``rates`` (n_modes,)
    [1/h], ``constant`` (m,).
    """

    start_h: FloatArray
    amplitudes: FloatArray
    rates: FloatArray
    constant: FloatArray

    def concentration(self, times_h: FloatArray | float) -> FloatArray:
        """Concentration [nM] at ``times_h`` [h], same shape; a dose counts from its own time on."""
        times = np.asarray(times_h, np.float64)
        segment = np.searchsorted(self.start_h, times, side="right") - 1
        known = np.maximum(segment, 0)
        if self.start_h.size == 0:
            return np.zeros_like(times)
        age = times - self.start_h[known]
        modes = self.amplitudes[known] * np.exp(-self.rates * np.maximum(age, 0.0)[..., None])
        # The modes cancel at a dose into a depot; what rounding leaves may be below zero.
        return np.where(
            segment >= 0, np.maximum(self.constant[known] + modes.sum(axis=-1), 0.0), 0.0
        )


def rate_matrix(pk: DrugPK) -> tuple[FloatArray, dict[str, int], int]:
    """Matrix A of dy/dt = A y + u, amounts per kg; index of each depot; index of the central
    compartment [1/h].

    Absorption as fast as a phase of disposition has no decomposition into exponentials: it is taken
    apart by :data:`APART`, which moves no concentration by more than that share times the number of
    time constants since the dose.
    """
    routes = sorted(pk.ka)
    central = len(routes)
    peripheral = [(q, v) for q, v in ((pk.q2, pk.v2), (pk.q3, pk.v3)) if q > 0 and v > 0]
    a = np.zeros((central + 1 + len(peripheral),) * 2)
    a[central, central] = -pk.cl / pk.v1
    for index, (q, v) in enumerate(peripheral, start=central + 1):
        a[central, central] -= q / pk.v1
        a[central, index] = q / v
        a[index, central] = q / pk.v1
        a[index, index] = -q / v
    # Disposition is similar to a symmetric matrix: its rates are real.
    phases = -np.linalg.eigvals(a[central:, central:]).real
    for index, route in enumerate(routes):
        ka = pk.ka[route]
        for phase in phases:
            if abs(ka - phase) < APART * phase:
                ka = phase * (1.0 + APART)
        a[index, index] = -ka
        a[central, index] = ka
    return a, {route: index for index, route in enumerate(routes)}, central


class _Decomposition:
    """Exact propagation of dy/dt = A y + u."""

    def __init__(self, matrix: FloatArray) -> None:
        values, vectors = np.linalg.eig(matrix)
        self.matrix, self.values, self.vectors = matrix, values.real, vectors.real
        self.inverse = np.linalg.inv(self.vectors)

    def steady(self, u: FloatArray) -> FloatArray:
        if not u.any():
            return np.zeros_like(u)
        rest: FloatArray = np.asarray(-np.linalg.solve(self.matrix, u), np.float64)
        return rest

    def after(self, y: FloatArray, u: FloatArray, hours: float) -> FloatArray:
        rest = self.steady(u)
        return rest + self.vectors @ (np.exp(self.values * hours) * (self.inverse @ (y - rest)))

    def periodic(self, response: FloatArray, interval: float) -> FloatArray:
        """State just before a dose of the periodic regime whose single dose leaves ``response``
        after ``interval`` [h].
        """
        kept = 1.0 - np.exp(self.values * interval)
        return self.vectors @ ((self.inverse @ response) / kept)


def plasma_profile(pk: DrugPK, doses: Sequence[Dose]) -> PlasmaProfile:
    """Concentration of one drug under ``doses``, exact.

    Parameters
    ----------
    pk : DrugPK
        Parameters of the animal.
    doses : sequence of Dose
        Doses of this drug [mg/kg]; that of a salt is converted by the salt factor.

    Raises
    ------
    RegimenError
        A route for which the drug has no parameters.

    Source: linear compartment model, MODEL.md P1.
    """
    matrix, depots, central = rate_matrix(pk)
    system = _Decomposition(matrix)
    due: dict[float, list[tuple[Dose, FloatArray, FloatArray]]] = {}
    for dose in doses:
        terms = _dose_terms(pk, dose, depots, central, matrix.shape[0])
        due.setdefault(dose.time_h, []).append((dose, *terms))
    running: list[tuple[float, FloatArray]] = []
    ends = [dose.time_h + dose.duration_h for dose in doses if dose.duration_h > 0]
    starts = np.array(sorted({dose.time_h for dose in doses} | set(ends)))
    amplitudes, constants = [], []
    y, u = np.zeros(matrix.shape[0]), np.zeros(matrix.shape[0])
    # Before the first dose, which may be earlier than day 0, there is nothing to follow.
    previous = starts[0] if starts.size else 0.0
    scale = 1000.0 / pk.v1
    for time in starts:
        y = system.after(y, u, time - previous)
        running = [(end, rate) for end, rate in running if time < end]
        for dose, bolus, rate in due.get(time, ()):
            y = _with_steady_state(system, dose, y, bolus, rate) + bolus
            if dose.duration_h > 0:
                running.append((time + dose.duration_h, rate))
        u = sum((rate for _, rate in running), np.zeros_like(u))
        rest = system.steady(u)
        amplitudes.append(scale * system.vectors[central] * (system.inverse @ (y - rest)))
        constants.append(scale * rest[central])
        previous = time
    return PlasmaProfile(
        starts,
        np.array(amplitudes).reshape(len(starts), matrix.shape[0]),
        -system.values,
        np.array(constants),
    )


def _dose_terms(
    pk: DrugPK, dose: Dose, depots: dict[str, int], central: int, n: int
) -> tuple[FloatArray, FloatArray]:
    """Jump of the state [umol/kg] and infusion rate [umol/h/kg] of one dose."""
    salt = pk.salt_factor if dose.salt else 1.0
    amount = dose.amount_mg_per_kg * salt / pk.molar_mass * 1000.0
    bolus, rate = np.zeros(n), np.zeros(n)
    if dose.route is Route.IV:
        (rate if dose.duration_h > 0 else bolus)[central] = (
            amount / dose.duration_h if dose.duration_h > 0 else amount
        )
    elif dose.route in depots:
        bolus[depots[dose.route]] = pk.f[dose.route] * amount
    else:
        routes = ", ".join([Route.IV, *depots])
        raise RegimenError(
            f"{dose.drug} has no absorption parameters for route {dose.route}",
            remedy=f"use {routes}",
        )
    return bolus, rate


def _with_steady_state(
    system: _Decomposition, dose: Dose, y: FloatArray, bolus: FloatArray, rate: FloatArray
) -> FloatArray:
    if dose.ss == 0:
        return y
    infused = system.after(bolus, rate, dose.duration_h)
    response = system.after(infused, np.zeros_like(rate), dose.steady_state_ii_h - dose.duration_h)
    before = system.periodic(response, dose.steady_state_ii_h)
    return before if dose.ss == 1 else y + before
