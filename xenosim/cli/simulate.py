"""Verbs run, compare and resume."""

from __future__ import annotations

import json
import math
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import typer

from xenosim.cli.cluster import Place, do_shard, print_jobs, whole_command, workers_of
from xenosim.cli.output import emit
from xenosim.errors import RunError, ScenarioError, UnitError, XenosimError
from xenosim.units import quantity

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario
    from xenosim.study.unfinished_run import Plan, UnfinishedRun

#: Time between checkpoints, days of those that stay, whether the last ones stay, if none is stated.
USUAL_SAVING = ("10 min", None, False)
#: What the end of a study needs and no animal does.
SLOW_TO_IMPORT = ("scipy.stats", "xenosim.viz.figures")


def parse_overrides(
    pairs: list[str], seed: int | None, engine: str | None = None, **more: int | str | None
) -> dict[str, str]:
    """``key=value`` options as a mapping; keys with an option of their own (``--seed``,
    ``--engine`` and ``more`` by name) are among them.
    """
    overrides = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise ScenarioError(
                f"'{pair}' is not key=value", where="--set", remedy="write --set animals.per_arm=4"
            )
        overrides[key.strip()] = value.strip()
    given: dict[str, int | str | None] = {"seed": seed, "engine": engine, **more}
    for name, option in given.items():
        if option is not None:
            overrides[name] = _checked_option(name, str(option))
    return overrides


def _checked_option(name: str, value: str) -> str:
    """The value of a key with an option of its own, refused in that option's name."""
    from xenosim.scenario.keys import BY_NAME
    from xenosim.scenario.values import read_value

    try:
        return str(read_value(BY_NAME[name], value))
    except ScenarioError as error:
        where = f"--{name.replace('_', '-')}"
        raise ScenarioError(error.message, where=where, remedy=error.remedy) from error


def simulate(
    file: str,
    overrides: dict[str, str],
    place: Place,
    out: str,
    as_json: bool,
    *,
    saving: tuple[str, str | None, bool],
    paired: bool = False,
    source: str | None = None,
) -> Path | None:
    """Load, run, write, print; the run directory, None of a share of a study. ``saving``: time
    between checkpoints, days of those that stay, whether the last ones stay.
    """
    from xenosim.scenario.load import load_scenario

    scenario = load_scenario(file, overrides)
    if paired and len(scenario.arms) < 3:
        raise ScenarioError(
            "comparing needs two treated arms and a control",
            where=file,
            remedy="add an arm, or use 'xenosim run'",
        )
    return simulate_scenario(
        scenario, file, place, out, as_json, saving=saving, paired=paired, source=source
    )


def simulate_scenario(
    scenario: Scenario,
    file: str,
    place: Place,
    out: str,
    as_json: bool,
    *,
    saving: tuple[str, str | None, bool] = USUAL_SAVING,
    paired: bool = False,
    source: str | None = None,
) -> Path | None:
    """Run a scenario that was read from ``file``, write, print; as :func:`simulate`."""
    place.check(scenario, file, source)
    if scenario.panel:
        return _simulate_panel(scenario, file, place.jobs, Path(out), as_json, paired, source)
    every_s, every_steps = checkpoint_interval(saving[0])
    days = checkpoint_days(saving[1], scenario.measure.days[-1])
    base = Path(out)

    from xenosim.study.memory import workers_that_fit
    from xenosim.study.unfinished_run import Plan, UnfinishedRun

    if place.scheduler is None:
        workers_that_fit(scenario, place.jobs, file)
    # What takes long to import comes before there is anything to leave behind.
    import xenosim.study.run  # noqa: F401

    command = shlex.join(["xenosim", *whole_command(sys.argv[1:])])
    plan = Plan(command, paired, every_s, every_steps, days, saving[2])
    if place.splits:
        _split(base, scenario, plan, place, as_json)
        return None
    origin = Path(source) if source else None
    with _stoppable(lambda: UnfinishedRun.create(base, scenario, plan, origin)) as work:
        try:
            directory = _carry_out(work, place, as_json)
        except RunError:
            raise
        except XenosimError:
            # It would fail again in the same way.
            work.discard()
            raise
    return _print_result(directory, as_json)


