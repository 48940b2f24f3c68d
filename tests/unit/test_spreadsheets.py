"""Names that spreadsheets would execute."""

from pathlib import Path

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from xenosim.io.runs import write_table
from xenosim.io.tables import read_table
from xenosim.spreadsheets import as_typed, harmless

NAMES = ["=HYPERLINK(evil)", "@SUM(A1)", "-x", "+1 mg", "'=already", "vehicle", "-5"]


def test_f11_formulas_are_text_in_the_file_and_names_when_read(tmp_path: Path) -> None:
    table = pd.DataFrame({"arm": NAMES, "dose_nM": [-1.5] * len(NAMES)})
    write_table(table, tmp_path / "wells.csv")
    lines = (tmp_path / "wells.csv").read_text().splitlines()[1:]
    assert not [line for line in lines if line.strip('"')[0] in "=+@"]
    assert lines[2] == "'-x,-1.5" and lines[-1] == "-5,-1.5"
    again = read_table(tmp_path / "wells.csv")
    assert again["arm"].tolist() == NAMES and again["dose_nM"].tolist() == [-1.5] * len(NAMES)


@given(st.text(max_size=12))
def test_any_text_comes_back(text: str) -> None:
    assert as_typed(harmless(text)) == text
