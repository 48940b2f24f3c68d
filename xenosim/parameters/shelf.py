"""Parameter sets of the user, found before the shipped ones while they are on the shelf.

:func:`on_shelf` puts them there for a block of code; ``load``, ``lines`` and all that look a name
up ask here first. What is shipped never extends what a user wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from xenosim.parameters.lines import LineRecord
    from xenosim.parameters.load import ParameterSet


class Shelf(Protocol):
    """The sets of a user by kind and name."""

    def names(self, kind: str) -> tuple[str, ...]:
        """Names of the sets of a kind, in alphabetical order."""

    def find(self, kind: str, name: str) -> ParameterSet:
        """The set of a kind and name that is on the shelf.

        Raises
        ------
        XenosimError
            Its file holds mistakes: all of them.
        """

    def record(self, name: str) -> LineRecord:
        """What is known of a line that is on the shelf."""


_SHELF: ContextVar[Shelf | None] = ContextVar("shelf", default=None)


@contextmanager
def on_shelf(shelf: Shelf | None) -> Iterator[None]:
    """Within the block the sets of ``shelf`` come before the shipped ones; None: only these."""
    token = _SHELF.set(shelf)
    try:
        yield
    finally:
        _SHELF.reset(token)


def put_on_shelf(shelf: Shelf) -> None:
    """As :func:`on_shelf`, for the rest of this thread or process: a verb that reads one file."""
    _SHELF.set(shelf)


def shelf() -> Shelf | None:
    """What is on the shelf now."""
    return _SHELF.get()


def own_names(kind: str) -> tuple[str, ...]:
    """Names of the user's sets of a kind.

    Examples
    --------
    >>> own_names("drug")
    ()
    """
    found = _SHELF.get()
    return found.names(kind) if found else ()


def own_set(kind: str, name: str) -> ParameterSet | None:
    """The user's set of a kind and name, or None."""
    found = _SHELF.get()
    return found.find(kind, name) if found and name in found.names(kind) else None
