"""Decimal signs and signs between thousands."""

import pytest

from xenosim.analysis.laboratory.grid import Cell, Grid
from xenosim.analysis.laboratory.notation import Notation, notation_of
from xenosim.errors import TableError


def grid(*cells: Cell) -> Grid:
    return Grid("mice.csv", tuple((cell,) for cell in cells), tuple(range(1, len(cells) + 1)))


@pytest.mark.parametrize(
    ("cells", "given", "value"),
    [
        (("1,5", "1.234,5"), "1.234", 1234.0),
        (("0,125",), "12,125", 12.125),
        (("1,234.5",), "1,234", 1234.0),
        (("1,234,567",), "2,345", 2345.0),
        (("1.234.567",), "2.345", 2345.0),
        (("100.5",), "1'234.5", 1234.5),
        (("100",), "1\u202f234", 1234.0),
        ((100.5, "x"), "1.5", 1.5),
    ],
)
def test_one_sure_number_tells_the_rest(cells: tuple[Cell, ...], given: str, value: float) -> None:
    assert notation_of(grid(*cells)).number(given) == value


def test_what_may_be_either_is_asked() -> None:
    with pytest.raises(TableError, match="mice.csv:1: '1,234': is the comma a decimal sign"):
        notation_of(grid("1,234", "100"))
    assert notation_of(grid("1,234"), "comma").number("1,234") == 1.234
    assert notation_of(grid("1,234"), "point").number("1,234") == 1234.0


def test_both_in_one_file_is_refused() -> None:
    with pytest.raises(TableError, match="'2,5' has a decimal comma, '1.5' on line 1"):
        notation_of(grid("1.5", "2,5"))
    with pytest.raises(TableError, match="no decimal sign"):
        notation_of(grid("1"), "dot")


def test_words_are_no_numbers() -> None:
    found = [Notation().number(cell) for cell in ("n.d.", "", "<5", "1 2", "1,2,3", float("inf"))]
    assert found == [None] * 6
