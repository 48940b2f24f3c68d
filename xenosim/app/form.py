"""The form of a study: fields, arms with sliders of dose and interval, and the mistakes beside
them. What differs from the scenario's file is kept as ``--set`` would have it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from nicegui import ui

from xenosim.app.parts import heading, named, said, slider
from xenosim.app.regimens import dose_of, interval_of, volume_of, with_dose, with_interval
from xenosim.scenario.document import LEFT_OUT

#: Fields of the form beside the arms: their keys and names.
FIELDS = {
    "model": "model of the tumor",
    "animals.per_arm": "animals per arm",
    "tumor.start_volume": "start volume",
    "measure.days": "days of measurement",
    "measure.humane_endpoint.tumor_volume": "humane endpoint, volume",
    "measure.humane_endpoint.body_weight_loss": "humane endpoint, weight loss",
}
START = "tumor.start_volume"
#: Most letters of a field, and most arms that are drawn with sliders.
LONGEST, MOST_ARMS = 400, 12


class Range(NamedTuple):
    """Where a slider goes: from ``low`` to ``high``, now at ``value``; ``step`` 0: a twentieth of
    the value.
    """

    low: float
    high: float
    value: float
    step: float = 0.0


class StudyForm:
    """A study as a form.

    Parameters
    ----------
    changed : callable
        Called when the user changed something.

    Attributes
    ----------
    overrides : dict
        What was changed, by key.
    study : dict
        The study as it was checked last; empty before.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self.changed = changed
        self.study: dict[str, Any] = {}
        self.overrides: dict[str, str] = {}
        self.fields: dict[str, ui.input] = {}
        self.added: set[str] = set()
        self.filling = False
        with ui.grid(columns=2).classes("w-full gap-x-3 gap-y-0"):
            for key, label in FIELDS.items():
                self.fields[key] = self._field(key, label)
        self.start = ui.row().classes("w-full items-center gap-2 no-wrap text-xs")
        heading("Arms", 3)
        self.arms = ui.column().classes("w-full gap-1")
        with ui.row().classes("w-full items-end gap-2 no-wrap"):
            self.new_name = ui.input("new arm").classes("w-28").props("dense maxlength=40")
            self.new_text = ui.input("its regimen").classes("grow").props("dense maxlength=200")
            ui.button("Add arm", on_click=self.add_arm).props("outline dense no-caps")
        self.errors = ui.column().classes("w-full gap-1")

    def _field(self, key: str, label: str) -> ui.input:
        field = ui.input(label, on_change=lambda e, key=key: self.change(key, e.value or ""))
        return field.props(f"dense maxlength={LONGEST} debounce=150 no-error-icon")

    # -- what the user does
    def change(self, key: str, value: str) -> None:
        """Take a field as it was typed."""
        if self.filling or value == self.overrides.get(key):
            return
        self.overrides[key] = value[:LONGEST]
        self.changed()

    def add_arm(self) -> None:
        """Add a treated arm."""
        name, text = self.new_name.value.strip(), self.new_text.value.strip()
        if not name or not text or "." in name or "=" in name:
            told = "an arm needs a name, without '.' and '=', and a regimen"
            self.show_mistakes([{"field": "", "text": told}])
            return
        if any(arm["name"] == name for arm in self.study.get("arms", [])):
            told = f"there is an arm '{name}' already: change its regimen"
            self.show_mistakes([{"field": "", "text": told}])
            return
        # An arm of the file that was left out comes back.
        if not self.overrides.pop(f"arms.{name}", None):
            self.added.add(name)
        self.overrides[f"arms.{name}.regimen"] = text
        self.new_name.value = self.new_text.value = ""
        self.anew()

    def remove_arm(self, name: str) -> None:
        """Leave an arm out."""
        self.overrides.pop(f"arms.{name}.regimen", None)
        if name not in self.added:
            self.overrides[f"arms.{name}"] = LEFT_OUT
        self.added.discard(name)
        self.anew()

    def anew(self) -> None:
        """Ask again, and fill the form with what comes."""
        self.study = {}
        self.changed()

    # -- what is shown
    def open(self) -> None:
        """Forget all changes, for another scenario."""
        self.overrides, self.study, self.added = {}, {}, set()

    def hear(self, study: dict[str, Any]) -> None:
        """Take a study that was checked; fill the form where it is another one."""
        fresh = not self.study
        self.study = study
        if fresh:
            self._fill()

    def _fill(self) -> None:
        self.filling = True
        study = self.study
        loss = study["end_weight_loss"]
        values = {
            "model": study["model"],
            "animals.per_arm": str(study["per_arm"]),
            START: f"{study['start_mm3']:g} mm^3",
            "measure.days": f"[{', '.join(f'{day:g}' for day in study['days'])}]",
            "measure.humane_endpoint.tumor_volume": f"{study['end_mm3']:g} mm^3",
            "measure.humane_endpoint.body_weight_loss": f"{100 * loss:g} %" if loss else "",
        }
        for key, value in values.items():
            self.fields[key].value = self.overrides.get(key, value)
        self.fields["model"].set_autocomplete(study["models"])
        for key in [key for key in self.fields if key.startswith("arms.")]:
            del self.fields[key]
        self.start.clear()
        with self.start:
            volume = volume_of(self.fields[START].value)
            if volume:
                ends = Range(volume / 4.0, 3.0 * volume, volume)
                self._slider("start volume (mm³)", START, ends, lambda _, mm3: f"{mm3:g} mm^3")
        self.arms.clear()
        with self.arms:
            for arm in study["arms"][:MOST_ARMS]:
                self._arm(arm)
        self.filling = False

    def _arm(self, arm: dict[str, Any]) -> None:
        """The field of an arm's regimen, and sliders of its dose and interval."""
        name, key = arm["name"], f"arms.{arm['name']}.regimen"
        with ui.row().classes("w-full items-end gap-1 no-wrap"):
            field = self._field(key, f"{name} (control)" if arm["control"] else name)
            named(field.classes("grow"), f"regimen of {name}")
            if not arm["control"]:
                button = ui.button("Remove", on_click=lambda: self.remove_arm(name))
                named(button.props("flat dense no-caps size=sm"), f"Remove arm {name}")
        field.value = self.overrides.get(key, arm["regimen"])
        self.fields[key] = field
        dose, days = dose_of(field.value), interval_of(field.value)
        with ui.row().classes("w-full items-center gap-2 no-wrap text-xs"):
            if dose:
                self._slider(
                    f"dose of {name} (mg/kg)", key, Range(0.0, 3.0 * dose, dose), with_dose
                )
            if days:
                self._slider(
                    f"interval of {name} (day)", key, Range(1, 14, days, 1), self._repeated
                )

    def _repeated(self, text: str, days: float) -> str:
        return with_interval(text, int(days), self.study["days"][-1])

    def _slider(
        self, label: str, key: str, ends: Range, written: Callable[[str, float], str]
    ) -> None:
        """A slider that writes the field ``key`` anew: ``written`` of its text and a value."""

        def moved(to: float) -> None:
            if not self.filling:
                field = self.fields[key]
                field.value = written(field.value, round(max(to, step), 6))

        step = ends.step or ends.value / 20.0
        ui.label(label.split(" of ")[0].split(" (")[0]).classes("shrink-0")
        slider(label, (ends.low, ends.high, step), ends.value, moved)

    def show_mistakes(self, mistakes: list[dict[str, str]]) -> None:
        """Show each mistake beside its field, and the others below the arms."""
        told = {mistake["field"]: mistake["text"] for mistake in mistakes}
        for key, field in self.fields.items():
            field.error = told.get(key)
        self.errors.clear()
        with self.errors:
            for mistake in mistakes:
                if mistake["field"] not in self.fields:
                    said(mistake["text"], "error")
