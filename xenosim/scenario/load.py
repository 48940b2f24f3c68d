"""YAML -> :class:`Scenario`: the rules between keys, with file and line in every error."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from xenosim.errors import ParameterError, ScenarioError
from xenosim.parameters.limits import too_coarse
from xenosim.parameters.lines import find_line
from xenosim.parameters.perturb import Perturbation, kd_folds, of_line, parse_perturbations
from xenosim.parameters.shelf import on_shelf
from xenosim.scenario.arms import arms
from xenosim.scenario.control import growth_control
from xenosim.scenario.document import read_document
from xenosim.scenario.dosing import dose_levels, shared_rules, unused
from xenosim.scenario.library import library_beside, sets_named
from xenosim.scenario.origin import RUNS_AGAIN, origin_of
from xenosim.scenario.overrides import check_overrides
from xenosim.scenario.panel import panel
from xenosim.scenario.schema import (
    BY_SIZE,
    AnimalSettings,
    AnswerSettings,
    EnrollSettings,
    LesionSettings,
    MeasureSettings,
    Override,
    ResistantSettings,
    Scenario,
    TumorSettings,
)
from xenosim.scenario.values import Unusable, Values

#: Most animals of a study, of all arms and replicates, and most rows of its tables.
MAX_ANIMALS, MAX_MEASUREMENTS = 100_000, 5_000_000


def load_scenario(path: str | Path, overrides: Mapping[str, object] | None = None) -> Scenario:
    """Read and check a scenario.

    Parameters
    ----------
    path : path
        The YAML file.
    overrides : mapping, optional
        Dotted keys and their values, as given by ``--set``; numbers may be numbers, and sections
        mappings.

    Raises
    ------
    XenosimError
        Naming file, line and remedy; of several mistakes, all.

    Examples
    --------
    >>> from xenosim.scenario.resolve import starter_text
    >>> path = getfixture("tmp_path") / "my.yaml"
    >>> _ = path.write_text(starter_text())
    >>> [arm.name for arm in load_scenario(path, {"animals.per_arm": 3}).arms]
    ['vehicle', 'QW', 'BIW']
    """
    document = read_document(Path(path), overrides)
    if {"parameters", "dt_h"} <= document.data.keys():
        raise ScenarioError(
            "this is a resolved scenario, which a run leaves for reading",
            where=document.file,
            remedy=f"run the {RUNS_AGAIN} beside it",
        )
    library = library_beside(Path(path).parent, document)
    with on_shelf(library):
        values = Values(document)
        for rule in _RULES:
            with suppress(Unusable):
                values.part(rule)
        values.refuse_mistakes()
        scenario = values.part(_scenario)
        files = library.used(sets_named(scenario))
    origin = origin_of(values.document, files)
    return scenario.model_copy(update={"library": files, "origin": origin})


def _scenario(values: Values) -> Scenario:
    return Scenario(
        title=values.get("title") or Path(values.document.file).stem,
        published=values.get("published") or "",
        engine=values.get("engine"),
        model=values.get("model"),
        site=values.get("site"),
        line=values.part(_line),
        perturb=values.part(_perturbations),
        drug=values.get("drug"),
        tumor=values.part(_tumor),
        animals=values.part(_animals),
        measure=values.part(_measure),
        arms=values.part(arms),
        day_of_first_dose=values.get("day_of_first_dose"),
        replicates=values.get("replicates"),
        seed=values.get("seed"),
        dt_h=values.get("time_step"),
        overrides=values.part(_overrides),
        panel=values.part(panel),
        answers=values.part(_answers),
    )


def _answers(values: Values) -> AnswerSettings:
    return AnswerSettings(
        population=values.get("population"),
        ensemble=values.get("ensemble"),
        ensemble_from=values.get("ensemble_from"),
    )


def _line(values: Values) -> str:
    """Name of a line of the library, or "" for the model's own cells."""
    name = values.get("line")
    if name is None:
        return ""
    try:
        return find_line(name).name
    except ParameterError as error:
        raise values.fail("line", error.message, error.remedy or "") from error


def _perturbations(values: Values) -> tuple[Perturbation, ...]:
    """The perturbations of the study, with the line's own."""
    line = values.part(_line)
    try:
        found = parse_perturbations(values.get("perturb") or [])
        return of_line(line, found) if line else found
    except ParameterError as error:
        raise values.fail("perturb", error.message, error.remedy or "") from error


def _overrides(values: Values) -> tuple[Override, ...]:
    """Parameters that the scenario states in place of those of its sets."""
    return check_overrides(values, values.attempt(partial(values.part, _perturbations)))


