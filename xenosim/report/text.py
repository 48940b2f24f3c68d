"""The first screen of a result: its answer, its table, and what they rest on.

A result that was read back from its directory prints the same screen, byte for byte.
"""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from xenosim.analysis.answer import limits
from xenosim.analysis.summary import first_screen as screen_endpoints
from xenosim.io.plain import records
from xenosim.io.results import Result, is_assay, is_panel
from xenosim.report.measured import MeasuredStudy, is_measured
from xenosim.report.panel import panel_json, panel_screen
from xenosim.report.tested import said_of_tests

if TYPE_CHECKING:
    from xenosim.study.result import StudyResult
    from xenosim.tumor.growth import Growth

#: Longest line of a table, the room of its labels, and the longest name above a column
#: [characters].
WIDTH, LABELS, LONGEST_NAME = 100, 24, 36


def first_screen(result: Result, folder: str | Path | None = None) -> str:
    """What a verb prints when it is done; ``folder``: where the result is kept, if it is."""
    return _SCREENS[_kind(result)][0](result, folder)


def as_json(result: Result, folder: str | Path | None = None) -> dict[str, Any]:
    """The same as plain data, as ``--json`` prints it."""
    return _SCREENS[_kind(result)][1](result, folder)


def _kind(result: Result) -> str:
    if isinstance(result, MeasuredStudy):
        return "measured"
    return result.kind if result.kind in _SCREENS else "assay"


def load_result(folder: str | Path) -> Result:
    """The study, panel or assay, simulated or measured, that is kept in ``folder``.

    Raises
    ------
    RunError
        No directory of a finished run, or a damaged one.
    TableError
        A table that is missing or damaged.
    """
    if is_measured(folder):
        return MeasuredStudy.load(folder)
    from xenosim.assays.result import AssayResult
    from xenosim.inference.evaluate_result import SearchResult, is_search
    from xenosim.study.design import DesignResult, is_design
    from xenosim.study.panel import PanelResult
    from xenosim.study.result import StudyResult

    if is_panel(folder):
        return PanelResult.load(folder)
    if is_design(folder):
        return DesignResult.load(folder)
    if is_search(folder):
        return SearchResult.load(folder)
    return (AssayResult if is_assay(folder) else StudyResult).load(folder)


def _study_screen(result: Any, folder: str | Path | None) -> str:
    study: StudyResult = result
    manifest = study.manifest
    lines = [str(study), "", endpoint_text(study), "", *_tests(study)]
    lines += [resistance_text(manifest["clones"])] if manifest["clones"] else []
    lines.append(f"{growth_text(study.growth)}; run time {study.seconds:.0f} s")
    lines += [enrollment_text(manifest["enrollment"])] if manifest.get("enrollment") else []
    lines += [f"Published: {manifest['published']}"] if manifest["published"] else []
    lines += [f"Note: {note}" for note in study.notes]
    return "\n".join(lines + ([f"Run directory: {folder}"] if folder else []))


def _study_json(result: Any, folder: str | Path | None) -> dict[str, Any]:
    study: StudyResult = result
    manifest = study.manifest
    return {
        "title": study.title,
        "answer": study.answer,
        "endpoints": records(study.tables["endpoints"]),
        "tests": records(study.tables["tests"]) if "tests" in study.tables else [],
        "comparison": records(study.tables["comparison"]) if "comparison" in study.tables else [],
        "clones": manifest["clones"],
        "growth": manifest["growth"],
        "enrollment": manifest.get("enrollment", {}),
        "population": manifest.get("population", {}),
        "ensemble": manifest.get("ensemble", {}),
        "parameters": manifest["parameters"],
        "warnings": study.notes,
        "seed": manifest["seed"],
        "seconds": round(study.seconds, 1),
        "simulated": True,
    } | ({"run_directory": str(folder)} if folder else {})


