"""The part of space that a tumor's lattice covers: center, bounds, margin and voxels; it grows with
the tumor.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.state import MAX_SIDE, pack, positions
from xenosim.errors import ResourceError
from xenosim.tumor.gaps import count_gaps, list_gaps
from xenosim.tumor.keeping import check_nothing_lost, cropped, fill
from xenosim.tumor.lattice import (
    OUTSIDE,
    VACANT,
    Lattice,
    empty_lattice,
    extent,
    farthest,
    mark_taken,
)
from xenosim.tumor.order import point_back
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tissue import vessel_zones

#: Share of its width by which the domain grows beside its margin, small lattices and large ones,
#: and the width between the two [-], [sites].
DOMAIN_GROWTH, LARGE_DOMAIN_GROWTH, LARGE_DOMAIN = 0.1, 0.0, 256
#: Attributes of a domain that its state keeps, and those that follow from them or are scratch.
KEPT = ("half", "center", "lattice")
RECOMPUTED = ("spec", "origin", "first_voxel", "n_voxels", "_vessels", "_gaps")
#: Arrays of the lattice that follow from its size, or from the others.
RECOMPUTED_FIELDS = ("taken", "voxel_z", "voxel_y", "voxel_x")


def growth_share(half: float) -> float:
    """Share of its width by which a domain of ``half`` sites each way grows [-]: large ones little,
    for their memory.
    """
    return LARGE_DOMAIN_GROWTH if half > LARGE_DOMAIN / 2 else DOMAIN_GROWTH


class Domain:
    """A cubic lattice about the founding center, and the voxels of the tissue it lies in.

    Parameters
    ----------
    spec : TumorSpec
        Space and resolution.
    half : int
        Sites each way from the founding center [sites].

    Raises
    ------
    ResourceError
        More sites a side than a packed site can tell apart.
    """

    lattice: Lattice

    def __init__(self, spec: TumorSpec, half: int) -> None:
        self.spec = spec
        #: Center of mass, to a whole site: z, y, x [sites].
        self.center = [0, 0, 0]
        self._gaps: NDArray[np.int64] = np.empty(1024, np.int64)
        self._build(half)

    def _build(self, half: int) -> None:
        """An empty lattice of ``2 half + 1`` sites a side, with its voxels."""
        spec, side = self.spec, 2 * half + 1
        self.half, self.origin = half, np.full(3, half, np.int64)
        if side > MAX_SIDE:
            raise ResourceError(
                f"a tumor {side - 2 * spec.margin} sites wide at {spec.resolution:g} agents per mm3"
                f" does not fit the lattice of {MAX_SIDE} sites",
                remedy="lower the volume or the resolution",
            )
        self.lattice = empty_lattice((side, side, side), spec.reach, spec.cube_bits)
        # By the middle of a site: a border between voxels is one between sites, whatever way a
        # coordinate rounds.
        voxel = np.floor(
            (np.arange(side) - half + 0.5) * spec.spacing_um / spec.perfusion.voxel_um
        ).astype(np.int64)
        #: First voxel, and number of voxels a side [voxels].
        self.first_voxel, self.n_voxels = int(voxel[0]), int(voxel[-1] - voxel[0] + 1)
        self.lattice.voxel_z[:] = (voxel - self.first_voxel) * self.n_voxels**2
        self.lattice.voxel_y[:] = (voxel - self.first_voxel) * self.n_voxels
        self.lattice.voxel_x[:] = voxel - self.first_voxel
        self._vessels: NDArray[np.uint8] | None = None

    def zones(self, seed: int) -> NDArray[np.uint8]:
        """Vessel class of every voxel, flat, of the tumor of a ``seed`` [-]: worked out when a
        drug, oxygen or a reader first asks.
        """
        if self._vessels is None:
            first, shape = (self.first_voxel,) * 3, (self.n_voxels,) * 3
            classes = vessel_zones(seed, first, shape, self.spec.perfusion)
            self._vessels = classes.ravel().astype(np.uint8)
        return self._vessels

    def gaps(self) -> NDArray[np.int64]:
        """All gaps, packed; valid until the next call."""
        b = self.lattice.bounds
        counts = np.empty((b[1] - b[0] + 1, b[3] - b[2] + 1), np.int64)
        count_gaps(self.lattice, counts)
        ends = np.cumsum(counts).reshape(counts.shape)
        found = int(ends[-1, -1])
        if found > self._gaps.shape[0]:
            self._gaps = np.empty(2 * found, np.int64)
        list_gaps(self.lattice, ends, self._gaps)
        return self._gaps[:found]

    def recenter(self, site: NDArray[np.int32]) -> None:
        """Center of mass of the cells on the packed sites ``site`` (n,), n > 0, and tight bounds;
        what lies outside them is cleared.
        """
        found = np.empty(9, np.int64)
        extent(site, found)
        self.center = [round(int(total) / site.size) for total in found[:3]]
        shrunk = not np.array_equal(self.lattice.bounds[:6], found[3:])
        self.lattice.bounds[:6] = found[3:]
        self.lattice.bounds[6] = farthest(site, *self.center)
        if shrunk:
            self._clear_outside()

    def _clear_outside(self) -> None:
        b, rows = self.lattice.bounds, self.lattice.row
        for axis in range(3):
            across = rows.swapaxes(0, axis)
            across[: b[2 * axis]] = OUTSIDE
            across[b[2 * axis + 1] + 1 :] = OUTSIDE
        self.lattice.squared[:] = 0

    def is_tight(self) -> bool:
        """Whether the tumor comes near the border."""
        low, high = self.lattice.bounds[0:6:2], self.lattice.bounds[1:6:2]
        margin = self.spec.margin
        return bool(low.min() < margin or high.max() >= 2 * self.half + 1 - margin)

    def grow(self, site: NDArray[np.int32]) -> None:
        """A larger lattice for the cells on the packed sites ``site`` (n,), which are shifted;
        positions about the founding center stay.
        """
        # A whole number of cubes, so that the cubes stay where they are.
        edge = 2**self.spec.cube_bits
        share = growth_share(self.half)
        cubes = math.ceil((2.0 * share * self.half + self.spec.margin) / edge)
        shift = cubes * edge
        gaps, squared = self.gaps(), self.lattice.squared.copy()
        # The old lattice goes before the new one comes: a full-size tumor has no room for both.
        # Columns and gaps hold all it held.
        del self.lattice
        self._build(self.half + shift)
        site += pack(shift, shift, shift)
        point_back(self.lattice.row, site)
        self.lattice.row[tuple(positions(gaps + pack(shift, shift, shift)).T)] = VACANT
        inner = slice(cubes, cubes + squared.shape[0])
        self.lattice.squared[inner, inner, inner] = squared
        self.recenter(site)
        mark_taken(self.lattice)

    def state(self) -> dict[str, Any]:
        """Size, center and what the lattice holds, as views of the arrays.

        Raises
        ------
        TypeError
            An attribute that is neither kept nor listed as recomputed.
        """
        check_nothing_lost(self, KEPT, RECOMPUTED)
        return {
            "half": self.half,
            "center": self.center,
            "lattice": {
                name: cropped(field) if field.ndim == 3 else {"block": field}
                for name, field in self._kept_fields().items()
            },
        }

    @classmethod
    def from_state(cls, spec: TumorSpec, state: dict[str, Any]) -> Domain:
        """The domain that :meth:`state` was taken of, for the same ``spec``; the state is
        copied.
        """
        domain = cls(spec, state["half"])
        domain.center = list(state["center"])
        for name, field in domain._kept_fields().items():
            fill(field, state["lattice"][name])
        mark_taken(domain.lattice)
        return domain

    def _kept_fields(self) -> dict[str, NDArray[Any]]:
        """Arrays of the lattice that do not follow from its size."""
        return {
            name: field
            for name, field in self.lattice._asdict().items()
            if isinstance(field, np.ndarray) and name not in RECOMPUTED_FIELDS
        }
