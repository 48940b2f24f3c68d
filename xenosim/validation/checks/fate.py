"""Death, MYC and protein load: rows APO, MYC, LOAD."""

from __future__ import annotations

from xenosim.validation.checks.check import (
    BTZ,
    DEFINED,
    DOWN,
    INF,
    IXA,
    UP,
    dying,
    fold,
    removal,
)
from xenosim.validation.probes import (
    annexin,
    band,
    growth,
    ic50,
    level,
    message,
    recovery,
)

FATE_CHECKS = (
    fold(
        "APO-01",
        "NOXA, default cell, 50 nM, 6 h",
        lambda s: band("cell", IXA, 50.0, "NOXA", 6.0, s),
        (1.5, INF),
    ),
    fold(
        "APO-01",
        "PUMA, default cell, 50 nM, 6 h",
        lambda s: band("cell", IXA, 50.0, "PUMA", 6.0, s),
        UP,
    ),
    removal(
        "APO-02",
        "apoptosis with NOXA down by 80 % over without, GRANTA-519, bortezomib 5 nM, 24 h",
        "GRANTA-519",
        BTZ,
        5.0,
        24.0,
        "NOXA=kd:0.8",
        DOWN,
    ),
    removal(
        "APO-03",
        "apoptosis with Mcl-1 three-fold over without, default cell, 40 nM, 24 h",
        "cell",
        IXA,
        40.0,
        24.0,
        "MCL1=oe:3",
        DOWN,
    ),
    fold(
        "APO-04",
        "cleaved caspase-9 without BAX and BAK over with, default cell, 40 nM, 24 h",
        lambda s: (
            level("cell", IXA, 40.0, "cl-casp9", 24.0, s, "BAX/BAK=ko")
            / level("cell", IXA, 40.0, "cl-casp9", 24.0, s)
        ),
        DOWN,
    ),
    fold(
        "APO-05",
        "least of cleaved caspases 3, 8, 9 in Jurkat, L-540, RPMI-8226, 60 nM, 24 h",
        lambda s: min(
            band(n, IXA, 60.0, m, 24.0, s)
            for n in ("Jurkat", "L-540", "RPMI-8226")
            for m in ("cl-casp3", "cl-casp8", "cl-casp9")
        ),
        UP,
    ),
    removal(
        "APO-06",
        "apoptosis with ATF4 down by 80 % over without, default cell, 40 nM, 24 h",
        "cell",
        IXA,
        40.0,
        24.0,
        "ATF4=kd:0.8",
        UP,
        "the model's ATF4 arm kills; Mcl-1 raised through ATF4 is a read-out only, and does not"
        " feed back on the threshold",
    ),
    fold(
        "APO-07",
        "apoptosis at 48 over 24 h, default cell, 50 nM",
        lambda s: annexin("cell", IXA, 50.0, 48.0, s) / annexin("cell", IXA, 50.0, 24.0, s),
        UP,
        "the model's cells die within a day, and survivors outgrow the dead by 48 h; in melanoma"
        " lines apoptosis is maximal at 48 h",
    ),
    fold(
        "APO-07",
        "apoptosis at 60 over 20 nM, default cell, 24 h",
        lambda s: annexin("cell", IXA, 60.0, 24.0, s) / annexin("cell", IXA, 20.0, 24.0, s),
        UP,
    ),
    dying("APO-08", "CEM/WT", 100.0, 24.0, (50.0, 100.0), "most cells, at the upper dose"),
    fold(
        "APO-09",
        "growth over 48 h at a sub-lethal 15 nM over untreated, default cell",
        lambda s: growth("cell", IXA, 15.0, 48.0, s) / growth("cell", IXA, 0.001, 48.0, s),
        (0.0, 0.98),
    ),
    fold(
        "MYC-01",
        "NOXA without MYC over with, KYSE-150, 30 nM, 12 h",
        lambda s: (
            level("KYSE-150", IXA, 30.0, "NOXA", 12.0, s, "MYC=kd:0.9")
            / level("KYSE-150", IXA, 30.0, "NOXA", 12.0, s)
        ),
        DOWN,
        DEFINED,
        "construction",
    ),
    fold(
        "MYC-02",
        "c-MYC, KYSE-150, 30 nM, 12 h",
        lambda s: band("KYSE-150", IXA, 30.0, "MYC", 12.0, s),
        UP,
        "the sign is that of the source; falls in T-cell and Hodgkin lines",
        "construction",
    ),
    removal(
        "MYC-01",
        "apoptosis with MYC down by 90 % over without, KYSE-150, 40 nM, 24 h",
        "KYSE-150",
        IXA,
        40.0,
        24.0,
        "MYC=kd:0.9",
        DOWN,
    ),
    removal(
        "MYC-04",
        "apoptosis with MYC down by 90 % over without, Jurkat, 60 nM, 24 h",
        "Jurkat",
        IXA,
        60.0,
        24.0,
        "MYC=kd:0.9",
        DOWN,
        "CHK1 is not modeled",
    ),
    fold(
        "LOAD-01",
        "IC50 with beta5 down by 30 % over without, default cell, 72 h",
        lambda s: ic50("cell", IXA, 72.0, s, perturb="PSMB5=kd:0.3") / ic50("cell", IXA, 72.0, s),
        DOWN,
        "KMS-11 against U-266 contradicts it (Blood 116(21):3066)",
    ),
    removal(
        "LOAD-02",
        "apoptosis with synthesis halved over without, RPMI-8226, 30 nM, 24 h",
        "RPMI-8226",
        IXA,
        30.0,
        24.0,
        "SYNTHESIS=kd:0.5",
        DOWN,
    ),
    fold(
        "LOAD-06",
        "PSMB5 mRNA at 4 h, partial inhibition (10 nM)",
        lambda s: message("cell", IXA, 10.0, "PSMB5", 4.0, s),
        (1.5, 4.0),
        "2-4 fold published; the gain of the read-out is calibrated on it",
        "calibration",
    ),
    fold(
        "LOAD-06",
        "PSMB5 mRNA at 4 h, full inhibition (1 uM)",
        lambda s: message("cell", IXA, 1000.0, "PSMB5", 4.0, s),
        (0.0, 1.15),
    ),
    fold(
        "LOAD-07",
        "activity 8 h after a 1-h pulse of bortezomib 100 nM over its end, HAP1",
        lambda s: (
            recovery("HAP1", BTZ, 100.0, 1.0, 8.0, s)[1]
            / recovery("HAP1", BTZ, 100.0, 1.0, 8.0, s)[0]
        ),
        (1.5, INF),
        "by dissociation and turnover; cycloheximide is not modeled",
    ),
)
