"""A whole fit of a closed form: what it finds, what it leaves at its prior, and going on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.unit.inference.fit.conftest import CV, DOUBLING, data, expected, fit_line
from xenosim.errors import RunError
from xenosim.inference.fit.agreement import agreements, overall
from xenosim.inference.fit.emulate import unpacked
from xenosim.inference.fit.likelihood import log_likelihood, patterns
from xenosim.inference.fit.posterior import Fit, middle_of
from xenosim.inference.fit.simulate import packed
from xenosim.inference.points import FILE


def test_the_posterior_is_that_of_the_closed_form(line_fit: Fit) -> None:
    """By weighing draws of the prior with the exact likelihood."""
    block = data()
    z = np.random.default_rng(5).standard_normal((5_000, 2))
    values = np.column_stack(
        [one.prior.quantile(_shares(z[:, k])) for k, one in enumerate(line_fit.free[:2])]
    )
    numbers = np.array([packed(expected(*pair)) for pair in values])
    exact = log_likelihood(patterns(block), unpacked(numbers, block))
    weights = np.exp(exact - exact.max())
    weights /= weights.sum()
    for k in range(2):
        mean = float(weights @ z[:, k])
        spread = float(np.sqrt(weights @ (z[:, k] - mean) ** 2))
        assert abs(line_fit.z[:, k].mean() - mean) < 0.3 * spread
        assert line_fit.z[:, k].std() == pytest.approx(spread, rel=0.25)


def _shares(z: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return ndtr(z)


def test_truth_is_inside_and_what_does_nothing_keeps_its_prior(line_fit: Fit) -> None:
    low, high = np.quantile(line_fit.values, [0.025, 0.975], axis=0)
    assert low[0] < DOUBLING < high[0] and low[1] < CV < high[1]
    assert line_fit.z[:, 2].std() == pytest.approx(1.0, abs=0.1)
    assert line_fit.size > 200 and line_fit.r_hat < 1.05 and line_fit.error < 0.5
    assert 0.0 < line_fit.chance < 0.5 and line_fit.failed == 0
    assert np.all(np.abs(line_fit.z[line_fit.middle]) < 1.5)


def test_a_fit_that_was_killed_goes_on_to_the_same(
    line_fit: Fit, line_folder: Path, tmp_path: Path
) -> None:
    text = (line_folder / FILE).read_text().splitlines()
    (tmp_path / FILE).write_text("\n".join(text[:31]) + "\n" + text[31][:40])
    told: list[tuple[str, int]] = []
    again = fit_line(tmp_path, data(), told=lambda what, done, *_: told.append((what, done)))
    assert np.array_equal(again.z, line_fit.z)
    assert ("design", 30) not in told


def test_a_folder_of_other_data_is_refused(line_fit: Fit, line_folder: Path) -> None:
    with pytest.raises(RunError, match="another values"):
        fit_line(line_folder, data(seed=9))


def test_agreement_and_contradiction(line_fit: Fit) -> None:
    assert overall(agreements(line_fit)) > 0.05
    (problem,) = line_fit.problems
    bent = problem._replace(blocks=(data(shift=1.0),))
    assert overall(agreements(replace(line_fit, problems=(bent,)))) < 0.01


def test_the_middle_is_a_draw() -> None:
    z = np.array([[0.0, 5.0], [1.0, 1.0], [2.0, -3.0]])
    assert middle_of(z) == 1
