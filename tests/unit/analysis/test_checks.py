"""What a table of measurements must hold."""

import pandas as pd
import pytest

from xenosim.analysis.checks import problems, require_columns
from xenosim.errors import TableError


def test_missing_columns_are_named_together_with_the_nearest() -> None:
    require_columns(["arm", "day"], {"arm": "arm"}, "here")
    with pytest.raises(TableError, match=r"here: missing columns Tag \(day\); did you mean 'Tage'"):
        require_columns(["Tage"], {"day": "Tag", "arm": "arm"}, "here")


def test_a_good_table_has_no_problem_and_a_bad_value_its_place() -> None:
    table = pd.DataFrame(
        {"arm": ["a", "a"], "animal_id": [1, 1], "replicate": 0, "day": [0, 1]}
    ).assign(tumor_volume_mm3=[100.0, 0.0])
    assert [(row, column) for row, column, *_ in problems(table)] == [(1, "tumor_volume_mm3")]
    assert not list(problems(table.assign(tumor_volume_mm3=5.0)))
