"""YAML -> :class:`Scenario`, with file and line in every error."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from pathlib import Path

from xenosim.errors import ParameterError, RegimenError, UnitError, suggest
from xenosim.parameters.limits import too_coarse
from xenosim.parameters.lines import find_line
from xenosim.parameters.load import ParameterSet, available, load_set
from xenosim.parameters.perturb import Perturbation, kd_folds, of_line, parse_perturbations
from xenosim.pharmacology.dose import Dose, check_route, check_substance
from xenosim.pharmacology.events import read_events, table_units
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.document import Document, read_document
from xenosim.scenario.schema import (
    FORMULAS,
    AnimalSettings,
    Arm,
    LesionSettings,
    MeasureSettings,
    ResistantSettings,
    Scenario,
    TumorSettings,
)
from xenosim.units import DIMENSIONS, quantity

KEYS = (
    "title",
    "published",
    "model",
    "site",
    "line",
    "perturb",
    "drug",
    "tumor",
    "animals",
    "measure",
    "arms",
    "day_of_first_dose",
    "replicates",
    "seed",
    "time_step",
)
MIN_RESOLUTION = 1e3
#: A tumor without cells is read as the caliper limit, so that relative volumes stay defined: the
#: limit is never 0 [mm].
MIN_CALIPER_LIMIT_MM = 0.1
METHODS = ("caliper", "imaging")


def load_scenario(path: str | Path, overrides: Mapping[str, str] | None = None) -> Scenario:
    """Read and check a scenario.

    Parameters
    ----------
    path : path
        The YAML file.
    overrides : mapping, optional
        Dotted keys and their values, as given by ``--set``.

    Raises
    ------
    XenosimError
        Naming file, line and remedy.
    """
    document = read_document(Path(path), overrides)
    document.check_keys((), KEYS)
    model = _known(document, ("model",), "model", required=True)
    site = (
        _known(document, ("site",), "site")
        if document.get(("site",)) is not None
        else "subcutaneous"
    )
    drug = document.get(("drug",))
    if drug is not None:
        _known(document, ("drug",), "drug")
    stated = document.get(("day_of_first_dose",)) is not None
    first_day = _integer(document, ("day_of_first_dose",), 0, 0, 1)
    line = _line(document)
    perturb = _perturb(document, line)
    tumor = _tumor(document, load_set(model), load_set(site), Path(path).parent, perturb)
    animals = _animals(document)
    measure = _measure(document, load_set(animals.strain), tumor.lesions.count)
    if tumor.start_volume_mm3 >= measure.end_volume_mm3:
        raise document.fail(
            ("tumor", "start_volume"),
            f"the start volume {tumor.start_volume_mm3:g} mm^3 is not below the humane endpoint"
            f" {measure.end_volume_mm3:g} mm^3",
            "lower tumor.start_volume or raise measure.humane_endpoint.tumor_volume",
        )
    # Of all formulas L W^2 / 2 reads least.
    if measure.method == "caliper" and 0.5 * measure.caliper_limit_mm**3 >= measure.end_volume_mm3:
        raise document.fail(
            ("measure", "limit"),
            f"calipers that quantify from {measure.caliper_limit_mm:g} mm on never read less than"
            f" {0.5 * measure.caliper_limit_mm**3:g} mm^3, the humane endpoint is"
            f" {measure.end_volume_mm3:g} mm^3: every animal would leave on day 0",
            "lower measure.limit or raise measure.humane_endpoint.tumor_volume",
        )
    return Scenario(
        title=str(document.get(("title",), Path(path).stem)),
        published=str(document.get(("published",), "")),
        model=model,
        site=site,
        line=line,
        perturb=perturb,
        drug=drug,
        tumor=tumor,
        animals=animals,
        measure=measure,
        arms=_arms(
            document, drug, first_day if stated else None, measure.days[-1], Path(path).parent
        ),
        day_of_first_dose=first_day,
        replicates=_integer(document, ("replicates",), 1, 1, 10000),
        seed=_integer(document, ("seed",), 1, 0, 2**31 - 1),
        dt_h=_quantity(document, ("time_step",), "time", 1.0, 0.05, 3.0),
    )


def _line(document: Document) -> str:
    """Name of a line of the library, or "" for the model's own cells."""
    name = document.get(("line",))
    if name is None:
        return ""
    try:
        return find_line(str(name)).name
    except ParameterError as error:
        raise document.fail(("line",), error.message, error.remedy or "") from error


