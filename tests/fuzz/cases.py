"""Broken inputs: valid ones, mutated by a seed. The same kind and seed give the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from tests.conftest import SCENARIOS
from xenosim.scenario.resolve import starter_text

ROOT = Path(__file__).parents[2]
FAULTS = ROOT / "tests" / "data" / "faults"

#: What may stand where something else belongs.
VALUES = (
    *("", " ", "0", "-0", "-1", "1e308", "-1e308", "1e999", "1e-320", "9" * 400, "1" * 5000),
    *("NaN", "nan", "inf", "-inf", "null", "~", "true", "NA", ".", "..", "-", "+", "1,5", "1.5.2"),
    *("1_000", "0x10", "0b1", "1e", "½", "²", "٣", "१२", "９", "∞", "−5", "1\u00a0000", "1'000"),
    *(
        "[]",
        "{}",
        "[1, [2]]",
        "{a: 1}",
        "!!binary aGk=",
        "!!python/object:os.system",
        "&a *a",
        "*a",
    ),
    *(
        "2026-11-28",
        "12:30",
        "1 mm^3",
        "5 day",
        "-3 mg/kg",
        "7 mg/kg IV BIW x99999",
        "1/0",
        "%",
        "$x$",
    ),
    *(
        "a" * 20_000,
        "🐁",
        "\u202egnp",
        "\ufeff",
        "\u2028",
        "\x00",
        "\x1b[31m",
        "\x7f",
        "\x85",
        "\t",
    ),
    *(
        "../../etc/passwd",
        "/dev/zero",
        "/dev/null",
        ".",
        "~",
        "=1+1",
        "@SUM(1)",
        "'",
        '"',
        '""',
        "#",
    ),
)
#: What may stand where a value of a YAML file belongs, as data.
DATA: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, -(10**400), 1e308, float("nan"), float("inf")),
    *("", " ", "x", "🐁" * 300, "\x1b]0;x\x07", b"bytes", [], {}, [[]], [None], {"a": None}),
    *([1] * 3000, {str(k): k for k in range(300)}, {1: 2}, {None: 1}, {True: {2.5: []}}, [{}]),
)
SEPARATORS = (",", ";", "\t", " ", "|", ":", ",,", "\r\n", "\r", "\n", "\x0b", "\u2028")

SCHEDULES = (
    *("7 mg/kg IV BIW x4wk", "14 mg/kg IV QW x3", "1 mg/kg PO QDx5", "0.5 mg/kg SC 5on/2off x3"),
    *("ixazomib 5 mg/kg IV days 0,2,4", "3 mg/kg IV q12h x4", "none", "vehicle", "2 mg/kg IV once"),
    *("10 mg/kg IV over 2 h Q3Dx4 + bortezomib 0.5 mg/kg SC BIW x2wk", "5 mg/kg IP days 1,8"),
    *("3 mg/kg i.v. twice weekly for 3 weeks", "4 mg/kg PO QD until day 14", "2 mg/kg IV D1,4,8"),
)
TABLES = {
    "events": (
        "ID,TIME,AMT,EVID,CMT,RATE,II,ADDL,SS\n1,0,10,1,central,0,24,5,0\n1,12,3,1,depot_po,0,0,0,0\n",
        "TIME,AMT,EVID,CMT,DRUG,DUR\n0,5,1,central,ixazomib,2\n24,5,1,central,bortezomib,.\n",
    ),
    "control": (
        "day,tumor_volume_mm3\n0,100\n3,150\n7,260\n10,400\n14,690\n",
        "arm;animal_id;day;tumor_volume_mm3\nv;1;0;101,5\nv;1;4;160,2\nv;1;9;300\nv;2;0;90\nv;2;9;250\n",
    ),
    "viability": (
        "drug,hours,dose_nM,viability\n"
        + "".join(f"ixazomib,72,{d},{v}\n" for d, v in ((0, 1), (1, 0.98), (10, 0.7), (100, 0.1))),
    ),
    "study": (
        "arm,animal_id,day,tumor_volume_mm3,body_weight_g\n"
        + "".join(
            f"{arm},{animal},{day},{100 + 9 * day + animal},20\n"
            for arm in ("vehicle", "drug")
            for animal in (1, 2, 3)
            for day in (0, 4, 7)
        ),
    ),
}
OPTIONS = (
    *("animals.per_arm=4", "tumor.growth.doubling_time=5 day", "measure.days=0..21 by 3", "seed=3"),
    *("arms.QW.regimen=7 mg/kg IV QW x2", "tumor.start_volume=150 mm^3", "time_step=30 min"),
    *("perturb=CHOP=ko", "site=intramuscular", "line=KMS-11", "measure.error=12 %"),
)
ENTRIES = (
    *("1..1000 nM", "1..1000 nM / 6", "20,50,100 nM", "10 uM", "0,8,4", "10 min", "48 steps"),
    *("5 %", "CHOP=ko", "NOXA=kd:0.8", "MCL1=oe:3", "PSMB5=A49T", "KMS-11", "0,14"),
)


@cache
def bases(kind: str) -> tuple[str, ...]:
    """Valid inputs of a kind, as text."""
    if kind == "scenario":
        return (starter_text(), *(path.read_text(encoding="utf-8") for path in SCENARIOS))
    if kind == "assay":
        files = sorted((ROOT / "scenarios" / "assays").glob("*.yaml"))
        return tuple(path.read_text(encoding="utf-8") for path in files)
    if kind in TABLES:
        named = {"events": "*_events.csv", "control": "*control.csv", "viability": "*od.csv"}
        given = sorted(FAULTS.glob(named.get(kind, "dropout.csv")))
        return (*TABLES[kind], *(path.read_text(encoding="utf-8") for path in given))
    return {"regimen": SCHEDULES, "set": OPTIONS, "entry": ENTRIES}[kind]


KINDS = ("scenario", "assay", "events", "control", "viability", "study", "regimen", "set", "entry")
LOGICAL = ("scenario", "assay")
#: Letters of an input at most, so that those that fail can be kept.
LONGEST = 100_000


def broken(kind: str, seed: int) -> bytes:
    """The input of a ``kind`` and a ``seed`` [-]: a valid one, mutated one to four times."""
    rng = np.random.default_rng((KINDS.index(kind), seed))
    text = _pick(rng, bases(kind))
    if kind in LOGICAL and rng.random() < 0.4:
        text = _other_data(text, rng)
    for _ in range(rng.integers(1, 5)):
        text = _pick(rng, MUTATIONS)(text, rng)[:LONGEST]
    data = text.encode("utf-8", "surrogatepass")
    return _pick(rng, DAMAGES)(data, rng) if rng.random() < 0.15 else data


def _pick(rng: np.random.Generator, options: Any) -> Any:
    return options[int(rng.integers(len(options)))]


def _span(text: str | bytes, rng: np.random.Generator, longest: int = 30) -> tuple[int, int]:
    start = int(rng.integers(len(text) + 1))
    return start, start + int(rng.integers(1, longest))


def _other_data(text: str, rng: np.random.Generator) -> str:
    """The document with other data in one or two of its places."""
    document = yaml.safe_load(text)
    for _ in range(rng.integers(1, 3)):
        place = document
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = _pick(rng, keys)
            if not isinstance(place[key], dict | list) or rng.random() < 0.3:
                place[key] = _pick(rng, DATA)
                break
            place = place[key]
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=bool(rng.integers(2))))


def _other_word(text: str, rng: np.random.Generator) -> str:
    """Another value in place of a word."""
    words = text.split(" ")
    words[int(rng.integers(len(words)))] = _pick(rng, VALUES)
    return " ".join(words)


def _other_cell(text: str, rng: np.random.Generator) -> str:
    """Another value in place of what stands between two separators."""
    lines = text.split("\n")
    at = int(rng.integers(len(lines)))
    mark = _pick(rng, [mark for mark in (",", ";", "\t", ":", " ") if mark in lines[at]] or [","])
    cells = lines[at].split(mark)
    cells[int(rng.integers(len(cells)))] = _pick(rng, VALUES)
    lines[at] = mark.join(cells)
    return "\n".join(lines)


def _insert(text: str, rng: np.random.Generator) -> str:
    start, _ = _span(text, rng)
    return text[:start] + _pick(rng, VALUES) + text[start:]


def _cut(text: str, rng: np.random.Generator) -> str:
    start, end = _span(text, rng)
    return text[:start] + text[end:]


def _truncate(text: str, rng: np.random.Generator) -> str:
    return text[: int(rng.integers(len(text) + 1))]


def _repeat_line(text: str, rng: np.random.Generator) -> str:
    """A line again, once or a thousand times: keys given twice, days that do not rise."""
    lines = text.split("\n")
    at = int(rng.integers(len(lines)))
    return "\n".join(lines[:at] + [lines[at]] * int(_pick(rng, (2, 2, 1000))) + lines[at:])


def _swap_lines(text: str, rng: np.random.Generator) -> str:
    lines = text.split("\n")
    one, other = (int(rng.integers(len(lines))) for _ in range(2))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _other_separator(text: str, rng: np.random.Generator) -> str:
    return text.replace(_pick(rng, SEPARATORS[:4]), _pick(rng, SEPARATORS))


def _nest(text: str, rng: np.random.Generator) -> str:
    """A place with something deep, or with the rest of the text in brackets."""
    start, _ = _span(text, rng)
    opening = _pick(rng, ("[", "{a: ", "- ", "(", "<<: *", "? ")) * int(_pick(rng, (1, 50, 3000)))
    return text[:start] + opening + text[start:]


def _other_case(text: str, rng: np.random.Generator) -> str:
    start, end = _span(text, rng, 60)
    part = text[start:end]
    return text[:start] + (part.upper() if rng.integers(2) else part.swapcase()) + text[end:]


def _join(text: str, rng: np.random.Generator) -> str:
    """Twice the same, or with something between."""
    return text + _pick(rng, ("", " + ", "\n", ",", "\n---\n")) + text


def _flip(data: bytes, rng: np.random.Generator) -> bytes:
    damaged = bytearray(data or b" ")
    for _ in range(int(rng.integers(1, 4))):
        damaged[int(rng.integers(len(damaged)))] ^= 1 << int(rng.integers(8))
    return bytes(damaged)


def _noise(data: bytes, rng: np.random.Generator) -> bytes:
    start, end = _span(data, rng)
    return data[:start] + rng.bytes(end - start) + data[end:]


def _wide(data: bytes, rng: np.random.Generator) -> bytes:
    return data.decode("utf-8", "replace").encode(_pick(rng, ("utf-16", "utf-32", "utf-8-sig")))


MUTATIONS: tuple[Callable[[str, np.random.Generator], str], ...] = (
    _other_word,
    _other_cell,
    _other_cell,
    _insert,
    _cut,
    _truncate,
    _repeat_line,
    _swap_lines,
    _other_separator,
    _nest,
    _other_case,
    _join,
)
DAMAGES: tuple[Callable[[bytes, np.random.Generator], bytes], ...] = (_flip, _noise, _wide)
