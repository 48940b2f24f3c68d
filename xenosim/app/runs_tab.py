"""The tab of the runs: all that are in the folder, jobs among them, and what one of them found."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from nicegui import run as threads
from nicegui import ui

from xenosim.app.folder import Entry
from xenosim.app.parts import heading, live, named, said, table
from xenosim.app.volume_view import VolumeView
from xenosim.errors import XenosimError, describe
from xenosim.io.runs import UNFINISHED

if TYPE_CHECKING:
    from xenosim.app.jobs import Job
    from xenosim.app.server import Site

#: Time between two looks at the folder [s], and most letters of a scenario that are shown.
LOOK_S, LONGEST = 2.0, 40_000
COLUMNS = {"state": "state", "date": "date", "title": "title", "kind": "kind", "name": "directory"}


class RunsTab:
    """The runs of the folder, for one browser."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.shown: Entry | None = None
        heading("Runs")
        self.jobs = ui.column().classes("w-full gap-1")
        self.status = live()
        self.table = table(
            COLUMNS,
            [],
            "Runs; choose one",
            row_key="name",
            selection="single",
            pagination=10,
            on_select=self._selected,
        )
        self.table.add_slot("body-selection", CHOSEN)
        self.filter = ui.input("find").props("dense clearable").classes("w-60")
        self.filter.bind_value_to(self.table, "filter")
        self.detail = ui.column().classes("w-full gap-2")
        self.entries: list[Entry] = []
        self.jobs_seen: tuple[Any, ...] = ()
        ui.timer(LOOK_S, self.look)

    async def look(self) -> None:
        """Look at the folder and at the jobs again."""
        entries = await threads.io_bound(self.site.folder.entries)
        if entries is not None and entries != self.entries:
            self.entries = entries
            self.table.rows = [_row(entry) for entry in entries]
            count = "1 run" if len(entries) == 1 else f"{len(entries) or 'no'} runs"
            self.status.text = f"{count} in {self.site.folder.runs}"
            self._follow()
        self._show_jobs()

    def _follow(self) -> None:
        """Show the chosen run as it is now: it goes on, and loses the ending of its name when it is
        finished.
        """
        chosen = self.shown
        if chosen is None:
            return
        names = (chosen.name, chosen.name.removesuffix(UNFINISHED))
        now = next((entry for entry in self.entries if entry.name in names), None)
        if now is not None and now != chosen:
            self.table.selected = [_row(now)]
            self.show(now.name)

    def _show_jobs(self) -> None:
        seen = tuple((id(job), job.code) for job in self.site.jobs.known)
        if seen == self.jobs_seen:
            return
        self.jobs_seen = seen
        self.jobs.clear()
        with self.jobs:
            for job in reversed(self.site.jobs.known[-6:]):
                self._job(job)

    def _job(self, job: Job) -> None:
        """A job: that it runs, or how it ended."""
        with ui.row().classes("items-center gap-2"):
            if job.code is None:
                ui.spinner(size="sm")
                ui.label(f"running: {job.label}")
                named(ui.button("Cancel", on_click=job.stop), f"Cancel {job.label}").props(
                    "outline dense no-caps"
                )
            elif job.code == 0:
                ui.label(f"done: {job.label}")
            else:
                ui.label(f"ended with code {job.code}: {job.label}")
        if job.code:
            said(job.said("err") or job.said("out"), "error")

    def _selected(self, event: Any) -> None:
        if event.selection:
            self.show(str(event.selection[0]["name"]))

    def show(self, name: str) -> None:
        """Show a run."""
        entry = next((entry for entry in self.entries if entry.name == name), None)
        self.shown = entry
        self.detail.clear()
        with self.detail:
            if entry is None:
                return
            try:
                self._detail(entry)
            except (XenosimError, OSError) as error:
                said(describe(error) if isinstance(error, XenosimError) else str(error), "error")

    def _detail(self, entry: Entry) -> None:
        heading(entry.title, 3)
        if entry.state in ("running", "unfinished"):
            self._unfinished(entry)
            return
        if entry.state == "damaged":
            said(f"{entry.name}: this directory is damaged: {entry.answer}", "error")
            return
        said(entry.answer)
        address = f"/run/{quote(entry.name)}"
        with ui.row().classes("gap-2"):
            if entry.kind in ("study", "measured", "panel"):
                _link("Download the report", f"{address}/report.html")
            _link("Download the scenario", f"{address}/scenario.yaml")
        self._endpoints(entry.name)
        self._pictures(entry.name)
        if entry.kind == "study":
            self._volume(entry.name)

    def _volume(self, name: str) -> None:
        """The tumors of a run on the lattice; radial twins have none to turn."""
        animals = self.site.folder.animals(name)
        if animals:
            VolumeView(self.site, name, animals)
        else:
            told = "Radial twins have no shape to turn: run it on the lattice for a tumor in 3-D."
            ui.label(told).classes("text-sm text-gray-700")

    def _unfinished(self, entry: Entry) -> None:
        """How far it is, and what can be done with it."""
        if entry.all:
            ui.linear_progress(entry.done / entry.all, show_value=False).props(
                "aria-label='animals done'"
            )
        ui.label(f"{entry.state}: {entry.done} of {entry.all or 'unknown'} animals done")

        def act(work: Callable[[str], Any]) -> Callable[[], None]:
            def do() -> None:
                try:
                    work(entry.name)
                    self.status.text = "asked for"
                except (XenosimError, OSError) as error:
                    self.status.text = str(error)

            return do

        if entry.state == "running":
            ui.button("Cancel", on_click=act(self.site.jobs.cancel)).props("outline no-caps")
        else:
            ui.button("Resume", on_click=act(self.site.jobs.resume)).props("outline no-caps")

    def _pictures(self, name: str) -> None:
        with ui.row().classes("w-full gap-3"):
            for picture in self.site.folder.pictures(name):
                address = f"/run/{quote(name)}/figures/{quote(picture)}"
                image = ui.element("img").classes("max-w-[600px] w-[48%] border")
                image.props["src"] = address
                image.props["alt"] = f"figure {picture.rpartition('.')[0].replace('_', ' ')}"
                image.props["loading"] = "lazy"

    def _endpoints(self, name: str) -> None:
        """The endpoints; the definition of each where the pointer or the focus is."""
        rows = self.site.folder.table(name, "endpoints")
        if not rows:
            return
        heading("Endpoints", 3)
        chosen: dict[str, ui.select] = {}
        columns = {"endpoint": "endpoint", "arm": "arm", "value": "estimate (95 % CI)"}
        columns |= {"unit": "unit", "n": "n"}
        told = [
            {
                "key": str(k),
                "endpoint": row.get("endpoint", ""),
                "arm": row.get("arm", ""),
                "value": interval(row),
                "unit": row.get("unit", ""),
                "n": row.get("n", ""),
                "definition": f"{row.get('definition', '')}; {row.get('note', '')}",
            }
            for k, row in enumerate(rows)
        ]
        with ui.row().classes("w-full gap-3"):
            for name, label in (("endpoint", "endpoints"), ("arm", "arms")):
                offered = list(dict.fromkeys(row[name] for row in told))
                choice = ui.select(
                    offered, multiple=True, value=[], label=f"{label} shown; none chosen: all"
                )
                choice.props("dense use-chips").classes("w-96")
                chosen[name] = choice.on_value_change(lambda: choose())
        found = table(columns, told, "Endpoints by arm", row_key="key", pagination=12)
        found.add_slot("body-cell-endpoint", DEFINED)

        def choose() -> None:
            found.rows = [
                row
                for row in told
                if all(row[n] in (c.value or [row[n]]) for n, c in chosen.items())
            ]


