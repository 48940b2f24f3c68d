"""The one report of a study: a single HTML file that needs nothing else, of a simulated or of a
measured study alike.
"""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from xenosim import __version__
from xenosim.analysis.data import StudyData
from xenosim.analysis.registry import every_endpoint
from xenosim.analysis.tolerability import LIMITS_PCT, tolerability_table
from xenosim.errors import RunError
from xenosim.io.results import is_assay, is_panel
from xenosim.io.runs import read_text, whole_file
from xenosim.report.citations import as_line, citations
from xenosim.report.measured import MeasuredStudy
from xenosim.report.methods import methods_of_measured, methods_of_run
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
    "growth_curves": "Tumor volume: animals, geometric mean and 95 % interval.",
    "tc_over_time": "T/C over time with its 95 % bootstrap interval.",
    "ensemble": "What the parameter sets of the ensemble leave open.",
    "cell_states": "States of the tumors' cells over time.",
    "clones": "Clones over time.",
    "plasma_occupancy": "Plasma concentration and occupancy of the target.",
    "tumor_slices": "Central slices of tumors.",
}


class Shown(NamedTuple):
    """A figure of the report."""

    name: str
    caption: str
    svg: str


class Grid(NamedTuple):
    """A table of the report, as text: heads, rows, the group of each row (an arm, told once above
    its rows), and the notes that cells of the column "note" number.
    """

    head: list[str]
    rows: list[list[str]]
    groups: list[str] = []
    notes: list[str] = []


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
    result = loaded(run)
    study = drawn_study(run, result)
    environment = Environment(
        loader=PackageLoader("xenosim.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.jinja").render(_contents(run, result, study))


def loaded(run: Path) -> Result:
    """The study kept in ``run``; RunError for a panel or an assay."""
    if is_assay(run) or is_panel(run):
        raise RunError(
            "a report is that of a study",
            where=str(run),
            remedy="give a directory that 'xenosim run' or 'xenosim analyze' wrote",
        )
    return load_result(run)


def drawn_study(run: Path, result: Result) -> Study:
    """What the figures of a result kept in ``run`` draw."""
    return study_of(StudyData.from_run(run), result.tables["endpoints"], result.manifest)


def _contents(run: Path, result: Any, study: Study) -> dict[str, Any]:
    """Everything that the template names."""
    manifest, tables = result.manifest, result.tables
    measured = isinstance(result, MeasuredStudy)
    animals = "Simulated animals" if study.simulated else "Measured animals"
    return {
        "title": manifest["title"],
        "animals": animals,
        "simulated": study.simulated,
        "made": manifest.get("date", ""),
        "version": __version__,
        "answer": result.answer,
        "notes": result.notes,
        "figures": _figures(run, study),
        "endpoints": endpoint_grid(tables["endpoints"]),
        "definitions": _definitions(tables["endpoints"]),
        "comparison": endpoint_grid(tables["comparison"]) if "comparison" in tables else None,
        "tests": grid_of_tests(tables["tests"]) if len(tables.get("tests", ())) else None,
        "test_definitions": _test_definitions(tables.get("tests")),
        "tolerability": tolerability_grid(tolerability_table(study.data)),
        "rests": _rests(manifest, measured),
        "parameters": {name: n for name, n in manifest["parameters"].items() if n},
        "ensemble": _ensemble_grid(manifest),
        "methods": methods_of_measured(result) if measured else methods_of_run(result),
        "command": manifest.get("command", ""),
        "run": run.resolve().name,
        "references": [as_line(entry) for entry in citations(manifest).values()],
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


def said(value: Any, style: str = ".3g") -> str:
    """A number as the report says it; one that does not exist is said in words.

    Examples
    --------
    >>> said(71.62), said(float("nan")), said(float("inf")), said(1.0, ".0f")
    ('71.6', 'undefined', 'not reached', '1')
    """
    if value is None or math.isnan(value):
        return "undefined"
    return "not reached" if math.isinf(value) else f"{value:{style}}"


def interval(low: float, high: float) -> str:
    """An interval in words.

    Examples
    --------
    >>> interval(1.0, 2.5), interval(float("nan"), 1.0), interval(3.0, float("inf"))
    ('1 to 2.5', 'none', 'from 3')
    """
    if math.isnan(low) or (math.isinf(low) and math.isinf(high)):
        return "none"
    return f"from {low:.3g}" if math.isinf(high) else f"{low:.3g} to {high:.3g}"


def endpoint_grid(table: pd.DataFrame) -> Grid:
    """Every row of an endpoint table, by arm: label, value, interval, n of the arm and of the
    control, day, number of the note.
    """
    labels = {e.name: e.label for e in every_endpoint()}
    numbers = _numbered(table["note"])
    rows = [
        [
            labels.get(row["endpoint"], row["endpoint"]),
            said(row["estimate"]),
            row["unit"],
            interval(row["ci_low"], row["ci_high"]),
            _count(row["n"], row["n_control"]),
            "" if math.isnan(row["day"]) else f"{row['day']:g}",
            numbers.get(row["note"], ""),
        ]
        for row in table.to_dict("records")
    ]
    head = ["endpoint", "value", "unit", "95 % interval", "n", "day", "note"]
    return Grid(head, rows, list(table["arm"]), list(numbers))


def grid_of_tests(table: pd.DataFrame) -> Grid:
    """Every row of ``tests.csv``, by test: arms, estimate (the statistic where there is none),
    interval, p as it is and by Holm, n.
    """
    numbers = _numbered(table["note"])
    ordered = table.sort_values("test", key=lambda t: t.map(_places(t)), kind="stable")
    rows = [
        [
            _pair(_text(row["arm"]), _text(row["control"])),
            said(row["statistic"] if math.isnan(row["estimate"]) else row["estimate"]),
            row["unit"],
            interval(row["ci_low"], row["ci_high"]),
            _p(row["p"]),
            _p(row["p_holm"]),
            _count(row["n"], row["n_control"]),
            numbers.get(row["note"], ""),
        ]
        for row in ordered.to_dict("records")
    ]
    head = ["arms", "estimate", "unit", "95 % interval", "p", "p (Holm)", "n", "note"]
    groups = [test.replace("_", " ") for test in ordered["test"]]
    return Grid(head, rows, groups, list(numbers))


def _pair(arm: str, control: str) -> str:
    """The arms of a test; one that names none is over all of them."""
    return f"{arm} against {control}" if arm and control else arm or "all arms"


def _places(names: pd.Series[str]) -> dict[str, int]:
    """Place of each name, in the order in which they come first."""
    return {name: k for k, name in enumerate(dict.fromkeys(names))}


def _numbered(notes: pd.Series[str]) -> dict[str, str]:
    """Number of every note that says something."""
    said_once = dict.fromkeys(note for note in notes if _text(note))
    return {note: str(k + 1) for k, note in enumerate(said_once)}


def tolerability_grid(table: pd.DataFrame) -> Grid:
    """What each arm bore, of :func:`~xenosim.analysis.tolerability.tolerability_table`."""
    head = ["arm", "n weighed", "lowest mean weight (%)", "on day", "median of animals' lowest (%)"]
    head += [f"lost over {limit:g} %" for limit in LIMITS_PCT]
    head += ["left for weight", "left for volume", "found dead", "left, no reason given"]
    rows = []
    for row in table.to_dict("records"):
        weighed = int(row["n_weighed"])
        numbers = [said(row[name]) if weighed else "not weighed" for name in
                   ("nadir_pct", "nadir_day", "median_of_worst_pct")]  # fmt: skip
        losses = [
            f"{row[f'n_loss_over_{limit:g}_pct']} of {weighed}" if weighed else "not weighed"
            for limit in LIMITS_PCT
        ]
        left = [str(row[f"n_{name}"]) for name in
                ("left_for_weight", "left_for_volume", "found_dead", "left_for_other")]  # fmt: skip
        rows.append([row["arm"], str(weighed), *numbers, *losses, *left])
    return Grid(head, rows)


def _p(value: float) -> str:
    if math.isnan(value):
        return "none"
    return "< 0.0001" if value < 1e-4 else f"{value:.3g}"


def _count(n: float, n_control: float) -> str:
    """n of the arm, and of the control where there is one."""
    return f"{n:.0f}" if not n_control or math.isnan(n_control) else f"{n:.0f} : {n_control:.0f}"


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _definitions(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Label, definition and citation of every endpoint of a table."""
    present = dict(zip(table["endpoint"], table["definition"], strict=True))
    known = [e for e in every_endpoint() if e.name in present]
    found = [(e.label, present.pop(e.name), e.citation) for e in known]
    return found + [(name, definition, "") for name, definition in present.items()]


def _test_definitions(table: pd.DataFrame | None) -> list[tuple[str, str, str]]:
    if table is None:
        return []
    rows = table.drop_duplicates("test")[["test", "definition", "citation"]]
    return [(test.replace("_", " "), *map(_text, rest)) for test, *rest in rows.to_numpy().tolist()]


def _rests(manifest: dict[str, Any], measured: bool) -> list[tuple[str, str]]:
    """What the numbers rest on, line by line."""
    if measured:
        return [("Measurements", str(manifest["measured"])), ("Seed", str(manifest["seed"]))]
    return [
        ("Tumors", manifest["tumors"]),
        ("Engine (hash of the sources that compute)", str(manifest.get("engine", ""))),
        ("Model", "described after the ODD protocol in MODEL.md of this version"),
        ("Seed", str(manifest["seed"])),
        ("Scenario (hash)", manifest["scenario_hash"]),
        ("Published of this study", manifest["published"] or "nothing is stated"),
    ]


def _ensemble_grid(manifest: dict[str, Any]) -> Grid | None:
    """What the ensemble of parameter sets left of each arm; None without one."""
    arms = (manifest.get("ensemble") or {}).get("arms") or []
    if not arms:
        return None
    head = list(arms[0])
    rows = [[said(row[k]) if isinstance(row[k], float) else str(row[k]) for k in head]
            for row in arms]  # fmt: skip
    return Grid([name.replace("_", " ") for name in head], rows)
