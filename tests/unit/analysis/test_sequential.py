"""One interim look: published boundaries, the level over both looks, animals saved and bias."""

import pytest
from scipy.stats import binom, norm

from tests.unit.analysis.growing import pool
from xenosim.analysis.sequential import Interim, levels, parse_interim, sequential_table
from xenosim.errors import TableError


def test_boundaries_are_those_of_lan_and_demets() -> None:
    """R: ldbounds::ldBounds(c(0.5, 1), iuse = 1, alpha = 0.05, sides = 2): 2.9626, 1.9686; with
    iuse = 2: 2.1570, 2.2010.
    """
    limits = [
        [norm.isf(p / 2.0) for p in levels(0.5, name)] for name in ("obrien-fleming", "pocock")
    ]
    assert limits[0] == pytest.approx([2.9626, 1.9686], abs=1e-3)
    assert limits[1] == pytest.approx([2.1570, 2.2010], abs=1e-3)


def test_the_level_is_kept_over_both_looks() -> None:
    empty = pool(400, 1).untreated()
    table = sequential_table(empty, [8], ["lmm"], Interim(0.5, "pocock"), studies=2000)
    assert (
        binom.ppf(0.0005, 2000, 0.05) <= table["power"][0] * 2000 <= binom.ppf(0.9995, 2000, 0.05)
    )
    assert table["bias_pct"].isna().all()


def test_stopping_saves_animals_and_exaggerates() -> None:
    row = sequential_table(pool(200, 1), [12], ["lmm"], Interim(0.5), studies=1000).iloc[0]
    assert 0.02 < row["animals_saved"] < 0.5
    assert row["animals"] == pytest.approx(24.0 * (1.0 - row["animals_saved"]))
    assert row["bias_stopped_pct"] > 10.0 > row["bias_pct"] > 0.0


@pytest.mark.parametrize("text", ["half", "0", "1", "0.5:haybittle"])
def test_other_looks_are_refused(text: str) -> None:
    with pytest.raises(TableError, match="--interim"):
        parse_interim(text)
