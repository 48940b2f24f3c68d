"""Assays kept and read back from Python."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

from xenosim.assays.files import read_assay
from xenosim.assays.protocol import Apoptosis, Blot, Characterization, Comparison
from xenosim.assays.result import AssayResult, statuses
from xenosim.errors import RunError, TableError
from xenosim.parameters.load import load_line, load_set


@pytest.fixture(scope="module")
def result() -> AssayResult:
    """A small Annexin assay."""
    return Apoptosis(dose="20,100 nM", cells=40, replicates=2).run()


def test_a_kept_assay_is_read_back(result: AssayResult, tmp_path: Path) -> None:
    folder = result.save(tmp_path, figures=False)
    again = AssayResult.load(folder)
    assert folder.name == "apoptosis_CEM_WT_ixazomib"
    assert str(again) == str(result) == str(again.measurement)
    pd.testing.assert_frame_equal(again.tables["wells"], result.tables["wells"], check_dtype=False)
    assert again.manifest["spec"] == result.manifest["spec"]
    assert again.manifest["command"] == result.manifest["command"]
    assert result.save(tmp_path, figures=False).name == folder.name + "-2"


def test_figures_are_drawn_from_a_directory(result: AssayResult, tmp_path: Path) -> None:
    folder = result.save(tmp_path, figures=False)
    assert [path.name for path in AssayResult.load(folder).draw(folder)] == [
        "apoptosis.svg",
        "apoptosis.png",
    ]


def test_a_damaged_result_is_refused(result: AssayResult, tmp_path: Path) -> None:
    folder = result.save(tmp_path, figures=False)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "wells.csv").unlink()
    with pytest.raises(TableError, match="missing"):
        AssayResult.load(folder)
    del manifest["rows"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RunError, match="damaged"):
        _ = AssayResult.load(folder).measurement
    del manifest["spec"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RunError, match="lacks 'spec'"):
        AssayResult.load(folder)


def test_parameters_of_cells_drugs_and_dish_are_counted_once() -> None:
    jurkat, ixazomib, dish = load_line("Jurkat"), load_set("ixazomib"), load_set("dish")
    used = ["ixazomib", "dish"]
    counts = statuses([jurkat], used)
    assert sum(counts.values()) == sum(len(s.values) for s in (jurkat, ixazomib, dish))
    assert statuses([jurkat, jurkat], used) == counts
    both = statuses([jurkat, load_line("KMS-11")], used)
    # Each line has a load and a doubling time of its own.
    assert 0 < sum(both.values()) - sum(counts.values()) < 5


def test_a_comparison_counts_every_line() -> None:
    cells = Comparison(lines="Jurkat,cell", drugs="ixazomib").experiment().cells
    assert [each.name for each in cells] == ["Jurkat", "cell"]


def test_nothing_is_simulated_before_run() -> None:
    Blot(cells=1_000_000, times="0,1")


def test_n5_the_table_of_an_assay_is_kept_and_it_is_repeated_from_there(tmp_path: Path) -> None:
    source = tmp_path / "data" / "mine.csv"
    source.parent.mkdir()
    wells = ((3, 0.98), (10, 0.9), (30, 0.5), (99, 0.1))
    rows = [f"ixazomib,72,{dose},{viability}" for dose, viability in wells]
    source.write_text("\n".join(["drug,hours,dose_nM,viability", *rows]))
    content = source.read_bytes()
    result = Characterization(file=str(source)).run()
    run = result.save(tmp_path / "runs", figures=False)
    source.unlink()
    assert (run / "inputs" / "mine.csv").read_bytes() == content
    assert AssayResult.load(run).inputs == {"mine.csv": content}
    assert read_assay(run).file == str(run / "inputs" / "mine.csv")
    assert str(read_assay(run).run()) == str(result)
