"""The validation table in MODEL.md belongs to the code and parameters beside it."""

from pathlib import Path

import xenosim
from xenosim.validation.table import inputs_hash


def test_the_embedded_table_is_not_stale() -> None:
    text = (Path(xenosim.__file__).parent / "MODEL.md").read_text(encoding="utf-8")
    assert f"Inputs {inputs_hash()}." in text, "run: xenosim validate --embed xenosim/MODEL.md"
