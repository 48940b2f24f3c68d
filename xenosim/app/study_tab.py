"""The tab of a study: a form, its dosing calendar, instant answers of radial twins, and the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from xenosim.app import charts
from xenosim.app.parts import figure, heading, live, named, said, table
from xenosim.app.regimens import dose_of, interval_of, with_dose, with_interval
from xenosim.errors import XenosimError, describe

if TYPE_CHECKING:
    from xenosim.app.server import Site

#: Fields of the form beside the arms: their keys, names, and how many letters they take.
FIELDS = {
    "animals.per_arm": "animals per arm",
    "tumor.start_volume": "start volume",
    "measure.days": "days of measurement",
    "measure.humane_endpoint.tumor_volume": "humane endpoint, volume",
}
MAIN_JOB = "escc_q2d.yaml"
#: Most letters of a field, and most arms that are drawn with sliders.
LONGEST, MOST_ARMS = 400, 12


class StudyTab:
    """A study as a form, for one browser.

    Parameters
    ----------
    site : Site
        What all browsers share.
    client : str
        Whose answers these are.
    run_started : callable
        Called when a run was started.
    """

    def __init__(self, site: Site, client: str, run_started: Callable[[], None]) -> None:
        self.site, self.client, self.run_started = site, client, run_started
        self.file = ""
        self.study: dict[str, Any] = {}
        self.overrides: dict[str, str] = {}
        self.fields: dict[str, ui.input] = {}
        self.filling = False
        names = site.folder.scenario_names()
        with ui.row().classes("w-full no-wrap items-start gap-4"):
            with ui.column().classes("w-[430px] shrink-0 gap-2"):
                self._form(names)
            with ui.column().classes("grow min-w-0 gap-2"):
                self._answer()
        self.open(self.choice.value)

    # -- what is shown
    def _form(self, names: list[str]) -> None:
        heading("Study")
        self.choice = ui.select(
            names, value=_first(names), label="scenario", on_change=lambda e: self.open(e.value)
        ).classes("w-full")
        self.title = ui.label("").classes("text-sm text-gray-700")
        with ui.grid(columns=2).classes("w-full gap-x-3 gap-y-0"):
            for key, label in FIELDS.items():
                self.fields[key] = self._field(key, label)
        heading("Arms", 3)
        self.arms = ui.column().classes("w-full gap-1")
        with ui.row().classes("w-full items-end gap-2 no-wrap"):
            self.new_name = ui.input("new arm").classes("w-28").props("dense maxlength=40")
            self.new_text = ui.input("its regimen").classes("grow").props("dense maxlength=200")
            ui.button("Add arm", on_click=self.add_arm).props("outline dense no-caps")
        self.errors = ui.column().classes("w-full gap-1")
        with ui.row().classes("w-full items-end gap-2"):
            self.engine = ui.select(
                {"twin": "radial twin, seconds", "lattice": "lattice, the whole tumor"},
                value="twin",
                label="engine of the run",
            ).classes("w-56")
            named(ui.button("Run", on_click=self.run), "Run this study")
        self.started = live()

    def _field(self, key: str, label: str) -> ui.input:
        field = ui.input(label, on_change=lambda e, key=key: self.change(key, e.value or ""))
        return field.props(f"dense maxlength={LONGEST} debounce=150 no-error-icon")

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
    def open(self, name: str) -> None:
        """Open a scenario by its name, without changes."""
        try:
            self.site.folder.scenario(name)
        except XenosimError as error:
            self._show_mistakes([{"field": "", "text": describe(error)}])
            return
        self.file, self.overrides, self.study = name, {}, {}
        self.ask()

    def change(self, key: str, value: str) -> None:
        """Take a field as it was typed."""
        if self.filling or value == self.overrides.get(key):
            return
        self.overrides[key] = value[:LONGEST]
        self.ask()

    def add_arm(self) -> None:
        """Add a treated arm."""
        name, text = self.new_name.value.strip(), self.new_text.value.strip()
        if not name or not text or "." in name or "=" in name:
            told = "an arm needs a name, without '.' and '=', and a regimen"
            self._show_mistakes([{"field": "", "text": told}])
            return
        self.overrides[f"arms.{name}.regimen"] = text
        self.new_name.value = self.new_text.value = ""
        self.study = {}
        self.ask()

    def run(self) -> None:
        """Start the run as a process of its own."""
        try:
            file = self.site.folder.scenario(self.file)
            title = self.study.get("title", self.file)
            self.site.jobs.run(file, self.overrides, str(self.engine.value), title)
        except (XenosimError, OSError) as error:
            self._show_mistakes([{"field": "", "text": str(error)}])
            return
        self.started.text = "The run has started: it is in the tab Runs, and goes on by itself."
        self.run_started()

    # -- questions and answers
    def ask(self) -> None:
        """Ask for an answer to what the form says now."""
        path: Path = self.site.folder.scenario(self.file)
        self.status.text = "computing ..." if self.site.computer.ready else "starting ..."
        asking = self.site.computer.ask(self.client, path, self.overrides, self.hear)
        background_tasks.create(asking, name=f"ask {self.client}")

    def hear(self, answer: dict[str, Any]) -> None:
        """Show an answer."""
        self._show_mistakes(answer["mistakes"])
        if answer["mistakes"]:
            self.status.text = "not computed: see the mistakes"
        if "study" not in answer:
            return
        fresh = not self.study
        self.study = answer["study"]
        if fresh:
            self._fill()
        self._draw_calendar()
        if "curves" in answer:
            self._draw(answer)

    def _fill(self) -> None:
        """Fill the form with a scenario that was opened."""
        self.filling = True
        study = self.study
        values = {
            "animals.per_arm": str(study["per_arm"]),
            "tumor.start_volume": f"{study['start_mm3']:g} mm^3",
            "measure.days": f"[{', '.join(f'{day:g}' for day in study['days'])}]",
            "measure.humane_endpoint.tumor_volume": f"{study['end_mm3']:g} mm^3",
        }
        for key, value in values.items():
            self.fields[key].value = self.overrides.get(key, value)
        self.title.text = study["title"]
        for key in [key for key in self.fields if key.startswith("arms.")]:
            del self.fields[key]
        self.arms.clear()
        with self.arms:
            for arm in study["arms"][:MOST_ARMS]:
                self._arm(arm)
        self.filling = False

    def _arm(self, arm: dict[str, Any]) -> None:
        """The field of an arm's regimen, and sliders of its dose and interval."""
        name, key = arm["name"], f"arms.{arm['name']}.regimen"
        label = f"{name} (control)" if arm["control"] else name
        field = self._field(key, label).classes("w-full")
        named(field, f"regimen of {name}")
        field.value = self.overrides.get(key, arm["regimen"])
        self.fields[key] = field
        dose, days = dose_of(field.value), interval_of(field.value)
        with ui.row().classes("w-full items-center gap-2 no-wrap text-xs"):
            if dose:
                self._slider(f"dose of {name} (mg/kg)", 0.0, 3.0 * dose, dose / 20.0, dose, key)
            if days:
                self._slider(f"interval of {name} (day)", 1, 14, 1, days, key)

    def _slider(
        self, label: str, low: float, high: float, step: float, value: float, key: str
    ) -> None:
        """A slider that writes a regimen anew."""

        def moved(event: Any) -> None:
            field = self.fields[key]
            if self.filling or event.value is None:
                return
            if label.startswith("dose"):
                field.value = with_dose(field.value, round(max(event.value, step), 6))
            else:
                last = self.study["days"][-1]
                field.value = with_interval(field.value, int(event.value), last)

        ui.label(label.split(" of ")[0]).classes("w-12")
        slider = ui.slider(min=low, max=high, step=step, value=value, on_change=moved)
        named(slider.props("label dense").classes("grow"), label)

    def _show_mistakes(self, mistakes: list[dict[str, str]]) -> None:
        """Show each mistake beside its field, and the others below the arms."""
        told = {mistake["field"]: mistake["text"] for mistake in mistakes}
        for key, field in self.fields.items():
            field.error = told.get(key)
        self.errors.clear()
        with self.errors:
            for mistake in mistakes:
                if mistake["field"] not in self.fields:
                    said(mistake["text"], "error")

    def _draw_calendar(self) -> None:
        self._set(self.calendar, charts.calendar(self.study))
        rows = len(self.study["arms"])
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
