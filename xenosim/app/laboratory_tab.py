"""The tab of the laboratory: a table that is dropped is analyzed, once its layout and its control
are confirmed.
"""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from nicegui import ui

from xenosim.app.parts import heading, live, said
from xenosim.app.verb_tab import Verb
from xenosim.errors import XenosimError
from xenosim.io.runs import read_manifest

if TYPE_CHECKING:
    from xenosim.app.server import Site

#: Largest file that is taken [bytes], endings that are, and most letters of its name.
LARGEST, ENDINGS, LONGEST = 10_000_000, (".csv", ".tsv", ".txt", ".xlsx"), 80
LAYOUTS = {"": "as told in the file", **{n: n for n in ("long", "by-day", "by-animal", "blocks")}}


class LaboratoryTab:
    """Measured studies, for one browser."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.file: Path | None = None
        heading("Laboratory")
        ui.label(
            "A table of measured tumors (CSV, TSV, Excel, at most 10 MB) is read, its layout shown"
            " to be confirmed, and analyzed as a run is. It stays on this computer."
        ).classes("text-sm")
        upload = ui.upload(
            label="drop a table here, or choose one",
            auto_upload=True,
            max_file_size=LARGEST,
            max_files=1,
            on_upload=self.dropped,
            on_rejected=self.refused_file,
        )
        upload.props(f'accept="{",".join(ENDINGS)}" flat bordered').classes("w-96")
        self.upload = upload
        self.told = live()
        with ui.row().classes("items-end gap-3"):
            self.control = ui.input("control arm").props("dense maxlength=120").classes("w-48")
            self.layout = ui.select(LAYOUTS, value="", label="layout").classes("w-48")
            self.map = ui.input("columns, NAME=column").props("dense maxlength=400").classes("w-72")
            self.button = ui.button("Analyze", on_click=self.analyze).props("no-caps")
        self.button.disable()
        self.verb = Verb(site, self.show, self.refused)

    async def dropped(self, event: Any) -> None:
        """Keep a file that was dropped, under a name of our own making."""
        content = await event.file.read()
        self.upload.reset()
        name = safe_name(event.file.name)
        if name is None or len(content) > LARGEST:
            self.refused_file()
            return
        folder = self.site.folder.own() / f"lab-{uuid.uuid4().hex}"
        folder.mkdir()
        self.file = folder / name
        self.file.write_bytes(content)
        self.told.text = f"{name}: {len(content) / 1000:.0f} kB"
        self.button.enable()
        self.analyze()

    def refused_file(self, _: Any = None) -> None:
        """Say what is taken."""
        endings = ", ".join(ENDINGS)
        self.told.text = f"not taken: a file of at most {LARGEST // 10**6} MB, {endings}"

    def analyze(self) -> None:
        """Start the analysis of the file with what is said of it."""
        if self.file is None:
            return
        options = ["--out", str(self.site.folder.runs), "--json"]
        for flag, value in (
            ("--control", self.control.value),
            ("--layout", self.layout.value),
            ("--map", self.map.value),
        ):
            options += [f"{flag}={value}"] if value else []
        self.verb.start(f"analyze {self.file.name}", ["analyze", str(self.file), *options])

    def refused(self, errors: str) -> bool:
        """Ask what an error asks for: the control among the arms, or a layout to confirm."""
        text = errors.replace(str(self.file), self.file.name if self.file else "")
        _, control, arms = text.partition("which arm is the control?")
        layout = re.search(r"--layout ([\w-]+)\s*$", text)
        if control:
            heading("Which arm is the control?", 3)
            for arm in re.findall(r"'([^']+)'", arms.partition("the arms are")[2])[:12]:
                self._offer(f"The control is '{arm}'", self.control, arm)
        elif layout and layout[1] in LAYOUTS:
            said(text)
            self._offer(f"Yes, it is '{layout[1]}'", self.layout, layout[1])
        else:
            said(text, "error")
            return False
        return True

    def _offer(self, text: str, field: Any, value: str) -> None:
        def choose() -> None:
            field.value = value
            self.analyze()

        ui.button(text, on_click=choose).props("outline no-caps")

    def show(self, name: str) -> None:
        """Show the analyzed study that was kept under a name."""
        try:
            said(str(read_manifest(self.site.folder.run(name)).get("answer", "")))
            link = ui.link("Download the report", f"/run/{quote(name)}/report.html")
            link.classes("px-3 py-1 border rounded").props["download"] = ""
            for picture in self.site.folder.pictures(name)[:4]:
                image = ui.element("img").classes("max-w-[600px] w-[48%] border")
                image.props["src"] = f"/run/{quote(name)}/figures/{quote(picture)}"
                image.props["alt"] = f"figure {picture}"
        except XenosimError as error:
            said(str(error), "error")


def safe_name(given: str) -> str | None:
    """The name of a dropped file as it is kept; None for an ending that is not taken.

    Examples
    --------
    >>> safe_name("../../my study.csv"), safe_name("run.sh")
    ('my_study.csv', None)
    """
    last = given.replace("\\", "/").rpartition("/")[2]
    name = re.sub(r"[^\w.-]+", "_", last)[-LONGEST:].lstrip(".-_")
    return name if Path(name).suffix.lower() in ENDINGS and Path(name).stem else None
