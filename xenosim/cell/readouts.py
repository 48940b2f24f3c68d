"""Read-outs of the cell model: what a blot, PCR or ChIP of each node would measure (MODEL.md P11).

Each is a function of a :class:`Snapshot`, columns of single cells, and returns the level of every
cell [-]; the assay reports its mean over the lysate relative to untreated cells. Nodes without a
state of their own follow the state they are driven by; their constants are the parameters of
``readouts.yaml``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.params import CellParams, ReadoutParams
from xenosim.cell.rules import (
    capacity_target,
    nfkb_activity,
    noxa_induction,
    proteasome_activity,
    stress_drive,
)
from xenosim.cell.state import Cells
from xenosim.jit import kernel

Column = NDArray[np.float64]


class Snapshot(NamedTuple):
    """The cells in a lysate: their columns, float64 where they are numbers, ``occupancy`` and
    ``dead``, committed or not, shape (n,) each [-]; ``params``, ``constants``: of the cell model
    and of the read-outs; ``levels``: remaining activity of perturbed nodes [-].
    """

    cells: Cells
    occupancy: Column
    dead: Column
    params: CellParams
    constants: ReadoutParams
    levels: Mapping[str, float]

    def level(self, *nodes: str) -> float:
        """Product of the remaining activities of ``nodes`` [-]."""
        return float(np.prod([self.levels.get(node, 1.0) for node in nodes]))


@kernel
def nfkb_of_cells(occupancy, ikzf, params):
    """:func:`xenosim.cell.rules.nfkb_activity` of every cell (n,) [-]."""
    activity = np.empty(occupancy.shape[0], np.float64)
    for i in range(activity.shape[0]):
        activity[i] = nfkb_activity(occupancy[i], ikzf[i], params)
    return activity


def proteasome(s: Snapshot) -> Column:
    """Chymotrypsin-like activity: capacity not occupied (P3)."""
    return np.asarray(proteasome_activity.py_func(s.cells.capacity, s.occupancy))


def induced(s: Snapshot, *nodes: str) -> Column:
    """A marker that follows the stress S through ``nodes``, above its basal level (P4)."""
    return s.level(*nodes) * (s.constants.basal_level + s.cells.stress)


def upr_sensors(s: Snapshot) -> Column:
    """Active PERK, IRE1 and ATF6 follow the unfolded-protein signal h = (U/H)^2 / (Ks^2 + (U/H)^2)
    at once (P4).
    """
    drive = stress_drive.py_func(s.cells.load, s.cells.chaperone, s.params.stress_half_load)
    return np.asarray(s.constants.basal_level + drive)


def integrated_stress(s: Snapshot) -> Column:
    """ATF4: the state S, translated through PERK-eIF2a (P4)."""
    return induced(s, "PERK", "ATF4")


def chop(s: Snapshot) -> Column:
    """CHOP: the state S through PERK-eIF2a-ATF4 (P4)."""
    return induced(s, "PERK", "ATF4", "CHOP")


def nfkb(s: Snapshot) -> Column:
    """NF-kB activity B, 1 at rest (P4)."""
    return np.asarray(nfkb_of_cells(s.occupancy, s.cells.ikzf, s.params))


def ikba(s: Snapshot) -> Column:
    """IkBa, removed by the proteasome: stabilized by inhibition, or falling where the line's NF-kB
    responds upward (sign of the line).
    """
    if s.params.nfkb_sign > 0:
        return phosphorylated_ikba(s)
    return np.asarray(s.level("IKBA") * (1.0 - s.constants.ikba_loss * s.occupancy))


def phosphorylated_ikba(s: Snapshot) -> Column:
    """Phosphorylated IkBa waits for the proteasome: it accumulates with inhibition in every
    line.
    """
    return np.asarray(s.level("IKBA") / np.maximum(proteasome(s), s.constants.ikba_activity_floor))


def _arms(s: Snapshot) -> tuple[Column, Column]:
    p = s.params
    return np.asarray(p.mitochondrial_arm * s.cells.noxa), np.asarray(p.receptor_arm * s.cells.dr5)


def caspase_9(s: Snapshot) -> Column:
    """Cleaved caspase-9: dead cells, by the mitochondrial arm's share of their death signal."""
    nine, eight = _arms(s)
    return s.constants.caspase_background + s.dead * nine / np.maximum(nine + eight, 1e-12)


def caspase_8(s: Snapshot) -> Column:
    """Cleaved caspase-8: dead cells, by the receptor arm's share of their death signal."""
    nine, eight = _arms(s)
    return s.constants.caspase_background + s.dead * eight / np.maximum(nine + eight, 1e-12)


def chop_on_dr5(s: Snapshot) -> Column:
    """Occupancy of CHOP at the DR5 promoter, C / (C + K), K that of half occupancy."""
    level = chop(s)
    return level / (level + s.constants.dr5_promoter_half)


def bcl2(s: Snapshot) -> Column:
    """Bcl-2: an NF-kB target, lowered by CHOP."""
    lowered = 1.0 - s.constants.bcl2_chop_loss * np.minimum(chop(s), 1.0)
    return np.asarray(s.level("BCL2") * nfkb(s) * lowered)


