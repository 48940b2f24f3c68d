"""Probes turn an experiment into one number."""

import pytest

from xenosim.parameters.ensemble import prior_ensemble
from xenosim.validation import probes


def test_cells_are_made_once_and_perturbed() -> None:
    plain, without = probes.cells("cell"), probes.cells("cell", "CHOP=ko")
    assert probes.cells("cell") is plain
    assert without.levels == {"CHOP": 0.0} and not plain.levels


def test_excess_over_bliss_is_zero_for_independent_action(monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    both = 1.0 - (1.0 - 0.5) * (1.0 - 0.2)
    monkeypatch.setattr(probes, "annexin", lambda *a: 100.0 * (both if len(a) == 6 else 0.5))
    monkeypatch.setattr(probes, "read_plate", lambda *a: pd.DataFrame({"viable": [0.8]}))
    excess = probes.bliss_excess("cell", "ixazomib", 20.0, 24.0, "CHOP=ko", 1)
    assert excess == pytest.approx(0.0)


def test_a_combination_has_no_index_of_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    class Found:
        summary = pd.DataFrame({"endpoint": ["ci_median"], "estimate": [0.8]})

    monkeypatch.setattr(probes, "combination", lambda *a: Found)
    assert probes.index("cell", "together", "ci_median", 1) == 0.8
    assert probes.index("cell", "together", "ci_ed99", 1) != probes.index(
        "cell", "together", "ci_median", 1
    )


def test_within_a_parameter_set_cells_and_drugs_are_those_of_the_draw() -> None:
    sets = prior_ensemble(3)
    shipped = probes.cells("KMS-11")
    with probes.under(sets, 1):
        mine = probes.cells("KMS-11")
        assert mine.drugs is not None
        drawn = sets.for_line("KMS-11").draw(1)
        assert mine.traits.load_median != shipped.traits.load_median
        assert mine.drugs["ixazomib"].value("kd") == drawn["ixazomib", "kd"]
    assert probes.cells("KMS-11") == shipped and shipped.drugs is None
