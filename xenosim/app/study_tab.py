"""The tab of a study: its form, its dosing calendar, instant answers of radial twins, and the
run.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from xenosim.app import charts
from xenosim.app.form import LONGEST, MOST_ARMS, StudyForm
from xenosim.app.parts import figure, heading, live, named, said, table
from xenosim.errors import XenosimError, describe

if TYPE_CHECKING:
    from xenosim.app.server import Site

MAIN_JOB = "escc_q2d.yaml"
#: Most scenarios that are tried at first, the starter among them [-].
MOST_TRIED = 6
#: What is said until the computing process has its kernels.
STARTING = (
    "starting; the first time on a computer, and after an update, the model is being compiled,"
    " which takes a minute or two ..."
)


class StudyTab:
    """A study, for one browser.

    Parameters
    ----------
    site : Site
        What all browsers share.
    client : str
        Whose answers these are.
    run_started : callable
        Called when a run was started.
    """

    def __init__(self, site: Site, client: str, run_started: Callable[[], object]) -> None:
        self.site, self.client, self.run_started = site, client, run_started
        self.file = ""
        names = site.folder.scenario_names()
        with ui.row().classes("w-full no-wrap items-start gap-4"):
            with ui.column().classes("w-[430px] shrink-0 gap-2"):
                self._questions(names)
            with ui.column().classes("grow min-w-0 gap-2"):
                self._answer()
        # Until the user chooses one: what is tried where a file cannot be read.
        self.untried = [name for name in names if name != self.choice.value][-MOST_TRIED:]
        self.open(self.choice.value)

    # -- what is shown
    def _questions(self, names: list[str]) -> None:
        heading("Study")
        self.choice = ui.select(
            names, value=_first(names), label="scenario", on_change=lambda e: self.choose(e.value)
        ).classes("w-full")
        self.passed_over = ui.column().classes("w-full gap-1")
        self.title = ui.label("").classes("text-sm text-gray-700")
        self.form = StudyForm(self.ask)
        with ui.row().classes("w-full items-end gap-2"):
            self.engine = ui.select(
                {"twin": "radial twin, seconds", "lattice": "lattice, the whole tumor"},
                value="twin",
                label="engine of the run",
            ).classes("w-56")
            named(ui.button("Run", on_click=self.run), "Run this study")
        self.started = live()

    def _answer(self) -> None:
        heading("Dosing calendar", 3)
        self.calendar = ui.echart({"series": []}, renderer="svg").classes("w-full h-28")
        figure(self.calendar, "Days of doses by arm")
        heading("What radial twins do, at once", 3)
        self.status = live()
        self.chart = ui.echart({"series": []}, renderer="svg").classes("w-full h-80")
        figure(self.chart, "Growth curves by arm with 95 % intervals")
        columns = {"arm": "arm", "tc": "T/C, last day (95 %)", "power": "a study of this size"}
        columns |= {"needed": "per arm for 80 % power"}
        self.table = table(columns, [], "T/C and power by arm", row_key="arm")
        ui.label(
            "SIMULATED. T/C: geometric mean relative volumes of true volumes, animals on common"
            " random numbers. Power: share of studies of this size in which Student's t on ln RTV"
            " finds a difference (p < 0.05)."
        ).classes("text-xs text-gray-600")

    # -- what the user does
    def choose(self, name: str) -> None:
        """Open the scenario that the user chose."""
        if name != self.file:
            self.untried = []
            self.passed_over.clear()
            self.open(name)

    def open(self, name: str) -> None:
        """Open a scenario by its name, without changes."""
        self.file = name
        self.form.open()
        self.ask()

    def run(self) -> None:
        """Start the run as a process of its own."""
        try:
            file = self.site.folder.scenario(self.file)
            title = self.form.study.get("title", self.file)
            self.site.jobs.run(file, self.form.overrides, str(self.engine.value), title)
        except (XenosimError, OSError) as error:
            self.form.show_mistakes([{"field": "", "text": str(error)}])
            return
        self.started.text = "The run has started: it is in the tab Runs, and goes on by itself."
        self.run_started()

    # -- questions and answers
    def ask(self) -> None:
        """Ask for an answer to what the form says now."""
        try:
            path = self.site.folder.scenario(self.file)
        except XenosimError as error:
            self.form.show_mistakes([{"field": "", "text": describe(error)}])
            return
        self.status.text = "computing ..." if self.site.computer.ready else STARTING
        asking = self.site.computer.ask(self.client, path, self.form.overrides, self.hear)
        background_tasks.create(asking, name=f"ask {self.client}")

    def hear(self, answer: dict[str, Any]) -> None:
        """Show an answer."""
        if "study" not in answer and self.untried:
            self._pass_over(answer["mistakes"])
            return
        self.untried = []
        self.form.show_mistakes(answer["mistakes"])
        if answer["mistakes"]:
            self.status.text = "not computed: see the mistakes"
        if "study" not in answer:
            return
        self.form.hear(answer["study"])
        self.title.text = answer["study"]["title"]
        self._draw_calendar()
        if "curves" in answer:
            self._draw(answer)

    def _pass_over(self, mistakes: list[dict[str, str]]) -> None:
        """Open another scenario in place of one that nobody chose and that cannot be read."""
        with self.passed_over:
            for mistake in mistakes:
                said(f"{self.file} cannot be opened: {mistake['text']}"[:LONGEST], "error")
        name = self.untried.pop(0)
        self.open(name)
        self.choice.value = name

    def _draw_calendar(self) -> None:
        self._set(self.calendar, charts.calendar(self.form.study))
        rows = len(self.form.study["arms"])
        self.calendar.style(f"height: {60 + charts.ROW_PX * min(rows, MOST_ARMS)}px")

    def _draw(self, answer: dict[str, Any]) -> None:
        self._set(self.chart, charts.growth(answer))
        found = {row["arm"]: row for row in answer["power"]}
        self.table.rows = [_row(row, found.get(row["arm"]), answer) for row in answer["tc"]]
        self.status.text = (
            f"{answer['animals']} of {answer['wanted']} twin animals of {answer['agents']} agents"
            f" in every arm; {answer['seconds']:.2f} s"
        )

    def _set(self, chart: ui.echart, options: dict[str, Any]) -> None:
        if chart.options != options:
            chart.options.clear()
            chart.options.update(options)
            chart.update()


def _first(names: list[str]) -> str:
    """The scenario that is open at first: the main job of the README where it is there."""
    return MAIN_JOB if MAIN_JOB in names else names[0]


def _row(
    tc: dict[str, Any], shown: dict[str, Any] | None, answer: dict[str, Any]
) -> dict[str, str]:
    """A treated arm in words."""
    ends = f" ({tc['low']:.0f} to {tc['high']:.0f})" if tc["low"] is not None else ""
    power, needed = "...", "..."
    if shown is not None:
        power = f"n = {shown['n']}: {_percent(shown['found'])} of studies find a difference"
        needed = str(shown["needed"]) if shown["needed"] else "more than 500"
    elif answer["animals"] >= answer["wanted"]:
        power = f"not told: needs {answer['enough']} twin animals"
        needed = "-"
    return {"arm": tc["arm"], "tc": f"{tc['tc_pct']:.0f} %{ends}", "power": power, "needed": needed}


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100.0 * share:.0f} %"
