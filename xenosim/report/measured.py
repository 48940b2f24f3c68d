"""The analysis of a study that was measured: tables, answer and notes, kept in a directory like
that of a run. Nothing here simulates.
"""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from xenosim import __version__
from xenosim.analysis.answer import Repeated, growth_answer, tc_line
from xenosim.analysis.curves import tc_over_time
from xenosim.analysis.data import StudyData
from xenosim.analysis.dropout import dropout_notes, unstarted_notes
from xenosim.analysis.significance import significance_tests
from xenosim.analysis.studies import over_studies
from xenosim.analysis.summary import endpoints_of_studies
from xenosim.analysis.tolerability import tolerability_table
from xenosim.io.plain import plain
from xenosim.io.results import MANIFEST, Result, slug
from xenosim.io.runs import as_written, read_manifest
from xenosim.io.tables import COLUMNS, TEXT

#: Columns of ``observations.csv`` beyond those of a run.
MORE = ("cage", "sex")


@dataclass(frozen=True, eq=False, repr=False)
class MeasuredStudy(Result):
    """Tables of a study that was measured, and what they rest on; :meth:`save` leaves a directory.

    Attributes
    ----------
    tables : dict of str to DataFrame
        ``observations``, ``endpoints`` and ``tests`` with the columns of a run's, ``responses``
        of every animal; ``studies`` where the study was repeated.
    manifest : dict
        Plain data: title, control, arms, answer, warnings and so on; ``simulated`` where the
        measurements are those of a run.
    """

    TABLES: ClassVar[tuple[str, ...]] = ("observations", "endpoints", "tests", "responses")
    MANIFEST: ClassVar[dict[str, type]] = MANIFEST | {
        "measured": str,
        "title": str,
        "arms": list,
        "control": str,
        "paired": bool,
        "simulated": bool,
        "warnings": list,
        "animals": dict,
    }

    @property
    def notes(self) -> list[str]:
        """What the reader must know."""
        return list(self.manifest["warnings"])

    def __str__(self) -> str:
        manifest = self.manifest
        kind = "SIMULATED, analyzed again" if manifest["simulated"] else "MEASURED"
        return (
            f"{manifest['title']}   {kind}; {sum(manifest['animals'].values())} animals in"
            f" {len(manifest['arms'])} arm{'s' * (len(manifest['arms']) != 1)},"
            f" control '{manifest['control']}'\n\n{self.answer}"
        )

    def directory_name(self) -> str:
        """When, what and which."""
        stamp = datetime.now().strftime("%Y-%m-%dT%H%M%S")
        return f"{stamp}_{slug(str(self.manifest['title']))[:40]}_{self.manifest['study_id'][:4]}"

    def draw(self, folder: str | Path) -> list[Path]:
        """Draw the figures of the study kept in ``folder`` into it; their paths."""
        from xenosim.viz.figures import draw_all

        return draw_all(folder)


def is_measured(folder: str | Path) -> bool:
    """Whether ``folder`` keeps the analysis of a measured study; RunError if it keeps nothing."""
    return "measured" in read_manifest(Path(folder))


def measured_study(
    data: StudyData,
    *,
    title: str,
    day: float | None = None,
    seed: int = 1,
    simulated: bool = False,
    inputs: dict[str, bytes] | None = None,
    combined: Iterable[tuple[str, str, str]] = (),
) -> MeasuredStudy:
    """Analyze a study that has a control.

    Parameters
    ----------
    data : StudyData
        The measurements.
    title : str
        Its name.
    day : float, optional
        Day of evaluation [day]; by default the last one with half of every arm left.
    seed : int
        Seed of the bootstrap.
    simulated : bool
        Whether the animals were simulated.
    inputs : dict of str to bytes, optional
        The files that were read, by name.
    combined : iterable of (arm A, arm B, arm of both), optional
        Arms of drug combinations, for the tests of combinations.

    Raises
    ------
    TableError
        Arms, days or volumes that are missing or impossible.
    """
    # As the directory keeps it, so that its tables give the same numbers again.
    data = replace(data, table=as_written(data.table))
    combined = list(combined)
    studies = endpoints_of_studies(data, data.control, day=day, seed=seed, paired=data.paired)
    repeated = studies["replicate"].nunique() > 1
    text = data.table.to_csv(index=False).encode()
    study = hashlib.sha256(text).hexdigest()[:16]
    tables = {
        "observations": _observations(data.table, study),
        "endpoints": over_studies(studies) if repeated else studies.drop(columns="replicate"),
        "tests": significance_tests(data, day=day, combined=combined, seed=seed),
        "responses": data.responses(),
        "survival": data.survival(),
        "tolerability": tolerability_table(data),
        "tc_over_time": tc_over_time(data, seed),
    }
    tables |= {"studies": studies} if repeated else {}
    tables |= {"weights": data.weighed} if len(data.weighed) else {}
    manifest = {
        "xenosim": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "measured": data.source,
        "title": title,
        "study_id": study,
        "seed": seed,
        "control": data.control,
        "arms": list(data.arms),
        "animals": data.started,
        "paired": data.paired,
        "combined": combined,
        "simulated": simulated,
        "parameters": {},
        "warnings": [*data.notes, *unstarted_notes(data), *dropout_notes(data)],
        "answer": _answer(data, tables),
    }
    return MeasuredStudy(tables, plain(manifest), {}, inputs or {})


def _observations(table: pd.DataFrame, study: str) -> pd.DataFrame:
    """The measurements with the columns of a run's; numbers that were not measured are empty."""
    baseline = (
        table[table["day"] <= 0]
        .sort_values("day", kind="stable")
        .groupby(["arm", "replicate", "animal_id"])["tumor_volume_mm3"]
        .last()
    )
    keys = pd.MultiIndex.from_frame(table[["arm", "replicate", "animal_id"]])
    own = {"study_id": study} if "study_id" not in table else {}
    if "rtv" not in table:
        volume = table["tumor_volume_mm3"].to_numpy(float)
        own |= {"rtv": volume / baseline.reindex(keys).to_numpy(float)}
    found = table.assign(**own)
    for name in COLUMNS["observations"]:
        if name not in found:
            empty: Any = "" if name in TEXT else False if name == "is_censored" else np.nan
            found[name] = empty
    return found[[*COLUMNS["observations"], *(name for name in MORE if name in found)]]


def _answer(data: StudyData, tables: dict[str, pd.DataFrame]) -> str:
    """Each arm against the control, one line each."""
    table, end = tables["endpoints"], float(data.table["day"].max())
    carried = table[table["endpoint"] == "tc_pct_locf"].set_index("arm")
    rows = table[table["endpoint"] == "tc_pct"].itertuples()
    how = Repeated.of(tables)
    lines = [tc_line(row, carried, end, how) for row in rows]
    return "\n".join(lines) or growth_answer(data.control, table, how)
