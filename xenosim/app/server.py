"""The server of the page: on loopback only, for this computer's browsers."""

from __future__ import annotations

import socket
import sys
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from fastapi import Response
from nicegui import app, background_tasks, ui
from nicegui import run as threads

from xenosim.app.computer import Computer
from xenosim.app.dish_tab import DishTab
from xenosim.app.folder import Folder
from xenosim.app.jobs import Jobs
from xenosim.app.laboratory_tab import LaboratoryTab
from xenosim.app.parts import FOCUS, heading
from xenosim.app.runs_tab import RunsTab
from xenosim.app.study_tab import StudyTab
from xenosim.app.volume_view import voxels_of
from xenosim.errors import RunError, XenosimError

HOST, PORT, TRIED = "127.0.0.1", 8642, 20
#: Names by which this computer calls itself.
OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")
#: What a browser may do with a file of a run: show it, run nothing in it.
SAFE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    "X-Content-Type-Options": "nosniff",
}
Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Any, Any], Awaitable[None]]


class Site:
    """What all browsers share: the folder, the jobs and the computing process."""

    def __init__(self, folder: Folder) -> None:
        self.folder, self.jobs, self.computer = folder, Jobs(folder), Computer()


class OwnPagesOnly:
    """Answers only what was asked of this computer by its name, from this page: another site that
    is open in the same browser gets nothing.
    """

    def __init__(self, inner: Asgi) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan" or is_own(dict(scope.get("headers", []))):
            await self.inner(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body", "body": b"not from here\n"})


def is_own(headers: dict[bytes, bytes]) -> bool:
    """Whether a request is to this computer by its name, and from a page of it.

    Examples
    --------
    >>> is_own({b"host": b"localhost:8642"}), is_own({b"host": b"evil.example"})
    (True, False)
    >>> is_own({b"host": b"localhost:8642", b"origin": b"https://evil.example"})
    False
    """
    host = headers.get(b"host", b"").decode("latin-1")
    origin = headers.get(b"origin", b"").decode("latin-1")
    return host.rpartition(":")[0] in OWN_NAMES and origin in ("", f"http://{host}")


def free_port(asked: int | None) -> int:
    """The port to serve on: the one ``asked`` for, or the first free one from :data:`PORT` on.

    Raises
    ------
    RunError
        It is in use.
    """
    for port in [asked] if asked is not None else range(PORT, PORT + TRIED):
        with socket.socket() as trial:
            # As the server will: a port that was just left counts as free.
            if sys.platform != "win32":
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
            return port
    wanted = f"port {asked} is" if asked is not None else f"ports {PORT} to {PORT + TRIED - 1} are"
    raise RunError(f"{wanted} in use", where="--port", remedy="choose another: --port 9000")


def build(site: Site) -> None:
    """Define the page and the files behind it."""

    @app.get("/run/{run}/figures/{name}")
    def picture(run: str, name: str) -> Response:
        return _file(lambda: site.folder.picture(run, name))

    @app.get("/run/{run}/scenario.yaml")
    def scenario(run: str) -> Response:
        return _file(lambda: (site.folder.run(run) / "scenario.yaml", "text/yaml"), save=True)

    @app.get("/run/{run}/report.html")
    async def report(run: str) -> Response:
        found = await threads.io_bound(lambda: _report(site.folder, run))
        return found or Response(status_code=503)

    @app.get("/tumor/{place}/{field}/{day}")
    async def tumor(place: str, field: str, day: str) -> Response:
        found = await threads.io_bound(lambda: _tumor(site.folder, place, field, day))
        return found or Response(status_code=503)

    app.add_middleware(OwnPagesOnly)
    # What takes long to load is loaded while the user looks at the page.
    app.on_startup(lambda: background_tasks.create(site.computer.start(), name="computer"))
    app.on_shutdown(site.computer.stop)


def page(site: Site) -> None:
    """The page, once for every browser that opens it."""
    client = uuid.uuid4().hex
    ui.colors(primary="#0072B2", negative="#A02C00")
    ui.add_css(FOCUS)
    ui.query(".nicegui-content").classes("p-4 gap-2")
    with ui.element("header").classes("w-full flex items-baseline gap-3"):
        heading("xenosim", 1)
        ui.label("tumor xenografts, simulated cell by cell").classes("text-sm text-gray-700")
    with ui.tabs().props("align=left no-caps dense inline-label") as tabs:
        names = ("Study", "Runs", "Dish", "Laboratory")
        study, runs, dish, laboratory = (ui.tab(name) for name in names)
    with ui.tab_panels(tabs, value=study, animated=False, keep_alive=True).classes("w-full"):
        with ui.tab_panel(study).classes("p-0"):
            StudyTab(site, client, lambda: tabs.set_value(runs))
        with ui.tab_panel(runs).classes("p-0"):
            RunsTab(site)
        with ui.tab_panel(dish).classes("p-0"):
            DishTab(site)
        with ui.tab_panel(laboratory).classes("p-0"):
            LaboratoryTab(site)
    ui.context.client.on_delete(lambda: site.computer.forget(client))


def serve(runs: Path, scenarios: Path, port: int | None, show: bool) -> None:
    """Serve the page until Ctrl-C.

    Raises
    ------
    RunError
        The port is in use, or the folder of the runs is none.
    """
    if runs.exists() and not runs.is_dir():
        raise RunError("this is no folder", where=str(runs), remedy="give a folder: --runs runs")
    chosen = free_port(port)
    site = Site(Folder(runs.absolute(), scenarios.absolute()))
    build(site)
    app.on_startup(
        lambda: print(f"xenosim: http://localhost:{chosen} (Ctrl-C ends it)", flush=True)
    )
    ui.run(
        lambda: page(site),
        host=HOST,
        port=chosen,
        title="xenosim",
        favicon="🧫",
        language="en-US",
        show=show,
        reload=False,
        show_welcome_message=False,
        reconnect_timeout=30.0,
    )


def _file(find: Callable[[], tuple[Path, str]], save: bool = False) -> Response:
    """A file of a run, or that there is none."""
    try:
        path, kind = find()
        content = path.read_bytes()
    except (XenosimError, OSError):
        return Response("no such file", status_code=404, media_type="text/plain")
    saving = {"Content-Disposition": f'attachment; filename="{path.name}"'} if save else {}
    return Response(content, media_type=kind, headers=SAFE | saving)


def _report(folder: Folder, run: str) -> Response:
    """The report of a run, written now."""
    try:
        from xenosim.report.html import report_html

        text = report_html(folder.run(run))
    except XenosimError as error:
        return Response(str(error), status_code=404, media_type="text/plain")
    saving = {"Content-Disposition": 'attachment; filename="report.html"'}
    return Response(text, media_type="text/html", headers=SAFE | saving)


def _tumor(folder: Folder, place: str, field: str, day: str) -> Response:
    """A tumor as a browser draws it."""
    try:
        content = voxels_of(folder, place, field, day)
    except XenosimError as error:
        return Response(str(error), status_code=404, media_type="text/plain")
    return Response(content, media_type="application/octet-stream", headers=SAFE)
