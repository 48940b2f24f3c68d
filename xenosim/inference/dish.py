"""What a draw says of cells in a dish: loads that published IC50s ask for, and what follows.

A line's load is sought under every draw anew, so that its IC50 stays; the load found, apoptosis at
another dose and the potency of another drug then tell draws apart.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from xenosim.assays.calibration import load_range, with_traits
from xenosim.assays.culture import Culture, Line, line_of
from xenosim.inference.drawn import Draw, drawn
from xenosim.inference.targets import Target, targets
from xenosim.parameters.lines import published
from xenosim.parameters.load import load_line, load_set
from xenosim.pharmacology.exposure import TargetExposure
from xenosim.pharmacology.target import Pulse, binding, clone_folds, medium_decay, medium_profile

#: Cells of a well, and the seed of every well [-].
CELLS, SEED = 400, 5
#: A search ends where so much of the signal is away from one half [-]: 2 % of a load or dose.
NEAR_ENOUGH = 0.02
#: Of searches in ln load and ln dose: first step, steps at most [-].
FIRST_STEP, MOST_STEPS = 0.8, 12
#: The load from which one is sought [-].
FIRST_LOAD = 0.3
#: Change of the untreated signal that asks for another search [-].
SAME_SIGNAL = 0.03
#: Doses between which an IC50 is sought, over the published one [-].
DOSE_FOLD = 100.0


class Dish:
    """The wells of one draw; what was measured once is kept.

    Parameters
    ----------
    draw : mapping
        Values by (set, parameter), in internal units.
    """

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self._loads: dict[str, float] = {}

    def output(self, target: Target) -> float:
        """The number of a target, on the scale that is fitted."""
        how, measure = target.how, target.measure
        if measure == "reach":
            line = with_traits(self._line(how["line"]), load_range()[1])
            return math.log(self.ic50(line, how["drug"], how["hours"], _asked(target)))
        load = self._load(how["line"])
        if measure == "load":
            return math.log(load)
        line = with_traits(self._line(how["line"]), load)
        if measure == "annexin":
            well = self._well(line, how["drug"], how["dose_nM"], how["hours"])
            return 1.0 - well.gates().viable
        about = load_asked(how["line"])[2]
        one = self.ic50(line, how["drug"], how["hours"], about)
        other = self.ic50(line, how["other"], how["hours"], one / _asked(target))
        return math.log(one / other)

    def _line(self, name: str) -> Line:
        """A line as it was before its own calibration, with the values of the draw."""
        return line_of(drawn(load_line(name, with_calibration=False), self.draw, "cell"))

    def _load(self, name: str) -> float:
        """The load that gives the IC50 of a line [-], or the nearest that is allowed."""
        if name not in self._loads:
            drug, hours, ic50 = load_asked(name)
            line = self._line(name)
            load, untreated = FIRST_LOAD, math.inf
            low, high = map(math.log, load_range())
            while True:
                signal = self._signal(with_traits(line, load), drug, 0.0, hours)
                # Cells of the highest loads die by themselves.
                if abs(signal / untreated - 1.0) < SAME_SIGNAL:
                    break
                searched, untreated = not math.isinf(untreated), signal

                def excess(log_load: float, untreated: float = untreated) -> float:
                    changed = with_traits(line, math.exp(log_load))
                    return self._signal(changed, drug, ic50, hours) / untreated - 0.5

                load = math.exp(crossing(excess, low, high, math.log(load)))
                if searched:
                    break
            self._loads[name] = load
        return self._loads[name]

    def ic50(self, line: Line, drug: str, hours: float, about: float) -> float:
        """Concentration that leaves half of the signal [nM], the end of the range where none
        does.
        """
        span, untreated = math.log(DOSE_FOLD), self._signal(line, drug, 0.0, hours)

        def excess(log_dose: float) -> float:
            return self._signal(line, drug, math.exp(log_dose), hours) / untreated - 0.5

        middle = math.log(about)
        return math.exp(crossing(excess, middle - span, middle + span, middle))

    def _signal(self, line: Line, drug: str, dose_nM: float, hours: float) -> float:
        """What reduces the dye, one cell at least [cells]."""
        return max(self._well(line, drug, dose_nM, hours).signal(), 1.0)

    def _well(self, line: Line, drug: str, dose_nM: float, hours: float) -> Culture:
        """A well at its reading; 0 nM: untreated."""
        well = Culture(line, CELLS, seed=SEED)
        if dose_nM > 0.0:
            bound = binding(
                {drug: drawn(load_set(drug), self.draw)},
                line.sites_nM,
                line.kdeg_per_h,
                "fu_medium",
            )
            well.exposure = TargetExposure(
                {
                    drug: medium_profile(
                        [Pulse(drug, dose_nM, 0.0, math.inf)], medium_decay(load_set(drug))
                    )
                },
                bound,
                np.array([load_set("dish").value("medium_exchange")]),
                clone_folds(line.kd_folds, bound.inhibitors),
            )
        well.run_until(hours)
        return well


def load_asked(name: str) -> tuple[str, float, float]:
    """Drug, hours [h] and IC50 [nM] on which the split fits the load of a line."""
    target = next(t for t in targets(("dish",)) if t.how["line"] == name and t.measure == "load")
    return target.how["drug"], float(target.how["hours"]), _asked(target)


def _asked(target: Target) -> float:
    """The published number of a target [nM]."""
    return published(target.row).number


def crossing(function: Callable[[float], float], low: float, high: float, first: float) -> float:
    """Where a falling ``function`` is 0, to :data:`NEAR_ENOUGH` of it; the nearer end of ``low`` to
    ``high`` where it never is. From ``first`` in widening steps to where the sign changes, then
    by false position (Illinois).

    Examples
    --------
    >>> round(crossing(lambda x: 0.3 - x, -1.0, 1.0, 0.9), 1)
    0.3
    >>> crossing(lambda x: 0.4, 0.0, 1.0, 0.5)
    1.0
    """
    at, value = first, function(first)
    while abs(value) > NEAR_ENOUGH:
        end = high if value > 0.0 else low
        if at == end:
            return end
        step = math.copysign(FIRST_STEP, value)
        other = min(max(at + step, low), high)
        reached = function(other)
        if reached * value < 0.0:
            return _between(function, (at, value), (other, reached))
        at, value = other, reached
    return at


def _between(
    function: Callable[[float], float], a: tuple[float, float], b: tuple[float, float]
) -> float:
    """Where a function is 0 between two points (place, value) of unlike signs."""
    at = b[0]
    for _ in range(MOST_STEPS):
        at = (a[0] * b[1] - b[0] * a[1]) / (b[1] - a[1])
        value = function(at)
        if abs(value) < NEAR_ENOUGH:
            break
        # The end that stays counts half, so that it moves too.
        a, b = (b, (at, value)) if value * b[1] < 0.0 else ((a[0], 0.5 * a[1]), (at, value))
    return at
