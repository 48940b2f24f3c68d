"""Volumes of tumors, as calipers give them and relative to baseline."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import ParameterError, suggest
from xenosim.parameters.calipers import CALIPER_FORMULAS

Array = NDArray[np.float64]


def caliper_volume(length_mm: Any, width_mm: Any, formula: str = "0.5LW2") -> Any:
    """Volume [mm3] from length and width [mm], numbers or arrays, by one of
    :data:`~xenosim.parameters.calipers.CALIPER_FORMULAS`; ParameterError for another name.

    Examples
    --------
    >>> caliper_volume(10.0, 8.0)
    320.0
    """
    if formula not in CALIPER_FORMULAS:
        raise ParameterError(
            f"unknown caliper formula '{formula}'{suggest(formula, CALIPER_FORMULAS)}",
            where="measure.formula",
            remedy=f"use one of {', '.join(CALIPER_FORMULAS)}",
        )
    return CALIPER_FORMULAS[formula](length_mm, width_mm)


def rtv(volume: Array, volume_t0: Array) -> Array:
    """Relative tumor volume V(t) / V(t0) [-]; t0 is the last measurement at or before the first
    dose, not the implantation (Boven et al. 1992).
    """
    return np.asarray(volume / volume_t0)
