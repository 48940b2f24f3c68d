"""What the tabs of the dish and of the laboratory share: a verb is started, and what it says is
shown when it ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nicegui import ui

from xenosim.app.jobs import MOST_READ
from xenosim.app.parts import live, said
from xenosim.errors import XenosimError

if TYPE_CHECKING:
    from xenosim.app.jobs import Job
    from xenosim.app.server import Site

#: Time between two looks at a job [s].
LOOK_S = 0.3


class Verb:
    """A place on the page where a verb works, one at a time.

    Parameters
    ----------
    site : Site
        What all browsers share.
    show : callable
        Called with the name of the directory that the verb left, in the place of its answer.
    refused : callable, optional
        Called with what it said where it ended with an error, in the place of its answer; whether
        that was a question to the user. By default it is shown.
    """

    def __init__(
        self,
        site: Site,
        show: Callable[[str], None],
        refused: Callable[[str], bool] | None = None,
    ) -> None:
        self.site, self.show, self.refused = site, show, refused
        self.job: Job | None = None
        self.status = live()
        self.place = ui.column().classes("w-full gap-2")
        self.timer = ui.timer(LOOK_S, self.look, active=False)

    def start(self, label: str, arguments: Sequence[str]) -> None:
        """Start ``xenosim`` with ``arguments``; an earlier one is ended."""
        if self.job is not None:
            self.job.stop()
        self.place.clear()
        try:
            self.job = self.site.jobs.start(label, arguments)
        except (XenosimError, OSError) as error:
            with self.place:
                said(str(error), "error")
            return
        self.status.text = f"working: {label} ..."
        self.timer.active = True

    def look(self) -> None:
        """Show what the verb found, if it has ended."""
        if self.job is None or self.job.code is None:
            return
        job, self.timer.active = self.job, False
        errors = job.said("err")
        self.status.text = ""
        with self.place:
            if job.code == 0:
                self.show(directory_of(job.said("out", MOST_READ)))
            elif self.refused is None:
                said(errors or job.said("out"), "error")
            elif not self.refused(errors or job.said("out")):
                self.status.text = "it did not work"


def directory_of(out: str) -> str:
    """Name of the directory that a verb told with ``--json``; "" where it told none.

    Examples
    --------
    >>> directory_of('{"run_directory": "runs/a"}'), directory_of("no")
    ('a', '')
    """
    try:
        told: Any = json.loads(out)
    except ValueError:
        return ""
    place = told.get("run_directory") or told.get("directory") if isinstance(told, dict) else ""
    return Path(str(place)).name if place else ""
