"""What is kept of a running study: curves of growing animals, checkpoints of running ones, results
of finished ones.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from xenosim.errors import CheckpointError
from xenosim.execution import stopping
from xenosim.io.checked import read_checked_json, write_checked_json
from xenosim.io.checkpoints import load_checkpoint, read_header, save_checkpoint
from xenosim.io.plain import plain

#: Seconds between the checkpoints of an animal unless asked otherwise.
DEFAULT_SECONDS = 600.0
#: Checkpoints of an animal that are kept: one may be damaged.
KEPT = 2
SUFFIX = ".ckpt"
#: Folders of an unfinished run.
GROWN, ROLLING, OUTCOMES, DAYS = "grown", "rolling", "outcomes", "days"
_log = logging.getLogger("xenosim")


class CheckpointStore(NamedTuple):
    """Where and when a study keeps its state; with no ``folder`` it keeps nothing.

    ``every_s`` time between checkpoints of an animal [s], or ``every_steps`` if not 0 [-];
    ``days``: checkpoints that stay [day]; ``keep_last``: whether those of finished animals stay;
    ``stamp``: what must agree for a checkpoint to be used (engine, scenario).
    """

    folder: str = ""
    every_s: float = DEFAULT_SECONDS
    every_steps: int = 0
    days: tuple[float, ...] = ()
    keep_last: bool = False
    stamp: tuple[tuple[str, str], ...] = ()

    def path(self, *parts: str) -> Path:
        """A place in the folder of the run."""
        return Path(self.folder).joinpath(*parts)

    def make_folders(self, alone: bool = True) -> None:
        """Create the folders and, where no other process may be writing (``alone``), remove what a
        killed one left half-written.
        """
        for name in (GROWN, ROLLING, OUTCOMES, DAYS):
            self.path(name).mkdir(exist_ok=True)
            for partial in self.path(name).glob(".*.partial") if alone else ():
                partial.unlink(missing_ok=True)

    # -- what is known of the study
    # -----------------------------------------------------------------------------------
    def recall(self, name: str) -> Any:
        """Plain data that was kept as ``name``; None if there is none, or if it is damaged."""
        if not self.folder:
            return None
        return read_checked_json(self.path(GROWN, f"{name}.json"))

    def remember(self, name: str, data: Any) -> None:
        """Keep plain data as ``name``."""
        if self.folder:
            write_checked_json(plain(data), self.path(GROWN, f"{name}.json"))

    # -- finished animals
    # -------------------------------------------------------------------------------------------
    def outcome(self, key: str) -> Any:
        """What a finished animal left behind; None if it is not finished or its file is damaged."""
        path = self.path(OUTCOMES, key + SUFFIX)
        if not self.folder or not path.is_file():
            return None
        try:
            return self._load(path)[1]
        except CheckpointError as error:
            _log.warning("%s: %s; the animal is simulated again", error.where, error.message)
            return None

    def finish(self, key: str, outcome: Any) -> None:
        """Keep what a finished animal left behind; its checkpoints have done their duty."""
        if not self.folder:
            return
        save_checkpoint(self.path(OUTCOMES, key + SUFFIX), self.header(kind="outcome"), outcome)
        if not self.keep_last:
            self.forget(key)

    def forget(self, key: str) -> None:
        """Remove the checkpoints of an animal."""
        for path in self.rolling(key):
            path.unlink(missing_ok=True)

    # -- running animals
    # --------------------------------------------------------------------------------------------
    def header(self, **entries: Any) -> dict[str, Any]:
        """The header of a file of this run."""
        return dict(self.stamp) | entries

    def rolling(self, key: str) -> list[Path]:
        """Checkpoints of a running animal, the newest first."""
        return (
            sorted(self.path(ROLLING).glob(f"{key}.*{SUFFIX}"), reverse=True) if self.folder else []
        )

    def latest(self, key: str, last_step: int | None = None) -> Any:
        """State of the newest usable checkpoint of an animal, at most of step ``last_step``; None
        if there is none.

        Unusable ones are reported.
        """
        for path in self.rolling(key):
            try:
                if last_step is None or _step(path) <= last_step:
                    return self._load(path)[1]
            except CheckpointError as error:
                _log.warning("%s: %s; the state before it is used", error.where, error.message)
        return None

    def _load(self, path: Path) -> tuple[dict[str, Any], Any]:
        header = read_header(path)
        for name, value in self.stamp:
            if header.get(name) != value:
                raise CheckpointError(
                    f"the checkpoint is of another run: its {name} is {header.get(name)}",
                    where=str(path),
                )
        return load_checkpoint(path)

    def save(self, key: str, step: int, header: dict[str, Any], state: Any) -> str:
        """Write a checkpoint and remove all but the last; what went wrong, or nothing. The last
        good ones stay in any case.
        """
        path = self.path(ROLLING, f"{key}.{step:08d}{SUFFIX}")
        failure = self._try(path, header, state)
        for old in [] if failure else self.rolling(key)[KEPT:]:
            old.unlink(missing_ok=True)
        return failure

    def save_day(self, name: str, header: dict[str, Any], state: Any) -> str:
        """Write a checkpoint that stays; what went wrong, or nothing."""
        return self._try(self.path(DAYS, name + SUFFIX), header, state)

    def _try(self, path: Path, header: dict[str, Any], state: Any) -> str:
        try:
            save_checkpoint(path, self.header(**header), state)
        except OSError as error:
            note = (
                f"a checkpoint could not be written ({(error.strerror or str(error)).lower()}); the"
                " run went on"
            )
            _log.warning("%s: %s", path.name, note)
            return note
        return ""


def _step(path: Path) -> int:
    """Step of a checkpoint [-]; CheckpointError if it names none."""
    step = read_header(path).get("step")
    if not isinstance(step, int):
        raise CheckpointError("the checkpoint names no step", where=str(path))
    return step


#: Keeps no state.
NOT_SAVED = CheckpointStore()


class CheckpointTimer:
    """When one animal is saved.

    Parameters
    ----------
    store : CheckpointStore
        Where and how often.
    key : str
        Name of the animal's files.
    notes : list of str
        Collects what went wrong.
    """

    def __init__(self, store: CheckpointStore, key: str, notes: list[str]) -> None:
        self.store, self.key, self.notes = store, key, notes
        self.written, self._steps, self._last = False, 0, time.monotonic()

    def tick(self, state: Callable[[], tuple[int, dict[str, Any], Any]]) -> None:
        """After every step: save the animal if it is time, save it and stop if this process was
        asked to.

        Parameters
        ----------
        state : callable
            Gives step number, header and state.

        Raises
        ------
        Stopped
            This process was asked to stop.
        """
        self._steps += 1
        if self.store.folder and (stopping.asked() or self._is_due()):
            self.save(state)
        stopping.check()

    def save(self, state: Callable[[], tuple[int, dict[str, Any], Any]]) -> None:
        """Save the animal now."""
        failure = self.store.save(self.key, *state())
        self.notes += [failure] if failure and failure not in self.notes else []
        self.written, self._steps, self._last = True, 0, time.monotonic()

    def _is_due(self) -> bool:
        if self.store.every_steps:
            return self._steps >= self.store.every_steps
        return time.monotonic() - self._last >= self.store.every_s
