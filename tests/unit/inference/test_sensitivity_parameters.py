"""Which parameters a selection means, their ranges, and scenarios that have them."""

import numpy as np
import pytest

from xenosim.errors import ScenarioError
from xenosim.inference.sensitivity_parameters import drawn, inputs_of
from xenosim.parameters.priors import priors
from xenosim.scenario.resolve import resolve
from xenosim.scenario.schema import Scenario
from xenosim.testing import small_scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return small_scenario()


def test_words_mean_statuses_sets_and_names(scenario: Scenario) -> None:
    every = inputs_of(scenario, "all")
    assumed = inputs_of(scenario, "assumed")
    assert {one.status for one in assumed} == {"assumed"} and len(assumed) < len(every)
    drug = next(iter(resolve(scenario).drugs))
    both = inputs_of(scenario, f"{drug}, cell.load_mean")
    assert {one.set for one in both} == {drug, "cell"}
    assert [one.column for one in both if one.set == "cell"] == ["cell.load_mean"]


def test_what_cannot_matter_is_left_out(scenario: Scenario) -> None:
    names = {one.name for one in inputs_of(scenario, "all")}
    assert not names & {"caliper_reading_sd", "cv_growth", "doubling_time", "ka_po", "ikzf_rate"}
    assert {"load_mean", "cl", "vessel_exchange", "weight_loss_rate"} <= names


def test_ranges_are_the_priors_where_there_are_some(scenario: Scenario) -> None:
    (gain,) = inputs_of(scenario, "cell.chaperone_gain")
    assert gain.prior == next(p for p in priors() if p.column == "cell.chaperone_gain")
    assert all(one.experiment for one in inputs_of(scenario, "all"))


@pytest.mark.parametrize(("word", "said"), [("asumed", "assumed"), ("cell.load_men", "load_mean")])
def test_other_words_get_the_nearest(word: str, said: str, scenario: Scenario) -> None:
    with pytest.raises(ScenarioError, match=said):
        inputs_of(scenario, word)
    with pytest.raises(ScenarioError, match="no parameter of the study is"):
        inputs_of(scenario.model_copy(update={"model": "generic"}), "measured")


def test_a_point_takes_the_place_of_what_is_stated(scenario: Scenario) -> None:
    moved = inputs_of(scenario, "cell.chaperone_gain")
    one = drawn(scenario, moved, np.array([0.2]))
    other = drawn(one, moved, np.array([0.9]))
    values = [resolve(s).model.value("chaperone_gain") for s in (one, other)]
    assert values == pytest.approx(moved[0].prior.quantile(np.array([0.2, 0.9])))


def test_a_least_value_stays_below_its_greatest(scenario: Scenario) -> None:
    moved = inputs_of(scenario, "tumor.necrosis_pressure,tumor.hypoxia_pressure")
    for shares in ([1.0, 0.0], [0.0, 1.0]):
        model = resolve(drawn(scenario, moved, np.array(shares))).model
        assert model.value("necrosis_pressure") <= model.value("hypoxia_pressure")
