"""What is simulated beside a study for its answer: many twin animals, and sets of parameters."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from xenosim.errors import ScenarioError, XenosimError
from xenosim.execution.progress import phase
from xenosim.study.checkpoint_store import NOT_SAVED, CheckpointStore
from xenosim.study.ensemble import (
    PAIRS,
    ensemble_curves,
    ensemble_summary,
    ensemble_table,
    simulate_ensemble,
)
from xenosim.study.population import (
    FEWEST_PAIRS,
    Pool,
    as_twin,
    pairs_within,
    seconds_of_a_pair,
    simulate_pool,
    smallest_seen,
)
from xenosim.study.virtual_studies import TEST, studies_shown

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.execution.executor import Executor
    from xenosim.execution.progress import Progress
    from xenosim.scenario.schema import Scenario
    from xenosim.tumor.growth import Growth

#: Growth is calibrated anew under every parameter set; that takes about so long [s].
SET_S = 0.3


class Beside(NamedTuple):
    """What was found: ``tables`` for the run directory; ``population`` and ``ensemble`` as the
    manifest keeps them, empty where they were not asked for.
    """

    tables: dict[str, pd.DataFrame]
    population: dict[str, Any]
    ensemble: dict[str, Any]


class Asked(NamedTuple):
    """What a study asks for: ``pairs`` of the population and ``sets`` of the ensemble [-], ``days``
    of all animals [day] and ``seconds`` of one thread [s] for both.
    """

    pairs: int
    sets: int
    days: float
    seconds: float

    @classmethod
    def of(cls, scenario: Scenario, paired: bool) -> Asked:
        """A paired study is about its own pairs, so it has no population beside it; nor has one
        without a treated arm.
        """
        asked = scenario.answers
        wants = has_population(scenario, paired)
        pairs = asked.population or 0
        if asked.population is None:
            pairs = pairs_within(scenario, animals_of_a_study(scenario) * len(scenario.arms))
        pairs = pairs if wants else 0
        animals = pairs + PAIRS * asked.ensemble
        each_s = seconds_of_a_pair(scenario) if animals else 0.0
        return cls(
            pairs,
            asked.ensemble,
            animals * len(scenario.arms) * scenario.measure.days[-1],
            animals * each_s + asked.ensemble * SET_S,
        )


def has_population(scenario: Scenario, paired: bool) -> bool:
    """Whether a study is one that many animals can stand beside."""
    return not paired and len(scenario.arms) > 1


def notes_on_population(scenario: Scenario, paired: bool, found: Mapping[str, Any]) -> list[str]:
    """A note where the animals that nobody spoke of would take too long, and how to have them."""
    if found or scenario.answers.population is not None or not has_population(scenario, paired):
        return []
    return [
        f"not told: what the drug does in the model, for {FEWEST_PAIRS} twin animals in every arm"
        f" take more than a few seconds here; --population {animals_of_a_study(scenario) * 5}"
        " simulates them"
    ]


def simulate_beside(
    scenario: Scenario,
    growth: Growth,
    asked: Asked,
    workers: Executor,
    progress: Progress | None = None,
    store: CheckpointStore = NOT_SAVED,
) -> Beside:
    """Population and ensemble of a study whose own ``growth`` is known; ``progress`` in days of all
    animals.

    Raises
    ------
    XenosimError
        An ensemble that is not there, or of which no set can be simulated.
    """
    tables: dict[str, pd.DataFrame] = {}
    ensemble: dict[str, Any] = {}
    sets_days = asked.sets * PAIRS * len(scenario.arms) * scenario.measure.days[-1]
    if asked.sets:
        after = phase(progress, 0.0, asked.days - sets_days)
        found = simulate_ensemble(scenario, workers, after, store)
        tables["ensemble"] = ensemble_table(scenario, found)
        tables["ensemble_curves"] = ensemble_curves(scenario, found)
        ensemble = ensemble_summary(scenario, found, tables["ensemble"])
    population: dict[str, Any] = {}
    if asked.pairs:
        # A twin's own growth; that of a lattice has to be calibrated for its twin.
        own = growth if scenario.engine == "twin" else None
        try:
            pool = simulate_pool(
                scenario,
                asked.pairs,
                growth=own,
                workers=workers,
                progress=phase(progress, sets_days, 0.0),
            )
            tables["population"] = population_table(pool)
            population = population_summary(scenario, pool)
        except XenosimError as error:
            population = {"failed": error.message}
    return Beside(tables, population, ensemble)


def animals_of_a_study(scenario: Scenario) -> int:
    """Animals per arm of one study [-]: replicates of one animal per arm are those of one study."""
    size = scenario.animals.per_arm
    return size if size > 1 else scenario.replicates


def population_table(pool: Pool) -> pd.DataFrame:
    """True volumes of the animals of a pool by arm and day [mm3]."""
    import pandas as pd

    arms, animals, days = pool.volumes.shape
    return pd.DataFrame(
        {
            "arm": np.repeat(pool.arms, animals * days),
            "animal_id": np.tile(np.repeat(np.arange(1, animals + 1), days), arms),
            "day": np.tile(pool.days, arms * animals),
            "tumor_volume_mm3": pool.volumes.ravel(),
        }
    )


def population_summary(scenario: Scenario, pool: Pool) -> dict[str, Any]:
    """What the manifest keeps of a pool: T/C of every treated arm, of geometric mean relative
    volumes on the last day, with the 95 % interval that the number of animals leaves [%]; and what
    studies of the scenario's size show.
    """
    from scipy.special import stdtrit

    least, control = smallest_seen(scenario.measure), scenario.control.name
    arms = []
    for arm in scenario.arms:
        if arm.control:
            continue
        ln = np.log(pool.relative(arm.name, least)[:, -1] / pool.relative(control, least)[:, -1])
        middle, n = float(ln.mean()), ln.size
        reach = float(stdtrit(n - 1, 0.975) * ln.std(ddof=1)) / math.sqrt(n) if n > 2 else math.nan
        low, high = (100.0 * math.exp(middle + side * reach) for side in (-1.0, 1.0))
        arms.append({"arm": arm.name, "tc_pct": 100.0 * math.exp(middle), "low": low, "high": high})
    n = animals_of_a_study(scenario)
    return {
        "agents": as_twin(scenario).tumor.twin_agents,
        "pairs": pool.pairs,
        "day": pool.days[-1],
        "arms": arms,
        "n": n,
        "enough": n * len(scenario.arms),
        "test": TEST,
        "studies": [shown._asdict() for shown in studies_shown(pool, scenario, n)],
    }


def refuse_beside_a_living_animal(scenario: Scenario) -> None:
    """Refuse an ensemble of an animal of a checkpoint (ScenarioError): it has lived with the
    parameters of its past.
    """
    if scenario.answers.ensemble:
        raise ScenarioError(
            "an animal of a checkpoint goes on with the parameters of its past: there is no"
            " ensemble of it",
            where="--ensemble",
            remedy="leave --ensemble or --from out",
        )
