"""Results are waited for in any order and told in order."""

from concurrent.futures import Future

import pytest

from xenosim.execution.executor import wait_for


def done(value: object) -> "Future[object]":
    future: Future[object] = Future()
    if isinstance(value, Exception):
        future.set_exception(value)
    else:
        future.set_result(value)
    return future


def test_results_join_those_that_are_known() -> None:
    told: list[tuple[float, float]] = []
    found: dict[int, object] = {0: "a"}
    wait_for({done("b"): 1}, [2.0, 3.0], lambda *at: told.append(at), found)
    assert found == {0: "a", 1: "b"} and told[-1] == (5.0, 5.0)


def test_the_first_failure_ends_the_waiting() -> None:
    with pytest.raises(KeyError):
        wait_for({done(KeyError("x")): 0}, [1.0], None, {})
