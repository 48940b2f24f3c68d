"""The four layouts, and what is said of a table that has none."""

from pathlib import Path

import pytest

from xenosim.analysis.laboratory.grid import Grid, read_grid
from xenosim.analysis.laboratory.layouts import find_layout, read_cells
from xenosim.errors import TableError

VALUE = "tumor_volume_mm3"


def grid(folder: Path, text: str) -> Grid:
    path = folder / "mice.csv"
    path.write_text(text, encoding="utf-8")
    return read_grid(path)


LONG = "Group,Mouse,Day,TV\nv,1,0,100\nv,1,7,200\nd,2,0,100\nd,2,7,150\n"
BY_DAY = "Group,Animal,Day 0,Day 7\nv,1,100,200\nd,2,100,150\nMean,Mean,1,2\n"
MERGED = "Group,Animal,0,7\nv,1,100,200\n,3,90,\nd,2,100,150\n"
PRISM = "Days,v,d\n0,100,100\n7,200,150\nSEM,1,2\n"
PRISM_Y = "Days,v:Y1,d:Y1\n0,100,100\n7,200,150\n"
TWO_ROWS = "Study 1,v,,d\nDay,1,3,2\n0,100,90,100\n7,200,,150\n"
BLOCKS = "Group 1: v\nAnimal,0,7\n1,100,200\n\nGroup 2: d\nAnimal,0,7\n2,100,150\n"
BLOCKS_BY_ANIMAL = "v\nDay,1,3\n0,100,90\n7,200,\nd\nDay,2,4\n0,100,\n7,150,\n"


@pytest.mark.parametrize(
    ("text", "layout", "certain"),
    [
        (LONG, "long", True),
        ("Title\n" + LONG, "long", True),
        ("Study 7\nPrinted,2026-03-01\n\n" + LONG, "long", True),
        ("a,b,c,d\n" + LONG, "long", False),
        ("Volumes\n" + LONG + "Mean,Mean,7,175\nMean,SEM,7,25\n", "long", True),
        ("Volume (mm3)\n" + BY_DAY, "by-day", False),
        (LONG.replace("Mouse", "Ear tag"), "long", False),
        (BY_DAY, "by-day", False),
        (MERGED, "by-day", False),
        (PRISM, "by-animal", False),
        (PRISM_Y, "by-animal", False),
        (TWO_ROWS, "by-animal", False),
        (BLOCKS, "blocks", False),
        (BLOCKS_BY_ANIMAL, "blocks", False),
    ],
)
def test_every_layout_gives_the_same_measurements(
    tmp_path: Path, text: str, layout: str, certain: bool
) -> None:
    given = grid(tmp_path, text)
    found = find_layout(given, {})
    assert (found.layout, found.certain) == (layout, certain)
    cells = read_cells(given, found, {})
    seen = {
        (arm, str(day).removeprefix("Day "), value)
        for arm, day, value in zip(
            cells.columns["arm"], cells.columns["day"], cells.columns[VALUE], strict=True
        )
    }
    both = {("v", "0", "100"), ("v", "7", "200"), ("d", "0", "100"), ("d", "7", "150")}
    assert seen - {("v", "0", "90")} == both
    assert len(set(cells.lines)) > 1 and "Mean" not in cells.columns["animal_id"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LONG + "v,Mean,0,1\n,,,\nSEM,,7,2\n", "line 6 'Mean', line 8 'SEM'"),
        (BY_DAY + "Vehicle mean,,1,2\n,,1,2\n", "line 5 'Vehicle mean', line 6 (no animal named)"),
        (PRISM + "p value,0.1,0.2\n", "line 4 'SEM', line 5 'p value'"),
        (PRISM_Y.replace("d:Y1", "Mean"), "column 'Mean'"),
        (BLOCKS + "SD,1,2\n", "line 8 'SD'"),
    ],
)
def test_means_and_errors_are_told_and_no_animals(tmp_path: Path, text: str, said: str) -> None:
    given = grid(tmp_path, text)
    cells = read_cells(given, find_layout(given, {}), {})
    assert any("no animals, not read" in note and said in note for note in cells.notes)
    assert set(cells.columns["arm"]) <= {"v", "d"}
    assert set(cells.columns["animal_id"]) <= {"1", "2"}


def test_rows_that_are_no_header_of_days_begin_no_block(tmp_path: Path) -> None:
    """An arm called 'Drug', as a column may be, before volumes that rise."""
    text = "Group,Animal,Day 0,Day 7\nDrug,D1,0.11,0.13\nDrug,D2,0.12,0.14\nVehicle,V1,0.1,0.9\n"
    assert find_layout(grid(tmp_path, text), {}).layout == "by-day"


def test_an_animal_without_a_name_has_a_number(tmp_path: Path) -> None:
    given = grid(tmp_path, "Group,0,7\nv,100,200\nv,90,95\nd,100,150\n")
    cells = read_cells(given, find_layout(given, {}), {})
    assert cells.columns["animal_id"] == ["1", "1", "2", "2", "1", "1"]


def test_a_mapping_finds_a_header_of_any_names(tmp_path: Path) -> None:
    given = grid(tmp_path, "Printed,2026\nA;B\nwho,when,what,where\n1,0,100,v\n")
    mapping = {"animal_id": "who", "day": "when", VALUE: "what", "arm": "where"}
    found = find_layout(given, mapping)
    assert (found.layout, found.header) == ("long", 2)


def test_a_table_in_no_layout_says_what_is_read(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="in no layout that is read") as refused:
        find_layout(grid(tmp_path, "a,b,c\nx,y,z\n"), {})
    assert "a | b | c" in (refused.value.excerpt or "")
    with pytest.raises(TableError, match="not in the layout 'blocks'"):
        find_layout(grid(tmp_path, LONG), {}, "blocks")
    with pytest.raises(TableError, match="no layout 'wide'"):
        find_layout(grid(tmp_path, LONG), {}, "wide")


def test_cells_beyond_the_header_are_refused(tmp_path: Path) -> None:
    given = grid(tmp_path, LONG + "d,2,14,1,5\n")
    with pytest.raises(TableError, match=r"mice.csv:6: 5 cells for 4 columns"):
        read_cells(given, find_layout(given, {}), {})
