"""Where inputs come in: what the command line does with each kind, without a simulation."""

from __future__ import annotations

import io
import resource
import shutil
import signal
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

from tests.fuzz.cases import FAULTS, ROOT, starter_text
from xenosim.analysis.data import StudyData
from xenosim.assays.characterization import read_viability
from xenosim.assays.entries import names_of, parse_dose, parse_doses, parse_times, share_of
from xenosim.assays.files import read_assay
from xenosim.cli.inputs import check_scenario, show_regimen
from xenosim.cli.simulate import checkpoint_days, checkpoint_interval
from xenosim.errors import XenosimError, describe
from xenosim.parameters.lines import find_line
from xenosim.parameters.perturb import parse_perturbations
from xenosim.scenario.control import read_control

#: Longest time of the processor and by the clock [s], and memory beyond that of the process [byte],
#: that an input may take; of what is printed of it the letters.
MOST_S, MOST_WAIT_S, MOST_BYTES, MOST_LETTERS = 5.0, 60.0, 1 << 30, 40_000


class TooLong(BaseException):
    """An input took longer than :data:`MOST_S`; no ``except Exception`` swallows it."""


def _scenario(path: Path) -> None:
    check_scenario(str(path), [], False)


def _set(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    starter = path.with_name("starter.yaml")
    starter.write_text(starter_text(), encoding="utf-8")
    check_scenario(str(starter), [text], False)


def _assay(path: Path) -> None:
    read_assay(path)


def _events(path: Path) -> None:
    show_regimen(str(path), None, "ixazomib", None, {}, False)


def _regimen(path: Path) -> None:
    text = path.read_bytes().decode("utf-8", "replace")
    show_regimen(text if not text.lower().endswith(".csv") else "x", None, "ixazomib", 0, {}, False)


def _control(path: Path) -> None:
    read_control(path, path.name)


def _study(path: Path) -> None:
    StudyData.from_csv(path, control="vehicle").endpoints(n_boot=20)


def _viability(path: Path) -> None:
    read_viability(path)


def _entry(path: Path) -> None:
    """Every option with a grammar of its own: the first error is the outcome, all are looked at."""
    text = path.read_bytes().decode("utf-8", "replace")
    doors: tuple[Callable[[str], object], ...] = (
        parse_dose,
        parse_doses,
        parse_times,
        names_of,
        find_line,
        checkpoint_interval,
        lambda given: share_of(given, "--noise"),
        lambda given: checkpoint_days(given, 21.0),
        lambda given: parse_perturbations([given]),
    )
    errors = []
    for door in doors:
        try:
            door(text)
        except XenosimError as error:
            errors.append(error)
    if errors:
        raise errors[0]


#: By kind: the ending of its files, and what reads them.
DOORS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "scenario": (".yaml", _scenario),
    "assay": (".yaml", _assay),
    "events": (".csv", _events),
    "control": (".csv", _control),
    "viability": (".csv", _viability),
    "study": (".csv", _study),
    "regimen": (".txt", _regimen),
    "set": (".txt", _set),
    "entry": (".txt", _entry),
}


def beside(folder: Path) -> Path:
    """``folder`` with the tables that scenarios and assays name."""
    for name in ("my_line.csv",):
        shutil.copy(ROOT / "scenarios" / "assays" / name, folder / name)
    shutil.copy(FAULTS / "dropout.csv", folder / "my_control.csv")
    return folder


@contextmanager
def limited() -> Iterator[None]:
    """Within, :data:`MOST_S` and :data:`MOST_BYTES`: timers, and a limit of the address space."""

    def too_long(*_: object) -> None:
        raise TooLong

    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    timers = {signal.SIGPROF: signal.ITIMER_PROF, signal.SIGALRM: signal.ITIMER_REAL}
    before = {kind: signal.signal(kind, too_long) for kind in timers}
    resource.setrlimit(resource.RLIMIT_AS, (used + MOST_BYTES, hard))
    signal.setitimer(signal.ITIMER_PROF, MOST_S)
    signal.setitimer(signal.ITIMER_REAL, MOST_WAIT_S)
    try:
        yield
    finally:
        for timer in timers.values():
            signal.setitimer(timer, 0.0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        for kind, handler in before.items():
            signal.signal(kind, handler)


def outcome(kind: str, path: Path) -> str:
    """What is wrong with how the input at ``path`` is taken; nothing if it is read or refused as
    it should be.
    """
    printed = io.StringIO()
    try:
        with limited(), redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            DOORS[kind][1](path)
    except XenosimError as error:
        said = describe(error)
        if not error.message.strip() or len(said) > MOST_LETTERS:
            return f"a message of {len(said)} letters"
        return _unprintable(said)
    except TooLong:
        return f"longer than {MOST_S:g} s"
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:300]}"
    return _unprintable(printed.getvalue())


def _unprintable(text: str) -> str:
    letters = {letter for letter in text if not (letter.isprintable() or letter in "\n\t")}
    return f"prints {sorted(map(ascii, letters))}" if letters else ""
