"""Twin animals that stand for all of a study: as many draws of what makes animals differ as there
are animals, spread evenly over each factor's distribution, the same at every point; of those that
are grown the ones enter that the study would enrol.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from xenosim.analysis.resampling import generator
from xenosim.execution import stopping
from xenosim.inference.fit.blocks import Array
from xenosim.study.animal import lesions_of
from xenosim.study.engraft import grow_up, grown_tumors, on_study, weight_of
from xenosim.study.enroll import Cohort, randomization_day, volume_on
from xenosim.study.growth import calibrate_growth
from xenosim.study.job import Job
from xenosim.study.population import as_twin
from xenosim.study.variation import OF_HOST, OF_TUMOR, Variation, variation_at

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario

#: Animals in every arm of a point, and most agents of a tumor at the start volume [-].
ANIMALS, AGENTS = 32, 250
#: Beyond this factor over the largest volume that was measured nothing is simulated: ln V goes on
#: as it last grew, and levels off after so much more [ln].
BEYOND, LEVEL = 2.0, 1.5
#: That volume is taken for at least so many start volumes [-].
LEAST_FOLD = 5.0
#: Days after which a large tumor is looked at [day].
LOOK_D = 1.0


class Representative(Job):
    """A job whose animal is one of :data:`ANIMALS` that stand for all."""

    __slots__ = ()

    @property
    def variation(self) -> Variation:
        """What makes it differ from the typical one."""
        scores = balanced(self.scenario.seed, self.replicate, grown_of(self.scenario))
        return variation_at(self.scenario, scores[self.animal - 1].tolist())


def grown_of(scenario: Scenario) -> int:
    """Animals that are grown so that :data:`ANIMALS` are enrolled as the study enrols its own."""
    return scenario.animals.grown_for(ANIMALS)


@cache
def balanced(seed: int, replicate: int, n: int) -> Array:
    """Standard normal scores (n, factors) of ``n`` animals, a Latin hypercube: of mean 0 and
    variance 1 in every factor.

    Examples
    --------
    >>> scores = balanced(1, 0, 16)
    >>> scores.shape, bool(abs(scores.mean(axis=0)).max() < 1e-12)
    ((16, 8), True)
    """
    from scipy.special import ndtri

    rng = generator(seed, f"animals of a fit {replicate}")
    middles = ndtri((np.arange(n) + 0.5) / n)
    scores = np.column_stack([rng.permutation(middles) for _ in range(OF_HOST + OF_TUMOR)])
    return np.asarray(scores / scores.std(axis=0))


class Followed(NamedTuple):
    """Twin animals: ln of true volumes (arms, animals, days) [mm3] and weights [g], of the
    ``arms``; day 0 comes first; ``scores`` (animals, factors) of what makes them differ.
    """

    arms: tuple[str, ...]
    volumes: Array
    weights: Array
    scores: Array


def follow_animals(
    scenario: Scenario, arms: tuple[str, ...], days: tuple[float, ...], largest_mm3: float, lot: int
) -> Followed:
    """Animals in each of ``arms`` on ``days`` [day], which begin with 0.

    Parameters
    ----------
    scenario : Scenario
        A study on any engine; its twin is simulated.
    arms, days
        What is wanted.
    largest_mm3 : float
        The largest volume that was measured [mm3].
    lot : int
        Other lots have other animals.

    Raises
    ------
    ScenarioError
        Growth that cannot be calibrated, or tumors that do not reach the start volume.
    """
    chosen = tuple(arm for arm in scenario.arms if arm.name in arms)
    animals = scenario.animals.model_copy(update={"per_arm": ANIMALS})
    measure = scenario.measure.model_copy(update={"days": days})
    update = {"arms": chosen, "animals": animals, "measure": measure, "replicates": 1}
    twin = as_twin(scenario, AGENTS).model_copy(update=update)
    growth = calibrate_growth(twin)
    grown = grown_of(twin)
    jobs = [Representative(twin, growth, None, a, lot, 0) for a in range(1, grown + 1)]
    curves = [grow_up(job) for job in jobs]
    day = randomization_day(curves, twin.tumor.start_volume_mm3)
    cohort = Cohort(day, {a: volume_on(curve, day) for a, curve in enumerate(curves, start=1)})
    jobs = [jobs[a - 1] for a in cohort.nearest(ANIMALS)]
    cap = math.log(BEYOND * max(largest_mm3, LEAST_FOLD * twin.tumor.start_volume_mm3))
    found = [_follow(job._replace(growth_days=day), cap) for job in jobs]
    volumes, weights = np.array(found).transpose(1, 2, 0, 3)
    scores = balanced(twin.seed, lot, grown)[[job.animal - 1 for job in jobs]]
    return Followed(tuple(arm.name for arm in chosen), volumes, weights, scores)


def _follow(job: Job, cap: float) -> Array:
    """ln V and ln of the weight (2, arms, days) of one animal."""
    tumors = grown_tumors(job)
    spec, states = tumors[0].spec, [tumor.state() for tumor in tumors]
    days, arms = job.scenario.measure.days, job.scenario.arms
    found = np.empty((2, len(arms), len(days)))
    for k, arm in enumerate(arms):
        own = job._replace(arm=arm.name)
        animal, body = on_study(own, lesions_of(spec, states)), weight_of(own)
        at, log, rate = 0.0, math.log(max(animal.volume_mm3, 1e-6)), 0.0
        for j, day in enumerate(days):
            while at < day and log < cap:
                step = min(day, at + LOOK_D) if log > cap - LEVEL else day
                animal.live_until(step, lambda _: stopping.check())
                after = math.log(max(animal.volume_mm3, 1e-6))
                at, log, rate = step, after, max((after - log) / (step - at), 0.0)
            seen = log + rate * (day - at)
            seen = cap + LEVEL * math.tanh((seen - cap) / LEVEL) if seen > cap else seen
            whole = animal.weight.true_g(day, math.exp(seen)) if animal.weight else body.start_g
            found[:, k, j] = seen, math.log(whole)
    return found
