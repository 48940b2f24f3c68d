"""The growth of a scenario's tumors, calibrated once and remembered by the run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xenosim.scenario.resolve import resolve
from xenosim.study.tissues import tumor_spec
from xenosim.tumor.growth import CALIBRATION_RESOLUTION, Growth, calibrate, from_potential

#: Agents at the start volume of a twin that growth is calibrated with, whatever the study's: its
#: doubling time then scatters by 0.5 %.
CALIBRATION_AGENTS = 5000
#: Potential doubling times that cells are known to have [day]: about the shortest of a line in
#: culture (lines.csv), where nothing hinders it; and about what the slowest vehicle group, that
#: doubles in 18.8 days (maeve), leaves at the default loss.
PLAUSIBLE_DAYS = 1.0, 10.0

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


def implausible_cycle(growth: Growth) -> list[str]:
    """A note on a growth whose cells would have to cycle as none are known to; none of others.

    Examples
    --------
    >>> implausible_cycle(Growth(12.0, 0.02, 1000.0, 0.5, 3.0, 3.0))[0][:69]
    'the potential doubling time that this growth needs, 0.50 days, is not'
    >>> implausible_cycle(Growth(60.0, 0.005, 1000.0, 2.5, 6.0, 6.0))
    []
    """
    low, high = PLAUSIBLE_DAYS
    potential = growth.potential_doubling_days
    if low <= potential <= high:
        return []
    way = (
        "lower cell_loss_factor, a larger mechanical_depth or better vessels (vessel_exchange)"
        if potential < low
        else "a higher cell_loss_factor or a smaller mechanical_depth"
    )
    return [
        f"the potential doubling time that this growth needs, {potential:.2f} days, is not one that"
        f" cells are known to have ({low:g} to {high:g}): with {way} they would cycle as cells do"
    ]


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
