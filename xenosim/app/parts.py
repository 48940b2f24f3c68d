"""Small pieces that every tab of the page uses; text is always shown as text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

#: Where the keyboard is, seen on every kind of element.
FOCUS = """:focus-visible, .q-focusable:focus-visible, .q-checkbox:focus-visible,
.q-field:has(input:focus-visible) { outline: 2px solid #D55E00 !important; outline-offset: 1px; }
input[type=range] { accent-color: #0072B2; }"""


def heading(text: str, level: int = 2) -> ui.element:
    """A heading as a screen reader knows it: ``level`` 1 to 6."""
    size = {1: "text-xl", 2: "text-lg"}.get(level, "text-base")
    found = ui.element(f"h{level}").classes(f"{size} font-semibold m-0 leading-tight")
    with found:
        ui.label(text)
    return found


def named(element: Any, text: str) -> Any:
    """Give an element a name that is read aloud; ``text`` is no markup."""
    element.props["aria-label"] = text
    return element


def figure(chart: ui.echart, text: str) -> ui.echart:
    """A chart as a picture with a name."""
    chart.props["role"] = "img"
    return named(chart, text)


def slider(
    text: str, ends: tuple[float, float, float], value: float, moved: Callable[[float], None]
) -> ui.element:
    """The browser's own slider, which keyboard and screen reader know: ``ends`` least, most and
    step; ``moved`` is called with where it was moved to.
    """
    found = ui.element("input").classes("grow min-w-0")
    # The value as an attribute: where the user has moved it since is left alone.
    shown = {"type": "range", "min": ends[0], "max": ends[1], "step": ends[2], "^value": value}
    for name, given in shown.items():
        found.props[name] = given
    found.on(
        "input",
        lambda event: moved(float(event.args)),
        js_handler="(event) => emit(event.target.value)",
        throttle=0.05,
    )
    return named(found, text)


def said(text: str, kind: str = "") -> ui.label:
    """Text as a program prints it: lines as they are; ``kind`` "error" is read at once."""
    label = ui.label(text).classes("whitespace-pre-wrap font-mono text-sm break-words w-full")
    if kind == "error":
        label.classes("text-red-800 bg-red-50 p-2 rounded")
        label.props["role"] = "alert"
    return label


def live() -> ui.label:
    """A line that a screen reader reads when it changes."""
    label = ui.label("").classes("text-sm")
    label.props["role"] = "status"
    label.props["aria-live"] = "polite"
    return label


def table(
    columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]], label: str, **more: Any
) -> ui.table:
    """A table of plain text: ``columns`` by field, what heads them."""
    heads = [
        {"name": name, "label": head, "field": name, "align": "left", "sortable": True}
        for name, head in columns.items()
    ]
    found = ui.table(columns=heads, rows=[dict(row) for row in rows], **more)
    found.props("dense flat bordered wrap-cells :rows-per-page-options=[0]").classes("w-full")
    return named(found, label)
