"""Whatever is typed or given is read or refused: in one error of printable text, within a time
and a memory.

A case that fails is named by its kind and seed and kept in tests/data/fuzz, whose files are tried
on every run. ``XENOSIM_FUZZ`` is the number of cases of the slow run, ``XENOSIM_FUZZ_SEED`` where
its seeds begin.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.fuzz.cases import KINDS, ROOT, broken
from tests.fuzz.doors import DOORS, beside, outcome

KEPT = ROOT / "tests" / "data" / "fuzz"
#: Cases of each kind in a routine run, and of all kinds in a slow one.
ROUTINE, SLOW = 40, int(os.environ.get("XENOSIM_FUZZ", "20000"))
#: Seeds of the slow run begin here: the routine ones are tried anyway.
FIRST = int(os.environ.get("XENOSIM_FUZZ_SEED", "1000"))


def check(kind: str, seeds: range, folder: Path) -> None:
    """Try the inputs of a kind and some seeds; what goes wrong is said and kept."""
    found, ending = [], DOORS[kind][0]
    path = beside(folder) / f"case{ending}"
    for seed in seeds:
        data = broken(kind, seed)
        path.write_bytes(data)
        if wrong := outcome(kind, path):
            KEPT.mkdir(exist_ok=True)
            (KEPT / f"{kind}-{seed}{ending}").write_bytes(data)
            found.append(f"{kind}, seed {seed}: {wrong}")
    if found:
        pytest.fail("\n".join(found), pytrace=False)


@pytest.mark.parametrize("kind", KINDS)
def test_any_input_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    check(kind, range(ROUTINE), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_any_of_many_inputs_is_read_or_refused(kind: str, tmp_path: Path) -> None:
    seeds = range(FIRST, FIRST + -(-SLOW // len(KINDS)))
    check(kind, seeds, tmp_path)


@pytest.mark.parametrize("path", sorted(KEPT.glob("*-*")), ids=lambda path: path.name)
def test_what_once_failed_does_not_again(path: Path, tmp_path: Path) -> None:
    kind = path.stem.partition("-")[0]
    case = beside(tmp_path) / f"case{path.suffix}"
    case.write_bytes(path.read_bytes())
    assert outcome(kind, case) == ""


@pytest.mark.parametrize("kind", KINDS)
def test_the_inputs_that_are_mutated_are_valid(kind: str, tmp_path: Path) -> None:
    """Most of them: some are of the faults, and some entries fit one grammar alone."""
    from tests.fuzz.cases import bases

    read = 0
    for text in bases(kind):
        path = beside(tmp_path) / f"case{DOORS[kind][0]}"
        path.write_text(text, encoding="utf-8")
        try:
            DOORS[kind][1](path)
            read += 1
        except Exception:
            continue
    assert read >= (1 if kind != "entry" else 0)
