"""The quarters about the center of a tumor: space that changes in one does not see another."""

from __future__ import annotations

from typing import Any, NamedTuple

from xenosim.jit import kernel
from xenosim.tumor.lines import FAR, Box

#: From this many cells on, a tumor divides by regions: the quarters of its center, several at a
#: time [rows].
SPLIT_FROM, N_REGIONS = 4_000_000, 4


class SpaceParams(NamedTuple):
    """Space in sites: ``depth`` mechanical depth [sites], ``depth_squared`` [cubes2];
    ``n_lines`` along which a deeper cell looks for a gap [-]; ``close_probability`` of a gap per
    update [-]; center of mass ``cz``, ``cy``, ``cx`` [whole sites]; ``n_regions`` that divide at a
    time [-]; ``seed`` [-].
    """

    depth: Any
    depth_squared: Any
    n_lines: Any
    close_probability: Any
    cz: Any
    cy: Any
    cx: Any
    n_regions: Any
    seed: Any


@kernel(inline=True)
def quarter_of(z, y, space):
    """Quarter about the center in which the sites of plane ``z``, row ``y`` lie [-]."""
    return 2 * (z >= space.cz) + (y >= space.cy)


@kernel(inline=True)
def box_of(quarter, space):
    """Planes and rows of a ``quarter`` [-] about the center."""
    cz, cy = int(space.cz), int(space.cy)
    return Box(
        cz if quarter >= 2 else 0,
        FAR if quarter >= 2 else cz - 1,
        cy if quarter % 2 else 0,
        FAR if quarter % 2 else cy - 1,
    )


@kernel(inline=True)
def squared_from_center(z, y, x, space):
    """Squared distance of site (z, y, x) [-] from the center of mass [sites2]."""
    return (z - space.cz) ** 2 + (y - space.cy) ** 2 + (x - space.cx) ** 2
