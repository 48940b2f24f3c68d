"""The tables of a report as text: every number with its interval and n, what does not exist said
in words.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import pandas as pd

from xenosim.analysis.registry import every_endpoint, find_endpoint
from xenosim.analysis.tolerability import LIMITS_PCT

#: Columns of ``ensemble.csv`` that a report shows, and their heads.
OF_SETS = {
    "tc_pct": "T/C (%)",
    "rtv": "volume relative to day 0",
    "growth_rate_per_day": "growth rate (1/day)",
    "best_change_pct": "best change from baseline (%)",
}
#: Endpoints of every model that the report of a panel defines.
OF_PANEL = ("tc_pct", "mrecist_gao2015_best_response_pct", "efs_4x")


class Grid(NamedTuple):
    """A table of the report, as text: heads, rows, the group of each row (an arm, told once above
    its rows), and the notes that cells of the column "note" number.
    """

    head: list[str]
    rows: list[list[str]]
    groups: list[str] = []
    notes: list[str] = []


def said(value: Any, style: str = ".3g") -> str:
    """A number as the report says it; one that does not exist is said in words.

    Examples
    --------
    >>> said(71.62), said(float("nan")), said(float("inf")), said(1.0, ".0f")
    ('71.6', 'undefined', 'not reached', '1')
    """
    if value is None or math.isnan(value):
        return "undefined"
    return "not reached" if math.isinf(value) else f"{value:{style}}"


def interval(low: float, high: float) -> str:
    """An interval in words.

    Examples
    --------
    >>> interval(1.0, 2.5), interval(float("nan"), 1.0), interval(3.0, float("inf"))
    ('1 to 2.5', 'none', 'from 3')
    """
    if math.isnan(low) or (math.isinf(low) and math.isinf(high)):
        return "none"
    return f"from {low:.3g}" if math.isinf(high) else f"{low:.3g} to {high:.3g}"


def endpoint_grid(table: pd.DataFrame) -> Grid:
    """Every row of an endpoint table, by arm: label, value, interval, n of the arm and of the
    control, day, number of the note.
    """
    labels = {e.name: e.label for e in every_endpoint()}
    numbers = _numbered(table["note"])
    rows = [
        [
            labels.get(row["endpoint"], row["endpoint"]),
            said(row["estimate"]),
            row["unit"],
            interval(row["ci_low"], row["ci_high"]),
            _count(row["n"], row["n_control"]),
            "" if math.isnan(row["day"]) else f"{row['day']:g}",
            numbers.get(row["note"], ""),
        ]
        for row in table.to_dict("records")
    ]
    head = ["endpoint", "value", "unit", "95 % interval", "n", "day", "note"]
    return Grid(head, rows, list(table["arm"]), list(numbers))


def grid_of_tests(table: pd.DataFrame) -> Grid:
    """Every row of ``tests.csv``, by test: arms, estimate (the statistic where there is none),
    interval, p as it is and by Holm, n.
    """
    numbers = _numbered(table["note"])
    ordered = table.sort_values("test", key=lambda t: t.map(_places(t)), kind="stable")
    rows = [
        [
            _pair(_text(row["arm"]), _text(row["control"])),
            said(row["statistic"] if math.isnan(row["estimate"]) else row["estimate"]),
            row["unit"],
            interval(row["ci_low"], row["ci_high"]),
            _p(row["p"]),
            _p(row["p_holm"]),
            _count(row["n"], row["n_control"]),
            numbers.get(row["note"], ""),
        ]
        for row in ordered.to_dict("records")
    ]
    head = ["arms", "estimate", "unit", "95 % interval", "p", "p (Holm)", "n", "note"]
    groups = [test.replace("_", " ") for test in ordered["test"]]
    return Grid(head, rows, groups, list(numbers))


def _pair(arm: str, control: str) -> str:
    """The arms of a test; one that names none is over all of them."""
    return f"{arm} against {control}" if arm and control else arm or "all arms"


def _places(names: pd.Series[str]) -> dict[str, int]:
    """Place of each name, in the order in which they come first."""
    return {name: k for k, name in enumerate(dict.fromkeys(names))}


def _numbered(notes: pd.Series[str]) -> dict[str, str]:
    """Number of every note that says something."""
    said_once = dict.fromkeys(note for note in notes if _text(note))
    return {note: str(k + 1) for k, note in enumerate(said_once)}


def tolerability_grid(table: pd.DataFrame) -> Grid:
    """What each arm bore, of :func:`~xenosim.analysis.tolerability.tolerability_table`."""
    head = ["arm", "n weighed", "lowest mean weight (%)", "on day", "median of animals' lowest (%)"]
    head += [f"lost over {limit:g} %" for limit in LIMITS_PCT]
    head += ["left for weight", "left for volume", "found dead", "left, no reason given"]
    rows = []
    for row in table.to_dict("records"):
        weighed = int(row["n_weighed"])
        numbers = [said(row[name]) if weighed else "not weighed" for name in
                   ("nadir_pct", "nadir_day", "median_of_worst_pct")]  # fmt: skip
        losses = [
            f"{row[f'n_loss_over_{limit:g}_pct']} of {weighed}" if weighed else "not weighed"
            for limit in LIMITS_PCT
        ]
        left = [str(row[f"n_{name}"]) for name in
                ("left_for_weight", "left_for_volume", "found_dead", "left_for_other")]  # fmt: skip
        rows.append([row["arm"], str(weighed), *numbers, *losses, *left])
    return Grid(head, rows)


def _p(value: float) -> str:
    if math.isnan(value):
        return "none"
    return "< 0.0001" if value < 1e-4 else f"{value:.3g}"


def _count(n: float, n_control: float) -> str:
    """n of the arm, and of the control where there is one."""
    return (
        f"{n:.0f}"
        if not n_control or math.isnan(n_control)
        else f"{n:.0f}\u00a0:\u00a0{n_control:.0f}"
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def definitions(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Label, definition and citation of every endpoint of a table."""
    present = dict(zip(table["endpoint"], table["definition"], strict=True))
    known = [e for e in every_endpoint() if e.name in present]
    found = [(e.label, present.pop(e.name), e.citation) for e in known]
    return found + [(name, definition, "") for name, definition in present.items()]


