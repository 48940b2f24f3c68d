"""Growth calibration: the cycle, loss and depth that reproduce a doubling time or a whole control
curve (MODEL.md P7).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.analysis.growth import slope
from xenosim.cache import cache_root
from xenosim.errors import ScenarioError
from xenosim.io.checked import read_checked_json, write_checked_json
from xenosim.jit import source_hash
from xenosim.tumor.spaces import found_tumor
from xenosim.tumor.spec import TumorSpec

#: Agents per mm3 of a calibration run, and the relative change of the cycle at which it stops.
CALIBRATION_RESOLUTION = 1e3
TOLERANCE = 0.01
#: Mechanical depths tried against a control table [um].
DEPTHS_UM = (500.0, 700.0, 1000.0, 1400.0, 2000.0)
#: A control table reproduced to this rms of ln V is reproduced: calipers err by three times as
#: much.
GOOD_RMS = 0.04
#: A tumor grows from this share of the start volume, so that it has its own structure when it is
#: measured.
PRE_GROWTH = 0.5
#: Cycles tried, the shortest of them [h], and the largest step of one [-].
ATTEMPTS, SHORTEST_H, LEAP = 12, 4.0, 3.0
#: The least by which a doubling time follows the cycle, as a power [-].
STIFFEST = 0.25
#: Rms of ln V that a stretched curve must gain to be better [-]; slope that a flat table is taken
#: to have [1/day].
NOISE_RMS, FLATTEST = 0.005, 1e-3
_SEED = 20091

Curve = tuple[tuple[float, float], ...]
Days = NDArray[np.float64]


class Growth(NamedTuple):
    """A calibrated growth: ``cycle_h`` [h], ``loss_per_h`` [1/h], ``depth_um`` [um], potential
    doubling time [day]; asked and achieved doubling time at the start volume [day]; ``control_rms``
    of ln V about the control table; None: not asked for or not reached.
    """

    cycle_h: float
    loss_per_h: float
    depth_um: float
    potential_doubling_days: float
    asked_doubling_days: float | None
    achieved_doubling_days: float
    control_rms: float | None = None


def with_growth(spec: TumorSpec, cycle_h: float, loss_factor: float) -> TumorSpec:
    """``spec`` with a cycle of ``cycle_h`` [h] and the loss that is ``loss_factor`` [-] of
    unhindered production.
    """
    loss = loss_factor * math.log(2.0) / cycle_h
    return spec._replace(traits=spec.traits._replace(cycle_h=cycle_h, loss_per_h=loss))


def control_curve(
    spec: TumorSpec, start_mm3: float, days: float, end_mm3: float = math.inf, seed: int = _SEED
) -> tuple[Days, Days]:
    """Time [day] since an untreated tumor passed ``start_mm3``, and its volume [mm3], step by step,
    for ``days`` or to ``end_mm3``.

    Two empty arrays if it does not reach the start volume within 120 days.
    """
    tumor = found_tumor(spec, max(PRE_GROWTH * start_mm3, 1.0 / spec.resolution), seed)
    volumes, passed = [tumor.volume_mm3], math.inf
    limit = 120.0
    while (
        len(volumes) * spec.dt_h / 24.0 < min(passed, limit) + days
        and tumor.n > 0
        and volumes[-1] < end_mm3
    ):
        tumor.step()
        volumes.append(tumor.volume_mm3)
        if math.isinf(passed) and volumes[-1] >= start_mm3:
            gain = volumes[-1] - volumes[-2]
            passed = (len(volumes) - 1 - (volumes[-1] - start_mm3) / gain) * spec.dt_h / 24.0
        if math.isinf(passed) and len(volumes) * spec.dt_h / 24.0 > limit:
            break
    if math.isinf(passed):
        return np.empty(0), np.empty(0)
    return np.asarray(np.arange(len(volumes)) * spec.dt_h / 24.0 - passed), np.array(
        volumes, np.float64
    )


def calibrate(
    spec: TumorSpec,
    start_mm3: float,
    doubling_days: float,
    loss_factor: float,
    control: Curve = (),
    resolution: float = CALIBRATION_RESOLUTION,
) -> Growth:
    """Find the cycle time that gives ``doubling_days`` at ``start_mm3``, or cycle and depth that
    give ``control``; cached by a hash.

    Parameters
    ----------
    spec : TumorSpec
        Model and space; its cycle and loss are ignored.
    start_mm3, doubling_days : float
        Start volume [mm3] and doubling time there [day].
    loss_factor : float
        Background loss as a share of unhindered production [-], below 1.
    control : tuple of (day, mm3)
        A control curve; it takes the place of start volume and doubling time. From four points over
        two doublings on, the mechanical depth is chosen among :data:`DEPTHS_UM` too.
    resolution : float
        Agents per mm3 of the calibration run [1/mm3].

    Raises
    ------
    ScenarioError
        If no cycle time reproduces the growth.
    """
    spec = spec._replace(resolution=resolution)
    path = (
        cache_root()
        / "growth"
        / f"{_key(spec, start_mm3, doubling_days, loss_factor, control)}.json"
    )
    known = read_checked_json(path)
    if known is not None:
        return Growth(**known)
    growth = (
        _fit_control(spec, control, loss_factor)
        if control
        else _fit_doubling(spec, start_mm3, doubling_days, loss_factor)
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_checked_json(growth._asdict(), path)
    except OSError:
        # A full or read-only disk: it is calibrated again the next time.
        pass
    return growth


def from_potential(
    spec: TumorSpec,
    start_mm3: float,
    potential_days: float,
    loss_factor: float,
    resolution: float = CALIBRATION_RESOLUTION,
) -> Growth:
    """The growth of cells that would double in ``potential_days`` [day] without crowding and loss;
    nothing is fitted, its doubling time at ``start_mm3`` [mm3] is what comes out. Other parameters
    as in :func:`calibrate` [-], [1/mm3].
    """
    cycle = 24.0 * potential_days
    achieved = _doubling(
        with_growth(spec._replace(resolution=resolution), cycle, loss_factor), start_mm3
    )
    return Growth(
        cycle, loss_factor * math.log(2.0) / cycle, spec.depth_um, potential_days, None, achieved
    )


def _doubling(spec: TumorSpec, start_mm3: float) -> float:
    """Doubling time at ``start_mm3`` [day]; inf if the tumor does not double."""
    time, volume = control_curve(spec, start_mm3, 120.0, 2.0 * start_mm3)
    doubled = volume.size > 0 and volume[-1] >= 2.0 * start_mm3
    return (
        float(np.interp(math.log(2.0 * start_mm3), np.log(volume[-2:]), time[-2:]))
        if doubled
        else math.inf
    )


def _fit_doubling(spec: TumorSpec, start_mm3: float, asked: float, loss_factor: float) -> Growth:
    # Unhindered, the net rate is (1 - loss factor) ln 2 / T; crowding can only slow it, so the
    # search starts there.
    cycle, power, before = 24.0 * asked * (1.0 - loss_factor), 1.0, None
    for attempt in range(ATTEMPTS):
        achieved = _doubling(with_growth(spec, cycle, loss_factor), start_mm3)
        # A tumor of few agents scatters by more than the tolerance, which therefore widens; what
        # was achieved is printed.
        if abs(achieved / asked - 1.0) < TOLERANCE * max(1.0, attempt / 3.0):
            return Growth(
                cycle,
                loss_factor * math.log(2.0) / cycle,
                spec.depth_um,
                cycle / 24.0,
                asked,
                achieved,
            )
        if not math.isfinite(achieved):
            cycle *= 0.5
        else:
            # Unhindered, time scales with the cycle; in a rim, or where oxygen is short, less.
            if before and abs(math.log(cycle / before[0])) > TOLERANCE:
                gain = math.log(achieved / before[1]) / math.log(cycle / before[0])
                power = min(max(gain, STIFFEST), 1.0)
            before = cycle, achieved
            cycle *= min(max((asked / achieved) ** (1.0 / power), 1.0 / LEAP), LEAP)
        if cycle < SHORTEST_H:
            break
    raise _hindered(
        spec,
        f"no cell cycle reproduces a doubling time of {asked:g} days at {start_mm3:g} mm3",
        lambda free: _doubling(with_growth(free, SHORTEST_H, loss_factor), start_mm3) < asked,
    )


def _hindered(spec: TumorSpec, message: str, grows: Callable[[TumorSpec], bool]) -> ScenarioError:
    """The error of a growth that no cycle gives, with what hinders it: oxygen if the tumor
    ``grows`` as asked where none is short, else the depth within which cells make room.
    """
    if spec.may_lack_oxygen and grows(spec._replace(oxygen=None)):
        return ScenarioError(
            f"{message}: oxygen is short, with vessels of {spec.perfusion.mean:g} /h",
            where="tumor.growth",
            remedy="raise parameters.tumor.vessel_exchange, start smaller or ask for slower growth",
        )
    return ScenarioError(
        f"{message}: cells deeper than {spec.depth_um:g} um make no room",
        where="tumor.growth",
        remedy="a larger parameters.tumor.mechanical_depth or slower growth would be needed",
    )


def _fit_control(spec: TumorSpec, control: Curve, loss_factor: float) -> Growth:
    """The model's depth if it reproduces the table; else the one of :data:`DEPTHS_UM` that misses
    it least, if enough points show it.

    A control curve hardly tells a short cycle in a thin rim from a longer one in a thick rim, so
    the model's depth comes first.
    """
    table = np.array(control)
    days, asked = table[:, 0] - table[0, 0], np.log(table[:, 1])
    if slope(days, asked) < FLATTEST:
        raise ScenarioError(
            "the control table does not rise",
            where="tumor.growth.control",
            remedy="check its days and volumes, or give growth.doubling_time",
        )
    own = _fit_cycle(spec, days, asked, loss_factor)
    fits = [own] if own else []
    shows_depth = len(days) >= 4 and asked.max() - asked[0] >= 2.0 * math.log(2.0)
    if shows_depth and not (own and own.control_rms is not None and own.control_rms < GOOD_RMS):
        others = (
            _fit_cycle(spec._replace(depth_um=depth), days, asked, loss_factor)
            for depth in DEPTHS_UM
        )
        fits += [fit for fit in others if fit]
    if not fits:
        steepest = math.log(2.0) / slope(days, asked)
        raise _hindered(
            spec,
            f"no cell cycle reproduces the control table, which doubles in {steepest:.3g} days",
            lambda free: (
                _fit_cycle(free, days, asked, loss_factor) is not None
                or _doubling(with_growth(free, SHORTEST_H, loss_factor), table[0, 1]) < steepest
            ),
        )
    return min(fits, key=lambda growth: growth.control_rms or 0.0)


def _fit_cycle(spec: TumorSpec, days: Days, asked: Days, loss_factor: float) -> Growth | None:
    """The cycle for one depth: the time axis of a simulated curve stretches with its cycle. None if
    none fits.
    """
    from scipy.optimize import minimize_scalar

    start, top = math.exp(asked[0]), math.exp(asked.max())
    cycle = 24.0 * math.log(2.0) * (1.0 - loss_factor) / slope(days, asked)
    for attempt in range(ATTEMPTS):
        time, volume = control_curve(
            with_growth(spec, cycle, loss_factor), start, 1.3 * float(days[-1]), 1.5 * top
        )
        if volume.size == 0:
            cycle *= 0.5
            continue
        time, ln_v = time[time >= 0.0], np.log(volume[time >= 0.0])
        misfit = partial(_misfit, days=days, asked=asked, time=time, ln_v=ln_v)
        best = minimize_scalar(misfit, bounds=(0.4, 2.5), method="bounded", options={"xatol": 1e-3})
        # A slow curve rises so little that its own noise moves the best stretch by more than the
        # tolerance: what cannot be bettered by more than that noise is found too.
        close = abs(best.x - 1.0) < TOLERANCE * max(1.0, attempt / 3.0)
        if close or (time[-1] >= days[-1] and misfit(1.0) - best.fun < NOISE_RMS):
            return _fitted(cycle, spec, loss_factor, (days, asked), (time, ln_v), misfit(1.0))
        cycle *= float(best.x)
        if cycle < SHORTEST_H:
            break
    return None


def _fitted(
    cycle: float,
    spec: TumorSpec,
    loss_factor: float,
    table: tuple[Days, Days],
    curve: tuple[Days, Days],
    rms: float,
) -> Growth:
    """The growth of a ``cycle`` [h] whose ``curve`` misses the ``table`` by ``rms`` of ln V; both
    as time [day] and ln V.
    """
    (days, asked), (time, ln_v) = table, curve
    doubled = math.log(2.0) + asked[0]
    wanted = float(np.interp(doubled, asked, days)) if asked.max() > doubled else None
    loss = loss_factor * math.log(2.0) / cycle
    achieved = (
        float(np.interp(doubled, ln_v, time))
        if ln_v[-1] >= doubled
        else _doubling(with_growth(spec, cycle, loss_factor), math.exp(asked[0]))
    )
    return Growth(cycle, loss, spec.depth_um, cycle / 24.0, wanted, achieved, rms)


def _misfit(stretch: float, days: Days, asked: Days, time: Days, ln_v: Days) -> float:
    """Rms of ln V [-] of a simulated curve, its time axis stretched, about the table."""
    return float(np.sqrt(np.mean((np.interp(days / stretch, time, ln_v) - asked) ** 2)))


def _key(
    spec: TumorSpec, start_mm3: float, doubling_days: float, loss_factor: float, control: Curve
) -> str:
    traits = spec.traits._replace(cycle_h=0.0, loss_per_h=0.0)
    numbers = [
        *map(float, spec.params),
        *traits,
        *spec.perfusion,
        spec.depth_um,
        spec.closure_h,
        spec.dt_h,
        spec.resolution,
        spec.lattice_resolution,
        spec.cell_density,
        *(spec.oxygen or ()),
    ]
    numbers += [
        start_mm3,
        doubling_days,
        loss_factor,
        _SEED,
        TOLERANCE,
        PRE_GROWTH,
        *(x for point in control for x in point),
    ]
    return hashlib.sha256(
        (source_hash() + repr([float(number) for number in numbers])).encode()
    ).hexdigest()[:24]
