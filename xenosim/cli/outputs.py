"""Verbs export and view: the tumor of one animal of a run, simulated again, as a 3-D file or a
picture.
"""

from __future__ import annotations

import json
import math
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from xenosim.cli.simulate import Progress
from xenosim.errors import RunError, suggest
from xenosim.io.export import FORMATS, check_new, check_place, write_volumes
from xenosim.io.runs import whole_file
from xenosim.io.volumes import check_fields

if TYPE_CHECKING:
    from xenosim.study.replay import Replay

#: Endings that a picture of each kind can have; the first is the default.
ENDINGS = {
    "slices": (".png", ".svg", ".pdf"),
    "turntable": (".gif", ".mp4", ".png"),
    "movie": (".gif", ".mp4"),
}
#: Pictures of one turn [-], and of a turn and a movie in a second [1/s].
TURN, TURN_SPEED, MOVIE_SPEED = 36, 12.0, 5.0


class Choice(NamedTuple):
    """Which animal of which run, which of its lesions, and whether another engine may simulate it
    (``force``).
    """

    run: str
    arm: str | None
    animal: int | None
    replicate: int | None
    lesion: int | None
    force: bool

    def replay(self) -> Replay:
        """The animal, ready to be simulated again."""
        from xenosim.study.replay import replay

        return replay(
            Path(self.run),
            self.arm,
            self.animal,
            self.replicate,
            lesion=self.lesion,
            force=self.force,
        )


def export_days(
    choice: Choice, days: Sequence[float], kind: str, fields: str, out: str | None, as_json: bool
) -> None:
    """Simulate an animal to each of ``days``, once, and write its tumor."""
    if kind not in FORMATS:
        raise RunError(
            f"there is no format '{kind}'{suggest(kind, FORMATS)}",
            where="--format",
            remedy=f"one of {', '.join(FORMATS)}",
        )
    wanted = [name.strip() for name in fields.split(",") if name.strip()]
    check_fields(wanted)
    if out and not out.endswith(FORMATS[kind]):
        raise RunError(
            f"the name of a file of format {kind} ends in {FORMATS[kind]}",
            where=out,
            remedy="change --out or --format",
        )
    if kind != "npz":
        from xenosim.io.extras import view3d

        view3d({"ome-zarr": "zarr", "vti": "pyvista"}[kind])
    replay = choice.replay()
    for day in days:
        replay.check_day(day)
    paths = files_of(replay, sorted(set(days)), FORMATS[kind], out)
    for path in paths.values():
        check_new(path)
    _interruptible(lambda: _write_days(replay, paths, kind, wanted, _show(as_json)))
    verdict = f"{replay.name}, {replay.verdict(max(paths))}"
    _report(list(paths.values()), verdict, as_json, opened_by(list(paths.values()), kind))


def files_of(
    replay: Replay, days: Sequence[float], ending: str, out: str | None
) -> dict[float, Path]:
    """The file of each of ``days`` [day]: ``out``, with the day in its name where there are more;
    by default below the run.
    """
    if out is None:
        names = {day: f"{_slug(replay)}_day_{day:g}" for day in days}
        return {day: _default(replay, "snapshots", names[day], ending) for day in days}
    stem = out.removesuffix(ending) if len(days) > 1 else ""
    return {day: Path(f"{stem}_day_{day:g}{ending}" if stem else out) for day in days}


def _write_days(
    replay: Replay, paths: dict[float, Path], kind: str, wanted: list[str], show: bool
) -> None:
    """Walk from day to day and write the tumor of each."""
    from xenosim.viz.paint import STATE_COLORS

    bars: list[Progress] = []
    walk = replay.walk(paths, lambda done, total: bars[-1](done, total))
    for path in paths.values():
        with Progress(show, "steps") as bar:
            bars.append(bar)
            day, model = next(walk)
        with Progress(show, "planes") as bar:
            write_volumes(
                replay.volumes(day, model, wanted), path, kind, bar, {"state": STATE_COLORS}
            )


def opened_by(paths: Sequence[Path], kind: str) -> str:
    """The command that opens exported files.

    Examples
    --------
    >>> opened_by([Path("a b.vti")], "vti")
    "paraview 'a b.vti'"
    """
    places = shlex.join(map(str, paths))
    load = f"import numpy; print(numpy.load({json.dumps(str(paths[0]))}).files)"
    commands = {
        "ome-zarr": f"napari --plugin napari-ome-zarr {places}",
        "vti": f"paraview {places}",
        "npz": f"python -c {shlex.quote(load)}",
    }
    return commands[kind]


