"""Run directories: whole or absent, and read back as written."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.full_disk import no_file_above
from xenosim.errors import RunError, TableError
from xenosim.io.runs import (
    TABLES,
    check_writable,
    new_run_directory,
    read_manifest,
    read_run,
    require_simulated,
    require_study,
    whole_file,
    write_json,
    write_table,
)
from xenosim.io.tables import COLUMNS, TEXT


def write_run(base: Path, arm: str = "vehicle") -> Path:
    with new_run_directory(base, "run") as (work, final):
        for name, columns in COLUMNS.items():
            write_table(
                pd.DataFrame(
                    [{c: arm if c == "arm" else "12e4" if c in TEXT else 0.1 for c in columns}]
                ),
                work / f"{name}.csv",
            )
        write_json({"seed": 1}, work / "manifest.json")
    return final


def test_a_run_appears_whole(tmp_path: Path) -> None:
    with new_run_directory(tmp_path / "new" / "base", "run") as (work, final):
        (work / "a.txt").write_text("a")
        assert not final.exists() and work.parent == final.parent
    assert (final / "a.txt").read_text() == "a" and [p.name for p in final.parent.iterdir()] == [
        "run"
    ]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_is_left_of_a_killed_run(tmp_path: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), new_run_directory(tmp_path, "run") as (work, _):
        (work / "half.csv").write_text("a,b")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_a_second_run_of_the_same_name_does_not_touch_the_first(tmp_path: Path) -> None:
    first, second = write_run(tmp_path), write_run(tmp_path)
    assert (first.name, second.name) == ("run", "run-2")


@pytest.mark.parametrize("arm", ["None", "NA", "null", "10", "1e3", "5 mg/kg, weekly"])
def test_names_come_back_as_typed(tmp_path: Path, arm: str) -> None:
    tables = read_run(write_run(tmp_path, arm))
    assert tuple(tables) == TABLES
    assert all(table["arm"].tolist() == [arm] for table in tables.values())
    assert tables["observations"]["study_id"].tolist() == ["12e4"] and tables["truth"][
        "day"
    ].tolist() == [0.1]


def test_missing_and_infinite_values_come_back(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    table = pd.DataFrame(
        [dict.fromkeys(COLUMNS["endpoints"], 1.0) | {"day": np.nan, "estimate": np.inf, "note": ""}]
    )
    write_table(table, run / "endpoints.csv")
    row = read_run(run)["endpoints"].iloc[0]
    assert np.isnan(row["day"]) and row["estimate"] == np.inf and row["note"] == ""


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\x00", b"arm,day\nvehicle,1\n"])
def test_a_damaged_table_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = write_run(tmp_path) / "cells.csv"
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(TableError, match=r"cells\.csv"):
        read_run(path.parent)


def test_text_among_numbers_is_named_by_line_and_column(tmp_path: Path) -> None:
    path = write_run(tmp_path) / "observations.csv"
    row = dict.fromkeys(COLUMNS["observations"], 1) | {"is_censored": False}
    write_table(pd.DataFrame([row, row | {"rtv": "1,5"}]), path)
    with pytest.raises(TableError, match=r"line 3 .*'1,5' in the column rtv"):
        read_run(path.parent)


def test_what_is_not_a_run_is_refused(tmp_path: Path) -> None:
    for read in (read_run, read_manifest):
        with pytest.raises(RunError, match="not a run directory"):
            read(tmp_path)
    write_json({"assay": "viability"}, tmp_path / "manifest.json")
    with pytest.raises(RunError, match="of an assay, not of a study"):
        read_run(tmp_path)
    for kind, said in (("measured", "measured mice"), ("design", "design"), ("search", "search")):
        write_json({kind: "x"}, tmp_path / "manifest.json")
        with pytest.raises(RunError, match=said):
            require_simulated(tmp_path, read_manifest(tmp_path))
    require_study(tmp_path, {"measured": "x"})
    (tmp_path / "manifest.json").write_text("[1]")
    with pytest.raises(RunError, match="damaged"):
        read_manifest(tmp_path)


def test_json_is_valid_for_any_reader(tmp_path: Path) -> None:
    write_json({"a": [np.nan, np.inf, -np.inf, 1.5], "b": {"c": float("nan")}}, tmp_path / "x.json")
    assert json.loads((tmp_path / "x.json").read_text(), parse_constant=pytest.fail) == {
        "a": [None, "inf", "-inf", 1.5],
        "b": {"c": None},
    }


def test_a_failed_write_keeps_the_old_table_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.csv"
    write_table(pd.DataFrame({"a": [1]}), path)

    def full(self: pd.DataFrame, target: Path, **_: object) -> None:
        Path(target).write_text("a\n")
        raise OSError("disk full")

    monkeypatch.setattr(pd.DataFrame, "to_csv", full)
    with pytest.raises(OSError, match="disk full"):
        write_table(pd.DataFrame({"a": [2]}), path)
    assert path.read_text() == "a\n1\n" and [p.name for p in tmp_path.iterdir()] == ["t.csv"]


def test_f2_a_result_that_the_disk_refuses_is_one_error_and_nothing(tmp_path: Path) -> None:
    table = pd.DataFrame({"a": range(1000)})
    with (
        no_file_above(100),
        pytest.raises(RunError, match="cannot write here: file too large"),
        new_run_directory(tmp_path, "run") as (work, _),
    ):
        write_table(table, work / "t.csv")
    assert list(tmp_path.iterdir()) == []


def test_f2_a_file_is_written_whole_or_stays_as_it_was(tmp_path: Path) -> None:
    path, link = tmp_path / "a.txt", tmp_path / "link"
    path.write_text("old")
    link.symlink_to(path)
    with (
        no_file_above(10),
        pytest.raises(RunError, match="cannot write here"),
        whole_file(path) as partial,
    ):
        partial.write_text("x" * 100)
    assert path.read_text() == "old"
    with whole_file(link) as partial:
        partial.write_text("new")
    assert path.read_text() == "new" and link.is_symlink()
    with whole_file(Path("/dev/null")) as partial:
        partial.write_text("gone")
    assert Path("/dev/null").is_char_device()
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a.txt", "link"]


def test_an_unwritable_base_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="cannot write here"):
        check_writable(tmp_path / "file" / "runs")


def test_n19_a_base_is_made_when_there_is_something_to_keep(tmp_path: Path) -> None:
    base = tmp_path / "misspelt" / "runs"
    check_writable(base)
    assert list(tmp_path.iterdir()) == []
    assert write_run(base).parent == base


def test_long_tables_are_parquet_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("pyarrow", reason="Parquet is an extra of the package")
    monkeypatch.setattr("xenosim.io.runs.PARQUET_ROWS", 10)
    table = pd.DataFrame({"x": range(11)})
    write_table(table, tmp_path / "long.csv")
    write_table(table[:10], tmp_path / "short.csv")
    assert pd.read_parquet(tmp_path / "long.parquet")["x"].tolist() == list(range(11))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "long.csv",
        "long.parquet",
        "short.csv",
    ]
