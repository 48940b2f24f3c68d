"""Being asked to stop: SIGTERM and Ctrl-C end a study between two steps, after the running animals
have been saved.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TypeVar

E = TypeVar("E", bound=BaseException)

_asked: list[int] = []
_shields: list[bool] = []
#: Until :class:`Stopped` has been seen to travel, it is raised again after this time [s].
RETRY_S = 0.1


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
    check; every further one is only noted, also after the block. For the main thread.
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
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        for number, handler in before.items():
            signal.signal(number, signal.SIG_IGN if _asked else handler)
        # What this process does next was not asked to stop.
        _asked.clear()


def obey_in_worker() -> None:
    """In a worker process: SIGTERM is noted for the next check, Ctrl-C is left to the parent."""
    _shields.append(True)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _note)


def _note(number: int, frame: FrameType | None) -> None:
    """Stop at once, unless shielded or stopping already."""
    if number != getattr(signal, "SIGALRM", None):
        _asked.append(number)
    if _shields or not _asked or _is_stopping():
        return
    # Python drops an exception that is raised in a callback of a C library or in a destructor, and
    # one that is raised while modules are looked up may leave the lock of all imports taken, for
    # which other threads would wait for ever: the alarm raises it again where it can travel.
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, _note)
        signal.setitimer(signal.ITIMER_REAL, RETRY_S)
    if not (_is_in_callback(frame) or _is_importing(frame)):
        raise Stopped(_asked[0])


def came_of(error: BaseException | None, kind: type[E]) -> E | None:
    """The exception of ``kind`` that ``error`` is or came of, or None: a compiled function that
    returns while a signal is raised gives SystemError in place of what the signal raised.
    """
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error


def _is_stopping() -> bool:
    """Whether this thread is tidying up after :class:`Stopped`, which nothing may break."""
    return came_of(sys.exc_info()[1], Stopped) is not None


def _is_importing(frame: FrameType | None) -> bool:
    """Whether Python is just looking up a module, and may be taking the lock of all imports."""
    return frame is not None and str(frame.f_globals.get("__name__", "")).startswith(
        "importlib._bootstrap"
    )


def _is_in_callback(frame: FrameType | None) -> bool:
    """Whether the compiler's library has called back into Python."""
    while frame is not None:
        if str(frame.f_globals.get("__name__", "")).startswith("llvmlite.binding"):
            return True
        frame = frame.f_back
    return False