#: The box by which a run is chosen, with a name.
CHOSEN = """
<q-checkbox v-model="props.selected" dense :aria-label="'Show ' + props.row.title" />
"""
#: A cell that tells its definition; what is in braces is shown as text.
DEFINED = """
<q-td :props="props"><span tabindex="0" class="underline decoration-dotted cursor-help">
{{ props.row.endpoint }}<q-tooltip max-width="420px">{{ props.row.definition }}</q-tooltip>
<span class="sr-only">: {{ props.row.definition }}</span></span></q-td>
"""


def interval(row: dict[str, str]) -> str:
    """An estimate with its interval, as text; what is none is said.

    Examples
    --------
    >>> interval({"estimate": "0.0900461", "ci_low": "0.076", "ci_high": "0.104"})
    '0.09 (0.076 to 0.104)'
    >>> interval({"estimate": ""})
    'undefined'
    """

    def shown(name: str) -> str:
        try:
            return {"inf": "beyond the study", "-inf": "-"}.get(
                text := f"{float(row.get(name) or 'nan'):.3g}", text
            )
        except ValueError:
            return "nan"

    middle, low, high = map(shown, ("estimate", "ci_low", "ci_high"))
    if middle == "nan":
        return "undefined"
    return middle if "nan" in (low, high) else f"{middle} ({low} to {high})"


def _row(entry: Entry) -> dict[str, str]:
    state = entry.state
    if entry.all and state in ("running", "unfinished"):
        state = f"{state}, {entry.done} of {entry.all}"
    return {
        "state": state,
        "date": entry.date.replace("T", " "),
        "title": entry.title[:120],
        "kind": entry.kind,
        "name": entry.name,
    }


def _link(text: str, address: str) -> None:
    link = ui.link(text, address).classes("px-3 py-1 border rounded")
    link.props["download"] = ""
