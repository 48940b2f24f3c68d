"""A tumor of a run in three dimensions, day by day: simulated again by the command line, turned and
cut in the browser.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from nicegui import ui
from nicegui.element import Element

from xenosim.app.folder import Animal, Folder
from xenosim.app.parts import heading, named
from xenosim.app.verb_tab import Verb
from xenosim.errors import RunError

if TYPE_CHECKING:
    from xenosim.app.server import Site

#: Most days of a tumor that are kept [-], and time between two looks for another one [s].
MOST_DAYS, LOOK_S = 16, 1.0
#: Beginnings of the names of folders of tumors and of their files.
PLACE, FILE = "tumor-", "tumor"


class Volume(Element, component="volume.js"):
    """The tumor as the browser draws it: ``days`` as they are called in an ``address``."""

    def __init__(self, address: str, label: str, days: list[str]) -> None:
        super().__init__()
        self.props["address"], self.props["label"], self.props["days"] = address, label, days


class VolumeView:
    """The tumors of a run on the lattice, for one browser; ``animals``: those that had one."""

    def __init__(self, site: Site, run: str, animals: list[Animal]) -> None:
        self.site, self.run = site, run
        self.animals = {str(k): animal for k, animal in enumerate(animals)}
        self.volume: Volume | None = None
        heading("The tumor in three dimensions, and in section, by day", 3)
        ui.label(
            "A run keeps tables, not tumors: the animal is simulated again, once, which takes as"
            " long as it took in the run; then its days can be turned and cut at once."
        ).classes("text-sm")
        with ui.row().classes("items-end gap-3"):
            names = {key: animal.name for key, animal in self.animals.items()}
            self.choice = ui.select(names, value="0", label="animal", on_change=self.begin)
            self.choice.classes("w-72")
            named(ui.button("Show", on_click=self.start), "Show this tumor").props("no-caps")
        self.verb = Verb(site, lambda _: self.look())
        self.canvas = ui.column().classes("w-full")
        self.timer = ui.timer(LOOK_S, self.look, active=False)
        self.begin()

    @property
    def animal(self) -> Animal:
        """The chosen animal."""
        return self.animals[str(self.choice.value)]

    @property
    def place(self) -> Path:
        """The folder of its days."""
        return self.site.folder.own() / place_of(self.site.folder, self.run, self.animal)

    def begin(self) -> None:
        """Show what is there of the chosen animal."""
        self.canvas.clear()
        self.volume = None
        self.look()

    def start(self) -> None:
        """Simulate the animal again, for the days that are not there."""
        have = files_of(self.place)
        days = [f"--day={day:g}" for day in shown_days(self.animal) if f"{day:g}" not in have]
        if not days:
            self.look()
            return
        self.place.mkdir(exist_ok=True)
        one, out = self.animal, self.place / f"{FILE}.npz"
        # One day that is missing would be written under the name without a day.
        if len(days) == 1:
            out = self.place / f"{FILE}_day_{days[0].removeprefix('--day=')}.npz"
        options = [f"--arm={one.arm}", f"--animal={one.number}", f"--replicate={one.replicate}"]
        options += [*days, "--format=npz", f"--out={out}", "--json"]
        run = str(self.site.folder.run(self.run))
        self.verb.start(f"tumor of {one.name}", ["export", run, *options])
        self.timer.active = True

    def look(self) -> None:
        """Show the days that are there by now."""
        days = list(files_of(self.place))
        if self.verb.job is None or self.verb.job.code is not None:
            self.timer.active = False
        elif self.timer.active:
            wanted = len(shown_days(self.animal))
            self.verb.status.text = f"simulating: {len(days)} of {wanted} days are there"
        if days and self.volume is None:
            with self.canvas:
                address = f"/tumor/{self.place.name}"
                self.volume = Volume(address, f"tumor of {self.animal.name}", days)
        elif self.volume is not None and self.volume.props["days"] != days:
            self.volume.props["days"] = days


def shown_days(animal: Animal) -> list[float]:
    """Days of measurement of an animal [day], thinned out where they are many; the last among
    them.

    Examples
    --------
    >>> shown_days(Animal("a", 0, 1, tuple(map(float, range(40)))))[-3:]
    [33.0, 36.0, 39.0]
    """
    step = -(-len(animal.days) // MOST_DAYS)
    return list(animal.days[::-1][::step][::-1])


def place_of(folder: Folder, run: str, animal: Animal) -> str:
    """Name of the folder of an animal's days: another one when the run was written anew (RunError:
    no such run).
    """
    written = (folder.run(run) / "manifest.json").stat().st_mtime_ns
    told = f"{run}/{written}/{animal.arm}/{animal.replicate}/{animal.number}"
    return PLACE + hashlib.sha256(told.encode()).hexdigest()[:20]


def files_of(place: Path) -> dict[str, Path]:
    """The files of a folder of days, by the day as their names have it, in rising order."""
    begin = f"{FILE}_day_"
    found = {path.stem.removeprefix(begin): path for path in place.glob(f"{begin}*.npz")}
    return dict(sorted(found.items(), key=lambda item: float(item[0])))


def voxels_of(folder: Folder, place: str, field: str, day: str) -> bytes:
    """What a browser draws of a day (RunError: there is none, or it cannot be read)."""
    from xenosim.app.voxels import packed
    from xenosim.io.volumes import check_fields

    files = files_of(folder.own() / place) if place in names_of(folder) else {}
    if day not in files:
        raise RunError("there is no such day", where="day", remedy="show the tumor again")
    check_fields([field])
    return packed(tuple(files.values()), field, list(files).index(day))


def names_of(folder: Folder) -> set[str]:
    """Names of all folders of days."""
    return {path.name for path in folder.own().glob(f"{PLACE}*") if path.is_dir()}
