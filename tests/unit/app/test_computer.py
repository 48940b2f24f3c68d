"""The page's hold on its computing process, with a process that only repeats what it is asked."""

import asyncio
from pathlib import Path
from typing import Any

from xenosim.app.computer import GONE, Computer

ECHO = """
import json, sys
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    if request["overrides"].get("die"):
        sys.exit(1)
    print(json.dumps(request | {"mistakes": []}), flush=True)
"""


async def until(condition: Any) -> None:
    for _ in range(600):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("nothing came")


def test_answers_go_to_who_asked_and_a_dead_process_begins_again() -> None:
    async def use() -> None:
        computer = Computer(("-c", ECHO))
        told: dict[str, list[dict[str, Any]]] = {"a": [], "b": []}
        await computer.ask("a", Path("one"), {}, told["a"].append)
        await computer.ask("b", Path("two"), {}, told["b"].append)
        await until(lambda: told["a"] and told["b"])
        assert computer.ready and told["a"][0]["file"] == "one" and told["b"][0]["file"] == "two"
        # What was asked before is not told any more.
        computer._tell({"client": "a", "number": 0})
        assert len(told["a"]) == 1
        await computer.ask("a", Path("one"), {"die": "1"}, told["a"].append)
        await until(lambda: GONE in told["a"] and GONE in told["b"])
        assert not computer.ready and computer.process is not None
        await computer.process.wait()
        computer.forget("b")
        await computer.ask("a", Path("three"), {}, told["a"].append)
        await until(lambda: told["a"][-1].get("file") == "three")
        await computer.stop()
        assert told["b"][-1] == GONE

    asyncio.run(use())