def _resistant(values: Values) -> ResistantSettings:
    section = "tumor.resistant"
    mutated = bool(kd_folds(values.part(_perturbations)))
    if values.stated(section) and not mutated:
        raise values.fail(
            section, "a resistant clone needs a mutation", 'add perturb: ["PSMB5=A49T"]'
        )
    fraction = values.get(f"{section}.fraction")
    return ResistantSettings(
        fraction=float(mutated) if fraction is None else fraction,
        mutation_rate=values.get(f"{section}.mutation_rate"),
        reversion_rate=values.get(f"{section}.reversion_rate"),
        cycle_cost=values.get(f"{section}.cycle_cost"),
    )


def _resolution(values: Values) -> float:
    """Agents per mm3: not finer than cells, not coarser than what the model has to show."""
    model, site = values.parameters("model"), values.parameters("site")
    resolution: float = values.get("tumor.resolution")
    density = model.value("cell_density")
    if resolution > density:
        raise values.fail(
            "tumor.resolution",
            f"a resolution of {resolution:g} agents per mm^3 is out of range",
            f"use 1e3 /mm^3 (an agent is 100 um wide) to {density:g} /mm^3 (one agent per cell)",
        )
    voxel = site.values.get("voxel_edge", model.values["voxel_edge"]).value
    spacing_um = 1000.0 / resolution ** (1.0 / 3.0)
    if reason := too_coarse(spacing_um, model.value("mechanical_depth"), voxel):
        raise values.fail("tumor.resolution", reason, "choose a finer resolution")
    return resolution


def _twin_agents(values: Values) -> int:
    """Agents of the radial twin at the start volume: never more than there are cells."""
    name, lesions = "tumor.twin_agents", values.part(_lesions)
    agents: int = values.get(name)
    cells = int(values.parameters("model").value("cell_density") * lesions.mean_volume_mm3)
    if agents > cells and values.stated(name):
        raise values.fail(
            name,
            f"{agents} agents are more than the {cells} cells of a tumor of"
            f" {lesions.mean_volume_mm3:g} mm^3",
            f"use at most {max(cells, 1)}",
        )
    return max(min(agents, cells), 1)


def _tumor(values: Values) -> TumorSettings:
    model, lesions = values.parameters("model"), values.part(_lesions)
    potential = values.part(_potential)
    doubling = values.get("tumor.growth.doubling_time")
    if potential is not None:
        # Without crowding the loss is all that slows a tumor down: its fastest doubling, for
        # estimates.
        doubling = potential / (1.0 - model.value("cell_loss_factor"))
    several = lesions.count > 1
    return TumorSettings(
        control=values.part(growth_control),
        start_volume_mm3=lesions.count * lesions.mean_volume_mm3
        if several
        else lesions.median_volume_mm3,
        lesions=lesions,
        doubling_time_days=doubling,
        potential_doubling_days=potential,
        resolution_per_mm3=values.part(_resolution),
        twin_agents=values.part(_twin_agents),
        resistant=values.part(_resistant),
    )


def _lesions(values: Values) -> LesionSettings:
    """Lesions of ``tumor.lesions``, of the site by default; their volumes follow from a stated
    start volume, or it from them.
    """
    section, median = "tumor.lesions", "tumor.lesions.median_volume"
    count, sd = values.get(f"{section}.count"), values.get(f"{section}.sd")
    start_stated = values.stated("tumor.start_volume")
    if start_stated and values.stated(median):
        raise values.fail(
            median,
            "the tumor has both a start volume and a volume of its lesions",
            "keep one of them",
        )
    if count == 1 and values.stated(section) and (sd > 0 or not start_stated):
        raise values.fail(
            section,
            "a single lesion is a tumor",
            "give tumor.start_volume, or a count of 2 or more",
        )
    if count > 1 and not start_stated:
        volume = values.get(median)
        if volume is None:
            raise values.missing(median)
        return LesionSettings(count=count, median_volume_mm3=volume, sd=sd)
    start = values.get("tumor.start_volume")
    if count == 1:
        return LesionSettings(count=1, median_volume_mm3=start, sd=0.0)
    volume = start / (count * math.exp(0.5 * sd**2))
    return LesionSettings(count=count, median_volume_mm3=volume, sd=sd)


def _potential(values: Values) -> float | None:
    """The potential doubling time [day], where it is given in place of what a tumor shows."""
    name = "tumor.growth.potential_doubling_time"
    for other in ("doubling_time", "control"):
        if values.stated(name) and values.stated(f"tumor.growth.{other}"):
            raise values.fail(
                name, f"growth has both a potential doubling time and {other}", "keep one of them"
            )
    potential: float | None = values.get(name)
    return potential


def _enroll(values: Values) -> EnrollSettings | None:
    """How animals are staged; None where no more are grown than enter."""
    grown, window = values.get("animals.enroll.grown"), values.get("animals.enroll.window")
    strict = values.stated("animals.enroll.window")
    if grown > 1.0:
        return EnrollSettings(grown=grown, window=window, strict=strict)
    if strict:
        raise values.fail(
            "animals.enroll.window",
            "all animals enter, as no more are grown",
            "leave the window out, or raise animals.enroll.grown above 1",
        )
    return None


