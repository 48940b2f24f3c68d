"""Combinations whose answer is known: a drug with itself, independent drugs, an independent
implementation.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from synergy.combination import Bliss, CombinationIndex, Loewe
from synergy.single import Hill, Hill_CI

from xenosim.analysis.combination import ci_summary, ci_table, combination_index, loewe_effect
from xenosim.analysis.isobole import isobole
from xenosim.analysis.median_effect import MedianEffect, affected_at, fit_median_effect
from xenosim.analysis.wells import single_fits
from xenosim.errors import TableError

DOSES_A, DOSES_B = 2.0 ** np.arange(6), 10.0 * 2.0 ** np.arange(6)
FIT_A, FIT_B = MedianEffect(8.0, 2.0, 1.0, 8.0, 8.0), MedianEffect(60.0, 1.2, 1.0, 60.0, 60.0)


def wells(
    effect: Callable[[float, float], float], noise: float = 0.0, replicates: int = 3
) -> pd.DataFrame:
    """Wells of a full matrix with the untreated ones, viability scattered by ``noise`` [-]."""
    rng = np.random.default_rng(11)
    rows = [
        {
            "dose_a_nM": a,
            "dose_b_nM": b,
            "replicate": i,
            "viability": max(1.0 - effect(a, b) + noise * rng.standard_normal(), 0.0),
        }
        for a in (0.0, *DOSES_A)
        for b in (0.0, *DOSES_B)
        for i in range(replicates)
    ]
    return pd.DataFrame(rows)


def sham(a: float, b: float) -> float:
    """Drug b is drug a ten times diluted."""
    return float(affected_at(a + b / 10.0, FIT_A))


def independent(a: float, b: float) -> float:
    return float(1 - (1 - affected_at(a, FIT_A)) * (1 - affected_at(b, FIT_B)))


def synergistic(a: float, b: float) -> float:
    """Independent drugs, each twice as potent beside the other."""
    return independent(2 * a, 2 * b) if a * b > 0 else independent(a, b)


def test_a_drug_with_itself_is_additive() -> None:
    table = ci_table(wells(sham), n_boot=5)
    assert table["combination_index"].to_numpy() == pytest.approx(1.0, rel=0.02)
    assert table["loewe_excess"].to_numpy() == pytest.approx(0.0, abs=1e-3)
    summary = ci_summary(wells(sham), n_boot=5)
    assert list(summary["endpoint"]) == ["ci_median", "ci_ed50", "ci_ed75", "ci_ed90"]
    assert summary["estimate"].to_numpy() == pytest.approx(1.0, rel=0.02)
    assert summary["ratio"].to_numpy()[1:] == pytest.approx(0.1)


def test_the_intervals_cover_a_sham_combination() -> None:
    table = ci_table(wells(sham, noise=0.04, replicates=6), n_boot=100)
    inner = table[table["affected"].between(0.2, 0.9)]
    assert (
        (inner["ci_low"] <= 1) & (inner["ci_high"] >= 1)
    ).mean() > 0.7  # the single curves are shared: pairs miss together
    mean = ci_summary(wells(sham, noise=0.04, replicates=6), n_boot=100).iloc[0]
    assert mean["ci_low"] < mean["estimate"] < mean["ci_high"]
    assert mean["estimate"] == pytest.approx(1.0, abs=0.1)


def test_the_seed_decides_the_intervals() -> None:
    table = wells(sham, noise=0.04)
    one, again, other = (
        ci_table(table.sample(frac=1, random_state=seed), n_boot=10, seed=seed)
        for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one, again)
    assert (one["ci_low"] != other["ci_low"]).any()
    np.testing.assert_allclose(one["combination_index"], other["combination_index"], rtol=1e-6)


def test_single_wells_have_no_interval() -> None:
    table = ci_table(wells(sham, replicates=1))
    assert table["combination_index"].notna().all() and table[
        ["ci_low", "ci_high", "bliss_low", "bliss_high"]
    ].isna().all(axis=None)


def test_independent_drugs_have_no_bliss_excess() -> None:
    table = ci_table(wells(independent), n_boot=5)
    assert table["bliss_excess"].to_numpy() == pytest.approx(0.0, abs=1e-12)
    assert (table["hsa_excess"] > 0).all()
    potent = ci_table(wells(synergistic), n_boot=5)
    assert (
        (potent["bliss_excess"] > 0).all()
        and (potent["combination_index"] < 1).all()
        and (potent["loewe_excess"] > 0).all()
    )


def test_an_inactive_drug_has_no_curve_and_adds_nothing() -> None:
    table = wells(lambda a, b: float(affected_at(a * (2.0 if b > 0 else 1.0), FIT_A)))
    fits = single_fits(table)
    assert fits[0] is not None and fits[1] is None
    result = ci_table(table, n_boot=5)
    assert result["combination_index"].to_numpy() == pytest.approx(0.5, rel=1e-3)
    assert result["loewe_expected"].to_numpy() == pytest.approx(
        affected_at(result["dose_a_nM"], FIT_A), abs=1e-4
    )
    dose_a, dose_b = isobole(*fits, 0.5, reach=(1.0, 40.0))
    assert dose_a == pytest.approx(8.0, rel=1e-3) and dose_b.max() == 40.0


def test_what_is_not_defined_is_nan() -> None:
    ones = np.ones(4)
    index = combination_index(ones, ones, np.array([-0.1, 0.0, 1.0, np.nan]), FIT_A, FIT_B)
    assert np.isnan(index).all()
    assert np.isnan(combination_index(ones, ones, 0.5 * ones, None, None)).all()
    assert np.isnan(
        combination_index(ones, ones, 0.5 * ones, FIT_A._replace(dm=np.inf), FIT_B)
    ).all()
    assert np.isnan(loewe_effect(ones, ones, None, None)).all()
    dead = wells(sham).assign(
        viability=lambda t: np.where(
            (t["dose_a_nM"] == 32) & (t["dose_b_nM"] == 320), 0.0, t["viability"]
        )
    )
    last = ci_table(dead, n_boot=5).iloc[-1]
    assert (
        np.isnan(last["combination_index"])
        and np.isnan(last["ci_low"])
        and last["bliss_excess"] > 0
    )


def test_effects_beyond_a_drug_alone_are_marked() -> None:
    table = ci_table(wells(sham), n_boot=5)
    highest = float(affected_at(32.0, FIT_A))
    assert (table["is_extrapolated"] == (table["affected"] > highest)).all() and table[
        "is_extrapolated"
    ].any()


def test_bad_data_name_the_row() -> None:
    table = wells(sham)
    for column, value in (("viability", np.nan), ("viability", -0.2), ("dose_a_nM", -1.0)):
        bad = table.copy()
        bad.loc[7, column] = value
        with pytest.raises(TableError, match=f"row 8: .*{column} {value:g}"):
            ci_table(bad)
    with pytest.raises(TableError, match="row 2: dose 0"):
        fit_median_effect([1.0, 0.0, 2.0], [0.1, 0.2, 0.3])
    with pytest.raises(TableError, match="row 3: dose 4, fraction affected inf"):
        fit_median_effect([1.0, 2.0, 4.0], [0.1, 0.2, np.inf])
    with pytest.raises(TableError, match="2 doses"):
        fit_median_effect([1.0, 1.0, 2.0], [0.1, 0.2, 0.3])
    with pytest.raises(TableError, match="1 of them"):
        fit_median_effect([1.0, 2.0, 4.0], [0.0, 0.5, 1.0])


def test_as_the_synergy_package_has_it() -> None:
    """Bliss, Loewe and combination index of the package `synergy` 1.0 (Wooten and Albert 2021), on
    given Hill curves and a measured matrix.
    """
    table = wells(synergistic, noise=0.02)
    ours = ci_table(table, n_boot=2)
    fits = single_fits(table)
    a, b, viability = (ours[name].to_numpy() for name in ("dose_a_nM", "dose_b_nM", "affected"))
    viability = 1.0 - viability
    curves = [Hill(E0=1.0, Emax=0.0, h=fit.m, C=fit.dm) for fit in fits if fit is not None]
    expected = Loewe(mode="delta_HSA", drug1_model=curves[0], drug2_model=curves[1]).fit(
        a, b, viability
    )
    np.testing.assert_allclose(ours["loewe_excess"], expected, atol=1e-4)
    index = CombinationIndex(*[Hill_CI(h=fit.m, C=fit.dm) for fit in fits if fit is not None]).fit(
        a, b, viability
    )
    np.testing.assert_allclose(ours["combination_index"], index, rtol=1e-9)


def test_bliss_as_the_synergy_package_has_it() -> None:
    """The package takes Bliss from the curves, we from the measured single wells: equal where the
    wells lie on the curves.
    """
    ours = ci_table(wells(synergistic), n_boot=2)
    curves = [Hill(E0=1.0, Emax=0.0, h=fit.m, C=fit.dm) for fit in (FIT_A, FIT_B)]
    a, b, affected = (ours[name].to_numpy() for name in ("dose_a_nM", "dose_b_nM", "affected"))
    excess = Bliss(drug1_model=curves[0], drug2_model=curves[1]).fit(a, b, 1.0 - affected)
    np.testing.assert_allclose(ours["bliss_excess"], excess, atol=1e-12)


def test_b06_per_cent_is_refused_in_a_combination() -> None:
    """Untreated wells in the same unit would divide it out."""
    table = wells(sham, 0.02).assign(viability=lambda t: 100.0 * t["viability"])
    assert ci_table(table, n_boot=5)["affected"].between(-0.2, 1.0).all()
    treated = table[(table["dose_a_nM"] > 0) | (table["dose_b_nM"] > 0)]
    with pytest.raises(TableError, match="divide per cent by 100"):
        ci_table(treated)


def test_b14_a_drug_without_a_determined_curve_has_no_index() -> None:
    """Drug b kills a third at every dose: it has no slope, and no dose of it has a known effect."""
    table = wells(lambda a, b: 1.0 - (1.0 - a / (a + 8.0)) * (0.67 if b else 1.0), 0.03)
    found = ci_table(table, n_boot=20)
    assert found["combination_index"].isna().all() and found["ci_low"].isna().all()
    assert found["bliss_excess"].notna().all()
    summary = ci_summary(table, n_boot=20).set_index("endpoint")
    assert np.isnan(summary.loc["ci_median", "estimate"])
