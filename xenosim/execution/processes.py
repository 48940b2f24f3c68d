"""Run jobs in a spawn process pool, in key order: any number of workers gives the same results."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import (
    connection,
    current_process,
    get_context,
    parent_process,
    resource_tracker,
)
from typing import Any, TypeVar, cast

from xenosim.errors import RunError
from xenosim.execution.executor import in_order, wait_for
from xenosim.execution.progress import Progress, listen, listening, report_part
from xenosim.execution.stopping import check, obey_in_worker, shielded
from xenosim.machine import processors

J = TypeVar("J")
R = TypeVar("R")

#: How long workers that were asked to end may take to save their state [s]; then they are killed,
#: and what they did since their last checkpoint is done again by ``resume``.
GRACE_S = 3.0
#: How often work goes on with new workers after one of them has died [-]; the last time with half
#: as many, as a system short of memory kills the largest process.
RETRIES = 2
#: Exit code of a worker that begins the script of its parent anew.
UNGUARDED = 86
_log = logging.getLogger("xenosim")


def _start_worker(saves: bool, parts: Any, taken: Any) -> None:
    """Workers share the machine by processes, not threads, leave Ctrl-C to the parent and end with
    it; those whose tasks save their state end between two steps. How far its task is a worker
    writes into its place of ``parts``, the next after those ``taken``.
    """
    import numba

    with taken.get_lock():
        place = taken.value
        taken.value += 1
    listen(partial(parts.__setitem__, place))

    if saves:
        obey_in_worker()
    else:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    numba.set_num_threads(1)


def _end_with_parent() -> None:
    """Wait for the end of the parent, however it comes, and end this process."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def worker_count(jobs: int | None, tasks: int) -> int:
    """Workers to start: as asked, or one per processor, and never more than there are tasks."""
    return max(1, min(jobs or processors(), tasks))


class Workers:
    """Worker processes for the length of a ``with`` block; one worker runs in this process.

    Parameters
    ----------
    jobs : int, optional
        Workers; one per processor by default.
    tasks : int
        The largest number of tasks that will be given at once; more workers are not started.
    saves : bool
        Whether the tasks save their state when they are asked to stop.
    """

    def __init__(self, jobs: int | None, tasks: int, saves: bool = False) -> None:
        self.count, self._saves = worker_count(jobs, tasks), saves
        self._pool: ProcessPoolExecutor | None = None
        if self.count > 1:
            if getattr(current_process(), "_inheriting", False):
                # A worker imports the script of its parent, which has no guard.
                os._exit(UNGUARDED)
            self._start(self.count)

    def _start(self, count: int) -> None:
        """Start ``count`` worker processes."""
        context = get_context("spawn")
        self._parts = context.RawArray("d", count)
        # What a process begins with is written to it whole, or it ends with a traceback.
        with shielded(), _without_interrupts():
            self._pool = ProcessPoolExecutor(
                count,
                mp_context=context,
                initializer=_start_worker,
                initargs=(self._saves, self._parts, context.Value("i", 0)),
            )
            # Processes start with the first task; these let them import while this process
            # goes on.
            with suppress(BrokenProcessPool):
                for _ in range(count):
                    self._pool.submit(worker_count, 1, 1)
        self._processes = list(self._pool._processes.values())

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if self._pool is None:
            return
        if kind is not None:
            _end(self._pool)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def begin(self, function: Callable[[J], Any], task: J) -> None:
        """Let a worker process run ``function`` for what it leaves behind, while this process goes
        on; nothing without worker processes.
        """
        if self._pool is not None:
            # A pool that is broken says so when it is asked for results.
            with suppress(BrokenProcessPool), shielded():
                self._pool.submit(function, task)
        check()

    def map(
        self,
        function: Callable[[J], R],
        tasks: Sequence[J],
        progress: Progress | None = None,
        cost: Callable[[J], float] | None = None,
        size: Callable[[J], float] | None = None,
    ) -> list[R]:
        """``function`` of every task, results in the order of ``tasks``; ``progress(done, all)``
        after each, and now and then between.

        With ``cost``, the dearest tasks are started first, so that no worker is left with a long
        one at the end. With ``size``, progress counts a task as that much, in the units in which
        the tasks report their parts.
        """
        check()
        sizes = [size(task) if size else 1 for task in tasks]
        if self._pool is None:
            return _one_by_one(function, tasks, sizes, progress)
        found: dict[int, R] = {}
        for left in range(RETRIES, -1, -1):
            try:
                waiting = [i for i in in_order(tasks, cost) if i not in found]
                self._let_work(function, tasks, waiting, sizes, progress, found)
                break
            except BrokenProcessPool:
                self._explain_broken(left)
                self._start(self.count if left == RETRIES else max(1, self.count // 2))
        return [found[i] for i in range(len(tasks))]

    def _let_work(
        self,
        function: Callable[[J], R],
        tasks: Sequence[J],
        waiting: list[int],
        sizes: list[float],
        progress: Progress | None,
        found: dict[int, R],
    ) -> None:
        """Add the results of the ``waiting`` tasks, by index, to those ``found``."""
        assert self._pool is not None
        futures = {self._pool.submit(_whole, function, tasks[i]): i for i in waiting}
        wait_for(futures, sizes, progress, found, self._parts)

    def _explain_broken(self, left: int) -> None:
        """Say why workers ended, with ``left`` attempts to go: RunError of a script without a
        guard, BrokenProcessPool where no attempt is left, or a warning.
        """
        # Workers that have not begun end with a signal to the whole group.
        check()
        for process in self._processes:
            process.join(GRACE_S)
        if UNGUARDED in [process.exitcode for process in self._processes]:
            raise RunError(
                "worker processes import the script that starts them, and this one would start"
                " the study again",
                remedy="put its last part below 'if __name__ == \"__main__\":', or give jobs=1",
            ) from None
        if not left:
            raise
        _log.warning("a worker process was killed, perhaps for its memory; others take over")


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Within, Ctrl-C waits; processes that are started never see it. A terminal sends it to them
    too, and before :func:`_start_worker` runs they would answer with a traceback.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # It would unblock Ctrl-C when it is started.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(pool: ProcessPoolExecutor) -> None:
    """Ask the workers of ``pool`` to end, and kill those that have not after :data:`GRACE_S`."""
    processes = list((pool._processes or {}).values())
    pool.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + GRACE_S
    living = {process.sentinel: process for process in processes}
    while living and (left := deadline - time.monotonic()) > 0:
        for ended in connection.wait(list(living), left):
            living.pop(cast("int", ended))
    for process in living.values():
        process.kill()


def _one_by_one(
    function: Callable[[J], R], tasks: Sequence[J], sizes: list[float], progress: Progress | None
) -> list[R]:
    """The tasks in this process, which tells of their parts."""
    results: list[R] = []
    done, total = 0.0, sum(sizes)
    for task, size in zip(tasks, sizes, strict=True):
        with listening(_parts_of(progress, done, total) if progress else None):
            results.append(function(task))
        done += size
        if progress:
            progress(done, total)
    return results


def _whole(function: Callable[[J], R], task: J) -> R:
    """The task in a worker, of which no part is left to tell when it is done."""
    try:
        return function(task)
    finally:
        report_part(0.0)


def _parts_of(progress: Progress, before: float, total: float) -> Callable[[float], None]:
    return lambda part: progress(before + part, total)
