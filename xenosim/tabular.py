"""The one reader of tables that a user hands in: event tables, control curves, viabilities.

Laboratories separate by commas, semicolons, tabs or blanks, write decimals with a point or a comma,
and mark what is missing in a dozen ways. What is unambiguous is read, and :attr:`Table.notes` says
what was recognised; what is ambiguous is refused, with both readings named. Every mistake of a file
is listed at once.
"""

from __future__ import annotations

import csv
import logging
import re
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import TypeVar

from xenosim.errors import TableError, XenosimError, suggest
from xenosim.spreadsheets import as_typed

Value = TypeVar("Value")

#: Most bytes and cells of a table, and most mistakes that are listed of one file.
MAX_BYTES, MAX_CELLS, MAX_LISTED = 50_000_000, 5_000_000, 100
#: Most remedies that are told of one file.
MAX_REMEDIES = 8
#: What laboratories, NONMEM, R and spreadsheets write where there is no value, in lower case.
MISSING = frozenset({"", ".", "na", "n/a", "#n/a", "null", "-"})
_SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", " ": "blanks"}
_NUMBER = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_WITH_COMMA = re.compile(r"[-+]?\d*,\d+([eE][-+]?\d+)?")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+")


class Mistakes:
    """Every mistake found in one file, raised together.

    Parameters
    ----------
    kind : type
        The error to raise.
    path : Path or str
        The file.

    Examples
    --------
    >>> found = Mistakes(TableError, "mice.csv")
    >>> found.add("day is 'x'", line=3, remedy="write a number")
    >>> found.check()
    Traceback (most recent call last):
    ...
    xenosim.errors.TableError: mice.csv:3: day is 'x'; write a number
    """

    def __init__(self, kind: type[XenosimError], path: Path | str) -> None:
        self.kind, self.path = kind, str(path)
        self.found: list[tuple[int, str, str]] = []

    def add(self, message: str, *, line: int, remedy: str = "") -> None:
        """Note one mistake on a ``line`` of the file [-]."""
        self.found.append((line, message, remedy))

    def take(self, error: XenosimError) -> None:
        """Note a mistake that was raised with its place, ``FILE:LINE``; the same one only once."""
        line = (error.where or "").rpartition(":")[2]
        number = int(line) if line.isdigit() else 0
        if (number, error.message, error.remedy or "") not in self.found[-MAX_LISTED:]:
            self.add(error.message, line=number, remedy=error.remedy or "")

    def tried(self, read: Callable[[], Value], otherwise: Value) -> Value:
        """What ``read`` finds, or ``otherwise`` where it raises a mistake, which is noted."""
        try:
            return read()
        except self.kind as error:
            self.take(error)
            return otherwise

    def check(self) -> None:
        """Raise what was found, if anything was."""
        if not self.found:
            return
        self.found.sort(key=lambda mistake: mistake[0])
        line, message, remedy = self.found[0]
        if len(self.found) == 1:
            where = f"{self.path}:{line}" if line else self.path
            raise self.kind(message, where=where, remedy=remedy or None)
        listed = [f"line {n}: {text}" for n, text, _ in self.found[:MAX_LISTED]]
        more = len(self.found) - len(listed)
        listed += [f"and {more} more"] if more else []
        remedies = dict.fromkeys(remedy for _, _, remedy in self.found if remedy)
        raise self.kind(
            f"{len(self.found)} mistakes\n  " + "\n  ".join(listed),
            where=self.path,
            remedy="; ".join(list(remedies)[:MAX_REMEDIES]) or None,
        )


