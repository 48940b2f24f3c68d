"""A signal stops the work at once, or where it is shielded at the next check."""

import os
import signal
import time
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from xenosim.execution import stopping


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """A process that was stopped ignores further signals; here it goes on."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    stopping._asked.clear()
    for number, handler in before.items():
        signal.signal(number, handler)


def test_a_shielded_signal_waits_for_the_check() -> None:
    reached = False
    with stopping.obeying():
        with pytest.raises(stopping.Stopped) as stopped, stopping.shielded():
            os.kill(os.getpid(), signal.SIGTERM)
            assert stopping.asked()
            reached = True
            stopping.check()
        assert reached and stopped.value.number == signal.SIGTERM
    with stopping.obeying():
        assert not stopping.asked()


def test_a_signal_stops_what_is_not_shielded() -> None:
    with stopping.obeying(), pytest.raises(stopping.Stopped):
        os.kill(os.getpid(), signal.SIGTERM)


def test_without_a_signal_nothing_stops_and_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stopping.obeying():
        assert signal.getsignal(signal.SIGTERM) is not before
        stopping.check()
    assert signal.getsignal(signal.SIGTERM) is before


def test_f1_the_lock_of_imports_is_never_left_taken() -> None:
    looking_up = SimpleNamespace(f_globals={"__name__": "importlib._bootstrap"}, f_back=None)
    begun = time.monotonic()
    with pytest.raises(stopping.Stopped), stopping.obeying():
        stopping._note(signal.SIGTERM, looking_up)  # type: ignore[arg-type]
        told_at = time.monotonic() - begun
        time.sleep(5.0)
    # Not at once, but as soon as it can travel.
    assert told_at < 1.0 and time.monotonic() - begun < 4.0


def test_a_compiled_function_that_hides_the_stop_does_not_hide_what_it_was() -> None:
    stop = stopping.Stopped(signal.SIGTERM)
    hidden = SystemError("returned a result with an exception set")
    hidden.__cause__ = stop
    assert stopping.came_of(hidden, stopping.Stopped) is stop
    assert stopping.came_of(stop, stopping.Stopped) is stop
    assert stopping.came_of(SystemError("of another kind"), stopping.Stopped) is None
