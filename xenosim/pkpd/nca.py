"""From values of a noncompartmental analysis to compartments: by algebra where they determine them,
refused in words where they do not.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from xenosim.errors import ParameterError
from xenosim.pkpd.disposition import Disposition

#: How far three values of one compartment may disagree, and still be taken for one [-].
AGREE = 0.05
#: Rates of absorption between which that of a peak is sought [1/h].
KA_RANGE = (1e-3, 1e3)
WHERE = "--nca"


class Nca(NamedTuple):
    """Values of an analysis after a bolus: clearance ``cl`` [L/h/kg], volume at steady state
    ``vss`` [L/kg], terminal ``half_life`` [h], central volume ``v1`` [L/kg]; None: not known.
    """

    cl: float | None = None
    vss: float | None = None
    half_life: float | None = None
    v1: float | None = None


def compartments(nca: Nca) -> Disposition:
    """The compartments that values determine: one of two of cl, vss and half_life, or of three that
    agree; two of all three and v1.

    Raises
    ------
    ParameterError
        They leave something open, or no linear model has them.

    Examples
    --------
    >>> compartments(Nca(cl=2.0, vss=4.0))
    Disposition(cl=2.0, v1=4.0, q2=0.0, v2=0.0, q3=0.0, v3=0.0)
    >>> two = compartments(Nca(cl=1.0, vss=4.0, half_life=6.0, v1=1.0))
    >>> round(two.half_life_h(), 9), two.vss
    (6.0, 4.0)
    """
    for name, value in nca._asdict().items():
        if value is not None and not (math.isfinite(value) and value > 0.0):
            raise ParameterError(f"{name} is {value:g}", where=WHERE, remedy="it must be above 0")
    cl, vss, half_life, v1 = nca
    if cl is None or vss is None or half_life is None:
        return _one(cl, vss, half_life, v1)
    ratio = half_life * cl / (math.log(2.0) * vss)
    if ratio < 1.0 - AGREE:
        raise ParameterError(
            f"no linear drug has these values: a half-life of {half_life:g} h is shorter than"
            f" ln 2 vss / cl, {math.log(2.0) * vss / cl:.3g} h",
            where=WHERE,
            remedy="check units and that cl and vss are of a dose IV, not over F",
        )
    if ratio <= 1.0 + AGREE and v1 is None:
        return Disposition(cl, vss)
    if v1 is None:
        raise ParameterError(
            f"cl, vss and half_life are those of at least two compartments (one would have a"
            f" half-life of {math.log(2.0) * vss / cl:.3g} h), and leave open how large the central"
            " one is",
            where=WHERE,
            remedy="add v1 = dose / C0 of a bolus, give a table with --pk, or leave one of the"
            " three out for one compartment",
        )
    return _two(cl, vss, half_life, v1)


def _one(
    cl: float | None, vss: float | None, half_life: float | None, v1: float | None
) -> Disposition:
    """One compartment from two values."""
    if v1 is not None and vss is not None and abs(v1 / vss - 1.0) > AGREE:
        raise ParameterError(
            "v1 and vss differ: two compartments, which need cl, vss, half_life and v1",
            where=WHERE,
            remedy="add what is missing",
        )
    volume = vss if vss is not None else v1
    if cl is not None and volume is not None:
        return Disposition(cl, volume)
    if half_life is not None and cl is not None:
        return Disposition(cl, cl * half_life / math.log(2.0))
    if half_life is not None and volume is not None:
        return Disposition(math.log(2.0) * volume / half_life, volume)
    raise ParameterError(
        "too few values: one compartment needs two of cl, vss and half_life",
        where=WHERE,
        remedy='write e.g. --nca "cl=1.2 L/h/kg" --nca "vss=3 L/kg"',
    )


def _two(cl: float, vss: float, half_life: float, v1: float) -> Disposition:
    """Two compartments: of l^2 - (k10 + k12 + k21) l + k10 k21 = 0 the slow root l is ln 2 over the
    half-life, which is linear in q2.
    """
    v2, slow, k10 = vss - v1, math.log(2.0) / half_life, cl / v1
    if v2 <= 0.0:
        raise ParameterError(
            f"v1 {v1:g} is not below vss {vss:g} L/kg", where=WHERE, remedy="correct one of them"
        )
    spare = k10 / v2 - slow * (1.0 / v1 + 1.0 / v2)
    q2 = slow * (k10 - slow) / spare if spare > 0.0 else -1.0
    if q2 <= 0.0 or k10 * q2 / v2 <= slow * slow:
        raise ParameterError(
            "no two compartments have these values",
            where=WHERE,
            remedy="the half-life must be longer than ln 2 vss / cl, and v1 below vss",
        )
    return Disposition(cl, v1, q2, v2)


def ka_of_peak(disposition: Disposition, peak_h: float, route: str) -> float:
    """Rate of absorption [1/h] that gives a peak at ``peak_h`` [h].

    Raises
    ------
    ParameterError
        No rate between 0.001 and 1000 /h does.

    Examples
    --------
    >>> one = Disposition(2.0, 4.0)
    >>> round(one.peak_h(ka_of_peak(one, 1.5, "po")), 4)
    1.5
    """
    from scipy.optimize import brentq

    low, high = (disposition.peak_h(ka) for ka in KA_RANGE[::-1])
    if not low < peak_h < high:
        raise ParameterError(
            f"no absorption gives a peak at {peak_h:g} h",
            where=f"tmax_{route}",
            remedy=f"it must lie between {low:.2g} and {high:.2g} h",
        )
    ends = map(math.log, KA_RANGE)
    return math.exp(brentq(lambda x: disposition.peak_h(math.exp(x)) - peak_h, *ends, xtol=1e-9))
