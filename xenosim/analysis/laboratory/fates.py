"""Why an animal left, in the words of laboratories."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd

from xenosim.analysis.laboratory.layouts import VOLUME

#: Words of a laboratory and the status that they mean; the first that is found counts.
WORDS = (
    ("excluded", r"exclu|outlier|omit|not enrolled"),
    ("weight", r"weight|bwl|\bbw\b|body condition|\bbcs\b|cachex"),
    ("found_dead", r"found dead|\bfd\b|died|dead|death|mortality|spontaneous"),
    (
        "end_of_study",
        r"end of (the )?study|study end|end_of_study|terminal|complet|scheduled|\beos\b",
    ),
    (
        "reached_endpoint",
        r"reached_endpoint|endpoint|end point|euthan|sacrific|\bsac\b|cull|tumor (size|volume)"
        r"|tumor burden|volume limit|humane|ulcer|removed|moribund|takedown|\btv\b",
    ),
    ("on_study", r"on_study|on study|alive|active|ongoing|enrolled|^(0|no|false)$"),
)


def read_fate(text: str) -> tuple[str, str]:
    """Status and note of an animal out of what a laboratory wrote; an unknown word is kept as the
    note.

    Examples
    --------
    >>> read_fate("Euthanized - tumor volume"), read_fate("BWL > 20 %"), read_fate("FD")
    (('reached_endpoint', ''), ('reached_endpoint', 'body weight'), ('found_dead', ''))
    >>> read_fate("Tuesday"), read_fate("")
    (('', 'Tuesday'), ('', ''))
    """
    said = text.strip().casefold().replace("tumour", "tumor")
    if not said:
        return "", ""
    for status, words in WORDS:
        if re.search(words, said):
            if status == "weight":
                return "reached_endpoint", "body weight"
            note = "ulceration" if "ulcer" in said else ""
            return status, note
    return "", text.strip()


def with_fates(table: pd.DataFrame, notes: list[str], weighed: int = 0) -> pd.DataFrame:
    """Status and note of every row, those of removals on an animal's last measurement; rows without
    a volume, of which ``weighed`` are kept elsewhere, and animals that were excluded are left out.
    """
    keys = ["arm", "animal_id"] + (["replicate"] if "replicate" in table else [])
    named = [name for name in ("status", "removed_on") if name in table]
    if named:
        table, unknown, excluded = _told(table, keys)
        if unknown:
            said = ", ".join(f"'{word}'" for word in list(unknown)[:5])
            notes.append(f"status not understood, kept as a note: {said}")
        if excluded:
            notes.append(f"excluded by the file: {excluded} animals")
    missing = int(table[VOLUME].isna().sum()) - weighed
    if missing > 0:
        notes.append(f"{missing} rows without a volume were left out")
    return table[table[VOLUME].notna()].drop(columns="removed_on", errors="ignore")


def _told(table: pd.DataFrame, keys: list[str]) -> tuple[pd.DataFrame, Counter[str], int]:
    """The table with status and note on last measurements, words not understood, and the number of
    animals left out.
    """
    said = table["status"] if "status" in table else pd.Series("", index=table.index)
    if "removed_on" in table:
        removed = (table["removed_on"] != "") & (said == "")
        said = said.mask(removed, "removed")
    fates = {word: read_fate(word) for word in said.unique()}
    unknown = Counter(word for word in said if word and fates[word][0] == "" and fates[word][1])
    status = said.map(lambda word: fates[word][0])
    note = said.map(lambda word: fates[word][1])
    own = table["note"] if "note" in table else pd.Series("", index=table.index)
    # An animal has one fate: the last that is told.
    frame = table.assign(_status=status, _note=note.where(note != "", own))
    ordered = frame.sort_values("day", kind="stable")
    ends = ordered[~ordered["_status"].isin(["", "on_study"])].groupby(keys)[["_status", "_note"]]
    fate = ends.last()
    # The place of each animal's last measurement.
    ordered["_row"] = ordered.index
    last = ordered[ordered[VOLUME].notna()].groupby(keys)["_row"].last()
    at = dict(
        zip(
            last,
            [fate.loc[key].tolist() if key in fate.index else None for key in last.index],
            strict=True,
        )
    )
    told = [at.get(row) for row in frame.index]
    default = own.where(frame["_status"].isin(["", "on_study"]), "")
    frame["status"] = [each[0] if each else "on_study" for each in told]
    frame["note"] = [each[1] if each else text for each, text in zip(told, default, strict=True)]
    out = fate.index[fate["_status"] == "excluded"] if len(fate) else []
    animals = pd.MultiIndex.from_frame(frame[keys])
    kept = frame[~animals.isin(list(out))] if len(out) else frame
    return kept.drop(columns=["_status", "_note"]), unknown, len(out)
