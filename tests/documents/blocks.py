"""Code blocks of the documents, and a folder as their readers have it.

A block that tests do not run is preceded by ``<!-- not run here: REASON -->``; single verbs of a
block by ``<!-- not run here (VERB, VERB): REASON -->``. Blocks of ``text`` are what is printed, and
those with words behind the language are recipes, which tests/recipes carries out.
"""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import yaml

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    ROOT / "xenosim" / "MODEL.md",
    *sorted((ROOT / "benchmarks").rglob("*.md")),
]
_BLOCK = re.compile(
    r"(?:^<!-- not run here(?: \(([\w, ]+)\))?: ([^\n]+) -->\n+)?"
    r"^```(\w+)( [^\n]+)?\n(.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
#: Options that make a verb of minutes one of seconds; later options win over earlier ones.
SMALL = {
    "run": ["--jobs", "1"],
    "compare": ["--jobs", "1"],
    "sweep": ["--animals", "2", "--jobs", "1"],
    "sensitivity": ["--size", "2", "--animals", "2", "--jobs", "1"],
    "optimize": ["--trials", "4", "--animals", "2", "--no-lattice", "--jobs", "1"],
    "design": ["--studies", "20", "--animals", "80", "--jobs", "1"],
    "fit": ["--points", "20", "--jobs", "1"],
    "tolerability": ["--animals", "2"],
}


class Block(NamedTuple):
    """A code block: its page, language and text; what of it is not run, and why."""

    page: str
    language: str
    body: str
    #: Verbs that are not run; empty with a reason: nothing of the block is.
    verbs: tuple[str, ...]
    reason: str

    @property
    def runs(self) -> bool:
        return not self.reason or bool(self.verbs)


def blocks(*languages: str) -> list[Block]:
    """Blocks of all pages in ``languages``, in order."""
    found = []
    for page in PAGES:
        for m in _BLOCK.finditer(page.read_text(encoding="utf-8")):
            if m[3] in languages and not m[4]:
                verbs = tuple(re.split(r",\s*", m[1])) if m[1] else ()
                name = str(page.relative_to(ROOT))
                found.append(Block(name, m[3], m[5], verbs, m[2] or ""))
    return found


def lines(block: Block) -> list[str]:
    """Commands of a console block that are run, without remarks."""
    whole = block.body.replace("\\\n", " ").splitlines()
    bare = [re.split(r"(?:^|\s)#\s", line)[0].strip() for line in whole]
    return [one for one in bare if one and verb_of(one) not in block.verbs]


def verb_of(line: str) -> str:
    """The verb of a command ``line``; of another program its name."""
    words = shlex.split(line)
    return words[1] if words[0].endswith("xenosim") else words[0]


def small_words(line: str) -> list[str]:
    """Words of a command after ``xenosim``, so that it takes seconds."""
    words = shlex.split(line)[1:]
    sets = ["--ensemble", "2"] if "--ensemble" in words else []
    return [*words, *SMALL.get(words[0], []), *sets]


def lay_out(folder: Path) -> Path:
    """What the pages speak of, in ``folder``: scenarios and examples, small, and tables of a
    laboratory.
    """
    for name in ("scenarios", "examples"):
        shutil.copytree(ROOT / name, folder / name)
    for path in folder.glob("scenarios/*.yaml"):
        _shrink(path)
    shutil.copy(folder / "scenarios" / "escc_q2d.yaml", folder / "study.yaml")
    shutil.copy(folder / "scenarios" / "escc_q2d.yaml", folder / "mine.yaml")
    shutil.copy(folder / "scenarios" / "assays" / "my_line.csv", folder / "mydata.csv")
    shutil.copy(folder / "examples" / "my_drug" / "pk_iv.csv", folder / "pk.csv")
    (folder / "drugs").mkdir()
    _laboratory(folder)
    return folder


def _shrink(path: Path) -> None:
    """Two animals in every arm, few agents, two models of a panel, nobody beside the study. The
    animals of the study with rules stay, for its page speaks of single ones.
    """
    text = yaml.safe_load(path.read_text(encoding="utf-8"))
    text |= {"population": 0, "ensemble": 0}
    if path.stem != "escc_guided":
        text["animals"] |= {"per_arm": 2, "enroll": {"grown": 1}}
        text["tumor"] |= {"resolution": "1e3 /mm^3", "twin_agents": 250}
    if "models" in text:
        text["models"] = [one | ({"count": 1} if "count" in one else {}) for one in text["models"]][
            :2
        ]
    path.write_text(yaml.safe_dump(text, sort_keys=False), encoding="utf-8")


def _laboratory(folder: Path) -> None:
    """Tables of a laboratory: mice that grow at rates of their arms, measured with an error."""
    rng = np.random.default_rng(1)
    lab = _mice({"Vehicle": 0.10, "Ixa 10": 0.06}, rng)
    lab.to_csv(folder / "lab.csv", index=False)
    lab[lab["arm"] == "Vehicle"].to_csv(folder / "control.csv", index=False)
    other = {"animal_id": "subject", "day": "Time", "arm": "Treatment"}
    _mice({"Control": 0.1, "Drug": 0.05}, rng).rename(columns=other).to_csv(
        folder / "export.csv", index=False
    )
    rates = {"Vehicle": 0.1, "Drug A": 0.08, "Drug B": 0.07, "A + B": 0.03}
    _mice(rates, rng).to_csv(folder / "combo.csv", index=False)
    dated = lab.assign(date=pd.Timestamp("2026-03-01") + pd.to_timedelta(lab["day"], "D"))
    with pd.ExcelWriter(folder / "lab.xlsx") as book:
        dated.drop(columns="day").to_excel(book, sheet_name="TV", index=False)
        weights = dated.drop(columns=["day", "tumor_volume_mm3"]).assign(body_weight_g=22.0)
        weights.to_excel(book, sheet_name="BW", index=False)
    hours = np.array([0.5, 1.0, 4.0, 24.0])
    plasma = {"time_h": hours, "concentration_nM": 400.0 * np.exp(-0.1 * hours)}
    pd.DataFrame(plasma).to_csv(folder / "plasma.csv", index=False)


def _mice(rates: dict[str, float], rng: np.random.Generator) -> pd.DataFrame:
    rows = [
        (arm, f"{arm[:1]}{number}", day, round(120.0 * np.exp(rate * day + rng.normal(0, 0.1)), 1))
        for arm, rate in rates.items()
        for number in range(1, 7)
        for day in range(0, 25, 3)
    ]
    return pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
