"""What was measured, as blocks: one quantity of one arm on some times, a row for every animal.

All values are natural logarithms; of volumes and body weights, of those over the animal's own
baseline.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario

Array = NDArray[np.float64]
#: Quantities, as tables and figures call them.
VOLUME, WEIGHT, PLASMA, IC50 = "tumor_volume", "body_weight", "plasma", "ic50"
#: Degrees of freedom of the t distribution of animals' volumes and weights [-]: a few animals in
#: which a drug does much more than in the others are far from them, and a normal distribution, or
#: any that few simulated animals show, would take them for what all animals do.
TAIL = 4.0
#: What a figure writes at the axis of each.
LABELS = {
    VOLUME: "relative tumor volume",
    WEIGHT: "relative body weight",
    PLASMA: "plasma concentration (nM)",
    IC50: "IC50 (nM)",
}


class Block(NamedTuple):
    """Measurements of one ``kind`` in one ``arm`` of the scenario ("" of an IC50): ``values``
    (animals, times) [ln], NaN where there is none, at ``times`` [day] of the ``units``, names of
    the animals or laboratories; ``drug`` and ``noise`` [ln], of concentrations and IC50s; ``hours``
    of exposure [h], of an IC50; ``baselines`` of the units [mm3 or g], of volumes and weights.
    """

    kind: str
    arm: str
    times: tuple[float, ...]
    values: Array
    units: tuple[str, ...]
    drug: str = ""
    noise: float = 0.0
    hours: float = 0.0
    baselines: tuple[float, ...] = ()

    @property
    def label(self) -> str:
        """What it is, in words."""
        if self.kind == IC50:
            return f"IC50 of {self.drug}, {self.hours:g} h"
        what = f"plasma {self.drug}" if self.kind == PLASMA else self.kind.replace("_", " ")
        return f"{what}, {self.arm}"

    @property
    def freedom(self) -> float:
        """Degrees of freedom of its distribution [-]; infinite, a normal one, but of animals."""
        return TAIL if self.kind in (VOLUME, WEIGHT) else math.inf

    @property
    def size(self) -> int:
        """Numbers that say what a model expects of it: mean, covariance, and one more [-]."""
        t = len(self.times)
        return t + t * (t + 1) // 2 + 1

    def said(self) -> dict[str, object]:
        """What simulated points of it depend on."""
        return {
            "kind": self.kind,
            "arm": self.arm,
            "times": list(self.times),
            "drug": self.drug,
            "noise": self.noise,
            "hours": self.hours,
        }


class Problem(NamedTuple):
    """One study: its ``scenario`` and what was measured, as ``blocks``; ``name`` in messages."""

    name: str
    scenario: Scenario
    blocks: tuple[Block, ...]


class Expected(NamedTuple):
    """What a model expects of a block: ``mean`` (times,) and ``covariance`` (times, times) of one
    animal's values, of a t distribution its center and the square of its scale; ``chance``: how far
    the mean of the simulated animals scatters about that of all, as a variance over that of one
    animal [-].
    """

    mean: Array
    covariance: Array
    chance: float


def covariance_of(rows: Array) -> Array:
    """Covariance (t, t) of ``rows`` (n, t).

    Examples
    --------
    >>> covariance_of(np.array([[0.0], [2.0]])).tolist()
    [[2.0]]
    """
    centered = rows - rows.mean(axis=0)
    return np.asarray(centered.T @ centered / (len(rows) - 1))
