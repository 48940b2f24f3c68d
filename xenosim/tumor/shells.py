"""Space without a lattice: places from the center outward, each a cell or a gap (MODEL.md P7).

The lattice pushes cells along outward normals and closes gaps along radial lines; both keep the
radial order of the cells, and cells meet each other only through room. So the order is the space:
place ``k`` lies at the radius of ``k + 1/2`` places, a daughter is inserted behind her mother, and
what dies leaves the list. Lengths are in radii of a sphere of one place
(:func:`xenosim.tumor.radial.unit_um`), where place ``k`` begins at the cube root of ``k``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.population import found_some, move_row
from xenosim.cell.rng import DIVIDE, SECTOR, VACANCY, VESSELS, block, unit
from xenosim.cell.state import MAX_SIDE, PROLIFERATING, QUIESCENT, SITE_BITS
from xenosim.jit import kernel
from xenosim.tumor.lattice import VACANT

#: Directions from the center that share vessels; a site packs a shell with one of them [-].
N_SECTORS = MAX_SIDE
_SECTOR = N_SECTORS - 1
_SHELL = 2 * SITE_BITS
#: A gap that a daughter takes in this step.
TAKEN = np.int32(VACANT - 1)


class Places(NamedTuple):
    """Places from the center outward: the row of each in ``order``, VACANT if it is a gap, int32
    (capacity,); ``spare``, as long, where the next order is written; ``place`` of every row, int32
    (rows,); where each shell ``ends``, int64 (n_shells,) [places]; ``marks`` of the rows, uint8
    (rows,).
    """

    order: Any
    spare: Any
    place: Any
    ends: Any
    marks: Any


class RadialRules(NamedTuple):
    """Thickness of the ``rim`` whose cells push the surface, and ``reach`` of the lines of deeper
    cells [unit radii]; sites that the line of a cell of the rim meets a unit of depth,
    ``rim_sites`` [1/unit radius]; different sites that all lines of a deeper cell meet,
    ``core_sites`` [-]; ``space_steps`` between closings of gaps [-], ``close_probability`` of a gap
    at each [-]; ``seed`` [-].
    """

    rim: Any
    reach: Any
    rim_sites: Any
    core_sites: Any
    space_steps: Any
    close_probability: Any
    seed: Any


@kernel(inline=True)
def radius_of(place):
    """Radius of the middle of a ``place`` [unit radii]."""
    return (place + 0.5) ** (1.0 / 3.0)


@kernel
def settle(cells, places, n_places):
    """Write down the place of every row, and the shell that it lies in [-]."""
    order, place, site = places.order, places.place, cells.site
    k, shell = 0, 0
    while k < n_places:
        end = min(places.ends[shell], n_places)
        packed = np.int32(shell << _SHELL)
        while k < end:
            i = order[k]
            if i != VACANT:
                place[i] = k
                site[i] = packed | (site[i] & _SECTOR)
            k += 1
        shell += 1


@kernel
def found_radial(cells, places, n, seed, traits, dt):
    """Fill rows 0..n-1 [-] with founders, as :func:`xenosim.cell.population.found_cells`, and let
    them be the places from the center outward, each in a random sector [-].
    """
    found_some(cells, 0, n, seed, traits, dt)
    for i in range(n):
        places.order[i] = i
        cells.site[i] = np.int32(np.int64(block(seed, SECTOR, 0, cells.uid[i])[0]) & _SECTOR)
    settle(cells, places, n)


@kernel
def fill_classes(zone, shells_a_class, n_classes, seed):
    """Vessel class of every shell and sector into ``zone``, uint8 (n_shells, N_SECTORS): one draw
    for ``shells_a_class`` shells, a correlation length, of a sector [-] (P2).
    """
    for shell in range(zone.shape[0]):
        for sector in range(N_SECTORS):
            word = block(seed, VESSELS, np.int64(shell / shells_a_class), sector)[0]
            zone[shell, sector] = np.uint8(unit(word) * n_classes)


@kernel
def leave_places(places, leaving):
    """The places of the ``leaving`` rows [-] become gaps."""
    for i in leaving:
        places.order[places.place[i]] = VACANT


@kernel
def close_some_gaps(places, n_places, step, rules):
    """Every gap leaves the list with the probability of one update; places that remain [-] (P7)."""
    order, kept = places.order, 0
    for k in range(n_places):
        i = order[k]
        if i == VACANT:
            word = block(rules.seed, VACANCY, step, k)[0]
            if unit(word) < rules.close_probability:
                continue
        order[kept] = i
        kept += 1
    return kept


@kernel
def list_vacant_places(places, n_places):
    """The gaps, from the center outward [places]."""
    gaps, found = np.empty(n_places, np.int32), 0
    for k in range(n_places):
        gaps[found] = k
        found += places.order[k] == VACANT
    return gaps[:found]


@kernel(inline=True)
def room_for(place, surface, gaps, n_places, words, rules):
    """Which of the ``gaps`` the cell on a ``place`` takes, -1: none on its lines; and whether it is
    too deep to push outward without one (P7).

    Lines that meet ``m`` different sites meet a gap with probability 1 - (1 - f)^m, f the share of
    gaps between the cell and one depth outward of it.
    """
    radius = radius_of(place)
    depth = surface - radius
    deep = depth > rules.rim
    last = n_places
    sites = rules.rim_sites * depth
    if deep:
        last = min(np.int64((radius + rules.reach) ** 3.0), n_places)
        sites = rules.core_sites
    low = np.searchsorted(gaps, place)
    high = np.searchsorted(gaps, last)
    share = (high - low) / max(last - place - 1, 1)
    if high == low or unit(words[0]) >= 1.0 - (1.0 - share) ** sites:
        return -1, deep
    return low + np.int64(unit(words[1]) * (high - low)), deep


@kernel
def divide_places(cells, places, n_places, ready, daughters, mothers, step, rules):
    """Let the ``ready`` rows divide where there is room, from the center outward; the k-th daughter
    takes row ``daughters[k]`` behind her mother, whose row goes to ``mothers[k]`` [-] (P5, P7).

    Returns the births and the places then [-].
    """
    gaps = list_vacant_places(places, n_places)
    surface = n_places ** (1.0 / 3.0)
    order, site, state, uid = places.order, cells.site, cells.state, cells.uid
    at = np.empty(ready.shape[0], np.int64)
    born, filled = 0, 0
    inner = np.empty(ready.shape[0], np.int32)
    for turn in range(ready.shape[0]):
        inner[turn] = places.place[ready[turn]]
    for turn in np.argsort(inner):
        i, k = ready[turn], np.int64(inner[turn])
        cells.clock[i] -= 1.0
        state[i] = QUIESCENT
        words = block(rules.seed, DIVIDE, step, uid[i])
        found, deep = room_for(k, surface, gaps, n_places, words, rules)
        if found >= 0 and order[gaps[found]] == VACANT:
            order[gaps[found]] = TAKEN
            filled += 1
        elif deep:
            continue
        state[i] = PROLIFERATING
        mothers[born] = i
        at[born] = k
        site[daughters[born]] = site[i]
        born += 1
    _insert(places, n_places, at[:born], daughters)
    return born, n_places + born - filled


@kernel
def _insert(places, n_places, at, daughters):
    """Put the ``daughters`` behind the places ``at`` (born,), rising, of their mothers, and forget
    the gaps that are taken [-].
    """
    order, spare = places.order, places.spare
    turn, kept = 0, 0
    for k in range(n_places):
        i = order[k]
        spare[kept] = i
        kept += i != TAKEN
        if turn < at.shape[0] and at[turn] == k:
            spare[kept] = np.int32(daughters[turn])
            kept += 1
            turn += 1
    order[:kept] = spare[:kept]


@kernel
def without_outer_gaps(places, n_places):
    """Places up to the outermost cell [-]: a gap outside of it is host tissue."""
    while n_places > 0 and places.order[n_places - 1] == VACANT:
        n_places -= 1
    return n_places


@kernel
def fill_empty_rows(cells, places, n, holes, exposed):
    """Move the last rows into ``holes``, rows without a cell in rising order [-]; returns the rows
    that remain [-]; ``exposed`` as in :func:`xenosim.cell.population.move_row` [-].
    """
    for k in range(holes.shape[0] - 1, -1, -1):
        i = holes[k]
        n -= 1
        if i != n:
            move_row(cells, n, i, exposed)
            places.place[i] = places.place[n]
            places.order[places.place[i]] = i
    return n
