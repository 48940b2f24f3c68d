"""Which animal of a run is meant."""

import pandas as pd
import pytest

from xenosim.errors import RunError
from xenosim.study.recorded_animal import find_animal, tables_of

ROWS = pd.DataFrame(
    {
        "arm": ["vehicle", "vehicle", "early"],
        "animal_id": [1, 2, 1],
        "replicate": [0, 0, 0],
        "day": [0.0, 0.0, 0.0],
    }
)
ARMS = ["vehicle", "early"]


def test_the_first_that_fits_is_found() -> None:
    assert find_animal(ROWS, ARMS, None, 2, None, "run")["arm"] == "vehicle"
    assert find_animal(ROWS, ARMS, "early", None, 0, "run")["animal_id"] == 1


@pytest.mark.parametrize(
    ("asked", "message", "remedy"),
    [
        (("erly", None, None), "no arm 'erly'", "vehicle, early"),
        (("early", 2, None), "no animal 2 in arm 'early'", "there are 1"),
        ((None, None, 3), "no replicate 3", "there are 0"),
    ],
)
def test_what_is_not_there_is_refused(asked: tuple, message: str, remedy: str) -> None:
    with pytest.raises(RunError, match=message) as error:
        find_animal(ROWS, ARMS, *asked, "run")
    assert error.value.remedy and remedy in error.value.remedy


def test_rows_are_those_of_the_animal_and_doses_those_of_its_arm() -> None:
    tables = dict.fromkeys(("truth", "observations", "cells", "lesions", "events"), ROWS)
    key = {"arm": "vehicle", "animal_id": 1, "replicate": 0}
    # Where rules changed doses, events have animals.
    found = tables_of(tables, key)
    assert [len(found[name]) for name in ("truth", "cells", "events")] == [1, 1, 1]
    tables["events"] = ROWS[["arm"]]
    assert len(tables_of(tables, key)["events"]) == 2
