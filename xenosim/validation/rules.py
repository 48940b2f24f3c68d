"""The rules of published/in_vivo.csv: what is computed of the simulated animals for one row, and
how it is judged.

A rule gets what each set of parameters gives, and the row. Panels give one entry for each model.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from xenosim.validation import verdicts
from xenosim.validation.effects import EVENT, Followed, tc, tc_sd
from xenosim.validation.verdicts import Array, Judged, Simulated


class Row(NamedTuple):
    """One published result: ``what`` it is and its ``unit``; the ``scenario`` that answers it by
    ``rule``, on its ``arm`` ``against`` another or, "", the control; how it is ``used``; the rows
    it ``repeats``; whether day, start volume or doubling time of its ``design`` are assumed; the
    ``reason`` why it is not simulated. ``value``, ``low``, ``high``: published, NaN where there is
    no number; ``n``: animals of an arm [-].
    """

    row_id: str
    what: str
    unit: str
    scenario: str
    arm: str
    against: str
    rule: str
    used: str
    repeats: str
    design: bool
    reason: str
    value: float
    low: float
    high: float
    n: int


class Effects(NamedTuple):
    """What one set of parameters gives: ``models``, the animals by arm of each model of the study;
    ``groups``, the class of each; name of the ``control`` arm; last day of the study [day]; DR5 of
    the tumor over that without drug [-], NaN where it is not asked for.
    """

    models: tuple[dict[str, Followed], ...]
    groups: tuple[str, ...]
    control: str
    last_day: float
    dr5: float = math.nan

    def arms(self, row: Row, model: int = 0) -> tuple[Followed, Followed]:
        """The arm of a row and that which it is compared with."""
        found = self.models[model]
        return found[row.arm], found[row.against or self.control]

    def tcs(self, row: Row) -> Array:
        """T/C of mean volumes of every model (models,), against the row's other arm [-]."""
        return np.array([tc(*self.arms(row, k)) for k in range(len(self.models))])

    def event_free(self, row: Row, model: int, of: Callable[[Array], float]) -> float:
        """Event-free time of the arm over that of the other, ``of`` the animals' times, which end
        with the study [-].
        """
        treated, other = (of(np.minimum(arm.event, self.last_day)) for arm in self.arms(row, model))
        return treated / other


def _over_sets(sets: Sequence[Effects], row: Row, value: Callable[[Effects], float]) -> Simulated:
    """A quantity over the sets of parameters, with the error of few animals."""
    errors = [tc_sd(*effects.arms(row)) for effects in sets]
    return Simulated(
        np.array([value(effects) for effects in sets]),
        float(np.mean(errors)) / math.sqrt(len(sets)),
    )


def _tc(sets: Sequence[Effects], row: Row) -> Simulated:
    return _over_sets(sets, row, lambda effects: float(np.median(effects.tcs(row))))


Answer = tuple[Simulated, Judged]


def _number(sets: Sequence[Effects], row: Row) -> Answer:
    """T/C of mean volumes."""
    found = _tc(sets, row)
    return found, verdicts.judge_number(found, row.value, row.n, row.design)


def _below(sets: Sequence[Effects], row: Row) -> Answer:
    """Smaller than in the control, or than under the comparator."""
    found, than = _tc(sets, row), f"T/C over that of {row.against}" if row.against else "T/C"
    holds = found.values < 1.0
    return found, verdicts.judge_share(found, holds, verdicts.DIRECTION, f"{than} < 1", (0.0, 1.0))


def _no_response(sets: Sequence[Effects], row: Row) -> Answer:
    """About as large as in the control."""
    found = _tc(sets, row)
    holds = found.values >= verdicts.INACTIVE
    return found, verdicts.judge_share(
        found,
        holds,
        verdicts.NO_RESPONSE,
        f"T/C >= {verdicts.INACTIVE:g}",
        (verdicts.INACTIVE, math.inf),
    )


def _later(sets: Sequence[Effects], row: Row) -> Answer:
    """A longer mean time to :data:`EVENT` times the first volume, within the study: what stands for
    survival, for nothing dies of a tumor here.
    """
    found = _over_sets(sets, row, lambda e: e.event_free(row, 0, lambda times: float(times.mean())))
    return found, verdicts.judge_share(
        found,
        found.values > 1.0,
        verdicts.DIRECTION,
        f"ratio of mean times to {EVENT:g} x start > 1",
        (1.0, math.inf),
    )


