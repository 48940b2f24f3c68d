"""The reference page is that of the table."""

from pathlib import Path

from xenosim.scenario.keys import KEYS
from xenosim.scenario.reference import scenario_keys_page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "scenario_keys.md"


def test_the_page_in_the_repository_is_current() -> None:
    command = "python -m xenosim.scenario.reference > docs/reference/scenario_keys.md"
    assert PAGE.read_text(encoding="utf-8") == scenario_keys_page(), f"write it anew: {command}"


def test_every_key_is_on_the_page() -> None:
    page = scenario_keys_page()
    assert all(f"### `{key.name.replace('*', 'NAME')}`" in page for key in KEYS)
    assert "`replicates`" in page and "Range: From 0.05 to 3 h" in page
