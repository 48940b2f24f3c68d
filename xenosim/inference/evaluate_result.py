"""What a search over points leaves: tables, the answer, notes, and the scenario to run again."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from xenosim import __version__
from xenosim.io.plain import plain
from xenosim.io.results import MANIFEST, Result
from xenosim.io.runs import read_manifest
from xenosim.scenario.origin import RUNS_AGAIN
from xenosim.scenario.resolve import (
    RESOLVED,
    assumed_text,
    resolved_dict,
    scenario_hash,
    status_counts,
)
from xenosim.study.result import run_name

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.scenario.schema import Scenario

#: Reads a scenario with some keys set, by dotted name.
Loader = Callable[[Mapping[str, str]], "Scenario"]


@dataclass(frozen=True, eq=False, repr=False)
class SearchResult(Result):
    """A finished sweep, sensitivity or optimization: ``manifest["search"]`` says which."""

    MANIFEST: ClassVar[dict[str, type]] = MANIFEST | {"search": str, "title": str, "notes": list}

    @property
    def kind(self) -> str:
        """ "search"."""
        return "search"

    def __str__(self) -> str:
        return (
            f"{self.manifest['title']}   SIMULATED, seed {self.manifest['seed']}\n\n{self.answer}"
        )

    def directory_name(self) -> str:
        """When, what and which."""
        name = f"{self.manifest['search']} {self.manifest['title']}"
        return run_name(name, self.manifest["scenario_hash"])

    def draw(self, folder: str | Path) -> list[Path]:
        """Draw the figures of the search into ``folder``; their paths."""
        from xenosim.viz import searches
        from xenosim.viz.style import save

        figures = searches.figures(self.manifest, self.tables)
        return [path for name, figure in figures for path in save(figure, Path(folder), name)]


def is_search(folder: str | Path) -> bool:
    """Whether ``folder`` keeps a search; RunError if it keeps nothing."""
    return "search" in read_manifest(Path(folder))


def result_of(
    scenario: Scenario,
    search: str,
    tables: dict[str, pd.DataFrame],
    answer: Sequence[str],
    notes: Iterable[str],
    **more: Any,
) -> SearchResult:
    """The result of a ``search`` over points of a scenario; ``more`` of its manifest."""
    import yaml

    counts = status_counts(scenario)
    manifest = {
        "xenosim": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "search": search,
        "title": scenario.title,
        "seed": scenario.seed,
        "scenario_hash": scenario_hash(scenario),
        "simulated": True,
        "parameters": counts,
        "notes": [*notes, assumed_text(counts)],
        "answer": "\n".join(answer),
    } | more
    origin = scenario.origin
    files = {RESOLVED: yaml.safe_dump(resolved_dict(scenario), sort_keys=False)}
    files |= {RUNS_AGAIN: origin.text} if origin.text else {}
    return SearchResult(tables, plain(manifest), files, dict(origin.inputs))
