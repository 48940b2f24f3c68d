"""What a number of a user's file can be."""

from __future__ import annotations

import pytest

from xenosim.parameters.bounds import possible
from xenosim.parameters.lines import lines
from xenosim.parameters.load import available, load_line, load_set


@pytest.mark.parametrize("kind", ["drug", "model", "site", "mouse"])
def test_every_shipped_number_is_possible(kind: str) -> None:
    for name in available(kind):
        for p in load_set(name).values.values():
            low, high = possible(kind, p.name)
            assert low <= p.value <= high, (name, p.name)


def test_every_shipped_line_is_possible() -> None:
    for name in list(lines())[::7]:
        for p in load_line(name).values.values():
            low, high = possible("line", p.name)
            assert low <= p.value <= high, (name, p.name)


def test_shares_end_at_one_and_clearances_are_positive() -> None:
    assert possible("drug", "f_po")[1] == 1.0
    assert possible("drug", "cl")[0] > 0.0
    assert possible("model", "doubling_time")[0] > 0.0
