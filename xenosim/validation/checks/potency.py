"""How much drug a line bears: potencies, shares of dead cells, bands of the summary tables."""

from __future__ import annotations

import math

from xenosim.parameters.lines import published
from xenosim.validation.checks.check import (
    BTZ,
    CFZ,
    DEFINED,
    INF,
    IXA,
    UP,
    Check,
    apoptosis,
    at_least,
    band_of,
    dying,
    falls,
    fold,
    potency,
    ratio,
    rises,
    saturating,
)
from xenosim.validation.probes import (
    apoptosis_onset,
    ic50,
)

STEEP = (
    "the IC50 at 96 h and the apoptosis at 24 h ask for a shallower curve than one population of"
    " this spread gives"
)
SPREAD = "within 10 points; the spread of the load is calibrated on it"
RATIO = "bortezomib's Kd was chosen with this ratio in view: not independent"
NO_IC50 = "no IC50 of this line was found: this is the default cell"


def _secondary(source: str) -> str:
    """The range of a secondary source that a primary one contradicts."""
    return f"the secondary source says {published(source).low:g} to {published(source).high:g} nM"


def _ic50_of_u266() -> Check:
    primary = published("IV-006")
    note = f"the primary value; {_secondary('IV-039')}; calibrated on bortezomib, 72 h"
    return Check(
        "S1-05",
        "IC50 of ixazomib, U-266, 24 h",
        "nM",
        lambda seed: ic50("U-266", IXA, 24.0, seed, 50.0),
        float(math.floor(primary.number / 2)),
        primary.number * 2,
        primary.number,
        primary.used,
        note,
    )


def _onset() -> Check:
    hour = published("IV-023").number
    return Check(
        "Suarez-Kelly 2016",
        "onset of apoptosis, default cell, 100 nM",
        "h",
        lambda seed: apoptosis_onset("cell", IXA, 100.0, seed),
        hour * 0.5,
        hour * 1.5,
        hour,
        note=f"melanoma lines; first seen at {hour:g} h",
    )


PRIMARY = "calibrated on the primary source; "
SUMMARY_CHECKS = (
    dying("S0-01", "HCT116", 10_000.0, 24.0, (10.0, 100.0)),
    dying("S0-02", "DLD1", 10_000.0, 24.0, (10.0, 100.0)),
    *(
        fold(row, f"viability at 10 over 100 nM, {line}, 72 h", falls(line), (1.5, INF))
        for row, line in (("S0-03", "Jurkat"), ("S0-04", "L-540"), ("S0-05", "RPMI-8226"))
    ),
    fold("S0-06", "cleaved caspase-3, HCT116, 10 uM, 24 h", saturating("HCT116", "cl-casp3"), UP),
    fold("S0-07", "cleaved caspase-8, HCT116, 10 uM, 24 h", saturating("HCT116", "cl-casp8"), UP),
    fold("S0-08", "cleaved caspase-3, DLD1, 10 uM, 24 h", saturating("DLD1", "cl-casp3"), UP),
    fold("S0-09", "cleaved caspase-8, DLD1, 10 uM, 24 h", saturating("DLD1", "cl-casp8"), UP),
    *(
        fold(row, f"{marker} over time, HCT116, 30 nM", rises("HCT116", marker, 30.0), UP)
        for row, marker in (
            ("S0-10", "BiP"),
            ("S0-11", "p-PERK"),
            ("S0-12", "p-eIF2a"),
            ("S0-13", "CHOP"),
        )
    ),
    *(
        fold(
            row,
            f"p-IkBa, {line}, 100 nM, 8 h",
            band_of(line, "p-IkBa", 100.0, 8.0),
            UP,
            DEFINED,
            "construction",
        )
        for row, line in (("S0-14", "Raji"), ("S0-15", "Daudi"))
    ),
    *(
        fold(row, f"{marker}, {line}, 50 nM, 24 h", band_of(line, marker, 50.0, 24.0), UP)
        for row, line, marker in (
            ("S0-16", "Jurkat", "poly-Ub"),
            ("S0-17", "Jurkat", "cl-casp3"),
            ("S0-18", "L-540", "poly-Ub"),
            ("S0-19", "L-540", "cl-casp3"),
        )
    ),
    potency("S1-01", "Jurkat", IXA, 48.0, "IV-001", PRIMARY + _secondary("IV-035")),
    potency("S1-02", "L-540", IXA, 48.0, "IV-002", PRIMARY + _secondary("IV-036") + ", 72 h"),
    potency("S1-03", "L-428", IXA, 48.0, "IV-003", PRIMARY + _secondary("IV-037") + ", 72 h"),
    potency("S1-04", "RPMI-8226", IXA, 24.0, "IV-038", "geometric mean of 15 to 30 nM"),
    _ic50_of_u266(),
    potency("S1-06", "CEM/WT", IXA, 96.0, "IV-040"),
    potency("S1-07", "THP-1/WT", IXA, 96.0, "IV-041"),
    potency("S1-08", "KMS-20", IXA, 72.0, "IV-042"),
    potency("S1-09", "KMS-26", IXA, 72.0, "IV-043"),
    potency("S1-10", "KMS-28BM", IXA, 72.0, "IV-044"),
    at_least("S1-11", "KRIB", 48.0, "IV-045"),
    at_least("S1-12", "143B", 48.0, "IV-046"),
    at_least("S1-13", "SW1222", 72.0, "IV-047"),
    at_least("S1-14", "LS174T", 72.0, "IV-048"),
    dying("S1-16", "RPMI-8226", 30.0, 24.0, (5.0, 100.0)),
    dying("S1-17", "U-266", 20.0, 24.0, (5.0, 100.0), "at odds with the primary IC50 of 511 nM"),
    apoptosis("S1-18", "CEM/WT", 20.0, 24.0, "IV-050", STEEP),
    apoptosis("S1-18", "CEM/WT", 100.0, 24.0, "IV-051", SPREAD),
    apoptosis("S1-19", "THP-1/WT", 20.0, 24.0, "IV-052", STEEP),
    apoptosis("S1-19", "THP-1/WT", 100.0, 24.0, "IV-053", SPREAD),
    apoptosis("S1-20", "RC", 50.0, 48.0, "IV-054", NO_IC50),
    apoptosis("S1-21", "MZ", 50.0, 48.0, "IV-055", NO_IC50),
    potency("S3-01", "DLBCL-mean", IXA, 72.0, "IV-058"),
    potency(
        "S3-02",
        "DLBCL-mean",
        BTZ,
        72.0,
        "IV-059",
        "the ratio of 14 to ixazomib lies above the 10 that fixed bortezomib's Kd",
    ),
    potency(
        "S3-03",
        "DLBCL-mean",
        CFZ,
        72.0,
        "IV-060",
        "an irreversible inhibitor outlasts the reversible ones in continuous exposure; no"
        " instability of carfilzomib in medium is modeled",
    ),
)

LITERATURE_CHECKS = (
    *(
        potency("GDSC", line, BTZ, 72.0, source, "another laboratory than the calibration", 3.0)
        for line, source in (("L-540", "IV-080"), ("L-428", "IV-086"))
    ),
    ratio("Roeten 2021", "CEM/WT", IXA, BTZ, "IV-012", RATIO),
    ratio("Roeten 2021", "THP-1/WT", IXA, BTZ, "IV-012", RATIO),
    _onset(),
)
POTENCY_CHECKS = (*SUMMARY_CHECKS, *LITERATURE_CHECKS)
