"""The user's parameter files of a scenario: found beside it, read when a set of them is used, and
kept with what was made from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial, wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from xenosim.errors import ParameterError, ScenarioError, XenosimError
from xenosim.parameters.ensemble import drug_priors
from xenosim.parameters.lines import LineRecord, letters
from xenosim.parameters.load import ParameterSet, shipped_names
from xenosim.parameters.schema import FOLDERS
from xenosim.parameters.shelf import on_shelf
from xenosim.scenario.document import Document, document_of, read_text
from xenosim.scenario.parameter_file import ParameterFile, read_parameter_file
from xenosim.scenario.schema import USER_FOLDERS, Scenario, UserFile

#: Names that a scenario can write.
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")
_P = ParamSpec("_P")
_T = TypeVar("_T")
_Key = tuple[str, str]


class Library:
    """Parameter files by kind and name, as :class:`xenosim.parameters.shelf.Shelf` wants them.

    Parameters
    ----------
    files : mapping
        By (kind, name) the place that errors name, and what gives the text.
    """

    def __init__(self, files: Mapping[_Key, tuple[str, Callable[[], str]]]) -> None:
        self._files = dict(files)
        self._texts: dict[_Key, str] = {}
        self._found: dict[_Key, ParameterFile | XenosimError] = {}
        self._opened: list[_Key] = []

    def __bool__(self) -> bool:
        return bool(self._files)

    def names(self, kind: str) -> tuple[str, ...]:
        """Names of the files of a kind, in alphabetical order."""
        return tuple(sorted(name for of, name in self._files if of == kind))

    def find(self, kind: str, name: str) -> ParameterSet:
        """The set of a file.

        Raises
        ------
        XenosimError
            All mistakes of the file.
        """
        return self._read((kind, name)).set

    def record(self, name: str) -> LineRecord:
        """What is known of a line."""
        file = self._read(("line", name))
        own = file.set.values
        doubling = own["culture_doubling_time"]
        return LineRecord(
            name,
            cancer=file.cancer or file.set.description,
            genotype=file.genotype,
            doubling_h=doubling.value,
            doubling_status=doubling.status,
            doubling_bib=doubling.bib,
            target=None,
            nfkb_sign=own["nfkb_sign"].value,
            myc_sign=own["myc_sign"].value,
            parent="",
            perturb="",
            traits={},
            traits_status="",
            traits_bib="",
            traits_note="",
            note="",
        )

    def place(self, kind: str, name: str) -> str:
        """Where a file is, as errors name it."""
        return self._files[kind, name][0]

    def used(self, wanted: Iterable[_Key]) -> tuple[UserFile, ...]:
        """The files of some sets, and of all that they extend, in alphabetical order."""
        waiting, found = list(wanted), set()
        while waiting:
            key = waiting.pop()
            if key in self._files and key not in found:
                found.add(key)
                waiting += [(key[0], parent) for parent in self._read(key).extends]
        return tuple(UserFile(kind, name, self._text((kind, name))) for kind, name in sorted(found))

    def _text(self, key: _Key) -> str:
        if key not in self._texts:
            self._texts[key] = self._files[key][1]()
        return self._texts[key]

    def _read(self, key: _Key) -> ParameterFile:
        if key not in self._found:
            try:
                self._found[key] = self._parsed(key)
            except XenosimError as error:
                self._found[key] = error
        found = self._found[key]
        if isinstance(found, XenosimError):
            raise found
        return found

    def _parsed(self, key: _Key) -> ParameterFile:
        kind, name = key
        place = self._files[key][0]
        if key in self._opened:
            chain = ", ".join(self._files[each][0] for each in self._opened)
            raise ParameterError(
                f"it extends itself, through {chain}", where=place, remedy="remove one 'extends'"
            )
        _check_name(kind, name, place, [of for of, each in self._files if each == name])
        self._opened.append(key)
        try:
            with on_shelf(self._without(key)):
                return read_parameter_file(document_of(self._text(key), place), name, kind)
        finally:
            self._opened.remove(key)

    def _without(self, key: _Key) -> Library:
        """What a file can extend: one that is named as a shipped set extends the shipped one."""
        if key[1] not in shipped_names(key[0]):
            return self
        rest = Library({each: file for each, file in self._files.items() if each != key})
        rest._found, rest._opened, rest._texts = self._found, self._opened, self._texts
        return rest


def _check_name(kind: str, name: str, place: str, kinds: list[str]) -> None:
    """Refuse a name that means something else."""
    others = [k for k in (*FOLDERS, "cell", "tumor", "dish", "readouts") if k != kind]
    taken = [k for k in others if k in FOLDERS and name in shipped_names(k) or k == name]
    if kind != "line" and taken:
        raise ParameterError(
            f"'{name}' is the name of a shipped set of kind {taken[0]}",
            where=place,
            remedy="give the file another name",
        )
    clash = [k for k in kinds if k not in (kind, "line")]
    if kind != "line" and clash:
        raise ParameterError(
            f"'{name}' is the name of a {kind} and of a {clash[0]}",
            where=place,
            remedy="give one of the files another name",
        )


def library_beside(folder: Path, document: Document | None = None) -> Library:
    """The parameter files below ``folder``, in ``drugs/``, ``lines/``, ``models/``, ``sites/`` and
    ``mice/``, and in the folders that the key ``parameter_files`` of a scenario names.

    Raises
    ------
    ScenarioError
        A folder that is not there or holds none of these, and two files for one name.
    """
    named = document.get(("parameter_files",)) if document is not None else None
    listed = [named] if isinstance(named, str) else named or []
    found: dict[_Key, tuple[str, Callable[[], str]]] = {}
    _collect(found, folder)
    for index, text in enumerate(listed if isinstance(listed, list) else []):
        other = folder / str(text)
        if other.resolve() == folder.resolve():
            continue
        if document is not None and not _collect(found, other):
            wanted = ", ".join(f"{each}/" for each in USER_FOLDERS.values())
            place = ("parameter_files", str(index)) if isinstance(named, list) else None
            raise document.fail(
                place or ("parameter_files",),
                f"'{text}' holds no parameter files",
                f"name a folder beside the scenario with one of {wanted}",
            )
    return Library(found)


def _collect(found: dict[_Key, tuple[str, Callable[[], str]]], folder: Path) -> bool:
    """Add the files below a folder; whether it has a folder of any kind."""
    there = False
    for kind, below in USER_FOLDERS.items():
        place = folder / below
        there |= place.is_dir()
        files = sorted([*place.glob("*.yaml"), *place.glob("*.yml")])
        for path in (path for path in files if is_name(path.stem)):
            name = path.stem.lower() if kind == "drug" else path.stem
            if (kind, name) in found:
                raise ScenarioError(
                    f"there is another file for {kind} '{name}': {found[kind, name][0]}",
                    where=str(path),
                    remedy="keep one of them",
                )
            found[kind, name] = (str(path), partial(read_text, path))
    return there


@lru_cache(maxsize=64)
def library_of(files: tuple[UserFile, ...]) -> Library | None:
    """The files that a scenario carries; None: it has none."""
    if not files:
        return None
    return Library({(f.kind, f.name): (f.place, partial(str, f.text)) for f in files})


def with_its_sets(
    function: Callable[Concatenate[Scenario, _P], _T],
) -> Callable[Concatenate[Scenario, _P], _T]:
    """A function of a scenario that finds the scenario's own parameter files by their names."""

    @wraps(function)
    def inner(scenario: Scenario, *args: _P.args, **kwargs: _P.kwargs) -> _T:
        with on_shelf(library_of(scenario.library)):
            return function(scenario, *args, **kwargs)

    return inner


