"""The line library: complete, sourced, calibrated, and open about contradictions."""

from __future__ import annotations

import re

import pytest

from xenosim.assays.calibration import calibrate_line
from xenosim.assays.culture import line_of
from xenosim.cli.library import contradictions
from xenosim.errors import ParameterError
from xenosim.parameters.lines import (
    ALIASES,
    PUBLISHED,
    ROOT,
    calibrated,
    find_line,
    lines,
    published_rows,
    read_csv,
)
from xenosim.parameters.load import load_line, load_set, references
from xenosim.parameters.schema import STATUSES

#: What invitro.csv names and no single line is: panels, groups, ranges over lines, samples, tumors.
NOT_LINES = {
    "14 NSCLC adenocarcinoma lines",
    "15 large-intestine lines",
    "19 Ewing sarcoma lines",
    "25 AML lines",
    "26 neuroblastoma lines",
    "27 B-cell lymphoma lines",
    "402 lines",
    "44 small-cell lung lines",
    "7 myeloma lines",
    "8226/CEM/THP1 BTZ-resistant sublines",
    "9 oesophagus lines",
    "A375/H460/HCT-116/HT-29 (range)",
    "A549/H1993/H520/H460/H1299 (range)",
    "ALL/AML cell lines",
    "B-cell lymphoma lines",
    "BTZ-resistant leukaemia lines (CEM/BTZ THP1/BTZ)",
    "HCT-8-1R1 xenograft",
    "HCT-8E11 xenograft",
    "HCT-8E11 xenograft + bortezomib pre-treatment",
    "HCT-8Ea xenograft",
    "HCT-8Ea xenograft + bortezomib pre-treatment",
    "HCT-8Ra xenograft",
    "HT-29 BTZ-resistant clones",
    "KMS-11 vs U-266",
    "Raji and Daudi",
    "SHP77 and DMS114 (range)",
    "four myeloma lines",
    "mantle-cell lymphoma lines",
    "melanoma lines",
    "mouse blood and most tissues",
    "myeloma / neuronal cells",
    "myeloma cell-line panel",
    "paediatric ALL vs AML samples",
    "primary paediatric ALL (n=15)",
    "primary paediatric AML (n=9)",
}
#: The same of seed_tables.csv: groups of lines, animals, patients.
NOT_SUBJECTS = {
    "T-cell lymphoma lines",
    "Hodgkin lymphoma lines",
    "myeloma lines",
    "MM.1S xenograft",
    "T-ALL PDX, NSG",
    "T-ALL PDX",
    "ESCC cell-line xenograft",
    "ESCC xenograft",
    "KRIB and 143B xenografts, athymic nude",
    "KRIB and 143B primary intramuscular tumours",
    "KRIB and 143B metastatic models",
    "143B metastatic model",
    "KRIB primary intramuscular tumour (poorly vascularised)",
    "NSCLC and colon, cell-line and PDX models",
    "NSCLC and colon xenografts",
    "HCT116 xenograft",
    "spontaneous mouse myeloma model",
    "TOURMALINE-MM1",
    "real-world study",
    "REMIX study",
}


@pytest.mark.parametrize("name", lines())
def test_every_line_loads_with_status_and_source(name: str) -> None:
    line = load_line(name)
    assert line.name == name and set(load_set("cell").values) < set(line.values)
    for parameter in line.values.values():
        assert parameter.status in STATUSES and parameter.bib in references() and parameter.where, (
            parameter.name
        )
        assert parameter.note or parameter.status != "assumed", parameter.name
    record = lines()[name]
    assert (record.target is None) == (
        load_line(name).values["load_mean"].status != "calibrated"
    ) or record.parent
    assert line_of(line).traits.cycle_h == record.doubling_h


def test_every_published_line_is_in_the_library() -> None:
    named = {row["cell_line"] for row in read_csv(PUBLISHED / "invitro.csv")}
    assert {name for name in named if ALIASES.get(name, name) not in lines()} == NOT_LINES
    for name in named - NOT_LINES:
        assert published_rows(name), name


def test_every_line_of_the_seed_tables_is_in_the_library() -> None:
    subjects = {row["subject"] for row in read_csv(PUBLISHED / "seed_tables.csv")}
    assert subjects > NOT_SUBJECTS
    for subject in subjects - NOT_SUBJECTS:
        # "L540 (Hodgkin lymphoma)"; but "DLBCL lines (mean)" is a name.
        assert (
            find_line(subject if subject in ALIASES else re.sub(r" \(.*\)$", "", subject)).name
            in lines()
        ), subject


