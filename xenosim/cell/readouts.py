"""Read-outs of the cell model: what a blot, a PCR or a ChIP of each node would measure (MODEL.md,
read-outs).

Each is a function of a :class:`Snapshot`, columns of single cells, and returns the level of every
cell [-]; the assay reports its mean over the lysate relative to untreated cells. Nodes without a
state of their own follow the state they are driven by; the small basal levels, which decide how
large a fold change can look, are assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.cell.rules import capacity_target, stress_drive

Column = NDArray[np.float64]
#: Level of an inducible marker in a cell without stress, and of a caspase fragment in a living cell
#: [-] (assumed).
BASAL, BACKGROUND = 0.05, 0.02


class Snapshot(NamedTuple):
    """Columns of the cells in a lysate, shape (n,) [-]: occupancy and the states of MODEL.md P3-P4;
    ``dead``: committed; ``params``: the cell model's constants; ``levels``: remaining activity of
    perturbed nodes.
    """

    occupancy: Column
    capacity: Column
    load: Column
    stress: Column
    chaperone: Column
    noxa: Column
    dr5: Column
    ikzf: Column
    dead: Column
    params: object
    levels: Mapping[str, float]

    def level(self, *nodes: str) -> float:
        """Product of the remaining activities of ``nodes`` [-]."""
        return float(np.prod([self.levels.get(node, 1.0) for node in nodes]))


def upr_sensors(s: Snapshot) -> Column:
    """Active PERK, IRE1 and ATF6 follow the unfolded-protein signal h = (U/H)^2 / (Ks^2 + (U/H)^2)
    at once (P4).
    """
    return np.asarray(BASAL + stress_drive.py_func(s.load, s.chaperone, s.params.stress_half_load))  # type: ignore[attr-defined]


def integrated_stress(s: Snapshot) -> Column:
    """ATF4: the state S, translated through PERK-eIF2a (P4)."""
    return s.level("PERK", "ATF4") * (BASAL + s.stress)


def chop(s: Snapshot) -> Column:
    """CHOP: the state S through PERK-eIF2a-ATF4 (P4)."""
    return s.level("PERK", "ATF4", "CHOP") * (BASAL + s.stress)


def nfkb(s: Snapshot) -> Column:
    """NF-kB activity B, 1 at rest (P4)."""
    p = s.params
    gain = p.nfkb_sign * p.nfkb_inhibition_gain  # type: ignore[attr-defined]
    return np.asarray(np.maximum(1.0 - gain * s.occupancy - p.nfkb_ikzf_gain * (1.0 - s.ikzf), 0.0))  # type: ignore[attr-defined]


def ikba(s: Snapshot) -> Column:
    """IkBa, removed by the proteasome: stabilized by inhibition, or falling where the line's NF-kB
    responds upward (sign of the line).
    """
    p = s.params
    if p.nfkb_sign > 0:  # type: ignore[attr-defined]
        return p_ikba(s)
    return np.asarray(s.level("IKBA") * (1.0 - 0.5 * s.occupancy))


def p_ikba(s: Snapshot) -> Column:
    """Phosphorylated IkBa waits for the proteasome: it accumulates with inhibition in every
    line.
    """
    return np.asarray(s.level("IKBA") / np.maximum(s.capacity * (1.0 - s.occupancy), 0.2))


def _arms(s: Snapshot) -> tuple[Column, Column]:
    p = s.params
    return p.mitochondrial_arm * s.noxa, p.receptor_arm * s.dr5  # type: ignore[attr-defined]


def caspase_9(s: Snapshot) -> Column:
    """Cleaved caspase-9: dead cells, by the mitochondrial arm's share of their death signal."""
    nine, eight = _arms(s)
    return BACKGROUND + s.dead * nine / np.maximum(nine + eight, 1e-12)


def caspase_8(s: Snapshot) -> Column:
    """Cleaved caspase-8: dead cells, by the receptor arm's share of their death signal."""
    nine, eight = _arms(s)
    return BACKGROUND + s.dead * eight / np.maximum(nine + eight, 1e-12)


