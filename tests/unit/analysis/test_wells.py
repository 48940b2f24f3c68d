"""Wells of two drugs: checked and resampled."""

import pandas as pd
import pytest

from tests.unit.analysis.test_combination import independent, sham, wells
from xenosim.analysis.combination import ci_summary, ci_table
from xenosim.analysis.wells import sample_wells, single_fits
from xenosim.errors import TableError


def test_viability_is_taken_relative_to_the_untreated_wells() -> None:
    table = wells(independent, noise=0.02)
    scaled = table.assign(viability=250.0 * table["viability"])
    pd.testing.assert_frame_equal(ci_table(table, n_boot=5), ci_table(scaled, n_boot=5), rtol=1e-5)


def test_bad_tables_say_what_is_missing() -> None:
    table = wells(sham)
    with pytest.raises(TableError, match="missing column viability"):
        ci_table(table.rename(columns={"viability": "signal"}))
    with pytest.raises(TableError, match=f"row {len(table) + 1}: this well"):
        ci_table(pd.concat([table, table.iloc[[30]]]))
    with pytest.raises(TableError, match="no well has both"):
        ci_table(table[table["dose_b_nM"] == 0])
    with pytest.raises(TableError, match="drug b alone: 0 doses"):
        ci_table(table[(table["dose_a_nM"] > 0) | (table["dose_b_nM"] == 0)])
    with pytest.raises(TableError, match="mixture 3 to 1: 0 doses"):
        ci_summary(table, ratio=3.0, n_boot=2)


def test_resampled_wells_scatter_about_the_data() -> None:
    table = wells(sham, noise=0.05)
    samples = sample_wells(table, 200, 1)
    assert samples.affected.shape == (201, len(table))
    means = samples.means()
    assert abs(means[1:].mean(axis=0) - means[0]).max() < 0.05
    assert single_fits(table)[0].dm == pytest.approx(8.0, rel=0.1)
