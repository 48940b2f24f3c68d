"""What the reader of a study must know beside its answer, kept in its manifest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from xenosim.scenario.library import own_files_text
from xenosim.scenario.resolve import (
    assumed_text,
    calibration_of,
    resolve,
    stated_parameters,
    status_counts,
)
from xenosim.study.dosing_tables import dosing_notes
from xenosim.study.trust import outside_comparison

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.scenario.schema import Scenario
    from xenosim.study.job import SourceAnimal

#: Share by which chance may move the volume of one radial twin unsaid [-].
CHANCE = 0.15


def limited_baselines(observations: pd.DataFrame) -> tuple[int, int]:
    """Animals whose reading of day 0 is the limit of the method, and all of them."""
    first = observations[observations["day"] == 0]
    return int(first["is_censored"].sum()), len(first)


def start_out_of_sight(scenario: Scenario) -> str:
    """What is said of tumors that start below what calipers quantify; "" of others.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> start_out_of_sight(small_scenario())[:47]
    'tumors start at 2 mm^3, 1.6 mm across: calipers'
    """
    start, measure = scenario.tumor.start_volume_mm3, scenario.measure
    across_mm = (6.0 * start / math.pi) ** (1.0 / 3.0)
    if measure.method != "caliper" or across_mm > measure.caliper_limit_mm:
        return ""
    return (
        f"tumors start at {start:g} mm^3, {across_mm:.1f} mm across: calipers quantify from"
        f" {measure.caliper_limit_mm:g} mm on, so that readings of day 0 are that limit, and"
        " relative volumes, T/C and growth are not the tumors' own"
    )


def enrollment_planned(scenario: Scenario) -> str:
    """What is said before a study of staged animals; "" of others.

    Examples
    --------
    >>> from xenosim.testing import SMALL, small_scenario
    >>> enrollment_planned(small_scenario(overrides=SMALL | {"animals.enroll.grown": "1.5"}))
    '9 animals are grown, the 6 nearest to their mean volume enter'
    """
    settings = scenario.animals.enroll
    if settings is None:
        return ""
    entering = scenario.animals.per_arm * len(scenario.arms)
    each = f" in each of {scenario.replicates} replicates" if scenario.replicates > 1 else ""
    within = f", all within {100.0 * settings.window:g} % of it" if settings.strict else ""
    return (
        f"{scenario.animals.grown_for(entering)} animals are grown, the {entering} nearest to their"
        f" mean volume enter{within}{each}"
    )


def enrollment(scenario: Scenario, tables: dict[str, pd.DataFrame]) -> dict[str, Any]:
    """How many animals were grown, were in the window and entered, of all replicates, and the range
    of the volumes of those that entered [mm3]; nothing where all that were grown entered.
    """
    settings, table = scenario.animals.enroll, tables.get("enrollment")
    if settings is None or table is None:
        return {}
    volumes = table[table["entered"]]["tumor_volume_mm3"]
    return {
        "grown": len(table),
        "in_window": int(table["in_window"].sum()),
        "entered": len(volumes),
        "window": settings.window,
        "mean_mm3": float(volumes.mean()),
        "smallest_mm3": float(volumes.min()),
        "largest_mm3": float(volumes.max()),
    }


def notes(
    scenario: Scenario,
    tables: dict[str, pd.DataFrame],
    source: SourceAnimal | None = None,
    paired: bool = False,
) -> list[str]:
    """What the reader must know: assumed parameters, uncalibrated cells, doses of 0, cures, animals
    removed, and the animal that a study branched from.
    """
    found = [assumed_text(status_counts(scenario))]
    found += own_files_text(scenario)
    if scenario.overrides:
        found.append(f"set by the scenario, and assumed: {stated_parameters(scenario)}")
    is_calibrated, cells = calibration_of(scenario)
    found += [] if is_calibrated else [f"cells: {cells}"]
    doses = [dose for arm in scenario.arms for dose in arm.doses]
    if any(dose.amount_mg_per_kg == 0 and not dose.reset for dose in doses):
        found.append("some doses are 0 mg/kg")
    if any(dose.reset for dose in doses):
        found.append("resets (EVID 3, 4) empty plasma; what tissue has bound, and the tumor, stay")
    if any(dose.ss for dose in doses):
        found.append(
            "steady state (SS) is that of plasma; tissue and cells are untreated before that dose"
        )
    if "studies" in tables:
        found.append(
            f"{scenario.replicates} studies of {scenario.animals.per_arm} animals per arm: numbers"
            " are medians over the studies, their intervals hold 95 % of the studies (none of two),"
            " n is that of the smallest; studies.csv has each study"
        )
    elif scenario.replicates > 1:
        found.append("replicates of one animal per arm are animals of one study: n counts them all")
    limited, of = limited_baselines(tables["observations"])
    if limited:
        found.append(
            f"{limited} of {of} readings of day 0 are the limit of the {scenario.measure.method}:"
            " volumes relative to them, T/C and growth are not the tumors' own; start larger, or"
            " lower measure.limit"
        )
    found += dosing_notes(scenario, tables.get("dosing"))
    found += outside_comparison(scenario)
    found += _few_agents(scenario, tables["truth"])
    found += _cures(scenario, tables["truth"])
    found += (removed := _removals(scenario, tables["observations"]))
    if removed and paired and "all_pairs" not in tables:
        found.append(
            "paired numbers are those of the animals left in every arm; 'animals.follow_removed:"
            " true' simulates all to the last day, for the effect over all pairs"
        )
    if source:
        found.append(
            f"animal {source.animal} of the checkpoint, day {source.day:g}, in every arm: start"
            " volume, growth and number of animals of the scenario do not apply"
        )
    return found


def _few_agents(scenario: Scenario, truth: pd.DataFrame) -> list[str]:
    """A note on a radial twin whose tumors came down to so few agents that chance moves them: the
    volume that grows from n agents varies by about 1/sqrt(n).
    """
    if scenario.engine == "lattice":
        return []
    means = truth.groupby(["arm", "day"])["n_agents"].mean()
    fewest = float(means[means > 0].min()) if (means > 0).any() else math.inf
    error = 1.0 / math.sqrt(max(fewest, 1.0))
    if error <= CHANCE:
        return []
    arm, day = means[means > 0].idxmin()
    return [
        f"the twins of '{arm}' came down to a mean of {fewest:.2g} agents on day {day:g}: chance"
        f" alone moves the volume of one tumor by about {100.0 * error:.0f} %; raise"
        " tumor.twin_agents, or use --engine lattice"
    ]


def _cures(scenario: Scenario, truth: pd.DataFrame) -> list[str]:
    """One note per arm with animals whose tumor has no cell left at their last measurement."""
    last = truth.drop_duplicates(["arm", "replicate", "animal_id"], keep="last")
    cured, of = last[last["n_agents"] == 0]["arm"].value_counts(), last["arm"].value_counts()
    limit = scenario.measure.caliper_limit_mm
    cells = resolve(scenario).model.value("cell_density") / scenario.agents_per_mm3
    told = f", as far as agents of {float(f'{cells:.2g}'):.0f} cells can tell" if cells >= 2 else ""
    return [
        f"{cured[arm.name]} of {of[arm.name]} animals of '{arm.name}' have no tumor cell left"
        f" (cured){told}: their true volume is 0, and calipers read, and T/C counts, the limit of"
        f" {limit:g} mm"
        for arm in scenario.arms
        if arm.name in cured
    ]


def _removals(scenario: Scenario, observations: pd.DataFrame) -> list[str]:
    """Animals that left before the last day, with arm and day, and what their absence does to the
    control.
    """
    removed = observations.query("status == 'reached_endpoint'")
    removed = removed[removed["day"] < scenario.measure.days[-1]]
    if removed.empty:
        return []
    arms = "; ".join(
        f"'{arm.name}' {_who_left(removed[removed['arm'] == arm.name])}"
        for arm in scenario.arms
        if (removed["arm"] == arm.name).any()
    )
    found = [
        f"removed at the humane endpoint before the last day: {_animals(len(removed))}: {arms}; T/C"
        " is that of the animals left, T/C of last volumes carries those removed for their volume"
        " forward"
    ]
    large = removed[removed["note"] != "body weight"]
    if (large["arm"] == scenario.control.name).any():
        found.append(
            "the control lost its largest tumors, which draws T/C toward 100 %; growth"
            " rates, delays and T/C of last volumes use every animal"
        )
    return found


def _who_left(removed: pd.DataFrame) -> str:
    """How many animals of one arm left on which days, and how many of them for their weight."""
    days = removed["day"].value_counts().sort_index()
    texts = [f"day {day:g}" + (f" ({n})" if n > 1 else "") for day, n in days.items()]
    light = int((removed["note"] == "body weight").sum())
    why = f", {light} for body weight" if light else ""
    return f"{', '.join(texts)}{why}"


def _animals(n: int) -> str:
    return f"{n} animal{'s' * (n != 1)}"


def notes_on_ensemble(scenario: Scenario, ensemble: dict[str, Any]) -> list[str]:
    """What must be known of the parameter sets of an answer, as the manifest keeps them: where they
    are from, what the data say of the model's load, and sets that could not be simulated.
    """
    if not ensemble:
        return []
    found = []
    if ensemble["calibrated"] and ensemble["stale"]:
        found.append(
            "the parameter sets were calibrated with an earlier state of the model: 'xenosim"
            " calibrate' finds them anew"
        )
    if not ensemble["calibrated"]:
        found.append(
            "the parameter sets are drawn from what was believed before any data: their interval is"
            " that of the ranges of the parameter files"
        )
    if ensemble["own_load"]:
        found.append(ensemble["own_load"])
    found += ensemble["beyond"]
    if scenario.engine == "lattice":
        found.append("the parameter sets were simulated as radial twins of the study")
    failed = ensemble["failed"]
    if failed:
        found.append(
            f"{len(failed)} of {ensemble['sets'] + len(failed)} parameter sets could not be"
            f" simulated and are left out: {failed[0]['reason']}"
        )
    return found
