"""A tiny study on disk, run in a process that kills itself at a chosen event: ``python -m
tests.study_on_disk BASE JOBS KILL_AT``.

It says when it begins and, if it lives (KILL_AT 0), how many events it saw.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from xenosim.io.runs import UNFINISHED
from xenosim.scenario.load import load_scenario
from xenosim.scenario.schema import Scenario
from xenosim.study.run import StudyResult, run_study
from xenosim.study.unfinished_run import Plan, UnfinishedRun

TEXT = """\
title: Tiny
model: oci_ly10
drug: ixazomib
tumor: {start_volume: 1 mm^3, growth: {doubling_time: 3 day}, resolution: 1e3 /mm^3}
animals: {per_arm: 1, strain: CB-17 SCID}
measure: {days: "0..4 by 2", humane_endpoint: {tumor_volume: 200 mm^3}}
arms:
  vehicle: {regimen: none, control: true}
  early: {regimen: "10 mg/kg IV days 0,2"}
  late: {regimen: "14 mg/kg IV days 1"}
day_of_first_dose: 0
seed: 7
"""
#: A panel of one model.
ONE_MODEL = "models: [{name: A, class: one, doubling_time: 3 day}]\n"


def tiny(folder: Path, **overrides: str) -> Scenario:
    """The study's scenario."""
    (folder / "tiny.yaml").write_text(TEXT)
    return load_scenario(
        folder / "tiny.yaml", {key.replace("__", "."): value for key, value in overrides.items()}
    )


def twins(folder: Path, more: str = "") -> Scenario:
    """The tiny study of radial twins, in less than a second."""
    text = TEXT.replace("resolution: 1e3 /mm^3", "twin_agents: 50")
    (folder / "twins.yaml").write_text(f"{text}engine: twin\n{more}")
    return load_scenario(folder / "twins.yaml")


def tables(directory: Path) -> dict[str, bytes]:
    """Every table of a run directory, byte by byte."""
    return {path.name: path.read_bytes() for path in sorted(directory.glob("*.csv"))}


def go_on(base: Path, scenario: Scenario, plan: Plan, jobs: int = 1) -> Path:
    """Resume the unfinished run below ``base``, or begin one; its final directory."""
    left = list(base.glob(f"*{UNFINISHED}"))
    with (
        UnfinishedRun.open(left[0]) if left else UnfinishedRun.create(base, scenario, plan) as work
    ):
        result: StudyResult = run_study(
            work.scenario,
            jobs=jobs,
            paired=work.plan.paired,
            store=work.store(),
            source=work.source(),
        )
        return work.publish(result, figures=False)


def count_events(act: Callable[[int], None]) -> list[int]:
    """Call ``act`` with the number of every step, flush, rename, link and removal of this process,
    before it happens; the count so far.
    """
    from xenosim.study.animal import Animal

    seen = [0]

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            seen[0] += 1
            act(seen[0])
            return function(*args, **kwargs)

        return wrapper

    Animal.advance = counted(Animal.advance)  # type: ignore[method-assign]
    for module, names in (
        (os, ("replace", "fsync", "link", "unlink", "mkdir")),
        (shutil, ("rmtree",)),
    ):
        for name in names:
            setattr(module, name, counted(getattr(module, name)))
    return seen


def main() -> None:
    """Run the study; die when the event of the given number comes."""
    base, jobs, kill_at = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])

    def die(event: int) -> None:
        if event == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    scenario = tiny(base.parent)
    seen = count_events(die)
    print("begun", flush=True)
    go_on(base, scenario, Plan(every_steps=15, paired=True, days=(0.0, 2.0)), jobs)
    print(seen[0], flush=True)


if __name__ == "__main__":
    main()
