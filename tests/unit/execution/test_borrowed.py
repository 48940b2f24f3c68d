"""Work on somebody else's executor: the same results, and clear words where it cannot be."""

from __future__ import annotations

from concurrent.futures import (
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from tests.study_on_disk import tables, tiny
from xenosim.errors import RunError
from xenosim.execution.borrowed import Borrowed, _carry_out
from xenosim.jit import source_hash
from xenosim.study.run import run_study


class Here(Executor):
    """Carries out at once, or as it is told."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails = fails

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        if self.fails:
            future.set_exception(self.fails)
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_results_are_in_the_order_of_the_tasks() -> None:
    told: list[tuple[float, float]] = []
    workers = Borrowed(Here(), 2)
    assert workers.map(abs, [-1, -3, 2], lambda *at: told.append(at), cost=float) == [1, 3, 2]
    assert told[-1] == (3, 3)


def test_threads_are_refused() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(RunError, match="cannot share a process"):
        Borrowed(pool, 1)


@pytest.mark.parametrize("lost", [CancelledError(), ConnectionError("gone")])
def test_a_lost_executor_is_one_error(lost: Exception) -> None:
    with pytest.raises(RunError, match="has lost its workers or its scheduler"):
        Borrowed(Here(lost), 1).map(abs, [1])


def test_a_worker_with_another_engine_is_refused() -> None:
    assert _carry_out(source_hash(), abs, -2) == 2
    with pytest.raises(RunError, match="another xenosim"):
        _carry_out("other", abs, -2)


def test_a_study_on_a_borrowed_pool_is_that_of_this_process(tmp_path: Path) -> None:
    scenario = tiny(tmp_path, engine="twin", population="0")
    own = run_study(scenario, jobs=1, paired=True)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        borrowed = run_study(scenario, paired=True, workers=Borrowed(pool, 2))
    own.save(tmp_path / "own", figures=False)
    borrowed.save(tmp_path / "borrowed", figures=False)
    (first,), (second,) = (list((tmp_path / name).iterdir()) for name in ("own", "borrowed"))
    assert tables(first) == tables(second)
