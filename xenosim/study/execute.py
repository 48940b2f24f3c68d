"""Run jobs in a spawn process pool, in key order: any number of workers gives the same results."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing import get_context
from typing import Any, TypeVar

J = TypeVar("J")
R = TypeVar("R")
Progress = Callable[[int, int], None]


def _one_thread() -> None:
    """Workers share the machine by processes, not threads, and leave Ctrl-C to the parent."""
    import signal

    import numba

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    numba.set_num_threads(1)


def worker_count(jobs: int | None, tasks: int) -> int:
    """Workers to start: as asked, or one per processor, and never more than there are tasks."""
    return max(1, min(jobs or os.cpu_count() or 1, tasks))


class Workers:
    """Worker processes for the length of a ``with`` block; one worker runs in this process.

    Parameters
    ----------
    jobs : int, optional
        Workers; one per processor by default.
    tasks : int
        The largest number of tasks that will be given at once; more workers are not started.
    """

    def __init__(self, jobs: int | None, tasks: int) -> None:
        count = worker_count(jobs, tasks)
        self._pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_one_thread) if count > 1 else None
        # Processes start with the first task; these let them import while this process goes on.
        for _ in range(count if self._pool else 0):
            self._pool.submit(worker_count, 1, 1)  # type: ignore[union-attr]

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self._pool is None:
            return
        if kind is not None:
            for process in list((self._pool._processes or {}).values()):
                process.terminate()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def map(
        self, function: Callable[[J], R], tasks: Sequence[J], progress: Progress | None = None, cost: Callable[[J], float] | None = None
    ) -> list[R]:
        """``function`` of every task, results in the order of ``tasks``; ``progress(done, all)`` after each.

        With ``cost``, the dearest tasks are started first, so that no worker is left with a long one at the end.
        """
        results: list[Any] = []
        if self._pool is None:
            for done, task in enumerate(tasks, start=1):
                results.append(function(task))
                if progress:
                    progress(done, len(tasks))
            return results
        indices = sorted(range(len(tasks)), key=lambda i: -cost(tasks[i])) if cost else range(len(tasks))
        by_index = {i: self._pool.submit(function, tasks[i]) for i in indices}
        futures: list[Future[Any]] = [by_index[i] for i in range(len(tasks))]
        waiting = set(futures)
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
            if progress:
                progress(len(tasks) - len(waiting), len(tasks))
        return [future.result() for future in futures]
