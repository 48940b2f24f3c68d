"""Run what the gallery shows and put into its page what was printed and drawn:
``python docs/gallery.py [NAME ...]``; ``--heads``: only the words of the scenario files.

A section is of one scenario, or of one example. Its heading and its first paragraph are the two
lines that the file begins with; its blocks are run as those of a tutorial are; a picture
``NAME-FIGURE.png`` is that figure of the run directory, made small. What else a section says was
written by hand.
"""

from __future__ import annotations

import argparse
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image
from tutorials import parts

from xenosim.scenario.shipped import opening

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "gallery.md"
PICTURES = ROOT / "docs" / "figures" / "gallery"
#: Width [pixels] and number of colors of a picture.
WIDTH, COLORS = 640, 64
#: Rounds in which its colors move to those that they stand for.
KMEANS = 3
#: Heading, first paragraph and rest of a section.
SECTION = re.compile(r"## (\w+): [^\n]*\n\n[^\n]*\n(.*)", re.DOTALL)


def sections(page: str) -> list[str]:
    """What stands before the first heading, and every section, in order."""
    return re.split(r"(?=^## )", page, flags=re.MULTILINE)


def name_of(section: str) -> str:
    """The scenario or example that a section shows; of what is before the first, nothing."""
    found = SECTION.fullmatch(section)
    return found[1] if found else ""


def file_of(name: str) -> Path:
    """The scenario file of a section."""
    example = ROOT / "examples" / name / "study.yaml"
    return example if example.is_file() else ROOT / "scenarios" / f"{name}.yaml"


def headed(section: str) -> str:
    """A section under the question of its scenario, and what was published."""
    found = SECTION.fullmatch(section)
    if found is None:
        return section
    said = opening(file_of(found[1]))
    return f"## {found[1]}: {said.question}\n\nPublished: {said.published}\n{found[2]}"


def executed(section: str, pictures: Path) -> str:
    """A section with what its blocks print here; its pictures are drawn into ``pictures``.

    Raises
    ------
    RuntimeError
        A block ended with an error.
    """
    with TemporaryDirectory(prefix="gallery-") as folder:
        for shown in ("scenarios", "examples"):
            shutil.copytree(ROOT / shown, Path(folder) / shown)
        text = "".join(parts(headed(section), Path(folder)))
        for name, figure in re.findall(r"\(figures/gallery/(\w+)-(\w+)\.png\)", text):
            (drawn,) = Path(folder).rglob(f"{figure}.png")
            _small(drawn, pictures / f"{name}-{figure}.png")
    return text


def _small(drawn: Path, path: Path) -> None:
    """A picture of few colors and dots."""
    with Image.open(drawn) as image:
        height = round(image.height * WIDTH / image.width)
        small = image.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS)
    path.parent.mkdir(parents=True, exist_ok=True)
    few = small.quantize(
        COLORS, Image.Quantize.MAXCOVERAGE, kmeans=KMEANS, dither=Image.Dither.NONE
    )
    few.save(path, optimize=True)


def rewritten(section: str) -> None:
    """Put a section in the place of that of its name on the page."""
    page = sections(PAGE.read_text(encoding="utf-8"))
    kept = [section if name_of(each) == name_of(section) else each for each in page]
    PAGE.write_text("".join(kept), encoding="utf-8")


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description="Run what the gallery shows.")
    reader.add_argument("names", nargs="*")
    reader.add_argument("--heads", action="store_true")
    asked = reader.parse_args()
    for shown in sections(PAGE.read_text(encoding="utf-8")):
        if name_of(shown) and (not asked.names or name_of(shown) in asked.names):
            rewritten(headed(shown) if asked.heads else executed(shown, PICTURES))
            print(name_of(shown))
