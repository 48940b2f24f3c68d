"""The verbs of the dish as a user runs them: what they leave, what they print, what they refuse."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.command import call, start

WELL = ["--cells", "60", "--replicates", "1"]
#: Verb: arguments, tables, figures, columns of the first table.
VERBS: dict[str, tuple[list[str], list[str], list[str], set[str]]] = {
    "blot": (
        ["--cells", "60", "--times", "0,2", "--markers", "chop,BiP", "--noise", "20 %"],
        ["levels"],
        ["blot"],
        {"time_h", "marker", "fold"},
    ),
    "qpcr": (
        ["--cells", "60", "--times", "0,2", "--perturb", "ATF4=kd:0.5"],
        ["levels"],
        ["qpcr"],
        {"time_h", "marker", "fold"},
    ),
    "chip": (
        ["--cells", "60", "--times", "0,2", "--line", "L540"],
        ["levels"],
        ["chip"],
        {"time_h", "marker", "fold"},
    ),
    "washout": (
        [
            *WELL,
            "--dose",
            "10..1000 nM / 4",
            "--hours",
            "10",
            "--pulse",
            "1 h",
            "--every",
            "4 h",
            "--repeats",
            "2",
        ],
        ["wells"],
        ["washout"],
        {"dose_nM", "viability", "early"},
    ),
    "combine": (
        [
            *WELL,
            "--dose",
            "10,20,40 nM",
            "--dose",
            "1,2,4 uM",
            "--ratio",
            "matrix",
            "--schedule",
            "first-b",
            "--delay",
            "6 h",
            "--hours",
            "30",
        ],
        ["pairs", "summary", "wells"],
        ["bliss", "combination_index"],
        {"dose_a_nM", "combination_index"},
    ),
    "compare": (
        [
            *WELL,
            "--lines",
            "Jurkat,cell",
            "--drugs",
            "ixazomib,bortezomib",
            "--dose",
            "0.3..300 nM / 5",
            "--hours",
            "48",
        ],
        ["ic50"],
        ["compare"],
        {"line", "drug", "ic50_nM"},
    ),
    "characterize": (
        ["mine.csv", "--cells", "40", "--name", "my line"],
        ["data", "fitted"],
        ["characterize"],
        {"drug", "dose_nM", "viability"},
    ),
}
MINE = "drug,hours,dose_nM,viability\nixazomib,24,15,0.95\nixazomib,24,30,0.8\nixazomib,24,60,0.5\n"


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, CompletedProcess[str]]]:
    """Every verb with ``--json``, each in a directory of its own."""
    folders = {verb: tmp_path_factory.mktemp(verb) for verb in VERBS}
    (folders["characterize"] / "mine.csv").write_text(MINE)
    return {
        verb: (folder, call("assay", verb, *VERBS[verb][0], "--json", cwd=folder))
        for verb, folder in folders.items()
    }


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_leaves_tables_figures_and_a_manifest(verb: str, done: dict[str, Any]) -> None:
    folder, run = done[verb]
    assert run.returncode == 0 and "Traceback" not in run.stderr, run.stderr
    found = json.loads(run.stdout, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    _, tables, figures, columns = VERBS[verb]
    directory = folder / found["directory"]
    assert [path.name for path in (folder / "runs").iterdir()] == [directory.name]
    for name in tables:
        header, *rows = (directory / f"{name}.csv").read_text().splitlines()
        assert len(rows) == len(found["tables"][name]) > 0 and set(header.split(",")) == set(
            found["tables"][name][0]
        )
    assert columns <= set(found["tables"][tables[0]][0])
    for name in figures:
        assert (directory / f"{name}.svg").stat().st_size > 2000 and (
            directory / f"{name}.png"
        ).stat().st_size > 2000
    manifest = json.loads((directory / "manifest.json").read_text())
    assert (
        manifest["simulated"] is True
        and isinstance(manifest["seed"], int)
        and manifest["answer"] == found["answer"]
    )
    assert sum(manifest["parameters"].values()) > 30


def assay_file(verb: str, arguments: list[str]) -> str:
    """The same assay as a file: a repeated option becomes a list."""
    words, options = list(arguments), {}
    if not words[0].startswith("--"):
        options["file"] = [words.pop(0)]
    for flag, value in zip(words[::2], words[1::2], strict=True):
        options.setdefault(flag.removeprefix("--"), []).append(value)
    lines = [f"{name}: {json.dumps(v[0] if len(v) == 1 else v)}" for name, v in options.items()]
    return "\n".join([f"assay: {verb}", *lines]) + "\n"


@pytest.mark.parametrize("verb", VERBS)
def test_a_file_and_its_kept_result_give_the_tables_of_the_options(
    verb: str, done: dict[str, Any], tmp_path: Path
) -> None:
    folder, run = done[verb]
    kept = folder / json.loads(run.stdout)["directory"]
    (folder / "assay.yaml").write_text(assay_file(verb, VERBS[verb][0]))
    # From another directory: what a file names lies beside it.
    by_file = call("assay", "run", str(folder / "assay.yaml"), "--json", cwd=tmp_path)
    again = call("assay", "run", str(kept / "manifest.json"), "--json", cwd=tmp_path)
    for repeated in (by_file, again):
        assert repeated.returncode == 0, repeated.stderr
        found = json.loads(repeated.stdout)
        for name in VERBS[verb][1]:
            table = (tmp_path / found["directory"] / f"{name}.csv").read_bytes()
            assert table == (kept / f"{name}.csv").read_bytes()
        assert found["command"].split()[:3] == ["xenosim", "assay", verb]
    assert len(list((tmp_path / "runs").iterdir())) == 2


def test_the_command_in_a_manifest_does_the_same(done: dict[str, Any]) -> None:
    folder, run = done["qpcr"]
    found = json.loads(run.stdout)
    words = shlex.split(found["command"])[1:]
    again = json.loads(call(*words, "--json", cwd=folder).stdout)
    assert again["tables"] == found["tables"] and again["spec"] == found["spec"]


def test_a_second_run_gives_the_same_numbers_beside_the_first(done: dict[str, Any]) -> None:
    folder, run = done["blot"]
    again = start("assay", "blot", *VERBS["blot"][0], cwd=folder)
    assert "SIMULATED, seed 1" in again.stdout and "fold of untreated" in again.stdout
    directories = sorted((folder / "runs").iterdir())
    assert len(directories) == 2
    assert len({(path / "levels.csv").read_bytes() for path in directories}) == 1


def test_lines_are_listed_and_shown(tmp_path: Path) -> None:
    listed = json.loads(call("lines", "--json", cwd=tmp_path).stdout)
    assert {"Jurkat", "CEM/BTZ"} <= {line["name"] for line in listed} and sum(
        1 for line in listed if line["calibrated"]
    ) > 70
    shown = call("lines", "show", "u266", cwd=tmp_path)
    assert (
        shown.returncode == 0
        and "contradict" in shown.stdout
        and "511" in shown.stdout
        and "calibrated" in shown.stdout
    )
    data = json.loads(call("lines", "show", "cem-btz", "--json", cwd=tmp_path).stdout)
    assert data["line"] == "CEM/BTZ" and all(
        p["status"] and p["source"] for p in data["parameters"].values()
    )
    assert list(tmp_path.iterdir()) == []


MISTAKES: dict[str, list[tuple[list[str], str]]] = {
    "assay": [
        (["assay", "blot", "--markers", "CHOPP"], "did you mean 'CHOP'"),
        (["assay", "blot", "--line", "Jurkatt"], "did you mean 'Jurkat'"),
        (["assay", "blot", "--perturb", "CHOPP=ko"], "did you mean 'CHOP'"),
        (["assay", "blot", "--dose", "100"], "with a unit"),
        (["assay", "blot", "--drug", "ixazomob"], "did you mean 'ixazomib'"),
        (["assay", "blot", "--times", "0;4"], "not a list of hours"),
        (["assay", "qpcr", "--markers", "p-JNK"], "no mRNA 'p-JNK'"),
        (["assay", "chip", "--factor", "XBP1"], "no XBP1 at the DR5 promoter"),
        (["assay", "washout", "--repeats", "2"], "time between their starts"),
        (["assay", "washout", "--repeats", "2", "--every", "30 min"], "must not overlap"),
        (["assay", "washout", "--resistant", "5 %"], "needs a mutation"),
        (["assay", "combine", "--drugs", "ixazomib"], "are not two drugs"),
        (["assay", "combine", "--dose", "1,2,4 nM", "--dose", "1,2,5 nM"], "the ratio changes"),
        (
            ["assay", "combine", "--dose", "1,2,4 nM", "--dose", "1,2,4 nM", "--schedule", "after"],
            "unknown schedule 'after'",
        ),
        (["assay", "combine", "--dose", "1,2,4 nM"], "1 lists of doses for two drugs"),
        (["assay", "compare", "--lines", "Jurkat,Jurkatt"], "did you mean 'Jurkat'"),
        (["assay", "compare", "--dose", "10..1 nM"], "not a rising range"),
        (["assay", "characterize", "none.csv"], "none.csv"),
        (["assay", "characterize", "bad.csv"], "bad.csv:4: error: viability is 'low'"),
        (["lines", "show", "Jurkatt"], "did you mean 'Jurkat'"),
        (["lines", "calibrate", "HCT116"], "no IC50 of 'HCT116'"),
        (["validate", "--only", "invitr"], "did you mean 'invitro'"),
        (["validate", "--only", "twin", "--embed", "x.md"], "only the tables about cells"),
        (["validate", "--only", "osteosarcoma_primari"], "did you mean 'osteosarcoma_primary'"),
    ],
    # Found by a search for such: each was accepted or crashed.
    "reported": [
        (["assay", "blot", "--cells", "20", "--times", "0,1", "--dose", "-5 nM"], "dose"),
        (
            ["assay", "blot", "--cells", "20", "--times", "0,1", "--seed", "1152921504606846976"],
            "seed",
        ),
        (["assay", "characterize", "untreated.csv", "--cells", "20"], "three doses"),
        (["assay", "characterize", "nodrug.csv", "--cells", "20"], "drug"),
        (
            [
                "assay",
                "compare",
                "--cells",
                "20",
                "--replicates",
                "1",
                "--hours",
                "5",
                "--lines",
                "Jurkat",
                "--drugs",
                "ixazomib",
                "--dose",
                "1,2 nM",
            ],
            "four",
        ),
    ],
}


def refusals(group: str, folder: Path) -> list[tuple[list[str], str, int, str]]:
    """Arguments, expected words, exit code and stderr of every mistake of a group."""
    (folder / "bad.csv").write_text(MINE.replace("0.5", "low"))
    (folder / "untreated.csv").write_text("drug,hours,dose_nM,viability\nixazomib,24,0,1\n")
    (folder / "nodrug.csv").write_text(MINE + ",24,90,0.4\n")
    return [
        (args, words, run.returncode, run.stderr)
        for args, words in MISTAKES[group]
        for run in [call(*args, cwd=folder)]
    ]


def test_mistakes_exit_2_with_one_message_and_leave_nothing(tmp_path: Path) -> None:
    for args, words, code, errors in refusals("assay", tmp_path):
        assert (
            code == 2
            and words in errors
            and "error:" in errors.lower()
            and "Traceback" not in errors
        ), (args, code, errors)
    assert not (tmp_path / "runs").exists() or not list((tmp_path / "runs").iterdir())


def test_a_mistake_as_a_process(tmp_path: Path) -> None:
    run = start("assay", "blot", "--line", "Jurkatt", cwd=tmp_path)
    assert (
        run.returncode == 2
        and run.stdout == ""
        and "did you mean 'Jurkat'" in run.stderr
        and "Traceback" not in run.stderr
    )
    run = start("assay", "blot", "--cells", "5", cwd=tmp_path)
    assert run.returncode == 2 and "--cells" in run.stderr and "Traceback" not in run.stderr


def test_mistakes_that_were_found_to_crash_or_slip_through(tmp_path: Path) -> None:
    slipped = [
        (args, code, errors[-200:])
        for args, words, code, errors in refusals("reported", tmp_path)
        if code != 2 or words not in errors or "Traceback" in errors
    ]
    assert slipped == []
