"""Target, unfolded protein response, death receptors and NF-kB: rows TGT, UPR, EXT, NFK."""

from __future__ import annotations

from xenosim.validation.checks.check import (
    BTZ,
    DEFINED,
    DOWN,
    IXA,
    LEN,
    UP,
    Check,
    fold,
    removal,
    rises,
    saturating,
)
from xenosim.validation.probes import (
    band,
    bliss_excess,
    level,
    mixed,
    promoter,
    recovery,
)

STRESS_CHECKS = (
    fold(
        "TGT-02",
        "activity 1 h after a 1-h pulse at equal occupancy, ixazomib over bortezomib",
        lambda s: (
            recovery("cell", IXA, 300.0, 1.0, 1.0, s)[1]
            / recovery("cell", BTZ, 20.0, 1.0, 1.0, s)[1]
        ),
        UP,
    ),
    fold(
        "TGT-03",
        "poly-Ub, Jurkat, 50 nM, 24 h",
        lambda s: band("Jurkat", IXA, 50.0, "poly-Ub", 24.0, s),
        UP,
    ),
    fold(
        "UPR-01",
        "least of p-PERK, p-IRE1, ATF6, HCT116, 30 nM, 12 h",
        lambda s: min(band("HCT116", IXA, 30.0, m, 12.0, s) for m in ("p-PERK", "p-IRE1", "ATF6")),
        UP,
    ),
    fold("UPR-02", "BiP over time, HCT116, 30 nM", rises("HCT116", "BiP", 30.0), UP),
    fold("UPR-03", "p-PERK over time, HCT116, 30 nM", rises("HCT116", "p-PERK", 30.0), UP),
    fold("UPR-04", "CHOP over time, HCT116, 30 nM", rises("HCT116", "CHOP", 30.0), UP),
    fold(
        "UPR-05",
        "CHOP with ATF4 down by 80 % over without, HCT116",
        lambda s: (
            level("HCT116", IXA, 30.0, "CHOP", 12.0, s, "ATF4=kd:0.8")
            / level("HCT116", IXA, 30.0, "CHOP", 12.0, s)
        ),
        DOWN,
        DEFINED,
        "construction",
    ),
    fold(
        "UPR-06",
        "DR5 without CHOP over with, HCT116, 24 h",
        lambda s: (
            level("HCT116", IXA, 30.0, "DR5", 24.0, s, "CHOP=ko")
            / level("HCT116", IXA, 30.0, "DR5", 24.0, s)
        ),
        DOWN,
    ),
    removal(
        "UPR-07",
        "apoptosis without CHOP over with, HCT116, 10 uM, 12 h",
        "HCT116",
        IXA,
        10_000.0,
        12.0,
        "CHOP=ko",
        DOWN,
        "the arms of HCT116 were weighted with this row in view; read at 12 h: at 24 h this dose"
        " kills every cell either way",
        "calibration",
    ),
    fold(
        "UPR-08",
        "CHOP at the DR5 promoter, HCT116, 30 nM, 12 h",
        lambda s: promoter("HCT116", IXA, 30.0, 12.0, s),
        UP,
    ),
    fold(
        "UPR-09",
        "Bcl-2, HCT116, 30 nM, 24 h",
        lambda s: band("HCT116", IXA, 30.0, "Bcl-2", 24.0, s),
        DOWN,
    ),
    fold(
        "UPR-10",
        "p-JNK, HCT116, 30 nM, 12 h",
        lambda s: band("HCT116", IXA, 30.0, "p-JNK", 12.0, s),
        UP,
    ),
    removal(
        "UPR-10",
        "apoptosis without JNK over with, HCT116, 30 nM, 24 h",
        "HCT116",
        IXA,
        30.0,
        24.0,
        "JNK=ko",
        (0.0, 0.99),
        "weak by assumption",
    ),
    Check(
        "UPR-11",
        "apoptosis over Bliss with autophagy down by 80 %, RPMI-8226, 20 nM, 24 h",
        "points",
        lambda s: bliss_excess("RPMI-8226", IXA, 20.0, 24.0, "AUTOPHAGY=kd:0.8", s),
        1.0,
        100.0,
        note="through load, not through JNK as in the source",
    ),
    fold(
        "EXT-01",
        "least of cleaved caspase-8 and -3, HCT116, 10 uM, 24 h",
        lambda s: min(saturating("HCT116", m)(s) for m in ("cl-casp8", "cl-casp3")),
        UP,
    ),
    removal(
        "EXT-02",
        "apoptosis without caspase-8 over with, HCT116, 40 nM, 24 h",
        "HCT116",
        IXA,
        40.0,
        24.0,
        "CASP8=ko",
        DOWN,
        "the arms of HCT116 were weighted with this row in view",
        "calibration",
    ),
    Check(
        "EXT-03",
        "apoptosis over Bliss with TRAIL, HCT116, 30 nM, 24 h",
        "points",
        lambda s: bliss_excess("HCT116", IXA, 30.0, 24.0, "TRAIL=oe:3", s),
        1.0,
        100.0,
    ),
    fold(
        "NFK-01",
        "IkBa, HCT116, 100 nM, 8 h",
        lambda s: band("HCT116", IXA, 100.0, "IkBa", 8.0, s),
        UP,
        DEFINED,
        "construction",
    ),
    fold(
        "NFK-01",
        "IkBa, RPMI-8226 (myeloma, Hideshima 2009), 100 nM, 8 h",
        lambda s: band("RPMI-8226", IXA, 100.0, "IkBa", 8.0, s),
        DOWN,
        DEFINED,
        "construction",
    ),
    fold(
        "NFK-02",
        "p-IkBa, Raji, 100 nM, 8 h",
        lambda s: band("Raji", IXA, 100.0, "p-IkBa", 8.0, s),
        UP,
        DEFINED,
        "construction",
    ),
    fold(
        "NFK-03",
        "c-IAP, HCT116, 100 nM, 12 h",
        lambda s: band("HCT116", IXA, 100.0, "c-IAP", 12.0, s),
        (0.0, 0.95),
        "weak by assumption: a tenth at full inhibition",
        "construction",
    ),
    fold(
        "NFK-04",
        "NF-kB with both drugs over the lower of either, L-540, 30 nM + 5 uM, 24 h",
        lambda s: (
            mixed("L-540", {IXA: 30.0, LEN: 5000.0}, 24.0, "NF-kB", s)
            / min(
                mixed("L-540", {IXA: 30.0}, 24.0, "NF-kB", s),
                mixed("L-540", {LEN: 5000.0}, 24.0, "NF-kB", s),
            )
        ),
        (0.0, 0.999),
        "in myeloma lines the sign of the inhibitor's effect is reversed",
    ),
)
