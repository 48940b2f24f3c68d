"""What a resolution must be able to show; one rule for scenarios and for tumors."""

from __future__ import annotations

#: A depth of fewer sites is no depth.
MIN_DEPTH_SITES = 2


def too_coarse(spacing_um: float, depth_um: float, voxel_um: float) -> str:
    """Why sites ``spacing_um`` wide cannot show a mechanical depth and voxels [um], or "" if they
    can.
    """
    spacing = spacing_um * (1.0 - 1e-9)
    if depth_um < MIN_DEPTH_SITES * spacing:
        return (
            f"a mechanical depth of {depth_um:g} um is {depth_um / spacing_um:.1f} sites of"
            f" {spacing_um:.0f} um: it vanishes below {MIN_DEPTH_SITES}"
        )
    if voxel_um < spacing:
        return (
            f"sites of {spacing_um:.0f} um are wider than the voxels of vessels and oxygen,"
            f" {voxel_um:g} um"
        )
    return ""
