"""The schedule that does most within limits: searched on twins, confirmed on fresh animals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.errors import RunError, ScenarioError
from xenosim.inference.evaluate import Asked, Evaluations, Found, check_searchable
from xenosim.inference.evaluate_doses import treated_arms, with_doses
from xenosim.inference.evaluate_outputs import evaluation_day
from xenosim.inference.evaluate_result import Loader, SearchResult, result_of
from xenosim.inference.optimize_objectives import Objective, Scored, better, front, scored
from xenosim.inference.optimize_report import Report, answer, finalists_table, notes, tried_table
from xenosim.inference.optimize_space import Limits, Plan, Space, Wanted, space_of
from xenosim.study.population import POOL_AGENTS

if TYPE_CHECKING:
    from xenosim.execution.executor import Executor
    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import Arm, Scenario

#: Animals of every schedule in the search, on fresh seeds, and on the lattice [-].
ANIMALS, FRESH_ANIMALS, LATTICE_ANIMALS = 6, 16, 6
#: Schedules that are repeated on fresh seeds, and that are repeated on the lattice [-].
FINALISTS, WINNERS = 10, 3
#: Added to the seed for fresh animals.
FRESH = 104_729
#: Schedules that a search asks for at a time, whatever the number of workers, and how often as many
#: as asked it may ask in all before it has found so many different ones [-].
AT_A_TIME, PATIENCE = 12, 5
#: A space of at most so many schedules is looked through as a whole [-].
ENUMERATED = 50_000
#: Schedules of a search that are drawn at random before it learns [-].
STARTUP = 48


@dataclass(frozen=True)
class Question:
    """What is searched: ``objectives``; ``limits``; what is ``wanted`` of schedules; so many
    ``trials``; ``animals`` of each [-]; the ``arm``, "": the only treated one; the ``day`` that is
    read [day]; whether winners are repeated on the ``lattice``.
    """

    objectives: tuple[Objective, ...]
    limits: Limits = Limits()
    wanted: Wanted = Wanted()
    trials: int = 300
    animals: int = ANIMALS
    arm: str = ""
    day: float | None = None
    lattice: bool = True


class _Bench(NamedTuple):
    """Where plans are simulated: the scenario with its arm, what is asked, what is kept, workers,
    and progress.
    """

    scenario: Scenario
    arm: Arm
    question: Question
    store: Evaluations
    workers: Executor
    progress: Progress | None
    day: float

    def scores(
        self, plans: Sequence[Plan], animals: int, seed: int, agents: int | None = POOL_AGENTS
    ) -> list[Scored | str]:
        """Scores of plans, or why they have none, with the same animals in all."""
        study = self.scenario.model_copy(update={"seed": seed % 2**31})
        asked = [Asked(study, study.control.name, animals, agents)]
        asked += [
            Asked(with_doses(study, self.arm.name, plan.doses), self.arm.name, animals, agents)
            for plan in plans
        ]
        control, *treated = self.store.curves(asked, self.workers, self.progress)
        return [self._scored(plan, one, control) for plan, one in zip(plans, treated, strict=True)]

    def _scored(self, plan: Plan, treated: Found, control: Found) -> Scored | str:
        objectives = self.question.objectives
        return scored(plan, treated, control, objectives, self.scenario.measure, self.day)


def run_optimize(
    load: Loader,
    question: Question,
    store: Evaluations,
    workers: Executor,
    progress: Progress | None = None,
) -> SearchResult:
    """Search schedules of one arm, repeat the best on fresh animals, and say what is separated.

    Parameters
    ----------
    load : callable
        The scenario with some keys set.
    question : Question
        What is searched.
    store : Evaluations
        What was simulated before. A search that was killed and is started again asks for the same
        schedules in the same order and finds what it had done.
    workers : Executor
        Where schedules are simulated.
    progress : callable, optional
        Called with (days done, days to do) of the animals of a batch.

    Raises
    ------
    XenosimError
        No arm to search, schedules that cannot be, or none within limits that need no simulation.
    """
    scenario = load({})
    check_searchable(scenario)
    arm = _arm(scenario, question.arm)
    space = space_of(scenario, arm.name, question.wanted)
    day = evaluation_day(scenario.measure, question.day)
    bench = _Bench(scenario, arm, question, store, workers, progress, day)
    tried, ruled_out = _search(bench, space)
    sound = [one for one in tried.values() if isinstance(one, Scored)]
    if not sound:
        reason = next(iter(tried.values()))
        raise ScenarioError(
            f"no schedule could be simulated: {reason}",
            where="optimize",
            remedy="mend what the reason names",
        )
    limit = question.limits.loss
    feasible = [one for one in sound if float(one.loss.mean()) <= limit]
    chosen = _spread(front(feasible, question.objectives), question)
    fresh = _confirmed(bench, [one.plan for one in chosen])
    stated = _stated(bench, space)
    winners = _winners(fresh, question)
    lattice = _on_lattice(bench, winners)
    report = Report(
        question.objectives, question.limits, space, arm.name, day, tuple(tried.values()),
        tuple(feasible), tuple(chosen), tuple(fresh), stated, tuple(lattice), ruled_out,
        (question.animals, FRESH_ANIMALS, LATTICE_ANIMALS), store.simulated, str(store.path),
    )  # fmt: skip
    return result_of(
        scenario,
        "optimize",
        {"schedules": tried_table(report), "finalists": finalists_table(report)},
        list(answer(report)),
        list(notes(report)),
        optimize={
            "objectives": [
                {"name": o.name, "label": o.label, "unit": o.unit} for o in question.objectives
            ],
            "max_weight_loss_pct": limit,
            "arm": arm.name,
            "day": day,
            "until": space.end,
        },
    )


def _arm(scenario: Scenario, name: str) -> Arm:
    """The arm that is searched.

    Raises
    ------
    ScenarioError
        Several treated arms of which none is named.
    """
    names = treated_arms(scenario, [name] if name else [])
    if len(names) > 1:
        raise ScenarioError(
            f"the study treats {len(names)} arms: which is searched?",
            where="--arm",
            remedy=f"one of {', '.join(names)}",
        )
    arm = next(arm for arm in scenario.arms if arm.name == names[0])
    if not arm.doses:
        raise ScenarioError(
            f"arm '{arm.name}' gives no drug", where="--arm", remedy="give it a regimen"
        )
    return arm


def _search(
    bench: _Bench, space: Space
) -> tuple[dict[tuple[int, ...], Scored | str], Counter[str]]:
    """Scores of plans by place, and how many were ruled out by what; all plans of a small space
    that is within the number of trials, else those that the sampler asks for.

    Raises
    ------
    ScenarioError
        All plans are ruled out.
    """
    ruled: Counter[str] = Counter()
    if space.count > ENUMERATED:
        return _sampled(bench, space, ruled), ruled
    allowed = []
    for plan in space.plans():
        why = bench.question.limits.broken(plan)
        if why:
            ruled[why] += 1
        else:
            allowed.append(plan)
    if not allowed:
        raise _nothing_allowed(f"no schedule is within the limits: of {space.count}", ruled)
    if len(allowed) > bench.question.trials:
        return _sampled(bench, space, ruled), ruled
    found = bench.scores(allowed, bench.question.animals, bench.scenario.seed)
    return {plan.at: one for plan, one in zip(allowed, found, strict=True)}, ruled


def _nothing_allowed(message: str, ruled: Counter[str]) -> ScenarioError:
    """That limits leave no schedule, with how many each has ``ruled`` out."""
    told = ", ".join(f"{n} {why}" for why, n in ruled.most_common())
    return ScenarioError(
        f"{message}, {told}",
        where="optimize",
        remedy="allow more visits, handlings or drug in all, or other --schedules",
    )


def _sampled(
    bench: _Bench, space: Space, ruled: Counter[str]
) -> dict[tuple[int, ...], Scored | str]:
    """Plans that a tree-structured Parzen estimator asks for, deterministic by the seed."""
    question, study = bench.question, _study(bench)
    tried: dict[tuple[int, ...], Scored | str] = {}
    seen: dict[tuple[int, ...], Plan] = {}
    ruled.clear()
    for _ in range(PATIENCE * -(-question.trials // AT_A_TIME)):
        trials = [study.ask() for _ in range(AT_A_TIME)]
        plans = [Plan(space, _suggested(trial, space)) for trial in trials]
        broken = [question.limits.broken(plan) for plan in plans]
        new = {
            plan.at: plan
            for plan, why in zip(plans, broken, strict=True)
            if not why and plan.at not in tried
        }
        for plan, why in zip(plans, broken, strict=True):
            if why and plan.at not in seen:
                ruled[why] += 1
            seen[plan.at] = plan
        asked = list(new.values())[: question.trials - len(tried)]
        found = bench.scores(asked, question.animals, bench.scenario.seed) if asked else []
        tried |= {plan.at: one for plan, one in zip(asked, found, strict=True)}
        for trial, plan in zip(trials, plans, strict=True):
            _tell(study, trial, tried.get(plan.at), question)
        if len(tried) >= question.trials:
            break
    if not tried:
        raise _nothing_allowed(
            f"no schedule within the limits was found: of {len(seen)} looked at", ruled
        )
    return tried


def _study(bench: _Bench) -> Any:
    """An Optuna study that learns which limits are broken; RunError where it is not installed."""
    try:
        import optuna
    except ModuleNotFoundError as error:
        raise RunError(
            "Optuna is not installed", where="optimize", remedy="pip install 'xenosim[search]'"
        ) from error
    import warnings

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        sampler = optuna.samplers.TPESampler(
            seed=bench.scenario.seed,
            n_startup_trials=STARTUP,
            constraints_func=lambda trial: trial.user_attrs.get("over", [0.0]),
        )
        directions: Any = ["minimize"] * len(bench.question.objectives)
        return optuna.create_study(directions=directions, sampler=sampler)


def _suggested(trial: Any, space: Space) -> tuple[int, ...]:
    """The place of a trial: doses and starts are ordered, routes and schedules are not."""
    found = []
    for k, size in enumerate(space.sizes):
        ordered = k % 4 in (0, 3)
        found.append(
            trial.suggest_int(str(k), 0, size - 1)
            if ordered
            else trial.suggest_categorical(str(k), list(range(size)))
        )
    return tuple(found)


def _tell(study: Any, trial: Any, found: Scored | str | None, question: Question) -> None:
    """What a trial came to: its objectives, and by how much it is above the limits; one that was
    not simulated is no better than no drug.
    """
    if isinstance(found, Scored):
        loss = float(found.loss.mean()) - question.limits.loss
        trial.set_user_attr("over", [loss if math.isfinite(loss) else -1.0])
        study.tell(trial, list(found.values(question.objectives)))
    else:
        trial.set_user_attr("over", [100.0])
        study.tell(trial, [0.0] * len(question.objectives))


def _spread(ranked: Sequence[Scored], question: Question) -> list[Scored]:
    """Those that are repeated: the first of one objective, of a front so many along it."""
    if len(ranked) <= FINALISTS:
        return list(ranked)
    if len(question.objectives) == 1:
        return list(ranked[:FINALISTS])
    places = np.unique(np.linspace(0, len(ranked) - 1, FINALISTS).round().astype(int))
    return [ranked[k] for k in places]


def _confirmed(bench: _Bench, plans: Sequence[Plan]) -> list[Scored]:
    """The plans on animals that the search has not seen."""
    found = bench.scores(plans, FRESH_ANIMALS, bench.scenario.seed + FRESH) if plans else []
    return [one for one in found if isinstance(one, Scored)]


def _stated(bench: _Bench, space: Space) -> Scored | None:
    """The arm as the scenario has it, on the fresh animals."""
    plan = Plan(space, (0,) * len(space.sizes))
    plan.doses = bench.arm.doses
    found = bench.scores([plan], FRESH_ANIMALS, bench.scenario.seed + FRESH)[0]
    return found if isinstance(found, Scored) else None


def _winners(fresh: Sequence[Scored], question: Question) -> list[Scored]:
    """Those that are repeated on the lattice: on fresh animals within the limit, best first, or
    along the front.
    """
    within = [one for one in fresh if float(one.loss.mean()) <= question.limits.loss]
    ranked = front(within, question.objectives)
    if len(ranked) <= WINNERS:
        return ranked
    if len(question.objectives) == 1:
        best = ranked[0]
        tied = [one for one in ranked[1:] if not better(best, one)]
        return [best, *tied[: WINNERS - 1]]
    return [ranked[k] for k in (0, len(ranked) // 2, len(ranked) - 1)]


def _on_lattice(bench: _Bench, winners: Sequence[Scored]) -> list[Scored | str]:
    """The winners on the whole tumor, a few animals of fresh seeds."""
    if not bench.question.lattice or not winners:
        return []
    plans = [one.plan for one in winners]
    return bench.scores(plans, LATTICE_ANIMALS, bench.scenario.seed + FRESH, agents=None)