def _split(base: Path, scenario: Scenario, plan: Plan, place: Place, as_json: bool) -> None:
    """Print the jobs of a study, or do one of them."""
    from xenosim.study.shard import Shard
    from xenosim.study.unfinished_run import UnfinishedRun

    if place.print_jobs is not None:
        print_jobs(base, scenario, plan, place.print_jobs)
        return
    shard = Shard.parse(str(place.shard))
    show = sys.stderr.isatty() and not as_json
    with _stoppable(lambda: UnfinishedRun.join(base, scenario, plan, shard)) as work:
        with _resumable(_again(work), work):
            do_shard(work, place, as_json, show)


def _simulate_panel(
    scenario: Scenario,
    file: str,
    jobs: int | None,
    base: Path,
    as_json: bool,
    paired: bool,
    source: str | None,
) -> Path:
    """Run a panel of models; it keeps no checkpoints. Its directory."""
    from xenosim.io.runs import check_writable
    from xenosim.study.panel import run_panel

    if source is not None:
        raise ScenarioError(
            "a living animal has one tumor, a panel many models",
            where=file,
            remedy="leave --from out, or give a scenario without 'models'",
        )
    check_writable(base)
    show = sys.stderr.isatty() and not as_json
    with Progress(show, "models") as progress:
        result = run_panel(scenario, jobs=jobs, progress=progress, paired=paired)
    folder = result.save(base, command=shlex.join(["xenosim", *sys.argv[1:]]))
    return _print_result(folder, as_json)


def resume_run(run: str, place: Place, as_json: bool) -> None:
    """Go on with an unfinished run."""
    from xenosim.study.unfinished_run import UnfinishedRun

    finished = UnfinishedRun.finished(Path(run))
    if finished:
        typer.echo(
            json.dumps({"run_directory": str(finished), "finished": True})
            if as_json
            else f"This run is finished: {finished}"
        )
        return
    with _stoppable(lambda: UnfinishedRun.open(Path(run))) as work:
        directory = _carry_out(work, place, as_json)
    _print_result(directory, as_json)


@contextmanager
def _stoppable(begin: Callable[[], UnfinishedRun]) -> Iterator[UnfinishedRun]:
    """Within, the run that ``begin`` gives: from the moment that it has a name on, SIGTERM and
    Ctrl-C end the program and it says how to go on.
    """
    from xenosim.execution.stopping import Stopped, came_of, check, obeying, shielded

    with obeying():
        with shielded():
            work = begin()
        try:
            with work:
                check()
                yield work
        except (Stopped, SystemError) as error:
            stopped = came_of(error, Stopped)
            if stopped is None:
                raise
            typer.echo(_again(work), err=True)
            raise typer.Exit(128 + stopped.number) from None


def _again(work: UnfinishedRun) -> str:
    """How to go on with a run, or with the shard of it that this process was asked for."""
    own = shlex.join(["xenosim", *sys.argv[1:]])
    if work.is_shared:
        return f"go on with: {own}"
    return f"resume with: xenosim resume {shlex.quote(str(work.path))}"


def _print_result(directory: Path, as_json: bool) -> Path:
    """Print a run read back, so that 'xenosim show' prints the same to the last digit; its
    directory.
    """
    from xenosim.report.text import load_result

    emit(load_result(directory), directory, as_json)
    return directory


def _carry_out(work: UnfinishedRun, place: Place, as_json: bool) -> Path:
    """Run what is left of a study and write its result; the run directory."""
    from xenosim.jit import IS_COMPILED

    show = sys.stderr.isatty() and not as_json
    if show and not IS_COMPILED:
        typer.echo("Compiling the cell kernel (first run on this machine) ...", err=True)
    # What draws and tests takes seconds to import, and this process has nothing to do while the
    # animals are on their way.
    imports = Thread(target=lambda: [import_module(name) for name in SLOW_TO_IMPORT])
    imports.start()
    try:
        return _finished(work, place, show)
    finally:
        # An import cannot go on while Python shuts down.
        imports.join()


