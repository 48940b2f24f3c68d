"""What the model expects of every measurement at one point: mean and covariance of the values of an
animal, of animals that differ as those of the study do and are read as it reads them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from xenosim.analysis.resampling import generator
from xenosim.assays.culture import line_of
from xenosim.errors import XenosimError
from xenosim.inference.dish import Dish
from xenosim.inference.fit.animals import Followed, balanced, follow_animals
from xenosim.inference.fit.blocks import (
    IC50,
    PLASMA,
    VOLUME,
    WEIGHT,
    Array,
    Block,
    Expected,
    Problem,
    covariance_of,
)
from xenosim.inference.fit.free import Free, with_values
from xenosim.inference.fit.likelihood import center_and_scale
from xenosim.inference.points import Point
from xenosim.pharmacology.pk import plasma_profile
from xenosim.scenario.resolve import resolve
from xenosim.study.observe import read_volumes
from xenosim.study.tissues import drug_pk
from xenosim.study.variation import variation_at

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario

#: Readings of every simulated animal [-]; animals without tumors, of which only plasma is followed.
READINGS, BODIES = 40, 64
#: Least standard deviation of a value: where all animals are cured readings are all the limit [ln].
LEAST_SD = 0.03
#: Least concentration that is told from none [nM].
LEAST_NM = 1e-6
#: From this wave on points are simulated with other animals.
FRESH = 900


def simulate_point(problems: Sequence[Problem], free: Sequence[Free], point: Point) -> list[float]:
    """Every block's :func:`packed` expectation, one after the other; NaN throughout where these
    values cannot be simulated.
    """
    share = np.array(point.shares)
    values = [float(one.prior.quantile(share[k : k + 1])[0]) for k, one in enumerate(free)]
    lot = 1 if point.wave >= FRESH else 0
    try:
        return [
            number
            for problem in problems
            for expected in expectations(problem, free, values, lot)
            for number in packed(expected)
        ]
    except XenosimError:
        return [math.nan] * sum(block.size for problem in problems for block in problem.blocks)


def expectations(
    problem: Problem, free: Sequence[Free], values: Sequence[float], lot: int = 0
) -> list[Expected]:
    """What the model expects of every block of a problem.

    Parameters
    ----------
    problem : Problem
        Scenario and blocks.
    free, values
        What is fitted, and its values [internal units].
    lot : int
        Other lots have other animals.

    Raises
    ------
    XenosimError
        Values with which the study cannot be simulated.
    """
    scenario = with_values(problem.scenario, free, values)
    followed, days = _followed(problem, scenario, lot), _days(problem)
    found = []
    for block in problem.blocks:
        if block.kind == PLASMA:
            found.append(_plasma(scenario, block, lot))
        elif block.kind == IC50:
            found.append(_ic50(scenario, block))
        else:
            assert followed is not None
            places = [days.index(time) for time in block.times]
            found.append(_of_animals(scenario, block, followed, places, lot))
    return found


def _days(problem: Problem) -> tuple[float, ...]:
    """Days on which animals are looked at, 0 first."""
    times = {t for b in problem.blocks if b.kind in (VOLUME, WEIGHT) for t in b.times}
    return (0.0, *sorted(times))


def _followed(problem: Problem, scenario: Scenario, lot: int) -> Followed | None:
    """The animals of all arms that were measured; None where none were."""
    blocks = [block for block in problem.blocks if block.kind in (VOLUME, WEIGHT)]
    if not blocks:
        return None
    arms = tuple(dict.fromkeys(block.arm for block in blocks))
    volumes = [block.values for block in blocks if block.kind == VOLUME]
    most = max((float(np.nanmax(v)) for v in volumes), default=0.0)
    largest = scenario.tumor.start_volume_mm3 * math.exp(max(most, 0.0))
    return follow_animals(scenario, arms, _days(problem), largest, lot)


def _of_animals(
    scenario: Scenario, block: Block, followed: Followed, places: list[int], lot: int
) -> Expected:
    """Of volumes or weights, read as the study reads them."""
    k = followed.arms.index(block.arm)
    logs = (followed.volumes if block.kind == VOLUME else followed.weights)[k]
    rng = generator(scenario.seed, f"readings of a fit {lot}")
    if block.kind == VOLUME:
        many = np.repeat(np.exp(logs)[None], READINGS, axis=0)
        read = np.log(read_volumes(many, scenario.measure, rng))
    else:
        error = resolve(scenario).strain.value("balance_error_sd")
        read = logs + error * rng.standard_normal((READINGS, *logs.shape))
    relative = (read - read[..., :1])[..., places].reshape(-1, len(places))
    chance = _chance((logs - logs[:, :1])[:, places], followed.scores)
    return Expected(*center_and_scale(relative, block.freedom), chance)


def _chance(relative: Array, scores: Array) -> float:
    """Variance of the mean of representative animals over that of one animal [-]: what is left once
    the factors, in which they are balanced, are regressed out.
    """
    n, k = scores.shape
    centered, scores = relative - relative.mean(axis=0), scores - scores.mean(axis=0)
    total = float((centered**2).sum()) / (n - 1)
    if total < LEAST_SD**2:
        return 1.0 / n
    fitted = scores @ np.linalg.solve(scores.T @ scores, scores.T @ centered)
    return float(((centered - fitted) ** 2).sum()) / (n - 1 - k) / total / n


def _plasma(scenario: Scenario, block: Block, lot: int) -> Expected:
    """Of concentrations in plasma, each with the error of the assay."""
    arm = next(arm for arm in scenario.arms if arm.name == block.arm)
    doses = [dose for dose in arm.doses if dose.drug == block.drug]
    drug, hours = resolve(scenario).drug(block.drug), 24.0 * np.array(block.times)
    logs = np.array(
        [
            plasma_profile(
                drug_pk(drug, variation_at(scenario, scores.tolist())), doses
            ).concentration(hours)
            for scores in balanced(scenario.seed, lot, BODIES)
        ]
    )
    logs = np.log(np.maximum(logs, LEAST_NM))
    covariance = covariance_of(logs) + block.noise**2 * np.eye(hours.size)
    return Expected(logs.mean(axis=0), covariance, 0.0)


def _ic50(scenario: Scenario, block: Block) -> Expected:
    """Of the IC50 of the scenario's own cells in a dish."""
    draw = {}
    for o in scenario.overrides:
        drug = resolve(scenario).sets.get(block.drug)
        if o.set == block.drug and drug is not None:
            draw[o.set, o.name] = drug.value(o.name)
    line = line_of(resolve(scenario).model, perturbations=scenario.perturb)
    about = math.exp(float(np.nanmean(block.values)))
    found = Dish(draw).ic50(line, block.drug, block.hours, about)
    return Expected(np.array([math.log(found)]), np.array([[block.noise**2]]), 0.0)


def packed(expected: Expected) -> list[float]:
    """An expectation as numbers that change smoothly from point to point: the mean, the upper
    triangle of the logarithm of the covariance, and chance.
    """
    t = expected.mean.size
    values, vectors = np.linalg.eigh(expected.covariance + LEAST_SD**2 * np.eye(t))
    logarithm = (vectors * np.log(np.maximum(values, LEAST_SD**2))) @ vectors.T
    return [*expected.mean.tolist(), *logarithm[np.triu_indices(t)].tolist(), expected.chance]
