"""The one report of a study: a single HTML file that needs nothing else, of a simulated or of a
measured study alike.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from xenosim import __version__
from xenosim.analysis.data import StudyData
from xenosim.analysis.tolerability import tolerability_table
from xenosim.errors import RunError
from xenosim.io.results import is_panel
from xenosim.io.runs import OTHER, read_manifest, read_text, whole_file
from xenosim.report.citations import as_line, citations
from xenosim.report.design import parts_of_design
from xenosim.report.grids import (
    definitions,
    definitions_of_tests,
    endpoint_grid,
    ensemble_grid,
    grid_of_tests,
    panel_definitions,
    panel_grid,
    tolerability_grid,
)
from xenosim.report.measured import MeasuredStudy
from xenosim.report.methods import methods_of_measured, methods_of_run
from xenosim.report.tested import said_of_tests
from xenosim.report.text import load_result
from xenosim.viz.gallery import PICTURES, Study, study_of
from xenosim.viz.style import svg_text

if TYPE_CHECKING:
    from xenosim.io.results import Result

FILE = "report.html"
#: Largest figure that is taken into the report [bytes]; all stay in the folder of figures.
LARGEST = 400_000
#: Captions of the figures that every directory has, in the order of the report.
CAPTIONS = {
    "waterfall": "Best response of every model, the median of its animals, by arm; numbers: T/C.",
    "growth_curves": "Tumor volume: animals, geometric mean and 95 % interval.",
    "tc_over_time": "T/C over time; 95 % bootstrap intervals from three animals per arm on.",
    "ensemble": "What the parameter sets of the ensemble leave open.",
    "cell_states": "States of the tumors' cells over time.",
    "clones": "Clones over time.",
    "plasma_occupancy": "Plasma concentration and occupancy of the target.",
    "tumor_slices": "Central slices of tumors.",
}


#: Parts of the page that not every study has.
PARTS = (
    *("endpoints", "comparison", "tests", "test_definitions", "tolerability", "ensemble"),
    *("panel", "power", "needed"),
)


class Shown(NamedTuple):
    """A figure of the report."""

    name: str
    caption: str
    svg: str


def write_report(run: str | Path, out: str | Path | None = None) -> Path:
    """Write the report of a run or of an analyzed study; its path.

    Parameters
    ----------
    run : str or Path
        The directory.
    out : str or Path, optional
        The file; ``report.html`` in the directory by default.

    Raises
    ------
    RunError, TableError
        No such directory, a damaged one, or a place that cannot be written.
    """
    path = Path(out) if out else Path(run) / FILE
    text = report_html(run)
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")
    return path


def report_html(run: str | Path) -> str:
    """The text of the report of the study kept in ``run``."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    run = Path(run)
    design = "design" in read_manifest(run)
    result: Any = load_result(run) if design else loaded(run)
    contents = _of_design(run, result) if design else _contents(run, result)
    environment = Environment(
        loader=PackageLoader("xenosim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.jinja").render(contents)


def loaded(run: Path) -> Result:
    """The study or panel kept in ``run``; RunError for what is neither."""
    if OTHER.keys() & read_manifest(run).keys():
        raise RunError(
            "a report is that of a study or a panel",
            where=str(run),
            remedy="give a directory that 'xenosim run' or 'xenosim analyze' wrote",
        )
    return load_result(run)


def drawn_study(run: Path, result: Result) -> Study:
    """What the figures of a result kept in ``run`` draw."""
    return study_of(StudyData.from_run(run), result.tables["endpoints"], result.manifest)


def _contents(run: Path, result: Any) -> dict[str, Any]:
    """Everything that the template names; None where a study has no such part."""
    manifest = result.manifest
    measured = isinstance(result, MeasuredStudy)
    simulated = bool(manifest.get("simulated", not measured))
    parts = dict.fromkeys(PARTS) | (
        _parts_of_panel(run, result) if is_panel(run) else _parts(run, result)
    )
    return parts | {
        "title": manifest["title"],
        "animals": "Simulated animals" if simulated else "Measured animals",
        "simulated": simulated,
        "made": manifest.get("date", ""),
        "version": __version__,
        "answer": "\n\n".join(filter(None, (result.answer, _tested(result)))),
        "notes": manifest["warnings"],
        "rests": _rests(manifest, measured),
        "parameters": _by_status(manifest),
        "methods_are": "Methods (ARRIVE Essential 10)",
        "methods": methods_of_measured(result) if measured else methods_of_run(result),
        "command": manifest.get("command", ""),
        "again": f"xenosim rerun {run.resolve().name} --check"
        if simulated and not measured
        else "",
        "references": [as_line(entry) for entry in citations(manifest).values()],
    }


def _by_status(manifest: dict[str, Any]) -> dict[str, int]:
    """Numbers of parameters, of those statuses that there are."""
    return {name: n for name, n in manifest["parameters"].items() if n}


def _of_design(run: Path, result: Any) -> dict[str, Any]:
    """Everything that the template names, of a design."""
    manifest, parts = result.manifest, parts_of_design(result)
    figures = [Shown(name, text, inline_svg(svg, name)) for name, text, svg in parts["figures"]]
    return (
        dict.fromkeys(PARTS)
        | parts
        | {
            "figures": figures,
            "title": manifest["title"],
            "animals": "Simulated animals",
            "simulated": True,
            "made": manifest.get("date", ""),
            "version": __version__,
            "answer": result.answer,
            "notes": manifest["notes"],
            "parameters": _by_status(manifest),
            "methods_are": "Methods",
            "command": manifest.get("command", ""),
            "again": "",
            "references": [],
        }
    )


def _tested(result: Any) -> str:
    """What the tests found, as the first screen says it; "" without tests."""
    tests, control = result.tables.get("tests"), result.manifest.get("control")
    return said_of_tests(tests, control) if tests is not None and control else ""


def _parts(run: Path, result: Any) -> dict[str, Any]:
    """Figures and tables of a study."""
    tables, study = result.tables, drawn_study(run, result)
    return {
        "figures": _figures(run, study),
        "endpoints": endpoint_grid(tables["endpoints"]),
        "definitions": definitions(tables["endpoints"]),
        "comparison": endpoint_grid(tables["comparison"]) if "comparison" in tables else None,
        "tests": grid_of_tests(tables["tests"]) if len(tables.get("tests", ())) else None,
        "test_definitions": definitions_of_tests(tables.get("tests")),
        "tolerability": tolerability_grid(tolerability_table(study.data)),
        "ensemble": ensemble_grid(tables["ensemble"]) if "ensemble" in tables else None,
    }


def _parts_of_panel(run: Path, result: Result) -> dict[str, Any]:
    """The figure and the table of a panel."""
    path = run / "figures" / "waterfall.svg"
    if not path.is_file():
        result.draw(run)
    svg = inline_svg(read_text(path), "waterfall")
    return {
        "figures": [Shown("waterfall", CAPTIONS["waterfall"], svg)],
        "panel": panel_grid(result.tables["panel"]),
        "definitions": panel_definitions(),
    }


def _figures(run: Path, study: Study) -> list[Shown]:
    """The figures of the directory, drawn if they are not there, and those of the animals."""
    folder = run / "figures"
    if not (folder / "growth_curves.svg").is_file():
        from xenosim.viz.figures import draw_all

        draw_all(run)
    kept = {path.stem: path for path in sorted(folder.glob("*.svg"))}
    kept = {
        name: path
        for name, path in kept.items()
        if name.removesuffix("_16x9") not in PICTURES and path.stat().st_size <= LARGEST
    }
    order = [*CAPTIONS, *kept]
    found = [
        Shown(name, CAPTIONS.get(name, f"{name.replace('_', ' ')}."), read_text(kept[name]))
        for name in dict.fromkeys(order)
        if name in kept
    ]
    first = [each for each in found if each.name in ("growth_curves", "tc_over_time")]
    animals = [
        Shown(name, picture.caption, svg_text(picture.draw(table, study.colors), study.mark))
        for name, picture in PICTURES.items()
        if len(table := picture.table(study))
    ]
    shown = [*first, *animals, *(each for each in found if each not in first)]
    return [each._replace(svg=inline_svg(each.svg, each.name)) for each in shown]


def inline_svg(text: str, name: str) -> str:
    """An SVG file as a part of a page: without prologue and metadata, its ids its own, as wide as
    the page lets it.

    Examples
    --------
    >>> inline_svg('<?xml version="1.0"?><svg width="9pt" height="9pt"><g id="a"/></svg>', "km")
    '<svg><g id="km-a"/></svg>'
    """
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.S)
    text = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r'(<svg\b[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg\b[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    return re.sub(r"url\(#", f"url(#{name}-", text).strip()


def _rests(manifest: dict[str, Any], measured: bool) -> list[tuple[str, str]]:
    """What the numbers rest on, line by line."""
    if measured:
        return [("Measurements", str(manifest["measured"])), ("Seed", str(manifest["seed"]))]
    return [
        ("Tumors", manifest.get("tumors", "of every model, in the table of the panel")),
        ("Engine (hash of the sources that compute)", str(manifest.get("engine", ""))),
        ("Model", "described after the ODD protocol in MODEL.md of this version"),
        ("Seed", str(manifest["seed"])),
        ("Scenario (hash)", manifest["scenario_hash"]),
        ("Published of this study", manifest["published"] or "nothing is stated"),
    ]
