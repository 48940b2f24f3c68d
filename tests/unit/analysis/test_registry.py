"""An endpoint more is one small module."""

import sys
from pathlib import Path

import pandas as pd
import pytest

import xenosim.analysis.endpoints as package
from tests.unit.analysis.test_resampling import study
from xenosim.analysis import registry
from xenosim.analysis.registry import endpoint, every_endpoint, find_endpoint
from xenosim.analysis.summary import endpoint_table, first_screen

MODULE = '''
import numpy as np

from xenosim.analysis.comparison import Comparison, Estimate
from xenosim.analysis.registry import endpoint
from xenosim.analysis.resampling import interval, resample


@endpoint(unit="mm^3", label="largest tumor (mm3)", order=15, screen=65)
def largest_mm3(ask: Comparison, rng: np.random.Generator) -> Estimate:
    """median of the animals' largest volume

    Source: a test.
    """
    rows = ask.data.followed[ask.data.followed["arm"] == ask.arm]
    top = rows.groupby(["replicate", "animal_id"])["tumor_volume_mm3"].max().to_numpy(float)
    samples = np.median(top[resample(top.size, ask.n_boot, rng)], axis=1)
    return Estimate(float(np.median(top)), interval(samples), top.size, "all days")
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules count as endpoints while a test runs."""
    every_endpoint()
    monkeypatch.setattr(registry, "_REGISTER", dict(registry._REGISTER))
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    yield tmp_path
    for file in tmp_path.glob("*.py"):
        sys.modules.pop(f"{package.__name__}.{file.stem}", None)


def test_an_endpoint_is_one_file_and_moves_no_other(folder: Path) -> None:
    observations = study("vehicle", "drug")
    before = endpoint_table(observations, "vehicle", n_boot=100)
    (folder / "largest.py").write_text(MODULE)
    after = endpoint_table(observations, "vehicle", n_boot=100)
    new = after["endpoint"] == "largest_mm3"
    pd.testing.assert_frame_equal(after[~new].reset_index(drop=True), before)
    row = after[new].iloc[1]
    assert (row["arm"], row["unit"], row["n"]) == ("drug", "mm^3", 6)
    assert row["definition"] == "median of the animals' largest volume"
    assert row["ci_low"] <= row["estimate"] <= row["ci_high"]
    assert list(after["endpoint"])[:3] == [
        "growth_rate_per_day",
        "largest_mm3",
        "doubling_time_days",
    ]
    labels = [e.label for e in first_screen(after)]
    assert labels[labels.index("growth rate (1/day)") + 1] == "largest tumor (mm3)"
    assert find_endpoint("largest_mm3").citation == "a test."


def test_every_endpoint_says_what_it_is() -> None:
    for e in every_endpoint():
        assert e.definition and e.unit and e.label, e.name
        assert not e.samples or e.samples in (
            *(other.name for other in every_endpoint()),
            "mrecist_gao2015",
            "pptp_houghton2007",
        ), e.name
    assert find_endpoint("tc_pct").citation.startswith("Boven et al. 1992")


def test_a_name_is_taken_once() -> None:
    find_endpoint("tc_pct")
    with pytest.raises(ValueError, match="two endpoints 'tc_pct'"):

        @endpoint(unit="%")
        def tc_pct(ask, rng):
            """another"""


def test_the_first_screen_shows_remissions_only_if_there_are_any() -> None:
    table = endpoint_table(study("vehicle", "drug"), "vehicle", n_boot=10)
    names = [e.name for e in first_screen(table)]
    assert names == [
        "tc_pct",
        "tc_pct_locf",
        "tc_volume_mean",
        "tgi_delta_pct",
        "tgi_ratio_pct",
        "growth_rate_per_day",
        "doubling_time_days",
        "tgd_days",
    ]
    table.loc[table["endpoint"] == "mrecist_gao2015_cr_pct", "estimate"] = 50.0
    assert [e.name for e in first_screen(table)][-1] == "mrecist_gao2015_cr_pct"