def definitions_of_tests(table: pd.DataFrame | None) -> list[tuple[str, str, str]]:
    """Name, definition and citation of every test of ``tests.csv``."""
    if table is None:
        return []
    rows = table.drop_duplicates("test")[["test", "definition", "citation"]]
    return [(test.replace("_", " "), *map(_text, rest)) for test, *rest in rows.to_numpy().tolist()]


def ensemble_grid(table: pd.DataFrame) -> Grid:
    """What the parameter sets leave open: by arm, median and central 90 % over the sets of every
    column of :data:`OF_SETS` of ``ensemble.csv``.
    """
    rows = []
    for arm, of_arm in table.groupby("arm", sort=False):
        row = [str(arm), str(of_arm["draw"].nunique())]
        for name in OF_SETS:
            values = of_arm[name].dropna() if name in of_arm else of_arm.iloc[:0, 0]
            low, middle, high = (
                values.quantile([0.05, 0.5, 0.95]) if len(values) else [math.nan] * 3
            )
            row.append(f"{said(middle)} ({interval(low, high)})" if len(values) else "")
        rows.append(row)
    return Grid(["arm", "parameter sets", *OF_SETS.values()], rows)


def panel_grid(table: pd.DataFrame) -> Grid:
    """Every model of a panel, by arm: cells, T/C with interval and n, best response, event-free
    time and its ratio to that of the control.
    """
    rows = [
        [
            row["model"],
            _text(row["class"]),
            row["cells"],
            said(row["doubling_time_days"]),
            said(row["tc_pct"]),
            interval(row["tc_low"], row["tc_high"]),
            _count(row["n"], row["n_control"]),
            said(row["best_response_pct"]),
            said(row["event_free_days"]),
            said(row["event_free_ratio"]),
        ]
        for row in table.to_dict("records")
    ]
    head = ["model", "class", "cells", "doubling time (d)", "T/C (%)", "95 % interval", "n",
            "best response (%)", "event-free time to 4x (d)", "of that of the control"]  # fmt: skip
    return Grid(head, rows, list(table["arm"]))


def panel_definitions() -> list[tuple[str, str, str]]:
    """Label, definition and citation of what :func:`panel_grid` shows."""
    found = [find_endpoint(name) for name in OF_PANEL]
    return [(e.label, e.definition, e.citation) for e in found]
