"""What a study needs of the machine, and what it does where memory is short."""

from pathlib import Path

import pytest

from tests.conftest import SCENARIOS
from xenosim.errors import ResourceError
from xenosim.execution import processes
from xenosim.scenario.load import load_scenario
from xenosim.study import memory
from xenosim.study.run import run_study
from xenosim.testing import SMALL

FULL = next(path for path in SCENARIOS if path.stem == "full_size")
ESCC = next(path for path in SCENARIOS if path.stem == "escc_q2d")

METASTASES = next(path for path in SCENARIOS if path.stem == "osteosarcoma_metastases")


def test_no_tumor_of_a_study_passes_the_largest_volume_expected() -> None:
    scenario = load_scenario(ESCC, SMALL)
    truth = run_study(scenario, jobs=1).tables["truth"]
    assert truth["tumor_volume_mm3"].max() < memory.largest_volume(scenario)


def test_the_full_size_tumor_fits_ten_gibibytes_and_a_tenth_of_its_cells_two() -> None:
    """Without drug; with drug cells hold more than twice the columns."""
    untreated, treated = (
        load_scenario(FULL, {}),
        load_scenario(FULL, {"arms.vehicle.regimen": "1 mg/kg PO QW x2"}),
    )
    assert (
        6 < memory.bytes_needed(untreated) / 2**30 < 10 < memory.bytes_needed(treated) / 2**30 < 16
    )
    assert memory.bytes_needed(load_scenario(FULL, {"tumor.resolution": "1e4 /mm^3"})) / 2**30 < 2


def test_memory_limits_the_workers_and_refuses_what_cannot_fit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario = load_scenario(ESCC, {})
    one = memory.bytes_needed(scenario)
    has = [int(2.5 * one / memory.USABLE)]
    monkeypatch.setattr(memory, "memory_bytes", lambda: has[0])
    monkeypatch.setattr(processes, "processors", lambda: 8)
    assert memory.workers_that_fit(scenario, None) == 2
    assert memory.workers_that_fit(scenario, 1) == 1
    with pytest.raises(ResourceError, match="this machine has") as caught:
        memory.workers_that_fit(scenario, 3)
    assert "--jobs 2" in str(caught.value.remedy)
    has[0] = int(0.5 * one)
    with pytest.raises(ResourceError) as refused:
        memory.workers_that_fit(scenario, None)
    assert "resolution" in str(refused.value.remedy)


def test_f10_every_lesion_has_room_around_it() -> None:
    few, many = (
        load_scenario(METASTASES, {"tumor.lesions.count": str(count)}) for count in (20, 500)
    )
    margins = memory._margins(many, 0.0)
    assert 25 * memory._margins(few, 0.0) == pytest.approx(margins)
    assert 30e6 < margins < memory.bytes_needed(many)


@pytest.mark.parametrize("other", ["doubling_time", "control"])
def test_a_potential_doubling_time_stands_alone(tmp_path: Path, other: str) -> None:
    text = ESCC.read_text().replace(
        "growth: {doubling_time: 6 day}",
        f"growth: {{potential_doubling_time: 2.4 day, {other}: 6 day}}",
    )
    path = tmp_path / "both.yaml"
    path.write_text(text)
    with pytest.raises(Exception, match="both"):
        load_scenario(path)