def _animals(values: Values) -> AnimalSettings:
    cv, follow = "animals.between_animal_cv", values.get("animals.follow_removed")
    return AnimalSettings(
        per_arm=values.get("animals.per_arm"),
        strain=values.get("animals.strain"),
        cv_growth=values.get(f"{cv}.growth"),
        cv_clearance=values.get(f"{cv}.clearance"),
        cv_volume=values.get(f"{cv}.volume"),
        cv_bioavailability=values.get(f"{cv}.bioavailability"),
        cv_exchange=values.get(f"{cv}.exchange"),
        cv_load=values.get(f"{cv}.load"),
        cv_threshold=values.get(f"{cv}.threshold"),
        enroll=values.part(_enroll),
        follow_removed=values.get("engine") == "twin" if follow is None else follow,
    )


def _method(values: Values) -> str:
    several = values.part(_lesions).count > 1
    method: str = values.get("measure.method") or ("imaging" if several else "caliper")
    if method == "caliper" and several:
        raise values.fail(
            "measure.method",
            "calipers do not measure many lesions",
            "write 'method: imaging', the total burden",
        )
    return method


def _errors(values: Values) -> tuple[float, float]:
    """Error of a measurement in ln V [-], and of one reading of calipers [mm]; one of them is 0."""
    error, strain = values.get("measure.error"), values.parameters("strain")
    if error != BY_SIZE:
        return error, 0.0
    if values.part(_method) == "caliper":
        return 0.0, strain.value("caliper_reading_sd")
    if values.stated("measure.error"):
        raise values.fail(
            "measure.error", f"'{BY_SIZE}' is an error of calipers", "write a share, e.g. 12 %"
        )
    return strain.value("caliper_error_sd"), 0.0


def _measure(values: Values) -> MeasureSettings:
    error_sd, reading_sd_mm = values.part(_errors)
    return MeasureSettings(
        days=values.get("measure.days"),
        method=values.part(_method),
        caliper_error_sd=error_sd,
        caliper_reading_sd_mm=reading_sd_mm,
        caliper_limit_mm=values.get("measure.limit"),
        imaging_limit_mm3=values.parameters("strain").value("imaging_limit"),
        formula=values.get("measure.formula"),
        end_volume_mm3=values.get("measure.humane_endpoint.tumor_volume"),
        body_weight_loss=values.get("measure.humane_endpoint.body_weight_loss"),
    )


def _room_to_grow(values: Values) -> None:
    """Refuse a start at or above the humane endpoint."""
    end = values.get("measure.humane_endpoint.tumor_volume")
    start = values.part(_tumor).start_volume_mm3
    if start >= end:
        raise values.fail(
            "tumor.start_volume",
            f"the start volume {start:g} mm^3 is not below the humane endpoint {end:g} mm^3",
            "lower tumor.start_volume or raise measure.humane_endpoint.tumor_volume",
        )


def _endpoint_in_sight(values: Values) -> None:
    """Refuse calipers whose limit alone reads as the humane endpoint."""
    limit, end = values.get("measure.limit"), values.get("measure.humane_endpoint.tumor_volume")
    # Of all formulas L W^2 / 2 reads least.
    least = 0.5 * limit**3
    if values.part(_method) == "caliper" and least >= end:
        raise values.fail(
            "measure.limit",
            f"calipers that quantify from {limit:g} mm on never read less than {least:g} mm^3, the"
            f" humane endpoint is {end:g} mm^3: every animal would leave on day 0",
            "lower measure.limit or raise measure.humane_endpoint.tumor_volume",
        )


def _size(values: Values) -> None:
    """Refuse a study of more animals or measurements than its tables can hold."""
    per_arm, repeats = values.get("animals.per_arm"), values.get("replicates")
    entering = per_arm * len(values.part(arms))
    animals = repeats * values.part(_animals).grown_for(entering)
    measured = repeats * entering * len(values.get("measure.days"))
    if animals > MAX_ANIMALS or measured > MAX_MEASUREMENTS:
        raise values.fail(
            "animals.per_arm",
            f"the study has {animals} animals and {measured} measurements, of at most"
            f" {MAX_ANIMALS} and {MAX_MEASUREMENTS}",
            "lower animals.per_arm, replicates or the number of days",
        )


#: What is looked at in any case, whatever else is wrong.
_RULES: tuple[Callable[[Values], Any], ...] = (
    lambda values: values.get("model"),
    _perturbations,
    _overrides,
    _resistant,
    _resolution,
    _potential,
    growth_control,
    _lesions,
    _twin_agents,
    _animals,
    _measure,
    dose_levels,
    shared_rules,
    unused,
    arms,
    _tumor,
    panel,
    _room_to_grow,
    _endpoint_in_sight,
    _size,
    _scenario,
)
