"""The tables of a study: of what was measured, what is true, the doses, and the endpoints.

Their analysis is imported where it is used: pandas takes most of a second, for which no worker
need wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xenosim.io.runs import as_written
from xenosim.io.tables import COLUMNS
from xenosim.parameters.perturb import mutations
from xenosim.pharmacology.pk import plasma_profile
from xenosim.scenario.resolve import resolve, scenario_hash
from xenosim.study.dosing_tables import Dosed, dosing_table, events_table, without_rules
from xenosim.study.job import Job, Outcome
from xenosim.study.tissues import drug_pk, exposures

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.analysis.data import StudyData
    from xenosim.scenario.schema import Arm, Scenario
    from xenosim.study.enroll import Enrollment

#: Columns of the table ``truth``; the others that an animal tells belong to ``observations``.
TRUTH = (
    "study_id",
    "arm",
    "animal_id",
    "replicate",
    "day",
    "tumor_volume_mm3",
    "n_agents",
    "body_weight_g",
)
#: Columns of the pairs as the table of biases calls them.
ENDS = {"day": "end_day", "tumor_volume_mm3": "end_mm3"}


def build_tables(
    scenario: Scenario, enrolled: Enrollment, outcomes: list[Outcome], paired: bool
) -> dict[str, pd.DataFrame]:
    """Every table of the run directory, in key order; ``comparison`` only where two arms are
    treated or pairs are known, ``studies`` only where the study was repeated, ``enrollment`` only
    where it was staged, ``all_pairs`` only of paired animals that were all simulated to the end,
    ``dosing`` only where an arm has rules.
    """
    import pandas as pd

    from xenosim.analysis.animals import KEYS
    from xenosim.analysis.bias import bias_table
    from xenosim.analysis.clones import clone_table
    from xenosim.analysis.data import StudyData
    from xenosim.analysis.significance import significance_tests
    from xenosim.analysis.studies import over_studies
    from xenosim.analysis.summary import endpoints_of_studies

    truth = pd.DataFrame([row for outcome in outcomes for row in outcome.truth])
    cells = pd.DataFrame([row for outcome in outcomes for row in outcome.cells])
    lesions = pd.DataFrame([row for outcome in outcomes for row in outcome.lesions])
    dosed = list(map(Dosed, enrolled.tasks, outcomes))
    # Rules that never acted decided nothing: the study is that of the planned doses.
    acted = any(animal.decided for animal in dosed)
    study = scenario_hash(scenario if acted else without_rules(scenario))
    for table in (truth, cells, lesions):
        table.insert(0, "study_id", study)
    # As its file has it, so that 'xenosim analyze' finds the same endpoints.
    observations = as_written(observations_table(truth))
    studies = endpoints_of_studies(
        observations, scenario.control.name, seed=scenario.seed, paired=paired
    )
    data = StudyData(observations, scenario.control.name, paired)
    repeated = studies["replicate"].nunique() > 1
    tables = {
        "observations": observations,
        "truth": truth[list(TRUTH)],
        "cells": cells,
        "clones": clone_table(
            cells, " and ".join(mutations(scenario.perturb)), scenario.agents_per_mm3
        ),
        "events": events_table(scenario, dosed),
        "lesions": lesions,
        "endpoints": over_studies(studies) if repeated else studies.drop(columns="replicate"),
        "tests": significance_tests(data, combined=combinations_of(scenario), seed=scenario.seed),
        "plasma": plasma_table(scenario),
    }
    ends = pairs_table(enrolled.tasks, outcomes)
    tables |= _described(data, scenario.seed)
    tables["bias"] = bias_table(
        tables["endpoints"],
        truth[[*KEYS, "day", "tumor_volume_mm3", "body_weight_g", "status", "note"]],
        scenario.control.name,
        paired=paired,
        ends=None if ends is None else ends.rename(columns=ENDS),
    )
    pairs = ends if paired else None
    if pairs is not None:
        pairs.insert(0, "study_id", study)
        tables["all_pairs"] = pairs
    tables["traits"] = traits_table(enrolled.tasks, study)
    comparison = comparison_table(scenario, observations, paired, pairs)
    tables |= {"studies": studies} if repeated else {}
    dosing = dosing_table(dosed, study)
    tables |= {} if dosing is None else {"dosing": dosing}
    if enrolled.staged:
        tables["enrollment"] = pd.DataFrame(enrolled.staged)
        tables["enrollment"].insert(0, "study_id", study)
    return tables if comparison is None else tables | {"comparison": comparison}


def _described(data: StudyData, seed: int) -> dict[str, pd.DataFrame]:
    """The tables that describe animals and arms, beside those of endpoints and tests."""
    from xenosim.analysis.curves import tc_over_time
    from xenosim.analysis.tolerability import tolerability_table

    return {
        "responses": data.responses(),
        "tolerability": tolerability_table(data),
        "survival": data.survival(),
        "tc_over_time": tc_over_time(data, seed),
    }


def combinations_of(scenario: Scenario) -> list[tuple[str, str, str]]:
    """Arms (A, B, both) of which the last gives the doses of the two others, of different drugs.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> combinations_of(small_scenario())
    []
    """
    doses = {arm.name: set(arm.doses) for arm in scenario.arms if arm.doses}
    drugs = {name: {dose.drug for dose in each} for name, each in doses.items()}
    return [
        (a, b, both)
        for both in doses
        for a, b in combinations(doses, 2)
        if not drugs[a] & drugs[b] and doses[a] | doses[b] == doses[both]
    ]


def observations_table(truth: pd.DataFrame) -> pd.DataFrame:
    """What calipers and the balance say, out of all that animals tell: volume [mm3], relative to
    that of day 0 [-], weight [g].
    """
    import pandas as pd

    animal = ["arm", "replicate", "animal_id"]
    baseline = truth[truth["day"] == 0].set_index(animal)["measured_mm3"]
    keys = pd.MultiIndex.from_frame(truth[animal])
    return truth[
        ["study_id", "arm", "animal_id", "replicate", "day", "dpi", "length_mm", "width_mm"]
    ].assign(
        tumor_volume_mm3=truth["measured_mm3"],
        rtv=truth["measured_mm3"].to_numpy() / baseline.reindex(keys).to_numpy(),
        body_weight_g=truth["measured_g"],
        status=truth["status"],
        is_censored=truth["is_censored"],
        note=truth["note"],
    )


def comparison_table(
    scenario: Scenario,
    observations: pd.DataFrame,
    paired: bool,
    pairs: pd.DataFrame | None = None,
) -> pd.DataFrame | None:
    """Differences between the treated arms, in the order of the scenario, within animals where they
    are ``paired``, and the effects over all ``pairs`` where they are known; None if there is
    neither.
    """
    import pandas as pd

    from xenosim.analysis.data import StudyData
    from xenosim.analysis.pairs import effects_over_all_pairs
    from xenosim.analysis.summary import compare_arms

    names = [arm.name for arm in scenario.arms if not arm.control]
    data = StudyData(observations, scenario.control.name)
    parts = [
        compare_arms(data, a, b, data.control, paired=paired) for a, b in combinations(names, 2)
    ]
    if pairs is not None and names:
        parts.append(effects_over_all_pairs(pairs, data.control))
    return pd.concat(parts, ignore_index=True) if parts else None


def pairs_table(tasks: list[Job], outcomes: list[Outcome]) -> pd.DataFrame | None:
    """True volumes of every animal in every arm on day 0 and on the last day [mm3], and the day on
    which it left before that [day]; None where one of them was not simulated until then.
    """
    import pandas as pd

    if any(outcome.end_mm3 is None for outcome in outcomes):
        return None
    rows = []
    for task, outcome in zip(tasks, outcomes, strict=True):
        first, last = outcome.truth[0], outcome.truth[-1]
        end = float(task.scenario.measure.days[-1])
        left = last["status"] == "reached_endpoint" and last["day"] < end
        rows.append(
            {
                "arm": task.arm,
                "animal_id": task.animal,
                "replicate": task.replicate,
                "day": end,
                "start_volume_mm3": first["tumor_volume_mm3"],
                "tumor_volume_mm3": outcome.end_mm3,
                "left_on_day": last["day"] if left else np.nan,
            }
        )
    return pd.DataFrame(rows)


def traits_table(tasks: list[Job], study: str) -> pd.DataFrame:
    """What makes every animal of a ``study`` differ from the typical one: a row per animal, its
    factors of growth, engraftment, clearance, volume, bioavailability, vessel exchange, load and
    threshold [-].
    """
    import pandas as pd

    animals = {(task.replicate, task.animal): task for task in tasks}
    return pd.DataFrame(
        [
            {"study_id": study, "animal_id": task.animal, "replicate": task.replicate}
            | task.variation._asdict()
            for _, task in sorted(animals.items())
        ]
    )


def plasma_table(scenario: Scenario, step_h: float = 1.0) -> pd.DataFrame:
    """Plasma concentration [nM] and mean target occupancy [-] of a typical animal, every ``step_h``
    [h], for every arm and drug.
    """
    import pandas as pd

    hours = np.arange(0.0, 24.0 * scenario.measure.days[-1] + step_h / 2, step_h)
    parts = [
        part for arm in scenario.arms if arm.doses for part in _plasma_of_arm(scenario, arm, hours)
    ]
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS["plasma"]))
    return pd.concat(parts, ignore_index=True)


def _plasma_of_arm(scenario: Scenario, arm: Arm, hours: NDArray[Any]) -> Iterator[pd.DataFrame]:
    """Rows of one arm, drug by drug; the occupancy is that of all of them together."""
    import pandas as pd

    tissue, drugs = exposures(scenario, arm.doses), resolve(scenario).drugs
    occupancy = [
        (float(tissue.tumor.advance(a, b).mean()), float(tissue.blood.advance(a, b).mean()))
        for a, b in pairwise(hours)
    ]
    tumor, blood = zip((0.0, 0.0), *occupancy, strict=True)
    for drug in sorted({dose.drug for dose in arm.doses}):
        doses = [dose for dose in arm.doses if dose.drug == drug]
        yield pd.DataFrame(
            {
                "arm": arm.name,
                "drug": drug,
                "time_h": hours,
                "day": hours / 24.0,
                "concentration_nM": plasma_profile(drug_pk(drugs[drug]), doses).concentration(
                    hours
                ),
                "tumor_occupancy": tumor,
                "blood_occupancy": blood,
            }
        )
