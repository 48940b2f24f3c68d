"""Which parameters decide an answer: Morris or Sobol over the ranges of the parameter files."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import ScenarioError
from xenosim.inference.evaluate import Asked, Curves, Evaluations, Found, check_searchable
from xenosim.inference.evaluate_doses import treated_arms
from xenosim.inference.evaluate_outputs import Output, Seen, evaluation_day
from xenosim.inference.evaluate_result import Loader, SearchResult, result_of
from xenosim.inference.sensitivity_methods import Design, Effects, design, effects
from xenosim.inference.sensitivity_parameters import Input, drawn, inputs_of

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.execution.executor import Executor
    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import Scenario

Array = NDArray[np.float64]
METHODS = ("morris", "sobol")
#: Trajectories of Morris, base points of Sobol, and animals in every arm, unless asked otherwise.
SIZES = {"morris": 10, "sobol": 64}
ANIMALS = 6
#: Most agents of a twin at the start volume [-]: half those of other searches, whose T/C is the
#: same (docs/sensitivity.md, Noise).
AGENTS = 250
#: Most points [-]; parameters that the first screen names.
MOST_POINTS, NAMED = 20_000, 10
#: Step of a numeric derivative [-].
_STEP = 1e-4


@dataclass(frozen=True)
class Question:
    """What is asked: the ``method``; ``output``; which ``params``; ``size`` of the design, 0: the
    method's own; ``animals`` in every arm [-]; treated ``arms``, none: all; ``day`` [day].
    """

    output: Output
    params: str = "assumed"
    method: str = "morris"
    size: int = 0
    animals: int = ANIMALS
    arms: tuple[str, ...] = ()
    day: float | None = None


def run_sensitivity(
    load: Loader,
    question: Question,
    store: Evaluations,
    workers: Executor,
    progress: Progress | None = None,
) -> SearchResult:
    """Move the parameters, simulate, and say which decide the output.

    Parameters
    ----------
    load : callable
        The scenario with some keys set.
    question : Question
        What is asked.
    store : Evaluations
        What was simulated before; it is extended.
    workers : Executor
        Where points are simulated.
    progress : callable, optional
        Called with (days done, days to do) of all animals.

    Raises
    ------
    XenosimError
        A method or parameters that there are not, or too few points that can be simulated.
    """
    scenario = load({})
    check_searchable(scenario)
    arms = treated_arms(scenario, question.arms)
    day = evaluation_day(scenario.measure, question.day)
    inputs = inputs_of(scenario, question.params)
    of = _design(question, len(inputs), scenario.seed)
    studies = [drawn(scenario, inputs, point) for point in of.points]
    names = (scenario.control.name, *arms)
    asked = [Asked(study, arm, question.animals, AGENTS) for study in studies for arm in names]
    found = store.curves(asked, workers, progress)
    each = [found[k :: len(names)] for k in range(len(names))]
    scores = [
        points_scores(question.output, treated, each[0], scenario, day, question.animals)
        for treated in each[1:]
    ]
    of_arms = [effects(of, values, scenario.seed) for values in scores]
    table = effects_table(question, inputs, arms, of_arms)
    failed = [one for one in found if isinstance(one, str)]
    return result_of(
        scenario,
        "sensitivity",
        {"effects": table, "statuses": statuses_table(table)},
        list(_answer(question, table, arms, of, of_arms)),
        [*_notes(question, store), *_failures(of, inputs, scores[0], failed, of_arms)],
        sensitivity={
            "method": question.method,
            "output": question.output.name,
            "params": question.params,
            "arms": list(arms),
            "day": day,
        },
    )


def _design(question: Question, parameters: int, seed: int) -> Design:
    """The design of a question.

    Raises
    ------
    ScenarioError
        No such method, a size that it cannot have, or too many points.
    """
    if question.method not in METHODS:
        raise ScenarioError(
            f"there is no method '{question.method}'",
            where="--method",
            remedy=f"one of {', '.join(METHODS)}",
        )
    size = question.size or SIZES[question.method]
    if size < 2 or (question.method == "sobol" and size & (size - 1)):
        raise ScenarioError(
            f"a size of {size}",
            where="--size",
            remedy="at least 2; of Sobol a power of two, e.g. 64",
        )
    points = size * (parameters + (1 if question.method == "morris" else 2))
    if points > MOST_POINTS:
        raise ScenarioError(
            f"{points} points", where="--size", remedy="move fewer parameters, or lower --size"
        )
    return design(question.method, parameters, size, seed)


def points_scores(
    output: Output,
    treated: Sequence[Found],
    control: Sequence[Found],
    scenario: Scenario,
    day: float,
    animals: int,
) -> Array:
    """Scores (points, animals) of an arm on the scale that is told, whose mean is the output; NaN
    where a point could not be simulated.
    """
    rows = []
    for one, other in zip(treated, control, strict=True):
        if isinstance(one, Curves) and isinstance(other, Curves):
            scores = output.scores(Seen(one, other, scenario.measure, day))
            rows.append(on_told_scale(output, scores))
        else:
            rows.append(np.full(animals, math.nan))
    return np.array(rows)


def on_told_scale(output: Output, scores: Array) -> Array:
    """Scores (animals,) on the scale that is told, to first order about their mean.

    Examples
    --------
    >>> from xenosim.inference.evaluate_outputs import OUTPUTS
    >>> on_told_scale(OUTPUTS["tc_pct"], np.log([0.5, 0.5])).round(6).tolist()
    [50.0, 50.0]
    """
    middle = float(scores.mean())
    low, value, high = (float(v) for v in output.shown(middle + _STEP * np.array([-1.0, 0.0, 1.0])))
    return np.asarray(value + (high - low) / (2.0 * _STEP) * (scores - middle))


def effects_table(
    question: Question, inputs: Sequence[Input], arms: Sequence[str], of_arms: Sequence[Effects]
) -> pd.DataFrame:
    """A row for every arm and parameter, the strongest first: effect, its 95 % ends and its noise,
    interaction, share of the variance, and what would fix it.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for arm, found in zip(arms, of_arms, strict=True):
        total = found.main + found.interaction
        strength = found.main if question.method == "morris" else total
        known = np.nonzero(found.used > 1)[0].tolist()
        for k in sorted(known, key=lambda i: -float(strength[i])):
            one = inputs[k]
            rows.append(
                {
                    "arm": arm,
                    "output": question.output.name,
                    "parameter": one.column,
                    "status": one.status,
                    "value": one.value,
                    "low": one.prior.low,
                    "high": one.prior.high,
                    "unit": one.prior.unit,
                    "effect": found.main[k],
                    "effect_low": max(found.main[k] - found.reach[k], 0.0),
                    "effect_high": found.main[k] + found.reach[k],
                    "noise": found.noise[k],
                    "mean_effect": found.mean[k],
                    "interaction": found.interaction[k],
                    "used": int(found.used[k]),
                    "share": found.share[k],
                    "experiment": one.experiment,
                }
            )
    return pd.DataFrame(rows)


