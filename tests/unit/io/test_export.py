"""Volumes of a tumor: what is written is what the columns hold, read back by each format's own
reader.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.conftest import MAIN_JOB, SCENARIOS
from tests.full_disk import no_file_above
from xenosim.cell.state import CellState, positions
from xenosim.errors import ResourceError, RunError, ScenarioError
from xenosim.io import export
from xenosim.io.export import FORMATS, check_new, write_volumes
from xenosim.io.ome_zarr import levels
from xenosim.io.volumes import FIELDS, GAP, Volumes, halve
from xenosim.scenario.load import load_scenario
from xenosim.scenario.resolve import resolved_dict, scenario_from_resolved, scenario_hash
from xenosim.study.tissues import tumor_spec
from xenosim.testing import SMALL, small_spec
from xenosim.tumor.tumor import Tumor
from xenosim.tumor.volumes import volumes
from xenosim.viz.paint import STATE_COLORS, paint


@pytest.fixture(scope="module")
def tumor() -> Tumor:
    """A small tumor with gaps, dying cells and two clones."""
    made = Tumor(small_spec(), 2.0, 7)
    made.cells.clone[: made.n : 5] = 1
    for _ in range(60):
        made.step()
    return made


def read_back(path: Path, kind: str, name: str) -> Any:
    """One field by the format's own reader, in (z, y, x), and its spacing and origin there."""
    if kind == "npz":
        with np.load(path) as stored:
            return stored[name], stored["spacing_um"], stored["origin_um"]
    if kind == "vti":
        vtk = pytest.importorskip(
            "vtkmodules.vtkIOXML", reason="ParaView's reader comes with pyvista"
        )
        from vtkmodules.util.numpy_support import vtk_to_numpy

        reader = vtk.vtkXMLImageDataReader()
        reader.SetFileName(str(path))
        reader.Update()
        image = reader.GetOutput()
        values = vtk_to_numpy(image.GetCellData().GetArray(name)).reshape(
            [n - 1 for n in image.GetDimensions()][::-1]
        )
        spacing = np.array(image.GetSpacing())[::-1]
        return values, spacing, np.array(image.GetOrigin())[::-1] + spacing / 2.0
    zarr = pytest.importorskip("zarr")
    root = zarr.open_group(path, mode="r")
    group = root[f"labels/{name}"] if FIELDS[name].is_label else root
    image = group.attrs["ome"]["multiscales"][0]
    scale, translation = (image["datasets"][0]["coordinateTransformations"][k] for k in (0, 1))
    if FIELDS[name].is_label:
        return group["0"][:], scale["scale"], translation["translation"]
    channel = [c["label"] for c in root.attrs["ome"]["omero"]["channels"]].index(name)
    return group["0"][channel], scale["scale"][1:], translation["translation"][1:]


@pytest.mark.parametrize("kind", list(FORMATS))
def test_every_format_reads_back_as_the_columns(tumor: Tumor, kind: str, tmp_path: Path) -> None:
    if kind == "vti":
        pytest.importorskip("pyvista", reason="an extra of the package")
    path = write_volumes(
        volumes(tumor, about={"day": 3.0}),
        tmp_path / f"t{FORMATS[kind]}",
        kind,
        colors={"state": STATE_COLORS},
    )
    at = positions(tumor.live.site)
    shown = volumes(tumor).fields
    assert set(FIELDS) - set(shown) == {"oxygen"}
    for name in shown:
        field = FIELDS[name]
        values, spacing, origin = read_back(path, kind, name)
        assert values.dtype == field.dtype and list(values.shape) == list(np.ptp(at, axis=0) + 1)
        z, y, x = (at - at.min(axis=0)).T
        column = (
            getattr(tumor.live, name).astype(np.int64) + 1
            if field.is_label
            else getattr(tumor.live, name)
        )
        assert np.array_equal(values[z, y, x], column)
        without = np.ones(values.shape, bool)
        without[z, y, x] = False
        assert (
            np.isnan(values[without]).all()
            if not field.is_label
            else set(values[without]) <= {0, GAP}
        )
        assert np.allclose(spacing, 100.0) and np.allclose(
            origin, (at.min(axis=0) - tumor.domain.origin) * 100.0
        )
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_oxygen_is_that_of_the_voxels(tmp_path: Path) -> None:
    spec = tumor_spec(load_scenario(MAIN_JOB, SMALL), None)
    for site, short in (("well", False), ("poor", True)):
        perfusion = spec.perfusion._replace(mean=0.1 if short else 20.0)
        made = Tumor(spec._replace(perfusion=perfusion, resolution=1e3), 5.0, 3)
        assert made.may_lack_oxygen == short
        path = write_volumes(volumes(made, ["oxygen"]), tmp_path / f"{site}.npz", "npz")
        values, _, _ = read_back(path, "npz", "oxygen")
        assert np.array_equal(
            np.sort(values[np.isfinite(values)]), np.sort(made.pressures().astype(np.float32))
        )
        assert (np.nanmin(values) < 5.0) == short and np.isfinite(values).sum() == made.n


