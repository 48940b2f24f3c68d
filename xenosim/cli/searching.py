"""Options and steps that the searches over points share: sweep, sensitivity, optimize."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xenosim.cli.cluster import Place, searching_workers
from xenosim.cli.output import emit
from xenosim.cli.simulate import Progress, parse_overrides

if TYPE_CHECKING:
    from xenosim.execution.executor import Executor
    from xenosim.inference.evaluate import Evaluations
    from xenosim.inference.evaluate_result import Loader, SearchResult

Set = Annotated[
    list[str] | None,
    typer.Option("--set", help="Set a scenario key: --set animals.strain=NSG (repeatable)."),
]
Out = Annotated[
    str,
    typer.Option(
        "--out", help="Directory for run directories, and for evaluations.jsonl: what is kept."
    ),
]
Arms = Annotated[
    list[str] | None,
    typer.Option("--arm", help="A treated arm; all of them by default (repeatable)."),
]
Day = Annotated[
    float | None, typer.Option("--day", help="Measured day that is read; the last by default.")
]
Animals = Annotated[
    int,
    typer.Option("--animals", min=2, max=1000, help="Radial twins in every arm of a point."),
]
#: A search: of a loader, what is kept, workers and progress.
Search = Callable[["Loader", "Evaluations", "Executor", Progress], "SearchResult"]


def loader(file: str, pairs: list[str], seed: int | None) -> Loader:
    """Reads the scenario with ``pairs`` and further keys set."""
    from xenosim.scenario.load import load_scenario

    given = parse_overrides(pairs, seed)

    def load(keys: Mapping[str, str]) -> object:
        return load_scenario(file, given | dict(keys))

    return load  # type: ignore[return-value]


def search_and_show(load: Loader, search: Search, place: Place, out: str, as_json: bool) -> Path:
    """Search, keep the result below ``out`` and print its first screen; its directory."""
    from xenosim.inference.evaluate import Evaluations
    from xenosim.io.runs import check_writable

    base = Path(out)
    check_writable(base)
    store = Evaluations(base)
    show = sys.stderr.isatty() and not as_json
    with searching_workers(place) as workers, Progress(show, "days of all animals") as progress:
        result = search(load, store, workers, progress)
    folder = result.save(base, command=shlex.join(["xenosim", *sys.argv[1:]]))

    from xenosim.report.text import load_result

    emit(load_result(folder), folder, as_json)
    return folder
