"""Studies resampled from few simulated animals find what studies of new animals find."""

import math
from pathlib import Path

import numpy as np
import pytest

from tests.unit.analysis.growing import disjoint
from xenosim.analysis.pool import AnimalPool, Curves
from xenosim.analysis.power import TESTS, power_of, verdicts
from xenosim.scenario.load import load_scenario
from xenosim.study.population import simulate_pool
from xenosim.study.reading import read_pool

#: Twins in both arms, those of a small pool of them, animals per arm, small pools.
TWINS, FEW, N, POOLS = 160, 24, 4, 150
STUDY = Path(__file__).parents[3] / "scenarios" / "escc_q2d.yaml"


@pytest.fixture(scope="module")
def twins() -> AnimalPool:
    """Readings of real twins, of few agents."""
    scenario = load_scenario(STUDY)
    return read_pool(simulate_pool(scenario, TWINS, agents=50), scenario)


def part(animals: AnimalPool, chosen: np.ndarray) -> AnimalPool:
    """The pool of some of the animals."""
    arms = {
        name: Curves(*(v[chosen] for v in vars(c).values())) for name, c in animals.arms.items()
    }
    return AnimalPool(arms, animals.control, animals.days, animals.start[chosen], True)


@pytest.mark.slow
@pytest.mark.parametrize("test", TESTS)
def test_small_pools_of_twins_have_the_power_of_all_on_average(
    test: str, twins: AnimalPool
) -> None:
    """Of all twins, studies drawn without replacement are the truth; of small pools drawn from
    them the mean power must be the same within three standard errors.
    """
    rng = np.random.default_rng(1)
    truth = power_of(verdicts(twins, test, N, 4000, 1), 0, twins).share
    shares = []
    for k in range(POOLS):
        few = part(twins, rng.permutation(twins.size)[:FEW])
        shares.append(power_of(verdicts(few, test, N, 60, k), 0, few).share)
    error = math.hypot(
        float(np.std(shares, ddof=1)) / math.sqrt(POOLS), math.sqrt(truth * (1.0 - truth) / 4000)
    )
    assert abs(float(np.mean(shares)) - truth) < 3.0 * error


@pytest.mark.slow
@pytest.mark.parametrize("test", TESTS)
def test_studies_of_twins_that_are_in_no_other_find_as_much(test: str, twins: AnimalPool) -> None:
    """Half of the twins dealt to studies of their own, against studies drawn from the others."""
    half = np.arange(twins.size) % 2 == 0
    new, old = (part(twins, np.nonzero(side)[0]) for side in (half, ~half))
    dealt = disjoint(new, N, new.size // (2 * N))
    p = TESTS[test].run(new, dealt, new.treated[0], False).p
    found = power_of(verdicts(old, test, N, 1000, 1), 0, old)
    share = found.share
    error = math.sqrt(share * (1.0 - share) * (1.0 / p.size + 1.0 / found.independent))
    assert abs(float((p <= 0.05).mean()) - share) < 3.0 * max(error, 1.0 / p.size)
