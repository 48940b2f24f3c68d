"""One living animal of a checkpoint, to be taken into every arm of another study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from xenosim.errors import CheckpointError
from xenosim.io.checkpoints import load_checkpoint
from xenosim.jit import source_hash
from xenosim.parameters.load import available
from xenosim.parameters.shelf import on_shelf
from xenosim.pharmacology.dose import Dose
from xenosim.scenario.library import library_of
from xenosim.study.job import SourceAnimal
from xenosim.study.kept_state import well_formed
from xenosim.study.tissues import STATED, made_of, tumor_spec
from xenosim.study.variation import Variation
from xenosim.tumor.growth import Growth

if TYPE_CHECKING:
    from xenosim.scenario.schema import Scenario

#: What a person calls the parts of an animal; its resolution, if it is a radial twin.
LABELS = {
    "resolution": "tumor.resolution",
    "lattice_resolution": "tumor.resolution",
    "dt_h": "time_step",
    "strain": "animals.strain",
}
TWIN_RESOLUTION = "tumor.twin_agents per mm^3 of the start volume"
#: What a parameter is that the scenario leaves to its sets.
UNSTATED = "not stated"


def read_source(path: str | Path, scenario: Scenario) -> SourceAnimal:
    """The animal of the checkpoint at ``path``, every byte verified and fit for ``scenario``.

    Raises
    ------
    CheckpointError
        Not a checkpoint of an animal, damaged, of another engine, or an animal that the scenario's
        cannot be: another model, resolution, time step, strain or parameter.
    """
    path = Path(path)
    return source_of(load_checkpoint(path)[0], path, scenario)


def source_of(header: dict[str, Any], path: Path, scenario: Scenario) -> SourceAnimal:
    """What :func:`read_source` gives, from the ``header`` alone."""
    with well_formed(str(path)), on_shelf(library_of(scenario.library)):
        return _source_of(header, path, scenario)


def _source_of(header: dict[str, Any], path: Path, scenario: Scenario) -> SourceAnimal:
    if header.get("kind") != "animal":
        raise CheckpointError(
            "the checkpoint is not of an animal in an arm",
            where=str(path),
            remedy="give one of RUN/checkpoints",
        )
    if header["engine"] != source_hash():
        raise CheckpointError(
            "the checkpoint is of another version of the engine",
            where=str(path),
            remedy="run its scenario again",
        )
    _check_drugs({dose["drug"] for dose in header["doses"]}, path)
    growth, variation = Growth(**header["growth"]), Variation(**header["variation"])
    wanted = made_of(scenario, tumor_spec(scenario, growth, variation))
    _check_fit(header["made_of"], wanted, {dose["drug"] for dose in header["doses"]}, path)
    hours = 24.0 * header["day"]
    return SourceAnimal(
        str(path),
        header["day"],
        header["animal_id"],
        growth,
        header["growth_days"],
        variation,
        tuple(earlier(dose, hours) for dose in header["doses"]),
    )


def _check_drugs(had: set[str], path: Path) -> None:
    """Refuse an animal that has ``had`` drugs whose parameters the scenario does not know: what of
    them is still in its plasma could not be followed.
    """
    unknown = sorted(had - set(available("drug")))
    if unknown:
        raise CheckpointError(
            f"the animal has had {', '.join(unknown)}, a drug of the user's that the scenario does"
            " not have",
            where=str(path),
            remedy=(
                f"put the file drugs/{unknown[0]}.yaml of the earlier study beside the scenario and"
                f" give {unknown[0]} in one of its arms"
            ),
        )


def _check_fit(was: dict[str, Any], wanted: dict[str, Any], drugs: set[str], path: Path) -> None:
    """Refuse an animal that ``was`` made of something else than is ``wanted``; what is stated of
    ``drugs`` counts where it has had them.
    """
    new = tuple(f"{STATED}{drug}." for drug in available("drug") if drug not in drugs)
    names = [*was, *(name for name in wanted if name.startswith(STATED) and name not in was)]
    different = [
        name for name in names if wanted.get(name) != was.get(name) and not name.startswith(new)
    ]
    if not different:
        return
    # Another engine counts agents in another way: that alone would be read.
    different = ["engine"] if "engine" in different else different[:4]
    labels = LABELS | ({"resolution": TWIN_RESOLUTION} if was.get("engine") == "twin" else {})
    what = "; ".join(
        f"{labels.get(name, name)} is {was.get(name, UNSTATED)} there and"
        f" {wanted.get(name, UNSTATED)} here"
        for name in different
    )
    raise CheckpointError(
        f"the scenario cannot go on with this animal: {what}",
        where=str(path),
        remedy=(
            "give the scenario the engine, model, site, cells, resolution, time step, strain and"
            " parameters of the checkpoint"
        ),
    )


def earlier(dose: dict[str, Any], hours: float) -> Dose:
    """A dose of a header, in times of a study that begins ``hours`` later [h]."""
    extra = tuple((str(name), str(value)) for name, value in dose["extra"])
    return Dose(**(dose | {"time_h": dose["time_h"] - hours, "extra": extra}))
