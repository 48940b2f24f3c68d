"""Scenario files: what is refused, where and how to mend it."""

import re
from pathlib import Path

import pytest

from tests.conftest import SCENARIOS
from xenosim.errors import ScenarioError, XenosimError
from xenosim.parameters.load import load_line, load_set
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import resolve, resolved_dict, scenario_hash, starter_text
from xenosim.study.tissues import exposures
from xenosim.testing import small_scenario


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_shipped_scenarios_load_and_state_what_was_published(path: Path) -> None:
    scenario = load_scenario(path)
    assert scenario.published and len(scenario_hash(scenario)) == 12
    assert all(
        entry["source"]
        for values in resolved_dict(scenario)["parameters"].values()
        for entry in values.values()
    )


def test_the_starter_loads(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(starter_text())
    assert [arm.name for arm in load_scenario(path).arms] == ["vehicle", "QW", "BIW"]


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("replicates", "10000", "360000 animals"),
        ("animals.per_arm", "10000", "7200000 measurements"),
        ("animals.per_arm", "10001", "a whole number from 1 to 10000"),
        ("tumor.lesions.count", "501", "a whole number from 1 to 500"),
    ],
)
def test_f10_the_size_of_a_study_is_bounded(
    tmp_path: Path, key: str, value: str, message: str
) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(starter_text())
    days = ",".join(f"{0.1 * k:g}" for k in range(240))
    with pytest.raises(XenosimError) as found:
        load_scenario(path, {key: value, "measure.days": days})
    assert message in str(found.value)


def test_f10_the_number_of_arms_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    more = "".join(f'  a{k}: {{regimen: "1e-3 mg/kg IV QDx10000"}}\n' for k in range(98))
    path.write_text(starter_text().replace("arms:\n", "arms:\n" + more))
    with pytest.raises(ScenarioError, match="101 arms"):
        load_scenario(path)


BROKEN = {
    "misspelt key": ("animals:", "anmals:", "did you mean 'animals'"),
    "bare number": ("150 mm^3", "150", "has no unit"),
    "wrong unit": ("150 mm^3", "150 mg", "not a unit of volume"),
    "negative dose": ("14 mg/kg", "-14 mg/kg", "absurd"),
    "late dose": ("QW x3", "QW x9", "before the end of the study"),
    "empty arm": ('{regimen: "14 mg/kg IV QW x3"}', "", "is empty"),
    "no control": (", control: true", "", "no arm is the control"),
    "calipers blind below the endpoint": (
        "  humane_endpoint: {tumor_volume: 2000 mm^3",
        "  limit: 8 mm\n  humane_endpoint: {tumor_volume: 200 mm^3",
        "never read less than 256 mm",
    ),
    "start above endpoint": ("2000 mm^3", "100 mm^3", "not below the humane endpoint"),
    "biweekly": ("QW x3", "biweekly x3", "ambiguous"),
    "coarse": ("1e3 /mm^3", "10 /mm^3", "out of range"),
    "unknown model": ("model: oci_ly10", "model: oci_ly1", "did you mean 'oci_ly10'"),
    "unknown drug": ("drug: ixazomib", "drug: ixazomab", "did you mean 'ixazomib'"),
    "days": ('"0..21 by 3"', '"3..1"', "days must rise"),
    "not yaml": ("arms:", "arms: [", "not valid YAML"),
    "twice": ("seed: 1", "seed: 1\nseed: 2", "given twice"),
    "route": ("14 mg/kg IV", "14 mg/kg IP", "no parameters for route"),
    "day 1 or 0": ("QW x3", "days 1,8", "day 0 or on day 1"),
    "arm without a name": ("  QW: ", '  " ": ', "cannot name an arm"),
    "endless days": ("0..21", "0..99999999999", "is not a list of days"),
    "endless number": ("seed: 1", "seed: " + "9" * 5000, "'seed' is 9"),
    "no file": ('{regimen: "14 mg/kg IV QW x3"}', "{events: {time_unit: day}}", "name no file"),
    "cmt is no mapping": (
        '{regimen: "14 mg/kg IV QW x3"}',
        "{events: {file: e.csv, cmt: central}}",
        "is not a mapping",
    ),
    "misspelt option": (
        '{regimen: "14 mg/kg IV QW x3"}',
        "{events: {file: e.csv, time_units: day}}",
        "did you mean 'time_unit'",
    ),
    "amount per animal": (
        '{regimen: "14 mg/kg IV QW x3"}',
        "{events: {file: e.csv, amt_unit: mg}}",
        "not per kg",
    ),
}


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("day,volume\n0,1\n", "column tumor_volume_mm3 is missing"),
        ("day,tumor_volume_mm3\n0,100\n3,-5\n", "line 3 of"),
        ("day,tumor_volume_mm3\n0,100\n3,x\n", "line 3 of"),
        ("day,tumor_volume_mm3\n0,nan\n", "line 2 of"),
        ("", "is empty"),
        ("day,tumor_volume_mm3\n0," + 200_000 * "1" + "\n", "the line cannot be read"),
        ("day,tumor_volume_mm3\n0,100\n3,90\n", "does not show growth"),
        (None, "no such file"),
    ],
)
def test_mistakes_in_a_control_table_are_named(
    table: str | None, message: str, tmp_path: Path
) -> None:
    if table is not None:
        (tmp_path / "control.csv").write_text(table)
    path = tmp_path / "mine.yaml"
    path.write_text(starter_text().replace("{doubling_time: 5.5 day}", "{control: control.csv}"))
    with pytest.raises(ScenarioError, match=message) as error:
        load_scenario(path)
    assert error.value.where and error.value.remedy