def _perturb(document: Document, line: str) -> tuple[Perturbation, ...]:
    """The perturbations of a list, or of one text, with the line's own."""
    given = document.get(("perturb",))
    texts = (
        [str(text) for text in given]
        if isinstance(given, list)
        else [str(given)]
        if given is not None
        else []
    )
    try:
        found = parse_perturbations(texts)
        return of_line(line, found) if line else found
    except ParameterError as error:
        raise document.fail(("perturb",), error.message, error.remedy or "") from error


def _resistant(document: Document, perturb: tuple[Perturbation, ...]) -> ResistantSettings:
    path = ("tumor", "resistant")
    document.check_keys(path, ("fraction", "mutation_rate", "reversion_rate", "cycle_cost"))
    mutated = bool(kd_folds(perturb))
    if document.get(path) is not None and not mutated:
        raise document.fail(
            path, "a resistant clone needs a mutation", 'add perturb: ["PSMB5=A49T"]'
        )
    rates = {
        name: _quantity(document, (*path, name), "fraction", 0.0, 0.0, 1.0)
        for name in ("mutation_rate", "reversion_rate", "cycle_cost")
    }
    return ResistantSettings(
        fraction=_quantity(
            document, (*path, "fraction"), "fraction", 1.0 if mutated else 0.0, 0.0, 1.0
        ),
        **rates,
    )


def _known(document: Document, path: tuple[str, ...], kind: str, required: bool = False) -> str:
    name = document.get(path)
    if name is None and required:
        raise document.fail(
            path, f"'{path[-1]}' is missing", f"one of {', '.join(available(kind))}"
        )
    if name not in available(kind):
        hint = suggest(str(name), available(kind))
        raise document.fail(
            path, f"there is no {kind} '{name}'{hint}", f"known: {', '.join(available(kind))}"
        )
    return str(name)


def _quantity(
    document: Document,
    path: tuple[str, ...],
    dimension: str,
    default: float | None,
    low: float,
    high: float,
) -> float:
    text = document.get(path)
    if text is None:
        if default is None:
            raise document.fail(
                path[:-1] or path,
                f"'{'.'.join(path)}' is missing",
                "add it; 'xenosim new' shows how",
            )
        return default
    try:
        number = quantity(text, dimension)
    except UnitError as error:
        raise UnitError(
            error.message,
            where=document.where(path),
            remedy=error.remedy,
            excerpt=document.excerpt(path),
        ) from error
    if not low <= number <= high:
        unit = DIMENSIONS[dimension]
        raise document.fail(
            path,
            f"{text} is out of range",
            f"it must lie between {low:g} and {high:g}{' ' + unit if unit else ''}",
        )
    return number


def _integer(document: Document, path: tuple[str, ...], default: int, low: int, high: int) -> int:
    text = document.get(path)
    if text is None:
        return default
    if not re.fullmatch(r"-?\d{1,12}", str(text)) or not low <= int(text) <= high:
        raise document.fail(
            path, f"'{path[-1]}' is {text}", f"write a whole number from {low} to {high}"
        )
    return int(text)


def _tumor(
    document: Document,
    model: ParameterSet,
    site: ParameterSet,
    folder: Path,
    perturb: tuple[Perturbation, ...],
) -> TumorSettings:
    document.check_keys(
        ("tumor",), ("start_volume", "lesions", "growth", "resolution", "resistant")
    )
    document.check_keys(
        ("tumor", "growth"), ("doubling_time", "control", "potential_doubling_time")
    )
    density = model.value("cell_density")
    resolution = _quantity(
        document, ("tumor", "resolution"), "density", MIN_RESOLUTION, 0.0, math.inf
    )
    if not MIN_RESOLUTION <= resolution <= density:
        raise document.fail(
            ("tumor", "resolution"),
            f"a resolution of {resolution:g} agents per mm^3 is out of range",
            f"use 1e3 /mm^3 (an agent is 100 um wide) to {density:g} /mm^3 (one agent per cell)",
        )
    voxel = site.values.get("voxel_edge", model.values["voxel_edge"]).value
    if reason := too_coarse(
        1000.0 / resolution ** (1.0 / 3.0), model.value("mechanical_depth"), voxel
    ):
        raise document.fail(("tumor", "resolution"), reason, "choose a finer resolution")
    control, potential = _control(document, folder), _potential(document)
    # Without crowding the loss is all that slows a tumor down: its fastest doubling, for estimates.
    usual = (
        model.value("doubling_time")
        if potential is None
        else potential / (1.0 - model.value("cell_loss_factor"))
    )
    lesions = _lesions(document, site)
    start = (
        lesions.count * lesions.mean_volume_mm3 if lesions.count > 1 else lesions.median_volume_mm3
    )
    return TumorSettings(
        control=control,
        start_volume_mm3=start,
        lesions=lesions,
        doubling_time_days=_quantity(
            document, ("tumor", "growth", "doubling_time"), "duration_days", usual, 1.0, 60.0
        ),
        potential_doubling_days=potential,
        resolution_per_mm3=resolution,
        resistant=_resistant(document, perturb),
    )


