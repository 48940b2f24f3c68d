"""Effects and indices of functions whose answers are known."""

import numpy as np
import pytest
from SALib.analyze import morris

from xenosim.errors import RunError
from xenosim.inference.sensitivity_methods import design, effects, elementary_effects


def ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def noisy(values: np.ndarray, sd: float, animals: int = 6, shared: float = 0.0) -> np.ndarray:
    """Animals that differ, each the same at all points, and noise of every point."""
    rng = np.random.default_rng(3)
    own = shared * rng.standard_normal(animals)
    return values[:, None] + own + sd * rng.standard_normal((values.size, animals))


def test_sobols_indices_of_ishigami_are_the_published_ones() -> None:
    """Analytic, as SALib's documentation quotes them: S1 0.3139, 0.4424, 0; ST 0.5576, 0.4424,
    0.2437 (Ishigami and Homma 1990; a = 7, b = 0.1).
    """
    of = design("sobol", 3, 2048, 1)
    found = effects(of, np.repeat(ishigami(of.points)[:, None], 2, axis=1), 1)
    assert found.main == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert found.main + found.interaction == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)
    assert (found.noise == 0).all()


def test_morris_of_ishigami_finds_what_interacts() -> None:
    """The third parameter acts through the first alone: no effect on average, all scatter."""
    of = design("morris", 3, 400, 1)
    found = effects(of, np.repeat(ishigami(of.points)[:, None], 2, axis=1), 1)
    assert abs(found.mean[2]) < 0.2 * found.main[2]
    assert found.interaction[2] > found.main[2]
    mine = elementary_effects(of.points.reshape(-1, 4, 3), ishigami(of.points).reshape(-1, 4, 1))
    assert np.abs(mine).mean(axis=(0, 2)) == pytest.approx(found.main)
    salib = morris.analyze(
        {"num_vars": 3, "names": list("abc")},
        of.points,
        ishigami(of.points),
        num_levels=4,
        num_resamples=1000,
        seed=1,
    )
    assert found.main == pytest.approx(salib["mu_star"]) and found.mean == pytest.approx(
        salib["mu"]
    )
    assert found.interaction == pytest.approx(salib["sigma"])
    assert found.reach == pytest.approx(salib["mu_star_conf"], rel=0.15, abs=1e-9)


def test_noise_is_neither_an_effect_nor_an_interaction() -> None:
    of = design("morris", 3, 200, 2)
    linear = of.points @ np.array([2.0, 1.0, 0.0])
    found = effects(of, noisy(linear, 1.0, shared=50.0), 2)
    sure = effects(of, noisy(linear, 0.0, shared=50.0), 2)
    assert sure.main == pytest.approx([2, 1, 0]) and sure.interaction == pytest.approx(0, abs=1e-6)
    raw = noisy(linear, 1.0)
    scatter = elementary_effects(of.points.reshape(-1, 4, 3), raw.reshape(-1, 4, 6))
    assert scatter.mean(axis=2).std(axis=0).min() > 0.7
    assert found.interaction.max() < 0.35
    assert found.main[2] == pytest.approx(found.noise[2], rel=0.15)
    assert found.share == pytest.approx([0.8, 0.2, 0.0], abs=0.05)


def test_sobols_noise_is_that_of_its_total_index() -> None:
    of = design("sobol", 3, 1024, 2)
    linear = of.points @ np.array([2.0, 1.0, 0.0])
    found = effects(of, noisy(linear, 0.5, shared=50.0), 2)
    assert found.share == pytest.approx([0.8, 0.2, 0.0], abs=0.03)
    total = found.main[2] + found.interaction[2]
    assert found.noise[2] > 0.03 and total < 0.03


def test_a_point_that_failed_takes_its_two_steps_along_and_no_more() -> None:
    of = design("morris", 2, 6, 1)
    scores = np.repeat(of.points @ np.array([[1.0], [2.0]]), 2, axis=1)
    scores[4] = np.nan
    found = effects(of, scores, 1)
    assert found.used.tolist() == [5, 5] and found.main == pytest.approx([1, 2])
    scores[of.block :] = np.nan
    with pytest.raises(RunError, match="15 of 18 points could not be simulated"):
        effects(of, scores, 1)


def test_a_parameter_whose_steps_all_fail_has_no_effect_and_no_share() -> None:
    of = design("morris", 2, 6, 1)
    scores = np.repeat(of.points @ np.array([[1.0], [2.0]]), 2, axis=1)
    scores[of.points[:, 1] < 0.5] = np.nan
    found = effects(of, scores, 1)
    assert found.used[1] == 0 and np.isnan(found.main[1]) and found.share.tolist() == [1.0, 0.0]


def test_a_base_point_of_sobols_fails_as_a_whole() -> None:
    of = design("sobol", 2, 8, 1)
    scores = np.repeat(of.points @ np.array([[1.0], [2.0]]), 2, axis=1)
    scores[4] = np.nan
    assert effects(of, scores, 1).used.tolist() == [7, 7]


def test_designs_repeat_by_seed() -> None:
    for method, size in (("morris", 4), ("sobol", 8)):
        first, again, other = (design(method, 3, size, seed).points for seed in (1, 1, 2))
        assert np.array_equal(first, again) and not np.array_equal(first, other)
