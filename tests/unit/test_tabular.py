"""The reader of users' tables: what laboratories write is read, what is ambiguous is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from xenosim.errors import TableError
from xenosim.tabular import Mistakes, read_table

FAULTS = Path(__file__).parents[1] / "data" / "faults"


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "columns", "note"),
    [
        ("semicolon.csv", ("day", "tumor_volume_mm3"), "separated by semicolons, decimal commas"),
        ("tab_control.csv", ("day", "tumor_volume_mm3"), "separated by tabs"),
        ("space_events.csv", ("ID", "TIME", "AMT", "EVID", "CMT"), "separated by blanks"),
        ("na_events.csv", ("ID", "TIME", "AMT", "EVID", "CMT", "RATE"), "3 cells 'NA'"),
    ],
)
def test_b11_separators_and_missing_values_are_recognised_and_said(
    name: str, columns: tuple[str, ...], note: str
) -> None:
    table = read_table(FAULTS / name)
    assert table.columns == columns and note in ", ".join(table.notes)


def test_b11_the_point_of_nonmem_is_no_note(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "TIME,AMT,RATE\n0,7,.\n24,.,NA\n"))
    assert table.notes == ("1 cells 'NA' read as missing",)
    assert read_table(written(tmp_path, "TIME,AMT,RATE\n0,7,.\n")).notes == ()


def test_f11_names_that_a_spreadsheet_would_execute_come_back(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "arm,day,note\n'=SUM(1),0,'-x\n'quoted',1,-5\n"))
    assert table.rows == (("=SUM(1)", "0", "-x"), ("'quoted'", "1", "-5"))


def test_b11_decimal_commas_are_numbers() -> None:
    table = read_table(FAULTS / "semicolon.csv")
    mistakes = Mistakes(TableError, table.path)
    assert table.numbers("tumor_volume_mm3", mistakes) == [100.5, 150.2, 220.8]
    mistakes.check()


@pytest.mark.parametrize(
    ("content", "columns", "rows"),
    [
        ("\ufeffday,v\r\n0,1\r\n\r\n", ("day", "v"), (("0", "1"),)),
        ("day,v\r0,1\r", ("day", "v"), (("0", "1"),)),
        ("day , v\n0 , 1\n", ("day", "v"), (("0", "1"),)),
        ("day,v,\n0,1,\n", ("day", "v"), (("0", "1"),)),
        ('day,v\n0,"139,7"\n1,"150,2"\n', ("day", "v"), (("0", "139,7"), ("1", "150,2"))),
        ("# made by hand\nday,v\n0,1\n", ("day", "v"), (("0", "1"),)),
        ("sep=;\nday;v\n0;1,5\n", ("day", "v"), (("0", "1,5"),)),
        ('"day" "v"\n"1" 0 5\n"2" 3 6\n', ("day", "v"), (("0", "5"), ("3", "6"))),
        ('"","day"\n"1",5\n"2",6\n', ("day",), (("5",), ("6",))),
        ("day\tv\n0\t1\n".encode("utf-16"), ("day", "v"), (("0", "1"),)),
        ("day;größe\n0;1\n".encode("cp1252"), ("day", "größe"), (("0", "1"),)),
    ],
)
def test_what_laboratories_write_is_read(
    tmp_path: Path, content: str | bytes, columns: tuple[str, ...], rows: object
) -> None:
    table = read_table(written(tmp_path, content))
    assert (table.columns, table.rows) == (columns, rows)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the table is empty"),
        ("day\tv\n0\t1,234\n", "is the comma a decimal sign or does it separate thousands"),
        ("day;v;w\n0;1,5;2.5\n", "'2.5' has a point"),
        ("day,v\n0,139,7\n3,150,2\n6,1\n", "line 2: 3 cells for 2 columns"),
        ('day,v\n0,"1\n', "the line cannot be read"),
        ("day,v\n1,139,7\n2,150,2\n", "line 2: 3 cells for 2 columns"),
        ("day,DAY\n0,1\n", "two columns have the name 'day'"),
        ("day,,\n0,1,2\n", "columns without a name"),
        (b"day,v\n0,\x00\n", "the file is no text"),
    ],
)
def test_what_is_ambiguous_or_broken_is_refused(
    tmp_path: Path, content: str | bytes, message: str
) -> None:
    with pytest.raises(TableError) as refused:
        read_table(written(tmp_path, content))
    assert message in str(refused.value) and refused.value.remedy


@pytest.mark.parametrize("path", ["/dev/zero", "/dev", "/no/such/file", "a\0b"])
def test_f7_only_regular_files_are_read(path: str) -> None:
    with pytest.raises(TableError):
        read_table(Path(path))


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="MB"):
        read_table(written(tmp_path, "day,v\n" + "0,1\n" * 100), max_bytes=100)


def test_every_mistake_is_listed_at_once(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "day,v\nx,1\n2,inf\n3,-4\n5,6\n"))
    mistakes = Mistakes(TableError, table.path)
    table.numbers("day", mistakes)
    table.numbers("v", mistakes, check=lambda v: "it is below 0" if v < 0 else "")
    with pytest.raises(TableError) as refused:
        mistakes.check()
    assert "3 mistakes" in refused.value.message
    for line in ("line 2: day is 'x'", "line 3: v is 'inf'", "line 4: v is '-4': it is below 0"):
        assert line in refused.value.message
