"""The phases of one step, in their order: a tumor follows this list, and documents print it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.direct import DirectEffect


class Phase(NamedTuple):
    """One phase of a step: its ``name``, what happens, and the ``method`` of the tumor that does
    it.
    """

    name: str
    says: str
    method: str


#: What happens in one step, in this order.
PHASES = (
    Phase(
        "traits",
        "where traits mix, load and threshold of the cells whose turn it is (P5)",
        "_mix_traits",
    ),
    Phase(
        "cells",
        "every cell sees its exposure and advances by one step (P3, P4, P5), or is killed by a"
        " direct effect (P14); a tumor that has met no drug only ages",
        "_advance_cells",
    ),
    Phase("center", "every 24 steps, the center of mass and the bounds (P7)", "_recenter"),
    Phase("deaths", "cells whose death is due begin to die (P4, P5)", "_begin_deaths"),
    Phase("clearance", "dead cells whose time is over leave gaps (P7)", "_clear"),
    Phase(
        "space", "every 4 to 12 hours, gaps close and the depth is measured (P7)", "_update_space"
    ),
    Phase(
        "divisions",
        "cells at the end of their cycle divide one after another where room can be made; the"
        " others rest (P5, P7)",
        "_divide",
    ),
    Phase("rows", "the cleared are forgotten, and the space grows with the tumor", "_tidy"),
    Phase(
        "oxygen",
        "as often as space, oxygen where it can be short, and necrosis (P6)",
        "_breathe",
    ),
)


def phases_text() -> str:
    """The phases of one step as a numbered list, for documents.

    Examples
    --------
    >>> print(phases_text().splitlines()[3])
    4. *deaths*: cells whose death is due begin to die (P4, P5)
    """
    return "\n".join(
        f"{number}. *{phase.name}*: {phase.says}" for number, phase in enumerate(PHASES, start=1)
    )


@dataclass(slots=True)
class CurrentStep:
    """What the phases of one step hand on: its ``number`` [-], mean ``inhibition`` and ``cereblon``
    of the step [-], ``direct`` effects of drugs, and ``marks`` of the rows, uint8 (n,); from the
    phase of deaths on the rows that are ``dying``, ``leaving`` and ``ready`` to divide; how many
    were ``born`` [-].
    """

    number: np.int64
    inhibition: NDArray[np.float64] | None
    cereblon: float
    direct: DirectEffect
    marks: NDArray[np.uint8]
    dying: NDArray[np.int64] = field(init=False)
    leaving: NDArray[np.int64] = field(init=False)
    ready: NDArray[np.int64] = field(init=False)
    born: int = 0