@dataclass(frozen=True)
class Table:
    """A table as it was written: names of the columns, cells as trimmed text.

    ``lines`` (n_rows,) are the line numbers of the rows in the file; ``decimal_comma`` says how
    its numbers are written; ``notes`` what was recognised beside plain commas and points;
    ``comments`` the lines that begin with # above the header.
    """

    path: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    decimal_comma: bool = False
    notes: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()

    def index(self, name: str) -> int | None:
        """Place of a column, in any letter case; None if there is none of this name."""
        lower = name.lower()
        return next((k for k, column in enumerate(self.columns) if column.lower() == lower), None)

    def texts(self, name: str) -> list[str]:
        """The cells of a column, "" where it is missing."""
        k = self.index(name)
        if k is None:
            return [""] * len(self.rows)
        return ["" if is_missing(row[k]) else row[k] for row in self.rows]

    def numbers(
        self, name: str, mistakes: Mistakes, *, check: Callable[[float], str] = lambda value: ""
    ) -> list[float | None]:
        """The numbers of a column, None where it is missing.

        Parameters
        ----------
        name : str
            The column.
        mistakes : Mistakes
            Takes every cell that is no number, or that ``check`` objects to.
        check : callable
            What is wrong with a value, "" if nothing is.
        """
        found: list[float | None] = []
        for line, text in zip(self.lines, self.texts(name), strict=True):
            value = number(text, self.decimal_comma) if text else None
            objection = check(value) if value is not None else ""
            if text and (value is None or objection):
                what = f": {objection}" if objection else ""
                mistakes.add(f"{name} is '{text}'{what}", line=line, remedy="write a number")
                value = None
            found.append(value)
        return found

    def require(self, names: Iterable[str], remedy: str = "name it in the header") -> None:
        """Refuse a table that lacks columns, naming each and the nearest one present."""
        missing = [name for name in names if self.index(name) is None]
        if missing:
            hint = suggest(missing[0], self.columns) if len(missing) == 1 else ""
            raise TableError(
                f"column{'s' * (len(missing) > 1)} {', '.join(missing)}"
                f" {'are' if len(missing) > 1 else 'is'} missing{hint}"
                f" (there: {', '.join(self.columns)[:200]})",
                where=f"{self.path}:1",
                remedy=remedy,
            )


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value.

    Examples
    --------
    >>> [is_missing(cell) for cell in ("", ".", "NA", "0")]
    [True, True, True, False]
    """
    return text.lower() in MISSING


def number(text: str, decimal_comma: bool = False) -> float | None:
    """The finite number that a cell holds, or None; ``decimal_comma``: a comma is the decimal sign.

    Examples
    --------
    >>> number("2.5e3"), number("0,98", decimal_comma=True), number("1_000"), number("inf")
    (2500.0, 0.98, None, None)
    """
    plain = text.strip().replace(",", ".", 1) if decimal_comma else text.strip()
    if not _NUMBER.fullmatch(plain):
        return None
    value = float(plain)
    return value if abs(value) < float("inf") else None


def read_text(path: Path, max_bytes: int = MAX_BYTES) -> tuple[str, tuple[str, ...]]:
    """The text of a regular file of at most ``max_bytes`` [byte], and what was recognised.

    Raises
    ------
    TableError
        A file that is absent, no regular file (a device, a pipe, a folder), too large, or not text.
    """
    size = size_of(path)
    if size > max_bytes:
        raise TableError(
            f"the file has {size / 1e6:.0f} MB",
            where=str(path),
            remedy=f"give a table of at most {max_bytes / 1e6:.0f} MB",
        )
    try:
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    return _decoded(data, path)


def size_of(path: Path) -> int:
    """Size of a regular file [byte].

    Raises
    ------
    TableError
        A file that is absent, or no regular file: opening a pipe would wait for ever.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise unreadable(path, error) from error
    if not stat.S_ISREG(status.st_mode):
        raise TableError(
            "this is no regular file", where=str(path), remedy="give the path of a CSV file"
        )
    return status.st_size


def unreadable(path: Path, error: Exception) -> TableError:
    """What is said of a file that is not there or cannot be read."""
    absent = isinstance(error, FileNotFoundError)
    return TableError(
        "there is no such file" if absent else "the file cannot be read",
        where=str(path),
        remedy="check the path" if absent else "check its permissions",
    )


