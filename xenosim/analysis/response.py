"""Response criteria of single animals, named by author and year."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import TableError

Array = NDArray[np.float64]
#: mRECIST looks at measurements from this day on [day].
FROM_DAY = 10.0
MRECIST = ("CR", "PR", "SD", "PD")
PPTP = ("MCR", "CR", "PR", "SD", "PD2", "PD1")
#: Below this there is no measurable tumor in the PPTP criteria [mm3].
MEASURABLE_MM3 = 100.0
#: PD1 up to this many times the control's median time to 4 x baseline, PD2 beyond it [-].
PD_CUT = 1.5


class Response(NamedTuple):
    """``best_pct``, ``best_avg_pct`` [%] and the category; NaN and "" for an animal that cannot be
    judged.
    """

    best_pct: float
    best_avg_pct: float
    category: str


def mrecist_gao2015(days: Array, volumes: Array) -> Response:
    """mRECIST of one animal; the first entry of ``days`` [day from first dose] and ``volumes``
    [mm3] is the baseline.

    dV = 100 (V - V0)/V0. BestResponse is the smallest dV from day 10 on, BestAvgResponse the
    smallest running mean of dV (over the measurements from baseline to that day, so it depends on
    the calendar). Of PD; SD if < 35 and < 30; PR if < -50 and < -20; CR if < -95 and < -40, the
    last that holds. Fewer than two measurements from day 10 on: not evaluable.

    Source: Gao et al. 2015 (Nat Med 21:1318), as in the R package Xeva, which adds 1 to a V0 of 0;
    that is refused here (TableError).
    """
    if not volumes[0] > 0:
        raise TableError(
            f"mRECIST needs a baseline above 0, not {volumes[0]:g} mm^3",
            where="observations",
            remedy="enter the caliper limit, not 0",
        )
    late = days >= FROM_DAY
    if np.count_nonzero(late) < 2:
        return Response(math.nan, math.nan, "")
    change = 100.0 * (volumes - volumes[0]) / volumes[0]
    average = np.cumsum(change) / np.arange(1, change.size + 1)
    best, best_avg = float(change[late].min()), float(average[late].min())
    category = "PD"
    for name, limit, limit_avg in (("SD", 35.0, 30.0), ("PR", -50.0, -20.0), ("CR", -95.0, -40.0)):
        category = name if best < limit and best_avg < limit_avg else category
    return Response(best, best_avg, category)


def pptp_houghton2007(
    volumes: Array, time_to_event: float, last_day: float, control_median: float
) -> str:
    """PPTP response of one animal: MCR, CR, PR, SD, PD1 or PD2; the first of ``volumes`` [mm3] is
    the baseline.

    Less than 50 % regression: PD if the end is more than 25 % above baseline, else SD. 50 % or
    more: PR; CR if below 100 mm3 at some time; MCR if below it at the end. PD1 if the time to 4 x
    baseline [day; inf: not until ``last_day``] is at most 1.5 times the control's median, PD2 if
    later; "PD" where an animal left too early to tell. "" if the baseline is below 100 mm3 or
    stands alone.

    Source: Houghton et al. 2007 (Pediatr Blood Cancer 49:928); not checked in full text.
    Assumption: CR needs the regression too. From a baseline below 200 mm3 a regression of half is
    CR, never PR.
    """
    if volumes.size < 2 or volumes[0] < MEASURABLE_MM3:
        return ""
    smallest, end = float(volumes[1:].min()), float(volumes[-1])
    if smallest <= 0.5 * volumes[0]:
        return "MCR" if end < MEASURABLE_MM3 else "CR" if smallest < MEASURABLE_MM3 else "PR"
    if end <= 1.25 * volumes[0]:
        return "SD"
    if min(time_to_event, last_day) > PD_CUT * control_median:
        return "PD2"
    return (
        "PD1"
        if time_to_event <= PD_CUT * control_median and math.isfinite(control_median)
        else "PD"
    )
