"""Concentration after one dose of a linear drug, as sums of exponentials: what is fitted to plasma
tables, and what values of a noncompartmental analysis say of compartments.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
#: Least relative distance between absorption and a phase of disposition [-].
APART = 1e-6
#: Time constants within which a peak lies [-].
LATEST = 20.0


class Disposition(NamedTuple):
    """Compartments per kg: ``cl``, ``q2``, ``q3`` [L/h/kg], ``v1``, ``v2``, ``v3`` [L/kg]; one
    without a volume is not there.
    """

    cl: float
    v1: float
    q2: float = 0.0
    v2: float = 0.0
    q3: float = 0.0
    v3: float = 0.0

    @property
    def vss(self) -> float:
        """Volume at steady state [L/kg]."""
        return self.v1 + self.v2 + self.v3

    def phases(self) -> tuple[Array, Array]:
        """Rates [1/h], falling, and their weights [kg/L] after a bolus of one unit per kg.

        Examples
        --------
        >>> rates, weights = Disposition(2.0, 4.0).phases()
        >>> float(rates[0]), float(weights[0])
        (0.5, 0.25)
        """
        rest = [(q, v) for q, v in ((self.q2, self.v2), (self.q3, self.v3)) if q > 0 and v > 0]
        # Amounts over the square roots of their volumes: the matrix is symmetric.
        matrix = np.zeros((1 + len(rest),) * 2)
        matrix[0, 0] = (self.cl + sum(q for q, _ in rest)) / self.v1
        for k, (q, v) in enumerate(rest, start=1):
            matrix[k, k] = q / v
            matrix[0, k] = matrix[k, 0] = -q / math.sqrt(self.v1 * v)
        rates, vectors = np.linalg.eigh(matrix)
        order = np.argsort(-rates)
        return rates[order], (vectors[0] ** 2 / self.v1)[order]

    def half_life_h(self) -> float:
        """Terminal half-life [h]."""
        return math.log(2.0) / float(self.phases()[0][-1])

    def after_bolus(self, dose: float, times_h: Array) -> Array:
        """Concentrations (n,) after ``dose`` per kg, in its unit per L."""
        rates, weights = self.phases()
        found: Array = dose * np.exp(-np.outer(times_h, rates)) @ weights
        return found

    def after_depot(self, dose: float, ka: float, times_h: Array) -> Array:
        """Concentrations (n,) after ``dose`` per kg that is absorbed, at ``ka`` [1/h]."""
        rates, weights = self.phases()
        apart = np.where(np.abs(ka - rates) < APART * rates, APART * rates, ka - rates)
        rising = np.exp(-np.outer(times_h, rates)) - np.exp(-np.outer(times_h, rates + apart))
        found: Array = dose * rising @ (weights * ka / apart)
        return found

    def peak_h(self, ka: float) -> float:
        """Time of the peak after a dose that is absorbed at ``ka`` [1/h]."""
        from scipy.optimize import minimize_scalar

        slow = float(self.phases()[0][-1])
        last = LATEST / min(ka, slow)
        grid = np.geomspace(last / LATEST**4, last, 400)
        best = int(np.argmax(self.after_depot(1.0, ka, grid)))
        ends = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
        found = minimize_scalar(
            lambda t: -float(self.after_depot(1.0, ka, np.array([t]))[0]),
            bounds=ends,
            method="bounded",
            options={"xatol": APART * float(ends[0])},
        )
        return float(found.x)
