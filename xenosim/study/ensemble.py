"""A study under the parameter sets of the ensemble: what is left open by what is known.

Every set meets the same animals, on common random numbers, so that sets differ by their parameters
alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.analysis.growth import slope
from xenosim.errors import ScenarioError, XenosimError
from xenosim.execution import stopping
from xenosim.parameters.ensemble import Ensemble, load_ensemble, prior_ensemble
from xenosim.parameters.load import load_set
from xenosim.parameters.priors import CALIBRATED_MODELS, load_sd
from xenosim.scenario.library import with_its_sets
from xenosim.scenario.resolve import resolve
from xenosim.scenario.schema import Override
from xenosim.scenario.sets import TUMOR, place_of
from xenosim.study.checkpoint_store import NOT_SAVED, CheckpointStore
from xenosim.study.population import POOL_AGENTS, Pool, simulate_pool, smallest_seen

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.execution.executor import Executor
    from xenosim.execution.progress import Progress
    from xenosim.parameters.load import Parameter
    from xenosim.pharmacology.dose import Dose
    from xenosim.scenario.schema import Scenario

#: Animals in every arm under each parameter set: on common random numbers T/C of so few differs
#: from that of many by far less than sets differ.
PAIRS = 6
#: Ends of the interval that is told, and of the inner band of the figure [-].
INTERVAL, INNER = (0.05, 0.95), (0.25, 0.75)
#: Names of the quantiles of ``ensemble_curves``.
QUANTILES = {"p05": 0.05, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p95": 0.95}
#: Days of a week [day]; by how much a dose may lie outside unsaid [-].
WEEK, ROUNDED = 7.0, 1.1
#: A draw: values by set and parameter, in internal units.
Draw = Mapping[tuple[str, str], float]


@with_its_sets
def with_draw(scenario: Scenario, draw: Draw) -> Scenario:
    """A scenario with the parameters of a draw, as if it stated them. What it states itself stays,
    and parameters of sets that it does not use are left out.

    Examples
    --------
    >>> from xenosim.testing import small_scenario
    >>> drawn = {("cell", "chaperone_gain"): 4.0, ("bortezomib", "cl"): 2.0}
    >>> [f"{o.set}.{o.name} {o.value}" for o in with_draw(small_scenario(), drawn).overrides]
    ['cell.chaperone_gain 4.0']
    """
    study, stated = resolve(scenario), {(o.set, o.name) for o in scenario.overrides}
    found = list(scenario.overrides)
    for (group, name), value in draw.items():
        shipped = load_set(group)
        place = scenario.animals.strain if group == "mouse" else place_of(shipped, name)
        used = place in TUMOR and group in (*TUMOR, scenario.model, scenario.site)
        if (used or place in study.sets) and (place, name) not in stated:
            found.append(Override(place, name, _stated(shipped.values[name], value)))
    ordered = sorted(found, key=lambda o: (o.set, o.name))
    return scenario.model_copy(update={"overrides": tuple(ordered)})


def _stated(p: Parameter, value: float) -> str:
    """A value of a parameter as a quantity that reads back to the last digit."""
    return f"{float(value)!r} {p.unit}".rstrip()


def simulate_draw(
    scenario: Scenario, draw: Draw, pairs: int = PAIRS, agents: int = POOL_AGENTS
) -> Pool:
    """The same ``pairs`` of animals as under every other draw, with the parameters of this one;
    growth is calibrated under them.

    Parameters
    ----------
    scenario : Scenario
        A study on any engine; its twin is simulated.
    draw : mapping
        Values by (set, parameter), in internal units, as
        :meth:`xenosim.parameters.ensemble.Ensemble.draw` of the ensemble of the scenario's model.
    pairs, agents : int
        Animals in every arm, and most agents of a tumor at the start volume [-].

    Raises
    ------
    XenosimError
        A value out of range, or growth that these parameters cannot have.
    """
    return simulate_pool(with_draw(scenario, draw), pairs, agents=agents)


class Simulated(NamedTuple):
    """A study under the sets of an ensemble: of each set that could be simulated its number and
    pool; ``failed``: number and reason of the others; ``ensemble``: where they are from.
    """

    pools: list[tuple[int, Pool]]
    failed: list[tuple[int, str]]
    ensemble: Ensemble


@with_its_sets
def ensemble_of(scenario: Scenario) -> Ensemble:
    """The parameter sets that a scenario asks for, as they apply to its model, line and site.

    Raises
    ------
    ParameterError
        There is no ensemble, or it has fewer sets.
    """
    asked = scenario.answers
    if asked.ensemble_from == "prior":
        found = prior_ensemble(asked.ensemble)
    else:
        found = load_ensemble().first(asked.ensemble)
    return found.for_model(scenario.model, scenario.line, scenario.site)


def simulate_ensemble(
    scenario: Scenario,
    workers: Executor,
    progress: Progress | None = None,
    store: CheckpointStore = NOT_SAVED,
) -> Simulated:
    """The arms of a scenario under each parameter set that it asks for; sets that were simulated
    before the run was stopped are known to ``store``. ``progress`` counts days of
    all animals.

    Raises
    ------
    XenosimError
        As :func:`ensemble_of`; or no set could be simulated, with the reason of the first.
    """
    found = ensemble_of(scenario)
    tasks = [(k, found.draw(k)) for k in range(len(found))]
    days = PAIRS * len(scenario.arms) * scenario.measure.days[-1]
    results = workers.map(partial(_one_set, scenario, store), tasks, progress, size=lambda _: days)
    pools, failed = [], []
    for (k, _), result in zip(tasks, results, strict=True):
        if isinstance(result, str):
            failed.append((k, result))
        else:
            pools.append((k, result))
    if not pools:
        raise ScenarioError(
            f"none of {len(failed)} parameter sets can be simulated: {failed[0][1]}",
            where="ensemble",
            remedy="leave 'ensemble' out, or mend what the reason names",
        )
    return Simulated(pools, failed, found)


def _one_set(scenario: Scenario, store: CheckpointStore, task: tuple[int, Draw]) -> Pool | str:
    """The pool under one parameter set, or why it cannot be simulated."""
    k, draw = task
    known = store.recall(f"set_{k}")
    if isinstance(known, str):
        return known
    if known is not None:
        arms, days, *arrays = known
        return Pool(tuple(arms), tuple(days), *map(np.array, arrays))
    with stopping.shielded():
        stopping.check()
        try:
            pool = simulate_draw(scenario, draw)
        except XenosimError as error:
            store.remember(f"set_{k}", error.message)
            return error.message
        store.remember(f"set_{k}", [*pool[:2], *(array.tolist() for array in pool[2:])])
    return pool


def ensemble_table(scenario: Scenario, found: Simulated) -> pd.DataFrame:
    """A row for every set and arm: T/C of relative volumes, geometric means over the animals, on
    the last day [%]; that mean itself [-]; mean growth rate [1/day]; median best change of
    volume after day 0 [%].
    """
    import pandas as pd

    least, control = smallest_seen(scenario.measure), scenario.control.name
    rows = []
    for k, pool in found.pools:
        base = np.log(pool.relative(control, least)[:, -1]).mean()
        days = np.array(pool.days)
        for arm in pool.arms:
            ln = np.log(pool.relative(arm, least))
            tc = 100.0 * float(np.exp(ln[:, -1].mean() - base))
            rows.append(
                {
                    "draw": k,
                    "arm": arm,
                    "control": control,
                    "day": pool.days[-1],
                    "n": pool.pairs,
                    "tc_pct": np.nan if arm == control else tc,
                    "rtv": float(np.exp(ln[:, -1].mean())),
                    "growth_rate_per_day": float(np.mean([slope(days, row) for row in ln])),
                    "best_change_pct": 100.0 * float(np.median(np.exp(ln[:, 1:].min(axis=1))) - 1),
                }
            )
    return pd.DataFrame(rows)


def ensemble_curves(scenario: Scenario, found: Simulated) -> pd.DataFrame:
    """Quantiles over the sets by arm and day: of the geometric mean relative volume ``rtv`` [-],
    and of ``tc_pct`` [%] in treated arms.
    """
    import pandas as pd

    least, control = smallest_seen(scenario.measure), scenario.control.name
    means = {
        arm: np.array([np.log(p.relative(arm, least)).mean(axis=0) for _, p in found.pools])
        for arm in found.pools[0][1].arms
    }
    rows = []
    for arm, ln in means.items():
        curves = {"rtv": np.exp(ln)}
        if arm != control:
            curves["tc_pct"] = 100.0 * np.exp(ln - means[control])
        for quantity, values in curves.items():
            for j, day in enumerate(found.pools[0][1].days):
                spread = {q: float(np.quantile(values[:, j], at)) for q, at in QUANTILES.items()}
                rows.append({"arm": arm, "day": day, "quantity": quantity} | spread)
    return pd.DataFrame(rows)


def chance_of_a_set(scenario: Scenario, found: Simulated, arm: str) -> float:
    """Standard error of ln T/C that few animals leave to one set, as its median over sets [-]."""
    least, control = smallest_seen(scenario.measure), scenario.control.name
    errors = [
        np.log(pool.relative(arm, least)[:, -1] / pool.relative(control, least)[:, -1]).std(ddof=1)
        / np.sqrt(pool.pairs)
        for _, pool in found.pools
    ]
    return float(np.median(errors))


def ensemble_summary(scenario: Scenario, found: Simulated, table: pd.DataFrame) -> dict[str, Any]:
    """What the manifest keeps: how many sets, where they are from, T/C of every treated arm as half
    of them have it with the ends of the central 90 % [%], and of two treated arms the number of
    sets in which each is lower.
    """
    values = {
        arm.name: table[table["arm"] == arm.name].set_index("draw")["tc_pct"]
        for arm in scenario.arms
        if not arm.control
    }
    arms = []
    for name, tc in values.items():
        low, middle, high = np.quantile(tc, [INTERVAL[0], 0.5, INTERVAL[1]])
        chance = chance_of_a_set(scenario, found, name)
        arms.append(
            {"arm": name, "tc_pct": middle, "low": low, "high": high, "error_of_a_set": chance}
        )
    orders = [
        {
            "arm": a,
            "than": b,
            "better": int((values[a] < values[b]).sum()),
            "worse": int((values[a] > values[b]).sum()),
        }
        for a, b in combinations(values, 2)
    ]
    ensemble = found.ensemble
    return {
        "sets": len(found.pools),
        "failed": [{"draw": k, "reason": reason} for k, reason in found.failed],
        "pairs": found.pools[0][1].pairs,
        "day": scenario.measure.days[-1],
        "calibrated": ensemble.is_calibrated,
        "stale": ensemble.is_stale(),
        "own_load": load_note(scenario),
        "beyond": beyond_calibration(scenario, ensemble),
        "sha256": str(ensemble.meta.get("sha256", "")),
        "arms": arms,
        "orders": orders,
    }


def load_note(scenario: Scenario) -> str:
    """What is said of a load of which no data in vivo tell; "" where some do."""
    if not scenario.line and scenario.model in CALIBRATED_MODELS:
        return ""
    name = scenario.line or scenario.model
    return (
        f"no data in vivo fix the load of '{name}': the sets draw it about its own value, with a"
        f" standard deviation of its logarithm of {load_sd(scenario.line):g}; hence a wide interval"
    )


def beyond_calibration(scenario: Scenario, ensemble: Ensemble) -> list[str]:
    """What of the doses of a scenario lies outside of the studies that calibrated the ensemble, as
    ``calibrated_range`` of its description has them: drug, route, dose and doses a week; empty
    where all lies within.
    """
    known = ensemble.meta.get("calibrated_range")
    if not isinstance(known, Mapping):
        return []
    found, days = [], scenario.measure.days[-1]
    for drug in sorted({dose.drug for arm in scenario.arms for dose in arm.doses}):
        studies = [study for study in known.values() if study["drug"] == drug]
        if not studies:
            found.append(f"no study of {drug} is among those that calibrated the sets")
            continue
        arms = [[dose for dose in arm.doses if dose.drug == drug] for arm in scenario.arms]
        given = [_Given.of(doses, days) for doses in arms if doses]
        if texts := _beyond(studies, given):
            found.append(f"{drug} beyond what calibrated the sets, an extrapolation: {texts}")
    return found


class _Given(NamedTuple):
    """How a drug is given in an arm: routes, doses [mg/kg], doses a week [-]."""

    routes: set[str]
    amounts: set[float]
    weekly: float

    @classmethod
    def of(cls, doses: Sequence[Dose], days: float) -> _Given:
        routes = {str(dose.route) for dose in doses}
        return cls(routes, {d.amount_mg_per_kg for d in doses}, len(doses) * WEEK / days)


def _beyond(studies: list[Mapping[str, Any]], arms: list[_Given]) -> str:
    """Routes, doses and doses a week of the ``arms`` outside of those of the ``studies``."""
    routes = sorted({study["route"] for study in studies})
    other = sorted(set().union(*(arm.routes for arm in arms)) - set(routes))
    texts = [f"route {', '.join(other)} (known: {', '.join(routes)})"] if other else []
    amounts = [float(study["mg_per_kg"]) for study in studies]
    weekly = [study["doses"] * WEEK / study["days"] for study in studies]
    for what, values, known in (
        ("mg/kg", sorted(set().union(*(arm.amounts for arm in arms)) - {0.0}), amounts),
        ("doses a week", sorted({arm.weekly for arm in arms}), weekly),
    ):
        low, high = min(known), max(known)
        outside = [v for v in values if not low / ROUNDED <= v <= high * ROUNDED]
        if outside:
            listed = ", ".join(f"{v:.3g}" for v in outside[:3]) + (", ..." if outside[3:] else "")
            texts.append(f"{listed} {what} (known: {low:.3g} to {high:.3g})")
    return "; ".join(texts)
