"""A fit of a model that is known in closed form: a straight line whose slope differs between
animals, so that a whole fit takes seconds.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xenosim.execution.processes import Workers
from xenosim.inference.fit import posterior
from xenosim.inference.fit.blocks import VOLUME, Block, Expected, Problem
from xenosim.inference.fit.free import Free, free_of
from xenosim.inference.fit.posterior import Fit, Settings, fit_study
from xenosim.inference.fit.simulate import packed
from xenosim.inference.points import Point
from xenosim.testing import small_scenario

TIMES = (3.0, 6.0, 9.0)
NOISE, DOUBLING, CV = 0.1, 5.0, 0.25
NAMES = ["doubling_time", "cv_growth", "dr5"]
SETTINGS = Settings(seed=2, design=30)


def expected(doubling: float, cv: float) -> Expected:
    """ln relative volume of animals that grow at a rate of their own, read with an error."""
    mean = np.log(2.0) / doubling * np.array(TIMES)
    covariance = cv**2 * np.outer(mean, mean) + NOISE**2 * (np.eye(3) + 1.0)
    return Expected(mean, covariance, 0.0)


def line_point(problems: tuple[Problem, ...], free: tuple[Free, ...], point: Point) -> list[float]:
    """The closed form at a point; its third parameter does nothing."""
    share = np.array(point.shares)
    values = [float(one.prior.quantile(share[k : k + 1])[0]) for k, one in enumerate(free)]
    return packed(expected(*values[:2]))


def data(seed: int = 1, n: int = 8, shift: float = 0.0) -> Block:
    """Animals of the closed form; ``shift`` of the middle day, which no line has."""
    one = expected(DOUBLING, CV)
    rng = np.random.default_rng(seed)
    values = rng.multivariate_normal(one.mean, one.covariance, n) + np.array([0.0, shift, 0.0])
    units = tuple(f"m{k}" for k in range(n))
    return Block(VOLUME, "vehicle", TIMES, values, units, baselines=(100.0,) * n)


def fit_line(folder: Path, block: Block, **changed: object) -> Fit:
    """The fit of a block in ``folder``."""
    scenario = small_scenario()
    problem = Problem("small.yaml", scenario, (block,))
    told = changed.pop("told", None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posterior, "simulate_point", line_point)
        for name, steps in (("CHAINS", 20), ("FIRST", 50), ("LATER", 60)):
            patch.setattr(posterior, name, steps)
        settings = SETTINGS._replace(**changed)
        return fit_study(
            (problem,), free_of(scenario, NAMES), folder, settings, Workers(1, 1), told
        )


@pytest.fixture(scope="session")
def line_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the fit is."""
    return tmp_path_factory.mktemp("line")


@pytest.fixture(scope="session")
def line_fit(line_folder: Path) -> Fit:
    """The fit of eight animals."""
    return fit_line(line_folder, data())