def _finished(work: UnfinishedRun, place: Place, show: bool) -> Path:
    """The run directory of the finished study."""
    from xenosim.study.run import run_study

    with _resumable(_again(work), work), workers_of(place) as workers:
        with Progress(show, "days of all animals", _clock(work, place.jobs)) as progress:
            result = run_study(
                work.scenario,
                jobs=place.jobs,
                progress=progress,
                paired=work.plan.paired,
                store=work.store(),
                source=work.source(),
                workers=workers,
            )
            return work.publish(result)


@contextmanager
def _resumable(again: str, work: UnfinishedRun) -> Iterator[None]:
    """Within, what fails for the machine's sake is one error that says how to go on: ``again``."""
    from concurrent.futures.process import BrokenProcessPool

    from xenosim.execution.borrowed import LostWorkers

    try:
        yield
    except LostWorkers as error:
        raise RunError(error.message, remedy=f"finished animals are kept; {again}") from error
    except OSError as error:
        raise RunError(
            f"the run cannot be written: {(error.strerror or str(error)).lower()}",
            where=str(work.path),
            remedy=again,
        ) from error
    except MemoryError as error:
        raise RunError(
            "the memory of this machine is used up", remedy=f"with fewer --jobs, {again}"
        ) from error
    except BrokenProcessPool as error:
        raise RunError(
            "worker processes were killed again and again, perhaps for their memory",
            remedy=f"with fewer --jobs, {again}",
        ) from error


def _clock(work: UnfinishedRun, jobs: int | None) -> TimeLeft:
    """The time left of a study; nothing is expected of one that begins with a living animal."""
    from xenosim.study.beside import Asked
    from xenosim.study.workload import workers_worth_starting, workload

    if work.source() is not None:
        return TimeLeft()
    scenario, paired = work.scenario, work.plan.paired
    load, beside = workload(scenario, paired), Asked.of(scenario, paired)
    workers = workers_worth_starting(scenario, jobs, paired, beside.seconds)
    # What is simulated beside the study comes first, then its animals grow.
    first_s = beside.seconds + load.enrolling_share * load.thread_seconds
    share = first_s / (beside.seconds + load.thread_seconds)
    expected_s = load.seconds(workers) + beside.seconds / workers
    return TimeLeft(expected_s, beside.days + load.enrolling_days, share)


def checkpoint_interval(text: str) -> tuple[float, int]:
    """'10 min' as seconds and no steps, '48 steps' as infinite seconds and steps."""
    where, remedy = "--checkpoint-every", "write '10 min' or '48 steps'"
    if match := re.fullmatch(r"\s*(\d{1,9})\s*steps?\s*", text):
        if int(match[1]) < 1:
            raise ScenarioError(f"'{text}' is not an interval", where=where, remedy=remedy)
        return math.inf, int(match[1])
    try:
        seconds = 3600.0 * quantity(text, "time")
    except UnitError as error:
        raise UnitError(error.message, where=where, remedy=remedy) from error
    if seconds <= 0:
        raise ScenarioError(f"'{text}' is not an interval", where=where, remedy=remedy)
    return seconds, 0


def checkpoint_days(text: str | None, last_day: float) -> tuple[float, ...]:
    """'0,14' as rising days of the study [day]."""
    try:
        days = tuple(sorted({float(day) for day in text.split(",")})) if text is not None else ()
    except ValueError as error:
        raise ScenarioError(
            f"'{text}' is not a list of days", where="--checkpoint-days", remedy="write e.g. '0,14'"
        ) from error
    if not all(0.0 <= day <= last_day for day in days):
        raise ScenarioError(
            f"'{text}': the study has days 0 to {last_day:g}",
            where="--checkpoint-days",
            remedy="write e.g. '0,14'",
        )
    return days