def chop_on_dr5(s: Snapshot) -> Column:
    """Occupancy of CHOP at the DR5 promoter, C / (C + K), K half of full CHOP (assumed)."""
    level = chop(s)
    return level / (level + 0.5)


#: Node: function, what it stands for.
NODES: dict[str, tuple[Callable[[Snapshot], Column], str]] = {
    "proteasome": (lambda s: s.capacity * (1.0 - s.occupancy), "chymotrypsin-like activity"),
    "PSMB5": (lambda s: s.capacity, "beta5 protein"),
    "poly-Ub": (lambda s: s.load, "ubiquitinated protein"),
    "p-PERK": (lambda s: s.level("PERK") * upr_sensors(s), "phosphorylated PERK"),
    "p-eIF2a": (lambda s: s.level("PERK") * upr_sensors(s), "phosphorylated eIF2alpha"),
    "p-IRE1": (lambda s: s.level("IRE1") * upr_sensors(s), "phosphorylated IRE1"),
    "ATF6": (lambda s: s.level("ATF6") * upr_sensors(s), "cleaved ATF6"),
    "ATF4": (integrated_stress, "ATF4"),
    "CHOP": (chop, "CHOP"),
    "BiP": (lambda s: s.level("BIP") * s.chaperone, "BiP, GRP78"),
    "p-JNK": (lambda s: s.level("IRE1", "TRAF2", "JNK") * (BASAL + s.stress), "phosphorylated JNK"),
    "IkBa": (ikba, "IkB-alpha"),
    "p-IkBa": (p_ikba, "phosphorylated IkB-alpha"),
    "NF-kB": (nfkb, "nuclear NF-kB"),
    "c-IAP": (lambda s: s.level("CIAP") * nfkb(s), "c-IAP, an NF-kB target"),
    "Bcl-2": (
        lambda s: s.level("BCL2") * nfkb(s) * (1.0 - 0.5 * np.minimum(chop(s), 1.0)),
        "Bcl-2: NF-kB target, lowered by CHOP",
    ),
    "Mcl-1": (
        lambda s: s.level("MCL1") * (1.0 + s.level("PERK", "ATF4") * s.stress),
        "Mcl-1, raised through ATF4",
    ),
    "NOXA": (lambda s: s.noxa, "NOXA"),
    "PUMA": (lambda s: 0.2 + s.level("PERK", "ATF4") * s.stress, "PUMA, follows the stress"),
    "DR5": (lambda s: BASAL + s.dr5, "DR5"),
    "cl-casp8": (caspase_8, "cleaved caspase-8"),
    "cl-casp9": (caspase_9, "cleaved caspase-9"),
    "cl-casp3": (lambda s: BACKGROUND + s.dead, "cleaved caspase-3"),
    "IKZF1": (lambda s: s.ikzf, "IKZF1 and IKZF3"),
    "IRF4": (lambda s: s.ikzf, "IRF4, follows IKZF1/3"),
    "MYC": (
        lambda s: s.level("MYC") * (1.0 - 0.5 * (1.0 - s.ikzf)),
        "c-MYC, lowered with IKZF1/3; its response to the inhibitor is not modelled",
    ),
}
#: Proteins that follow their mRNA with a half-life of their own [h]: the state S is CHOP's mRNA
#: (Diedrichs 2018: mRNA 2.9 h, protein 2.1 h).
PROTEINS = {"CHOP": 2.1}
#: mRNA: what drives it, and its half-life [h], 0 where the driving state has it already. Half-lives
#: assumed, short, so that mRNA leads.
MESSAGES: dict[str, tuple[Callable[[Snapshot], Column], float]] = {
    "CHOP": (chop, 0.0),
    "BiP": (lambda s: s.level("ATF6", "BIP") * upr_sensors(s), 5.0),
    "DR5": (lambda s: s.level("DR5") * (BASAL + chop(s)), 1.0),
    "NOXA": (lambda s: s.level("MYC", "NOXA") * (1.0 + s.params.noxa_gain * s.stress), 1.0),  # type: ignore[attr-defined]
    "PSMB5": (lambda s: capacity_target.py_func(s.occupancy, s.params.bounce_back), 6.0),  # type: ignore[attr-defined]
}
