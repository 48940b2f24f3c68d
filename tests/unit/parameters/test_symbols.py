"""Symbols and the parameters they stand for."""

from xenosim.parameters.schema import PARAMETERS
from xenosim.parameters.symbols import SYMBOLS, VARIABLES, rows, symbol_table


def test_a_parameter_has_its_meaning_and_unit_from_the_schema() -> None:
    found = {symbol: rest for symbol, *rest in rows()}
    assert found["kU"] == ["proteasome load", "1/h", "synthesis_rate"]
    assert found["U"] == ["undegraded protein of a cell", "", ""]


def test_descriptions_that_begin_with_a_symbol_begin_with_their_own() -> None:
    known = {symbol for symbol, *_ in rows()}
    for kind, names in SYMBOLS.items():
        for name, symbol in names.items():
            start = PARAMETERS[kind][name][1].split(": ")[0]
            assert start not in known or start == symbol, name


def test_the_table_has_a_row_for_each() -> None:
    assert len(symbol_table().splitlines()) == 2 + len(VARIABLES) + sum(map(len, SYMBOLS.values()))
