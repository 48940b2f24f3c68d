"""What a study asks of whatever carries out its work, and how results are waited for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Any, Protocol, TypeVar

from xenosim.execution.progress import Progress

J = TypeVar("J")
R = TypeVar("R")

#: How often progress is told while no task ends [s].
EVERY_S = 0.5


class Executor(Protocol):
    """Where work runs: whatever maps a function over tasks."""

    count: int

    def begin(self, function: Callable[[J], Any], task: J) -> None:
        """Start work for what it leaves behind; may do nothing."""

    def map(
        self,
        function: Callable[[J], R],
        tasks: Sequence[J],
        progress: Progress | None = None,
        cost: Callable[[J], float] | None = None,
        size: Callable[[J], float] | None = None,
    ) -> list[R]:
        """``function`` of every task, results in the order of ``tasks``."""


def in_order(tasks: Sequence[J], cost: Callable[[J], float] | None) -> list[int]:
    """Indices of ``tasks`` in the order in which they are started, the dearest first.

    Examples
    --------
    >>> in_order([1.0, 3.0, 2.0], float), in_order([1.0, 3.0], None)
    ([1, 2, 0], [0, 1])
    """
    indices = range(len(tasks))
    return sorted(indices, key=lambda i: -cost(tasks[i])) if cost else list(indices)


def wait_for(
    futures: dict[Future[R], int],
    sizes: Sequence[float],
    progress: Progress | None,
    found: dict[int, R],
    parts: Sequence[float] = (),
) -> None:
    """Add what ``futures`` of tasks, by index, come to, to the results ``found``; the first that
    fails ends the waiting with its error.

    Parameters
    ----------
    futures : dict of Future to int
        Those waited for, with the index of their task.
    sizes : sequence of float
        Of all tasks, in the units of ``progress``.
    progress : callable, optional
        Told now and then what is done of all tasks; of running ones ``parts`` are.
    found : dict of int to result
        Results by index, of other tasks too.
    parts : sequence of float
        What is done of running tasks, read anew each time.
    """
    waiting, total, told = set(futures), sum(sizes), 0.0
    while waiting:
        every = EVERY_S if progress else None
        finished, waiting = wait(waiting, every, return_when=FIRST_COMPLETED)
        for future in finished:
            found[futures[future]] = future.result()
        if progress:
            done = sum(sizes[i] for i in found)
            told = min(max(told, done + sum(parts)), total) if waiting else total
            progress(told, total)
