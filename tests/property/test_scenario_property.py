"""Any valid scenario loads and keeps its hash; any mistake is refused with a place and a remedy,
and with nothing else.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from xenosim.errors import XenosimError
from xenosim.pharmacology.events import read_events, table_units
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import (
    resolve,
    resolved_dict,
    scenario_from_resolved,
    scenario_hash,
)

REGIMENS = st.builds(
    "{:g} mg/kg {} {}".format,
    st.floats(0.1, 50),
    st.sampled_from(["IV", "PO", "SC"]),
    st.sampled_from(["QDx5", "Q3Dx3", "BIW x2wk", "QW x2", "BIDx3", "5on/2off x1", "days 0,2,5"]),
)


@st.composite
def scenarios(draw: st.DrawFn) -> dict[str, Any]:
    """A valid scenario as plain data."""
    arms: dict[str, Any] = {"vehicle": {"regimen": "none", "control": "true"}}
    for number in range(draw(st.integers(1, 3))):
        arms[f"arm{number}"] = {"regimen": draw(REGIMENS)}
    start = draw(st.floats(1, 400))
    return {
        "title": draw(
            st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20)
        ),
        "model": draw(st.sampled_from(["mm1s", "oci_ly10", "escc_kyse150"])),
        "drug": "ixazomib",
        "tumor": {
            "start_volume": f"{start} mm^3",
            "growth": {"doubling_time": f"{draw(st.floats(2, 20))} day"},
        },
        "animals": {"per_arm": str(draw(st.integers(1, 20)))},
        "measure": {
            "days": f"0..{draw(st.integers(16, 60))} by {draw(st.integers(1, 7))}",
            "humane_endpoint": {"tumor_volume": "2000 mm^3"},
        },
        "arms": arms,
        "seed": str(draw(st.integers(0, 2**31 - 1))),
    }


def load(data: Any) -> Any:
    """The scenario of ``data``, through a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.yaml"
        path.write_text(yaml.safe_dump(data, sort_keys=False), encoding="utf-8")
        return load_scenario(path)


@given(scenarios())
@settings(max_examples=40, deadline=None)
def test_valid_scenarios_load_and_keep_their_hash(data: dict[str, Any]) -> None:
    first, second = load(data), load(dict(reversed(data.items())))
    assert scenario_hash(first) == scenario_hash(second)
    assert yaml.safe_load(yaml.safe_dump(resolved_dict(first)))["title"] == first.title
    assert all(
        dose.time_h / 24 < first.measure.days[-1] for arm in first.arms for dose in arm.doses
    )
    changed = load(data | {"seed": str((first.seed + 1) % 2**31)})
    assert scenario_hash(changed) != scenario_hash(first)


@given(scenarios(), st.data())
@settings(max_examples=40, deadline=None)
def test_any_parameter_may_be_stated_within_its_range_and_is_what_the_study_has(
    data: dict[str, Any], draw: st.DataObject
) -> None:
    plain = resolve(load(data))
    name = draw.draw(st.sampled_from(sorted(plain.sets)))
    stated = {"doubling_time", "clearance_time_min", "necrosis_pressure"}
    p = draw.draw(
        st.sampled_from([p for p in plain.sets[name].values.values() if p.name not in stated])
    )
    low, high = p.limits
    if p.name in ("clearance_time_max", "hypoxia_pressure", "cell_density"):
        low = p.value
    value = draw.draw(st.floats(low, high))
    block = {"parameters": {name: {p.name: f"{value!r} {p.unit}".rstrip()}}}
    scenario = load(data | block)
    study = resolve(scenario)
    assert study.sets[name].value(p.name) == value
    again = scenario_from_resolved(yaml.safe_load(yaml.safe_dump(resolved_dict(scenario))))
    assert again == scenario and scenario_hash(again) == scenario_hash(scenario)
    beyond = {"parameters": {name: {p.name: f"{2.0 * abs(high) + 1.0!r} {p.unit}".rstrip()}}}
    with pytest.raises(XenosimError, match="out of range"):
        load(data | beyond)