def _lesions(document: Document, site: ParameterSet) -> LesionSettings:
    """Lesions of ``tumor.lesions``, of the site by default; their volumes follow from a stated
    start volume, or it from them.
    """
    path = ("tumor", "lesions")
    document.check_keys(path, ("count", "median_volume", "sd"))
    default = {name: p.value for name, p in site.values.items() if name.startswith("lesion_")}
    count = _integer(document, (*path, "count"), round(default.get("lesion_count", 1)), 1, 500)
    sd = _quantity(
        document, (*path, "sd"), "dimensionless", default.get("lesion_volume_sd", 0.0), 0.0, 2.0
    )
    stated = document.get(("tumor", "start_volume")) is not None
    if stated and document.get((*path, "median_volume")) is not None:
        raise document.fail(
            (*path, "median_volume"),
            "the tumor has both a start volume and a volume of its lesions",
            "keep one of them",
        )
    if count == 1 and document.get(path) is not None and (sd > 0 or not stated):
        raise document.fail(
            path, "a single lesion is a tumor", "give tumor.start_volume, or a count of 2 or more"
        )
    if count > 1 and not stated:
        median = _quantity(
            document,
            (*path, "median_volume"),
            "volume",
            default.get("lesion_median_volume"),
            1e-4,
            2000.0,
        )
        return LesionSettings(count=count, median_volume_mm3=median, sd=sd)
    start = _quantity(document, ("tumor", "start_volume"), "volume", 150.0, 1.0, 2000.0)
    return LesionSettings(
        count=count,
        median_volume_mm3=start / (count * math.exp(0.5 * sd**2)) if count > 1 else start,
        sd=sd if count > 1 else 0.0,
    )


def _potential(document: Document) -> float | None:
    """The potential doubling time of ``tumor.growth`` [day], where it is given in place of what a
    tumor shows.
    """
    path = ("tumor", "growth", "potential_doubling_time")
    if document.get(path) is None:
        return None
    for other in ("doubling_time", "control"):
        if document.get((*path[:-1], other)) is not None:
            raise document.fail(
                path, f"growth has both a potential doubling time and {other}", "keep one of them"
            )
    return _quantity(document, path, "duration_days", None, 0.5, 30.0)


def _control(document: Document, folder: Path) -> tuple[tuple[float, float], ...]:
    """The control table of ``tumor.growth.control``: geometric mean volume per day, in rising
    days.
    """
    path = ("tumor", "growth", "control")
    name = document.get(path)
    if name is None:
        return ()
    if document.get(("tumor", "growth", "doubling_time")) is not None:
        raise document.fail(
            path, "growth has both a doubling time and a control table", "keep one of them"
        )
    remedy = (
        "give a CSV file with the columns day and tumor_volume_mm3, volumes above 0, from two"
        " days on"
    )
    volumes: dict[float, list[float]] = {}
    try:
        reader = csv.DictReader((folder / str(name)).read_text(encoding="utf-8-sig").splitlines())
        rows = [(reader.line_num, row) for row in reader]
    except FileNotFoundError as error:
        raise document.fail(path, f"the control table '{name}' does not exist", remedy) from error
    except (OSError, ValueError, csv.Error) as error:
        raise document.fail(
            path, f"the control table '{name}' cannot be read as text", remedy
        ) from error
    for column in ("day", "tumor_volume_mm3"):
        if column not in (reader.fieldnames or ()):
            raise document.fail(path, f"the control table '{name}' has no column {column}", remedy)
    for line, row in rows:
        try:
            day, volume = float(row["day"]), float(row["tumor_volume_mm3"])
        except (TypeError, ValueError):
            day = volume = math.nan
        if not (math.isfinite(day) and 0.0 < volume < math.inf):
            raise document.fail(
                path,
                f"line {line} of the control table '{name}' holds no day and volume above 0",
                remedy,
            )
        volumes.setdefault(day, []).append(math.log(volume))
    curve = tuple(
        (day, math.exp(math.fsum(logs) / len(logs))) for day, logs in sorted(volumes.items())
    )
    if len(curve) < 2 or curve[-1][1] <= curve[0][1]:
        raise document.fail(path, f"the control table '{name}' does not show growth", remedy)
    return curve


