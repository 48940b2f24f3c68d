"""What is written down of an animal on a measurement day."""

import math
from copy import deepcopy

import numpy as np
import pytest

from xenosim.study.animal import Animal
from xenosim.study.engraft import founding_tumors, on_study
from xenosim.study.job import Job
from xenosim.study.record import Recorder, lesion_row, tumors_together
from xenosim.testing import small_scenario
from xenosim.tumor.growth import Growth


def recorder() -> Recorder:
    scenario = small_scenario()
    job = Job(scenario, Growth(30.0, 0.0, 200.0, None, 3.0, 1.25), "vehicle", 1, 0, 0, True)
    return Recorder(job, on_study(job, founding_tumors(job)))


def test_a_day_has_one_row_in_every_table() -> None:
    found = recorder()
    animal = found.animal
    assert not found.measure(0.0)
    (truth,), (cells,), (lesion,) = found.truth, found.cells, found.lesions
    assert truth["n_agents"] == cells["n_cells"] == lesion["n_agents"] == animal.n_agents
    assert truth["status"] == "on_study" and truth["tumor_volume_mm3"] == animal.volume_mm3
    assert cells["occupancy_mean"] == cells["blood_occupancy"] == 0.0
    assert lesion | lesion_row(animal.tumor) == lesion
    assert found.snapshot is not None and found.snapshot["day"] == 0.0


def test_a_large_tumor_leaves_and_the_last_day_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    found = recorder()
    assert not found.measure(36.0) and found.truth[-1]["status"] == "end_of_study"
    monkeypatch.setattr(type(found.animal.tumor), "axes_mm", lambda self: (9.0, 9.0, 9.0))
    assert found.measure(36.0) and found.truth[-1]["status"] == "reached_endpoint"


def test_a_light_animal_leaves() -> None:
    found = recorder()
    assert found.animal.weight is not None
    found.animal.weight.loss_fraction = 0.5
    assert found.measure(0.0) and found.truth[-1]["note"] == "body weight"


def test_a_record_goes_on_with_the_same_noise() -> None:
    found, twin = recorder(), recorder()
    found.measure(0.0)
    step, header, tree = found.state()
    assert step == header["step"] == 0 and header["kind"] == "animal" and header["doses"] == []
    twin.set_state(deepcopy(tree))
    for each in (found, twin):
        each.measure(6.0)
    assert twin.truth[-1] == found.truth[-1] and len(twin.truth) == 2


def test_lesions_are_counted_together() -> None:
    values, counts = tumors_together(
        [([np.array([1.0, 2.0])], np.array([3, 4])), ([np.array([5.0])], None)]
    )
    assert values[0].tolist() == [1.0, 2.0, 5.0] and counts.tolist() == [3, 4, 1]


def test_an_animal_without_cells_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    found = recorder()
    monkeypatch.setattr(Animal, "volume_mm3", 0.0)
    assert not found.measure(0.0)
    assert found.truth[-1]["tumor_volume_mm3"] == 0.0 and not math.isnan(
        found.truth[-1]["body_weight_g"]
    )
