"""The computing process: the newest request of a client, clients in turn."""

import io
from queue import SimpleQueue
from typing import NamedTuple

from xenosim.app.worker import Turns, read_lines


class Asked(NamedTuple):
    client: str
    number: int


def three(request: Asked):  # type: ignore[no-untyped-def]
    for k in range(3):
        yield {"client": request.client, "number": request.number, "k": k}


def test_clients_take_turns() -> None:
    turns = Turns(three)
    turns.add(Asked("a", 1))
    turns.add(Asked("b", 1))
    told = [turns.step() for _ in range(4)]
    assert [[answer["client"] for answer in step] for step in told] == [["a", "b"]] * 3 + [[]]
    assert not turns.going


def test_a_newer_request_takes_the_place_of_the_older() -> None:
    turns = Turns(three)
    turns.add(Asked("a", 1))
    turns.step()
    turns.add(Asked("a", 2))
    assert [turns.step()[0]["number"] for _ in range(3)] == [2, 2, 2]


def test_lines_end_with_none() -> None:
    queue: SimpleQueue[str | None] = SimpleQueue()
    read_lines(io.StringIO("a\nb\n"), queue)
    assert [queue.get() for _ in range(3)] == ["a\n", "b\n", None]