def _animals(document: Document) -> AnimalSettings:
    document.check_keys(("animals",), ("per_arm", "strain", "between_animal_cv"))
    cvs = ("growth", "clearance", "volume", "bioavailability")
    document.check_keys(("animals", "between_animal_cv"), cvs)
    strain = "mouse"
    if document.get(("animals", "strain")) is not None:
        spelled = (
            re.sub(r"[^a-z0-9]+", "_", str(document.get(("animals", "strain"))).lower())
            .replace("cb_17", "cb17")
            .replace("balb_c", "balbc")
        )
        document.data["animals"]["strain"] = spelled
        strain = _known(document, ("animals", "strain"), "mouse")
    mouse = load_set(strain)
    values = {
        f"cv_{cv}": _quantity(
            document,
            ("animals", "between_animal_cv", cv),
            "fraction",
            mouse.value(f"cv_{cv}"),
            0.0,
            1.5,
        )
        for cv in cvs
    }
    return AnimalSettings(
        per_arm=_integer(document, ("animals", "per_arm"), 8, 1, 10000), strain=strain, **values
    )


def _measure(document: Document, mouse: ParameterSet, lesions: int) -> MeasureSettings:
    document.check_keys(
        ("measure",), ("days", "method", "error", "limit", "formula", "humane_endpoint")
    )
    document.check_keys(("measure", "humane_endpoint"), ("tumor_volume", "body_weight_loss"))
    formula = str(document.get(("measure", "formula"), FORMULAS[0]))
    if formula not in FORMULAS:
        raise document.fail(
            ("measure", "formula"), f"unknown formula '{formula}'", f"one of {', '.join(FORMULAS)}"
        )
    method = str(document.get(("measure", "method"), "caliper" if lesions == 1 else "imaging"))
    if method not in METHODS:
        raise document.fail(
            ("measure", "method"),
            f"unknown method '{method}'{suggest(method, METHODS)}",
            f"one of {', '.join(METHODS)}",
        )
    if method == "caliper" and lesions > 1:
        raise document.fail(
            ("measure", "method"),
            "calipers do not measure many lesions",
            "write 'method: imaging', the total burden",
        )
    limits = ("measure", "humane_endpoint")
    return MeasureSettings(
        days=_days(document),
        method=method,
        caliper_error_sd=_quantity(
            document, ("measure", "error"), "fraction", mouse.value("caliper_error_sd"), 0.0, 1.0
        ),
        caliper_limit_mm=_quantity(
            document,
            ("measure", "limit"),
            "length_mm",
            mouse.value("caliper_limit"),
            MIN_CALIPER_LIMIT_MM,
            10.0,
        ),
        imaging_limit_mm3=mouse.value("imaging_limit"),
        formula=formula,
        end_volume_mm3=_quantity(
            document, (*limits, "tumor_volume"), "volume", 2000.0, 1.0, 5000.0
        ),
        body_weight_loss=_quantity(
            document,
            (*limits, "body_weight_loss"),
            "fraction",
            mouse.value("weight_loss_removal"),
            0.01,
            1.0,
        ),
    )


def _days(document: Document) -> tuple[float, ...]:
    path = ("measure", "days")
    given = document.get(path)
    remedy = 'write "0..30 by 3" or a list such as [0, 3, 7]'
    if given is None:
        raise document.fail(("measure",), "'measure.days' is missing", remedy)
    try:
        if isinstance(given, list):
            days = [float(day) for day in given]
        elif match := re.fullmatch(
            r"\s*(\d{1,4})\s*\.\.\s*(\d{1,4})(?:\s+by\s+(\d{1,4}))?\s*", str(given)
        ):
            step = int(match[3] or 1)
            days = [float(day) for day in range(int(match[1]), int(match[2]) + 1, step)]
        else:
            days = [float(day) for day in str(given).split(",")]
    except ValueError as error:
        raise document.fail(path, f"'{given}' is not a list of days", remedy) from error
    if (
        not days
        or days != sorted(set(days))
        or days[0] != 0
        or days[-1] > 365
        or not all(map(math.isfinite, days))
    ):
        raise document.fail(
            path,
            f"'{given}': days must rise from 0 to at most 365",
            "day 0, the baseline before the first dose, comes first",
        )
    if len(days) < 2:
        raise document.fail(path, "a study needs a day after day 0", remedy)
    return tuple(days)