def _cytostatic(sets: Sequence[Effects], row: Row) -> Answer:
    """In the median model smaller than in the control, and larger than at the start."""
    found = _tc(sets, row)
    grown = np.array(
        [
            np.median([np.exp(np.log(m[row.arm].end / m[row.arm].start).mean()) for m in e.models])
            for e in sets
        ]
    )
    holds = (found.values < 1.0) & (grown > 1.0)
    what = f"T/C < 1 and treated tumors grow; relative volume {float(np.median(grown)):.2f}"
    return found, verdicts.judge_share(found, holds, verdicts.DIRECTION, what, (0.0, 1.0))


def _models_decrease(sets: Sequence[Effects], row: Row) -> Answer:
    """Smaller than in the control in every model."""
    count = len(sets[0].models)
    found = _over_sets(sets, row, lambda e: float((e.tcs(row) < 1.0).sum()))
    holds = found.values == count
    return found, verdicts.judge_share(
        found, holds, verdicts.DIRECTION, f"T/C < 1 in all {count}", (float(count), math.inf)
    )


def _models_extended(sets: Sequence[Effects], row: Row) -> Answer:
    """Models in which a study of such a size would more often than not find a longer event-free
    time.
    """
    count = len(sets[0].models)

    def extended(effects: Effects) -> float:
        return float(sum(_is_extended(effects, row, k) for k in range(count)))

    found = _over_sets(sets, row, extended)
    return found, verdicts.judge_count(found, round(row.low), count)


def _is_extended(effects: Effects, row: Row, model: int) -> bool:
    treated, other = (np.minimum(arm.event, effects.last_day) for arm in effects.arms(row, model))
    if treated.mean() <= other.mean():
        return False
    return verdicts.significance(treated, other, row.n) > 0.5


def _efs_ratio(sets: Sequence[Effects], row: Row) -> Answer:
    """Ratio of median event-free times, in the median model."""

    def ratio(effects: Effects) -> float:
        models = range(len(effects.models))
        return float(
            np.median([effects.event_free(row, k, lambda t: float(np.median(t))) for k in models])
        )

    found = _over_sets(sets, row, ratio)
    # A scatter of ln V is one of the time to a multiple of the first volume.
    tolerated = verdicts.tolerance(row.n, row.design, 0.0) / math.log(EVENT)
    return found, verdicts.judge_range(found, row.low, row.high, tolerated)


def _regressions(sets: Sequence[Effects], row: Row) -> Answer:
    """Animals whose tumor is smaller on the last day than at the start."""

    def count(effects: Effects) -> float:
        treated, _ = effects.arms(row)
        return row.n * float(np.mean(treated.end < treated.start))

    found = _over_sets(sets, row, count)
    return found, verdicts.judge_count(found, round(row.value), row.n)


def _class_difference(sets: Sequence[Effects], row: Row) -> Answer:
    """Median T/C of the models whose class ends in "mutant" over that of those that end in "wild
    type".
    """

    def ratio(effects: Effects) -> float:
        tcs = effects.tcs(row)
        mutant = np.array([group.endswith("mutant") for group in effects.groups])
        wild = np.array([group.endswith("wild type") for group in effects.groups])
        return float(np.median(tcs[mutant]) / np.median(tcs[wild]))

    found = _over_sets(sets, row, ratio)
    return found, verdicts.judge_share(
        found,
        found.values > 1.0,
        verdicts.DIRECTION,
        "T/C of mutant over wild type > 1",
        (1.0, math.inf),
    )


def _dr5(sets: Sequence[Effects], row: Row) -> Answer:
    """DR5 of the tumor cells a day after the first dose."""
    found = _over_sets(sets, row, lambda effects: effects.dr5)
    return found, verdicts.judge_share(
        found, found.values > 1.0, verdicts.DIRECTION, "DR5 rises", (1.0, math.inf)
    )


#: Rules by name.
RULES: dict[str, Callable[[Sequence[Effects], Row], Answer]] = {
    "tc": _number,
    "decrease": _below,
    "better": _below,
    "later": _later,
    "no_response": _no_response,
    "cytostatic": _cytostatic,
    "models_decrease": _models_decrease,
    "models_extended": _models_extended,
    "efs_ratio": _efs_ratio,
    "regressions": _regressions,
    "class_difference": _class_difference,
    "dr5": _dr5,
}
#: Units of what a rule gives; of others a ratio.
UNITS = {"models_decrease": "models", "models_extended": "models", "regressions": "animals"}
#: Rules whose direction a study of the published size may not show.
WITH_POWER = ("decrease", "better", "no_response")
