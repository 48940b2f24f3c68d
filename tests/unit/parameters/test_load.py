"""Shipped parameters: complete, sourced, in range, and refused when they are not."""

from __future__ import annotations

import csv
import json
import math
import re

import pytest
import yaml

from xenosim.cell.params import cell_params, trait_params
from xenosim.errors import ParameterError, UnitError
from xenosim.parameters.lines import letters
from xenosim.parameters.load import (
    ROOT,
    available,
    find_strain,
    load_set,
    parse_parameter,
    references,
)
from xenosim.parameters.priors import CALIBRATED_MODELS
from xenosim.parameters.schema import FOLDERS, PARAMETERS
from xenosim.units import DIMENSIONS

SETS = [
    "cell",
    "dish",
    "readouts",
    "tumor",
    *(name for kind in FOLDERS for name in available(kind)),
]
GOOD = {
    "value": 3.0,
    "unit": "1/day",
    "status": "assumed",
    "source": {"bib": "xenosim2026", "where": "here"},
    "range": [1, 5],
    "note": "why",
}
LABELS_AND_SOFTWARE = {
    "xenosim2026",
    "UserFile",
    "Ninlaro2016",
    "Velcade2003",
    "Kyprolis2012",
    "Revlimid2005",
    "maeve",
    "Ravi2016",
    "ASH2010x3066",
    "Seed001",
    "Liu2018",
    "GDSC17",
    "Hu2012",
    "NCIDTP",
    "Hideshima2009",
}


@pytest.mark.parametrize("name", SETS)
def test_every_value_is_sourced_and_inside_its_range(name: str) -> None:
    for p in load_set(name).values.values():
        assert math.isfinite(p.value) and p.where and p.bib in references()
        assert p.range is None or p.range[0] <= p.value <= p.range[1], p.name
        assert p.status != "assumed" or p.note, p.name


