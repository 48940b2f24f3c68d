"""An unfinished run on disk: what was asked for, what is done, and who is working on it. It becomes
a run directory by one rename.
"""

from __future__ import annotations

import json
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import IO, NamedTuple

from xenosim import __version__
from xenosim.errors import RunError
from xenosim.io.checked import read_checked_json, write_checked_json
from xenosim.io.results import read_inputs, write_inputs
from xenosim.io.runs import UNFINISHED, check_writable, free_name, hidden_directory, unwritable
from xenosim.jit import source_hash
from xenosim.machine import try_lock
from xenosim.scenario.origin import RUNS_AGAIN
from xenosim.scenario.resolve import scenario_hash
from xenosim.scenario.schema import Origin, Scenario
from xenosim.study.checkpoint_store import (
    DAYS,
    DEFAULT_SECONDS,
    GROWN,
    OUTCOMES,
    ROLLING,
    CheckpointStore,
)
from xenosim.study.job import SourceAnimal
from xenosim.study.result import StudyResult, run_name
from xenosim.study.shard import SHARD_LOCKS, Shard
from xenosim.study.source_animal import read_source

PLAN, SCENARIO, LOCK, RESULT, PUBLISHED, ORIGIN = (
    "run.json",
    "scenario.json",
    "lock",
    "result",
    "published.json",
    "origin.ckpt",
)
#: Folder of what the scenario was made from.
MADE_FROM = "made_from"
#: All that an unfinished run can hold.
PARTS = {PLAN, SCENARIO, LOCK, RESULT, PUBLISHED, ORIGIN, MADE_FROM, GROWN, ROLLING, OUTCOMES, DAYS}
#: What a killed process has half-written.
PARTIAL = ".*partial*"
#: Folder of a run directory in which checkpoints stay; of a branched run also its source.
KEPT = "checkpoints"


class Plan(NamedTuple):
    """How a run was asked for: its command, the statistics, how often and on which days [day]
    animals are saved.
    """

    command: str = ""
    paired: bool = False
    every_s: float = DEFAULT_SECONDS
    every_steps: int = 0
    days: tuple[float, ...] = ()
    keep_last: bool = False