def test_a_list_can_be_set(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(starter_text())
    written = tmp_path / "written.yaml"
    written.write_text(starter_text() + "perturb: [CHOP=ko, JNK=ko]\n")
    assert (
        load_scenario(path, {"perturb": "[CHOP=ko, JNK=ko]"}).perturb
        == load_scenario(written).perturb
        != ()
    )
    assert load_scenario(path, {"measure.days": "[0, 3, 21]"}).measure.days == (0.0, 3.0, 21.0)
    with pytest.raises(ScenarioError, match="is not a list"):
        load_scenario(path, {"perturb": "[CHOP=ko"})


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.replace(" ", "-"))
def test_mistakes_are_named_with_place_and_remedy(case: str, tmp_path: Path) -> None:
    old, new, message = BROKEN[case]
    assert old in starter_text()
    path = tmp_path / "wrong.yaml"
    path.write_text(starter_text().replace(old, new))
    with pytest.raises(XenosimError) as caught:
        load_scenario(path)
    assert message in caught.value.message
    assert "wrong.yaml" in str(caught.value.where) and caught.value.remedy


def test_overrides_name_themselves(tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(starter_text())
    assert load_scenario(path, {"animals.per_arm": "3"}).animals.per_arm == 3
    with pytest.raises(XenosimError) as caught:
        load_scenario(path, {"animals.per_arm": "zero"})
    assert str(caught.value.where).startswith("--set animals.per_arm=zero")
    for missing in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(XenosimError):
            load_scenario(missing)


def with_events(tmp_path: Path, table: str, arm: str, first_day: str = "") -> Path:
    (tmp_path / "mine.csv").write_text(table)
    path = tmp_path / "my.yaml"
    path.write_text(starter_text().replace('{regimen: "14 mg/kg IV QW x3"}', arm) + first_day)
    return path


def test_an_arm_takes_its_events_with_their_units(tmp_path: Path) -> None:
    arm = (
        "{events: {file: mine.csv, time_unit: day, amt_unit: ug/kg, cmt: {1: depot_po, 2:"
        " central}}}"
    )
    scenario = load_scenario(
        with_events(tmp_path, "TIME,AMT,CMT,II,ADDL,NOTE\n0,7000,1,7,2,fed\n", arm)
    )
    doses = next(arm for arm in scenario.arms if arm.name == "QW").doses
    assert [(d.time_h, d.amount_mg_per_kg, d.route, d.extra) for d in doses] == [
        (168.0 * k, 7.0, "PO", (("note", "fed"),)) for k in range(3)
    ]
    short = load_scenario(with_events(tmp_path, "TIME,AMT\n0,7\n", "{events: mine.csv}"))
    assert short.arms[1].regimen_text == "events mine.csv"


def test_a_table_never_shifts_silently(tmp_path: Path) -> None:
    late = "TIME,AMT\n1,7\n8,7\n"
    for stated in ("", "day_of_first_dose: 1\n"):
        with pytest.raises(XenosimError, match="first dose is at 24 h.*day_of_first_dose: 0"):
            load_scenario(
                with_events(tmp_path, late, "{events: {file: mine.csv, time_unit: day}}", stated)
            )
    scenario = load_scenario(
        with_events(
            tmp_path, late, "{events: {file: mine.csv, time_unit: day}}", "day_of_first_dose: 0\n"
        )
    )
    assert [dose.time_h for dose in scenario.arms[1].doses] == [24.0, 192.0]


def test_a_treated_arm_without_doses_is_refused(tmp_path: Path) -> None:
    with pytest.raises(XenosimError, match="holds no dose"):
        load_scenario(with_events(tmp_path, "TIME,AMT,EVID\n0,.,0\n", "{events: mine.csv}"))


def resistant_study(tmp_path: Path, lines: str, tumor: str = "") -> Path:
    path = tmp_path / "clones.yaml"
    path.write_text(
        starter_text().replace("  resolution: 1e3", f"{tumor}  resolution: 1e3") + lines
    )
    return path


def test_cells_of_a_line_under_perturbations(tmp_path: Path) -> None:
    scenario = load_scenario(
        resistant_study(tmp_path, "line: kms11\nperturb: [CHOP=ko, MCL1=oe:3]\n")
    )
    cells, model, line = resolve(scenario).model, load_set("oci_ly10"), load_line("KMS-11")
    assert scenario.line == "KMS-11" and (
        [str(p) for p in scenario.perturb] == ["CHOP=ko", "MCL1=oe:3"]
    )
    assert cells.value("load_mean") == line.value("load_mean") != model.value("load_mean")
    assert cells.value("dr5") == 0.0 and cells.value("threshold_mean") > model.value(
        "threshold_mean"
    )
    assert cells.value("vessel_exchange") == model.value("vessel_exchange")
    assert scenario_hash(scenario) != scenario_hash(
        load_scenario(resistant_study(tmp_path, "line: kms11\n"))
    )


def test_a_resistant_clone_of_a_tumor(tmp_path: Path) -> None:
    clone = "  resistant: {fraction: 2 %, mutation_rate: 1e-5, reversion_rate: 0}\n"
    scenario = load_scenario(resistant_study(tmp_path, "perturb: PSMB5=A49T\n", clone))
    assert (
        scenario.tumor.resistant.fraction == 0.02 and scenario.tumor.resistant.mutation_rate == 1e-5
    )
    folds = exposures(scenario, scenario.arms[1].doses).tumor.fold
    assert folds.tolist() == [[1.0], [155.0]]
    # Blood and normal tissue are the mouse's own.
    assert exposures(scenario, scenario.arms[1].doses).blood.fold.tolist() == [[1.0]]
    assert (
        load_scenario(resistant_study(tmp_path, "line: CEM/BTZ\n")).tumor.resistant.fraction == 1.0
    )
    with pytest.raises(XenosimError, match="needs a mutation"):
        load_scenario(resistant_study(tmp_path, "", clone))
    for text, message in (
        ("line: KMS-111\n", "did you mean 'KMS-11'"),
        ("perturb: [CHOPP=ko]\n", "did you mean 'CHOP'"),
        ("perturb: [CHOP=ko, CHOP=kd:0.5]\n", "contradicts"),
    ):
        with pytest.raises(XenosimError, match=message) as caught:
            load_scenario(resistant_study(tmp_path, text))
        assert "clones.yaml:" in str(caught.value.where)


def test_n13_a_model_may_be_left_out_where_line_and_growth_are_stated(tmp_path: Path) -> None:
    text = re.sub("(?m)^model: .*\n", "", starter_text())
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioError, match="'model' is missing") as refused:
        load_scenario(path)
    assert "mistakes" not in str(refused.value) and "'line'" in str(refused.value.remedy)
    named = load_scenario(path, {"line": "HCT116"})
    assert named.model == "generic" and named.line == "HCT116"
    found = resolve(named).model
    assert found.value("dr5") == load_line("HCT116").value("dr5")
    assert found.value("cell_density") == load_set("tumor").value("cell_density")
    path.write_text(text.replace("growth: {doubling_time: 5.5 day}", "growth: {}"))
    with pytest.raises(ScenarioError, match="'model' is missing"):
        load_scenario(path, {"line": "HCT116"})


def test_a_twin_has_no_more_agents_than_cells() -> None:
    many = {"engine": "twin", "tumor.start_volume": "1 mm^3", "tumor.twin_agents": "100000"}
    assert small_scenario(overrides=many).tumor.twin_agents == 100_000
    lesions = {
        "site": "lung_metastases",
        "tumor.lesions.count": "400",
        "tumor.start_volume": "1 mm^3",
    }
    of_lesions = {"engine": "twin", "measure.method": "imaging"} | lesions
    assert small_scenario(overrides=of_lesions).tumor.twin_agents <= 1000
    with pytest.raises(ScenarioError, match="5000 agents are more than the"):
        small_scenario(overrides=of_lesions | {"tumor.twin_agents": "5000"})