def _measured_screen(result: Any, folder: str | Path | None) -> str:
    lines = [str(result), "", endpoint_text(result), "", *_tests(result)]
    lines += [f"Note: {note}" for note in result.notes]
    return "\n".join(lines + ([f"Directory: {folder}"] if folder else []))


def _measured_json(result: Any, folder: str | Path | None) -> dict[str, Any]:
    manifest = result.manifest
    return {
        "title": manifest["title"],
        "answer": result.answer,
        "endpoints": records(result.tables["endpoints"]),
        "tests": records(result.tables["tests"]),
        "responses": records(result.tables["responses"]),
        "warnings": result.notes,
        "seed": manifest["seed"],
        "simulated": manifest["simulated"],
    } | ({"run_directory": str(folder)} if folder else {})


def _tests(result: Any) -> list[str]:
    """What the tests found, and an empty line; nothing where there are none."""
    if "tests" not in result.tables:
        return []
    said = said_of_tests(result.tables["tests"], result.manifest["control"])
    return [said, ""] if said else []


def endpoint_text(result: StudyResult | MeasuredStudy) -> str:
    """The endpoints of the first screen, one column per arm, in as many blocks as fit on lines of
    :data:`WIDTH`; ratios are in per cent, as the other T/C.
    """
    table = result.tables["endpoints"]
    arms = list(result.manifest["arms"])
    rows = [("", [_above(arm) for arm in arms])]
    for endpoint in screen_endpoints(table):
        of_endpoint = table[table["endpoint"] == endpoint.name].set_index("arm")
        share = endpoint.unit == "ratio"
        cells = [
            _cell(of_endpoint.loc[arm].to_dict(), 100.0 if share else 1.0)
            if arm in of_endpoint.index
            else "-"
            for arm in arms
        ]
        rows.append((endpoint.label + (" (%)" if share else ""), cells))
    width = max(27, *(len(cell) + 2 for _, cells in rows for cell in cells))
    each = max(1, (WIDTH - LABELS) // width)
    return "\n\n".join(
        "\n".join(
            f"{label:{LABELS}}" + "".join(f"{cell:>{width}}" for cell in cells[k : k + each])
            for label, cells in rows
        )
        for k in range(0, len(arms), each)
    )


def _above(arm: str) -> str:
    """A name above a column: a long one by its beginning and its end, where doses stand.

    Examples
    --------
    >>> _above("vehicle"), _above("ixazomib citrate 10 mg/kg by mouth every other day")
    ('vehicle', 'ixazomib citrate 10 m…very other day')
    """
    kept = LONGEST_NAME - 15
    return arm if len(arm) <= LONGEST_NAME else f"{arm[:kept]}…{arm[-14:].lstrip()}"


def _cell(row: dict[str, Any], factor: float) -> str:
    if math.isnan(row["estimate"]):
        return "undefined"
    scaled = row | {name: factor * row[name] for name in ("estimate", "ci_low", "ci_high")}
    said = limits(SimpleNamespace(**scaled), ".3g")
    if math.isinf(scaled["ci_high"]):
        said = "none" if math.isinf(scaled["ci_low"]) else f"from {scaled['ci_low']:.3g}"
    value = "not reached" if math.isinf(scaled["estimate"]) else f"{scaled['estimate']:.3g}"
    return f"{value} ({said})"


def growth_text(growth: Growth) -> str:
    """What was asked of the growth and what the calibrated tumor does."""
    asked = (
        f"asked {growth.asked_doubling_days:.2f} d, "
        if growth.asked_doubling_days is not None
        else ""
    )
    table = (
        f"; control table reproduced to {100 * growth.control_rms:.0f} % (rms)"
        if growth.control_rms is not None
        else ""
    )
    return (
        f"Growth: doubling time at the start volume {asked}achieved"
        f" {growth.achieved_doubling_days:.2f} d{table}; potential doubling"
        f" {growth.potential_doubling_days:.2f} d, depth {growth.depth_um:.0f} um"
    )


def enrollment_text(found: dict[str, Any]) -> str:
    """How many animals were grown and how many of them entered.

    Examples
    --------
    >>> counts = {"grown": 24, "in_window": 20, "entered": 16, "window": 0.35}
    >>> enrollment_text(counts | {"mean_mm3": 99.0, "smallest_mm3": 71.0, "largest_mm3": 131.0})
    'Enrolled: 16 of 24 animals grown, 20 within 35 % of their mean; day 0 99 mm3 (71 to 131)'
    """
    return (
        f"Enrolled: {found['entered']} of {found['grown']} animals grown, {found['in_window']}"
        f" within {100.0 * found['window']:g} % of their mean; day 0 {found['mean_mm3']:.0f} mm3"
        f" ({found['smallest_mm3']:.0f} to {found['largest_mm3']:.0f})"
    )


def resistance_text(shares: list[dict[str, Any]]) -> str:
    """Share of mutants at the end of each arm, in one line."""
    texts = []
    for found in shares:
        row = SimpleNamespace(**{name: _number(value) for name, value in found.items()})
        extinct = f"; {row.n_without_cells} without cells" if row.n_without_cells else ""
        share = f"{row.estimate_pct:.3g} ({limits(row, '.3g')}; n = {row.n}{extinct})"
        texts.append(f"{row.arm} {share if row.n else 'undefined, no cells'}")
    return (
        f"{shares[0]['clone']} at the last measurement, % of cells (95 % CI over animals):"
        f" {', '.join(texts)}"
    )


def _number(value: Any) -> Any:
    """A value of the manifest, where None stands for what is not a number."""
    return math.nan if value is None else value


def _design_screen(result: Any, folder: str | Path | None) -> str:
    notes = [f"Note: {note}" for note in result.manifest["notes"]]
    place = [f"Run directory: {folder}"] if folder else []
    return "\n".join([str(result), "", *notes, *place])


def _design_json(result: Any, folder: str | Path | None) -> dict[str, Any]:
    found = {
        "title": result.manifest["title"],
        "answer": result.answer,
        "power": records(result.tables["power"]),
        "needed": records(result.tables["needed"]),
        "warnings": result.manifest["notes"],
        "seed": result.manifest["seed"],
        "simulated": True,
    }
    return found | ({"run_directory": str(folder)} if folder else {})


def _search_json(result: Any, folder: str | Path | None) -> dict[str, Any]:
    found = {
        "title": result.manifest["title"],
        "search": result.manifest["search"],
        "answer": result.answer,
        "warnings": result.manifest["notes"],
        "seed": result.manifest["seed"],
        "simulated": True,
    }
    found |= {name: records(table) for name, table in result.tables.items()}
    return found | ({"run_directory": str(folder)} if folder else {})


def _assay_screen(result: Result, folder: str | Path | None) -> str:
    manifest = result.manifest
    listed = ", ".join(f"{n} {status}" for status, n in manifest["parameters"].items() if n)
    more = f" ({manifest['list_parameters']})" if manifest.get("list_parameters") else ""
    lines = [result.answer, "", f"SIMULATED, seed {manifest['seed']}. Parameters: {listed}{more}."]
    return "\n".join(lines + ([f"Directory: {folder}"] if folder else []))


def _assay_json(result: Result, folder: str | Path | None) -> dict[str, Any]:
    tables = {name: records(table) for name, table in result.tables.items()}
    return result.manifest | {"tables": tables} | ({"directory": str(folder)} if folder else {})


#: By kind of result, its screen and the same as plain data.
_SCREENS = {
    "study": (_study_screen, _study_json),
    "panel": (panel_screen, panel_json),
    "measured": (_measured_screen, _measured_json),
    "design": (_design_screen, _design_json),
    "search": (_design_screen, _search_json),
    "assay": (_assay_screen, _assay_json),
}
