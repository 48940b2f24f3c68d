"""Body weights in a file of their own."""

from __future__ import annotations

import pandas as pd

from xenosim.analysis.animals import KEYS
from xenosim.analysis.laboratory.grid import read_grid, text_of
from xenosim.analysis.laboratory.layouts import (
    HEADER_ROWS,
    VOLUME,
    WEIGHT,
    find_layout,
    read_cells,
)
from xenosim.analysis.laboratory.notation import notation_of
from xenosim.analysis.laboratory.preview import unconfirmed
from xenosim.analysis.laboratory.values import Reading, Values
from xenosim.analysis.weights import COLUMNS
from xenosim.errors import TableError
from xenosim.tabular import Mistakes


def weights_alone(table: pd.DataFrame) -> pd.DataFrame:
    """The weights of days without a volume."""
    if WEIGHT not in table:
        return pd.DataFrame(columns=list(COLUMNS))
    rows = table[table[VOLUME].isna() & table[WEIGHT].notna()]
    return (rows if "replicate" in rows else rows.assign(replicate=0))[list(COLUMNS)]


def of_animals(weighed: pd.DataFrame, table: pd.DataFrame, notes: list[str]) -> pd.DataFrame:
    """The weights of days without a volume of the animals of the ``table``, and a note of them."""
    if weighed.empty:
        return weighed
    known = (table if "replicate" in table else table.assign(replicate=0))[KEYS].drop_duplicates()
    kept = weighed.merge(known, on=KEYS)[list(COLUMNS)].astype({"day": float})
    if len(kept):
        notes.append(f"{len(kept)} weights of days without a volume are kept as weights")
    return kept


def with_weights(
    table: pd.DataFrame, mapping: dict[str, str], how: Reading, notes: list[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Body weights of another file, by animal and day; those of days without a volume apart."""
    path, bracket, sheet = how.weights.partition("[")
    grid = read_grid(path, sheet.rstrip("]") if bracket else "")
    present = {
        text.casefold()
        for row in range(min(HEADER_ROWS, len(grid.rows)))
        for text in grid.texts(row)
    }
    said = {ours: theirs for ours, theirs in mapping.items() if theirs.casefold() in present}
    found = find_layout(grid, said, "", WEIGHT)
    if not found.certain and not how.layout:
        raise unconfirmed(grid, found, read_cells(grid, found, said, WEIGHT))
    cells = read_cells(grid, found, said, WEIGHT)
    mistakes = Mistakes(TableError, grid.place)
    read = Values(cells, notation_of(grid, how.decimal), mistakes)
    weights = pd.DataFrame({"animal_id": read.texts("animal_id"), "day": read.days(how)})
    weights[WEIGHT] = read.numbers(WEIGHT, positive=True)
    keys = ["animal_id", "day"]
    if any(text_of(arm) for arm in cells.columns.get("arm", [])):
        weights["arm"] = read.texts("arm")
        keys = ["arm", *keys]
    weights = weights.assign(line=cells.lines)
    for line in weights[weights.duplicated(keys)]["line"]:
        mistakes.add("a second weight of that animal and day", line=int(line), remedy="keep one")
    mistakes.check()
    merged = table.drop(columns=WEIGHT, errors="ignore").merge(
        weights.drop(columns="line"), on=keys, how="left"
    )
    named = [name for name in keys if name != "day"]
    animals = (table if "replicate" in table else table.assign(replicate=0))[KEYS]
    whose = weights[weights[WEIGHT].notna()].merge(animals.drop_duplicates(), on=named)
    if whose.empty:
        raise TableError(
            "no weight belongs to an animal of the volumes",
            where=grid.place,
            remedy="give animals the same names in both files",
        )
    strangers = int((~weights.set_index(named).index.isin(table.set_index(named).index)).sum())
    if strangers:
        notes.append(f"{strangers} weights of animals without a volume were left out")
    taken = pd.MultiIndex.from_frame(table[[*named, "day"]].astype({"day": float}))
    days = pd.MultiIndex.from_frame(whose[[*named, "day"]].astype({"day": float}))
    return merged, of_animals(whose[~days.isin(taken)], table, notes)
