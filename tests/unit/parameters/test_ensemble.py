"""The ensemble: draws that a scenario understands, refused when damaged, stale when overtaken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from xenosim.errors import ParameterError
from xenosim.parameters.ensemble import (
    DRAWS,
    META,
    SHIPPED,
    Ensemble,
    drug_priors,
    load_ensemble,
    model_hash,
    normal_of,
    own_drugs,
    prior_ensemble,
    write_ensemble,
)
from xenosim.parameters.load import load_set
from xenosim.parameters.priors import priors
from xenosim.parameters.shelf import on_shelf
from xenosim.scenario.library import Library
from xenosim.testing import DRUG_TEXT


def written(folder: Path, n: int = 6) -> Ensemble:
    parameters = {prior.column: {"calibrated": False} for prior in priors()}
    found = prior_ensemble(n, seed=2)
    found = replace(found, meta=dict(found.meta) | {"parameters": parameters})
    write_ensemble(folder, found)
    return found


def test_the_shipped_ensemble_is_whole() -> None:
    found = load_ensemble()
    assert len(found) == 200 and SHIPPED.is_dir()
    assert {f"{group}.{name}" for group, name in found.columns} == set(found.meta["parameters"])
    for column, entry in found.meta["parameters"].items():
        widths = []
        for name in ("prior", "posterior"):
            ends = np.array(entry[name])[[0, 2]]
            widths.append(np.ptp(np.log(ends) if entry["shape"] == "log-normal" else ends))
        assert entry["calibrated"] == (widths[1] < 0.5 * widths[0]), column


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    found, read = written(tmp_path), load_ensemble(tmp_path)
    assert read.columns == found.columns and not read.is_calibrated and not read.is_stale()
    assert np.allclose(read.values, found.values, rtol=1e-5)
    assert read.overrides(2)["parameters.ixazomib.cl"].endswith(" L/h/kg")
    assert len(read.first(3)) == 3
    with pytest.raises(ParameterError, match="an ensemble of 7"):
        read.first(7)


def damaged(folder: Path, old: str, new: str) -> None:
    """Change the table and let its hash follow, so that only the table's own check can object."""
    import hashlib

    path = folder / DRAWS
    text = path.read_text().replace(old, new, 1)
    path.write_text(text)
    before, after = "sha256: ", f"sha256: {hashlib.sha256(text.encode()).hexdigest()}"
    kept = [line for line in (folder / META).read_text().splitlines() if before not in line]
    (folder / META).write_text("\n".join([*kept, after]) + "\n")


def test_a_damaged_table_is_refused_with_every_mistake(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / DRAWS
    rows = path.read_text().splitlines()
    cells = rows[2].split(",")
    cells[1], cells[2] = "much", "1e9"
    damaged(tmp_path, rows[2], ",".join(cells))
    damaged(tmp_path, "cell.load_cv", "cell.load_cw")
    with pytest.raises(ParameterError) as caught:
        load_ensemble(tmp_path)
    text = str(caught.value)
    assert "capacity_rate is 'much'" in text and "must lie between" in text
    assert "did you mean 'cell.load_cv'" in text


def test_a_table_that_is_not_the_described_one_is_refused(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / DRAWS
    path.write_text(path.read_text().rsplit("\n", 2)[0] + "\n")
    with pytest.raises(ParameterError, match="not the table that ensemble.yaml describes"):
        load_ensemble(tmp_path)
    damaged(tmp_path, "x", "x")
    with pytest.raises(ParameterError, match="5 draws, but ensemble.yaml says 6"):
        load_ensemble(tmp_path)


def test_missing_files_and_keys_are_named(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no such file"):
        load_ensemble(tmp_path)
    (tmp_path / META).write_text("method: prior\n")
    with pytest.raises(ParameterError, match="model, sha256, draws, parameters is missing"):
        load_ensemble(tmp_path)


def test_an_ensemble_of_another_model_is_stale(tmp_path: Path) -> None:
    written(tmp_path)
    text = (tmp_path / META).read_text()
    (tmp_path / META).write_text(text.replace(model_hash(), "0" * 16))
    assert load_ensemble(tmp_path).is_stale()


def test_loads_of_other_models_are_a_function_of_draw_and_name() -> None:
    found = prior_ensemble(200)
    loads = found.for_model("mm1s").values[:, -1]
    assert found.for_model("mm1s").columns[-1] == ("mm1s", "load_mean")
    assert np.array_equal(loads[:5], found.first(5).for_model("mm1s").values[:, -1])
    assert not np.array_equal(loads, found.for_model("escc_kyse150").values[:, -1])
    low, high = load_set("cell").values["load_mean"].limits
    assert low <= loads.min() and loads.max() == high
    middle = np.log(np.median(loads) / load_set("mm1s").value("load_mean"))
    assert abs(middle) < 0.15
    normals = np.array([normal_of(k, "a") for k in range(2000)])
    assert abs(normals.mean()) < 0.07 and abs(normals.std() - 1.0) < 0.05


def test_a_calibrated_model_keeps_its_column_and_lines_have_their_own() -> None:
    found = prior_ensemble(12)
    column = found.columns.index(("oci_ly10", "load_mean"))
    mine = found.for_model("oci_ly10")
    assert np.array_equal(mine.values[:, -1], found.values[:, column])
    assert ("wsu_dlcl2", "load_mean") not in mine.columns
    dish = found.for_line("jurkat")
    assert dish.columns[-1] == ("cell", "load_mean")
    assert np.array_equal(found.for_model("generic", "Jurkat").values[:, -1], dish.values[:, -1])


def test_own_values_move_with_the_shared_ones() -> None:
    found = prior_ensemble(12)
    at = found.columns.index(("tumor", "vessel_exchange"))
    site = load_set("intramuscular").values["vessel_exchange"]
    own = found.for_model("osteosarcoma", site="intramuscular").values[:, at]
    factor = site.value / load_set("tumor").value("vessel_exchange")
    assert np.allclose(own, np.clip(found.values[:, at] * factor, *site.limits))


def test_a_scenario_takes_a_draw() -> None:
    from xenosim.scenario.load import load_scenario
    from xenosim.scenario.resolve import resolve

    root = Path(__file__).parents[3] / "scenarios"
    mine = prior_ensemble(3).for_model("oci_ly10")
    wanted = {k: v for k, v in mine.overrides(1).items() if ".bortezomib." not in k}
    study = resolve(load_scenario(str(root / "oci_ly10_weekly.yaml"), wanted))
    assert study.model.value("load_mean") == pytest.approx(mine.draw(1)["oci_ly10", "load_mean"])
    assert study.drug("ixazomib").value("cl") == pytest.approx(mine.draw(1)["ixazomib", "cl"])


def test_a_drug_of_the_user_is_drawn_over_its_ranges_and_takes_the_shipped_columns() -> None:
    library = Library({("drug", "ixazomib"): ("drugs/ixazomib.yaml", lambda: DRUG_TEXT)})
    with on_shelf(library):
        found = load_ensemble().first(40).for_model("mm1s")
        assert list(own_drugs()) == ["ixazomib"]
        drug = load_set("ixazomib")
    assert [name for of, name in found.columns if of == "ixazomib"] == ["cl"]
    assert [prior.name for prior in drug_priors(drug)] == ["cl"]
    values = found.values[:, found.columns.index(("ixazomib", "cl"))]
    assert 0.5 <= values.min() < 0.8 < 1.4 < values.max() <= 2.0
    assert ("bortezomib", "cl") in found.columns
