"""Who is told how far a task is."""

import pytest

from xenosim.execution.progress import listening, report_part


def test_nobody_is_told_outside() -> None:
    told: list[float] = []
    report_part(0.1)
    with listening(told.append):
        report_part(0.2)
    report_part(0.3)
    with listening(None):
        report_part(0.4)
    assert told == [0.2]


def test_an_error_ends_the_listening() -> None:
    told: list[float] = []
    with pytest.raises(ValueError), listening(told.append):
        raise ValueError
    report_part(0.5)
    assert not told
