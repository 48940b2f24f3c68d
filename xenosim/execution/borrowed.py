"""Work on an executor that somebody else has started: a cluster's, or any other of processes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Future,
    ThreadPoolExecutor,
)
from concurrent.futures import Executor as FuturesExecutor
from typing import Any, TypeVar

from xenosim.errors import RunError
from xenosim.execution.executor import in_order, wait_for
from xenosim.execution.progress import Progress
from xenosim.execution.stopping import check
from xenosim.jit import source_hash

J = TypeVar("J")
R = TypeVar("R")


class LostWorkers(RunError):
    """An executor that was borrowed has lost its workers or its scheduler."""


class Borrowed:
    """Any ``concurrent.futures.Executor`` whose workers are processes that can import xenosim; it
    is not shut down here.

    Parameters
    ----------
    executor : concurrent.futures.Executor
        For example ``Client.get_executor()`` of Dask, or a ``ProcessPoolExecutor``.
    count : int
        About how many tasks it runs at a time; it does not change the results.

    Raises
    ------
    RunError
        Its workers are threads: kernels use the threads of a process themselves.
    """

    def __init__(self, executor: FuturesExecutor, count: int) -> None:
        if isinstance(executor, ThreadPoolExecutor):
            raise RunError(
                "animals cannot share a process: compiled kernels use its threads themselves",
                where="executor",
                remedy="give an executor of processes, or jobs=N",
            )
        self.count, self._executor = max(1, count), executor

    def __enter__(self) -> Borrowed:
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing is to end here."""

    def begin(self, function: Callable[[J], Any], task: J) -> None:
        """Nothing is done beforehand: workers that compile keep what they compile."""

    def map(
        self,
        function: Callable[[J], R],
        tasks: Sequence[J],
        progress: Progress | None = None,
        cost: Callable[[J], float] | None = None,
        size: Callable[[J], float] | None = None,
    ) -> list[R]:
        """``function`` of every task, results in the order of ``tasks``, the dearest by ``cost``
        started first; ``progress(done, all)`` after each, in units of ``size``.

        Raises
        ------
        LostWorkers
            The executor has lost its workers or its scheduler.
        RunError
            The workers run another xenosim.
        """
        check()
        sizes = [size(task) if size else 1 for task in tasks]
        found: dict[int, R] = {}
        futures: dict[Future[R], int] = {}
        try:
            for i in in_order(tasks, cost):
                futures[self._executor.submit(_carry_out, source_hash(), function, tasks[i])] = i
            wait_for(futures, sizes, progress, found)
        except (BrokenExecutor, CancelledError, ConnectionError) as error:
            raise LostWorkers(
                "the executor has lost its workers or its scheduler"
                + (f": {error}" if str(error) else ""),
                remedy="start it again; finished animals are kept in the run's directory",
            ) from error
        finally:
            for future in futures:
                future.cancel()
        return [found[i] for i in range(len(tasks))]


def _carry_out(engine: str, function: Callable[[J], R], task: J) -> R:
    """The task in a worker, on one thread, if its xenosim simulates the same as its master's."""
    import numba

    if engine != source_hash():
        raise RunError(
            f"a worker has another xenosim: its engine is {source_hash()}, here it is {engine}",
            remedy="install the same version everywhere",
        )
    numba.set_num_threads(1)
    return function(task)
