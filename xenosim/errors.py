"""Named errors: each says where, what, and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

#: Lines that are printed of an error, and letters of each.
MOST_LINES, LONGEST_LINE = 120, 300


class XenosimError(Exception):
    """A mistake the user can mend; the command line prints it and exits with code 2.

    Parameters
    ----------
    message : str
        What is wrong.
    where : str, optional
        File, line and column, or the name of the argument.
    remedy : str, optional
        How to mend it.
    excerpt : str, optional
        The offending line, ready to print.
    """

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        remedy: str | None = None,
        excerpt: str | None = None,
    ) -> None:
        super().__init__(message, where, remedy, excerpt)
        self.message = message
        self.where = where
        self.remedy = remedy
        self.excerpt = excerpt

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}; {self.remedy}" if self.remedy else text

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.where, self.remedy, self.excerpt))


def _rebuild(
    kind: type[XenosimError],
    message: str,
    where: str | None,
    remedy: str | None,
    excerpt: str | None,
) -> XenosimError:
    """Unpickle an error raised in a worker process."""
    return kind(message, where=where, remedy=remedy, excerpt=excerpt)


class ScenarioError(XenosimError):
    """A scenario file that cannot be run."""


class RegimenError(XenosimError):
    """A dosing regimen that is ambiguous, absurd or not understood."""


class UnitError(XenosimError):
    """A quantity without a unit, or with the wrong one."""


class ParameterError(XenosimError):
    """A parameter file or value that is not acceptable."""


class TableError(XenosimError):
    """A table (CSV) that does not have the columns or values it must have."""


class ResourceError(XenosimError):
    """A request that does not fit this machine."""


class RunError(XenosimError):
    """A run directory that is missing, damaged or cannot be written."""


class CheckpointError(XenosimError):
    """A checkpoint that is damaged, foreign, of a newer version, or of another simulation."""


def describe(error: XenosimError) -> str:
    """An error as it is printed: place and message, the offending line, the remedy.

    Examples
    --------
    >>> print(describe(ScenarioError("no such file", where="my.yaml", remedy="write it")))
    my.yaml: error: no such file
      write it
    """
    place = f"{error.where}: " if error.where else ""
    lines = [f"{place}error: {error.message}"]
    lines += [error.excerpt] if error.excerpt else []
    lines += [f"  {error.remedy}"] if error.remedy else []
    lines = printable("\n".join(lines)).split("\n")
    if len(lines) > MOST_LINES:
        left_out = len(lines) - MOST_LINES
        lines = [*lines[: MOST_LINES - 3], f"  ... {left_out} more lines ...", *lines[-3:]]
    return "\n".join(map(_shortened, lines))


def _shortened(line: str) -> str:
    """``line`` without its middle, where somebody typed a book.

    Examples
    --------
    >>> len(_shortened("x" * 100_000)) < 500
    True
    """
    if len(line) <= LONGEST_LINE:
        return line
    part = LONGEST_LINE // 2 - 20
    return f"{line[:part]} ... {len(line) - 2 * part} letters ... {line[-part:]}"


def printable(text: str) -> str:
    """``text`` with control characters, which a terminal would obey, spelled out.

    Examples
    --------
    >>> printable("red: " + chr(27) + "[31m")
    'red: \\\\x1b[31m'
    """
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else ascii(letter)[1:-1]
        for letter in text
    )


def suggest(word: str, options: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"`` for the nearest of ``options`` in any letter case, or an
    empty string.
    """
    if len(word) > LONGEST_LINE:
        return ""
    spelled = {option.lower(): option for option in options}
    near = difflib.get_close_matches(word.lower(), list(spelled), n=1, cutoff=0.6)
    return f"; did you mean '{spelled[near[0]]}'?" if near else ""
