"""Binding constants of drugs, clones, and media."""

import numpy as np
import pytest

from xenosim.parameters.load import load_set
from xenosim.pharmacology.target import Pulse, binding, clone_folds, medium_profile


def test_inhibitors_and_the_cereblon_drug_are_told_apart() -> None:
    drugs = {name: load_set(name) for name in ("ixazomib", "carfilzomib", "lenalidomide")}
    found = binding(drugs, sites=100.0, kdeg=0.02)
    assert found.inhibitors == ("ixazomib", "carfilzomib") and found.cereblon == "lenalidomide"
    assert found.koff[0] > 0.0 == found.koff[1]
    assert found.kon[0] == pytest.approx(found.koff[0] / load_set("ixazomib").value("kd"))
    medium = binding(drugs, 100.0, 0.02, free="fu_medium")
    assert medium.fu[0] == load_set("ixazomib").value("fu_medium") != found.fu[0]


def test_the_mutant_is_the_second_clone() -> None:
    assert clone_folds({}, ("ixazomib",)).tolist() == [[1.0]]
    assert clone_folds({"ixazomib": 155.0}, ("carfilzomib", "ixazomib")).tolist() == [
        [1.0, 1.0],
        [1.0, 155.0],
    ]


def test_pulses_in_a_medium_add_up() -> None:
    profile = medium_profile([Pulse("x", 10.0, 0.0, 4.0), Pulse("x", 5.0, 2.0, np.inf)])
    assert profile.concentration(np.array([-1.0, 1.0, 3.0, 5.0])).tolist() == [0, 10, 15, 5]
