"""Where a study runs: a scheduler's workers, shards of a job array, and their merge."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from xenosim.errors import RunError, ScenarioError

if TYPE_CHECKING:
    from xenosim.execution.borrowed import Borrowed
    from xenosim.execution.executor import Executor
    from xenosim.scenario.schema import Scenario
    from xenosim.study.unfinished_run import Plan, UnfinishedRun

#: Options of a shard, which the command of the whole study does not have.
SHARD, PRINT = "--shard", "--print-jobs"


class Place(NamedTuple):
    """Where a study runs: worker processes, the text of a scheduler, the text of a shard, or jobs
    to print.
    """

    jobs: int | None = None
    scheduler: str | None = None
    shard: str | None = None
    print_jobs: int | None = None

    @property
    def splits(self) -> bool:
        """Whether this process is to do less than the whole study."""
        return self.shard is not None or self.print_jobs is not None

    def check(self, scenario: Scenario, file: str, source: str | None) -> None:
        """Refuse what cannot go together."""
        asked = [
            option
            for option, given in (
                ("--scheduler", self.scheduler),
                (SHARD, self.shard),
                (PRINT, self.print_jobs),
            )
            if given is not None
        ]
        if len(asked) > 1:
            raise RunError(f"{' and '.join(asked)} cannot go together", remedy=f"give {asked[0]}")
        if asked and scenario.panel:
            raise ScenarioError(
                f"a panel of models does not run with {asked[0]}",
                where=file,
                remedy="run its models one by one, each with --set model=NAME and a job of its own",
            )
        if self.splits and source is not None:
            raise ScenarioError(
                f"a study of one living animal has no shares ({asked[0]})",
                where="--from",
                remedy="run it as a whole",
            )


@contextmanager
def workers_of(place: Place) -> Iterator[Borrowed | None]:
    """Within, the workers of the scheduler; None: this machine's are to be started."""
    if place.scheduler is None:
        yield None
        return
    from xenosim.execution.scheduler import scheduler

    with scheduler(place.scheduler) as found:
        yield found


@contextmanager
def searching_workers(place: Place) -> Iterator[Executor]:
    """Within, who simulates the points of a search or a fit: the workers of the scheduler, or this
    machine's.
    """
    from xenosim.execution.processes import Workers

    with workers_of(place) as theirs, theirs or Workers(place.jobs, sys.maxsize) as workers:
        yield workers


def whole_command(arguments: list[str]) -> list[str]:
    """The command of the whole study, of which ``arguments`` ask for a share or for jobs.

    Examples
    --------
    >>> whole_command(["run", "a.yaml", "--shard", "1/2", "--print-jobs=3", "--out", "d"])
    ['run', 'a.yaml', '--out', 'd']
    """
    kept, skip = [], False
    for argument in arguments:
        name = argument.partition("=")[0]
        if skip or name in (SHARD, PRINT):
            skip = not skip and "=" not in argument
        else:
            kept.append(argument)
    return kept


def print_jobs(base: Path, scenario: Scenario, plan: Plan, parts: int) -> None:
    """Print a command per shard, and the one that puts them together."""
    from xenosim.io.runs import UNFINISHED
    from xenosim.study.shard import Shard
    from xenosim.study.unfinished_run import shard_run_name

    whole = ["xenosim", *whole_command(sys.argv[1:])]
    for part in range(1, Shard.parse(f"{parts}/{parts}").parts + 1):
        typer.echo(shlex.join([*whole, SHARD, f"{part}/{parts}"]))
    folder = base / (shard_run_name(scenario, plan) + UNFINISHED)
    typer.echo(shlex.join(["xenosim", "merge", str(folder)]))


def do_shard(work: UnfinishedRun, place: Place, as_json: bool, show: bool) -> None:
    """Simulate a share of a study, and say what it was."""
    from xenosim.cli.simulate import Progress
    from xenosim.study.run import run_shard
    from xenosim.study.shard import Shard

    shard = Shard.parse(str(place.shard))
    with Progress(show, "days of all animals") as progress:
        own, animals = run_shard(
            work.scenario,
            shard,
            work.store(alone=False),
            jobs=place.jobs,
            progress=progress,
            paired=work.plan.paired,
        )
    if as_json:
        found = {"shard": str(shard), "animals": own, "of": animals, "unfinished": str(work.path)}
        typer.echo(json.dumps(found))
        return
    typer.echo(f"Shard {shard}: {own} of {animals} animals simulated; kept in {work.path}")
    typer.echo(f"When all shards have ended: xenosim merge {shlex.quote(str(work.path))}")


def merge(run: str, jobs: int | None, as_json: bool) -> None:
    """Put a study together whose shards have all ended."""
    from xenosim.cli.simulate import resume_run
    from xenosim.study.shard import missing
    from xenosim.study.unfinished_run import UnfinishedRun

    if not UnfinishedRun.finished(Path(run)):
        with UnfinishedRun.open(Path(run)) as work:
            left = missing(work.store())
            command = work.plan.command
            if left:
                shown = ", ".join(map(str, left[:10])) + f" and {len(left) - 10} more" * (
                    len(left) > 10
                )
                raise RunError(
                    f"shards that have not ended: {shown}",
                    where=str(work.path),
                    remedy=(
                        f"{command} {SHARD} {left[0]}, or simulate what is missing here: xenosim"
                        f" resume {shlex.quote(str(work.path))}"
                    ),
                )
    resume_run(run, Place(jobs), as_json)
