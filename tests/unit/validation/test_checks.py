"""The validation table: every published row is answered, no number is asked twice, and verdicts
follow from the bands.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import pandas as pd
import pytest

from xenosim.errors import ParameterError
from xenosim.parameters.lines import (
    PUBLISHED,
    ROOT,
    calibrated,
    lines,
    published,
    read_csv,
)
from xenosim.parameters.load import load_line, load_set
from xenosim.parameters.perturb import mutation_folds
from xenosim.validation import table
from xenosim.validation.checks import NOT_CELLS, NOT_SIMULATED, Check
from xenosim.validation.table import (
    KINDS,
    MARKS,
    as_markdown,
    as_text,
    build,
    calibration_points,
    checks_of,
    counts,
    embed,
    run_check,
    uncovered,
)

CHECKS = [check for kind in KINDS for check in KINDS[kind]]
#: Rows that are named after their source instead of an id of the tables.
LITERATURE = {"GDSC", "Roeten 2021", "Suarez-Kelly 2016"}


def ids(*files: str) -> set[str]:
    return {row["id"] for file in files for row in read_csv(PUBLISHED / f"{file}.csv")}


def test_every_published_row_about_cells_is_answered() -> None:
    assert uncovered() == []
    rows = ids("seed_tables", "mechanism")
    assert {check.row for check in CHECKS} - rows == LITERATURE
    assert set(NOT_SIMULATED) <= rows and not set(NOT_SIMULATED) & {check.row for check in CHECKS}
    assert all(any(row.startswith(prefix) for row in rows) for prefix in NOT_CELLS)
    assert all(
        any(word in row["source"] for row in read_csv(PUBLISHED / "invitro.csv"))
        for word in ("GDSC", "Roeten 2021", "Suarez-Kelly 2016")
    )


def test_a_row_that_loses_its_check_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        table.KINDS,
        "mechanism",
        tuple(check for check in KINDS["mechanism"] if check.row != "UPR-06"),
    )
    assert uncovered() == ["UPR-06"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.row}: {check.what}")
def test_a_check_is_well_formed(check: Check) -> None:
    assert 0.0 <= check.low < check.high and check.used in (
        "validation",
        "calibration",
        "construction",
    )
    assert check.what and "|" not in check.what + check.note
    if math.isfinite(check.published) and check.what.startswith(
        (
            "IC50 of ixazomib, ",
            "IC50 of bortezomib, ",
            "IC50 of carfilzomib, ",
            "Annexin",
            "resistance",
            "IC50 of",
        )
    ):
        assert check.low <= check.published <= check.high


IC50S = [
    (check, match)
    for check in CHECKS
    if (match := re.fullmatch(r"IC50 of (\w+), (\S+), ([\d.]+) h", check.what))
]


@pytest.mark.parametrize(
    ("check", "match"), IC50S, ids=lambda value: value.row if isinstance(value, Check) else value[0]
)
def test_an_ic50_is_calibration_exactly_where_it_is_the_target_of_its_line(
    check: Check, match: re.Match[str]
) -> None:
    target = lines()[match[2]].target
    same = (
        target is not None
        and target.drug == match[1]
        and target.hours == float(match[3])
        and target.ic50_nM == check.published
    )
    assert (check.used == "calibration") == same
    assert not same or match[2] in calibrated()


def test_targets_are_the_published_rows_used_for_calibration() -> None:
    targets = {row["target_row"] for row in read_csv(ROOT / "lines.csv")} - {""}
    for row in read_csv(PUBLISHED / "invitro.csv"):
        assert row["used"] in ("", "calibration", "validation")
        if row["id"] in targets:
            assert row["used"] == "calibration", row["id"]


def test_a_published_row_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(ParameterError, match="IV-9999"):
        published("IV-9999")


def test_what_else_is_called_calibration_went_into_a_number() -> None:
    others = {
        (check.row, check.what)
        for check in CHECKS
        if check.used == "calibration" and check not in [c for c, _ in IC50S]
    }
    annexin = {("S1-18", "CEM/WT", 94.0), ("S1-19", "THP-1/WT", 83.0)}
    for row, line, share in annexin:
        found = next(c for c in CHECKS if c.row == row and c.used == "calibration")
        assert line in found.what and "100 nM" in found.what and found.published == share
        # The spread of the load was set on this share, and says so.
        assert (
            load_line(line).values["load_cv"].status == "calibrated"
            and f"{share:g} %" in load_line(line).values["load_cv"].note
        )
        others.remove((row, found.what))
    for row in ("UPR-07", "EXT-02"):
        assert row in load_line("HCT116").values["dr5"].note
        others = {(r, what) for r, what in others if r != row}
    others = {(r, what) for r, what in others if r != "LOAD-06"}
    assert load_set("readouts").values["psmb5_mrna_gain"].status == "calibrated"
    # Bortezomib's Kd was chosen with the ratio of 10 in view.
    others = {(r, what) for r, what in others if r not in ("Roeten 2021", "POT-02")}
    for row, mutation, drug in (
        ("RES-02", "A49T", "bortezomib"),
        ("RES-03", "C63F", "bortezomib"),
        ("RES-03", "C63F", "carfilzomib"),
    ):
        found = next(
            c for c in CHECKS if c.row == row and c.used == "calibration" and drug in c.what
        )
        assert found.published == mutation_folds()[mutation][drug]
        others.remove((row, found.what))
    assert others == set()


def test_the_checks_of_one_part() -> None:
    assert checks_of("mechanism") == [("mechanism", k) for k in range(len(KINDS["mechanism"]))]
    assert (
        len(checks_of(None))
        == len(CHECKS)
        == len(checks_of("invitro")) + len(checks_of("mechanism"))
    )


def rows_of(monkeypatch: pytest.MonkeyPatch, *checks: Check) -> pd.DataFrame:
    """The table of made-up checks."""
    monkeypatch.setitem(table.KINDS, "invitro", checks)
    return build(
        [run_check(("invitro", k)) for k in range(len(checks))],
        "mechanism" if not checks else "invitro",
    )


def test_verdicts_follow_from_the_mean_over_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    made = rows_of(
        monkeypatch,
        Check("A", "inside", "nM", lambda seed: 10.0 * seed, 19.9, 20.1, 20.0, "calibration"),
        Check("B", "above", "fold", float, 0.0, 1.9, note="why"),
        Check("C", "on the edge", "fold", lambda seed: 2.0, 2.0, math.inf),
        Check("D", "no number", "%", lambda seed: math.nan, 0.0, 1.0),
    ).set_index("row")
    assert made.loc[["A", "B", "C", "D"], "verdict"].tolist() == ["met", "MISS", "met", "MISS"]
    assert made.loc["A", ["simulated", "sim_low", "sim_high"]].tolist() == [20.0, 10.0, 30.0]
    assert (
        set(made["verdict"]) == {"met", "MISS", "not simulated"}
        and made.loc["S1-15", "note"] == NOT_SIMULATED["S1-15"]
    )
    made = made.reset_index()
    assert counts(made).startswith("1 of 3 validation rows met, 1 of 1 calibration rows met; ")
    text = as_text(made)
    assert (
        "why" in text
        and "19.9 to 20.1" in text
        and "> 2" in text
        and "< 1.9" in text
        and "20 (10 to 30) nM" in text
    )
    marked = as_markdown(made).splitlines()
    assert (
        len({line.count("|") for line in marked if line.startswith("|")}) == 1
        and len(marked) == len(made) + 4
    )


def test_calibration_points_are_the_stored_ones() -> None:
    points = calibration_points().set_index("line")
    assert set(points.index) == set(calibrated()) and points.loc["Jurkat", "published"] == 38.0
    near = sum(1 / 1.5 <= found.fold <= 1.5 for found in calibrated().values())
    assert f"{near} of {len(points)} calibrated IC50s within 1.5-fold" in counts(
        pd.DataFrame({"part": ["mechanism"], "used": ["-"], "verdict": ["met"]})
    )


def test_embed_replaces_what_stands_between_the_marks(tmp_path: Path) -> None:
    path = tmp_path / "MODEL.md"
    path.write_text(f"before\n{MARKS[0]}\nold\n\nold\n{MARKS[1]}\nafter\n", encoding="utf-8")
    for text in ("| a |\n\\1 µM", "new"):
        embed(text, path)
        assert (
            path.read_text(encoding="utf-8") == f"before\n{MARKS[0]}\n{text}\n{MARKS[1]}\nafter\n"
        )


@pytest.mark.parametrize("text", ["", "no marks\n", f"{MARKS[0]}\n", f"{MARKS[1]}\n"])
def test_embed_refuses_a_file_without_both_marks(text: str, tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(text)
    with pytest.raises(ParameterError, match="no place for the table"):
        embed("new", path)
    assert path.read_text() == text


def test_embed_refuses_a_file_whose_marks_are_in_the_wrong_order(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"{MARKS[1]}\n{MARKS[0]}\n")
    with pytest.raises(ParameterError, match="no place for the table"):
        embed("new", path)


def test_embed_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ParameterError):
        embed("new", tmp_path / "none.md")


def test_the_page_has_a_place_for_the_table() -> None:
    page = Path(__file__).parents[3] / "docs" / "validation.md"
    text = page.read_text(encoding="utf-8")
    assert text.count(MARKS[0]) == text.count(MARKS[1]) == 1
    assert text.index(MARKS[0]) < text.index(MARKS[1])