@pytest.mark.parametrize("name", SETS)
def test_no_key_is_written_twice(name: str) -> None:
    [path] = [*ROOT.glob(f"{name}.yaml"), *ROOT.glob(f"*/{name}.yaml")]
    keys = re.findall(r"^  (\w+):$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("kind", ["mouse", "model"])
def test_sets_are_complete(kind: str) -> None:
    for name in available(kind):
        assert set(load_set(name).values) == set(PARAMETERS[kind])


def test_contract_sets_are_shipped() -> None:
    assert {"ixazomib", "bortezomib", "carfilzomib", "lenalidomide"} <= set(available("drug"))
    assert {"escc_kyse150", "mm1s", "wsu_dlcl2", "oci_ly10", "dlbcl_sc"} <= set(available("model"))
    assert {"mouse", "cb17_scid", "balbc_nude"} <= set(available("mouse"))
    assert available("cell") == ["cell"] and available("tumor") == ["tumor"]


@pytest.mark.parametrize("name", available("drug"))
def test_drug_has_what_its_mechanism_needs(name: str) -> None:
    drug = load_set(name)
    have = set(drug.values)
    assert {"molar_mass", "salt_factor", "cl", "v1", "q2", "v2", "fu", "fu_medium"} <= have
    assert {f"ka_{r}" in have for r in ("po", "sc", "ip") if f"f_{r}" in have} <= {True}
    assert ("q3" in have) == ("v3" in have)
    if drug.mechanism == "cereblon_modulator":
        assert "kd_crbn" in have
    else:
        assert drug.mechanism == "proteasome_inhibitor"
        assert ({"kd", "koff"} <= have) != ("kinact_ki" in have)


def test_dimensions_and_descriptions() -> None:
    for section in PARAMETERS.values():
        for name, (dimension, description) in section.items():
            assert dimension in DIMENSIONS and description, name


def test_values_of_the_model_description() -> None:
    cell = load_set("cell")
    stated = {
        "stress_half_load": 3,
        "stress_rate": 0.28,
        "chaperone_rate": 0.0151,
        "chaperone_gain": 8,
        "noxa_rate": 0.7,
        "noxa_gain": 2,
        "dr5_rate": 0.2,
        "commitment_rate": 0.1,
        "commitment_decay": 0.05,
        "capacity_rate": 0.06,
        "bounce_back": 0.3,
        "synthesis_rate": 5,
        "load_clearance": 0.05,
        "beta5_sites": 1000,
        "beta5_turnover_half_life": 36,
    }
    assert {name: cell.value(name) for name in stated} == stated
    bortezomib = load_set("bortezomib")
    assert (bortezomib.value("cl"), bortezomib.value("kd")) == (5.0, 0.7)
    assert load_set("ixazomib").value("koff") == pytest.approx(math.log(2) / 0.3, rel=2e-3)
    assert load_set("bortezomib").value("koff") == pytest.approx(math.log(2) / (110 / 60), rel=2e-3)
    assert load_set("carfilzomib").value("kinact_ki") == pytest.approx(33000 * 3600e-9, rel=2e-3)
    assert load_set("ixazomib").value("salt_factor") == pytest.approx(361.03 / 517.12, rel=1e-3)


def test_models_keep_default_cells_but_for_a_load_that_their_xenograft_calibrates() -> None:
    cell = load_set("cell").values
    for name in available("model"):
        own = {key: p for key, p in load_set(name).values.items() if key in cell and p != cell[key]}
        calibrated = {"load_mean"} if name in CALIBRATED_MODELS else set()
        assert set(own) == calibrated and all(p.status == "calibrated" for p in own.values())


def test_cells_can_be_built_from_every_model() -> None:
    for name in available("model"):
        model = load_set(name)
        assert all(
            math.isfinite(value)
            for value in [*cell_params(model.value), *trait_params(model.value, 48.0, 0.01)]
        )


def test_units_are_converted() -> None:
    p = parse_parameter("stress_rate", GOOD, "cell", where="x.yaml: stress_rate")
    assert (
        p.value == pytest.approx(3 / 24)
        and p.range == pytest.approx((1 / 24, 5 / 24))
        and p.unit == "1/h"
    )
    assert (p.source.bib, p.source.where) == (p.bib, p.where) == ("xenosim2026", "here")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"note": ""}, "note"),
        ({"status": "guessed"}, "guessed"),
        ({"value": "3"}, "finite"),
        ({"value": True}, "finite"),
        ({"value": math.nan}, "finite"),
        ({"value": 7.0}, "range"),
        ({"source": {"bib": "Nobody1900", "where": "p"}}, "Nobody1900"),
        ({"source": {"bib": "xenosim2026"}}, "missing"),
        ({"unit": ""}, "unit"),
        ({"unit": "mg"}, "mg"),
    ],
)
def test_bad_entries_are_refused(change: dict[str, object], says: str) -> None:
    with pytest.raises((ParameterError, UnitError), match=says) as caught:
        parse_parameter("stress_rate", GOOD | change, "cell", where="x.yaml: stress_rate")
    assert caught.value.where == "x.yaml: stress_rate" and caught.value.remedy


def test_unknown_names_get_a_suggestion() -> None:
    with pytest.raises(ParameterError, match="did you mean 'ixazomib'"):
        load_set("ixazomip")
    with pytest.raises(ParameterError, match="did you mean 'stress_rate'"):
        load_set("cell").value("stres_rate")
    with pytest.raises(ParameterError, match="did you mean 'stress_rate'"):
        parse_parameter("stress_rat", GOOD, "cell", where="x")
    with pytest.raises(ParameterError, match="did you mean 'drug'"):
        available("drugs")


