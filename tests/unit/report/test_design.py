"""The report of a design says what its tables say."""

import math
from pathlib import Path

import pandas as pd
import pytest

from tests.unit.analysis.growing import pool
from xenosim.analysis.needed import needed_table
from xenosim.analysis.power import power_table
from xenosim.errors import RunError
from xenosim.report.design import needed_grid, parts_of_design, power_grid
from xenosim.report.html import report_html
from xenosim.report.tables import write_workbook
from xenosim.study.design import DesignResult
from xenosim.study.design_answer import answer_text


@pytest.fixture(scope="module")
def designed() -> DesignResult:
    """A design of made-up animals."""
    animals = pool(100, 1)
    power = power_table(animals, (4, 8), ("lmm", "tc"), studies=100)
    needed = needed_table(animals, power, (0.8,))
    manifest = {
        "xenosim": "0",
        "python": "3",
        "platform": "any",
        "title": "<b>mine</b>",
        "seed": 1,
        "scenario_hash": "abc",
        "simulated": True,
        "design": {"targets": [0.8], "pool": 100},
        "parameters": {"assumed": 3, "measured": 0},
        "notes": ["one & only"],
        "answer": answer_text(power, needed),
        "wall_seconds": 1.0,
    }
    return DesignResult({"power": power, "needed": needed}, manifest, {}, {})


def test_the_page_has_answer_figure_tables_methods_and_command(
    designed: DesignResult, tmp_path: Path
) -> None:
    folder = designed.save(tmp_path, command="xenosim design mine.yaml --n 4,8")
    page = report_html(folder)
    assert "&lt;b&gt;mine&lt;/b&gt;" in page and "<b>mine" not in page and "one &amp; only" in page
    assert page.count("<svg") == 1 and "xenosim design mine.yaml --n 4,8" in page
    assert (
        "rerun" not in page and "ARRIVE" not in page and "nan" not in page.lower().split("<svg")[0]
    )
    for row in designed.tables["power"].to_dict("records"):
        assert f"<td>{100 * row['power']:.0f}</td>" in page
    with pytest.raises(RunError, match="that of a study or a panel"):
        write_workbook(folder)


def test_the_tables_say_every_number_and_what_does_not_exist(designed: DesignResult) -> None:
    power = designed.tables["power"]
    grid = power_grid(power)
    assert len(grid.rows) == len(power) and set(grid.groups) == {"drug against vehicle"}
    assert grid.rows[0][:3] == ["independent arms", "lmm", "4"]
    nothing = power.assign(power=math.nan, type_1_error=math.nan)
    assert all(row[3] == "none" == row[6] for row in power_grid(nothing).rows)
    needed = pd.DataFrame(designed.tables["needed"]).assign(n=math.inf, closed_form_n=math.nan)
    assert all(row[3] == "over 8" and row[5] == "none" for row in needed_grid(needed).rows)
    assert parts_of_design(designed)["methods"][0][1].endswith("; 100 of them.")
