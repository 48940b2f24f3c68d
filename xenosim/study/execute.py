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


def map_jobs(
    function: Callable[[J], R], tasks: Sequence[J], *, jobs: int | None = None, progress: Progress | None = None
) -> list[R]:
    """``function`` of every task, results in the order of ``tasks``; one worker runs in this process."""
    workers = worker_count(jobs, len(tasks))
    if workers == 1:
        results = []
        for done, task in enumerate(tasks, start=1):
            results.append(function(task))
            if progress:
                progress(done, len(tasks))
        return results
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_one_thread)
    try:
        futures: list[Future[Any]] = [pool.submit(function, task) for task in tasks]
        waiting = set(futures)
        while waiting:
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
            if progress:
                progress(len(tasks) - len(waiting), len(tasks))
        return [future.result() for future in futures]
    except BaseException:
        for process in list((pool._processes or {}).values()):
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
