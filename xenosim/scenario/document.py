"""A YAML document that knows on which line every key stands."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from xenosim.errors import ScenarioError, XenosimError, describe, suggest

Path_ = tuple[str, ...]
#: Most bytes of a scenario file, values in it (an alias counts as all it stands for), and levels.
MAX_BYTES, MAX_NODES, MAX_DEPTH = 1_000_000, 100_000, 100
_YAML = "tag:yaml.org,2002:"
#: Kinds of values; a tag that asks for another one would run code, or be ignored.
_TAGS = {
    _YAML + name
    for name in ("map", "seq", "str", "int", "float", "bool", "null", "timestamp", "value", "merge")
}
#: Value of a key that an override leaves out.
LEFT_OUT = "null"


@dataclass
class Document:
    """Plain data of a YAML file, with the place of each key.

    ``data``: nested mappings, lists and strings; ``places``: (line, column) of values by key path;
    ``overridden``: paths set on the command line.
    """

    file: str
    lines: list[str]
    data: dict[str, Any]
    places: dict[Path_, tuple[int, int]]
    overridden: dict[Path_, str] = field(default_factory=dict)

    def where(self, path: Iterable[str]) -> str:
        """``file:line:column`` of a value, of its nearest parent, or the ``--set`` that gave it, or
        the first one that gave something below it.
        """
        path = tuple(path)
        for depth in range(len(path), 0, -1):
            below = [text for of, text in self.overridden.items() if of[:depth] == path[:depth]]
            if below and path[:depth] not in self.places:
                return f"--set {below[0]}"
            if path[:depth] in self.overridden:
                return f"--set {self.overridden[path[:depth]]}"
            if path[:depth] in self.places:
                line, column = self.places[path[:depth]]
                return f"{self.file}:{line}:{column}"
        return self.file

    def excerpt(self, path: Iterable[str]) -> str | None:
        """The line of a value with a caret below it, or None for overrides."""
        path = tuple(path)
        if path in self.overridden or path not in self.places:
            return None
        line, column = self.places[path]
        text = self.lines[line - 1]
        return f"{line:>5} │ {text}\n      │ {' ' * (column - 1)}^"

    def fail(self, path: Iterable[str], message: str, remedy: str | None = None) -> ScenarioError:
        """An error that points at a value."""
        path = tuple(path)
        return ScenarioError(
            message, where=self.where(path), remedy=remedy, excerpt=self.excerpt(path)
        )

    def placed(self, path: Iterable[str], error: XenosimError) -> XenosimError:
        """An error raised where the file was not known, at a value; a place of its own stays."""
        path = tuple(path)
        return type(error)(
            error.message,
            where=error.where or self.where(path),
            remedy=error.remedy,
            excerpt=self.excerpt(path),
        )

    def get(self, path: Iterable[str], default: Any = None) -> Any:
        """Value at a key path, or ``default``."""
        value: Any = self.data
        for key in path:
            if not isinstance(value, Mapping) or key not in value:
                return default
            value = value[key]
        return value

    def check_keys(self, path: Path_, allowed: Iterable[str]) -> None:
        """Refuse a section that is no mapping, and keys that nobody reads."""
        section, allowed = self.get(path, {}), list(allowed)
        if not isinstance(section, Mapping):
            raise self.fail(
                path, f"'{path[-1]}' must be a mapping", f"its keys are {', '.join(allowed)}"
            )
        for key in section:
            if key not in allowed:
                hint = suggest(str(key), allowed)
                raise self.fail(
                    (*path, key),
                    f"unknown key '{key}'{hint}",
                    f"allowed here: {', '.join(allowed)}",
                )


def read_document(path: Path, overrides: Mapping[str, object] | None = None) -> Document:
    """Read a scenario file and apply ``--set`` overrides; a key set to ``null`` is left out.

    Raises
    ------
    ScenarioError
        Missing, a directory, not UTF-8, not YAML, duplicate keys, not a mapping.
    """
    document = document_of(read_text(path), str(path))
    for key, value in _flat(overrides or {}):
        _override(document, key, _spelled(value))
    return document


def document_of(text: str, file: str) -> Document:
    """The document that a ``text`` in YAML holds; ``file``: as it is named in errors.

    Raises
    ------
    ScenarioError
        Not YAML, duplicate keys, tags, nesting without end, not a mapping.
    """
    document = Document(file, text.splitlines(), {}, {})
    try:
        node = _composed(text)
        _check_size(node, file)
        data = _plain(node, (), document) if node is not None else None
    except RecursionError as error:
        raise ScenarioError(
            "not valid YAML: nested without end, or an alias holds itself",
            where=file,
            remedy="remove aliases that hold themselves",
        ) from error
    except yaml.YAMLError as error:
        raise _not_yaml(file, error) from error
    if not isinstance(data, dict):
        raise ScenarioError(
            "the file is no mapping of keys",
            where=file,
            remedy="'xenosim new FILE' writes a scenario, 'xenosim params export NAME' parameters",
        )
    document.data = data
    return document


def refuse(mistakes: Sequence[XenosimError], file: str) -> None:
    """Raise what was found in a file: one mistake as it is, several in one error that lists all,
    each once, in the order of lines.
    """
    found = list({str(error): error for error in sorted(mistakes, key=_line_of)}.values())
    if len(found) == 1:
        raise found[0]
    if found:
        listed = "\n\n".join(map(describe, found))
        raise ScenarioError(
            f"{len(found)} mistakes\n\n{listed}\n",
            where=file,
            remedy=f"mend them all; 'xenosim check {file}' lists what is left",
        )


def _line_of(error: XenosimError) -> tuple[bool, int]:
    """Order in the file; what has no line comes last."""
    place = re.search(r":(\d+):\d+$", error.where or "")
    return (place is None, int(place[1]) if place else 0)


def _flat(overrides: Mapping[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Dotted keys and values of overrides, of which some may be mappings of keys below.

    Examples
    --------
    >>> list(_flat({"seed": 2, "tumor": {"growth": {"doubling_time": "5 day"}}}))
    [('seed', 2), ('tumor.growth.doubling_time', '5 day')]
    """
    for key, value in overrides.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _spelled(value: object) -> str:
    """A value of Python as it is written behind ``--set``.

    Examples
    --------
    >>> [_spelled(value) for value in (2, 2.0, 0.25, True, "7 day", [0, 3.5])]
    ['2', '2', '0.25', 'true', '7 day', '[0, 3.5]']
    """
    # Arrays and numbers of NumPy.
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_spelled, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def read_text(path: Path) -> str:
    """The text of a YAML file, line ends as they are.

    Raises
    ------
    ScenarioError
        Missing, no regular file, larger than :data:`MAX_BYTES`, not UTF-8.
    """
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode) and status.st_size > MAX_BYTES:
            raise ScenarioError(
                f"the file has {status.st_size / 1e6:.0f} MB",
                where=str(path),
                remedy="give a YAML file of at most 1 MB",
            )
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise ScenarioError(
                "this is no regular file", where=str(path), remedy="give a YAML file"
            )
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError as error:
        raise ScenarioError(
            "no such file", where=str(path), remedy="'xenosim new FILE' writes a starter"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        reason = (
            "not a text file in UTF-8"
            if isinstance(error, UnicodeDecodeError)
            else str(error.strerror).lower()
        )
        raise ScenarioError(
            f"cannot be read: {reason}", where=str(path), remedy="give a YAML file"
        ) from error


def _composed(text: str) -> yaml.Node | None:
    """The nodes of a document; YAMLError for what is none."""
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=yaml.SafeLoader)
    except (ValueError, OverflowError) as error:
        # A letter beyond the last one, written as a number.
        raise yaml.YAMLError(str(error)) from error
    return node


