"""Points of a scenario by radial twins, each arm simulated once and kept.

A point is a scenario; what is simulated and kept is one arm of it, with all its animals, under a
hash of everything that decides it: settings, parameters, doses, animals, and the sources that
compute. Points that share an arm, such as their control, share what is kept. ``evaluations.jsonl``
has one line an arm, with a checksum: what was cut off by a kill is simulated again.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from xenosim import __version__
from xenosim.errors import RunError, ScenarioError, XenosimError
from xenosim.execution.progress import phase
from xenosim.io.runs import unwritable
from xenosim.jit import source_hash
from xenosim.scenario.resolve import scenario_hash
from xenosim.scenario.schema import AnswerSettings, Scenario
from xenosim.study.growth import calibrate_growth
from xenosim.study.population import POOL_AGENTS, as_twin, simulate_pool

if TYPE_CHECKING:
    from xenosim.execution.executor import Executor
    from xenosim.execution.progress import Progress

Array = NDArray[np.float64]
FILE = "evaluations.jsonl"
#: Arms that one task simulates at most, and those of a worker between two writes: what a kill
#: loses.
ARMS, BATCH = 4, 12
#: Animals in every arm of a point unless asked otherwise, and the most [-].
ANIMALS, MOST_ANIMALS = 8, 1000


class Curves(NamedTuple):
    """The animals of one arm: ``days`` (d,) from the first dose, all of the study [day]; true
    ``volumes`` (animals, d) [mm3] and ``losses`` of body weight, same shape [-].
    """

    days: tuple[float, ...]
    volumes: Array
    losses: Array


class Asked(NamedTuple):
    """An ``arm`` of a ``scenario``, by name, with so many ``animals``, radial twins of ``agents``
    each, None: on the lattice [-].
    """

    scenario: Scenario
    arm: str
    animals: int = ANIMALS
    agents: int | None = POOL_AGENTS

    def alone(self) -> Scenario:
        """The arm as a study of its own: what does not decide its animals has one value."""
        found = next(arm for arm in self.scenario.arms if arm.name == self.arm)
        if found.protocol:
            raise ScenarioError(
                f"the doses of arm '{found.name}' answer to readings: they are no fixed schedule",
                where="rules",
                remedy="write rules: none to search over schedules as planned",
            )
        others = {drug for arm in self.scenario.arms for drug in arm.drugs} - found.drugs
        twin = as_twin(self.scenario, self.agents or POOL_AGENTS)
        if self.agents is None:
            twin = twin.model_copy(update={"engine": "lattice"})
        animals = twin.animals.model_copy(
            update={"per_arm": 1, "enroll": None, "follow_removed": True}
        )
        daily = map(float, range(int(twin.measure.days[-1]) + 1))
        measured = tuple(sorted({*daily, *twin.measure.days}))
        alone = found.model_copy(update={"name": "arm", "regimen_text": "", "control": True})
        return twin.model_copy(
            update={
                "title": "",
                "published": "",
                "drug": None,
                "animals": animals,
                "measure": twin.measure.model_copy(update={"days": measured}),
                "arms": (alone,),
                "overrides": tuple(o for o in twin.overrides if o.set not in others),
                "panel": (),
                "answers": AnswerSettings(),
            }
        )

    def key(self) -> str:
        """Hash of everything that decides the curves."""
        decides = scenario_hash(self.alone())
        parts = (decides, self.animals, self.agents, _sources(), __version__)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:24]


class _Study(NamedTuple):
    """Arms with the same parameters, simulated together; their keys."""

    scenario: Scenario
    keys: tuple[str, ...]


class _Task(NamedTuple):
    """Studies of tumors that grow alike without drugs."""

    studies: tuple[_Study, ...]
    animals: int
    agents: int | None

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of all arms."""
        return tuple(key for study in self.studies for key in study.keys)


_W = TypeVar("_W", _Study, _Task)

#: What an evaluation gives: curves, or why there are none.
Found = Curves | str


def _simulate(task: _Task) -> list[dict[str, Any]]:
    """What is kept of each arm of a task."""
    found: list[dict[str, Any]] = []
    try:
        growth = calibrate_growth(task.studies[0].scenario)
    except XenosimError as error:
        return [{"failed": error.message} for _ in task.keys]
    for scenario, keys in task.studies:
        try:
            pool = simulate_pool(scenario, task.animals, growth=growth, agents=task.agents)
        except XenosimError as error:
            found += [{"failed": error.message} for _ in keys]
            continue
        found += [
            {"days": pool.days, "volumes": volumes.tolist(), "losses": losses.tolist()}
            for volumes, losses in zip(pool.volumes, pool.losses, strict=True)
        ]
    return found


