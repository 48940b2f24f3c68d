"""Body weights in a file of their own."""

from __future__ import annotations

import pandas as pd

from xenosim.analysis.laboratory.grid import read_grid, text_of
from xenosim.analysis.laboratory.layouts import HEADER_ROWS, WEIGHT, find_layout, read_cells
from xenosim.analysis.laboratory.notation import notation_of
from xenosim.analysis.laboratory.preview import unconfirmed
from xenosim.analysis.laboratory.values import Reading, Values
from xenosim.errors import TableError
from xenosim.tabular import Mistakes


def with_weights(
    table: pd.DataFrame, mapping: dict[str, str], how: Reading, notes: list[str]
) -> pd.DataFrame:
    """Body weights of another file, by animal and day."""
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
    taken = int(merged[WEIGHT].notna().sum())
    if not taken:
        raise TableError(
            "no weight belongs to an animal and day of the volumes",
            where=grid.place,
            remedy="give animals and days the same names in both files",
        )
    left = int(weights[WEIGHT].notna().sum()) - taken
    if left > 0:
        notes.append(f"{left} weights of days without a volume were left out")
    return merged
