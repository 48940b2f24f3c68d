"""Identity of a job: names of its files, its doses, its day 0."""

from xenosim.study.job import Job, SourceAnimal, steps_per_day
from xenosim.study.variation import TYPICAL, draw_variation
from xenosim.testing import small_scenario
from xenosim.tumor.growth import Growth

GROWTH = Growth(30.0, 0.0, 200.0, None, 3.0, 1.25)


def job(arm: str | None, source: SourceAnimal | None = None) -> Job:
    return Job(small_scenario(), GROWTH, arm, 2, 0, 0 if source else 9, source=source)


def test_files_are_named_by_replicate_animal_and_arm() -> None:
    names = [arm.name for arm in small_scenario().arms]
    assert [job(name).key for name in names] == [f"r0_a2_arm{k}" for k in range(len(names))]
    assert job(None).animal_key == "r0_a2_growth"
    name = job(names[1]).file_name_on(2.5)
    assert name.startswith("arm1_") and name.endswith("_animal2_replicate0_day2.5")
    assert "/" not in name and " " not in name


def test_a_grown_animal_begins_after_its_growth() -> None:
    grown = job("vehicle")
    assert grown.day_0 == 9 * steps_per_day(grown.scenario) == 216
    assert grown.days_since_engraftment(3.0) == 12.0
    assert grown.variation == draw_variation(grown.scenario, 0, 2)


def test_a_source_animal_brings_its_past() -> None:
    arm = next(arm for arm in small_scenario().arms if arm.doses)
    past = arm.doses[0]._replace(time_h=-48.0) if hasattr(arm.doses[0], "_replace") else None
    doses = (past or arm.doses[0],)
    source = SourceAnimal("a.ckpt", 4.0, 1, GROWTH, 9.0, TYPICAL, doses)
    branched = job(arm.name, source)
    assert branched.doses == (*doses, *arm.doses)
    assert branched.days_since_engraftment(1.0) == 14.0 and branched.variation is TYPICAL
