"""A user's own line: what is recovered from simulated data, and which tables are refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xenosim.assays.calibration import with_traits
from xenosim.assays.characterization import characterize, read_viability
from xenosim.assays.culture import line_of
from xenosim.assays.plate import Layout
from xenosim.assays.viability import dose_response
from xenosim.errors import TableError, XenosimError
from xenosim.parameters.load import load_set

HEAD = "drug,hours,dose_nM,viability\n"
GOOD = "ixazomib,48,5,0.9\nixazomib,48,20,0.7\nixazomib,48,60,0.2\n"


def data_of(load: float, hours: float, noise: float = 0.0) -> pd.DataFrame:
    """What a plate reader would give for the default cell at a mean load, from cells that no fit
    uses.
    """
    line = with_traits(line_of(load_set("cell"), 30.0), load)
    tables = [
        dose_response(line, drug, doses, hours, Layout(1000, 1, 99, noise)).table
        for drug, doses in (("ixazomib", [15.0, 30, 60, 120]), ("bortezomib", [2.0, 4, 8]))
    ]
    table = pd.concat(tables)
    return table[table["dose_nM"] > 0].assign(hours=hours).reset_index(drop=True)


@pytest.mark.parametrize("load", [0.15, 0.5])
def test_a_known_load_is_recovered(load: float) -> None:
    found = characterize(data_of(load, 24.0), "mine", load_set("cell"), 30.0, Layout(600, 1, 5))
    assert (
        found.load_mean == pytest.approx(load, rel=0.05) and found.rms < 0.03 and found.note == ""
    )
    low, high = found.load_interval
    assert low <= found.load_mean <= high and high / low < 1.3
    assert len(found.fitted) == 7 and "mine: load over capacity" in str(found)


def test_noise_widens_the_interval() -> None:
    quiet, noisy = (
        characterize(data_of(0.3, 24.0, cv), "mine", load_set("cell"), 30.0, Layout(300, 1, 5))
        for cv in (0.0, 0.2)
    )
    assert (
        np.diff(noisy.load_interval)[0] > np.diff(quiet.load_interval)[0] and noisy.rms > quiet.rms
    )


def test_cells_that_no_dose_kills_are_said_to_be_at_the_edge() -> None:
    data = pd.DataFrame(
        {"drug": "ixazomib", "hours": 24.0, "dose_nM": [100.0, 300.0, 1000.0], "viability": 1.0}
    )
    found = characterize(data, "mine", load_set("cell"), 30.0, Layout(100, 1, 5))
    assert "edge of the range" in found.note


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + GOOD + "ixazomib,48,100,low\n", ":5: viability is 'low'"),
        (HEAD + GOOD + "ixazomib,48,,0.5\n", ":5: dose_nM"),
        (HEAD + "ixazomib,two days,1,0.5\n" + GOOD, ":2: hours is 'two days'"),
        (HEAD + GOOD + "ixazomib,48,100,-0.1\n", ":5: viability is '-0.1'"),
        (HEAD + "ixazomib,48,-1,0.9\n" + GOOD, ":2: dose_nM is '-1'"),
        (HEAD + GOOD + "ixazomib,48,100,inf\n", ":5: viability is 'inf'"),
        (HEAD + GOOD + "ixazomib,48,100,43\n", ":5: viability 43; add the untreated wells"),
        (HEAD + GOOD + "ixazomib,48,100,0,4\n", ":5: 5 cells for 4 columns"),
        (HEAD + "ixazomib,48,5,0.9\nixazomib,48,20,0.7\n", "fewer than three doses"),
        (
            HEAD + "ixazomib,48,5,0.9\nixazomib,48,5,0.8\nixazomib,48,20,0.7\n",
            "fewer than three doses",
        ),
        (HEAD + GOOD + "ixazomob,48,5,0.9\n", "did you mean 'ixazomib'"),
        ("drug,hours,dose,viability\n" + GOOD, "missing column dose_nM; did you mean 'dose'"),
        ((HEAD + GOOD).replace(",", ":"), "missing columns"),
        ("", "the table is empty"),
        (HEAD + GOOD + "ixazomib,48,5,43\n", "viability 43"),
        (HEAD + GOOD + "ixazomib,48,0,0\n", "no signal"),
        (HEAD + GOOD + "ixazomib,48,5,\n", "viability is missing"),
    ],
)
def test_tables_that_are_refused(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(XenosimError, match=message) as caught:
        read_viability(path)
    assert caught.value.where and caught.value.remedy


def test_tables_that_are_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(
        "\ufeff drug , hours,dose_nM ,viability,lab\n"
        + "".join(f"{row},x\n" for row in (GOOD + "ixazomib,48,0,1.0").splitlines()),
        encoding="utf-8",
    )
    table = read_viability(path)
    # The untreated wells are the unit of viability, not data.
    assert table["dose_nM"].tolist() == [5.0, 20.0, 60.0] and table["viability"].tolist() == [
        0.9,
        0.7,
        0.2,
    ]


def test_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(XenosimError, match="no regular file|no such file"):
            read_viability(path)


def test_a_row_without_a_drug_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(HEAD + GOOD + ",48,5,0.9\n")
    with pytest.raises(XenosimError):
        read_viability(path)


def test_a_table_of_untreated_wells_only_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(HEAD + "ixazomib,48,0,1.0\n")
    with pytest.raises(XenosimError, match="three doses"):
        read_viability(path)


def test_the_first_per_cent_row_is_quoted_with_its_own_value(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(HEAD + "ixazomib,48,5,90\nixazomib,48,1,100\n" + GOOD)
    with pytest.raises(XenosimError, match=":2: viability 90"):
        read_viability(path)


FAULTS = Path(__file__).parents[2] / "data" / "faults"


def test_b07_signals_are_divided_by_those_of_untreated_wells() -> None:
    """The same plate as optical densities, and as shares."""
    densities, shares = (read_viability(FAULTS / name) for name in ("raw_od.csv", "norm_od.csv"))
    assert densities["viability"].tolist() == pytest.approx(shares["viability"].tolist(), abs=2e-3)
    assert "bortezomib at 72 h by 0.6, the mean of 2" in densities.attrs["normalization"]
    counts = read_viability(FAULTS / "counts.csv")
    assert counts["viability"].tolist() == pytest.approx([1180 / 1200, 1000 / 1200, 5 / 12, 1 / 12])


def test_b07_the_load_does_not_depend_on_the_unit_of_the_signal() -> None:
    cell, layout = load_set("cell"), Layout(cells=200, replicates=1, seed=5)
    loads = [
        characterize(read_viability(FAULTS / name), "x", cell, 30.0, layout)
        for name in ("raw_od.csv", "norm_od.csv")
    ]
    assert loads[0].load_mean == pytest.approx(loads[1].load_mean, rel=0.02)
    assert "divided by that of untreated wells" in str(loads[0])


def test_b11_semicolons_and_decimal_commas_of_a_plate_are_read(tmp_path: Path) -> None:
    text = (FAULTS / "semicolon_viability.csv").read_text()
    (tmp_path / "plate.csv").write_text(text)
    assert read_viability(tmp_path / "plate.csv")["viability"].tolist() == [0.98, 0.83, 0.41]


def test_n15_every_row_that_is_wrong_is_listed(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(HEAD + GOOD + "ixazomib,48,x,0.9\nixazomib,-1,5,0.9\n,48,5,0.9\n")
    with pytest.raises(TableError, match="3 mistakes"):
        read_viability(path)
