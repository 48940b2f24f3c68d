"""A signal stops the work at once, or where it is shielded at the next check."""

import os
import signal

import pytest

from xenosim.execution import stopping


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
    before = signal.getsignal(signal.SIGTERM)
    with stopping.obeying(), pytest.raises(stopping.Stopped):
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
    with stopping.obeying():
        stopping.check()