def _together(missing: dict[str, Asked]) -> list[_Task]:
    """Tasks of the arms that are not kept. Those of one growth, which is calibrated once, follow
    each other, and of these the ones with the same parameters share animals.
    """
    growths: dict[tuple[str, int, int | None], dict[str, list[tuple[str, Scenario]]]] = {}
    for key, asked in missing.items():
        alone = asked.alone()
        bare = alone.model_copy(update={"arms": (alone.arms[0].model_copy(update={"doses": ()}),)})
        drugs = alone.arms[0].drugs
        kept = tuple(o for o in bare.overrides if o.set not in drugs)
        growth = scenario_hash(bare.model_copy(update={"overrides": kept}))
        bases = growths.setdefault((growth, asked.animals, asked.agents), {})
        bases.setdefault(scenario_hash(bare), []).append((key, alone))
    tasks = []
    for (_, animals, agents), bases in growths.items():
        # A tumor on the lattice takes seconds: its arms are spread over the workers.
        size, studies = (ARMS if agents else 1), list[_Study]()
        for members in bases.values():
            for first in range(0, len(members), size):
                studies.append(_study(members[first : first + size]))
        tasks += [_Task(part, animals, agents) for part in _parts(studies, size)]
    return tasks


def _study(members: list[tuple[str, Scenario]]) -> _Study:
    """Arms of one base as a study."""
    arms = tuple(
        alone.arms[0].model_copy(update={"name": str(k), "control": k == 0})
        for k, (_, alone) in enumerate(members)
    )
    scenario = members[0][1].model_copy(update={"arms": arms})
    return _Study(scenario, tuple(key for key, _ in members))


def _parts(works: Sequence[_W], size: int) -> list[tuple[_W, ...]]:
    """Studies or tasks in their order, so many together that they have at most ``size`` arms."""
    parts: list[list[_W]] = []
    for work in works:
        arms = len(work.keys)
        if not parts or sum(len(one.keys) for one in parts[-1]) + arms > size:
            parts.append([])
        parts[-1].append(work)
    return [tuple(part) for part in parts]


class Evaluations:
    """What was simulated of arms below ``folder``, and what more is asked for.

    Parameters
    ----------
    folder : Path
        Where ``evaluations.jsonl`` is; it is made with the first arm.

    Raises
    ------
    RunError
        The file is there and cannot be read.

    ``simulated``: arms that were simulated by this object [-].
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.simulated = 0
        self._whole = True
        self._kept = dict(self._lines())

    def _lines(self) -> Iterator[tuple[str, str]]:
        """Key and data of each line that was written whole."""
        try:
            if not self.path.exists():
                return
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise RunError(
                f"what was simulated before cannot be read: {(error.strerror or '').lower()}",
                where=str(self.path),
                remedy="name another --out, or remove the file to begin anew",
            ) from error
        self._whole = text.endswith("\n") or not text
        for line in text.splitlines():
            key, _, rest = line.partition(" ")
            checksum, _, data = rest.partition(" ")
            if checksum == _checksum(key + data):
                yield key, data

    def curves(
        self, asked: Sequence[Asked], workers: Executor, progress: Progress | None = None
    ) -> list[Found]:
        """Curves of every arm asked for, or why it has none; simulated where they are not kept.

        Parameters
        ----------
        asked : sequence of Asked
            Arms; those that are equal are simulated once.
        workers : Executor
            Where they are simulated; the result does not depend on it.
        progress : callable, optional
            Called with (days done, days to do) of all animals.

        Raises
        ------
        RunError
            The disk refuses what was simulated.
        """
        keys = [one.key() for one in asked]
        missing = {k: one for k, one in zip(keys, asked, strict=True) if k not in self._kept}
        tasks = _together(missing)
        total, done = sum(map(_days, tasks)), 0.0
        for part in _parts(tasks, BATCH * workers.count):
            days = sum(map(_days, part))
            told = phase(progress, done, total - done - days)
            found = workers.map(_simulate, part, told, size=_days)
            done += days
            self._append(
                (key, data)
                for task, rows in zip(part, found, strict=True)
                for key, data in zip(task.keys, rows, strict=True)
            )
        read = {key: _read(self._kept[key]) for key in dict.fromkeys(keys)}
        return [read[key] for key in keys]

    def _append(self, rows: Iterator[tuple[str, dict[str, Any]]]) -> None:
        """Add arms to the file; a line that was cut off before is ended first."""
        text = "" if self._whole else "\n"
        for key, plain in rows:
            data = json.dumps(plain, separators=(",", ":"))
            self._kept[key] = data
            self.simulated += 1
            text += f"{key} {_checksum(key + data)} {data}\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise unwritable(self.path, error) from error
        self._whole = True


@cache
def _sources() -> str:
    return source_hash()


def _days(task: _Task) -> float:
    """Days of all animals of a task [day]."""
    return task.animals * len(task.keys) * task.studies[0].scenario.measure.days[-1]


def _read(data: str) -> Found:
    plain = json.loads(data)
    if "failed" in plain:
        return str(plain["failed"])
    return Curves(tuple(plain["days"]), np.array(plain["volumes"]), np.array(plain["losses"]))


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def check_searchable(scenario: Scenario) -> None:
    """Refuse a scenario of which no points can be compared (ScenarioError): one without a treated
    arm, and a panel.
    """
    if scenario.panel:
        raise ScenarioError(
            "a panel of models has no points of its own",
            where="models",
            remedy="leave 'models' out, or give one of its models",
        )
    if len(scenario.arms) < 2:
        raise ScenarioError(
            "the study has no treated arm", where="arms", remedy="add an arm with a regimen"
        )
