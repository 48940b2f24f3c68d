"""A sweep: outputs of the treated arms at points of a grid or a Latin hypercube."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from xenosim.errors import RegimenError, ScenarioError, XenosimError
from xenosim.inference.evaluate import ANIMALS, Asked, Evaluations, Found, check_searchable
from xenosim.inference.evaluate_doses import Change, changed, treated_arms, with_doses
from xenosim.inference.evaluate_outputs import (
    Output,
    Seen,
    estimate,
    evaluation_day,
    interval_of,
)
from xenosim.inference.evaluate_result import Loader, SearchResult, result_of
from xenosim.inference.sweep_vary import Axis, refuse
from xenosim.scenario.library import with_its_sets

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.execution.executor import Executor
    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import Scenario

#: Most points of a sweep [-].
MOST_POINTS = 5000
#: Figures of a sweep.
PLOTS = ("heatmap", "dose-response", "both")


@dataclass(frozen=True)
class Question:
    """What is swept: ``axes``; ``outputs``; ``points`` of a Latin hypercube, 0: the grid;
    ``animals`` in every arm of a point [-]; treated ``arms`` by name, none: all; ``day`` that is
    read [day], None: the last; ``plot``, of :data:`PLOTS`, "": what fits.
    """

    axes: tuple[Axis, ...]
    outputs: tuple[Output, ...]
    points: int = 0
    animals: int = ANIMALS
    arms: tuple[str, ...] = ()
    day: float | None = None
    plot: str = ""


def check_plot(plot: str, axes: Sequence[Axis]) -> None:
    """Refuse a figure that there is not, or that these axes do not have (ScenarioError)."""
    if plot and plot not in PLOTS:
        raise ScenarioError(
            f"there is no figure '{plot}'", where="--plot", remedy=f"one of {', '.join(PLOTS)}"
        )
    if plot in ("heatmap", "both") and len(axes) < 2:
        raise ScenarioError(
            "a heatmap has two axes", where="--plot", remedy="add a --vary, or --plot dose-response"
        )
    if plot in ("dose-response", "both") and not any(axis.numbers for axis in axes):
        raise ScenarioError(
            "a curve has an axis with numbers", where="--plot", remedy="vary e.g. the dose"
        )


class Point(NamedTuple):
    """A point: the text of each axis and its number, None of what is named; its scenario."""

    texts: tuple[str, ...]
    numbers: tuple[float | None, ...]
    scenario: Scenario

    def named(self, axes: Sequence[Axis]) -> str:
        """The point in words."""
        return ", ".join(f"{a.name} {text}" for a, text in zip(axes, self.texts, strict=True))


Place = tuple[tuple[str, float | None], ...]


def places(question: Question, seed: int) -> list[Place]:
    """Text and number on each axis of every point: of the grid, the last axis fastest, or of a
    Latin hypercube of this ``seed``.

    Raises
    ------
    ScenarioError
        More points than :data:`MOST_POINTS`.
    """
    axes = question.axes
    count = question.points or math.prod(len(axis.values) for axis in axes)
    if count > MOST_POINTS:
        raise ScenarioError(
            f"a sweep of {count} points",
            where="--points" if question.points else "--vary",
            remedy=f"at most {MOST_POINTS}: fewer values, or --design lhs --points 200",
        )
    if not question.points:
        values = [zip(a.values, a.numbers or [None] * len(a.values), strict=True) for a in axes]
        return [tuple(place) for place in product(*values)]
    from scipy.stats import qmc

    shares = qmc.LatinHypercube(len(axes), rng=seed).random(count)
    return [
        tuple(axis.at(float(share)) for axis, share in zip(axes, row, strict=True))
        for row in shares
    ]


def points_of(load: Loader, question: Question) -> list[Point]:
    """The points, each with its scenario; every mistake is in the error.

    Raises
    ------
    XenosimError
        Values that the scenario cannot have.
    """
    base = load({})
    check_searchable(base)
    arms = treated_arms(base, question.arms)
    mistakes: list[XenosimError] = []
    found, where = [], places(question, base.seed)
    for axis in question.axes:
        for text in axis.values:
            _attempt(mistakes, load, (axis,), (text,), arms)
    refuse(mistakes)
    for place in where:
        texts, numbers = zip(*place, strict=True)
        scenario = _attempt(mistakes, load, question.axes, texts, arms)
        if scenario is not None:
            found.append(Point(texts, numbers, scenario))
    refuse(mistakes)
    return found


def _attempt(
    mistakes: list[XenosimError],
    load: Loader,
    axes: Sequence[Axis],
    texts: Sequence[str],
    arms: Sequence[str],
) -> Scenario | None:
    """The scenario of a point, or None: its mistake is among the mistakes then."""
    try:
        return _scenario(load, axes, texts, arms)
    except XenosimError as error:
        where = " ".join(f"{a.name}={text}" for a, text in zip(axes, texts, strict=True))
        mistakes.append(type(error)(error.message, where=f"--vary {where}", remedy=error.remedy))
        return None


def _scenario(
    load: Loader, axes: Sequence[Axis], texts: Sequence[str], arms: Sequence[str]
) -> Scenario:
    """The scenario of a point."""
    keys = {axis.key: text for axis, text in zip(axes, texts, strict=True) if axis.kind != "word"}
    words = [(a, text) for a, text in zip(axes, texts, strict=True) if a.kind == "word"]
    return _with_words(load(keys), words, arms)


@with_its_sets
def _with_words(
    scenario: Scenario, words: Sequence[tuple[Axis, str]], arms: Sequence[str]
) -> Scenario:
    """The scenario with its regimens changed."""
    last = scenario.measure.days[-1]
    for arm in [arm for arm in scenario.arms if arm.name in arms]:
        doses = arm.doses
        for axis, text in words:
            try:
                doses = changed(doses, _change(axis, text), last)
            except RegimenError as error:
                raise ScenarioError(
                    f"arm '{arm.name}': {error.message}", remedy=error.remedy
                ) from error
        if words:
            told = ", ".join(f"{axis.name} {text}" for axis, text in words)
            scenario = with_doses(scenario, arm.name, doses, f"{arm.regimen_text} at {told}")
    return scenario


def _change(axis: Axis, text: str) -> Change:
    """What an axis changes of a regimen at a value."""
    from xenosim.inference.sweep_vary import WORDS
    from xenosim.units import quantity

    word, _, drug = axis.name.partition(".")
    value: Any = quantity(text, WORDS[word]) if WORDS[word] else text
    return Change(drug=drug)._replace(**{word: value})


def run_sweep(
    load: Loader,
    question: Question,
    store: Evaluations,
    workers: Executor,
    progress: Progress | None = None,
) -> SearchResult:
    """Simulate the points that are not kept yet, and say what all of them are.

    Parameters
    ----------
    load : callable
        The scenario with some keys set.
    question : Question
        What is swept.
    store : Evaluations
        What was simulated before; it is extended.
    workers : Executor
        Where points are simulated.
    progress : callable, optional
        Called with (days done, days to do) of all animals.

    Raises
    ------
    XenosimError
        Points that cannot be, or none that can be simulated.
    """
    base = load({})
    points = points_of(load, question)
    arms = treated_arms(base, question.arms)
    day = evaluation_day(base.measure, question.day)
    asked = [
        Asked(point.scenario, arm, question.animals)
        for point in points
        for arm in (base.control.name, *arms)
    ]
    found = iter(store.curves(asked, workers, progress))
    curves = [(next(found), [next(found) for _ in arms]) for _ in points]
    scores = _Scores(points, arms, curves, day)
    table = sweep_table(question, scores, base.control.name)
    if table["value"].isna().all():
        raise ScenarioError(
            f"no point can be simulated: {table['failed'].iloc[0]}",
            where="--vary",
            remedy="mend what the reason names, or vary within narrower ends",
        )
    return result_of(
        base,
        "sweep",
        {"sweep": table},
        list(_answer(question, scores, day)),
        _notes(question, store, table),
        sweep={
            "axes": [
                {"name": a.name, "unit": a.unit, "column": a.column, "log": a.log}
                | {"numeric": bool(a.numbers)}
                for a in question.axes
            ],
            "outputs": [o.name for o in question.outputs],
            "plot": question.plot,
            "design": "lhs" if question.points else "grid",
            "arms": list(arms),
            "control": base.control.name,
            "day": day,
        },
    )


class _Scores(NamedTuple):
    """Points, treated arms, and of each point the control's curves and those of the arms."""

    points: list[Point]
    arms: tuple[str, ...]
    curves: list[tuple[Found, list[Found]]]
    day: float

    def seen(self, k: int, arm: int) -> Seen | str:
        """An arm of point ``k`` beside its control, or why it was not simulated."""
        control, treated = self.curves[k][0], self.curves[k][1][arm]
        if isinstance(control, str):
            return control
        if isinstance(treated, str):
            return treated
        measure = self.points[k].scenario.measure
        day = self.day if self.day in measure.days else measure.days[-1]
        return Seen(treated, control, measure, day)