@dataclass
class UnfinishedRun:
    """An unfinished run that this process, and no other, works on; a context manager that gives it
    back.

    Attributes
    ----------
    path : Path
        Its directory, NAME.unfinished.
    scenario, plan
        What was asked for.
    is_shared : bool
        Whether other processes may work on other shards of it.
    """

    path: Path
    scenario: Scenario
    plan: Plan
    lock: IO[str]
    is_shared: bool = False

    @classmethod
    def create(
        cls,
        base: Path,
        scenario: Scenario,
        plan: Plan,
        source: Path | None = None,
        name: str = "",
    ) -> UnfinishedRun:
        """A new unfinished run below ``base``; ``source``: the checkpoint that it branches from;
        ``name``: the one that it must have, in place of a new one.

        Raises
        ------
        RunError
            ``base`` cannot be written, or the ``name`` is taken.
        CheckpointError
            ``source`` does not fit the scenario.
        """
        if source is not None:
            read_source(source, scenario)
        check_writable(base)
        _sweep(base)
        try:
            hidden = hidden_directory(base)
            try:
                work = cls(hidden, scenario, plan, _take(hidden))
                work._write_down(source)
                work._appear(base, name)
            except BaseException:
                shutil.rmtree(hidden, ignore_errors=True)
                raise
        except OSError as error:
            raise unwritable(base, error) from error
        return work

    def _write_down(self, source: Path | None) -> None:
        """Keep what was asked for, and the checkpoint that the run branches from."""
        if source is not None:
            shutil.copyfile(source, self.path / ORIGIN)
        write_checked_json(json.loads(self.scenario.model_dump_json()), self.path / SCENARIO)
        _keep_origin(self.scenario.origin, self.path / MADE_FROM)
        # The plan comes last: what has none is no run.
        write_checked_json(
            {"xenosim": __version__, **dict(self.stamp()), "plan": self.plan._asdict()},
            self.path / PLAN,
        )

    def _appear(self, base: Path, fixed: str) -> None:
        """Take the ``fixed`` name below ``base``, or one that no other run has, at once and
        whole.
        """
        self.path.chmod(0o755)
        name = fixed or run_name(self.scenario.title, scenario_hash(self.scenario))
        while True:
            path = base / ((fixed or free_name(base, name)) + UNFINISHED)
            try:
                self.path = self.path.rename(path)
                return
            except OSError:
                # Another run may have taken it meanwhile.
                if fixed or not path.exists():
                    raise

    @classmethod
    def join(cls, base: Path, scenario: Scenario, plan: Plan, shard: Shard) -> UnfinishedRun:
        """The unfinished run below ``base`` that all shards of a study work on; the first of them
        makes it.

        Raises
        ------
        RunError
            ``base`` cannot be written, or the same shard is being worked on.
        """
        name = shard_run_name(scenario, plan)
        path = base / (name + UNFINISHED)
        if not (path / PLAN).is_file():
            try:
                cls.create(base, scenario, plan, name=name).lock.close()
            except RunError:
                # Another shard may have made it meanwhile.
                if not (path / PLAN).is_file():
                    raise
        work = cls._read(path, _take(path, shard.lock_name))
        work.is_shared = True
        return work

    @classmethod
    def open(cls, given: Path) -> UnfinishedRun:
        """The unfinished run at ``given``, or at the name that it will have.

        Raises
        ------
        RunError
            Not an unfinished run, a damaged one, one of another engine or of other parameters, or
            one that is being worked on.
        """
        path = _locate(given)
        lock = _take(path)
        for other in path.glob(SHARD_LOCKS):
            _take(path, other.name).close()
        return cls._read(path, lock)

    @classmethod
    def _read(cls, path: Path, lock: IO[str]) -> UnfinishedRun:
        """The unfinished run at ``path``, on which this process may work while it has the
        ``lock``.
        """
        try:
            known = read_checked_json(path / PLAN) or {}
            plan = dict(known["plan"])
            plan |= {"days": tuple(plan["days"]), "every_s": float(plan["every_s"])}
            scenario = Scenario.model_validate_json(json.dumps(read_checked_json(path / SCENARIO)))
            scenario = scenario.model_copy(update={"origin": _kept_origin(path / MADE_FROM)})
            work = cls(path, scenario, Plan(**plan), lock)
        except (OSError, ValueError, KeyError, TypeError) as error:
            lock.close()
            raise RunError(
                "the unfinished run is damaged",
                where=str(path),
                remedy="remove it and run the scenario again",
            ) from error
        for name, value in work.stamp():
            if known.get(name) != value:
                lock.close()
                raise RunError(
                    f"the {name} of this run is {known.get(name)}, here it is {value}: going on"
                    " would mix two simulations",
                    where=str(path),
                    remedy=(
                        "use the xenosim and the parameters that began the run, or run the scenario"
                        " again"
                    ),
                )
        return work

    @staticmethod
    def finished(given: Path) -> Path | None:
        """The run directory, if the run at ``given`` is finished."""
        given = given.resolve()
        name = given.name.removesuffix(UNFINISHED)
        if not name:
            return None
        path = given.with_name(name)
        unfinished = given.with_name(name + UNFINISHED)
        # Killed between the last rename and the removal of what it was made from.
        path = _published(unfinished) or path
        _sweep(path.parent)
        if not (path / "manifest.json").is_file() or (unfinished / PLAN).is_file():
            return None
        return path

    def stamp(self) -> tuple[tuple[str, str], ...]:
        """What must agree when the run goes on."""
        return ("engine", source_hash()), ("scenario", scenario_hash(self.scenario))

    def store(self, alone: bool = True) -> CheckpointStore:
        """Where the animals of this run are saved; ``alone``: no other process works on it."""
        plan = self.plan
        store = CheckpointStore(
            str(self.path),
            plan.every_s,
            plan.every_steps,
            plan.days,
            plan.keep_last,
            self.stamp() + (("xenosim", __version__),),
        )
        store.make_folders(alone)
        return store

    def source(self) -> SourceAnimal | None:
        """The living animal that the run branches from."""
        path = self.path / ORIGIN
        return read_source(path, self.scenario) if path.is_file() else None

    def publish(self, result: StudyResult, figures: bool = True) -> Path:
        """Write the run directory, give it its name by one rename, and remove everything else; its
        path.
        """
        ready = self.path / RESULT
        # An earlier attempt may have ended before its rename.
        (self.path / PUBLISHED).unlink(missing_ok=True)
        shutil.rmtree(ready, ignore_errors=True)
        ready.mkdir()
        result.write_into(ready, self.plan.command, figures)
        kept = sorted((self.path / DAYS).glob("*.ckpt")) + (
            sorted((self.path / ROLLING).glob("*.ckpt")) if self.plan.keep_last else []
        )
        kept += self.path.glob(ORIGIN)
        if kept:
            (ready / KEPT).mkdir()
        for file in kept:
            os.link(file, ready / KEPT / file.name)
        base, name = self.path.parent, self.path.name.removesuffix(UNFINISHED)
        name = name if not (base / name).exists() else free_name(base, name)
        write_checked_json({"name": name}, self.path / PUBLISHED)
        os.replace(ready, base / name)
        self.discard()
        return base / name

    def discard(self) -> None:
        """Remove the unfinished run; what has no plan is none any more."""
        (self.path / PLAN).unlink(missing_ok=True)
        with suppress(OSError):
            _remove(self.path)

    def __enter__(self) -> UnfinishedRun:
        return self

    def __exit__(self, *exception: object) -> None:
        self.lock.close()


