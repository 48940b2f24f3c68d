"""The validation table in docs/validation.md belongs to the code and parameters beside it."""

from pathlib import Path

from xenosim.validation.table import inputs_hash

PAGE = Path(__file__).parents[3] / "docs" / "validation.md"


def test_the_embedded_table_is_not_stale() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert f"Inputs {inputs_hash()}." in text, "run: xenosim validate --embed docs/validation.md"
