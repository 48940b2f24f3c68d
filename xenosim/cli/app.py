"""Verb app: the page on this computer."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from xenosim.errors import RunError

#: The package of the extra ``app``, and how it is installed.
PACKAGE, INSTALL = "nicegui", "pip install 'nicegui>=3.10,<4'"


def open_page(runs: str, scenarios: str | None, port: int | None, show: bool) -> None:
    """Serve the page; RunError where the extra is missing or the port is in use."""
    if find_spec(PACKAGE) is None:
        raise RunError(f"the page needs the extra 'app' (package {PACKAGE})", remedy=INSTALL)

    from xenosim.app.server import serve
    from xenosim.scenario.shipped import FOLDER

    serve(Path(runs), Path(scenarios) if scenarios else FOLDER, port, show)
