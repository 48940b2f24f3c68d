"""Living animals that a finished run kept: what a replay can begin from."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xenosim.errors import CheckpointError
from xenosim.io.checkpoints import load_checkpoint, read_header
from xenosim.jit import source_hash
from xenosim.scenario.resolve import scenario_hash
from xenosim.study.animal import Variation
from xenosim.study.branch import earlier, origin_of
from xenosim.study.jobs import Job, Origin, restored
from xenosim.study.workspace import KEPT, ORIGIN
from xenosim.tumor.growth import Growth

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario
    from xenosim.tumor.abm import XenograftModel

_log = logging.getLogger("xenosim")


class Kept(NamedTuple):
    """A checkpoint of one animal in its arm: ``day`` [day], file and header."""

    day: float
    path: Path
    header: dict[str, Any]


def kept_checkpoints(run: Path, scenario: Scenario, animal: dict[str, Any]) -> tuple[Kept, ...]:
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
            found.append(Kept(float(header["day"]), path, header))
    return tuple(sorted(found, key=lambda kept: (kept.day, kept.path.name), reverse=True))


def kept_origin(
    run: Path, scenario: Scenario, branched_from: dict[str, Any], kept: tuple[Kept, ...]
) -> Origin:
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
        return origin_of(header, path, scenario)
    if not kept:
        raise CheckpointError(
            "the run keeps no checkpoint of this animal that can be used", where=str(run)
        )
    header = kept[0].header
    doses = tuple(earlier(dose, 0.0) for dose in header["doses"] if dose["time_h"] < 0)
    return Origin(
        "",
        0.0,
        header["animal_id"],
        Growth(**header["growth"]),
        header["growth_days"],
        Variation(**header["variation"]),
        doses,
    )


def model_at(job: Job, kept: tuple[Kept, ...], day: float) -> tuple[XenograftModel, str] | None:
    """The animal on the latest day up to ``day`` [day] of which a usable checkpoint is ``kept``,
    and that file's name; None if there is none.
    """
    for checkpoint in kept:
        if checkpoint.day <= day + 1e-9:
            try:
                return (
                    restored(job, load_checkpoint(checkpoint.path)[1]).model,
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
