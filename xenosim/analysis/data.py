"""One checked table of a study's measurements, simulated or of a laboratory: what every endpoint,
curve and fit starts from.

A row is one animal on one day. Further ways in (other layouts, other files) become further
``from_...`` constructors; they all end in the same check.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from xenosim.analysis.animals import ANIMAL, KEYS, per_animal
from xenosim.analysis.checks import NEEDED, POSITIVE, problems, require_columns
from xenosim.analysis.laboratory.reading import read_laboratory
from xenosim.analysis.laboratory.values import Reading
from xenosim.analysis.weights import COLUMNS as WEIGHED
from xenosim.analysis.weights import all_weights
from xenosim.errors import TableError, suggest
from xenosim.io.runs import read_kept, read_manifest

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, eq=False)
class StudyData:
    """Measurements of a study, one row per animal and day.

    Parameters
    ----------
    table : DataFrame
        ``arm``, ``animal_id``, ``day`` [day, 0 is the first dose], ``tumor_volume_mm3`` [mm3, above
        0]; optional ``replicate`` (0 where there is none), ``body_weight_g`` [g], ``status``,
        ``note`` and any other column.
    control : str
        Name of the control arm, "" if none is meant.
    paired : bool
        True: animals of one ``animal_id`` are the same in every arm (common random numbers).
    source : str
        Where the table comes from, named in errors.

    Raises
    ------
    TableError
        Missing columns; every row that cannot be used, with its column and the remedy.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = [("vehicle", 1, 0, 100.0), ("vehicle", 1, 7, 400.0), ("drug", 2, 0, 100.0)]
    >>> table = pd.DataFrame(rows, columns=["arm", "animal_id", "day", "tumor_volume_mm3"])
    >>> StudyData(table, control="vehicle").arms
    ('vehicle', 'drug')
    """

    table: pd.DataFrame
    control: str = ""
    paired: bool = False
    source: str = "observations"
    #: Name of each column and line of each row in the file it came from.
    names: dict[str, str] = field(default_factory=dict, repr=False)
    lines: tuple[int, ...] = field(default=(), repr=False)
    #: What the reader of the file must know: how it was read, what was left out.
    notes: tuple[str, ...] = field(default=(), repr=False)
    #: Weights of days without a volume: columns of :data:`xenosim.analysis.weights.COLUMNS`.
    weighed: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=list(WEIGHED)), repr=False
    )

    def __post_init__(self) -> None:
        require_columns(self.table.columns, {name: name for name in NEEDED}, self.source)
        table = self.table.reset_index(drop=True)
        if "replicate" not in table:
            table = table.assign(replicate=0)
        bad = list(problems(table))
        if bad:
            raise TableError(
                self._said([(row, column, what) for row, column, what, _ in bad]),
                where=self.source,
                remedy="; ".join(dict.fromkeys(remedy for *_, remedy in bad)),
            )
        numbers = {
            name: pd.to_numeric(table[name])
            for name in ("day", *POSITIVE)
            if name in table and not pd.api.types.is_numeric_dtype(table[name])
        }
        object.__setattr__(self, "table", table.assign(**numbers, arm=table["arm"].astype(str)))
        if self.control:
            self.require_arms(self.control)

    def _said(self, bad: list[tuple[int, str, str]]) -> str:
        texts = [
            f"{f'line {self.lines[row]}' if self.lines else f'row {row + 1}'},"
            f" column {self.names.get(column, column)}: {what}"
            for row, column, what in sorted(bad)
        ]
        return texts[0] if len(texts) == 1 else "\n  ".join([f"{len(texts)} bad values", *texts])

    @classmethod
    def of(cls, data: StudyData | pd.DataFrame) -> StudyData:
        """``data`` itself, or the checked form of a table."""
        return data if isinstance(data, StudyData) else cls(data)

    @classmethod
    def from_run(cls, run: str | Path) -> StudyData:
        """Measurements of a run directory, with its control and whether its arms are paired.

        Raises
        ------
        RunError, TableError
            No run directory, or a damaged one.
        """
        manifest = read_manifest(Path(run))
        table = read_kept(Path(run), "observations", manifest)
        kept: dict[str, Any] = {}
        if (Path(run) / "weights.csv").is_file():
            kept["weighed"] = read_kept(Path(run), "weights", manifest)
        return cls(
            table,
            control=str(manifest["control"]),
            paired=bool(manifest["paired"]),
            source=str(Path(run) / "observations.csv"),
            lines=tuple(range(2, len(table) + 2)),
            **kept,
        )

    @classmethod
    def read(
        cls,
        path: str | Path,
        mapping: dict[str, str] | None = None,
        *,
        control: str = "",
        **how: Any,
    ) -> StudyData:
        """Measurements of a laboratory: text or Excel, long, wide by animal, wide by day or in
        blocks per arm.

        Parameters
        ----------
        path : str or Path
            The file.
        mapping : dict, optional
            Name in the file of each column of :class:`StudyData`, for those called otherwise, as
            ``{"arm": "Group", "tumor_volume_mm3": "TV (cm3)"}``.
        control : str
            Name of the control arm.
        how
            What the file does not say: fields of
            :class:`~xenosim.analysis.laboratory.values.Reading`, as ``layout="by-day"``,
            ``first_dose="2026-03-01"``.

        Raises
        ------
        UnconfirmedLayout
            A layout that was guessed, with its first rows as understood.
        TableError
            Columns that the file does not have; every row that cannot be used.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> text = "Group,Mouse,Day,TV (cm3)\\nvehicle,a,0,0.1\\nvehicle,a,7,0.4\\n"
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "mice.csv"
        ...     _ = file.write_text(text)
        ...     data = StudyData.read(file, control="vehicle")
        >>> data.table["tumor_volume_mm3"].tolist()
        [100.0, 400.0]
        """
        found = read_laboratory(Path(path), mapping or {}, Reading(**how))
        return cls(
            found.table,
            control,
            source=str(path),
            names=found.names,
            lines=found.lines,
            notes=found.notes,
            weighed=found.weighed,
        )

    #: The same: what is text is read as text.
    from_csv = read

    def against(self, control: str) -> StudyData:
        """The same study with another control; TableError if it has no such arm."""
        return replace(self, control=control)

    @property
    def arms(self) -> tuple[str, ...]:
        """Names of the arms in the order of the table."""
        return tuple(dict.fromkeys(self.table["arm"]))

    def require_arms(self, *arms: str) -> None:
        """Refuse (TableError) an arm that the study does not have."""
        for arm in arms:
            if arm not in self.arms:
                raise TableError(
                    f"no arm '{arm}'{suggest(arm, self.arms)}",
                    where=self.source,
                    remedy=f"the arms are {', '.join(self.arms) or 'none: the table is empty'}",
                )

    def require_baselines(self) -> None:
        """Refuse (TableError) an arm without any measurement at or before the first dose."""
        for arm in self.arms:
            if arm not in self.started:
                raise TableError(
                    f"arm '{arm}' has no measurement at or before day 0",
                    where=self.source,
                    remedy="add the volume before the first dose",
                )

    @cached_property
    def followed(self) -> pd.DataFrame:
        """Rows from baseline on, as :func:`from_baseline`."""
        return from_baseline(self.table)

    @cached_property
    def animals(self) -> dict[str, pd.DataFrame]:
        """Of each arm the table of its animals, as :func:`~xenosim.analysis.animals.per_animal`."""
        return per_animal(self.followed, self.arms)

    @cached_property
    def started(self) -> dict[str, int]:
        """Animals with a baseline, per arm that has any."""
        counts = self.followed[KEYS].drop_duplicates()["arm"].value_counts()
        return {str(arm): int(n) for arm, n in counts.items()}

    @cached_property
    def studies(self) -> tuple[StudyData, ...]:
        """The single studies of a repeated one, one per ``replicate``; the data itself where there
        is one, where a replicate lacks an arm, or where replicates are single animals.
        """
        parts = [rows for _, rows in self.table.groupby("replicate", sort=True)]
        arms = set(self.arms)
        if len(parts) == 1 or any(set(rows["arm"]) != arms for rows in parts):
            return (self,)
        if all(len(rows[KEYS].drop_duplicates()) == len(arms) for rows in parts):
            return (self,)
        numbers = [rows["replicate"].iloc[0] for rows in parts]
        weighed = [self.weighed[self.weighed["replicate"] == number] for number in numbers]
        return tuple(
            StudyData(rows, self.control, self.paired, self.source, weighed=weights)
            for rows, weights in zip(parts, weighed, strict=True)
        )

    @cached_property
    def weights(self) -> pd.DataFrame:
        """Every body weight, as :func:`~xenosim.analysis.weights.all_weights`."""
        return all_weights(self.table, self.weighed)

    @cached_property
    def evaluable_days(self) -> frozenset[float]:
        """Measured days from day 0 on on which at least half of the animals of every arm are still
        on study, in every study of a repeated one [day].
        """
        if len(self.studies) > 1:
            return frozenset.intersection(*(study.evaluable_days for study in self.studies))
        rows = self.followed[self.followed["day"] >= 0]
        present = rows.groupby(["day", "arm"]).size().unstack(fill_value=0)
        present = present.reindex(columns=list(self.started), fill_value=0)
        enough = half_is_left(present, pd.Series(self.started)).all(axis=1)
        return frozenset(float(day) for day in present.index[enough])

    @cached_property
    def evaluation_day(self) -> float:
        """The last of :attr:`evaluable_days` [day]; TableError if there is none."""
        if not self.evaluable_days:
            each = "in every study " if len(self.studies) > 1 else ""
            raise TableError(
                f"on no day is half of every arm measured {each}".rstrip(),
                where=self.source,
                remedy="give the day of evaluation, --day D",
            )
        return max(self.evaluable_days)

    def last_shared_day(self, *arms: str) -> float:
        """The last day from day 0 on with at least half of each of ``arms`` measured [day]; NaN
        if there is none.
        """
        rows = self.followed[self.followed["day"] >= 0]
        counts = rows.groupby(["day", "arm"]).size().unstack(fill_value=0)
        counts = counts.reindex(columns=list(arms), fill_value=0)
        enough = half_is_left(counts, pd.Series(self.started)[list(arms)]).all(axis=1)
        return float(counts.index[enough].max())

    @cached_property
    def has_common_day(self) -> bool:
        """Whether the studies of a repeated one can be evaluated on one day: the earliest of their
        last days was measured in all. Studies of their own calendars cannot.
        """
        if not all(study.evaluable_days for study in self.studies):
            return False
        last = min(study.evaluation_day for study in self.studies)
        return all(last in study.evaluable_days for study in self.studies)

    def measured(self, arm: str, day: float) -> pd.DataFrame:
        """``tumor_volume_mm3`` on ``day`` [day] and ``baseline_mm3`` [mm3] of the animals of an arm
        measured on that day, by (replicate, animal); TableError if there is none.
        """
        followed = self.followed[self.followed["arm"] == arm]
        rows = followed[followed["day"] == day]
        if rows.empty:
            days = ", ".join(f"{d:g}" for d in sorted(followed["day"].unique()))
            raise TableError(
                f"no animal of arm '{arm}' was measured on day {day:g}",
                where="day",
                remedy=f"it was measured on days {days}",
            )
        return rows.set_index(ANIMAL)[["tumor_volume_mm3", "baseline_mm3"]].sort_index()

    def removed_at_volume(self, arm: str, day: float) -> pd.DataFrame:
        """Last volume and baseline [mm3] of the animals of an arm that left at the volume endpoint
        before ``day`` [day], by (replicate, animal).

        Their ``status`` is "reached_endpoint" and their ``note`` is not "body weight"; none without
        a column ``status``.
        """
        last = self._last[self._last["arm"] == arm]
        status, note = (last[name] if name in last else "" for name in ("status", "note"))
        left = (last["day"] < day) & (status == "reached_endpoint") & (note != "body weight")
        return last[left].set_index(ANIMAL)[["tumor_volume_mm3", "baseline_mm3"]].sort_index()

    def left_before(self, arm: str, day: float) -> int:
        """How many animals of an arm have no measurement on ``day`` [day] or later."""
        return int(((self._last["arm"] == arm) & (self._last["day"] < day)).sum())

    @cached_property
    def _last(self) -> pd.DataFrame:
        """The last row of every animal."""
        rows = self.followed.sort_values("day", kind="stable")
        return rows.drop_duplicates(["arm", *ANIMAL], keep="last")

    @property
    def tells_fates(self) -> bool:
        """Whether the table says why animals left: a column ``status`` that is not empty."""
        return "status" in self.table and bool((self.table["status"].fillna("") != "").any())

    def responses(self) -> pd.DataFrame:
        """Every animal with its response: columns of
        :func:`~xenosim.analysis.responders.response_table`.
        """
        from xenosim.analysis.responders import response_table

        return response_table(self)

    def survival(self) -> pd.DataFrame:
        """Event-free survival of every arm: columns of
        :func:`~xenosim.analysis.shown.survival_table`.
        """
        from xenosim.analysis.shown import survival_table

        return survival_table(self)

    def plot(self) -> Figure:
        """The growth curves of the study: animals, geometric means with 95 % intervals, animals
        left.
        """
        from xenosim.viz.growth import growth_curves, no_doses
        from xenosim.viz.style import arm_colors

        return growth_curves(self, no_doses(), arm_colors(self.arms, self.control or self.arms[0]))

    def endpoints(self, control: str | None = None, **arguments: Any) -> pd.DataFrame:
        """Every endpoint of every arm; arguments as of
        :func:`~xenosim.analysis.summary.endpoint_table`, ``control`` and ``paired`` by default
        those of the study.
        """
        from xenosim.analysis.summary import endpoint_table

        arguments = {"paired": self.paired} | arguments
        return endpoint_table(self, self.control if control is None else control, **arguments)


def from_baseline(table: pd.DataFrame) -> pd.DataFrame:
    """Rows from t0 on, with ``baseline_mm3`` = V(t0) [mm3]; t0 is an animal's last measured day <=
    0, animals without one are left out.
    """
    ordered = table.sort_values("day", kind="stable")
    t0 = ordered[ordered["day"] <= 0].groupby(KEYS, sort=False)[["day", "tumor_volume_mm3"]].last()
    t0 = t0.rename(columns={"day": "t0_day", "tumor_volume_mm3": "baseline_mm3"}).reset_index()
    joined = table.drop(columns=["t0_day", "baseline_mm3"], errors="ignore").merge(
        t0, on=KEYS, how="inner"
    )
    return joined[joined["day"] >= joined["t0_day"]].reset_index(drop=True)


def half_is_left(measured: Any, started: Any) -> Any:
    """Whether at least half of the animals that ``started`` are ``measured`` [number of animals,
    any shape]; fewer are a selection of the slow tumors.

    Examples
    --------
    >>> half_is_left(3, 6), half_is_left(2, 5)
    (True, False)
    """
    return measured * 2 >= started


def while_half_is_left(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows of one arm on days with at least half of the animals of its first day."""
    left = rows.drop_duplicates([*ANIMAL, "day"]).groupby("day").size()
    return rows[rows["day"].isin(left.index[half_is_left(left, left.iloc[0])])]