def test_every_state_has_a_color_of_its_own() -> None:
    labels = [state + 1 for state in CellState] + [GAP]
    assert sorted(STATE_COLORS) == labels and len(set(STATE_COLORS.values())) == len(labels)
    painted = paint("state", [np.array(labels, np.uint8)], {})
    assert len(np.unique(painted.rgb(np.array(labels, np.uint8)), axis=0)) == len(labels)


def test_gaps_are_told_from_host_tissue(tumor: Tumor) -> None:
    state = volumes(tumor, ["state"]).whole("state")
    inside = tumor.lattice.row[1:-1, 1:-1, 1:-1] == -2
    assert 0 < (state == GAP).sum() <= inside.sum() and state[0, 0, 0] == 0
    assert {int(code) for code in np.unique(state)} - {0, GAP} <= {state + 1 for state in CellState}


def test_ome_zarr_has_the_required_keys(tumor: Tumor, tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr")
    path = write_volumes(
        volumes(tumor, ["state", "load"]),
        tmp_path / "t.ome.zarr",
        "ome-zarr",
        colors={"state": STATE_COLORS},
    )
    root = zarr.open_group(path, mode="r")
    state = root["labels/state"]
    assert root.attrs["ome"]["version"] == "0.5" and root["labels"].attrs["ome"]["labels"] == [
        "state"
    ]
    for group, axes in ((root, "czyx"), (state, "zyx")):
        image = group.attrs["ome"]["multiscales"][0]
        assert "".join(axis["name"] for axis in image["axes"]) == axes
        assert all(
            axis["unit"] == "micrometer" for axis in image["axes"] if axis["type"] == "space"
        )
        assert [d["path"] for d in image["datasets"]] == [
            str(k) for k in range(len(levels(volumes(tumor).shape)))
        ]
        assert (
            group["0"].metadata.dimension_names == tuple(axes)
            and group["0"].metadata.zarr_format == 3
        )
    names = {p["label-value"]: p["name"] for p in state.attrs["ome"]["image-label"]["properties"]}
    assert names[1] == "proliferating" and state.attrs["ome"]["image-label"]["colors"][0][
        "rgba"
    ] == [0, 114, 178, 255]
    window = root.attrs["ome"]["omero"]["channels"][0]["window"]
    assert window["max"] == tumor.live.load.max()


def test_labels_alone_get_an_image_to_belong_to(tumor: Tumor, tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr")
    path = write_volumes(volumes(tumor, ["clone"]), tmp_path / "t.ome.zarr", "ome-zarr")
    root = zarr.open_group(path, mode="r")
    assert np.array_equal(root["0"][0], root["labels/clone/0"][:] > 0)


def ramp(n: int, step_um: float = 10.0) -> Volumes:
    """A box of n x 3 x 2 sites whose load is its z and whose state is 1 below the middle."""
    load = np.broadcast_to(np.arange(n, dtype=np.float32)[:, None, None], (n, 3, 2))
    state = (load < n / 2).astype(np.uint8)
    return Volumes(
        (n, 3, 2),
        step_um,
        (5.0, 0.0, 0.0),
        ("state", "load"),
        lambda name, region: {"state": state, "load": load}[name][region],
        {},
        {},
    )


def test_levels_halve_and_stay_in_place(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr")
    assert levels((700, 650, 64)) == [
        (700, 650, 64),
        (350, 325, 32),
        (175, 163, 16),
        (88, 82, 8),
        (44, 41, 4),
    ]
    root = zarr.open_group(write_volumes(ramp(257), tmp_path / "t.ome.zarr", "ome-zarr"), mode="r")
    for k, dataset in enumerate(root.attrs["ome"]["multiscales"][0]["datasets"]):
        scale, translation = (
            t[kind][1]
            for t, kind in zip(
                dataset["coordinateTransformations"], ("scale", "translation"), strict=True
            )
        )
        values = root[dataset["path"]][0, : 256 // 2**k, 0, 0]
        # Load is z: where a level says a site is, the load must be that of the place.
        assert np.allclose((translation + scale * np.arange(values.size) - 5.0) / 10.0, values)


def test_halving_takes_the_mean_of_cells_and_the_most_frequent_label() -> None:
    numbers = np.array([1, 2, np.nan, np.nan, 3, np.nan, np.nan, np.nan], np.float32).reshape(
        2, 2, 2
    )
    assert halve(numbers) == 2.0 and np.isnan(halve(np.full((2, 2, 2), np.nan, np.float32)))
    for labels, expected in (
        ([0, 0, 0, 0, 2, 2, 2, 1], 0),
        ([0, 0, 0, 0, 2, 2, 2, 2], 2),
        ([255, 255, 3, 3, 1, 0, 0, 2], 3),
        ([0] * 8, 0),
    ):
        assert halve(np.array(labels, np.uint8).reshape(2, 2, 2)) == expected
    assert halve(np.ones((3, 1, 1), np.uint16)).ravel().tolist() == [1, 1]


def test_the_same_tumor_gives_the_same_bytes(tumor: Tumor, tmp_path: Path) -> None:
    first, second = (
        write_volumes(volumes(tumor), tmp_path / f"{k}.npz", "npz").read_bytes() for k in (1, 2)
    )
    assert first == second
    with np.load(tmp_path / "1.npz") as stored:
        assert sorted(stored.files) == [
            "about",
            "axes",
            "clone",
            "load",
            "origin_um",
            "spacing_um",
            "state",
            "stress",
        ]
        assert json.loads(str(stored["about"]))["fields"]["state"]["labels"]["3"] == "apoptotic"


@pytest.mark.parametrize("kind", list(FORMATS))
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interrupted_export_leaves_nothing(kind: str, error: Any, tmp_path: Path) -> None:
    box = ramp(130)

    def read(name: str, region: Any) -> Any:
        if name == "load" and region[0].start > 0:
            raise error
        return box.read(name, region)

    with pytest.raises(
        (KeyboardInterrupt, RunError), match="no space left" if isinstance(error, OSError) else None
    ):
        write_volumes(box._replace(read=read), tmp_path / f"t{FORMATS[kind]}", kind)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", list(FORMATS))
@pytest.mark.parametrize("size", [100, 2000])
def test_f2_an_export_that_the_disk_refuses_leaves_nothing(
    tumor: Tumor, kind: str, size: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    if kind == "vti":
        pytest.importorskip("pyvista", reason="an extra of the package")
    tmp_path.mkdir(exist_ok=True)
    with no_file_above(size), pytest.raises(RunError, match="cannot write here"):
        write_volumes(volumes(tumor), tmp_path / f"t{FORMATS[kind]}", kind)
    assert list(tmp_path.iterdir()) == [] and capfd.readouterr().err == ""


def test_mistakes_are_named(tumor: Tumor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RunError, match="no field 'lod'.*did you mean 'load'"):
        volumes(tumor, ["lod"])
    (tmp_path / "t.npz").touch()
    with pytest.raises(RunError, match="exists already"):
        check_new(tmp_path / "t.npz")
    with pytest.raises(RunError, match="cannot write here"):
        check_new(tmp_path / "t.npz" / "u.npz")
    for kind in ("vti", "ome-zarr"):
        with monkeypatch.context() as without:
            for module in ("pyvista", "zarr"):
                without.setitem(__import__("sys").modules, module, None)
            with pytest.raises(RunError, match=r"pip install 'zarr>=3' 'pyvista>=0.44'"):
                write_volumes(ramp(4), tmp_path / f"t{FORMATS[kind]}", kind)
    pytest.importorskip("pyvista")
    monkeypatch.setattr(export, "memory_bytes", lambda: 1)
    with pytest.raises(ResourceError, match="GiB"):
        write_volumes(ramp(4), tmp_path / "t.vti", "vti")


def test_a_tumor_without_cells_is_refused() -> None:
    cured = Tumor(small_spec(), 0.05, 1)
    cured.n = 0
    with pytest.raises(ResourceError, match="no cells"):
        volumes(cured)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_a_resolved_scenario_comes_back(path: Path) -> None:
    import yaml

    scenario = load_scenario(path)
    again = scenario_from_resolved(
        yaml.safe_load(yaml.safe_dump(resolved_dict(scenario), sort_keys=False))
    )
    assert again == scenario and scenario_hash(again) == scenario_hash(scenario)


@pytest.mark.parametrize("plain", [{}, {"title": 1}, [1]])
def test_what_is_no_scenario_is_refused(plain: Any) -> None:
    with pytest.raises(ScenarioError, match="not a resolved scenario"):
        scenario_from_resolved(plain)


@pytest.mark.slow
def test_the_readers_of_ome_zarr_accept_it(tumor: Tumor, tmp_path: Path) -> None:
    """Needs: pip install ome-zarr ome-zarr-models napari-ome-zarr."""
    models = pytest.importorskip(
        "ome_zarr_models", reason="pip install ome-zarr ome-zarr-models napari-ome-zarr"
    )
    import zarr
    from napari_ome_zarr import napari_get_reader
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    path = write_volumes(
        volumes(tumor), tmp_path / "t.ome.zarr", "ome-zarr", colors={"state": STATE_COLORS}
    )
    kinds = [
        type(models.open_ome_zarr(zarr.open_group(path / part, mode="r"), version="0.5")).__name__
        for part in ("", "labels", "labels/state")
    ]
    assert kinds == ["Image", "Labels", "ImageLabel"]
    nodes = {Path(str(node.zarr)).name: node for node in Reader(parse_url(str(path)))()}
    assert np.array_equal(
        np.asarray(nodes["state [zgroup]"].data[0]), volumes(tumor).whole("state")
    )
    layers = napari_get_reader(str(path))(str(path))
    assert [layer[2] for layer in layers] == ["image", "labels", "labels"]
    assert layers[1][1]["units"] == ("micrometer",) * 3 and layers[1][1]["scale"] == pytest.approx(
        [100.0] * 3
    )
