"""Clones under selection, their table and their shares."""

import numpy as np
import pandas as pd
import pytest

from xenosim.analysis.clones import WILD_TYPE, clone_fractions, clone_table, final_shares
from xenosim.cell.state import CellState
from xenosim.io.tables import COLUMNS
from xenosim.testing import small_spec
from xenosim.tumor.spec import TumorSpec
from xenosim.tumor.tumor import Tumor
from xenosim.viz.clones import has_clones


def clonal_spec(**traits: float) -> TumorSpec:
    spec = small_spec(cycle_h=36.0, loss_factor=0.3)
    return spec._replace(traits=spec.traits._replace(**traits))


def mutants(spec: TumorSpec, days: int, drugged: bool, seed: int = 5) -> float:
    """Share of mutants [-] after ``days`` with a pulse of drug each second day, which the mutant
    does not feel.
    """
    tumor = Tumor(spec, 1.0, seed)
    for step in range(24 * days):
        tumor.step(np.array([[0.97, 0.05]]) if drugged and step % 48 < 24 else None)
    living = tumor.live.clone[tumor.live.state != CellState.APOPTOTIC]
    return float((living == 1).mean())


def test_takeover_needs_selection() -> None:
    spec = clonal_spec(resistant_fraction=0.05, mutation_rate=1e-4)
    untreated, treated = mutants(spec, 12, False), mutants(spec, 12, True)
    # A neutral share of 1000 founders drifts little: sd of a share of 0.05 among 1000 founders is
    # 0.007.
    assert untreated == pytest.approx(0.05, abs=0.03)
    assert treated > 0.9


def test_a_costly_mutation_loses_ground_without_drug() -> None:
    free, costly = (
        mutants(clonal_spec(resistant_fraction=0.5, cycle_cost=cost), 12, False)
        for cost in (0.0, 0.3)
    )
    # Rates ln2/36 (1/1.3 - 0.3) against ln2/36 (1 - 0.3) /h: odds of exp(-0.00444 x 288) = 0.28
    # after 12 days, a share of 0.22.
    assert free == pytest.approx(0.5, abs=0.06)
    assert costly == pytest.approx(0.22, abs=0.06)


def test_reversion_pulls_the_clone_back() -> None:
    shares = [
        mutants(clonal_spec(resistant_fraction=1.0, reversion_rate=rate), 6, False)
        for rate in (0.0, 0.2)
    ]
    # Four cycles; at each one a mother and four fifths of a daughter stay mutants of two: (1.8 /
    # 2)^4 = 0.66 of a share of 1.
    assert shares[0] == 1.0 and shares[1] == pytest.approx(0.66, abs=0.04)


def small_table() -> pd.DataFrame:
    """Two arms of two animals on two days; one animal ends without cells."""
    keys = [
        (arm, animal, 0, day)
        for arm in ("vehicle", "drug")
        for animal in (1, 2)
        for day in (0.0, 3.0)
    ]
    cells = pd.DataFrame(keys, columns=["arm", "animal_id", "replicate", "day"])
    cells.insert(0, "study_id", "abc")
    return clone_table(
        cells.assign(
            n_cells=[100, 200, 100, 200, 100, 50, 100, 0], n_resistant=[1, 2, 1, 4, 1, 40, 1, 0]
        ),
        "PSMB5 A49T",
        1e3,
    )


def test_the_table_is_long_and_adds_up() -> None:
    table = small_table()
    assert tuple(table.columns) == COLUMNS["clones"] and len(table) == 16
    assert table.groupby(["arm", "animal_id", "day"])["n_cells"].sum().tolist() == [
        100,
        50,
        100,
        0,
        100,
        200,
        100,
        200,
    ]
    assert set(table[table["clone"] == "PSMB5 A49T"]["parent"]) == {WILD_TYPE}
    assert table["volume_mm3"].to_numpy() == pytest.approx(table["n_cells"] / 1e3)


def test_shares_leave_out_tumors_without_cells() -> None:
    shares = final_shares(small_table()).set_index("arm")
    assert shares.loc[
        "vehicle", ["estimate_pct", "n", "n_without_cells"]
    ].tolist() == pytest.approx([1.5, 2, 0])
    assert shares.loc["vehicle", ["ci_low", "ci_high"]].isna().all()  # two animals
    assert shares.loc["drug", ["estimate_pct", "n", "n_without_cells"]].tolist() == pytest.approx(
        [80.0, 1, 1]
    )
    assert not clone_fractions(small_table())["fraction"].isna().any()
    gone = small_table().assign(n_cells=0)
    assert final_shares(gone)["estimate_pct"].isna().all() and not has_clones(gone)