def view_tumor(
    choice: Choice, kinds: list[str], field: str, day: float | None, out: str | None, as_json: bool
) -> None:
    """Simulate an animal to ``day`` and draw it."""
    if len(kinds) > 1:
        raise RunError(
            f"--{kinds[0]} and --{kinds[1]} together",
            remedy="choose one of --slices, --turntable and --movie",
        )
    kind = kinds[0] if kinds else "slices"
    check_fields([field])
    path = Path(out) if out else None
    if path and path.suffix not in ENDINGS[kind]:
        raise RunError(
            f"the file of --{kind} ends in {' or '.join(ENDINGS[kind])}",
            where=str(path),
            remedy="change --out",
        )

    from xenosim.viz.animation import check_encoder

    if path:
        check_encoder(path)
    replay = choice.replay()
    last = replay.last_day if day is None else day
    replay.check_day(last)
    path = path or _default(
        replay, "figures", f"{kind}_{_slug(replay)}_day_{last:g}_{field}", ENDINGS[kind][0]
    )
    check_place(path)
    draw = _draw_movie if kind == "movie" else _draw_day
    _interruptible(lambda: draw(replay, kind, field, last, path, _show(as_json)))
    _report([path], f"{replay.name}, {replay.verdict(last)}", as_json)


def _draw_day(replay: Replay, kind: str, field: str, day: float, path: Path, show: bool) -> None:
    """Sections or a turntable of one day."""
    from xenosim.viz.animation import write_animation, write_figure, write_picture
    from xenosim.viz.sections import section_figure
    from xenosim.viz.turntable import turntable

    with Progress(show, "steps") as progress:
        _, model = next(replay.walk([day], progress))
    volumes, title = replay.volumes(day, model, [field]), f"{replay.name}, day {day:g}: {field}"
    with whole_file(path) as partial:
        if kind == "slices":
            write_figure(section_figure(volumes, field, title), partial)
        elif path.suffix == ".png":
            write_picture(next(turntable(volumes, field, title, TURN)), partial)
        else:
            with Progress(show, "pictures") as progress:
                write_animation(
                    turntable(volumes, field, title, TURN),
                    partial,
                    TURN_SPEED,
                    lambda done: progress(done, TURN),
                )


def _draw_movie(replay: Replay, kind: str, field: str, day: float, path: Path, show: bool) -> None:
    """Sections day by day from day 0, or from engraftment where the last day is before that; of the
    lesion that is the largest then.
    """
    from xenosim.viz.animation import write_animation
    from xenosim.viz.sections import growth_movie, still

    first = max(math.ceil(replay.first_day), 0) if day >= 0 else math.ceil(replay.first_day)
    days = [float(d) for d in range(first, int(day) + 1)]
    stills = []
    lesion = 0
    names: dict[int, str] = {}
    with Progress(show, "steps") as progress:
        for today, model in replay.walk(days, progress):
            lesion = lesion or replay.shown(model)
            alive = (
                replay.volumes(today, model, [field], lesion)
                if model.tumors[lesion - 1].n
                else None
            )
            names = alive.labels.get(field, {}) if alive else names
            stills.append(still(today, model.volume_mm3, alive, field))
    pictures = growth_movie(stills, field, names, replay.tables, f"{replay.name}: {field}")
    with whole_file(path) as partial, Progress(show, "pictures") as progress:
        write_animation(pictures, partial, MOVIE_SPEED, lambda done: progress(done, len(stills)))


def _default(replay: Replay, folder: str, name: str, ending: str) -> Path:
    return replay.run / folder / f"{name}{ending}"


def _slug(replay: Replay) -> str:
    return "".join("_" if ch in " /\\" else ch for ch in replay.name)


def _show(as_json: bool) -> bool:
    return sys.stderr.isatty() and not as_json


def _interruptible(work: Callable[[], None]) -> None:
    try:
        work()
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _report(paths: Sequence[Path], verdict: str, as_json: bool, command: str = "") -> None:
    """Say what was written, and by which ``command`` it is opened."""
    files = list(map(str, paths))
    result: dict[str, Any] = {"file": files[0]} if len(files) == 1 else {"files": files}
    result |= {"verdict": verdict, "simulated": True}
    result |= {"open_with": command} if command else {}
    lines = [verdict, *files, *([f"open with: {command}"] if command else [])]
    typer.echo(json.dumps(result) if as_json else "\n".join(lines))


def show_result(run: str, as_json: bool) -> None:
    """Print the first screen of a kept study or assay again."""
    from xenosim.cli.output import emit
    from xenosim.report.text import load_result

    emit(load_result(run), Path(run), as_json)
