"""What a search over schedules makes large or small."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import ScenarioError, XenosimError
from xenosim.inference.evaluate import Curves, Found
from xenosim.inference.evaluate_outputs import (
    OUTPUTS,
    Estimate,
    Output,
    Seen,
    find_output,
    interval_of,
)
from xenosim.inference.optimize_space import Plan
from xenosim.inference.sweep_vary import refuse
from xenosim.scenario.schema import MeasureSettings

Array = NDArray[np.float64]
#: What a plan has without being simulated: label and unit.
COUNTED = {"total_dose": ("total dose", "mg/kg"), "visits": ("visits", "d")}
#: Most objectives at once.
MOST = 3


class Objective(NamedTuple):
    """One objective: ``name``, ``label`` and ``unit``; the ``output``, None of what is counted;
    ``sign``, 1 where less is better, -1 where more is.
    """

    name: str
    label: str
    unit: str
    output: Output | None
    sign: float


class Scored(NamedTuple):
    """A simulated plan: scores (animals,) of each objective, of what is counted one; ``loss`` of
    weight (animals,) [%].
    """

    plan: Plan
    scores: tuple[Array, ...]
    loss: Array

    def estimate(self, k: int, objective: Objective) -> Estimate:
        """An objective with its interval."""
        if objective.output is None:
            value = float(self.scores[k][0])
            return Estimate(value, value, value, 1)
        return interval_of(self.scores[k], objective.output.shown)

    def values(self, objectives: Sequence[Objective]) -> tuple[float, ...]:
        """Means of the scores, less is better."""
        return tuple(o.sign * float(s.mean()) for o, s in zip(objectives, self.scores, strict=True))


def parse_objectives(maximize: Sequence[str], minimize: Sequence[str]) -> tuple[Objective, ...]:
    """The objectives; every mistake is in the error.

    Raises
    ------
    ScenarioError
        None, too many, two that are one, an unknown one, or one in the direction that nobody wants.

    Examples
    --------
    >>> [o.name for o in parse_objectives(["control"], ["visits"])]
    ['tc_pct', 'visits']
    """
    found: list[Objective] = []
    mistakes: list[XenosimError] = []
    for names, large in ((maximize, True), (minimize, False)):
        for name in names:
            try:
                found.append(_objective(name.strip(), large))
            except XenosimError as error:
                mistakes.append(error)
    if not found and not mistakes:
        remedy = "write e.g. --maximize control"
        mistakes.append(ScenarioError("no objective", where="--maximize", remedy=remedy))
    if len({o.name for o in found}) < len(found) or len(found) > MOST:
        listed = ", ".join(o.name for o in found)
        mistakes.append(
            ScenarioError(
                f"objectives {listed}", where="--maximize", remedy=f"at most {MOST} different ones"
            )
        )
    refuse(mistakes)
    return tuple(found)


def _objective(name: str, large: bool) -> Objective:
    option = "--maximize" if large else "--minimize"
    if name in COUNTED:
        if large:
            raise ScenarioError(
                f"more {COUNTED[name][0]} is no aim", where=option, remedy=f"--minimize {name}"
            )
        return Objective(name, *COUNTED[name], None, 1.0)
    output = find_output(name, option)
    # Control is that of the tumor: the more of it, the lower T/C.
    wanted = name == "control" or not output.low
    if wanted != large:
        other = "--maximize" if wanted else "--minimize"
        raise ScenarioError(
            f"{output.label} is better {'large' if wanted else 'small'}",
            where=f"{option} {name}",
            remedy=f"{other} {name}",
        )
    return Objective(output.name, output.label, output.unit, output, 1.0 if output.low else -1.0)


def scored(
    plan: Plan,
    treated: Found,
    control: Found,
    objectives: Sequence[Objective],
    measure: MeasureSettings,
    day: float,
) -> Scored | str:
    """Scores of a plan, or why it could not be simulated."""
    if not isinstance(control, Curves):
        return control
    if not isinstance(treated, Curves):
        return treated
    seen = Seen(treated, control, measure, day)
    scores = []
    for objective in objectives:
        if objective.output is not None:
            scores.append(objective.output.scores(seen))
        else:
            value = plan.total if objective.name == "total_dose" else len(plan.days)
            scores.append(np.array([float(value)]))
    return Scored(plan, tuple(scores), OUTPUTS["weight_loss_pct"].scores(seen))


def front(found: Sequence[Scored], objectives: Sequence[Objective]) -> list[Scored]:
    """Those that no other is better than in one objective and at least as good in all, best first
    in the first objective; of one objective all, best first.
    """
    values = {id(one): one.values(objectives) for one in found}
    ranked = sorted(found, key=lambda one: (values[id(one)], one.plan.total, one.plan.at))
    if len(objectives) == 1:
        return ranked
    kept: list[Scored] = []
    for one in ranked:
        mine = values[id(one)]
        beaten = any(
            all(a <= b for a, b in zip(values[id(other)], mine, strict=True)) for other in kept
        )
        if not beaten:
            kept.append(one)
    return kept


def better(one: Scored, other: Scored) -> bool:
    """Whether the 95 % interval of the difference of the first objective, within animals, leaves 0
    out.
    """
    a, b = one.scores[0], other.scores[0]
    if a.size == 1:
        return bool(a[0] != b[0])
    found = interval_of(a - b)
    return bool(found.low > 0.0 or found.high < 0.0)
