"""Verbs plot and report: figures and the one report of a run or of an analyzed study."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from xenosim.errors import RunError, printable


def plot_baselines(run: str, as_json: bool) -> None:
    """Fit models of whole tumors to the arms and animals of a kept study; print which describe
    them, and where tables and figure are.
    """
    from xenosim.viz.baselines import draw_baselines

    drawn = draw_baselines(run)
    paths = [str(path) for path in drawn.paths]
    told = printable("\n".join([drawn.text, "", *paths]))
    typer.echo(json.dumps({"figures": paths}) if as_json else told)


def plot_figures(run: str, figure: str | None, size: str, as_json: bool) -> None:
    """Draw the figures of a run again, or those of its animals that ``figure`` names; ``size``:
    "page" or "pptx-friendly".
    """
    from xenosim.io.results import is_panel
    from xenosim.study.panel import PanelResult
    from xenosim.viz.figures import draw_all
    from xenosim.viz.gallery import FORMATS, chosen, draw_chosen

    if size not in FORMATS or (size != "page" and figure is None):
        raise RunError(
            "for slides, figures are named" if size in FORMATS else f"no format '{size}'",
            where="--format",
            remedy="add --figure km,waterfall"
            if size in FORMATS
            else f"one of {', '.join(FORMATS)}",
        )
    if figure is not None:
        drawn = draw_chosen(run, chosen(figure), size)
    else:
        drawn = PanelResult.load(run).draw(run) if is_panel(run) else draw_all(Path(run))
    paths = [str(path) for path in drawn]
    typer.echo(json.dumps({"figures": paths}) if as_json else "\n".join(paths))


def add_report(folder: Path | None, wanted: bool, as_json: bool) -> None:
    """Write the report of a result that was just kept, if it is wanted."""
    if wanted and folder:
        from xenosim.report.html import write_report

        typer.echo(f"Report: {write_report(folder)}", err=as_json)


def report(run: str, out: str | None, xlsx: bool, prism: bool, as_json: bool) -> None:
    """Write the report of a run, and its tables as a workbook or as Prism takes them."""
    from xenosim.report.html import write_report

    written = [write_report(run, out)]
    if xlsx or prism:
        from xenosim.report.tables import write_prism, write_workbook

        written += [write_workbook(run)] if xlsx else []
        written += write_prism(run) if prism else []
    paths = [str(path) for path in written]
    typer.echo(json.dumps({"written": paths}) if as_json else "\n".join(paths))
