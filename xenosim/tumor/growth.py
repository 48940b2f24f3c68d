"""Growth calibration: the cycle time and background loss that reproduce a stated doubling time (MODEL.md P7)."""

from __future__ import annotations

import hashlib
import json
import math
import os
from typing import NamedTuple

from xenosim.errors import ScenarioError
from xenosim.jit import cache_root
from xenosim.tumor.tumor import Tumor, TumorSpec

#: Agents per mm3 of a calibration run, and the relative error of the doubling time at which it stops.
CALIBRATION_RESOLUTION = 1e3
TOLERANCE = 0.01
#: Start of the pre-growth, as a share of the start volume: the calibrated tumor has its own structure by then.
_SEED = 20091


class Growth(NamedTuple):
    """A calibrated growth: ``cycle_h`` [h], ``loss_per_h`` [1/h], potential doubling time [day], and what was asked and
    achieved: doubling time at the start volume [day]."""

    cycle_h: float
    loss_per_h: float
    potential_doubling_days: float
    asked_doubling_days: float
    achieved_doubling_days: float


def with_growth(spec: TumorSpec, cycle_h: float, loss_factor: float) -> TumorSpec:
    """``spec`` with a cycle of ``cycle_h`` [h] and the loss that is ``loss_factor`` [-] of unhindered production."""
    loss = loss_factor * math.log(2.0) / cycle_h
    return spec._replace(traits=spec.traits._replace(cycle_h=cycle_h, loss_per_h=loss))


def measured_doubling(spec: TumorSpec, start_mm3: float, seed: int = _SEED, fraction: float = 0.5) -> float:
    """Days an untreated tumor takes from ``start_mm3`` to twice that, after growing up to it [day]; inf if it does not."""
    tumor = Tumor(spec, fraction * start_mm3, seed)
    limit = int(120 * 24 / spec.dt_h)
    reached = math.inf
    for _ in range(2 * limit):
        before = tumor.volume_mm3
        tumor.step()
        if math.isinf(reached) and tumor.volume_mm3 >= start_mm3:
            reached = _crossing(tumor, before, start_mm3)
        if tumor.volume_mm3 >= 2.0 * start_mm3:
            return (_crossing(tumor, before, 2.0 * start_mm3) - reached) * spec.dt_h / 24.0
        if tumor.n == 0 or tumor.step_number >= limit:
            break
    return math.inf


def _crossing(tumor: Tumor, before: float, level: float) -> float:
    """Step at which the volume crossed ``level``, interpolated within the last step [-]."""
    gain = tumor.volume_mm3 - before
    return tumor.step_number - (tumor.volume_mm3 - level) / gain if gain > 0 else float(tumor.step_number)


def calibrate(spec: TumorSpec, start_mm3: float, doubling_days: float, loss_factor: float) -> Growth:
    """Find the cycle time that gives ``doubling_days`` [day] at ``start_mm3`` [mm3]; cached by a hash of everything it used.

    Parameters
    ----------
    spec : TumorSpec
        Model and space; its cycle and loss are ignored.
    start_mm3, doubling_days : float
        Start volume [mm3] and doubling time there [day].
    loss_factor : float
        Background loss as a share of unhindered production [-], below 1.

    Raises
    ------
    ScenarioError
        If no cycle time reproduces the doubling time.
    """
    spec = spec._replace(resolution=CALIBRATION_RESOLUTION)
    path = cache_root() / "growth" / f"{_key(spec, start_mm3, doubling_days, loss_factor)}.json"
    if path.is_file():
        return Growth(**json.loads(path.read_text()))
    growth = _search(spec, start_mm3, doubling_days, loss_factor)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(growth._asdict()))
    partial.replace(path)
    return growth


def _search(spec: TumorSpec, start_mm3: float, asked: float, loss_factor: float) -> Growth:
    # Unhindered, the net rate is (1 - loss factor) ln 2 / T; crowding can only slow it, so the search starts there.
    cycle = 24.0 * asked * (1.0 - loss_factor)
    for _ in range(12):
        achieved = measured_doubling(with_growth(spec, cycle, loss_factor), start_mm3)
        if abs(achieved / asked - 1.0) < TOLERANCE:
            potential = cycle / 24.0
            return Growth(cycle, loss_factor * math.log(2.0) / cycle, potential, asked, achieved)
        # Time scales with the cycle, so the ratio is nearly the correction.
        cycle *= asked / achieved if math.isfinite(achieved) else 0.5
        if cycle < 4.0:
            break
    raise ScenarioError(
        f"no cell cycle reproduces a doubling time of {asked:g} days at {start_mm3:g} mm3",
        remedy="a larger tumor.mechanical_depth or a longer doubling time would be needed",
    )


def _key(spec: TumorSpec, start_mm3: float, doubling_days: float, loss_factor: float) -> str:
    traits = spec.traits._replace(cycle_h=0.0, loss_per_h=0.0)
    numbers = [*map(float, spec.params), *traits, *spec.perfusion, spec.depth_um, spec.closure_h, spec.dt_h]
    numbers += [start_mm3, doubling_days, loss_factor, _SEED, TOLERANCE]
    return hashlib.sha256(("v1" + repr([float(number) for number in numbers])).encode()).hexdigest()[:24]


def regrowth_ratio(spec: TumorSpec, start_mm3: float, kill: float = 0.5, seed: int = _SEED) -> float:
    """Regrowth rate after an instant uniform kill over the control's rate at the same volume [-] (MODEL.md P7).

    The tumor at ``start_mm3`` loses the share ``kill`` of its cells at once; the rate is taken over the five days after the
    gaps and bodies have gone (volume at its lowest).
    """
    days = 5.0
    tumor = Tumor(spec, start_mm3, seed)
    _run(tumor, 2.0)
    victims = _uniform_victims(tumor, kill)
    tumor.kill(victims)
    lowest = tumor.volume_mm3
    for _ in range(int(10 * 24 / spec.dt_h)):
        tumor.step()
        if tumor.volume_mm3 > lowest:
            break
        lowest = tumor.volume_mm3
    treated = _rate(tumor, days)
    control = Tumor(spec, lowest, seed)
    _run(control, 2.0)
    return treated / _rate(control, days)


def _uniform_victims(tumor: Tumor, kill: float) -> list[int]:
    stride = 1.0 / kill
    return [int(k * stride) for k in range(int(tumor.n * kill))]


def _run(tumor: Tumor, days: float) -> None:
    for _ in range(round(days * 24 / tumor.spec.dt_h)):
        tumor.step()


def _rate(tumor: Tumor, days: float) -> float:
    before = tumor.volume_mm3
    _run(tumor, days)
    return math.log(tumor.volume_mm3 / before) / days