def test_overrides_convert_and_become_assumed() -> None:
    base = load_set("ixazomib")
    changed = base.with_overrides({"kd": "0.002 uM", "fu": "2 %"})
    assert changed.value("kd") == pytest.approx(2.0) and changed.value("fu") == pytest.approx(0.02)
    assert changed.values["fu"].status == "assumed" and "0.01" in changed.values["fu"].note
    assert changed.hash() != base.hash() and base.value("fu") == 0.01
    with pytest.raises(UnitError):
        base.with_overrides({"kd": "1 h"})
    with pytest.raises(ParameterError, match="out of range of 'kd'; it must lie between 0.35 and"):
        base.with_overrides({"kd": "-1 nM"})
    with pytest.raises(ParameterError, match="between 36.103 and 3610.3 g/mol"):
        base.with_overrides({"molar_mass": "3 g/mol"})
    assert base.with_overrides({"kd": changed.values["kd"].stated}).values == {
        **base.values,
        "kd": changed.values["kd"],
    }
    with pytest.raises(ParameterError, match="did you mean 'koff'"):
        base.with_overrides({"kof": "1 /h"})


def test_sets_are_plain_data() -> None:
    plain = json.loads(json.dumps(load_set("mm1s").to_dict(), allow_nan=False))
    assert (
        plain["kind"] == "model"
        and plain["parameters"]["doubling_time"]["source"]["bib"] == "KAS2013"
    )


def test_every_reference_can_be_found() -> None:
    text = (ROOT / "references.bib").read_text(encoding="utf-8")
    assert len(references()) == text.count("\n@")
    for key, entry in references().items():
        field = "howpublished" if key in LABELS_AND_SOFTWARE else "(doi|pmid|pmcid|url)"
        assert re.search(rf"\b{field}=\{{\S", entry), key


def test_published_rows_are_sourced() -> None:
    with (ROOT / "published" / "xenograft.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({row["id"] for row in rows}) == len(rows) == 31
    assert all(row["bib"] in references() and row["source"] and row["status"] for row in rows)
    published = {row["id"]: row for row in rows}
    assert (
        float(published["IXA-OCILY10-01"]["value"]) == 0.12
        and published["IXA-OCILY10-01"]["metric"] == "tc_volume_mean"
    )
    assert (published["IXA-WSU-01"]["value"], published["BTZ-WSU-01"]["value"]) == ("0.29", "0.79")


@pytest.mark.parametrize(
    ("spelled", "strain"),
    [
        ("nude", "nude"),
        ("Athymic Nude", "nude"),
        ("athymic nude mice", "nude"),
        ("nu/nu", "nude"),
        ("NCr-nu/nu", "nude"),
        ("female NCr nude", "nude"),
        ("BALB/c nude", "balbc_nude"),
        ("BALB/c-nu/nu", "balbc_nude"),
        ("NSG", "nsg"),
        ("NSG mouse", "nsg"),
        ("NOD-scid gamma", "nsg"),
        ("NOD.Cg-Prkdcscid Il2rgtm1Wjl/SzJ", "nsg"),
        ("NOD-SCID", "nod_scid"),
        ("NOD/SCID", "nod_scid"),
        ("NODSCID", "nod_scid"),
        ("CB-17 SCID", "cb17_scid"),
        ("C.B-17 scid", "cb17_scid"),
        ("SCID", "cb17_scid"),
        ("mouse", "mouse"),
        ("cb17_scid", "cb17_scid"),
    ],
)
def test_n14_a_strain_is_read_in_every_usual_spelling(spelled: str, strain: str) -> None:
    assert find_strain(spelled) == strain


def test_n14_a_spelling_has_one_reading_and_an_unknown_strain_is_refused() -> None:
    documents = {
        name: yaml.safe_load((ROOT / "mice" / f"{name}.yaml").read_text())
        for name in available("mouse")
    }
    spelled = [letters(each) for d in documents.values() for each in set(d["aliases"])]
    of = {letters(each): name for name, d in documents.items() for each in d["aliases"]}
    assert all(find_strain(each) == of[each] for each in spelled)
    for name, document in documents.items():
        own = {letters(each) for each in document["aliases"]} | {letters(name)}
        others = {key for key, other in of.items() if other != name}
        assert not own & others
    with pytest.raises(ParameterError, match="there is no mouse 'C57BL/6'"):
        find_strain("C57BL/6")


def test_n22_strains_share_the_numbers_of_one_mouse() -> None:
    reference = load_set("mouse")
    for name in available("mouse"):
        assert load_set(name).hash() == reference.hash() and load_set(name).description
