"""What a state is made of: whole objects, of which nothing is forgotten, and fields without their
background.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray


def check_nothing_lost(owner: object, *accounted: Iterable[str]) -> None:
    """Raise unless every attribute of ``owner`` is ``accounted`` for, as kept or as recomputed.

    Raises
    ------
    TypeError
        An attribute that is not: a state without it would go on as another tumor.

    Examples
    --------
    >>> class Clock:
    ...     def __init__(self):
    ...         self.step, self.drift = 0, 0.1
    >>> check_nothing_lost(Clock(), ["step"])
    Traceback (most recent call last):
    TypeError: the attribute drift of Clock is not kept in its state: it would be lost
    """
    known = {name for names in accounted for name in names}
    for name in vars(owner):
        if name not in known:
            raise TypeError(
                f"the attribute {name} of {type(owner).__name__} is not kept in its state: it would"
                " be lost"
            )


def cropped(field: NDArray[Any]) -> dict[str, Any]:
    """The smallest ``block`` of a 3D ``field`` outside of which it has the value of its ``corner``,
    and where it ``start``s [sites].
    """
    background = field[0, 0, 0]
    seen = [np.zeros(length, bool) for length in field.shape]
    for z, plane in enumerate(field):
        differs = plane != background
        columns = differs.any(axis=0)
        seen[0][z] = columns.any()
        seen[1] |= differs.any(axis=1)
        seen[2] |= columns
    box = []
    for axis in seen:
        found = np.flatnonzero(axis)
        box.append(slice(int(found[0]), int(found[-1]) + 1) if found.size else slice(0, 0))
    return {
        "corner": background.item(),
        "start": [part.start for part in box],
        "block": field[tuple(box)],
    }


def fill(field: NDArray[Any], kept: dict[str, Any]) -> None:
    """Put what :func:`cropped` kept back into ``field``; or a whole field of fewer axes."""
    if "start" not in kept:
        field[:] = kept["block"]
        return
    block = kept["block"]
    field[:] = kept["corner"]
    field[
        tuple(
            slice(start, start + length)
            for start, length in zip(kept["start"], block.shape, strict=True)
        )
    ] = block