def _arms(
    document: Document, drug: str | None, first_day: int | None, last_day: float, folder: Path
) -> tuple[Arm, ...]:
    section = document.get(("arms",))
    if not isinstance(section, dict) or not section:
        raise document.fail(
            ("arms",),
            "the study has no arms",
            "add 'arms:' with a control, e.g. vehicle: {regimen: none, control: true}",
        )
    arms = tuple(_arm(document, name, drug, first_day, last_day, folder) for name in section)
    controls = [arm.name for arm in arms if arm.control]
    if len(controls) != 1:
        message = (
            "no arm is the control"
            if not controls
            else f"{' and '.join(controls)} are both the control"
        )
        raise document.fail(("arms",), message, "mark exactly one arm with 'control: true'")
    return arms


def _arm(
    document: Document,
    name: str,
    drug: str | None,
    first_day: int | None,
    last_day: float,
    folder: Path,
) -> Arm:
    path = ("arms", name)
    if not name.isprintable() or not name.strip() or set(name) & set("/\\"):
        raise document.fail(
            path,
            f"{name!r} cannot name an arm",
            "files are named after arms: use letters, digits and spaces, no / or \\",
        )
    if not document.get(path):
        raise document.fail(path, f"arm '{name}' is empty", "give it 'regimen: none' or a regimen")
    document.check_keys(path, ("regimen", "events", "control", "drug"))
    arm_drug = drug
    if document.get((*path, "drug")) is not None:
        arm_drug = _known(document, (*path, "drug"), "drug")
    text, events = document.get((*path, "regimen")), document.get((*path, "events"))
    if (text is None) == (events is None):
        raise document.fail(
            path,
            f"arm '{name}' needs either 'regimen' or 'events'",
            "write 'regimen: none' for vehicle",
        )
    key = (*path, "regimen" if text is not None else "events")
    try:
        if text is not None:
            doses = parse_regimen(str(text), default_drug=arm_drug, day_of_first_dose=first_day)
        else:
            doses = _table(document, key, arm_drug, first_day, folder)
        _check_doses(doses, last_day)
    except (RegimenError, UnitError) as error:
        raise type(error)(
            error.message,
            where=error.where or document.where(key),
            remedy=error.remedy,
            excerpt=document.excerpt(key),
        ) from error
    control = str(document.get((*path, "control"), "false")).lower()
    if control not in ("true", "false"):
        raise document.fail((*path, "control"), f"'control' is {control}", "write true or false")
    if events is not None and not doses and control == "false":
        raise document.fail(
            key,
            f"the event table of arm '{name}' holds no dose",
            "add a record with AMT > 0, or write 'regimen: none'",
        )
    source = events["file"] if isinstance(events, dict) else events
    return Arm(
        name=name,
        doses=doses,
        regimen_text=str(text) if text is not None else f"events {source}",
        control=control == "true",
    )


def _table(
    document: Document, key: tuple[str, ...], drug: str | None, first_day: int | None, folder: Path
) -> tuple[Dose, ...]:
    """The doses of ``events: file.csv`` or ``events: {file: ..., time_unit: ..., amt_unit: ...,
    cmt: ...}``.
    """
    events = document.get(key)
    options = events if isinstance(events, dict) else {"file": events}
    if isinstance(events, dict):
        document.check_keys(key, ("file", "time_unit", "amt_unit", "cmt"))
    if not options.get("file"):
        raise document.fail(
            key,
            f"the events of arm '{key[1]}' name no file",
            "write events: {file: mine.csv, time_unit: day}",
        )
    units = table_units(
        str(options.get("time_unit", "h")),
        str(options.get("amt_unit", "mg/kg")),
        options.get("cmt"),
    )
    path = folder / str(options["file"])
    doses = read_events(path, default_drug=drug, units=units)
    if doses and doses[0].time_h > 0 and first_day != 0:
        message = f"the first dose is at {doses[0].time_h:g} h, but TIME counts from the first dose"
        remedy = (
            "start TIME at 0, or state 'day_of_first_dose: 0' if the dosing of this arm starts"
            " later"
        )
        raise RegimenError(message, where=str(path), remedy=remedy)
    return doses


def _check_doses(doses: tuple[Dose, ...], last_day: float) -> None:
    for dose in doses:
        check_substance(dose)
        check_route(dose)
        if not dose.time_h / 24.0 < last_day:
            raise RegimenError(
                f"a dose on day {dose.time_h / 24.0:g} is not before the end of the study, day"
                f" {last_day:g}",
                remedy="shorten the regimen ('until day N') or extend measure.days",
            )
