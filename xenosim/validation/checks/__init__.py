"""The checks: which experiment answers which published row, and between which numbers it must come
out.
"""

from xenosim.validation.checks.check import Check
from xenosim.validation.checks.drugs import DRUG_CHECKS
from xenosim.validation.checks.fate import FATE_CHECKS
from xenosim.validation.checks.gaps import NOT_CELLS, NOT_SIMULATED
from xenosim.validation.checks.potency import POTENCY_CHECKS
from xenosim.validation.checks.stress import STRESS_CHECKS

#: Every check by part of the table.
KINDS: dict[str, tuple[Check, ...]] = {
    "invitro": POTENCY_CHECKS,
    "mechanism": (*STRESS_CHECKS, *FATE_CHECKS, *DRUG_CHECKS),
}

__all__ = ["KINDS", "NOT_CELLS", "NOT_SIMULATED", "Check"]