class Progress:
    """A progress bar with the time left, on a terminal; silent elsewhere.

    Parameters
    ----------
    show : bool
        Whether anything is shown.
    unit : str
        What is counted.
    clock : TimeLeft, optional
        Says how long it still takes; by default at the work's own speed.
    """

    def __init__(self, show: bool, unit: str, clock: TimeLeft | None = None) -> None:
        self.show, self.unit = show, unit
        self.clock = clock or TimeLeft()
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> Progress:
        if self.show:
            from rich import progress
            from rich.console import Console

            self.bar = progress.Progress(
                progress.TextColumn("{task.fields[count]}"),
                progress.BarColumn(),
                progress.TimeElapsedColumn(),
                _left_column(self.clock),
                console=Console(stderr=True),
                transient=True,
            )
            self.bar.start()
            self.task = self.bar.add_task(self.unit, total=None, count=self.unit)
        return self

    def __call__(self, done: float, total: float) -> None:
        if self.bar:
            count = f"{done:,.0f} of {total:,.0f} {self.unit}"
            self.bar.update(self.task, completed=done, total=total, count=count)

    def __exit__(self, *exc: object) -> None:
        if self.bar:
            self.bar.stop()


def _left_column(clock: TimeLeft) -> Any:
    """The column of a bar that says the time left, as it passes."""
    from rich import progress, text

    class Left(progress.ProgressColumn):
        def render(self, task: progress.Task) -> text.Text:
            left = clock.left(task.completed, task.total or 0.0, task.elapsed or 0.0)
            return text.Text("" if left is None else f"about {about(left)} left")

    return Left()


class TimeLeft:
    """How long work still takes: as expected at first, at its own speed later.

    Parameters
    ----------
    expected_s : float, optional
        About how long all of it takes [s].
    first, share : float
        How much of what is counted comes first, and its share of the work [-].
    """

    #: From when on its own speed counts [s]: what an earlier process did is told at once. Share of
    #: the work from which on it alone counts [-].
    SETTLED_S, TRUSTED = 3.0, 0.2

    def __init__(
        self, expected_s: float | None = None, first: float = 0.0, share: float = 0.0
    ) -> None:
        self.expected_s, self.first, self.share = expected_s, first, share
        self.settled: tuple[float, float] | None = None

    def left(self, done: float, total: float, elapsed_s: float) -> float | None:
        """Time left [s] when ``done`` of ``total`` is done after ``elapsed_s`` [s]; None where
        nothing can be said.

        Examples
        --------
        >>> clock = TimeLeft(100.0)
        >>> [clock.left(done, 50.0, 5.0 + done) for done in (0.0, 1.0, 5.0, 25.0)]
        [100.0, 98.0, 67.5, 25.0]
        """
        work = self._work(done, total)
        if self.settled is None and work and elapsed_s >= self.SETTLED_S:
            self.settled = (work, elapsed_s)
        own = None
        if self.settled and work > self.settled[0]:
            speed = (work - self.settled[0]) / max(elapsed_s - self.settled[1], 1e-3)
            own = (1.0 - work) / speed
        if self.expected_s is None:
            return own
        told = self.expected_s * (1.0 - work)
        trust = min(work / self.TRUSTED, 1.0)
        return told if own is None else (1.0 - trust) * told + trust * own

    def _work(self, done: float, total: float) -> float:
        """Share of the work that is done [-]."""
        if done < self.first:
            return self.share * done / self.first
        rest = total - self.first
        return self.share + (1.0 - self.share) * (done - self.first) / rest if rest > 0 else 0.0


def about(seconds: float) -> str:
    """A duration [s] as far as an estimate has digits.

    Examples
    --------
    >>> about(7.2), about(64.4), about(1500.0), about(9000.0)
    ('10 s', '60 s', '25 min', '2.5 h')
    """
    if seconds < 95.0:
        return f"{10 * max(round(seconds / 10), 1)} s"
    return f"{seconds / 60:.0f} min" if seconds < 5700.0 else f"{seconds / 3600:.1f} h"
