"""A result comes back as it was kept, and what is damaged is named."""

import json
from pathlib import Path

import pandas as pd
import pytest

from xenosim.errors import RunError, TableError
from xenosim.io.results import Result, check_manifest, is_assay


def assay() -> Result:
    wells = pd.DataFrame({"drug": ["ixazomib", ""], "dose_nM": [10.0, float("nan")]})
    manifest = {
        "xenosim": "0.1.0",
        "assay": "viability",
        "answer": "IC50 20 nM",
        "seed": 3,
        "parameters": {"measured": 4},
    }
    return Result({"wells": wells}, manifest, {"line.yaml": "name: µ\n"})


def test_a_result_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    kept = assay()
    folder = kept.save(tmp_path, command="xenosim assay viability")
    found = Result.load(folder)
    pd.testing.assert_frame_equal(found.tables["wells"], kept.tables["wells"], check_dtype=False)
    assert found.files == kept.files and found.manifest.items() >= kept.manifest.items()
    assert found.manifest["command"] == "xenosim assay viability"
    assert (found.kind, str(found), is_assay(folder)) == ("viability", "IC50 20 nM", True)


def test_n6_a_table_that_was_cut_or_removed_is_told(tmp_path: Path) -> None:
    folder = assay().save(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["rows"] == {"wells": 2}
    whole = (folder / "wells.csv").read_text()
    (folder / "wells.csv").write_text("".join(whole.splitlines(keepends=True)[:-1]))
    with pytest.raises(TableError, match="has 1 rows of the 2 that were written"):
        Result.load(folder)
    (folder / "wells.csv").unlink()
    with pytest.raises(TableError, match="the table is missing"):
        Result.load(folder)
    (folder / "wells.csv").write_text(whole)
    for told in ({}, {"rows": None}, {"rows": {"wells": "two", "../out": 1}}):
        text = json.dumps({**manifest, "rows": {}} | told)
        (folder / "manifest.json").write_text(text)
        assert len(Result.load(folder).tables["wells"]) == 2


def test_a_second_save_does_not_touch_the_first(tmp_path: Path) -> None:
    assert {assay().save(tmp_path).name for _ in range(2)} == {"viability", "viability-2"}


@pytest.mark.parametrize("change", [{"seed": "3"}, {"seed": True}, {"answer": None}])
def test_a_manifest_with_another_type_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    path = assay().save(tmp_path) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(RunError, match=f"unusable '{next(iter(change))}'"):
        Result.load(path.parent)


def test_an_entry_that_is_missing_is_named() -> None:
    with pytest.raises(RunError, match="lacks 'answer'"):
        check_manifest({"seed": 1}, {"seed": int, "answer": str}, Path("run"))


@pytest.mark.parametrize(
    ("name", "content", "error"),
    [
        ("manifest.json", b"{", RunError),
        ("manifest.json", b"\xff", RunError),
        ("wells.csv", b"", TableError),
        ("line.yaml", b"\xff\xfe", RunError),
    ],
)
def test_a_damaged_file_is_named(
    tmp_path: Path, name: str, content: bytes, error: type[Exception]
) -> None:
    folder = assay().save(tmp_path)
    (folder / name).write_bytes(content)
    with pytest.raises(error, match="damaged"):
        Result.load(folder)


def test_what_is_no_result_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such run directory"):
        Result.load(tmp_path / "nowhere")
    with pytest.raises(RunError, match="not a run directory"):
        Result.load(tmp_path)
    (tmp_path / "later.unfinished").mkdir()
    for name in ("later", "later.unfinished"):
        with pytest.raises(RunError, match="xenosim resume .*later.unfinished"):
            Result.load(tmp_path / name)


def test_f3_a_figure_that_fails_costs_no_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    class Undrawable(Result):
        def draw(self, folder: Path) -> list[Path]:
            raise ValueError("no\nfont")

    manifest = {"xenosim": "0", "answer": "42", "seed": 1, "parameters": {}}
    folder = Undrawable({"t": pd.DataFrame({"x": [1.0]})}, manifest).save(tmp_path)
    assert (folder / "t.csv").is_file() and (folder / "manifest.json").is_file()
    assert capsys.readouterr().err == "warning: the figures were not drawn: no font\n"
