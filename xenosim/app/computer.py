"""The page's hold on its computing process: requests out, answers back to who asked, started again
if it dies.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

#: Called with each answer to a client's newest request.
Listener = Callable[[dict[str, Any]], None]
#: Longest answer of the process [bytes].
LONGEST = 4_000_000
GONE = {"mistakes": [{"field": "", "text": "the computing process ended; change something"}]}


class Computer:
    """One computing process for all clients; it begins with the first request, or with
    :meth:`start`.
    """

    def __init__(self, command: tuple[str, ...] = ("-m", "xenosim.app.worker")) -> None:
        self.command = command
        self.ready = False
        self.process: asyncio.subprocess.Process | None = None
        self.listeners: dict[str, tuple[int, Listener]] = {}
        self.reader: asyncio.Task[None] | None = None
        self.starting = asyncio.Lock()

    async def start(self) -> None:
        """Start the process where it does not run."""
        async with self.starting:
            if self.process is not None and self.process.returncode is None:
                return
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                *self.command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=LONGEST,
            )
            self.reader = asyncio.create_task(self._listen(self.process))

    async def ask(
        self, client: str, file: Path, overrides: Mapping[str, str], listener: Listener
    ) -> None:
        """Ask; the client's earlier requests are forgotten, their answers not told any more."""
        number = self.listeners.get(client, (0, listener))[0] + 1
        self.listeners[client] = (number, listener)
        await self.start()
        assert self.process is not None and self.process.stdin is not None
        request = {"client": client, "number": number, "file": str(file)}
        line = json.dumps(request | {"overrides": dict(overrides)})
        with suppress(ConnectionError):
            self.process.stdin.write(line.encode() + b"\n")
            await self.process.stdin.drain()

    def forget(self, client: str) -> None:
        """Tell a client nothing any more."""
        self.listeners.pop(client, None)

    async def stop(self) -> None:
        """End the process."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            try:
                self._tell(json.loads(line))
            except Exception:
                # One browser's trouble is not that of the others.
                logging.getLogger("xenosim").exception("an answer could not be shown")
        self.ready = False
        for _, listener in list(self.listeners.values()):
            listener(GONE)

    def _tell(self, answer: dict[str, Any]) -> None:
        if answer.get("ready"):
            self.ready = True
            return
        number, listener = self.listeners.get(answer["client"], (0, None))
        if listener is not None and answer["number"] == number:
            listener(answer)
