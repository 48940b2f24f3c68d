"""What a study does to animals that are in every arm: true volumes, all followed to the last day.

The expectation behind a published number, not a study: no readings, no scatter between arms.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xenosim.study.growth import calibrate_growth

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario
    from xenosim.study.population import Pool
    from xenosim.validation.verdicts import Array

#: Volume of an event, in volumes of day 0 [-], as in the endpoint efs_4x.
EVENT = 4.0
#: A tumor without cells counts as this, less than a cell [mm3].
NOTHING_MM3 = 1e-6


class Followed(NamedTuple):
    """The animals of one arm, in the same order in each: true volumes on day 0 and on the last day,
    and the day on which the tumor has :data:`EVENT` times its first volume, infinite where it has
    not; shape (animals,) [mm3, mm3, day].
    """

    start: Array
    end: Array
    event: Array


def followed(pool: Pool) -> dict[str, Followed]:
    """The animals of a pool by arm."""
    days = np.array(pool.days)
    return {arm: _of_arm(days, np.maximum(pool.of(arm), NOTHING_MM3)) for arm in pool.arms}


def _of_arm(days: Array, volumes: Array) -> Followed:
    """Animals (animals, days) of one arm [mm3] on ``days`` [day]."""
    events = np.array([event_day(days, curve) for curve in volumes])
    return Followed(volumes[:, 0], volumes[:, -1], events)


def event_day(days: Array, volumes: Array) -> float:
    """Day on which a tumor first has :data:`EVENT` times its volume of day 0, between two days in
    ln V; infinite if it has not [day].

    Examples
    --------
    >>> import numpy as np
    >>> round(event_day(np.array([0.0, 4.0]), np.array([100.0, 1600.0])), 6)
    2.0
    """
    logs, level = np.log(volumes), float(np.log(EVENT * volumes[0]))
    over = np.flatnonzero(logs >= level)
    if not over.size:
        return float("inf")
    k = int(over[0])
    share = (level - logs[k - 1]) / (logs[k] - logs[k - 1])
    return float(days[k - 1] + share * (days[k] - days[k - 1]))


def tc(treated: Followed, control: Followed) -> float:
    """T/C of mean volumes on the last day [-]."""
    return float(treated.end.sum() / control.end.sum())


def tc_sd(treated: Followed, control: Followed) -> float:
    """Standard error of ln :func:`tc` from the animals simulated, by leaving each out [-]."""
    n = treated.end.size
    if n < 2:
        return 0.0
    left = np.log((treated.end.sum() - treated.end) / (control.end.sum() - control.end))
    return float(np.sqrt((n - 1) * np.var(left)))


def dr5_ratio(scenario: Scenario, arm: str, hours: int = 24) -> float:
    """Mean DR5 of the tumor cells of one animal ``hours`` [h] after the first dose of ``arm``, over
    that of the same animal without drug [-].
    """
    from xenosim.study.abm import XenograftModel

    growth = calibrate_growth(scenario)
    found = []
    for name in (arm, scenario.control.name):
        model = XenograftModel.from_scenario(scenario, name, growth=growth)
        for _ in range(round(hours / scenario.dt_h)):
            model.step()
        found.append(float(model.cells.agg("dr5", np.mean)))
    return found[0] / found[1]