def mcl1(s: Snapshot) -> Column:
    """Mcl-1, raised through ATF4."""
    return s.level("MCL1") * (1.0 + s.level("PERK", "ATF4") * s.cells.stress)


def puma(s: Snapshot) -> Column:
    """PUMA follows the stress."""
    return s.constants.puma_basal_level + s.level("PERK", "ATF4") * s.cells.stress


def myc(s: Snapshot) -> Column:
    """c-MYC: raised or, by the sign of the line, lowered by inhibition (P4); lowered with
    IKZF1/3.
    """
    left = 1.0 - s.constants.myc_ikzf_loss * (1.0 - s.cells.ikzf)
    return s.level("MYC") * myc_response(s) * left


def myc_response(s: Snapshot) -> Column:
    """MYC over its level without inhibitor, max(1 + sm bm o, 0) (P4)."""
    gain = s.params.myc_sign * s.params.myc_inhibition_gain
    return np.asarray(np.maximum(1.0 + gain * s.occupancy, 0.0))


def noxa_message(s: Snapshot) -> Column:
    """What drives the mRNA of NOXA: MYC and the stress (P4)."""
    induction = noxa_induction.py_func(s.cells.stress, s.params)
    return np.asarray(s.level("MYC", "NOXA") * myc_response(s) * induction)


def psmb5_message(s: Snapshot) -> Column:
    """What drives the mRNA of PSMB5: Nrf1 raises it by more than the activity (P3)."""
    gain = s.constants.psmb5_mrna_gain * s.params.bounce_back
    return np.asarray(capacity_target.py_func(s.occupancy, gain))


#: Node: function, what it stands for.
NODES: dict[str, tuple[Callable[[Snapshot], Column], str]] = {
    "proteasome": (proteasome, "chymotrypsin-like activity"),
    "PSMB5": (lambda s: s.cells.capacity, "beta5 protein"),
    "poly-Ub": (lambda s: s.cells.load, "ubiquitinated protein"),
    "p-PERK": (lambda s: s.level("PERK") * upr_sensors(s), "phosphorylated PERK"),
    "p-eIF2a": (lambda s: s.level("PERK") * upr_sensors(s), "phosphorylated eIF2alpha"),
    "p-IRE1": (lambda s: s.level("IRE1") * upr_sensors(s), "phosphorylated IRE1"),
    "ATF6": (lambda s: s.level("ATF6") * upr_sensors(s), "cleaved ATF6"),
    "ATF4": (integrated_stress, "ATF4"),
    "CHOP": (chop, "CHOP"),
    "BiP": (lambda s: s.level("BIP") * s.cells.chaperone, "BiP, GRP78"),
    "p-JNK": (lambda s: induced(s, "IRE1", "TRAF2", "JNK"), "phosphorylated JNK"),
    "IkBa": (ikba, "IkB-alpha"),
    "p-IkBa": (phosphorylated_ikba, "phosphorylated IkB-alpha"),
    "NF-kB": (nfkb, "nuclear NF-kB"),
    "c-IAP": (lambda s: s.level("CIAP") * nfkb(s), "c-IAP, an NF-kB target"),
    "Bcl-2": (bcl2, "Bcl-2: NF-kB target, lowered by CHOP"),
    "Mcl-1": (mcl1, "Mcl-1, raised through ATF4"),
    "NOXA": (lambda s: s.cells.noxa, "NOXA"),
    "PUMA": (puma, "PUMA, follows the stress"),
    "DR5": (lambda s: s.constants.basal_level + s.cells.dr5, "DR5"),
    "cl-casp8": (caspase_8, "cleaved caspase-8"),
    "cl-casp9": (caspase_9, "cleaved caspase-9"),
    "cl-casp3": (lambda s: s.constants.caspase_background + s.dead, "cleaved caspase-3"),
    "IKZF1": (lambda s: s.cells.ikzf, "IKZF1 and IKZF3"),
    "IRF4": (lambda s: s.cells.ikzf, "IRF4, follows IKZF1/3"),
    "MYC": (
        myc,
        "c-MYC, raised or lowered by inhibition, lowered with IKZF1/3",
    ),
}
#: Proteins that follow their mRNA with a half-life of their own, a parameter of
#: ``readouts.yaml``: the state S is CHOP's mRNA.
PROTEINS = {"CHOP": "chop_protein_half_life"}
#: mRNA: what drives it, and its half-life, a parameter of ``readouts.yaml``; none where the driving
#: state has it already.
MESSAGES: dict[str, tuple[Callable[[Snapshot], Column], str | None]] = {
    "CHOP": (chop, None),
    "BiP": (lambda s: s.level("ATF6", "BIP") * upr_sensors(s), "bip_mrna_half_life"),
    "DR5": (
        lambda s: s.level("DR5") * (s.constants.basal_level + chop(s)),
        "dr5_mrna_half_life",
    ),
    "NOXA": (
        noxa_message,
        "noxa_mrna_half_life",
    ),
    "PSMB5": (
        psmb5_message,
        "psmb5_mrna_half_life",
    ),
}
