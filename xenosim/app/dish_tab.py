"""The tab of the dish: dose-response of one drug, or two drugs together, in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from nicegui import ui

from xenosim.app.parts import heading, said
from xenosim.app.verb_tab import Verb
from xenosim.errors import XenosimError
from xenosim.io.runs import read_manifest

if TYPE_CHECKING:
    from xenosim.app.server import Site

#: Most letters of a field.
LONGEST = 120


class DishTab:
    """Assays, for one browser."""

    def __init__(self, site: Site) -> None:
        self.site = site
        heading("Dish")
        ui.label("The same cells in a dish; what comes out is simulated.").classes("text-sm")
        with ui.row().classes("w-full items-end gap-3"):
            self.kind = ui.select(
                {"viability": "dose-response", "combine": "two drugs together"},
                value="viability",
                label="assay",
                on_change=self._kind,
            ).classes("w-52")
            self.line = self._input("line", "RPMI-8226")
            self.drug = self._input("drug", "ixazomib")
            self.dose = self._input("doses", "1..1000 nM")
            self.second = self._input("second drug", "lenalidomide")
            self.hours = ui.number("hours", value=72, min=1, max=240).props("dense").classes("w-20")
            ui.button("Measure", on_click=self.measure).props("no-caps")
        self._kind()
        self.verb = Verb(site, self.show)

    def _input(self, label: str, value: str) -> ui.input:
        return ui.input(label, value=value).props(f"dense maxlength={LONGEST}").classes("w-36")

    def _kind(self) -> None:
        alone = self.kind.value == "viability"
        self.dose.set_visibility(alone)
        self.second.set_visibility(not alone)

    def measure(self) -> None:
        """Start the assay."""
        line, drug, kind = self.line.value, self.drug.value, str(self.kind.value)
        options = [f"--line={line}", f"--hours={self.hours.value or 72:g}"]
        if kind == "viability":
            options += [f"--drug={drug}", f"--dose={self.dose.value}"]
        else:
            options += [f"--drugs={drug},{self.second.value}"]
        out = ["--out", str(self.site.folder.runs), "--json"]
        self.verb.start(f"{kind} of {line}", ["assay", kind, *options, *out])

    def show(self, name: str) -> None:
        """Show the assay that was kept under a name."""
        try:
            said(str(read_manifest(self.site.folder.run(name)).get("answer", "")))
            for picture in self.site.folder.pictures(name):
                image = ui.element("img").classes("max-w-[760px] border")
                image.props["src"] = f"/run/{quote(name)}/figures/{quote(picture)}"
                image.props["alt"] = f"figure {picture}"
        except XenosimError as error:
            said(str(error), "error")
