"""How far work is: parts of the task that runs in this process, told to whoever listens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Called with (done, all), in the units of the work.
Progress = Callable[[float, float], None]
#: Who is told how far the task of this process is: in a worker, the parent's table of parts.
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


def listen(listener: Callable[[float], None] | None) -> None:
    """From now on ``listener`` is told what tasks of this process report; None: nobody is."""
    _listeners[:] = [listener] if listener else []


def phase(progress: Progress | None, before: float, after: float) -> Progress | None:
    """``progress`` of a phase of the work, with ``before`` done by others and ``after`` to do.

    Examples
    --------
    >>> told = phase(print, 10.0, 5.0)
    >>> told(1.0, 2.0)
    11.0 17.0
    """
    if progress is None:
        return None
    return lambda done, total: progress(before + done, before + total + after)


@contextmanager
def listening(listener: Callable[[float], None] | None) -> Iterator[None]:
    """Within, ``listener`` is told what the task reports; None: nobody is."""
    listen(listener)
    try:
        yield
    finally:
        listen(None)