def statuses_table(table: pd.DataFrame) -> pd.DataFrame:
    """Share of the variance by arm and status, and by arm and experiment that would fix it [-]."""
    import pandas as pd

    parts = []
    for kind in ("status", "experiment"):
        grouped = table.groupby(["arm", kind], sort=False)["share"].agg(["sum", "size"])
        part = grouped.reset_index().rename(
            columns={kind: "name", "sum": "share", "size": "parameters"}
        )
        part.insert(1, "kind", kind)
        parts.append(part.sort_values(["arm", "share"], ascending=[True, False]))
    return pd.concat(parts, ignore_index=True)


def _answer(
    question: Question,
    table: pd.DataFrame,
    arms: Sequence[str],
    of: Design,
    of_arms: Sequence[Effects],
) -> Iterator[str]:
    """What decides the output, by parameter, status and experiment."""
    size = f"{len(of.points) // of.block} "
    size += "trajectories" if question.method == "morris" else "base points"
    parameters = of.points.shape[1]
    yield (
        f"{question.output.label} under {parameters} parameters ({question.params}) moved over"
        f" their ranges: {question.method.capitalize()}, {size}, {len(of.points)} points of"
        f" {question.animals} radial twins in every arm"
    )
    unit = f" {question.output.unit}" if question.method == "morris" else ""
    for arm, found in zip(arms, of_arms, strict=True):
        rows = table[table["arm"] == arm]
        above = rows[rows["share"] > 0]
        if above.empty:
            yield f"{arm}: no parameter moves it by more than the noise of the few animals"
            continue
        yield ""
        yield f"{arm}: {len(above)} of {parameters} parameters move it by more than noise"
        for row in above.head(NAMED).to_dict("records"):
            yield (
                f"  {row['parameter']:32} {row['effect']:8.3g}{unit} ({row['effect_low']:.3g} to"
                f" {row['effect_high']:.3g}; noise {row['noise']:.2g}), {row['status']},"
                f" {100 * row['share']:.0f} % of the variance"
            )
        yield from _shares(statuses_table(rows), float(np.median(found.noise)), unit)


