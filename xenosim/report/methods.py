"""What a study's methods were, under the headings of the ARRIVE Essential 10."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xenosim.report.text import enrollment_text

if TYPE_CHECKING:
    from xenosim.report.measured import MeasuredStudy
    from xenosim.scenario.schema import Scenario
    from xenosim.study.panel import PanelResult
    from xenosim.study.result import StudyResult

#: Headings, in the order of the guideline (Percie du Sert et al. 2020).
ARRIVE = (
    "Study design",
    "Sample size",
    "Inclusion and exclusion criteria",
    "Randomisation",
    "Blinding",
    "Outcome measures",
    "Statistical methods",
    "Experimental animals",
    "Experimental procedures",
    "Results",
)
STATISTICS = (
    "Intervals are 95 % bootstrap intervals over animals, with a generator per endpoint; fewer than"
    " three animals have none. Each endpoint with its definition is below its table."
)
RESULTS = "In the tables of this report, for every arm with n; animals that left are in the notes."
#: Said where no animal was left out.
ALL = "All animals that were grown entered"
#: What a table of measurements does not tell.
UNTOLD = "Not in the file: to be stated by the laboratory."


def methods_of_run(result: StudyResult | PanelResult) -> list[tuple[str, str]]:
    """Headings of :data:`ARRIVE` and what a simulated study has to say under each."""
    manifest, scenario = result.manifest, result.scenario
    measure, animals = scenario.measure, scenario.animals
    same = (
        "every animal is in every arm, on common random numbers"
        if manifest["paired"]
        else "every arm has animals of its own"
    )
    studies = f", in {scenario.replicates} replicates" if scenario.replicates > 1 else ""
    entered = enrollment_text(manifest["enrollment"]) if manifest.get("enrollment") else ALL
    if "panel" in manifest:
        studies = f", in each of {len(manifest['panel'])} models"
        entered = "Of every model, as its scenario states"
    texts = (
        f"Simulated. {_arms(manifest)}. The unit is the single animal; {same}{studies}.",
        f"{animals.per_arm} animals per arm, as the scenario states.",
        f"{entered}. Animals leave at a tumor of {measure.end_volume_mm3:g} mm3 or a loss of"
        f" {100.0 * measure.body_weight_loss:g} % of body weight.",
        f"Animals are random draws from seed {manifest['seed']}"
        + ("." if manifest["paired"] else ", assigned to arms at random by their starting volume."),
        "One program measures all arms in the same way; it does not know the arm.",
        f"Tumor volume by {measure.method} ({measure.formula}), body weight.",
        STATISTICS,
        f"Simulated mice, strain {animals.strain}; {_tumors(manifest, scenario)}.",
        f"Tumors of {scenario.tumor.start_volume_mm3:g} mm3 at the first dose, measured on days"
        f" {', '.join(f'{day:g}' for day in measure.days)}. {_regimens(scenario)}",
        RESULTS,
    )
    return list(zip(ARRIVE, texts, strict=True))


def methods_of_measured(result: MeasuredStudy) -> list[tuple[str, str]]:
    """The same of a study that was measured: what its table tells, and that the rest is not in
    it.
    """
    manifest, table = result.manifest, result.tables["observations"]
    days = sorted(float(day) for day in table["day"].unique())
    counts = ", ".join(f"{n} in '{arm}'" for arm, n in manifest["animals"].items())
    cages = f"; {table['cage'].nunique()} cages" if "cage" in table else ""
    source = "Measurements of a simulated study" if manifest["simulated"] else "Measured"
    texts = (
        f"{source}, analyzed from {manifest['measured']}. {_arms(manifest)}. The unit is the"
        f" single animal{cages}.",
        f"{counts}. How this number was chosen: {UNTOLD[0].lower()}{UNTOLD[1:]}",
        f"Animals without a measurement at or before day 0 are left out. {UNTOLD}",
        UNTOLD,
        UNTOLD,
        "Tumor volume" + (", body weight" if table["body_weight_g"].notna().any() else "") + ".",
        STATISTICS,
        UNTOLD,
        f"Measured on {len(days)} days, {days[0]:g} to {days[-1]:g} from the first dose. {UNTOLD}",
        RESULTS,
    )
    return list(zip(ARRIVE, texts, strict=True))


def _arms(manifest: dict[str, Any]) -> str:
    arms = ", ".join(f"'{arm}'" for arm in manifest["arms"])
    return f"{len(manifest['arms'])} arms: {arms}; control '{manifest['control']}'"


def _tumors(manifest: dict[str, Any], scenario: Scenario) -> str:
    """Cells and site: a scenario names its line or its model; the site is the tissue around."""
    if "panel" in manifest:
        return f"tumors of the models of the panel, {scenario.site}"
    cells = f"line {scenario.line}" if scenario.line else f"model {scenario.model}"
    return f"tumors of {cells}, {scenario.site}; {manifest['tumors']}"


def _regimens(scenario: Scenario) -> str:
    """What each arm was given, as the scenario says it."""
    said = [
        f"'{arm.name}': {arm.regimen_text or f'{len(arm.doses)} doses'}" for arm in scenario.arms
    ]
    changed = [
        f" Doses of each animal of '{arm.name}' by rule: {'; '.join(arm.protocol.in_words())}."
        for arm in scenario.arms
        if arm.protocol
    ]
    return f"Regimens: {'; '.join(said)}.{''.join(changed)}"
