"""Living animals that a finished run kept: what a replay can begin from."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xenosim.errors import CheckpointError
from xenosim.io.checkpoints import load_checkpoint, read_header
from xenosim.jit import source_hash
from xenosim.scenario.resolve import scenario_hash
from xenosim.study.animal import Animal, step_on
from xenosim.study.engraft import revived
from xenosim.study.job import Job, SourceAnimal
from xenosim.study.kept_state import well_formed
from xenosim.study.source_animal import earlier, source_of
from xenosim.study.unfinished_run import KEPT, ORIGIN
from xenosim.study.variation import Variation
from xenosim.tumor.growth import Growth

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario

_log = logging.getLogger("xenosim")


class SavedAnimal(NamedTuple):
    """A checkpoint of one animal in its arm: ``day`` [day], file and header."""

    day: float
    path: Path
    header: dict[str, Any]


def saved_animals(run: Path, scenario: Scenario, animal: dict[str, Any]) -> tuple[SavedAnimal, ...]:
    """Checkpoints of an animal in the run directory, the latest first; those of another engine or
    scenario are left out.

    Parameters
    ----------
    run : Path
        A run directory.
    scenario : Scenario
        What it simulated.
    animal : dict
        ``arm``, ``animal_id`` and ``replicate``.
    """
    wanted = animal | {
        "kind": "animal",
        "engine": source_hash(),
        "scenario": scenario_hash(scenario),
    }
    found = []
    for path in sorted((run / KEPT).glob("*.ckpt")):
        header = _header(path) if path.name != ORIGIN else None
        if header and all(header.get(name) == value for name, value in wanted.items()):
            with well_formed(str(path)):
                found.append(SavedAnimal(float(header["day"]), path, header))
    return tuple(sorted(found, key=lambda saved: (saved.day, saved.path.name), reverse=True))


def saved_source(
    run: Path, scenario: Scenario, branched_from: dict[str, Any], saved: tuple[SavedAnimal, ...]
) -> SourceAnimal:
    """The animal that a branched run came from: of the copy that it keeps, or else as its own
    checkpoints tell, which then hold the only tumors.

    Raises
    ------
    CheckpointError
        Neither is there.
    """
    path = run / KEPT / ORIGIN
    header = _header(path) if path.is_file() else None
    if header and all(header.get(name) == value for name, value in branched_from.items()):
        return source_of(header, path, scenario)
    if not saved:
        raise CheckpointError(
            "the run keeps no checkpoint of this animal that can be used", where=str(run)
        )
    with well_formed(str(saved[0].path)):
        return _as_it_tells(saved[0].header)


def _as_it_tells(header: dict[str, Any]) -> SourceAnimal:
    """The animal that a branched run came from, of the header of one of its own checkpoints."""
    doses = tuple(earlier(dose, 0.0) for dose in header["doses"] if dose["time_h"] < 0)
    return SourceAnimal(
        "",
        0.0,
        header["animal_id"],
        Growth(**header["growth"]),
        header["growth_days"],
        Variation(**header["variation"]),
        doses,
    )


def animal_at(job: Job, saved: tuple[SavedAnimal, ...], day: float) -> tuple[Animal, str] | None:
    """The animal on the latest day up to ``day`` [day] of which a usable checkpoint is ``saved``,
    and that file's name; None if there is none.
    """
    for checkpoint in saved:
        if step_on(checkpoint.day, job.scenario.dt_h) <= step_on(day, job.scenario.dt_h):
            try:
                return (
                    revived(job, load_checkpoint(checkpoint.path)[1]),
                    checkpoint.path.name,
                )
            except CheckpointError as error:
                _log.warning("%s: %s; an earlier state is used", error.where, error.message)
    return None


def _header(path: Path) -> dict[str, Any] | None:
    """The header of a checkpoint; None, and a warning, if it cannot be used."""
    try:
        return read_header(path)
    except CheckpointError as error:
        _log.warning("%s: %s; it is passed over", error.where, error.message)
        return None
