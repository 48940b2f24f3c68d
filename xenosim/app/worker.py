"""The computing process of the page: requests as lines of JSON come in, answers go out.

A newer request of a client takes the place of its older one; clients take turns, a few animals
each. ``python -m xenosim.app.worker`` is started by the page and ends with it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

#: Longest request that is read [characters].
LONGEST = 200_000


class Turns:
    """Requests that are being answered, by client; ``work`` begins the answers of a request."""

    def __init__(self, work: Any) -> None:
        self.work = work
        self.going: dict[str, Iterator[dict[str, Any]]] = {}

    def add(self, request: Any) -> None:
        """Begin a request; the client's older one is forgotten."""
        self.going.pop(request.client, None)
        self.going[request.client] = self.work(request)

    def step(self) -> list[dict[str, Any]]:
        """One answer of each client that waits for one."""
        told = []
        for client, answers in list(self.going.items()):
            answer = next(answers, None)
            if answer is None:
                del self.going[client]
            else:
                told.append(answer)
        return told


def read_lines(stream: IO[str], queue: SimpleQueue[str | None]) -> None:
    """Put the lines of a stream into a queue; None at its end."""
    for line in stream:
        queue.put(line)
    queue.put(None)


def warm() -> None:
    """Compile or load the kernels by one small study."""
    from xenosim.app.folder import STARTER, Folder
    from xenosim.app.instant import Kept, Request, answers

    file = str(Folder(Path(), Path()).scenario(STARTER))
    for answer in answers(Request("", 0, file, {"animals.per_arm": "2"}), Kept()):
        if "curves" in answer:
            break


def serve(incoming: IO[str], outgoing: IO[str]) -> None:
    """Answer until the requests end."""
    queue: SimpleQueue[str | None] = SimpleQueue()
    Thread(target=read_lines, args=(incoming, queue), daemon=True).start()

    def say(answer: dict[str, Any]) -> None:
        outgoing.write(json.dumps(answer, allow_nan=False) + "\n")
        outgoing.flush()

    from xenosim.app.instant import Kept, Request, answers

    warm()
    say({"ready": True})
    kept = Kept()
    turns = Turns(lambda request: answers(request, kept))
    while True:
        while not turns.going or not queue.empty():
            line = queue.get()
            if line is None:
                return
            if len(line) <= LONGEST:
                turns.add(Request(**json.loads(line)))
        for answer in turns.step():
            say(answer)


def main() -> None:
    """Serve on the standard streams; what libraries print goes to the errors."""
    outgoing = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    serve(sys.stdin, outgoing)


if __name__ == "__main__":
    main()