def test_names_are_found_however_they_are_spelled() -> None:
    for spelled, name in (
        ("rpmi8226", "RPMI-8226"),
        ("L540", "L-540"),
        ("cem", "CEM/WT"),
        ("HCT-116", "HCT116"),
        ("u266", "U-266"),
        ("thp-1", "THP-1"),
    ):
        assert find_line(spelled).name == name
    with pytest.raises(ParameterError, match="no line 'Jurkatt'; did you mean 'Jurkat'"):
        find_line("Jurkatt")
    letters = ["".join(ch for ch in name.lower() if ch.isalnum()) for name in lines()]
    assert len(set(letters)) == len(letters)


def test_lines_with_a_target_are_those_that_are_calibrated() -> None:
    assert set(calibrated()) == {name for name, record in lines().items() if record.target}
    for row in read_csv(ROOT / "lines_calibrated.csv"):
        target = lines()[row["line"]].target
        assert target is not None and float(row["target_nM"]) == target.ic50_nM
        found = calibrated()[row["line"]]
        assert found.fold == pytest.approx(found.ic50_nM / target.ic50_nM, rel=2e-3), row["line"]
        assert found.note.startswith("missed by more than 1.5-fold") == (
            not 1 / 1.5 <= found.fold <= 1.5
        ), row["line"]


@pytest.mark.parametrize("name", ["RPMI-8226", "ALL-SIL"])
def test_a_fresh_calibration_gives_the_stored_numbers(name: str) -> None:
    """RPMI-8226 is found by its load, ALL-SIL by its Nrf1 response."""
    stored, found = calibrated()[name], calibrate_line(find_line(name)).found
    assert found.load_mean == pytest.approx(stored.load_mean, rel=0.01)
    assert (found.bounce_back is None) == (
        stored.bounce_back is None
    ) and found.ic50_nM == pytest.approx(stored.ic50_nM, rel=0.02)
    if found.bounce_back is not None:
        assert found.bounce_back == pytest.approx(stored.bounce_back, rel=0.01)


def test_a_line_without_a_target_cannot_be_calibrated() -> None:
    with pytest.raises(ParameterError, match="no IC50 of 'HCT116'"):
        calibrate_line(find_line("HCT116"))
    assert load_line("HCT116").value("load_mean") == load_set("cell").value("load_mean")
    assert load_line("Jurkat", with_calibration=False).value("load_mean") == load_set("cell").value(
        "load_mean"
    )


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("Jurkat", ("38.0 nM", "10.0 to 20.0 nM", "38 nM is used")),
        ("U-266", ("511.0 nM", "10.0 to 20.0 nM")),
    ],
)
def test_contradictions_are_shown(name: str, numbers: tuple[str, ...]) -> None:
    target = find_line(name).target
    assert target is not None
    texts = contradictions(published_rows(name), target.ic50_nM, target.drug)
    assert (
        len(texts) == 1 and "ixazomib" in texts[0] and all(number in texts[0] for number in numbers)
    )
    # U-266 is calibrated on another drug: none of these is used.
    assert ("is used" in texts[0]) == (target.drug == "ixazomib")


def test_agreement_is_no_contradiction() -> None:
    rows = [
        {"metric": "IC50", "drug": "a", "value": value, "low": "", "high": "", "source": "s"}
        for value in ("10", "14")
    ]
    assert contradictions(rows, 10.0, "a") == [] and contradictions(rows[:1], 10.0, "a") == []
    assert len(contradictions([rows[0], rows[1] | {"value": "16"}], 10.0, "a")) == 1
    assert contradictions([rows[0], rows[1] | {"value": "16", "drug": "b"}], 10.0, "a") == []


def test_a_subline_is_its_parent_with_one_change() -> None:
    sublines = {name: record for name, record in lines().items() if record.parent}
    assert len(sublines) >= 6
    for name, record in sublines.items():
        child, parent = load_line(name), load_line(record.parent)
        for parameter in ("load_mean", "load_cv", "bounce_back", "myc", "dr5", "threshold_mean"):
            assert child.value(parameter) == parent.value(parameter), (name, parameter)
        cells, others = line_of(child), line_of(parent)
        if record.perturb.endswith(("A49T", "C63F")):
            assert (
                cells.params == others.params
                and cells.kd_folds
                and cells.traits.resistant_fraction == 1.0
            )
        else:
            assert (
                cells.traits.load_median == pytest.approx(others.traits.load_median / 5.0)
                and not cells.kd_folds
            )
