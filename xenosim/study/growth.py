"""The growth of a scenario's tumors, calibrated once and remembered by the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xenosim.scenario.resolve import resolve
from xenosim.study.tissues import tumor_spec
from xenosim.tumor.growth import CALIBRATION_RESOLUTION, Growth, calibrate, from_potential

#: Agents at the start volume of a twin that growth is calibrated with, whatever the study's: its
#: doubling time then scatters by 0.5 %.
CALIBRATION_AGENTS = 5000

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario
    from xenosim.study.checkpoint_store import CheckpointStore

#: What of a growth may be None.
UNKNOWN = ("asked_doubling_days", "control_rms")


def calibrated(scenario: Scenario, store: CheckpointStore) -> Growth:
    """The growth that reproduces what the scenario asks for."""
    known = store.recall("growth")
    growth = Growth(**known) if _is_growth(known) else calibrate_growth(scenario)
    store.remember("growth", growth._asdict())
    return growth


def _is_growth(known: Any) -> bool:
    """Whether what the run remembers is a growth."""
    return (
        isinstance(known, dict)
        and set(known) == set(Growth._fields)
        and all(type(value) in (int, float) for name, value in known.items() if name not in UNKNOWN)
        and all(type(known[name]) in (int, float, type(None)) for name in UNKNOWN)
    )


def _calibration_resolution(scenario: Scenario, start_mm3: float) -> float:
    """Agents per mm3 at which the growth from ``start_mm3`` [mm3] is calibrated [1/mm3]."""
    if scenario.engine == "twin":
        return CALIBRATION_AGENTS / start_mm3
    if scenario.tumor.lesions.count > 1:
        return min(max(CALIBRATION_RESOLUTION, 2e4 / start_mm3), 1e5)
    return CALIBRATION_RESOLUTION


def calibrate_growth(scenario: Scenario) -> Growth:
    """The growth of a scenario's tumor, calibrated or as its cells would have it; of lesions, that
    of the one in which a cell finds itself on average.

    Below 1 mm3 nothing hinders growth but oxygen, and few agents would show a doubling: smaller
    lesions are calibrated at 1 mm3.
    """
    tumor, start = scenario.tumor, scenario.tumor.start_volume_mm3
    if tumor.lesions.count > 1:
        start = max(tumor.lesions.typical_volume_mm3, 1.0)
    resolution = _calibration_resolution(scenario, start)
    loss = resolve(scenario).model.value("cell_loss_factor")
    if tumor.potential_doubling_days is not None:
        return from_potential(
            tumor_spec(scenario, None), start, tumor.potential_doubling_days, loss, resolution
        )
    return calibrate(
        tumor_spec(scenario, None), start, tumor.doubling_time_days, loss, tumor.control, resolution
    )