def _decoded(data: bytes, path: Path) -> tuple[str, tuple[str, ...]]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        codings: tuple[str, ...] = ("utf-16",)
    else:
        codings = ("utf-8-sig", "cp1252")
    for coding in codings:
        try:
            text = data.decode(coding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        usual = coding == "utf-8-sig"
        return text, () if usual else (f"text in {coding.upper()}",)
    raise TableError("the file is no text", where=str(path), remedy="save it as CSV in UTF-8")


def read_table(path: str | Path, max_bytes: int = MAX_BYTES) -> Table:
    """Read a table of a laboratory or another program.

    Parameters
    ----------
    path : Path
        The file: a header line, then one line per row, separated by commas, semicolons, tabs or
        blanks.
    max_bytes : int
        Largest file that is read [byte].

    Raises
    ------
    TableError
        A file that cannot be read as one table; every line with too many or too few cells is named.
    """
    path = Path(path)
    text, notes = read_text(path, max_bytes)
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    comments = tuple(takewhile(lambda line: line.startswith("#"), (line for _, line in lines)))
    lines = lines[len(comments) :]
    told = re.fullmatch(r"sep=(.)", lines[0][1].strip()) if lines else None
    lines = lines[1:] if told else lines
    if not lines:
        raise TableError("the table is empty", where=str(path), remedy="begin with a header line")
    separator = told.group(1) if told else _separator(lines[0][1])
    header, *rows = split_cells(lines, separator, path)
    if separator != ",":
        notes += (f"separated by {_SEPARATORS.get(separator, repr(separator))}",)
    columns, rows, more = _squared(header, rows, separator, path)
    numbers = [n for n, _ in rows]
    cells = tuple(row for _, row in rows)
    comma = _decimal_comma(rows, separator, path)
    notes += more + (("decimal commas",) if comma else ())
    # NONMEM's "." means nothing else: it is not worth a note.
    absent = Counter(c for row in cells for c in row if c not in ("", ".") and is_missing(c))
    if absent:
        words = ", ".join(f"'{word}'" for word in sorted(absent))
        notes += (f"{absent.total()} cells {words} read as missing",)
    if notes:
        logging.getLogger("xenosim").warning("%s: %s", path, ", ".join(notes))
    stripped = tuple(comment.lstrip("# ").rstrip() for comment in comments)
    return Table(str(path), columns, cells, tuple(numbers), comma, notes, stripped)


def _separator(header: str) -> str:
    """What separates the names of the header; quoted names may hold anything."""
    bare = re.sub(r'"[^"]*"', "", header)
    return next((sign for sign in "\t;," if sign in bare), " ")


def split_cells(
    lines: Sequence[tuple[int, str]], separator: str, path: Path
) -> list[tuple[int, tuple[str, ...]]]:
    """Line number and trimmed cells of every line, which ``separator`` splits.

    Raises
    ------
    TableError
        A line with open quotes, or more than :data:`MAX_CELLS` cells.
    """
    found = []
    total = 0
    for n, line in lines:
        if separator == " ":
            parts = [a or b for a, b in re.findall(r'"([^"]*)"|(\S+)', line)]
        else:
            try:
                (parts,) = csv.reader([line], delimiter=separator, strict=True)
            except (csv.Error, ValueError) as error:
                raise TableError(
                    f"the line cannot be read: {error}",
                    where=f"{path}:{n}",
                    remedy="close quotes on the same line; keep cells below 131,000 characters",
                ) from error
        total += len(parts)
        if total > MAX_CELLS:
            raise TableError(
                f"more than {MAX_CELLS} cells", where=f"{path}:{n}", remedy="give a smaller table"
            )
        found.append((n, tuple(as_typed(part.strip()) for part in parts)))
    return found


def _squared(
    header: tuple[int, tuple[str, ...]],
    rows: list[tuple[int, tuple[str, ...]]],
    separator: str,
    path: Path,
) -> tuple[tuple[str, ...], list[tuple[int, tuple[str, ...]]], tuple[str, ...]]:
    """Columns, rows of as many cells, and what was left out: row names as R writes them."""
    place, names = header
    notes: tuple[str, ...] = ()
    if len(names) > 1 and not names[-1] and all(row[len(names) - 1 :] == ("",) for _, row in rows):
        # Some programs end every line with a separator, the header too or not.
        names = names[:-1]
    if rows and all(len(row) == len(names) + 1 for _, row in rows):
        # R's write.table does not name the column of its row names. Between commas a cell too many
        # may as well be a decimal comma.
        if all(not row[-1] for _, row in rows):
            rows = [(n, row[:-1]) for n, row in rows]
        elif separator in "\t " and len({row[0] for _, row in rows}) == len(rows):
            rows, notes = [(n, row[1:]) for n, row in rows], ("row names left out",)
    elif names and names[0] == "" and all(len(row) == len(names) for _, row in rows):
        names, rows = names[1:], [(n, row[1:]) for n, row in rows]
        notes = ("row names left out",)
    mistakes = Mistakes(TableError, path)
    doubled = [name for name, times in Counter(n.lower() for n in names).items() if times > 1]
    for name in doubled:
        what = f"two columns have the name '{name}'" if name else "columns without a name"
        mistakes.add(what, line=place, remedy="rename or remove one")
    for n, row in rows:
        if len(row) > len(names):
            mistakes.add(
                f"{len(row)} cells for {len(names)} columns",
                line=n,
                remedy="write decimals with a point, quote text that holds the separator",
            )
        elif len(row) < len(names):
            mistakes.add(
                f"{len(row)} cells for {len(names)} columns",
                line=n,
                remedy="write '.' for what is missing",
            )
    mistakes.check()
    return names, rows, notes


def _decimal_comma(rows: list[tuple[int, tuple[str, ...]]], separator: str, path: Path) -> bool:
    """Whether the numbers of the table have decimal commas; commas that may also separate
    thousands are refused.
    """
    with_comma = [(n, c) for n, row in rows for c in row if _WITH_COMMA.fullmatch(c)]
    if not with_comma:
        return False
    with_point = [(n, c) for n, row in rows for c in row if re.fullmatch(r"[-+]?\d*\.\d+", c)]
    alike = all(_THOUSANDS.fullmatch(cell) for _, cell in with_comma)
    if with_point or (alike and separator != ";"):
        n, cell = with_comma[0]
        other = f", and '{with_point[0][1]}' has a point" if with_point else ""
        raise TableError(
            f"'{cell}': is the comma a decimal sign or does it separate thousands?{other}",
            where=f"{path}:{n}",
            remedy="write decimals with a point and thousands without a sign",
        )
    return True
