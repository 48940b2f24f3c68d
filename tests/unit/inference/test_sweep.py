"""Sweeps of a small study: points, table, answer, what is kept, figures."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tests.unit.inference.test_evaluate import FAST, HERE
from xenosim.errors import ScenarioError, XenosimError
from xenosim.inference.evaluate import Evaluations
from xenosim.inference.evaluate_outputs import OUTPUTS
from xenosim.inference.evaluate_result import SearchResult
from xenosim.inference.sweep import Question, check_plot, places, points_of, run_sweep, separated
from xenosim.inference.sweep_vary import parse_axes
from xenosim.report.text import as_json, first_screen, load_result
from xenosim.scenario.schema import Scenario
from xenosim.testing import small_scenario

TC = (OUTPUTS["tc_pct"],)


def load(keys: Mapping[str, str]) -> Scenario:
    return small_scenario(overrides=FAST | dict(keys))


def question(*texts: str, **more: object) -> Question:
    rest = {"outputs": TC, "animals": 2, "arms": ("BIW",)} | more
    return Question(parse_axes(texts), **rest)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def swept(kept: Path) -> SearchResult:
    asked = question("dose=2,20 mg/kg", "interval=1,6 d")
    return run_sweep(load, asked, Evaluations(kept), HERE)


def test_a_row_for_every_point_with_its_interval(swept: SearchResult) -> None:
    table = swept.tables["sweep"]
    assert list(table["dose (mg/kg)"]) == [2, 2, 20, 20]
    assert list(table["interval (d)"]) == [1, 6, 1, 6]
    assert (table["low"] < table["value"]).all() and (table["value"] < table["high"]).all()
    assert table["value"].to_numpy()[2] < table["value"].to_numpy()[1]
    assert "best" in swept.answer and "dose 20 mg/kg, interval 1 d" in swept.answer


def test_more_points_cost_only_themselves_and_the_rest_stays(
    swept: SearchResult, kept: Path
) -> None:
    store = Evaluations(kept)
    more = run_sweep(load, question("dose=2,7,20 mg/kg", "interval=1,6 d"), store, HERE)
    assert store.simulated == 2
    table = more.tables["sweep"]
    same = table[table["dose (mg/kg)"] != 7]
    assert np.array_equal(same["value"], swept.tables["sweep"]["value"])


def test_the_regimen_as_stated_is_the_point_that_equals_it(kept: Path) -> None:
    """BIW 7 mg/kg at its own dose: the arm as the scenario has it."""
    store = Evaluations(kept)
    at = run_sweep(load, question("dose=7 mg/kg"), store, HERE).tables["sweep"]["value"]
    plain = run_sweep(load, question(f"seed={load({}).seed}"), store, HERE).tables["sweep"]
    assert list(at) == list(plain["value"])


def test_keys_and_parameters_make_scenarios() -> None:
    drug = load({}).arms[1].doses[0].drug
    found = points_of(load, question(f"{drug}.cl=1,2 L/h/kg", "tumor.start_volume=20,40 mm^3"))
    assert [p.scenario.tumor.start_volume_mm3 for p in found] == [20, 40, 20, 40]
    assert {o.value for p in found for o in p.scenario.overrides} == {"1.0 L/h/kg", "2.0 L/h/kg"}


def test_a_hypercube_has_one_point_in_every_part() -> None:
    asked = question("dose=1..9 mg/kg", "route=IV,SC", points=8)
    first, again = places(asked, 1), places(asked, 1)
    doses = sorted(place[0][1] for place in first)  # type: ignore[type-var]
    assert first == again != places(asked, 2)
    assert [int(dose - 1) for dose in doses] == list(range(8))  # type: ignore[operator]
    assert [place[1][0] for place in first].count("IV") == 4


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (("dose=2,5000 mg/kg", "cell.load_mean=0.5,900"), "2 mistakes"),
        (("delay=1,30 d",), "no dose is before the end"),
        (("route=PO,IP",), "no parameters for route IP"),
        (tuple(f"{n}=1..9 {u} by 99" for n, u in (("dose", "mg/kg"), ("delay", "d"))), "9801"),
    ],
)
def test_points_that_cannot_be_are_refused_before_any_is_simulated(
    texts: tuple[str, ...], words: str
) -> None:
    with pytest.raises(XenosimError) as caught:
        points_of(load, question(*texts))
    assert words in str(caught.value)


def test_figures_must_have_their_axes() -> None:
    one, named = parse_axes(["dose=1,2 mg/kg"]), parse_axes(["route=PO,IV"])
    for plot, axes in (("heatmap", one), ("dose-response", named), ("pie", one)):
        with pytest.raises(ScenarioError, match="--plot"):
            check_plot(plot, axes)


def test_the_directory_reads_back_and_has_figures(swept: SearchResult, tmp_path: Path) -> None:
    folder = swept.save(tmp_path)
    again = load_result(folder)
    assert first_screen(again) == first_screen(swept)
    assert len(as_json(again)["sweep"]) == 4
    names = {path.name for path in folder.glob("*.png")}
    assert names == {"heatmap_tc_pct.png", "dose_response_tc_pct.png"}


def test_separated_is_within_animals() -> None:
    base = np.array([1.0, 5.0, 9.0])
    assert separated(base, base + np.array([0.1, 0.11, 0.12]))
    assert not separated(base, base[::-1])
