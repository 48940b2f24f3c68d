"""What rules have made of the doses of a study: its events, dose intensities, and what is said of
them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from xenosim.pharmacology.dialects import doses_to_events
from xenosim.pharmacology.events import COLUMNS as EVENT_COLUMNS
from xenosim.scenario.protocol import HOLD, START, STOP, SWITCH
from xenosim.study.adaptive import STOPPED, WAITING, Decision, Dosing, arm_of, dosing_of

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.pharmacology.dose import Dose
    from xenosim.scenario.schema import Scenario
    from xenosim.study.job import Job, Outcome


class Dosed:
    """One animal and its doses: ``job``, ``dosing`` (None: its arm has no rules) and the
    ``last_day`` on which it was measured [day].
    """

    def __init__(self, job: Job, outcome: Outcome) -> None:
        self.job, self.dosing = job, dosing_of(job, outcome.truth)
        self.last_day = float(outcome.truth[-1]["day"])

    @property
    def decided(self) -> bool:
        """Whether a rule changed its doses."""
        dosing = self.dosing
        return dosing is not None and (bool(dosing.decisions) or dosing.protocol.waits)

    def until_it_left(self, doses: Sequence[Dose]) -> list[Dose]:
        """Those of ``doses`` before its last measurement."""
        return [dose for dose in doses if dose.time_h < 24.0 * self.last_day]


def without_rules(scenario: Scenario) -> Scenario:
    """The same study, its doses as planned."""
    arms = tuple(arm.model_copy(update={"protocol": None}) for arm in scenario.arms)
    return scenario.model_copy(update={"arms": arms})


def events_table(scenario: Scenario, animals: Sequence[Dosed] = ()) -> pd.DataFrame:
    """The doses of every arm as an event table; of an arm in which a rule changed some, those of
    each of its ``animals`` until it left, and each decision, EVID 2, with the reading that caused
    it.
    """
    import pandas as pd

    # An ID per arm, or animal: a reader of event tables then does not take two for one.
    changed = {a.job.arm for a in animals if a.decided}
    events: list[dict[str, Any]] = []
    number = len(scenario.arms)
    for place, arm in enumerate(scenario.arms, start=1):
        if arm.name not in changed:
            events += [{**e, "arm": arm.name} for e in doses_to_events(arm.doses, place)]
            continue
        for animal in (a for a in animals if a.job.arm == arm.name):
            number += 1
            events += _events_of(animal, number)
    given = [name for event in events for name in event]
    columns = list(dict.fromkeys(["arm", *EVENT_COLUMNS, *given]))
    table = pd.DataFrame(events, columns=columns)
    whole = [name for name in ("animal_id", "replicate", "rule") if name in table]
    return table.astype(dict.fromkeys(whole, "Int64"))


def _events_of(animal: Dosed, number: int) -> list[dict[str, Any]]:
    """Doses and decisions of one animal in the order of time; a decision comes before the dose of
    its hour.
    """
    dosing = animal.dosing
    assert dosing is not None
    job = animal.job
    who = {"arm": job.arm, "animal_id": job.animal, "replicate": job.replicate}
    doses = doses_to_events(animal.until_it_left(dosing.doses), number)
    rows: list[dict[str, Any]] = [{**event, **who} for event in doses]
    nothing = dict.fromkeys(("amt", "ii", "addl", "ss", "rate"), 0) | {"cmt": "", "drug": ""}
    other = {"id": number, "evid": 2} | nothing | who
    if dosing.protocol.waits:
        rows.append(other | {"time": 0.0, "decision": "wait"})
    rows += [
        other
        | {
            "time": 24.0 * made.day,
            "decision": made.kind,
            "rule": made.rule,
            "when": made.when,
            "reading": made.reading,
            "level_pct": 100.0 * made.level,
        }
        for made in dosing.decisions
    ]
    return sorted(rows, key=lambda row: (row["time"], row["evid"] == 1))


def dosing_table(animals: Sequence[Dosed], study: str) -> pd.DataFrame | None:
    """What every animal under rules was given of each drug until it left, beside what was planned:
    amounts [mg/kg] and their ratio, the relative dose intensity [%]; None where no arm has rules.
    """
    import pandas as pd

    rows = [row for animal in animals if animal.dosing for row in _rows_of(animal, animal.dosing)]
    if not rows:
        return None
    table = pd.DataFrame(rows)
    table.insert(0, "study_id", study)
    return table


def _rows_of(animal: Dosed, dosing: Dosing) -> list[dict[str, Any]]:
    job, made = animal.job, dosing.decisions
    # Of an animal that waits, days count from its own start; one that never starts has no plan.
    never = animal.last_day if dosing.protocol.waits else 0.0
    begun = next((d.day for d in made if d.kind == START), never)
    end = 24.0 * (animal.last_day - begun)
    planned = [dose for dose in arm_of(job).doses if dose.time_h < end]
    given = animal.until_it_left(dosing.doses)
    rows = []
    for drug in sorted({dose.drug for dose in (*planned, *given, *arm_of(job).doses)}):
        due, got = (
            [dose.amount_mg_per_kg for dose in doses if dose.drug == drug]
            for doses in (planned, given)
        )
        rows.append(
            {
                "arm": job.arm,
                "animal_id": job.animal,
                "replicate": job.replicate,
                "drug": drug,
                "doses_planned": len(due),
                "doses_given": len(got),
                "planned_mg_per_kg": sum(due),
                "given_mg_per_kg": sum(got),
                "rdi_pct": 100.0 * sum(got) / sum(due) if sum(due) > 0 else math.nan,
                "decisions": len(made),
                "holds": sum(d.kind == HOLD for d in made),
                "days_held": days_held(dosing, animal.last_day),
                "started_on_day": _day_of(made, START),
                "switched_on_day": _day_of(made, SWITCH),
                "stopped_on_day": _day_of(made, STOP),
                "level_pct": 100.0 * dosing.level,
                "state": dosing.state,
            }
        )
    return rows


def _day_of(made: Sequence[Decision], kind: str) -> float:
    """Day of the first decision of a kind [day]; NaN where there is none."""
    return next((each.day for each in made if each.kind == kind), math.nan)


def days_held(dosing: Dosing, last_day: float) -> float:
    """Days on which doses were held until ``last_day`` [day]."""
    ends = [made.day for made in dosing.decisions[1:]] + [last_day]
    pairs = zip(dosing.decisions, ends, strict=False)
    return sum(end - made.day for made, end in pairs if made.kind == HOLD)


def dosing_notes(scenario: Scenario, table: pd.DataFrame | None) -> list[str]:
    """What rules did, a line for each arm that has some."""
    if table is None:
        return []
    found = []
    for arm in (arm.name for arm in scenario.arms if arm.protocol):
        rows = table[table["arm"] == arm]
        each = rows.drop_duplicates(["animal_id", "replicate"])
        if not len(each):
            continue
        n, acted = len(each), int((each["decisions"] > 0).sum())
        if not acted:
            found.append(f"rules of '{arm}': none acted on its {n} animals")
            continue
        said = [f"a rule acted on {acted} of {n} animals"]
        if held := int((each["holds"] > 0).sum()):
            said.append(f"{held} of {n} held for {each['days_held'].sum() / held:.1f} d on average")
        counts = {
            "switched": each["switched_on_day"].notna(),
            "stopped": each["state"] == STOPPED,
            "never started": each["state"] == WAITING,
            "ended below the planned dose level": each["level_pct"] < 100.0,
            "ended above the planned dose level": each["level_pct"] > 100.0,
        }
        said += [f"{those.sum()} of {n} {what}" for what, those in counts.items() if those.any()]
        rdi = rows["rdi_pct"].dropna()
        if len(rdi):
            said.append(
                f"mean relative dose intensity (RDI) {rdi.mean():.0f} % ({rdi.min():.0f} to"
                f" {rdi.max():.0f})"
            )
        found.append(f"rules of '{arm}': {', '.join(said)}; dosing.csv, 'xenosim why RUN'")
    return found