def _check_size(node: yaml.Node | None, file: str) -> None:
    """Refuse a file whose aliases stand for more values than a scenario can have."""
    waiting: list[Iterator[yaml.Node]] = [iter([node] if node is not None else [])]
    count = 0
    while waiting:
        inner = next(waiting[-1], None)
        if inner is None:
            waiting.pop()
            continue
        count += 1
        if len(waiting) > MAX_DEPTH:
            raise RecursionError
        if count > MAX_NODES:
            raise ScenarioError(
                f"more than {MAX_NODES} values, aliases included",
                where=file,
                remedy="write values out in place of aliases of aliases",
            )
        if isinstance(inner, yaml.MappingNode):
            waiting.append(iter([part for pair in inner.value for part in pair]))
        elif isinstance(inner, yaml.SequenceNode):
            waiting.append(iter(inner.value))


def _not_yaml(file: str, error: yaml.YAMLError) -> ScenarioError:
    """What the parser found, where it says it is."""
    mark = getattr(error, "problem_mark", None)
    if not isinstance(error, yaml.MarkedYAMLError):
        return ScenarioError(
            f"not valid YAML: {str(error).splitlines()[0]}",
            where=file,
            remedy="remove characters that do not print",
        )
    return ScenarioError(
        f"not valid YAML: {error.problem}",
        where=f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file,
        remedy="check indentation, quotes and braces",
    )


def _plain(node: yaml.Node, path: Path_, document: Document) -> Any:
    document.places[path] = (node.start_mark.line + 1, node.start_mark.column + 1)
    if node.tag not in _TAGS:
        raise document.fail(
            path, f"the tag {node.tag.removeprefix(_YAML)!r} is not understood", "remove the tag"
        )
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            inner = (*path, key)
            document.places[inner] = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
            if key in out:
                raise document.fail(inner, f"'{key}' is given twice", "remove one of them")
            out[key] = _plain(value_node, inner, document)
        return out
    if isinstance(node, yaml.SequenceNode):
        return [
            _plain(item, (*path, str(index)), document) for index, item in enumerate(node.value)
        ]
    if node.tag == "tag:yaml.org,2002:null":
        return None
    return str(node.value)


def _listed(key: str, value: str) -> list[str]:
    """The texts of a YAML list, as they are written."""
    error: Exception | None = None
    try:
        node = _composed(value)
    except (yaml.YAMLError, RecursionError) as found:
        node, error = None, found
    items: list[Any] = node.value if isinstance(node, yaml.SequenceNode) else [None]
    if not all(isinstance(item, yaml.ScalarNode) for item in items):
        raise ScenarioError(
            f"'{value}' is not a list",
            where=f"--set {key}",
            remedy="write e.g. --set 'perturb=[CHOP=ko, JNK=ko]'",
        ) from error
    return [str(item.value) for item in items]


def _override(document: Document, key: str, value: str) -> None:
    path = tuple(key.split("."))
    if not all(path):
        raise ScenarioError(
            f"'{key}' is not a key", where="--set", remedy="write --set animals.per_arm=4"
        )
    section = document.data
    for part in path[:-1]:
        section = section.setdefault(part, {})
        if not isinstance(section, dict):
            raise ScenarioError(
                f"'{key}': '{part}' has no keys below it",
                where="--set",
                remedy="see 'xenosim new' for the keys",
            )
    if value == LEFT_OUT:
        if section.pop(path[-1], None) is None:
            raise ScenarioError(
                f"there is no '{key}' to be left out{suggest(path[-1], section)}", where="--set"
            )
    else:
        section[path[-1]] = _listed(key, value) if value.startswith("[") else value
    document.overridden[path] = f"{key}={value}"