def _keep_origin(origin: Origin, folder: Path) -> None:
    """Keep what the scenario was made from, as its run directory will hold it."""
    folder.mkdir()
    (folder / RUNS_AGAIN).write_text(origin.text, encoding="utf-8")
    write_inputs(origin.inputs, folder)


def _kept_origin(folder: Path) -> Origin:
    return Origin((folder / RUNS_AGAIN).read_text(encoding="utf-8"), read_inputs(folder))


def _remove(path: Path) -> None:
    """Remove the rest of a finished run; last what says that it is finished."""
    for child in path.iterdir():
        if child.is_dir():
            shutil.rmtree(child, ignore_errors=True)
        elif child.name != PUBLISHED:
            child.unlink(missing_ok=True)
    shutil.rmtree(path, ignore_errors=True)


def _sweep(base: Path) -> None:
    """Remove what killed processes left below ``base`` of runs that were finished or given up."""
    for rest in base.glob(f"*{UNFINISHED}"):
        with suppress(OSError, RunError):
            if _is_over(rest):
                with _take(rest):
                    _remove(rest)


def _is_over(rest: Path) -> bool:
    """Whether a directory is of a run that is finished, or has no plan any more, and holds nothing
    but parts of a run.
    """
    names = {child.name for child in rest.iterdir()}
    ours = all(
        name in PARTS or fnmatch(name, PARTIAL) or fnmatch(name, SHARD_LOCKS) for name in names
    )
    return ours and (PLAN not in names or _published(rest) is not None)


def _published(unfinished: Path) -> Path | None:
    """The run directory that was made from the unfinished run at this place, if it was."""
    if (unfinished / RESULT).exists():
        return None
    published = read_checked_json(unfinished / PUBLISHED)
    path = unfinished.with_name(str(published["name"])) if published else None
    return path if path and (path / "manifest.json").is_file() else None


def _locate(given: Path) -> Path:
    for path in (given, given.parent / (given.name + UNFINISHED)):
        if (path / PLAN).is_file():
            return path
    raise RunError(
        "not an unfinished run",
        where=str(given),
        remedy="give the directory NAME.unfinished that a stopped run left",
    )


def shard_run_name(scenario: Scenario, plan: Plan) -> str:
    """Name of the run that all shards of a study work on: it tells of the study, not of the
    time.
    """
    words = run_name(scenario.title, "").split("_", 1)[1].strip("_")
    return f"{words}_{scenario_hash(scenario)[:12]}" + "_paired" * plan.paired


def _take(path: Path, name: str = LOCK) -> IO[str]:
    """Lock the directory for this process, or the part of the work that ``name`` stands for; the
    lock ends with it, however it ends.
    """
    try:
        lock = (path / name).open("a+", encoding="utf-8")
    except OSError as error:
        raise RunError(
            f"cannot work here: {(error.strerror or str(error)).lower()}", where=str(path)
        ) from error
    try:
        try_lock(lock)
    except OSError as error:
        lock.seek(0)
        owner = lock.read().strip()
        lock.close()
        raise RunError(
            f"another process{f' ({owner})' if owner else ''} is working on this run",
            where=str(path),
            remedy="wait for it, or end it",
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
