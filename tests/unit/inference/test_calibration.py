"""A whole calibration on the data of blood: repeatable, resumable, by any number of workers; and
parameters of simulated studies, recovered by the model itself (slow).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import ParameterError
from xenosim.inference import calibration
from xenosim.inference.calibration import Calibration, Settings, calibrate
from xenosim.inference.figures import marginals_figure, rows_figure
from xenosim.inference.points import FILE, simulate
from xenosim.inference.posterior import Posterior, scores
from xenosim.inference.summary import as_ensemble, screen
from xenosim.inference.targets import targets
from xenosim.parameters.ensemble import load_ensemble, write_ensemble
from xenosim.parameters.priors import prior_values, priors

SMALL = Settings(draws=12, waves=2, design=24, stages=("blood",), candidates=18)
NAMES = [prior.column for prior in priors()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("calibration")


@pytest.fixture(scope="module")
def small(folder: Path) -> Calibration:
    return calibrate(folder, SMALL, jobs=1)


def test_two_workers_and_an_interruption_change_nothing(
    small: Calibration, folder: Path, tmp_path: Path
) -> None:
    text = (folder / FILE).read_text().splitlines()
    (tmp_path / FILE).write_text("\n".join(text[:17]) + "\n" + text[17][:50])
    again = calibrate(tmp_path, SMALL, jobs=2)
    assert np.array_equal(again.z, small.z) and np.array_equal(again.outputs, small.outputs)


def test_draws_are_in_the_ranges_and_data_narrow_them(small: Calibration) -> None:
    for k, prior in enumerate(priors()):
        assert prior.low <= small.values[:, k].min() <= small.values[:, k].max() <= prior.high
    z = small.chain[:, NAMES.index("ixazomib.kd")]
    assert z.std() < 0.9 < small.chain[:, NAMES.index("cell.dr5")].std()


def test_what_is_left_is_an_ensemble(small: Calibration, tmp_path: Path) -> None:
    found = as_ensemble(small, date(2026, 11, 28))
    write_ensemble(tmp_path, found)
    read = load_ensemble(tmp_path)
    assert len(read) == 12 and not read.is_stale() and read.is_calibrated
    assert [row["row"] for row in read.meta["calibration_rows"]] == ["BL-001", "BL-002"]
    assert set(read.meta["parameters"]) == set(NAMES)
    text = screen(small)
    assert "fixed by the data" in text and "blood/plasma, ixazomib" in text and "R-hat" in text
    assert "nan" not in text


def test_a_row_that_stays_away_is_named(small: Calibration) -> None:
    assert "tension" not in screen(small)
    contradicted = replace(small, outputs=small.outputs + 9.0)
    assert "tension: blood/plasma, ixazomib" in screen(contradicted)


def test_figures_show_every_parameter_and_row(small: Calibration) -> None:
    titles = {axes.get_title() for axes in marginals_figure(small).axes}
    assert set(NAMES) <= titles
    labels = {text.get_text() for text in rows_figure(small).axes[0].get_yticklabels()}
    assert labels == {target.name for target in small.asked}


def test_an_unknown_stage_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no stage 'sea'"):
        calibrate(tmp_path, SMALL._replace(stages=("sea",)))


@pytest.mark.slow
def test_parameters_of_simulated_studies_are_recovered(tmp_path: Path) -> None:
    """Six sets of parameters are drawn, the model simulates their data, errors are added: the 90 %
    intervals of a calibration on them hold the truth as often as they say.
    """
    root = str(Path(__file__).parents[3] / "scenarios")
    settings = Settings(design=120, waves=1, stages=("blood", "invivo"), scenarios=root)
    asked = targets(settings.stages)
    store = calibration.Store(tmp_path, settings.of_points())
    run = calibration._Run(settings, asked, store, lambda *_: None)
    with calibration.Workers(2, 120) as workers:
        z, outputs = run.waves(workers)
    rng, inside = np.random.default_rng(11), []
    for cube in rng.random((6, len(priors()))):
        values = prior_values(cube[None])[0]
        draw = {(p.set, p.name): v for p, v in zip(priors(), values, strict=True)}
        truth = np.array(simulate(draw, asked, root))
        data = [
            target._replace(value=value + target.error * rng.standard_normal(), at_most=False)
            for target, value in zip(asked, truth, strict=True)
        ]
        found = Posterior.of(z, outputs, tuple(data)).chains(200, rng)
        low, high = np.quantile(found, [0.05, 0.95], axis=(0, 1))
        inside += [*((low < scores(cube)) & (scores(cube) < high))]
    assert 0.82 <= np.mean(inside) <= 0.97
