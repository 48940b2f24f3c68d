"""How far work is: parts of the task that runs in this process, told to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Called with (done, all), in the units of the work.
Progress = Callable[[float, int], None]
#: Who is told how far the task of this process is: nobody in a worker, whose tasks are reported
#: whole.
_listeners: list[Callable[[float], None]] = []


def report_part(done: float) -> None:
    """Say how far the task of this process is, in the units that progress counts [-].

    Examples
    --------
    >>> with listening(print):
    ...     report_part(0.5)
    0.5
    """
    for listener in _listeners:
        listener(done)


@contextmanager
def listening(listener: Callable[[float], None] | None) -> Iterator[None]:
    """Within, ``listener`` is told what the task reports; None: nobody is."""
    _listeners[:] = [listener] if listener else []
    try:
        yield
    finally:
        _listeners.clear()
