"""What the entry point makes of errors."""

import pytest

from xenosim.cli import main as entry


def test_f2_a_screen_that_cannot_be_written_is_one_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(standalone_mode: bool) -> None:
        raise OSError(28, "No space left on device", "out.txt")

    monkeypatch.setattr(entry, "app", refused)
    with pytest.raises(SystemExit) as stop:
        entry.main()
    assert stop.value.code == 2
    assert capsys.readouterr().err == "out.txt: error: no space left on device\n"


def test_f12_a_used_up_memory_is_one_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def greedy(standalone_mode: bool) -> None:
        raise MemoryError

    monkeypatch.setattr(entry, "app", greedy)
    with pytest.raises(SystemExit) as stop:
        entry.main()
    assert stop.value.code == 2
    assert "error: the memory of this machine is used up" in capsys.readouterr().err


def test_f1_ctrl_c_that_comes_out_of_a_compiled_function_is_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A compiled function that returns while Ctrl-C is raised gives SystemError in its place."""

    def hidden(**_: object) -> None:
        raise SystemError("returned a result with an exception set") from KeyboardInterrupt()

    monkeypatch.setattr(entry, "app", hidden)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert ended.value.code == 130 and entry.INTERRUPTED in capsys.readouterr().err
