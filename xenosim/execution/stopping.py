"""Being asked to stop: SIGTERM and Ctrl-C end a study between two steps, after the running animals
have been saved.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_asked: list[int] = []
_shields: list[bool] = []


class Stopped(BaseException):
    """The process was asked to stop; ``number`` is the signal's."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def asked() -> bool:
    """Whether this process was asked to stop while it was shielded."""
    return bool(_asked)


def check() -> None:
    """Stop here if this process was asked to."""
    if _asked:
        raise Stopped(_asked[0])


@contextmanager
def shielded() -> Iterator[None]:
    """Within, a signal is only noted; :func:`check` acts on it."""
    _shields.append(True)
    try:
        yield
    finally:
        _shields.pop()


@contextmanager
def obeying() -> Iterator[None]:
    """Within, SIGTERM and SIGINT raise :class:`Stopped`, at once or, where shielded, at the next
    check. For the main thread.
    """
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    _asked.clear()
    for number, handler in before.items():
        # A shell that starts a program in the background lets it ignore Ctrl-C.
        if handler is not signal.SIG_IGN:
            signal.signal(number, _note)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def obey_in_worker() -> None:
    """In a worker process: SIGTERM is noted for the next check, Ctrl-C is left to the parent."""
    _shields.append(True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _note)


def _note(number: int, frame: object) -> None:
    _asked.append(number)
    if not _shields:
        raise Stopped(number)
