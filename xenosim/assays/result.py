"""A finished assay: what was asked, what was measured, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from xenosim import __version__
from xenosim.assays.characterization import Characterized
from xenosim.assays.combination import Interaction
from xenosim.assays.comparison import Potencies
from xenosim.assays.lysate import TimeCourse
from xenosim.assays.measurement import Measurement
from xenosim.assays.viability import DoseResponse, Quadrants
from xenosim.errors import RunError
from xenosim.io.plain import plain
from xenosim.io.results import MANIFEST, Result, slug
from xenosim.parameters.load import ParameterSet, available, count_statuses, load_set
from xenosim.parameters.schema import PARAMETERS
from xenosim.parameters.shelf import shelf
from xenosim.scenario.library import Library
from xenosim.scenario.origin import INPUTS, input_name

if TYPE_CHECKING:
    from xenosim.assays.spec import Assay

#: What each verb measures.
MEASUREMENTS: dict[str, type[Measurement]] = {
    "viability": DoseResponse,
    "washout": DoseResponse,
    "apoptosis": Quadrants,
    "blot": TimeCourse,
    "qpcr": TimeCourse,
    "chip": TimeCourse,
    "combine": Interaction,
    "compare": Potencies,
    "characterize": Characterized,
}


@dataclass(frozen=True, eq=False, repr=False)
class AssayResult(Result):
    """A finished assay. Its manifest holds the description that can be run again (``spec``), the
    command that does the same, the settings, and the parameters by status.

    Examples
    --------
    ::

        result = Viability(line="KMS-11").run()
        print(result)
        AssayResult.load(result.save("runs")).measurement.plot()
    """

    MANIFEST: ClassVar[dict[str, type]] = MANIFEST | {
        "assay": str,
        "command": str,
        "settings": dict,
        "spec": dict,
    }

    @classmethod
    def of(cls, assay: Assay) -> Self:
        """Carry out an assay."""
        cells, line, drugs, layout, measure = assay.experiment()
        measured = measure()
        spec, inputs = kept_inputs(assay.to_dict())
        inputs |= own_files([cell.name for cell in cells], drugs)
        known = cells[0].name in available("line")
        manifest = {
            "xenosim": __version__,
            "date": datetime.now().isoformat(timespec="seconds"),
            "command": assay.command(),
            "assay": assay.verb,
            "spec": spec,
            "answer": str(measured),
            "settings": {
                "line": line.label,
                "drugs": drugs,
                **layout._asdict(),
                "doubling_h": line.traits.cycle_h,
            },
            "seed": layout.seed,
            "parameters": statuses(cells, [*drugs, *measured.parameter_sets]),
            "list_parameters": f"xenosim lines show {cells[0].name}"
            if known
            else "xenosim params cell",
            "simulated": True,
            **measured.facts(),
        }
        return cls(measured.tables(), plain(manifest), measured.files(), inputs)

    @cached_property
    def measurement(self) -> Measurement:
        """What was measured, with its own text and figures; RunError if the tables are damaged."""
        try:
            return MEASUREMENTS[self.kind].restored(self.tables, self.manifest)
        except (KeyError, TypeError, ValueError) as error:
            raise RunError(
                f"the result of '{self.kind}' is damaged: {error!r}",
                remedy="repeat the assay: 'xenosim assay run' takes its directory",
            ) from error

    def directory_name(self) -> str:
        """Assay, cells and drugs."""
        settings = self.manifest["settings"]
        return slug("_".join([self.kind, settings["line"], *settings["drugs"]]))

    def write_into(self, folder: str | Path, command: str = "", figures: bool = True) -> None:
        """Fill the existing ``folder``; ``command``: by default the one that does the same."""
        super().write_into(folder, command or self.manifest["command"], figures)

    def draw(self, folder: str | Path) -> list[Path]:
        """Draw every figure into ``folder``; their paths."""
        from xenosim.viz.style import save

        return [
            path
            for name, figure in self.measurement.plots(self.kind).items()
            for path in save(figure, Path(folder), name)
        ]


def own_files(cells: Iterable[str], drugs: Iterable[str]) -> dict[str, bytes]:
    """The user's parameter files of cells and drugs, by their places below the inputs."""
    library = shelf()
    if not isinstance(library, Library):
        return {}
    wanted = [(kind, name) for name in cells for kind in ("line", "model")]
    files = library.used([*wanted, *(("drug", name) for name in drugs)])
    return {file.place: file.text.encode() for file in files}


def kept_inputs(spec: dict[str, Any]) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The description of an assay in which its files are those of the result's directory, and these
    by name, byte for byte.
    """
    inputs: dict[str, bytes] = {}

    def kept(text: str) -> str:
        path = Path(text)
        name = input_name(path.name, inputs)
        inputs[name] = path.read_bytes()
        return f"{INPUTS}/{name}"

    found = dict(spec)
    for field in ("file", "line", "lines", "like"):
        if field in spec:
            names = [spec[field]] if field == "file" else spec[field].split(",")
            whole = field == "file"
            found[field] = ",".join(
                kept(each) if whole or each.endswith(".yaml") else each for each in names
            )
    return found, inputs


def statuses(cells: Iterable[ParameterSet], sets: Iterable[str]) -> dict[str, int]:
    """Parameters of cells and of the named ``sets`` by status, each once."""
    found = [p for cell in cells for p in cell.values.values() if p.name in PARAMETERS["line"]]
    for name in sets:
        found += load_set(name).values.values()
    return count_statuses(dict.fromkeys(found))
