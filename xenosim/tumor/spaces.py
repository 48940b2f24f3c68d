"""The spaces that a tumor can live in, side by side: a third one is a line here."""

from __future__ import annotations

from typing import Any

from xenosim.tumor.radial import RadialTumor
from xenosim.tumor.space import AnyTumor
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tumor import Tumor

#: What makes a tumor of a spec, by the name of its engine: the whole tumor on a lattice, and its
#: radial twin.
SPACES: dict[str, type[Tumor | RadialTumor]] = {"lattice": Tumor, "twin": RadialTumor}


def found_tumor(
    spec: TumorSpec, volume_mm3: float, seed: int, reserve_mm3: float = 0.0
) -> AnyTumor:
    """A tumor of ``volume_mm3`` [mm3] at its engraftment; parameters and errors as of
    :class:`xenosim.tumor.living.LivingTumor`.
    """
    return SPACES[spec.engine](spec, volume_mm3, seed, reserve_mm3)


def tumor_from_state(spec: TumorSpec, state: dict[str, Any]) -> AnyTumor:
    """The tumor of a ``state`` of this ``spec``, which is copied."""
    return SPACES[spec.engine].from_state(spec, state)
