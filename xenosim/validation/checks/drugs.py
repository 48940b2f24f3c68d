"""Resistance, potency among drugs, lenalidomide: rows RES, POT, LEN."""

from __future__ import annotations

from xenosim.validation.checks.check import (
    BTZ,
    CFZ,
    DOWN,
    INF,
    IXA,
    LEN,
    UP,
    Check,
    fold,
    ratio,
    resistance,
)
from xenosim.validation.probes import (
    band,
    growth,
    ic50,
    index,
    mixed,
    viability,
)

DRUG_CHECKS = (
    Check(
        "RES-01",
        "viability at 50 nM ixazomib, 8226/BTZ, 72 h",
        "%",
        lambda s: viability("8226/BTZ", IXA, 50.0, 72.0, s),
        0.0,
        50.0,
        note=(
            "a subline with five times the beta5 (assumed) is resistant to both drugs: the claim"
            " needs another mechanism"
        ),
    ),
    resistance(
        "RES-02",
        "CEM/BTZ",
        "CEM/WT",
        BTZ,
        "IV-013",
        "the factor on Kd of PSMB5 A49T is this number",
    ),
    resistance("RES-02", "CEM/BTZ", "CEM/WT", IXA, "IV-014", "the factor on Kd is bortezomib's"),
    resistance(
        "RES-02",
        "THP-1/BTZ",
        "THP-1/WT",
        IXA,
        "IV-014",
        "the factor on Kd is bortezomib's",
    ),
    resistance(
        "RES-03",
        "HT-29/BTZ",
        "HT-29",
        BTZ,
        "IV-018",
        "the factor on Kd of PSMB5 C63F is this number",
    ),
    Check(
        "RES-03",
        "resistance factor to carfilzomib, HT-29/BTZ, 72 h",
        "fold",
        lambda s: ic50("HT-29/BTZ", CFZ, 72.0, s, 3.0) / ic50("HT-29", CFZ, 72.0, s, 3.0),
        0.5,
        2.0,
        1.0,
        "calibration",
        "entered as unchanged binding",
    ),
    fold(
        "RES-04",
        "growth of CEM/BTZ in bortezomib 50 nM over 72 h",
        lambda s: growth("CEM/BTZ", BTZ, 50.0, 72.0, s),
        (1.5, INF),
    ),
    fold(
        "POT-01",
        "IC50 of carfilzomib over bortezomib, DLBCL-mean, 72 h",
        lambda s: ic50("DLBCL-mean", CFZ, 72.0, s) / ic50("DLBCL-mean", BTZ, 72.0, s),
        (1.0, INF),
        "published 1.6; see S3-03",
    ),
    ratio(
        "POT-02",
        "CEM/WT",
        IXA,
        BTZ,
        "IV-012",
        "bortezomib's Kd was chosen with this ratio in view: not independent",
    ),
    fold(
        "POT-04",
        "lead of carfilzomib over bortezomib, 1-h pulse over continuous, RPMI-8226",
        lambda s: (
            (
                ic50("RPMI-8226", BTZ, 72.0, s, 100.0, 1.0)
                / ic50("RPMI-8226", CFZ, 72.0, s, 100.0, 1.0)
            )
            / (ic50("RPMI-8226", BTZ, 72.0, s, 3.0) / ic50("RPMI-8226", CFZ, 72.0, s, 3.0))
        ),
        UP,
        "a lower bound: no pulse of bortezomib up to 10 uM halves the signal",
    ),
    fold(
        "LEN-01",
        "largest of IKZF1, IRF4, MYC, MM.1S, lenalidomide 5 uM, 48 h",
        lambda s: max(band("MM.1S", LEN, 5000.0, m, 48.0, s) for m in ("IKZF1", "IRF4", "MYC")),
        DOWN,
    ),
    fold(
        "LEN-02",
        "IKZF1 with full inhibition over lenalidomide alone, MM.1S, 12 h",
        lambda s: (
            mixed("MM.1S", {IXA: 1000.0, LEN: 5000.0}, 12.0, "IKZF1", s)
            / mixed("MM.1S", {LEN: 5000.0}, 12.0, "IKZF1", s)
        ),
        UP,
    ),
    Check(
        "LEN-03",
        "combination index, median, MM.1S, together, 72 h",
        "",
        lambda s: index("MM.1S", "together", "ci_median", s),
        0.0,
        0.92,
        note=(
            "lenalidomide alone slows growth and does not kill; asked below 0.92: a drug with"
            " itself comes out at 0.92 to 1.0, because simulated curves are steeper than the"
            " median-effect curve"
        ),
    ),
    Check(
        "LEN-03",
        "combination index, median, RPMI-8226, together, 72 h",
        "",
        lambda s: index("RPMI-8226", "together", "ci_median", s),
        0.0,
        0.92,
    ),
    Check(
        "LEN-04",
        "combination index at the 90 % effect, MM.1S, together, 72 h",
        "",
        lambda s: index("MM.1S", "together", "ci_ed90", s),
        1.03,
        INF,
        note=(
            "the loss of IKZF1 is blocked (LEN-02), but where a dose spares some cells their cycle"
            " is slowed all the same: the index stays below 1"
        ),
    ),
    Check(
        "LEN-04",
        "combination index, median, MM.1S, lenalidomide first, 72 h",
        "",
        lambda s: index("MM.1S", "first-b", "ci_median", s),
        0.0,
        0.92,
        note=(
            "given first, lenalidomide slows growth for a day and leaves no trace in the cells that"
            " ixazomib meets"
        ),
    ),
    fold(
        "LEN-05",
        "CHOP with both drugs over the higher of either, MM.1S, 20 nM + 5 uM, 12 h",
        lambda s: (
            mixed("MM.1S", {IXA: 20.0, LEN: 5000.0}, 12.0, "CHOP", s)
            / max(
                mixed("MM.1S", {IXA: 20.0}, 12.0, "CHOP", s),
                mixed("MM.1S", {LEN: 5000.0}, 12.0, "CHOP", s),
            )
        ),
        (1.01, INF),
        "weak by assumption",
    ),
)
