"""Schemas of the tables of a run directory, and the one reader that checks them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from xenosim.cell.columns import REPORTED_COLUMNS
from xenosim.errors import TableError, suggest
from xenosim.spreadsheets import as_typed, text_columns

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

_ANIMAL = ("study_id", "arm", "animal_id", "replicate", "day")

#: Columns of every table, in the order a person reads.
COLUMNS: dict[str, tuple[str, ...]] = {
    "observations": (
        *_ANIMAL,
        "dpi",
        "length_mm",
        "width_mm",
        "tumor_volume_mm3",
        "rtv",
        "body_weight_g",
        "status",
        "is_censored",
        "note",
    ),
    "truth": (*_ANIMAL, "tumor_volume_mm3", "n_agents", "body_weight_g"),
    "cells": (
        *_ANIMAL,
        "n_proliferating",
        "n_quiescent",
        "n_apoptotic",
        "n_necrotic",
        "n_hypoxic",
        "n_cells",
        "n_resistant",
        *(
            f"{name}_{statistic}"
            for name in (*REPORTED_COLUMNS, "occupancy", "oxygen")
            for statistic in ("mean", "p05", "p50", "p95")
        ),
        "blood_occupancy",
        "born",
        "cleared",
    ),
    "clones": (*_ANIMAL, "clone", "parent", "n_cells", "volume_mm3"),
    "lesions": (
        *_ANIMAL,
        "lesion",
        "tumor_volume_mm3",
        "n_agents",
        "n_apoptotic",
        "n_necrotic",
        "n_hypoxic",
        "born",
        "cleared",
    ),
    "events": ("arm", "id", "time", "amt", "evid", "cmt", "ii", "addl", "ss", "rate", "drug"),
    "endpoints": (
        "endpoint",
        "version",
        "arm",
        "control",
        "day",
        "estimate",
        "ci_low",
        "ci_high",
        "n",
        "n_control",
        "unit",
        "definition",
        "note",
    ),
    "tests": (
        "replicate",
        "test",
        "version",
        "arm",
        "control",
        "day",
        "estimate",
        "ci_low",
        "ci_high",
        "unit",
        "statistic",
        "df",
        "p",
        "p_holm",
        "n",
        "n_control",
        "definition",
        "citation",
        "note",
    ),
    "plasma": (
        "arm",
        "drug",
        "time_h",
        "day",
        "concentration_nM",
        "tumor_occupancy",
        "blood_occupancy",
    ),
}
#: Names, kept as typed: an arm may be called "None", "NA" or "10", and a hash may look like a
#: number.
TEXT = (
    "study_id",
    "clone",
    "parent",
    "arm",
    "control",
    "drug",
    "cmt",
    "status",
    "endpoint",
    "test",
    "design",
    "version",
    "unit",
    "definition",
    "citation",
    "note",
    "mrecist_gao2015",
    "pptp_houghton2007",
)


def require_columns(columns: Iterable[str], needed: Iterable[str], *, where: str) -> None:
    """Refuse a table that lacks columns, naming each and the nearest one present."""
    present = [str(column) for column in columns]
    missing = [name for name in needed if name not in present]
    if missing:
        hint = suggest(missing[0], present) if len(missing) == 1 else ""
        raise TableError(
            f"missing column{'s' * (len(missing) > 1)} {', '.join(missing)}{hint}",
            where=where,
            remedy="add or rename them",
        )


def read_table(
    path: Path, name: str | None = None, more_text: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Read one table of a run directory; only an empty number is missing, and names stay text.

    Parameters
    ----------
    path : Path
        The CSV file.
    name : str, optional
        Which table of a study it is, a key of :data:`COLUMNS`; any other table by default.
    more_text : tuple of str
        Columns that are kept as typed, too: animals of a laboratory have names.

    Raises
    ------
    TableError
        A file that is absent, not a CSV, lacks columns, or has text where numbers belong.
    """
    import pandas as pd

    kept = (*TEXT, *more_text)
    try:
        table = pd.read_csv(
            path, keep_default_na=False, na_values=[""], dtype=dict.fromkeys(kept, "str")
        )
    except FileNotFoundError as error:
        raise TableError(
            "the table is missing", where=str(path), remedy="run the scenario again"
        ) from error
    except (ValueError, OSError) as error:
        raise TableError(
            f"the table is damaged: {error}", where=str(path), remedy="run the scenario again"
        ) from error
    text = [column for column in kept if column in table]
    table[text] = table[text].fillna("")
    for column in text_columns(table):
        table[column] = table[column].map(as_typed)
    if name is not None:
        numbers = tuple(column for column in COLUMNS[name] if column not in kept)
        require_columns(table.columns, COLUMNS[name], where=str(path))
        _check_numbers(table, numbers, path)
    return table


def _check_numbers(table: pd.DataFrame, columns: tuple[str, ...], path: Path) -> None:
    """Refuse a table that has text where numbers belong."""
    import pandas as pd

    for column in (
        column for column in columns if not pd.api.types.is_numeric_dtype(table[column])
    ):
        given = table[column].dropna().astype(str)
        wrong = given[
            pd.to_numeric(given.replace({"True": "1", "False": "0"}), errors="coerce").isna()
        ]
        if len(wrong):
            message = (
                f"line {wrong.index[0] + 2} of the table has '{wrong.iloc[0]}' in the column"
                f" {column}, which holds numbers"
            )
            raise TableError(
                message, where=str(path), remedy="mend that line, or run the scenario again"
            )