def sets_named(scenario: Scenario) -> list[_Key]:
    """Kind and name of every set that a scenario names."""
    found = [
        ("model", scenario.model),
        ("site", scenario.site),
        ("mouse", scenario.animals.strain),
        ("line", scenario.line),
    ]
    found += [("drug", dose.drug) for arm in scenario.arms for dose in arm.doses]
    for member in scenario.panel:
        found += [("model", member.model), ("line", member.line)]
    return list(dict.fromkeys(found))


def own_files_text(scenario: Scenario) -> list[str]:
    """What a reader must know of each parameter file of the user: what it is, how many of its
    numbers have which status, and whether it stands in place of a shipped set.
    """
    library = library_of(scenario.library)
    found: list[str] = []
    if library is None:
        return found
    for file in scenario.library:
        own = library.find(file.kind, file.name)
        values = own.values.values()
        statuses = [p.status for p in values]
        counts = ", ".join(f"{statuses.count(s)} {s}" for s in dict.fromkeys(statuses))
        known = shipped_names(file.kind)
        shadows = file.name in known or (
            file.kind in ("line", "mouse") and letters(file.name) in map(letters, known)
        )
        found.append(
            f"{file.kind} '{file.name}' is the user's ({file.place}: {counts})"
            + (", in place of the shipped one of that name" if shadows else "")
            + (_drawn_text(own) if file.kind == "drug" and scenario.answers.ensemble else "")
        )
    return found


def _drawn_text(drug: ParameterSet) -> str:
    """What an ensemble does with the numbers of a drug."""
    drawn = [prior.name for prior in drug_priors(drug)]
    fixed = len(drug.values) - len(drawn)
    if not drawn:
        return "; none of its numbers has a range: they are the same in every set of the ensemble"
    return f"; in the ensemble {', '.join(drawn)} are drawn over their ranges, {fixed} stay fixed"


def is_name(text: str) -> bool:
    """Whether a parameter file can have a name.

    Examples
    --------
    >>> is_name("A-375"), is_name("my line")
    (True, False)
    """
    return _NAME.fullmatch(text) is not None
