"""T/C over several days on hand-computed numbers; the rows are tested in ``test_summary``."""

import numpy as np
import pytest

from xenosim.analysis.endpoints.ratios_over_days import tc_pct_present


def test_median_of_those_present() -> None:
    nan = np.nan
    t, c = (
        np.array([[1.0, nan, 3.0], [nan, nan, nan], [2.0, 1.0, 9.0]]),
        np.array([[4.0, 4.0, nan], [1.0, 1.0, 1.0], [nan, nan, 8.0]]),
    )
    assert tc_pct_present(t, c).tolist() == pytest.approx([50.0, nan, 25.0], nan_ok=True)