MISTAKES = {
    "misspelt key": lambda d: d["tumor"].update({"start_volum": "5 mm^3"}),
    "bare number": lambda d: d["tumor"].update({"start_volume": 150}),
    "wrong unit": lambda d: d["tumor"].update({"start_volume": "150 mg"}),
    "negative dose": lambda d: d["arms"]["arm0"].update({"regimen": "-3 mg/kg IV QDx3"}),
    "absurd dose": lambda d: d["arms"]["arm0"].update({"regimen": "1e6 mg/kg IV QDx3"}),
    "biweekly": lambda d: d["arms"]["arm0"].update({"regimen": "3 mg/kg IV biweekly x3"}),
    "late dose": lambda d: d["arms"]["arm0"].update({"regimen": "3 mg/kg IV days 0,400"}),
    "empty arm": lambda d: d["arms"].update({"arm0": None}),
    "no control": lambda d: d["arms"]["vehicle"].update({"control": "false"}),
    "two controls": lambda d: d["arms"]["arm0"].update({"control": "true"}),
    "no arms": lambda d: d.update({"arms": {}}),
    "start above the endpoint": (
        lambda d: d["measure"].update({"humane_endpoint": {"tumor_volume": "1 mm^3"}})
    ),
    "days that fall": lambda d: d["measure"].update({"days": "0, 7, 3"}),
    "list for a mapping": lambda d: d.update({"tumor": ["a"]}),
    "unknown parameter": lambda d: d.update({"parameters": {"ixazomib": {"clr": "1 L/h/kg"}}}),
    "parameters unused": lambda d: d.update({"parameters": {"bortezomib": {"cl": "2 L/h/kg"}}}),
    "unknown model": lambda d: d.update({"model": "mm1z"}),
    "no model": lambda d: d.pop("model"),
    "coarse": lambda d: d["tumor"].update({"resolution": "10 /mm^3"}),
    "no such table": lambda d: d["arms"].update({"arm0": {"events": "none.csv"}}),
    "regimen and events": lambda d: d["arms"]["arm0"].update({"events": "none.csv"}),
}


@pytest.mark.parametrize("mistake", MISTAKES)
@given(data=scenarios())
@settings(max_examples=5, deadline=None)
def test_mistakes_are_refused_with_place_and_remedy(mistake: str, data: dict[str, Any]) -> None:
    MISTAKES[mistake](data)
    with pytest.raises(XenosimError) as caught:
        load(data)
    assert caught.value.where and caught.value.remedy and caught.value.message


@given(scenarios(), st.data())
@settings(max_examples=60, deadline=None)
def test_a_misspelt_key_is_refused_where_it_stands(
    data: dict[str, Any], draw: st.DataObject
) -> None:
    sections = [
        data,
        data["tumor"],
        data["tumor"]["growth"],
        data["animals"],
        data["measure"],
        data["measure"]["humane_endpoint"],
        data["arms"]["arm0"],
    ]
    section = draw.draw(st.sampled_from(sections))
    key = draw.draw(st.sampled_from(sorted(section)))
    at = draw.draw(st.integers(0, len(key) - 1))
    section[key[:at] + "q" + key[at + 1 :]] = section.pop(key)
    with pytest.raises(XenosimError) as caught:
        load(data)
    assert caught.value.where and caught.value.remedy


CELLS = st.one_of(
    st.sampled_from(
        [
            "0",
            "24",
            "7",
            ".",
            "",
            "-1",
            "1e400",
            "nan",
            "08:00",
            "central",
            "depot_po",
            "2",
            "ixazomib",
            "C",
        ]
    ),
    st.text(max_size=8),
)
HEADERS = st.lists(
    st.sampled_from(
        ["ID", "TIME", "AMT", "EVID", "CMT", "II", "ADDL", "SS", "RATE", "DRUG", "C", "NOTE"]
    ),
    max_size=8,
)


@given(
    HEADERS,
    st.lists(st.lists(CELLS, max_size=9), max_size=5),
    st.dictionaries(st.sampled_from(["time_unit", "amt_unit", "cmt"]), st.text(max_size=8)),
)
@settings(max_examples=150, deadline=None)
def test_any_event_table_is_read_or_refused(
    header: list[str], rows: list[list[str]], options: dict[str, str]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "e.csv"
        path.write_text(
            "\n".join(map(",".join, [["TIME", "AMT", *header], *rows])),
            encoding="utf-8",
            errors="replace",
        )
        try:
            doses = read_events(path, default_drug="ixazomib", units=table_units(**options))  # type: ignore[arg-type]
        except XenosimError as error:
            assert error.remedy
        else:
            assert all(dose.time_h >= 0 and 0 <= dose.amount_mg_per_kg <= 1000 for dose in doses)


@given(scenarios(), st.text(max_size=60), st.integers(0, 600))
@settings(max_examples=150, deadline=None)
def test_garbage_in_the_file_never_raises_anything_else(
    data: dict[str, Any], garbage: str, at: int
) -> None:
    text = yaml.safe_dump(data, sort_keys=False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s.yaml"
        path.write_text(text[:at] + garbage + text[at:], encoding="utf-8", errors="surrogatepass")
        try:
            load_scenario(path)
        except XenosimError as error:
            assert error.where and error.remedy
