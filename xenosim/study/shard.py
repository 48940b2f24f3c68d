"""A share of a study's animals, simulated by a job of its own. All shards of a study keep their
animals in one unfinished run, from which the study is put together.

Every shard needs to know who is in which arm, so all animals must have grown: a shard begins with
its own share of them and takes from the run what others have grown by then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from xenosim.errors import RunError

if TYPE_CHECKING:
    from xenosim.execution.executor import Executor
    from xenosim.execution.progress import Progress
    from xenosim.study.checkpoint_store import CheckpointStore

J = TypeVar("J")
R = TypeVar("R")

#: Files that shards lock while they work.
SHARD_LOCKS = "shard_*.lock"
#: Most shards of a study [-].
MOST = 100_000


class Shard(NamedTuple):
    """The ``part``-th share, from 1 on, of ``parts``."""

    part: int
    parts: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """'3/100' as a shard.

        Raises
        ------
        RunError
            No shard.

        Examples
        --------
        >>> Shard.parse("3/100")
        Shard(part=3, parts=100)
        """
        match = re.fullmatch(r"\s*(\d{1,6})\s*/\s*(\d{1,6})\s*", text)
        if not match or not 1 <= int(match[1]) <= int(match[2]) <= MOST:
            raise RunError(
                f"'{text}' is not a shard",
                where="--shard",
                remedy=f"write --shard 3/100: the third of 100, of at most {MOST}",
            )
        return cls(int(match[1]), int(match[2]))

    def __str__(self) -> str:
        return f"{self.part}/{self.parts}"

    @property
    def name(self) -> str:
        """In names of files."""
        return f"shard_{self.part}_of_{self.parts}"

    @property
    def lock_name(self) -> str:
        """The file that it locks while it works."""
        return f"{self.name}.lock"

    def own(self, tasks: Sequence[J]) -> list[J]:
        """Its share of ``tasks``.

        Examples
        --------
        >>> Shard(2, 3).own(range(7))
        [1, 4]
        """
        return list(tasks[self.part - 1 :: self.parts])


class OwnFirst:
    """An executor that begins with the tasks of a shard, goes on with those of the next, and so on.

    Parameters
    ----------
    workers : Executor
        Who carries them out.
    shard : Shard
        Whose tasks come first.
    """

    def __init__(self, workers: Executor, shard: Shard) -> None:
        self.count, self._workers, self._shard = workers.count, workers, shard

    def begin(self, function: Callable[[J], Any], task: J) -> None:
        """Start work for what it leaves behind."""
        self._workers.begin(function, task)

    def map(
        self,
        function: Callable[[J], R],
        tasks: Sequence[J],
        progress: Progress | None = None,
        cost: Callable[[J], float] | None = None,
        size: Callable[[J], float] | None = None,
    ) -> list[R]:
        """``function`` of every task, results in the order of ``tasks``; ``cost`` is not asked."""
        first, parts = self._shard.part - 1, self._shard.parts
        order = sorted(range(len(tasks)), key=lambda i: ((i - first) % parts, i))
        found = self._workers.map(function, [tasks[i] for i in order], progress, None, size)
        return [found[order.index(i)] for i in range(len(tasks))]


def note_done(store: CheckpointStore, shard: Shard, animals: int) -> None:
    """Remember that a shard has simulated all its ``animals`` [-]."""
    store.remember(shard.name, {"animals": animals})


def missing(store: CheckpointStore) -> list[Shard]:
    """Shards that have not ended, of the division of which the most have; none where a division is
    complete.

    Raises
    ------
    RunError
        No shard has ended.
    """
    done: dict[int, set[int]] = {}
    for path in store.path("grown").glob("shard_*_of_*.json"):
        match = re.fullmatch(r"shard_(\d+)_of_(\d+)", path.stem)
        if match and store.recall(path.stem) is not None:
            done.setdefault(int(match[2]), set()).add(int(match[1]))
    if not done:
        raise RunError(
            "no shard of this run has ended", where=store.folder, remedy="wait for them, or resume"
        )
    parts = max(done, key=lambda parts: (len(done[parts]) / parts, -parts))
    return [Shard(part, parts) for part in range(1, parts + 1) if part not in done[parts]]
