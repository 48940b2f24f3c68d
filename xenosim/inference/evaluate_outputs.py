"""What is said of a treated arm in numbers, with the interval that its few animals leave.

Each output is a score per animal, so that arms and points with the same animals are compared within
animals, and a mean over animals. Volumes are true ones: no caliper error is between two points.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.analysis.growth import slope
from xenosim.errors import ScenarioError, suggest
from xenosim.inference.evaluate import Curves
from xenosim.scenario.schema import MeasureSettings
from xenosim.study.population import smallest_seen

Array = NDArray[np.float64]
#: Volume over the start at which a growth delay is read [-], as the endpoint tgd_days has it.
FOLD = 4.0


class Seen(NamedTuple):
    """A ``treated`` arm and its ``control``, the same animals in both, read as ``measure`` says on
    ``day`` [day].
    """

    treated: Curves
    control: Curves
    measure: MeasureSettings
    day: float

    def log_relative(self, arm: Curves) -> Array:
        """ln of volumes over those of day 0 (animals, days), small ones as they are seen."""
        seen = np.log(np.maximum(arm.volumes, smallest_seen(self.measure)))
        return np.asarray(seen - seen[:, :1])

    def until_day(self) -> int:
        """Number of days up to the day that is read [-]."""
        return self.treated.days.index(self.day) + 1


class Output(NamedTuple):
    """One number of a treated arm: ``name``, as the endpoint's where there is one; ``label`` and
    ``unit``; ``scores`` (animals,); ``shown``, their mean on the scale that is told; whether
    ``low`` is good.
    """

    name: str
    label: str
    unit: str
    scores: Callable[[Seen], Array]
    shown: Callable[[Array], Array]
    low: bool


def _ln_ratio(seen: Seen) -> Array:
    """ln T/C of each animal on the day [-]."""
    k = seen.until_day() - 1
    return seen.log_relative(seen.treated)[:, k] - seen.log_relative(seen.control)[:, k]


def _times(seen: Seen, arm: Curves) -> Array:
    """Days until each animal's tumor has four times its start volume, at most the day [day]."""
    days, n = np.array(arm.days), seen.until_day()
    return np.array([_passes(days[:n], row[:n]) for row in seen.log_relative(arm)])


def _passes(days: Array, ln: Array) -> float:
    """First time at which ``ln`` reaches ln of the fold, between days; the last day otherwise."""
    level = math.log(FOLD)
    after = np.nonzero(ln >= level)[0]
    if not after.size:
        return float(days[-1])
    k = int(after[0])
    if k == 0:
        return float(days[0])
    return float(np.interp(level, ln[k - 1 : k + 1], days[k - 1 : k + 1]))


def _delay(seen: Seen) -> Array:
    return _times(seen, seen.treated) - _times(seen, seen.control)


def _rate(seen: Seen) -> Array:
    n = seen.until_day()
    days = np.array(seen.treated.days[:n])
    return np.array([slope(days, row[:n]) for row in seen.log_relative(seen.treated)])


def _best(seen: Seen) -> Array:
    return seen.log_relative(seen.treated)[:, 1 : seen.until_day()].min(axis=1)


def _loss(seen: Seen) -> Array:
    """Loss of weight of each animal on the day on which that of the group is largest [%]."""
    losses = seen.treated.losses[:, : seen.until_day()]
    return np.asarray(100.0 * losses[:, int(losses.mean(axis=0).argmax())])


def _survival(seen: Seen) -> Array:
    """Days until each animal leaves by the humane endpoints, at most the day [day]."""
    n, measure = seen.until_day(), seen.measure
    leaves = (seen.treated.volumes[:, :n] >= measure.end_volume_mm3) | (
        seen.treated.losses[:, :n] >= measure.body_weight_loss
    )
    days = np.array(seen.treated.days[:n])
    return np.where(leaves.any(axis=1), days[leaves.argmax(axis=1)], days[-1])


def _same(scores: Array) -> Array:
    return scores


def _percent(ln: Array) -> Array:
    return 100.0 * np.exp(ln)


def _change(ln: Array) -> Array:
    return 100.0 * (np.exp(ln) - 1.0)


#: Every output, by name.
OUTPUTS = {
    o.name: o
    for o in (
        Output("tc_pct", "T/C", "%", _ln_ratio, _percent, True),
        Output("tgd_days", "growth delay to 4x", "d", _delay, _same, False),
        Output("growth_rate_per_day", "growth rate", "1/day", _rate, _same, True),
        Output("best_change_pct", "best change of volume", "%", _best, _change, True),
        Output("weight_loss_pct", "largest mean loss of weight", "%", _loss, _same, True),
        Output("survival_days", "time on study", "d", _survival, _same, False),
    )
}
#: Short names of outputs.
SHORT = {
    "tc": "tc_pct",
    "control": "tc_pct",
    "delay": "tgd_days",
    "growth_rate": "growth_rate_per_day",
    "weight": "weight_loss_pct",
    "weight_loss": "weight_loss_pct",
    "best_change": "best_change_pct",
    "survival": "survival_days",
}


def find_output(name: str, where: str = "--output") -> Output:
    """The output of a name, or a short name; ScenarioError for another."""
    known = {**OUTPUTS, **{short: OUTPUTS[long] for short, long in SHORT.items()}}
    text = name.strip()
    if text not in known:
        raise ScenarioError(
            f"there is no output '{text}'{suggest(text, known)}",
            where=where,
            remedy=f"one of {', '.join(OUTPUTS)}, or in short {', '.join(SHORT)}",
        )
    return known[text]


class Estimate(NamedTuple):
    """A mean over animals on the scale that is told, with its 95 % interval, NaN of one animal;
    ``n`` animals [-].
    """

    value: float
    low: float
    high: float
    n: int


def interval_of(scores: Array, shown: Callable[[Array], Array] = _same) -> Estimate:
    """Mean of ``scores`` (animals,), Student's 95 % interval, both on the scale of ``shown``.

    Examples
    --------
    >>> interval_of(np.array([1.0, 2.0, 3.0])).value
    2.0
    """
    from scipy.special import stdtrit

    n, middle = scores.size, float(scores.mean())
    reach = math.nan
    if n > 1:
        reach = float(stdtrit(n - 1, 0.975) * scores.std(ddof=1)) / math.sqrt(n)
    value, low, high = (float(v) for v in shown(np.array([middle, middle - reach, middle + reach])))
    return Estimate(value, low, high, n)


def estimate(output: Output, seen: Seen) -> Estimate:
    """An output of a treated arm, with its interval."""
    return interval_of(output.scores(seen), output.shown)


def evaluation_day(measure: MeasureSettings, day: float | None) -> float:
    """The day that outputs are read on [day]: one that is measured, by default the last.

    Raises
    ------
    ScenarioError
        It is not measured, or day 0.
    """
    if day is None:
        return measure.days[-1]
    if day not in measure.days or day == 0:
        listed = ", ".join(f"{d:g}" for d in measure.days[1:])
        raise ScenarioError(
            f"day {day:g} is not measured", where="--day", remedy=f"one of {listed}"
        )
    return day
