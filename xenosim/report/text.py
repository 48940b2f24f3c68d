"""The first screen of a result: its answer, its table, and what they rest on.

A result that was read back from its directory prints the same screen, byte for byte.
"""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from xenosim.analysis.summary import first_screen as screen_endpoints
from xenosim.io.plain import records
from xenosim.io.results import Result, is_assay
from xenosim.study.answer import limits
from xenosim.study.result import StudyResult
from xenosim.tumor.growth import Growth

#: Longest line of a table, and the room of its labels [characters].
WIDTH, LABELS = 100, 24


def first_screen(result: Result, folder: str | Path | None = None) -> str:
    """What a verb prints when it is done; ``folder``: where the result is kept, if it is."""
    return (_study_screen if isinstance(result, StudyResult) else _assay_screen)(result, folder)


def as_json(result: Result, folder: str | Path | None = None) -> dict[str, Any]:
    """The same as plain data, as ``--json`` prints it."""
    return (_study_json if isinstance(result, StudyResult) else _assay_json)(result, folder)


def load_result(folder: str | Path) -> Result:
    """The study or assay that is kept in ``folder``.

    Raises
    ------
    RunError
        No directory of a finished run, or a damaged one.
    TableError
        A table that is missing or damaged.
    """
    from xenosim.assays.result import AssayResult

    return (AssayResult if is_assay(folder) else StudyResult).load(folder)


def _study_screen(result: Result, folder: str | Path | None) -> str:
    assert isinstance(result, StudyResult)
    manifest = result.manifest
    lines = [str(result), "", endpoint_text(result), ""]
    lines += [resistance_text(manifest["clones"])] if manifest["clones"] else []
    lines.append(f"{growth_text(result.growth)}; run time {result.seconds:.0f} s")
    lines += [enrollment_text(manifest["enrollment"])] if manifest.get("enrollment") else []
    lines += [f"Published: {manifest['published']}"] if manifest["published"] else []
    lines += [f"Note: {note}" for note in result.notes]
    return "\n".join(lines + ([f"Run directory: {folder}"] if folder else []))


def _study_json(result: Result, folder: str | Path | None) -> dict[str, Any]:
    assert isinstance(result, StudyResult)
    manifest = result.manifest
    return {
        "title": result.title,
        "answer": result.answer,
        "endpoints": records(result.tables["endpoints"]),
        "comparison": records(result.tables["comparison"]) if "comparison" in result.tables else [],
        "clones": manifest["clones"],
        "growth": manifest["growth"],
        "enrollment": manifest.get("enrollment", {}),
        "parameters": manifest["parameters"],
        "warnings": result.notes,
        "seed": manifest["seed"],
        "seconds": round(result.seconds, 1),
        "simulated": True,
    } | ({"run_directory": str(folder)} if folder else {})


def endpoint_text(result: StudyResult) -> str:
    """The endpoints of the first screen, one column per arm, in as many blocks as fit on lines of
    :data:`WIDTH`; ratios are in per cent, as the other T/C.
    """
    table = result.tables["endpoints"]
    arms = list(result.manifest["arms"])
    rows = [("", arms)]
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


def _cell(row: dict[str, Any], factor: float) -> str:
    if math.isnan(row["estimate"]):
        return "undefined"
    scaled = row | {name: factor * row[name] for name in ("estimate", "ci_low", "ci_high")}
    return f"{scaled['estimate']:.3g} ({limits(SimpleNamespace(**scaled), '.3g')})"


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


def _assay_screen(result: Result, folder: str | Path | None) -> str:
    manifest = result.manifest
    listed = ", ".join(f"{n} {status}" for status, n in manifest["parameters"].items() if n)
    more = f" ({manifest['list_parameters']})" if manifest.get("list_parameters") else ""
    lines = [result.answer, "", f"SIMULATED, seed {manifest['seed']}. Parameters: {listed}{more}."]
    return "\n".join(lines + ([f"Directory: {folder}"] if folder else []))


def _assay_json(result: Result, folder: str | Path | None) -> dict[str, Any]:
    tables = {name: records(table) for name, table in result.tables.items()}
    return result.manifest | {"tables": tables} | ({"directory": str(folder)} if folder else {})
