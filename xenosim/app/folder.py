"""What the page may see on the disk: scenarios by name, and runs below one folder. Nothing that a
browser sends is a path.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from xenosim.errors import RunError
from xenosim.io.checked import read_checked_json
from xenosim.io.runs import SLICE, SLICES, UNFINISHED, read_manifest
from xenosim.machine import try_lock

#: Largest manifest that is read for a list [bytes], and rows of a table that are shown.
LARGEST, MOST_ROWS = 20_000_000, 2000
#: Rows of the table of tumors that are read.
MOST_MEASURED = 50_000
#: Most runs that are listed.
MOST_RUNS = 2000
#: What a browser may be given of a run.
PICTURES = {".svg": "image/svg+xml", ".png": "image/png", ".gif": "image/gif"}
#: Beginnings of the names of figures that are shown first.
MAIN_FIGURES = ("growth_curves", "tc_over_time", "waterfall")
#: The folder of jobs and dropped files below that of the runs.
OWN = ".xenosim-app"
STARTER = "starter (shipped with xenosim)"


class Entry(NamedTuple):
    """A run as the list shows it: ``state`` is finished, unfinished, running or damaged; ``done``
    animals of ``all``, 0 where unknown [-].
    """

    name: str
    state: str
    kind: str
    title: str
    date: str
    answer: str
    done: int = 0
    all: int = 0


class Animal(NamedTuple):
    """An animal of a run that had a tumor on ``days`` of measurement [day]."""

    arm: str
    replicate: int
    number: int
    days: tuple[float, ...]

    @property
    def name(self) -> str:
        """What it is called on the page."""
        again = f", replicate {self.replicate}" if self.replicate else ""
        return f"{self.arm}, animal {self.number}{again}"


@dataclass
class Folder:
    """The folder of the runs, and that of the scenarios.

    Attributes
    ----------
    runs, scenarios : Path
        Where they are; they need not exist.
    """

    runs: Path
    scenarios: Path

    def __post_init__(self) -> None:
        self._read: dict[tuple[str, int], Entry] = {}

    def own(self) -> Path:
        """The folder of the page's own files, made when it is needed."""
        path = self.runs / OWN
        path.mkdir(parents=True, exist_ok=True)
        return path

    def run(self, name: str) -> Path:
        """The directory of a run by its name (RunError if there is none)."""
        return _inside(self.runs, name, "run")

    def scenario_names(self) -> list[str]:
        """Names of the scenarios that can be opened: those of both folders, and the starter."""
        own = [path.name for path in sorted(self.runs.glob("*.yaml"))]
        shipped = [path.name for path in sorted(self.scenarios.glob("*.yaml"))]
        return [*shipped, *(name for name in own if name not in shipped), STARTER]

    def scenario(self, name: str) -> Path:
        """The file of a scenario by its name (RunError if there is none)."""
        if name == STARTER:
            return Path(str(files("xenosim.scenario").joinpath("starter.yaml")))
        if name not in self.scenario_names():
            raise RunError("there is no such scenario", where="scenario", remedy="choose one")
        folder = self.scenarios if (self.scenarios / name).is_file() else self.runs
        return _inside(folder, name, "scenario")

    def entries(self) -> list[Entry]:
        """All runs, the newest first; of a finished one the manifest is read once."""
        if not self.runs.is_dir():
            return []
        found = sorted(
            (path for path in self.runs.iterdir() if path.is_dir() and path.name[0] != "."),
            key=lambda path: path.name,
            reverse=True,
        )
        return [self._entry(path) for path in found[:MOST_RUNS]]

    def _entry(self, path: Path) -> Entry:
        try:
            if path.name.endswith(UNFINISHED):
                return _unfinished(path)
            key = (path.name, (path / "manifest.json").stat().st_mtime_ns)
            if key not in self._read:
                self._read[key] = _finished(path)
            return self._read[key]
        except (OSError, RunError):
            return Entry(path.name, "damaged", "", path.name, "", "no manifest can be read")

    def picture(self, run: str, name: str) -> tuple[Path, str]:
        """A figure of a run by its name and its type (RunError if there is none)."""
        path = _inside(self.run(run) / "figures", name, "figure")
        if path.suffix not in PICTURES or not path.is_file():
            raise RunError("there is no such figure", where="figure")
        return path, PICTURES[path.suffix]

    def pictures(self, run: str) -> list[str]:
        """Names of the figures of a run: one file each, vectors before pixels."""
        folder = self.run(run) / "figures"
        if not folder.is_dir():
            return []
        best: dict[str, str] = {}
        for suffix in reversed(PICTURES):
            best |= {path.stem: path.name for path in sorted(folder.glob(f"*{suffix}"))}
        return sorted(best.values(), key=lambda name: (not name.startswith(MAIN_FIGURES), name))

    def animals(self, run: str) -> list[Animal]:
        """The animals of a run that can be simulated again on the lattice: none of radial twins
        (RunError: a damaged table).
        """
        if not any((self.run(run) / SLICES).glob(f"{SLICE}*.npz")):
            return []
        days: dict[tuple[str, int, int], list[float]] = {}
        try:
            for row in self.table(run, "truth", MOST_MEASURED):
                key = row["arm"], int(row.get("replicate") or 0), int(row["animal_id"])
                if float(row["n_agents"]) > 0:
                    days.setdefault(key, []).append(float(row["day"]))
        except (KeyError, TypeError, ValueError) as error:
            raise RunError("the table is damaged", where="truth.csv") from error
        return [Animal(*key, tuple(found)) for key, found in days.items()]

    def table(self, run: str, name: str, most: int = MOST_ROWS) -> list[dict[str, str]]:
        """Rows of a table of a run, as text, ``most`` of them; empty where there is none."""
        path = self.run(run) / f"{name}.csv"
        if not path.is_file():
            return []
        try:
            with path.open(encoding="utf-8", newline="") as file:
                return [row for row, _ in zip(csv.DictReader(file), range(most), strict=False)]
        except (OSError, ValueError, csv.Error) as error:
            raise RunError("the table is damaged", where=f"{name}.csv") from error