def _shares(shares: pd.DataFrame, noise: float, unit: str) -> Iterator[str]:
    """The variance by status, and the experiments that would help most, in words."""
    by_status = shares[shares["kind"] == "status"]
    listed = ", ".join(
        f"{row['name']} {100 * row['share']:.0f} % ({row['parameters']} parameters)"
        for row in by_status.to_dict("records")
    )
    yield f"  variance by status: {listed}; noise floor {noise:.2g}{unit}"
    best = shares[(shares["kind"] == "experiment") & (shares["share"] >= 0.05)]
    if len(best):
        told = "; ".join(
            f"{row['name']} ({100 * row['share']:.0f} %)" for row in best.head(3).to_dict("records")
        )
        yield f"  what would help most to measure: {told}"


def _notes(question: Question, store: Evaluations) -> Iterator[str]:
    """How to read it."""
    if question.method == "morris":
        yield (
            "effect: mean absolute change of the output per whole range of a parameter (mu*), from"
            " steps over two thirds of it; noise: what it would be of the scatter between animals"
            " alone; shares of variance are approximate, from squared effects less noise"
        )
    else:
        yield (
            "effect: first-order index, with interaction it is the total index; noise: what the"
            " total index would be of the scatter between animals alone"
        )
    yield (
        "ranges are those of the parameter files: log-normal where wider than three-fold, else"
        " uniform; growth is calibrated anew at every point, so that untreated tumors grow alike"
    )
    yield f"{store.simulated} arms simulated now, all others were kept in {store.path}"


def _failures(
    of: Design,
    inputs: Sequence[Input],
    scores: Array,
    failed: Sequence[str],
    of_arms: Sequence[Effects],
) -> Iterator[str]:
    """Points that could not be simulated: why, where most of them lie, and what it costs."""
    if not failed:
        return
    gone = ~np.isfinite(scores).all(axis=1)
    sides = of.points - of.points.mean(axis=0)
    slopes = gone @ sides / np.sqrt((sides**2).sum(axis=0))
    most = int(np.abs(slopes).argmax())
    side = "high" if slopes[most] > 0 else "low"
    used = np.min([found.used for found in of_arms], axis=0)
    yield (
        f"{int(gone.sum())} of {gone.size} points could not be simulated, most where"
        f" {inputs[most].column} is {side}: {Counter(failed).most_common(1)[0][0]}; what is said"
        f" rests on the others, {used.min()} to {used.max()}"
        + (" steps of a parameter" if of.method == "morris" else " base points")
    )
    lost = [one.column for one, n in zip(inputs, used, strict=True) if n < 2]
    if lost:
        yield (
            f"nothing can be said of {', '.join(lost)}: fewer than two of its steps could be"
            " simulated (a larger --size, or narrower ranges)"
        )
