"""The first screen follows from what a directory holds."""

from pathlib import Path

import pandas as pd

from tests.unit.analysis.test_resampling import study
from xenosim.analysis.summary import endpoint_table
from xenosim.io.results import Result
from xenosim.report.text import as_json, endpoint_text, first_screen
from xenosim.study.result import StudyResult

MANIFEST = {
    "xenosim": "0.1.0",
    "assay": "viability",
    "answer": "IC50 20 nM",
    "seed": 3,
    "parameters": {"measured": 4, "derived": 0, "assumed": 2},
    "list_parameters": "xenosim lines show RPMI-8226",
}


def test_an_assay_says_what_it_rests_on() -> None:
    result = Result({"wells": pd.DataFrame({"dose_nM": [1.0]})}, MANIFEST)
    assert first_screen(result, Path("runs/a")).splitlines() == [
        "IC50 20 nM",
        "",
        "SIMULATED, seed 3. Parameters: 4 measured, 2 assumed (xenosim lines show RPMI-8226).",
        "Directory: runs/a",
    ]
    assert "Directory" not in first_screen(result)
    data = as_json(result, Path("runs/a"))
    assert data["tables"] == {"wells": [{"dose_nM": 1.0}]} and data["directory"] == "runs/a"


def test_an_assay_read_back_prints_the_same(tmp_path: Path) -> None:
    folder = Result({"wells": pd.DataFrame({"dose_nM": [1 / 3]})}, MANIFEST).save(tmp_path)
    first, second = (first_screen(Result.load(folder), folder) for _ in range(2))
    assert first == second and first.endswith(str(folder))


def test_long_names_leave_the_table_its_width() -> None:
    names = ["vehicle", "n" * 200, f"{'m' * 100} 10 mg/kg"]
    endpoints = endpoint_table(study(*names), "vehicle", n_boot=50)
    text = endpoint_text(StudyResult({"endpoints": endpoints}, {"arms": names}))
    assert max(map(len, text.splitlines())) <= 100 and "m 10 mg/kg" in text


def test_n17_seven_arms_fit_a_terminal_in_one_unit() -> None:
    names = ["vehicle", *(f"ixazomib {k} mg/kg QW" for k in range(6))]
    endpoints = endpoint_table(study(*names), "vehicle", n_boot=50)
    text = endpoint_text(StudyResult({"endpoints": endpoints}, {"arms": names}))
    assert max(map(len, text.splitlines())) <= 100
    assert all(name in text for name in names)
    found = endpoints.query("endpoint == 'tc_volume_mean'").iloc[0]
    rows = [line for line in text.splitlines() if line.startswith("T/C")]
    assert all("(%)" in row for row in rows)
    assert any(f"{100 * found['estimate']:.3g} (" in row for row in rows if "mean" in row)
