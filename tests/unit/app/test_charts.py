"""Charts from plain data: colors of the figures, names as data, never as code."""

import json

from xenosim.app import charts
from xenosim.viz import style

STUDY = {
    "days": [0.0, 3.0, 6.0],
    "arms": [
        {"name": "<b>vehicle</b>", "control": True, "doses": []},
        {"name": "a", "control": False, "doses": [{"day": 0.0}, {"day": 3.0}]},
        {"name": ":b", "control": False, "doses": []},
    ],
}
CURVE = {"mean": [100.0, 200.0, 400.0], "low": [90.0, 150.0, 300.0], "high": [110.0, 250.0, 500.0]}
ANSWER = {"study": STUDY, "curves": {arm["name"]: CURVE for arm in STUDY["arms"]}}


def test_colors_are_those_of_the_figures() -> None:
    names = [arm["name"] for arm in STUDY["arms"]]
    assert charts.colors(STUDY["arms"]) == style.arm_colors(names, names[0])


def test_a_curve_has_its_band() -> None:
    options = charts.growth(ANSWER)
    lines = [series for series in options["series"] if series["type"] == "line"]
    bands = [series for series in options["series"] if series["type"] == "custom"]
    assert [line["data"][1] for line in lines] == [[3.0, 200.0]] * 3
    assert bands[0]["data"] == [[0.0, 90.0, 110.0, 3.0, 150.0, 250.0],
                                [3.0, 150.0, 250.0, 6.0, 300.0, 500.0]]  # fmt: skip
    assert options["yAxis"]["min"] == 50.0


def test_no_name_is_a_key_that_a_browser_would_run() -> None:
    def keys(value):  # type: ignore[no-untyped-def]
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from keys(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from keys(inner)

    for options in (charts.growth(ANSWER), charts.calendar(STUDY)):
        json.dumps(options)
        assert {key for key in keys(options) if key[0] == ":"} <= {":renderItem"}
        code = [s[":renderItem"] for s in options["series"] if ":renderItem" in s]
        assert not any("vehicle" in text or ":b" in text for text in code)


def test_a_calendar_has_a_mark_for_each_dose() -> None:
    options = charts.calendar(STUDY)
    assert [series["data"] for series in options["series"]] == [[], [[0.0, 1], [3.0, 1]], []]
