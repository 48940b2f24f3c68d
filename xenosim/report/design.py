"""The report of a design: how many animals a study takes, on the page of a study's report."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from xenosim.analysis.power import PAIRED, TESTS
from xenosim.report.grids import Grid
from xenosim.viz.power import power_figure
from xenosim.viz.style import MODEL, svg_text

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.study.design import DesignResult

CAPTION = (
    "Share of studies that find the effect by animals per arm, with its 95 % interval; dotted:"
    " closed form; dashed: with a look; lines: the powers asked for."
)
#: How the numbers came about, by heading; what differs between designs is in the notes.
METHODS = (
    (
        "Animals",
        "Radial twins of the scenario's tumors, simulated in every arm to the last day, read by"
        " calipers with the scenario's error, removed at the humane endpoint; {pool} of them.",
    ),
    (
        "Studies",
        "Drawn from these animals without replacement, ranked by starting volume and randomized in"
        " blocks, each animal in one arm alone: arms are independent{paired}.",
    ),
    (
        "Power",
        "The share of the studies with an answer whose p, of several arms by Holm's method, is at"
        " most 5 %; studies without an answer are counted apart. Its exact binomial interval is of"
        " as many studies as are independent, for they share animals.",
    ),
    (
        "Without an effect",
        "The same studies if every arm had the control's curves: what is then significant is the"
        " error of the first kind.",
    ),
    (
        "Closed form",
        "Noncentral t, or Schoenfeld's formula for log-rank, with effect, spread and events of the"
        " simulated animals, of one comparison at 5 %.",
    ),
)


def parts_of_design(result: DesignResult) -> dict[str, Any]:
    """What the page of a report shows of a design: figure, tables, definitions, methods and what it
    rests on.
    """
    manifest, power = result.manifest, result.tables["power"]
    figure = power_figure(power, manifest["title"], manifest["design"]["targets"])
    paired = "; matched pairs are tested within pairs" if (power["design"] == PAIRED).any() else ""
    said = {"pool": manifest["design"]["pool"], "paired": paired}
    return {
        "figures": [("power", CAPTION, svg_text(figure, MODEL))],
        "needed": needed_grid(result.tables["needed"]),
        "power": power_grid(power),
        "definitions": [(test, TESTS[test].label, "") for test in dict.fromkeys(power["test"])],
        "methods": [(heading, text.format(**said)) for heading, text in METHODS],
        "rests": [
            ("Animals simulated", str(manifest["design"]["pool"])),
            ("Seed", str(manifest["seed"])),
            ("Scenario (hash)", manifest["scenario_hash"]),
        ],
    }


def needed_grid(table: pd.DataFrame) -> Grid:
    """Animals per arm for each power, by treated arm."""
    head = ["design", "test", "power (%)", "animals per arm", "interval", "closed form"]
    rows = [
        [
            row["design"],
            row["test"],
            f"{100 * row['target']:g}",
            _count(row["n"], row),
            f"{_count(row['n_low'], row)} to {_count(row['n_high'], row)}",
            "none" if math.isnan(row["closed_form_n"]) else _count(row["closed_form_n"], row),
        ]
        for row in table.to_dict("records")
    ]
    return Grid(head, rows, _groups(table))


def power_grid(table: pd.DataFrame) -> Grid:
    """Power of every test and size, by treated arm."""
    head = ["design", "test", "n", "power (%)", "95 % interval", "closed form (%)"]
    head += ["without effect (%)", "no answer", "studies", "independent"]
    rows = [
        [
            row["design"],
            row["test"],
            str(row["n"]),
            _percent(row["power"]),
            f"{_percent(row['ci_low'])} to {_percent(row['ci_high'])}",
            _percent(row["closed_form"]),
            _percent(row["type_1_error"], 1),
            str(row["failed"]),
            str(row["studies"]),
            f"{row['independent']:.0f}",
        ]
        for row in table.to_dict("records")
    ]
    return Grid(head, rows, _groups(table))


def _groups(table: pd.DataFrame) -> list[str]:
    """The heading of every row."""
    return [f"{arm} against {c}" for arm, c in zip(table["arm"], table["control"], strict=True)]


def _count(n: float, row: dict[Any, Any]) -> str:
    """A number of animals, as far as the sizes tried can tell."""
    return f"over {row['largest_tried']:g}" if math.isinf(n) else f"{n:g}"


def _percent(share: float, digits: int = 0) -> str:
    """A share in percent; "none" where there is none."""
    return "none" if math.isnan(share) else f"{100 * share:.{digits}f}"
