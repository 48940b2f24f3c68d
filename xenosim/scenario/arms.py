"""The arms of a scenario: their names, their doses, and which of them is the control."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from xenosim.errors import RegimenError, UnitError
from xenosim.pharmacology.dose import Dose, check_route, check_substance
from xenosim.pharmacology.events import read_events, table_units
from xenosim.pharmacology.regimen import parse_regimen
from xenosim.scenario.dosing import protocol
from xenosim.scenario.schema import Arm
from xenosim.scenario.values import Unusable, Values

#: Letters of an arm's name; a file name has 255 bytes, a letter up to 4.
LONGEST_NAME = 50
#: Most arms of a study.
MAX_ARMS = 100


def arms(values: Values) -> tuple[Arm, ...]:
    """Every arm in the order of the file.

    Raises
    ------
    XenosimError
        No arms, no control or two, or a mistake in an arm.
    """
    section = values.document.get(("arms",))
    if not isinstance(section, dict) or not section:
        raise values.fail(
            "arms",
            "the study has no arms",
            "add 'arms:' with a control, e.g. vehicle: {regimen: none, control: true}",
        )
    if len(section) > MAX_ARMS:
        raise values.fail(
            "arms", f"the study has {len(section)} arms", f"give at most {MAX_ARMS} in one file"
        )
    found = [values.attempt(partial(_arm, values, name)) for name in section]
    controls = [name for name in section if values.get("arms.*.control", name)]
    if len(controls) != 1:
        message = (
            "no arm is the control"
            if not controls
            else f"{' and '.join(controls)} are both the control"
        )
        raise values.fail("arms", message, "mark exactly one arm with 'control: true'")
    if None in found:
        raise Unusable
    return tuple(arm for arm in found if arm is not None)


def _arm(values: Values, name: str) -> Arm:
    if not name.isprintable() or not name.strip():
        raise values.fail(
            "arms.*",
            f"{name!r} cannot name an arm",
            "use letters, digits and spaces",
            name,
        )
    if len(name) > LONGEST_NAME:
        raise values.fail(
            "arms.*",
            f"the name of an arm has {len(name)} letters",
            f"files are named after arms: use at most {LONGEST_NAME}",
            name,
        )
    if not values.document.get(("arms", name)):
        raise values.fail(
            "arms.*", f"arm '{name}' is empty", "give it 'regimen: none' or a regimen", name
        )
    # What is no mapping is a mistake that was found already.
    control = values.get("arms.*.control", name)
    stated = [key for key in ("regimen", "events") if values.stated(f"arms.*.{key}", name)]
    if len(stated) != 1:
        raise values.fail(
            "arms.*",
            f"arm '{name}' needs either 'regimen' or 'events'",
            "write 'regimen: none' for vehicle",
            name,
        )
    doses, text = _doses(values, name, stated[0])
    if stated == ["events"] and not doses and not control:
        raise values.fail(
            "arms.*.events",
            f"the event table of arm '{name}' holds no dose",
            "add a record with AMT > 0, or write 'regimen: none'",
            name,
        )
    rules = protocol(values, name, doses)
    return Arm(name=name, doses=doses, regimen_text=text, control=control, protocol=rules)


def _doses(values: Values, name: str, key: str) -> tuple[tuple[Dose, ...], str]:
    """The doses of an arm, each checked, and the text they came from."""
    path = ("arms", name, key)
    first_day = values.get("day_of_first_dose") if values.stated("day_of_first_dose") else None
    drug = values.get("arms.*.drug", name) or values.get("drug")
    try:
        if key == "regimen":
            text = values.get("arms.*.regimen", name)
            doses = parse_regimen(text, default_drug=drug, day_of_first_dose=first_day)
        else:
            options = _table_options(values, name)
            text = f"events {options['file']}"
            doses = _table(values, options, drug, first_day)
        for dose in doses:
            check_substance(dose)
            check_route(dose)
        last_day = values.get("measure.days")[-1]
        _check_end(doses, last_day)
    except (RegimenError, UnitError) as error:
        raise values.document.placed(path, error) from error
    return doses, text


def _check_end(doses: tuple[Dose, ...], last_day: float) -> None:
    for dose in doses:
        if not dose.time_h / 24.0 < last_day:
            raise RegimenError(
                f"a dose on day {dose.time_h / 24.0:g} is not before the end of the study, day"
                f" {last_day:g}",
                remedy="shorten the regimen ('until day N') or extend measure.days",
            )


def _table_options(values: Values, name: str) -> dict[str, Any]:
    """File and units of ``events: file.csv`` or ``events: {file: ..., time_unit: ...}``."""
    if not isinstance(values.document.get(("arms", name, "events")), dict):
        file = values.get("arms.*.events", name)
    else:
        file = values.get("arms.*.events.file", name)
    if not file:
        raise values.fail(
            "arms.*.events",
            f"the events of arm '{name}' name no file",
            "write events: {file: mine.csv, time_unit: day}",
            name,
        )
    units = [values.get(f"arms.*.events.{key}", name) for key in ("time_unit", "amt_unit", "cmt")]
    return {"file": file, "units": table_units(*units)}


def _table(
    values: Values, options: dict[str, Any], drug: str | None, first_day: int | None
) -> tuple[Dose, ...]:
    path = Path(values.document.file).parent / options["file"]
    doses = read_events(path, default_drug=drug, units=options["units"])
    if doses and doses[0].time_h > 0 and first_day != 0:
        raise RegimenError(
            f"the first dose is at {doses[0].time_h:g} h, but TIME counts from the first dose",
            where=str(path),
            remedy=(
                "start TIME at 0, or state 'day_of_first_dose: 0' if the dosing of this arm starts"
                " later"
            ),
        )
    return doses
