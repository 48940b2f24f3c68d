"""Verb pack: a run as one archive, to hand on and to verify elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import typer


def pack(run: str, out: str | None, as_json: bool) -> None:
    """Write the archive of a run, with its report."""
    from xenosim.io.crate import pack as write
    from xenosim.io.runs import OTHER, read_manifest

    folder = Path(run)
    other = OTHER.keys() & (manifest := read_manifest(folder)).keys()
    if not (folder / "report.html").is_file() and not other:
        from xenosim.report.html import write_report

        write_report(folder)
    path = write(folder, Path(out) if out else None)
    if as_json:
        typer.echo(json.dumps({"archive": str(path), "bytes": path.stat().st_size}))
        return
    typer.echo(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    if not other and "measured" not in manifest:
        typer.echo(f"Verify it anywhere: xenosim rerun {path.name} --check")
