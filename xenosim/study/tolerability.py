"""What schedules are borne: body weight without any tumor, and the highest dose below a loss.

In the model body weight answers to the inhibition of normal tissue alone (MODEL.md P8), so animals
are followed without growing tumors: seconds for a search over doses.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xenosim.analysis.resampling import generator as bootstrap_generator
from xenosim.analysis.tolerability import LIMITS_PCT
from xenosim.analysis.tradeoff import COLUMNS as TRADEOFF
from xenosim.analysis.tradeoff import loss_columns
from xenosim.cell.rng import Purpose, generator
from xenosim.errors import ScenarioError
from xenosim.scenario.resolve import resolve
from xenosim.study.body_weight import BodyWeight
from xenosim.study.job import steps_per_day
from xenosim.study.population import simulate_pool, smallest_seen
from xenosim.study.tissues import exposures
from xenosim.study.variation import draw_variation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xenosim.pharmacology.dose import Dose
    from xenosim.scenario.schema import Scenario

Array = NDArray[np.float64]
#: Losses of the mean weight that a highest tolerated dose stays below [%].
TOLERATED_PCT = (15.0, 20.0)
#: The largest and the smallest factor of the stated doses that is tried [-].
HIGHEST, LOWEST = 64.0, 1.0 / 64.0
#: Halvings of the range of factors: the factor is known to 1 %.
HALVINGS = 10
#: Bootstrap samples of T/C [-].
SAMPLES = 2000
#: Animals followed by default [-].
ANIMALS = 24
COLUMNS = (
    "arm",
    "regimen",
    "n",
    "nadir_pct",
    "nadir_day",
    *(f"share_loss_over_{limit:g}_pct" for limit in LIMITS_PCT),
    *(
        f"{what}_below_{limit:g}_pct"
        for limit in TOLERATED_PCT
        for what in ("highest_factor", "highest_dose_mg_per_kg")
    ),
    "definition",
)
DEFINITION = (
    "body weight without tumor relative to day 0, true, of animals of the scenario's strain and"
    " spread; lowest mean weight (nadir): smallest daily mean; share: of animals whose own smallest"
    " is below; doses borne (highest factor): by which all doses of the arm can be multiplied until"
    " the nadir meets the limit; that is, a dose: the factor times the arm's largest single dose"
)


class Borne(NamedTuple):
    """Relative body weights of an arm, (animals, days + 1) from day 0 on [%]."""

    weights_pct: Array

    @property
    def nadir_pct(self) -> float:
        """Smallest daily mean [%]."""
        return float(self.weights_pct.mean(axis=0).min())

    @property
    def nadir_day(self) -> int:
        """Day of the smallest mean [day]."""
        return int(self.weights_pct.mean(axis=0).argmin())

    def share_over(self, loss_pct: float) -> float:
        """Share of animals that lose more than ``loss_pct`` at some time [-]."""
        return float((self.weights_pct.min(axis=1) < 100.0 - loss_pct).mean())


def tolerability(scenario: Scenario, animals: int = ANIMALS) -> pd.DataFrame:
    """What each arm of a scenario does to body weight, and its highest tolerated dose.

    Parameters
    ----------
    scenario : Scenario
        The study; its strain, spread of PK and days.
    animals : int
        Animals of each arm; the same in every arm and at every dose.

    Returns
    -------
    DataFrame
        A row per arm, :data:`COLUMNS`: nadir [%] and its day [day], shares [-], highest tolerated
        factor [-] and dose [mg/kg]: empty of an untreated arm, infinite where 64 times the doses
        are borne, 0 where a 64th is not.

    Raises
    ------
    ScenarioError
        No animals.
    """
    if animals < 1:
        raise ScenarioError("no animals to follow", where="--animals", remedy="at least 1")
    rows = []
    for arm in scenario.arms:
        borne = followed(scenario, arm.doses, animals)
        largest = max((dose.amount_mg_per_kg for dose in arm.doses), default=0.0)
        row = {
            "arm": arm.name,
            "regimen": arm.regimen_text,
            "n": animals,
            "nadir_pct": borne.nadir_pct,
            "nadir_day": borne.nadir_day,
            "definition": DEFINITION,
        }
        row |= {f"share_loss_over_{x:g}_pct": borne.share_over(x) for x in LIMITS_PCT}
        for limit in TOLERATED_PCT:
            factor = highest_factor(scenario, arm.doses, limit, animals) if largest else math.nan
            row[f"highest_factor_below_{limit:g}_pct"] = factor
            row[f"highest_dose_mg_per_kg_below_{limit:g}_pct"] = factor * largest
        rows.append(row)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def efficacy_table(scenario: Scenario, animals: int = ANIMALS) -> pd.DataFrame:
    """T/C in the model beside the loss of weight, of twins that are in every arm.

    Parameters
    ----------
    scenario : Scenario
        The study.
    animals : int
        Twins in every arm, and animals followed for their weight.

    Returns
    -------
    DataFrame
        As of :func:`~xenosim.analysis.tradeoff.tradeoff_table`: T/C of median true RTV on the last
        day, its interval the bootstrap's percentiles over twins.
    """
    pool = simulate_pool(scenario, animals)
    least, control = smallest_seen(scenario.measure), scenario.control.name
    rng = bootstrap_generator(scenario.seed, "efficacy of twins")
    chosen = rng.integers(0, pool.pairs, (SAMPLES, pool.pairs))
    base = pool.relative(control, least)[:, -1]
    rows = []
    for arm in scenario.arms:
        own = pool.relative(arm.name, least)[:, -1]
        row = {"arm": arm.name, "n": pool.pairs, "tc_pct": 100.0}
        if arm.name != control:
            ratios = 100.0 * np.median(own[chosen], axis=1) / np.median(base[chosen], axis=1)
            low, high = np.percentile(ratios, [2.5, 97.5])
            row |= {"tc_pct": 100.0 * np.median(own) / np.median(base), "tc_low": low}
            row |= {"tc_high": high, "tc_day": pool.days[-1]}
        weights = followed(scenario, arm.doses, animals).weights_pct
        rows.append(row | loss_columns(100.0 - weights.min(axis=1)))
    return pd.DataFrame(rows, columns=list(TRADEOFF))


def highest_factor(
    scenario: Scenario, doses: Sequence[Dose], loss_pct: float, animals: int = ANIMALS
) -> float:
    """The largest factor of all ``doses`` at which the mean weight never falls by ``loss_pct`` [%]
    or more [-]; inf if :data:`HIGHEST` is borne, 0 if :data:`LOWEST` is not.

    Halves the range on the log scale, with the same animals at every dose: more drug is more
    inhibition, and more inhibition more loss.
    """

    def bears(factor: float) -> bool:
        more = [replace(d, amount_mg_per_kg=factor * d.amount_mg_per_kg) for d in doses]
        return followed(scenario, more, animals).nadir_pct > 100.0 - loss_pct

    if bears(HIGHEST):
        return math.inf
    if not bears(LOWEST):
        return 0.0
    low, high = math.log(LOWEST), math.log(HIGHEST)
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if bears(math.exp(middle)) else (low, middle)
    return math.exp(low)


def followed(scenario: Scenario, doses: Sequence[Dose], animals: int = ANIMALS) -> Borne:
    """Body weight of the first ``animals`` of a scenario under ``doses``, without tumors, to the
    last day of measurement.
    """
    per_day, days = steps_per_day(scenario), math.ceil(scenario.measure.days[-1])
    times_h = np.asarray(np.arange(days * per_day + 1) * scenario.dt_h, np.float64)
    weights = np.empty((animals, days + 1))
    for animal in range(animals):
        variation = draw_variation(scenario, 0, animal)
        noise = generator(scenario.seed, Purpose.BODY_WEIGHT, 0, animal)
        body = BodyWeight(resolve(scenario).strain, noise)
        start_g = body.true_g(0.0, 0.0)
        weights[animal, 0] = 100.0
        seen = exposures(scenario, doses, variation).normal.follow(times_h)[:, 0, 0].tolist()
        for day in range(days):
            for occupancy in seen[day * per_day : (day + 1) * per_day]:
                body.advance(occupancy, scenario.dt_h)
            weights[animal, day + 1] = 100.0 * body.true_g(day + 1.0, 0.0) / start_g
    return Borne(weights)
