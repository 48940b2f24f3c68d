"""Blood: binding grows with fu/Kd, and a fast clearance lets activity return."""

from __future__ import annotations

import math

import pytest

from xenosim.inference.blood import blood_output
from xenosim.inference.targets import targets
from xenosim.parameters.load import load_set


def test_binding_is_that_of_free_sites() -> None:
    ratio, _ = targets(("blood",))
    sites = load_set("mouse").value("beta5_blood")
    asked = {("ixazomib", "fu"): 0.02, ("ixazomib", "kd"): 0.5}
    assert math.exp(blood_output(ratio, asked)) == pytest.approx(1.0 + sites * 0.04)


def test_faster_clearance_leaves_less() -> None:
    _, left = targets(("blood",))
    slow, fast = (blood_output(left, {("bortezomib", "cl"): cl}) for cl in (1.5, 5.0))
    assert 0.0 < fast < slow < 1.0