def _inside(folder: Path, name: str, what: str) -> Path:
    """``folder/name`` where it is there, and in that folder (RunError)."""
    plain = name and name == Path(name).name and "\\" not in name and name[0] != "."
    path = folder / name if plain else folder
    if not plain or not path.exists() or path.resolve().parent != folder.resolve():
        raise RunError(f"there is no such {what}", where=what, remedy="choose one of the list")
    return path


def _finished(path: Path) -> Entry:
    """What a manifest says of a run (RunError, OSError)."""
    if (path / "manifest.json").stat().st_size > LARGEST:
        raise RunError("the manifest is too large", where=path.name)
    manifest = read_manifest(path)
    kind = str(manifest.get("assay") or _kind(manifest))
    title = str(manifest.get("title") or path.name)
    answer = str(manifest.get("answer", ""))
    return Entry(path.name, "finished", kind, title, str(manifest.get("date", "")), answer)


def _kind(manifest: dict[str, Any]) -> str:
    for kind in ("measured", "design", "search", "panel"):
        if kind in manifest:
            return kind
    return "study"


def _unfinished(path: Path) -> Entry:
    """How far an unfinished run is, and whether somebody works on it."""
    state = "running" if is_worked_on(path) else "unfinished"
    title, date, total = path.name, "", 0
    if not (path / "run.json").is_file():
        return Entry(path.name, "damaged", "study", title, date, "it has no plan")
    for scenario in _documents(path / "scenario.json"):
        title = str(scenario.get("title") or title)
        animals = scenario.get("animals")
        arms = scenario.get("arms")
        if isinstance(animals, dict) and isinstance(arms, list):
            total = int(animals.get("per_arm", 0)) * len(arms) * int(scenario.get("replicates", 1))
    done = len(list((path / "outcomes").glob("[!.]*.ckpt")))
    return Entry(path.name, state, "study", title, date, "", done, total)


def _documents(path: Path) -> Iterator[dict[str, Any]]:
    """The mapping that a file with its checksum holds; nothing where it is damaged."""
    if path.is_file() and path.stat().st_size <= LARGEST:
        data = read_checked_json(path)
        if isinstance(data, dict):
            yield data


def is_worked_on(path: Path) -> bool:
    """Whether a process has the lock of an unfinished run."""
    try:
        with (path / "lock").open("r+", encoding="utf-8") as lock:
            try_lock(lock)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
