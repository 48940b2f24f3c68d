"""Verb why: the decisions of rules in a run, and what would have happened without one."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from xenosim.cli.simulate import Progress
from xenosim.errors import RunError, printable
from xenosim.io.plain import plain

if TYPE_CHECKING:
    from xenosim.study.why import Explained


def why(
    run: str,
    arm: str | None,
    animal: int | None,
    replicate: int | None,
    day: float | None,
    force: bool,
    as_json: bool,
) -> None:
    """Print all decisions of a run, those of an animal, or one measurement in full."""
    from xenosim.study.why import explain, ledger

    if day is None:
        rows = ledger(Path(run))
        wanted = {"arm": arm, "animal_id": animal, "replicate": replicate}
        rows = [r for r in rows if all(v is None or r[name] == v for name, v in wanted.items())]
        typer.echo(json.dumps(plain(rows)) if as_json else _listed(rows))
        return
    if animal is None:
        raise RunError("which animal?", where="--day", remedy="give --animal too, as 'why RUN'")
    with Progress(sys.stderr.isatty() and not as_json, "steps") as progress:
        found = explain(
            Path(run), day, arm, animal, replicate, force=force, progress=progress
        )  # fmt: skip
    if as_json:
        decision = found.decision._asdict() if found.decision else None
        parts = {"decision": decision, "rules": [rule._asdict() for rule in found.rules]}
        typer.echo(json.dumps(plain(found._asdict() | parts)))
    else:
        typer.echo(printable(_told(found)))


def _listed(rows: list[dict[str, Any]]) -> str:
    """Decisions, a line each."""
    from xenosim.cli.inputs import table

    if not rows:
        return "no rule changed a dose"
    head = ["arm", "animal", "day", "reading", "rule", "decision", "level"]
    lines = [
        [
            str(row["arm"]),
            f"{row['animal_id']:.0f}" + (f" (r{row['replicate']:.0f})" if row["replicate"] else ""),
            f"{row['day']:g}",
            str(row["reading"]),
            f"{row['rule']:.0f}. {row['when']}",
            str(row["decision"]),
            f"{row['level_pct']:g} %",
        ]
        for row in rows
    ]
    return table([head, *lines])


def _told(found: Explained) -> str:
    """One measurement in words."""
    lines = [f"{found.who}, day {found.day:g}   SIMULATED"]
    lines += [f"  {name:24}{value}" for name, value in found.readings.items() if name != "day"]
    lines += ["", "rules"]
    for rule in found.rules:
        several = f" ({rule.streak} in a row)" if rule.streak else ""
        several += f"; {rule.idle}" if rule.idle else ""
        lines.append(f"  {'true ' if rule.true else 'false'}  {rule.number}. {rule.text}{several}")
    made = found.decision
    level = f"{100.0 * found.level:g} % of the planned dose"
    if made is None:
        return "\n".join([*lines, "", f"nothing was decided: {found.state}, {level}"])
    lines += ["", f"decision: rule {made.rule}, {made.then}; from then on {found.state}, {level}"]
    return "\n".join([*lines, "", *_without(found)])


def _without(found: Explained) -> list[str]:
    """The days after a decision beside those without it."""
    from xenosim.cli.inputs import table

    head = ["day", "mm3 as it was", "mm3 without", "g as it was", "g without", "loss without"]

    def shown(value: float | None, digits: str) -> str:
        return "-" if value is None else format(value, digits)

    rows = [
        [
            f"{row['day']:g}",
            shown(row["volume_mm3"], ".4g"),
            shown(row["volume_without_mm3"], ".4g"),
            shown(row["weight_g"], ".4g"),
            shown(row["weight_without_g"], ".4g"),
            f"{row['loss_without_pct']:.1f} %",
        ]
        for row in found.without
    ]
    begun = f" (from {found.begun})" if found.begun else ""
    told = [f"without it, and without later decisions, simulated again{begun}; true values:"]
    told += [table([head, *rows])]
    told += ["loss: of the body without its tumor"]
    return told + ([found.left_without] if found.left_without else [])
