"""From engraftment to day 0: the founding tumors of an animal, and its growth without drugs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from xenosim.cell.rng import Purpose, generator
from xenosim.errors import ScenarioError
from xenosim.execution import stopping
from xenosim.execution.progress import report_part
from xenosim.scenario.resolve import resolve
from xenosim.study.animal import Animal
from xenosim.study.body_weight import BodyWeight
from xenosim.study.checkpoint_store import NOT_SAVED, CheckpointStore, CheckpointTimer
from xenosim.study.job import Job, steps_per_day
from xenosim.study.kept_state import are_volumes, check_animal, check_voxels, well_formed
from xenosim.study.memory import largest_volume
from xenosim.study.tissues import exposures, tumor_spec
from xenosim.tumor.space import AnyTumor
from xenosim.tumor.spaces import SPACES, found_tumor
from xenosim.tumor.spec import TumorSpec

if TYPE_CHECKING:
    from xenosim.pharmacology.exposure import TargetExposure
    from xenosim.scenario.schema import Scenario


def compile_kernels(scenario: Scenario) -> None:
    """Have kernels compiled, and kept, that this process's parent will need, and its other workers,
    while it calibrates the growth.
    """
    SPACES[scenario.engine].compile_ahead(tumor_spec(scenario, None))
    for doses in [arm.doses for arm in scenario.arms if arm.doses][:1]:
        exposures(scenario, doses).tumor.course(np.zeros(1))


def growth_days_expected(scenario: Scenario) -> float:
    """Days a typical animal takes from engraftment to the start volume [day]."""
    fraction = resolve(scenario).model.value("growth_start_fraction")
    return scenario.tumor.doubling_time_days * math.log2(1.0 / fraction)


def spec_of(job: Job) -> TumorSpec:
    """What the tumor of this animal is made of."""
    return tumor_spec(job.scenario, job.growth, job.variation)


def tissues_of(job: Job) -> dict[str, TargetExposure]:
    """What the tissues of this animal see of the drugs of its arm."""
    return exposures(job.scenario, job.doses, job.variation)._asdict()


def weight_of(job: Job) -> BodyWeight:
    """Body weight of this animal at day 0."""
    scenario = job.scenario
    return BodyWeight(
        resolve(scenario).strain,
        generator(scenario.seed, Purpose.BODY_WEIGHT, job.replicate, job.animal),
    )


def lesion_volumes(job: Job) -> list[float]:
    """Volumes of an animal's lesions, lognormal, before any growth shrinks or spreads them [mm3];
    of a single tumor the start volume.
    """
    lesions = job.scenario.tumor.lesions
    if lesions.count == 1:
        return [job.scenario.tumor.start_volume_mm3]
    draws = generator(job.scenario.seed, Purpose.LESION_VOLUMES, job.replicate, job.animal)
    return [
        lesions.median_volume_mm3 * math.exp(lesions.sd * float(z))
        for z in draws.standard_normal(lesions.count)
    ]


def founding_tumors(job: Job) -> list[AnyTumor]:
    """The tumor of this animal, or its lesions, at engraftment."""
    scenario, spec = job.scenario, spec_of(job)
    fraction = resolve(scenario).model.value("growth_start_fraction")
    volumes = [
        max(volume * fraction * job.variation.engraftment, 1.0 / spec.resolution)
        for volume in lesion_volumes(job)
    ]
    draws = generator(scenario.seed, Purpose.TUMOR_SEEDS, job.replicate, job.animal)
    reserve_mm3 = largest_volume(scenario) / len(volumes)
    found: list[AnyTumor] = []
    for volume, seed in zip(volumes, draws.integers(1, 2**62, len(volumes)), strict=True):
        # Hundreds of lesions take seconds.
        stopping.check()
        found.append(found_tumor(spec, volume, int(seed), reserve_mm3))
    return found


def on_study(job: Job, tumors: Sequence[AnyTumor]) -> Animal:
    """The animal with these ``tumors``, weighed, and with the drugs that it gets from day 0 on."""
    return Animal(tumors, tissues_of(job), weight_of(job), job.day_0)


def revived(job: Job, state: dict[str, Any]) -> Animal:
    """The animal of the job as the ``state`` of a checkpoint has it."""
    with well_formed(job.source.path if job.source else job.key):
        check_animal(state)
        animal = Animal.from_state(state, spec_of(job), tissues_of(job), weight_of(job))
        check_voxels(animal.tumors)
    return animal


def _growing(job: Job, state: dict[str, Any]) -> Animal:
    """The animal before treatment as the ``state`` of a checkpoint has it."""
    with well_formed(job.animal_key):
        check_animal(state)
        if not are_volumes(state["volumes"]):
            raise ValueError("volumes that are none")
        animal = Animal.from_state(state, spec_of(job))
        check_voxels(animal.tumors)
    return animal


class Growing:
    """An animal before treatment, from its newest checkpoint up to step ``last_step`` or from
    engraftment on.
    """

    def __init__(self, job: Job, store: CheckpointStore, last_step: int | None = None) -> None:
        self.timer = CheckpointTimer(store, job.animal_key, [])
        saved = store.latest(job.animal_key, last_step)
        self.animal = _growing(job, saved) if saved else Animal(founding_tumors(job))
        self.volumes: list[float] = saved["volumes"] if saved else [self.animal.volume_mm3]

    def advance_to(self, step_number: int) -> None:
        """Grow to step ``step_number`` [-]."""
        self.animal.advance_to(step_number, self._after_step)

    def _after_step(self, animal: Animal) -> None:
        self.timer.tick(self.state)
        report_part(animal.step_number * animal.dt_h / 24.0)

    def state(self) -> tuple[int, dict[str, Any], Any]:
        """Step number, header and state of the growing animal."""
        step = self.animal.step_number
        header = {"kind": "growth", "step": step, "day": self.animal.time_h / 24.0}
        return step, header, self.animal.state() | {"volumes": self.volumes}


def grow_up(job: Job, store: CheckpointStore = NOT_SAVED) -> list[float]:
    """True volume [mm3] of an untreated animal on each day from engraftment until it is well above
    the start volume.
    """
    known = store.recall(job.animal_key)
    if are_volumes(known):
        return list(known)
    with stopping.shielded():
        growing = Growing(job, store)
        start = job.scenario.tumor.start_volume_mm3
        limit = math.ceil(6.0 * growth_days_expected(job.scenario))
        volumes = growing.volumes
        while (volumes[-1] < 1.25 * start or len(volumes) < 2) and len(volumes) <= limit:
            growing.advance_to(len(volumes) * steps_per_day(job.scenario))
            volumes.append(growing.animal.volume_mm3)
        store.remember(job.animal_key, volumes)
    return volumes


def grown_animal(job: Job) -> Animal:
    """The animal on day 0, the first day on which its own tumor has the start volume.

    Raises
    ------
    ScenarioError
        It does not reach it.
    """
    animal, start = Animal(founding_tumors(job)), job.scenario.tumor.start_volume_mm3
    per_day = steps_per_day(job.scenario)
    while animal.volume_mm3 < start:
        if animal.step_number > 6.0 * growth_days_expected(job.scenario) * per_day:
            raise ScenarioError(
                f"the tumor does not reach the start volume of {start:g} mm^3",
                where="tumor.start_volume",
                remedy="lower it or shorten the doubling time",
            )
        animal.advance_to(animal.step_number + per_day)
    found = on_study(job, animal.tumors)
    found.begin_study()
    return found


def grown_tumors(job: Job, store: CheckpointStore = NOT_SAVED) -> list[AnyTumor]:
    """The animal's tumor on day 0, or its lesions."""
    growing = Growing(job, store, job.day_0)
    growing.advance_to(job.day_0)
    if growing.timer.written:
        # Growing takes long enough to be saved: the other arms need not do it again.
        growing.timer.save(growing.state)
    return growing.animal.tumors
