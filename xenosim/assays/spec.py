"""What describes an assay: options, each declared once, and what all descriptions do. Nothing heavy
is imported before one is made.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from inspect import get_annotations
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    NamedTuple,
    get_args,
    get_type_hints,
)

from xenosim.errors import ParameterError

if TYPE_CHECKING:
    from xenosim.assays.culture import Line
    from xenosim.assays.drawn import Draw
    from xenosim.assays.measurement import Measurement
    from xenosim.assays.plate import Layout
    from xenosim.assays.result import AssayResult
    from xenosim.parameters.load import ParameterSet


class Option(NamedTuple):
    """What is said of a field wherever it is set: ``help``, its lowest and highest value, and
    whether a command line takes it by its place.
    """

    help: str
    least: float | None = None
    most: float | None = None
    is_argument: bool = False


LineName = Annotated[
    str, Option("Cell line ('xenosim lines' lists them), or 'cell', the default cell.")
]
Drug = Annotated[str, Option("Drug in the medium.")]
Doses = Annotated[
    str,
    Option(
        'Total concentrations: "1..1000 nM" (ten doses, "1..1000 nM / 6" for six) or "20,50,100'
        ' nM".'
    ),
]
OneDose = Annotated[str, Option('Total concentration in medium, e.g. "10 uM".')]
DosesOfEach = Annotated[
    tuple[str, ...],
    Option("Doses of each drug in turn (give it twice); by default about the IC50."),
]
Hours = Annotated[float, Option("Time of the reading after the drug was added.")]
Times = Annotated[str, Option("Times of the lysates in hours, e.g. 0,2,4,8,12,24.")]
Pulse = Annotated[
    str | None, Option('Wash-out after this time, e.g. "1 h"; by default the drug stays.')
]
Perturbations = Annotated[
    tuple[str, ...], Option('"CHOP=ko", "NOXA=kd:0.8", "MCL1=oe:3", "PSMB5=A49T" (repeatable).')
]
Resistant = Annotated[
    str | None, Option('Share of cells that carry the mutation at the start, e.g. "5 %".')
]
MutationRate = Annotated[float, Option("Chance of a daughter to gain the mutation.")]
ReversionRate = Annotated[float, Option("Chance of a daughter to lose the mutation.")]
Doubling = Annotated[str | None, Option("Doubling time in culture; the line's own by default.")]
Cells = Annotated[int, Option("Cells seeded per well.", least=10, most=2e6)]
Replicates = Annotated[int, Option("Wells per treatment.", least=1, most=999)]
Noise = Annotated[str, Option("CV of the reading: of a plate reader 5-10 %, of a band 20-25 %.")]
Seed = Annotated[int, Option("Seed of all random numbers.", least=0, most=2**31 - 1)]


class Experiment(NamedTuple):
    """A description read and checked: the cells' parameter sets and what a well is seeded with,
    drugs, wells, and what simulates it.
    """

    cells: list[ParameterSet]
    line: Line
    drugs: list[str]
    layout: Layout
    measure: Callable[[], Measurement]


@dataclass(frozen=True, kw_only=True)
class Assay:
    """What every assay has: a verb, a check when it is made, and ``run()``."""

    verb: ClassVar[str]

    def __post_init__(self) -> None:
        for name, (kind, option, _) in options_of(type(self)).items():
            value = as_option(name, kind, getattr(self, name))
            object.__setattr__(self, name, value)
            _check_range(name, option, value)
        self.experiment()

    def experiment(self) -> Experiment:
        """Everything read and checked, nothing simulated; XenosimError for what cannot be done."""
        raise NotImplementedError

    def run(self) -> AssayResult:
        """Simulate the wells and read them."""
        from xenosim.assays.result import AssayResult

        return AssayResult.of(self)

    def to_dict(self) -> dict[str, Any]:
        """Verb and fields as plain data, as an assay file holds them: what is not given is left
        out, files by their whole paths.
        """
        given = {name: getattr(self, name) for name in options_of(type(self))}
        return {"assay": self.verb} | {
            name: list(value) if isinstance(value, tuple) else located(name, value, Path.cwd())
            for name, value in given.items()
            if value is not None and value != ()
        }

    def command(self) -> str:
        """The command that does the same."""
        words = ["xenosim", "assay", self.verb]
        for name, (_, option, _) in options_of(type(self)).items():
            value = getattr(self, name)
            values = value if isinstance(value, tuple) else () if value is None else (value,)
            flag = [] if option.is_argument else [flag_of(name)]
            words += [word for each in values for word in (*flag, str(each))]
        return shlex.join(words)


def as_option(name: str, kind: Any, value: Any) -> Any:
    """A value of Python as its field holds it: a list of texts or numbers becomes one text where
    the field is text, a number its digits, a text a number where the field is one.

    Raises
    ------
    ParameterError
        What is no number, where one belongs.

    Examples
    --------
    >>> as_option("times", str, [0, 2.5, 4]), as_option("perturb", tuple[str, ...], "CHOP=ko")
    ('0,2.5,4', ('CHOP=ko',))
    """
    value = value.tolist() if hasattr(value, "tolist") else value
    several = isinstance(value, (list, tuple))
    if value is None:
        return None
    if tuple in (kind, getattr(kind, "__origin__", None)):
        return tuple(map(_spelled, value)) if several else (_spelled(value),)
    text = ",".join(map(_spelled, value)) if several else _spelled(value)
    number = next((each for each in (int, float) if each in (kind, *get_args(kind))), None)
    if number is None:
        return text
    try:
        return number(text)
    except ValueError as error:
        what = "a whole number" if number is int else "a number"
        raise ParameterError(
            f"{name} is '{text}', which is not {what}", where=flag_of(name), remedy="correct it"
        ) from error


def _spelled(value: Any) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)


def located(name: str, value: Any, folder: Path) -> Any:
    """The value of a field, in which a relative path of a file starts from ``folder``.

    Examples
    --------
    >>> located("lines", "Jurkat,mine/line.yaml", Path("/data"))
    'Jurkat,/data/mine/line.yaml'
    >>> located("drug", "ixazomib", Path("/data"))
    'ixazomib'
    """
    if name == "file":
        return str(folder / value)
    if name not in ("line", "lines", "like"):
        return value
    names = (each.strip() for each in value.split(","))
    return ",".join(str(folder / each) if each.endswith(".yaml") else each for each in names)


def flag_of(name: str) -> str:
    """The option of a field on the command line.

    Examples
    --------
    >>> flag_of("mutation_rate")
    '--mutation-rate'
    """
    return "--" + name.replace("_", "-")


def options_of(assay: type[Assay]) -> dict[str, tuple[Any, Option, Any]]:
    """Type, option and default of every field: those an assay declares itself first, then those of
    cells and plate. A default of ``dataclasses.MISSING`` must be given.

    Examples
    --------
    >>> list(options_of(CloneOptions))[:4]
    ['resistant', 'mutation_rate', 'reversion_rate', 'line']
    """
    hints = get_type_hints(assay, include_extras=True)
    defaults = {field.name: field.default for field in fields(assay)}
    return {
        name: (*get_args(hints[name]), defaults[name])
        for name in dict.fromkeys(_declared(assay))
        if name in defaults
    }


def _declared(assay: type[Assay]) -> Iterator[str]:
    """Names of fields, from the class itself to its bases."""
    for part in assay.__mro__:
        yield from get_annotations(part)


def _check_range(name: str, option: Option, value: Any) -> None:
    """Refuse a number outside the range of its option (ParameterError)."""
    least, most = option.least, option.most
    if (least is not None and value < least) or (most is not None and value > most):
        limits = f"from {least:g} on" if most is None else f"{least:g} to {most:.0f}"
        raise ParameterError(
            f"{name} is {value}", where=flag_of(name), remedy=f"give a number {limits}"
        )


@dataclass(frozen=True, kw_only=True)
class CultureOptions(Assay):
    """The cells of a well."""

    line: LineName = "cell"
    perturb: Perturbations = ()
    doubling: Doubling = None

    def cell(self) -> ParameterSet:
        """The parameters of the cells."""
        from xenosim.assays.library import cell_of

        return cell_of(self.line)

    def founders(self, draw: Draw | None = None) -> Line:
        """What a well is seeded with; ``draw``: under these values of the ensemble."""
        from xenosim.assays.entries import hours_of
        from xenosim.assays.library import cells

        time = hours_of(self.doubling, "--doubling") if self.doubling else None
        return cells(self.line, self.perturb, time, **self.clone(), draw=draw)

    def clone(self) -> dict[str, Any]:
        """Share and rates of a resistant clone [-]; none here."""
        return {}


@dataclass(frozen=True, kw_only=True)
class CloneOptions(CultureOptions):
    """The cells of a well, some of which may carry a mutation."""

    resistant: Resistant = None
    mutation_rate: MutationRate = 0.0
    reversion_rate: ReversionRate = 0.0

    def clone(self) -> dict[str, Any]:
        """Share and rates of the resistant clone [-]."""
        from xenosim.assays.entries import share_of

        return {
            "resistant": share_of(self.resistant, "--resistant"),
            "mutation_rate": self.mutation_rate,
            "reversion_rate": self.reversion_rate,
        }


@dataclass(frozen=True, kw_only=True)
class WellOptions(Assay):
    """Cells and random numbers of a well."""

    cells: Cells = 2000
    seed: Seed = 1

    def layout(self) -> Layout:
        """One well per treatment, read without error."""
        from xenosim.assays.plate import Layout

        return Layout(self.cells, 1, self.seed)


@dataclass(frozen=True, kw_only=True)
class PlateOptions(WellOptions):
    """Wells of a plate."""

    replicates: Replicates = 3

    def layout(self) -> Layout:
        """Wells read without error."""
        return super().layout()._replace(replicates=self.replicates)


@dataclass(frozen=True, kw_only=True)
class ReaderOptions(PlateOptions):
    """Wells of a plate, and how well they are read."""

    noise: Noise = "0 %"

    def layout(self) -> Layout:
        """Wells and the error of their reading."""
        from xenosim.units import quantity

        return super().layout()._replace(noise=quantity(self.noise, "fraction", where="--noise"))
