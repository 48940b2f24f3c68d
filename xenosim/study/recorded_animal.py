"""One animal in a run directory: which one is meant, its scenario and its rows of the tables."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from xenosim.errors import RunError, ScenarioError, suggest
from xenosim.scenario.resolve import RESOLVED, scenario_from_resolved

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.scenario.schema import Scenario

#: Tables with rows of single animals.
OF_ANIMALS = ("truth", "observations", "cells", "lesions")


def read_scenario(run: Path) -> Scenario:
    """The frozen scenario of a run directory."""
    path = run / RESOLVED
    try:
        plain = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ScenarioError(
            "cannot be read", where=str(path), remedy="run the scenario again"
        ) from error
    return scenario_from_resolved(plain, str(path))


def find_animal(
    truth: pd.DataFrame,
    arms: list[str],
    arm: str | None,
    animal: int | None,
    replicate: int | None,
    where: str,
) -> dict[str, Any]:
    """The first animal that fits.

    Parameters
    ----------
    truth : DataFrame
        Table ``truth`` of a run.
    arms : list of str
        Names of its arms.
    arm, animal, replicate : optional
        What is asked for; None: any.
    where : str
        Place named in errors.

    Returns
    -------
    dict
        Its ``arm``, ``animal_id`` and ``replicate``.

    Raises
    ------
    RunError
        There is none.

    Examples
    --------
    >>> import pandas as pd
    >>> truth = pd.DataFrame({"arm": ["a", "b"], "animal_id": [1, 1], "replicate": [0, 0]})
    >>> find_animal(truth, ["a", "b"], "b", None, None, "runs/mine")
    {'arm': 'b', 'animal_id': 1, 'replicate': 0}
    """
    rows = truth
    if arm is not None:
        rows = rows[rows["arm"] == arm]
        if rows.empty:
            raise RunError(
                f"there is no arm '{arm}'{suggest(arm, arms)}",
                where=where,
                remedy=f"arms: {', '.join(arms)}",
            )
    of = f" in arm '{arm}'" if arm is not None else ""
    for name, value in (("replicate", replicate), ("animal_id", animal)):
        if value is not None:
            rows = _rows_with(rows, name, value, of, where)
    first = rows.iloc[0]
    return {
        "arm": str(first["arm"]),
        "animal_id": int(first["animal_id"]),
        "replicate": int(first["replicate"]),
    }


def _rows_with(rows: pd.DataFrame, name: str, value: int, of: str, where: str) -> pd.DataFrame:
    found = rows[rows[name] == value]
    if found.empty:
        known = ", ".join(map(str, sorted({int(i) for i in rows[name]})))
        raise RunError(
            f"there is no {name.removesuffix('_id')} {value}{of}",
            where=where,
            remedy=f"there are {known}",
        )
    return found


def tables_of(tables: dict[str, pd.DataFrame], key: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Rows of one animal in the ``tables`` of a run; of the events, those of its arm where they
    are the same for all of its animals.
    """
    own = {name: _rows_of(tables[name], key) for name in OF_ANIMALS}
    events = tables["events"][tables["events"]["arm"] == key["arm"]]
    if "animal_id" in events and events["animal_id"].notna().any():
        events = _rows_of(events, key)
    return own | {"events": events}


def _rows_of(table: pd.DataFrame, key: dict[str, Any]) -> pd.DataFrame:
    wanted = (table[list(key)] == list(key.values())).all(axis=1)
    return table[wanted]
