"""Formulas for the volume of a tumor measured with calipers."""

from __future__ import annotations

import math
from collections.abc import Callable

#: Volume [mm3] from length and width [mm], by the name of the formula; the first is the default.
#: Source: seven formulas compared, Tomayko and Reynolds 1989, Cancer Chemother Pharmacol 24:148.
CALIPER_FORMULAS: dict[str, Callable[[float, float], float]] = {
    "0.5LW2": lambda length, width: 0.5 * length * width**2,
    "pi/6LW2": lambda length, width: math.pi / 6.0 * length * width**2,
    "pi/6LW(L+W)/2": lambda length, width: math.pi / 6.0 * length * width * 0.5 * (length + width),
}
