"""Cells of text files and workbooks."""

import os
from datetime import datetime
from pathlib import Path

import pytest

from xenosim.analysis.laboratory.grid import read_grid
from xenosim.errors import TableError

openpyxl = pytest.importorskip("openpyxl")


def book(path: Path, **sheets: list[list[object]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("a,b\n1,2\n", ("1", "2")),
        ("sep=;\na;b\n1,5;2\n", ("1,5", "2")),
        ("# made by x\na\tb\n1\t2\n", ("1", "2")),
        ('a,b\n"x, y",2\n', ("x, y", "2")),
        ("a b\n1 2\n", ("1", "2")),
        ("a b\n1 7 2\n2 8 2\n", ("7", "2")),  # R's row names
    ],
)
def test_separators_and_row_names(tmp_path: Path, text: str, row: tuple[str, ...]) -> None:
    path = tmp_path / "mice.csv"
    path.write_text(text)
    assert read_grid(path).rows[1] == row


def test_numbers_of_lines_are_those_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "mice.csv"
    path.write_text("Study\n\na,b\n\n1,2\n")
    assert read_grid(path).numbers == (1, 3, 5)


def test_a_workbook_gives_the_first_sheet_with_content(tmp_path: Path) -> None:
    rows = [["Mouse", "Date", "TV"], [7, datetime(2026, 3, 1), 100.5], [], ["'=1", None, True]]
    grid = read_grid(book(tmp_path / "lab.xlsx", Empty=[], TV=rows, More=[["x"]]))
    assert grid.place.endswith("lab.xlsx[TV]") and grid.numbers == (1, 2, 4)
    assert grid.rows[1] == (7.0, "2026-03-01", 100.5) and grid.rows[2] == ("=1", "", "true")
    assert grid.notes == ("sheet 'TV' was read, not 'More' (--sheet NAME)",)
    assert read_grid(tmp_path / "lab.xlsx", "More").rows == (("x",),)


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    workbook = book(tmp_path / "empty.xlsx", A=[], B=[[None, " "]])
    (tmp_path / "fake.xlsx").write_text("a,b")
    (tmp_path / "old.xls").write_text("x")
    (tmp_path / "blank.csv").write_text("\n \n")
    (tmp_path / "half.xlsx").write_bytes(workbook.read_bytes()[:900])
    for name, message in (
        ("empty.xlsx", "every sheet is empty"),
        ("fake.xlsx", "no .xlsx workbook"),
        ("half.xlsx", "damaged"),
        ("old.xls", "files .xls are not read"),
        ("none.xlsx", "no such file"),
        ("blank.csv", "the table is empty"),
    ):
        with pytest.raises(TableError, match=message):
            read_grid(tmp_path / name)
    with pytest.raises(TableError, match="no sheet 'a'; did you mean 'A'"):
        read_grid(workbook, "a")
    with pytest.raises(TableError, match="has no sheets"):
        read_grid(tmp_path / "blank.csv", "A")


def test_a_pipe_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xlsx")
    with pytest.raises(TableError, match="no regular file"):
        read_grid(tmp_path / "pipe.xlsx")