def sweep_table(question: Question, found: _Scores, control: str) -> pd.DataFrame:
    """A row for every point, arm and output: the value with its 95 % interval over animals, or why
    there is none.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for k, point in enumerate(found.points):
        axes = {
            axis.column: text if number is None else number
            for axis, text, number in zip(question.axes, point.texts, point.numbers, strict=True)
        }
        for j, arm in enumerate(found.arms):
            seen = found.seen(k, j)
            for output in question.outputs:
                about = {"point": k + 1} | axes | {"arm": arm, "control": control}
                about |= {"output": output.name, "unit": output.unit}
                if isinstance(seen, str):
                    nothing = {"day": found.day, "value": math.nan, "low": math.nan}
                    rows.append(about | nothing | {"high": math.nan, "n": 0, "failed": seen})
                else:
                    e = estimate(output, seen)
                    value = {"day": seen.day, "value": e.value, "low": e.low, "high": e.high}
                    rows.append(about | value | {"n": e.n, "failed": ""})
    return pd.DataFrame(rows)


def _answer(question: Question, found: _Scores, day: float) -> Iterator[str]:
    """What was swept, and of each arm and output the best and the worst point."""
    shape = " x ".join(f"{a.name} {len(a.values)}" for a in question.axes)
    names = ", ".join(a.name for a in question.axes)
    design = f"a Latin hypercube over {names}" if question.points else shape
    yield (
        f"{len(found.points)} points ({design}), {question.animals} radial twins in every arm, the"
        f" same in all points; day {day:g}"
    )
    for j, arm in enumerate(found.arms):
        for output in question.outputs:
            yield from _extremes(question, found, j, output, arm)


def _extremes(
    question: Question, found: _Scores, j: int, output: Output, arm: str
) -> Iterator[str]:
    """The best point of an output, how many are not separated from it, and the worst."""
    scores = {
        k: output.scores(seen)
        for k in range(len(found.points))
        if not isinstance(seen := found.seen(k, j), str)
    }
    if not scores:
        yield f"{arm}, {output.label}: no point could be simulated"
        return
    sign = 1.0 if output.low else -1.0
    ranked = sorted(scores, key=lambda k: sign * float(scores[k].mean()))
    best, worst = ranked[0], ranked[-1]
    tied = [k for k in ranked[1:] if not separated(scores[best], scores[k])]
    text = f"{arm}, {output.label}: best {_told(output, scores[best])} at"
    text += f" {found.points[best].named(question.axes)}"
    if tied:
        others = "1 other point" if len(tied) == 1 else f"{len(tied)} other points"
        text += f" (not separated from it: {others})"
    there = found.points[worst].named(question.axes)
    yield f"{text}; worst {_told(output, scores[worst])} at {there}"


def separated(one: Any, other: Any) -> bool:
    """Whether the 95 % interval of the difference of scores (animals,), the same animals in both,
    leaves 0 out.

    Examples
    --------
    >>> import numpy as np
    >>> a = np.array([1.0, 2.0, 3.0, 4.0])
    >>> separated(a, a + 1.0), separated(a, a[::-1])
    (True, False)
    """
    found = interval_of(one - other)
    return bool(found.low > 0.0 or found.high < 0.0)


def _told(output: Output, scores: Any) -> str:
    found = interval_of(scores, output.shown)
    low, high = sorted((found.low, found.high))
    interval = f" ({low:.3g} to {high:.3g})" if found.n > 1 else " (one animal: no interval)"
    return f"{found.value:.3g} {output.unit}{interval}"


def _notes(question: Question, store: Evaluations, table: pd.DataFrame) -> Iterator[str]:
    """How it was simulated, and what is to be known of it."""
    yield (
        "intervals are 95 % over the twin animals, which have the same seed in every point; true"
        " volumes, no staging, parameters as shipped"
    )
    yield f"{store.simulated} arms simulated now, all others were kept in {store.path}"
    failed = table[table["failed"] != ""].drop_duplicates("point")
    if len(failed):
        yield f"{len(failed)} points could not be simulated: {failed['failed'].iloc[0]}"
