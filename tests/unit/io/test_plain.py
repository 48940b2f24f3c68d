"""Plain data is valid JSON for any reader."""

import json

import numpy as np
import pandas as pd
import pytest

from xenosim.io.plain import plain, records


def test_what_json_lacks_becomes_text_or_none() -> None:
    data = plain({1: [np.float32(0.5), np.nan, -np.inf], "n": np.int64(2), "ok": np.bool_(True)})
    assert data == {"1": [0.5, None, "-inf"], "n": 2, "ok": True}
    assert json.loads(json.dumps(data, allow_nan=False), parse_constant=pytest.fail) == data


def test_rows_of_a_table_are_plain() -> None:
    table = pd.DataFrame({"arm": ["a", "b"], "n": [1, 2], "high": [np.inf, np.nan]})
    assert records(table) == [
        {"arm": "a", "n": 1, "high": "inf"},
        {"arm": "b", "n": 2, "high": None},
    ]
