"""What the columns of a laboratory's table are: names of other programs, words of the trade, units
in headers, and what the user says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from xenosim.errors import TableError, suggest

#: Factors to the unit of each quantity, by the unit as it is written in lower case.
VOLUME = {"mm3": 1.0, "ul": 1.0, "µl": 1.0, "μl": 1.0, "cm3": 1e3, "cc": 1e3, "ml": 1e3}
LENGTH = {"mm": 1.0, "cm": 10.0}
#: Of length and width in one cell.
BOTH = {"mm": 1.0, "mmxmm": 1.0, "cm": 10.0, "cmxcm": 10.0}
WEIGHT = {"g": 1.0, "kg": 1e3, "mg": 1e-3}
TIME = {
    **dict.fromkeys(("d", "day", "days"), 1.0),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 1.0 / 24.0),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), 7.0),
}
#: Length and width in one cell, "8.1 x 6.3".
AXES = "axes_mm"
#: Units of each column that has one.
UNITS = {
    AXES: BOTH,
    "tumor_volume_mm3": VOLUME,
    "length_mm": LENGTH,
    "width_mm": LENGTH,
    "body_weight_g": WEIGHT,
    "day": TIME,
}
#: Names that need no confirmation: those of xenosim's own tables, SynergyLMM, Xeva and
#: mouseExperiment.
KNOWN = {
    "arm": ("arm", "treatment", "drug", "group"),
    "animal_id": (
        *("animal id", "subject", "sample id", "model id", "model", "mouse id", "mouse", "id"),
        "animal",
    ),
    "day": ("day", "time"),
    "date": ("date",),
    "tumor_volume_mm3": ("tumor volume", "volume", "tv"),
    "length_mm": ("length",),
    "width_mm": ("width",),
    AXES: ("length x width", "l x w", "lx w", "lxw"),
    "body_weight_g": ("body weight", "bw"),
    "status": ("status",),
    "note": ("note",),
    "cage": ("cage",),
    "sex": ("sex",),
    "replicate": ("replicate",),
    "is_censored": ("is censored",),
}
#: Further words for the same, which a reader may mean otherwise: they are shown and confirmed.
GUESSED = {
    "arm": (
        *("treatment group", "group name", "study group", "dose group", "treatment arm", "cohort"),
        *("arm name", "group id", "trt", "regimen", "compound"),
    ),
    "animal_id": (
        *("animal number", "animal no", "animal name", "mouse number", "mouse no", "mouse name"),
        *("subject id", "ear tag", "tag", "animal #", "mouse #", "unique id", "number"),
    ),
    "day": (
        *("days", "study day", "day of study", "days on study", "days post treatment", "t"),
        *("days after treatment", "day post treatment", "days from first dose", "dpt"),
        *("days post implant", "days post inoculation", "dpi", "week", "weeks"),
    ),
    "date": ("measurement date", "date measured", "day date", "measured on"),
    AXES: ("dimensions", "tumor dimensions", "axes", "diameters", "calipers"),
    "tumor_volume_mm3": (
        "tumor volumes",
        "volumes",
        "tumor size",
        "size",
        "vol",
        "tumor",
        "volume calc",
        "calculated volume",
    ),
    "length_mm": ("tumor length", "l", "longest diameter", "long axis", "d1", "longest"),
    "width_mm": ("tumor width", "w", "shortest diameter", "short axis", "d2", "shortest"),
    "body_weight_g": ("bodyweight", "weight", "mouse weight", "animal weight"),
    "status": (
        *("fate", "disposition", "removal reason", "reason", "reason for removal", "outcome"),
        *("cause of death", "removal", "survival status", "termination reason"),
    ),
    "removed_on": ("removal day", "day removed", "day of death", "death day", "removed on"),
    "note": ("notes", "comment", "comments", "remark", "remarks"),
    "cage": ("cage id", "cage number", "cage no", "housing"),
    "sex": ("gender",),
}
ROLES = tuple(dict.fromkeys((*KNOWN, *GUESSED)))


class Header(NamedTuple):
    """What a header says: the column that it is ("" if no word is known), the factor to that
    column's unit (None: no unit stated), and whether the word needs no confirmation.
    """

    role: str
    factor: float | None = None
    known: bool = False


def _plain(text: str) -> str:
    """A header in small letters without signs between its words.

    Examples
    --------
    >>> _plain("TumorVolume"), _plain("model.id"), _plain("Tumour_volume")
    ('tumor volume', 'model id', 'tumor volume')
    """
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text.replace("³", "3").replace("^3", "3"))
    text = re.sub(r"\s*[×*]\s*", " x ", text)
    text = re.sub(r"[\s._\-:,]+", " ", text).strip().casefold()
    return text.replace("tumour", "tumor")


def read_header(text: str) -> Header:
    """What one header says; a unit stands behind the name, in brackets or not.

    Raises
    ------
    TableError
        A unit in brackets that the column cannot have.

    Examples
    --------
    >>> read_header("TV (cm^3)"), read_header("Mouse"), read_header("Cohort").known
    (Header(role='tumor_volume_mm3', factor=1000.0, known=True), \
Header(role='animal_id', factor=None, known=True), False)
    """
    bracketed = re.fullmatch(r"(.*?)\s*[(\[{]\s*([^()\[\]{}]*?)\s*[)\]}]\s*", text)
    name, unit = bracketed.groups() if bracketed else (text, "")
    plain, unit = _plain(name), _plain(unit).replace(" ", "")
    role, known = _role(plain)
    if not unit and (not role or role not in UNITS):
        words = plain.split(" ")
        for cut in (1, 2):
            shorter, tail = " ".join(words[:-cut]), "".join(words[-cut:])
            found, is_known = _role(shorter)
            if found and tail in UNITS.get(found, ()):
                role, known, unit = found, is_known, tail
                break
    if role == "day" and not unit and plain in ("week", "weeks"):
        unit = "weeks"
    if role == "tumor_volume_mm3" and unit in BOTH:
        role, known = AXES, known or "x" in unit
    if role in UNITS and plain == role.replace("_", " ") and "_" in role:
        unit = unit or role.rpartition("_")[2]
    if not role or not unit or role not in UNITS:
        return Header(role, None, known)
    if unit not in UNITS[role]:
        raise TableError(
            f"the unit '{unit}' of '{text}' is not known",
            where="header",
            remedy=f"units of that column are {', '.join(UNITS[role])}",
        )
    return Header(role, UNITS[role][unit], known)


def _role(plain: str) -> tuple[str, bool]:
    """The column that a name means and whether it needs no confirmation."""
    for names, known in ((KNOWN, True), (GUESSED, False)):
        for role, words in names.items():
            if plain in words or plain == role.replace("_", " "):
                return role, known
    return "", False


@dataclass
class Columns:
    """The columns of a header: ``place`` of each in the row and ``factor`` to its unit, by what
    they are; ``guessed`` those whose name needs confirmation, ``left`` the names of all others.
    """

    place: dict[str, int] = field(default_factory=dict)
    factor: dict[str, float | None] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def has(self, *roles: str) -> bool:
        """Whether all these columns are there."""
        return all(role in self.place for role in roles)

    def is_long(self, value: str) -> bool:
        """Whether they make a table of ``value`` with one row per animal and day; a volume may be
        given by its axes.
        """
        dated = self.has("day") or self.has("date")
        axes = value == "tumor_volume_mm3" and (self.has("length_mm", "width_mm") or self.has(AXES))
        return self.has("animal_id") and dated and (self.has(value) or axes)


def read_columns(names: Sequence[str], mapping: dict[str, str], where: str) -> Columns:
    """What the columns of a header are.

    Parameters
    ----------
    names : sequence of str
        The header.
    mapping : dict of str to str
        What the user says: name in the file of each column.
    where : str
        The file, for errors.

    Raises
    ------
    TableError
        A mapping of or to something that is not there, two columns for the same, a unit that a
        column cannot have.
    """
    found = Columns()
    for role, place, factor in _mapped(names, mapping, where):
        found.place[role], found.factor[role] = place, factor
    candidates: dict[str, list[tuple[int, Header]]] = {}
    for place, name in enumerate(names):
        if place in found.place.values() or not name:
            continue
        header = _read(name, where)
        if header.role and header.role not in found.place:
            candidates.setdefault(header.role, []).append((place, header))
        else:
            found.left.append(name)
    for role, several in candidates.items():
        first = [each for each in several if each[1].known] or several
        if len(first) > 1:
            said = ", ".join(f"'{names[place]}'" for place, _ in first)
            raise TableError(
                f"{said} may each be {role}",
                where=where,
                remedy=f'say which: --map "{names[first[0][0]]}={role}"',
            )
        (place, header) = first[0]
        found.place[role], found.factor[role] = place, header.factor
        found.guessed += [] if header.known else [role]
        found.left += [names[other] for other, _ in several if other != place]
    return found


def _mapped(
    names: Sequence[str], mapping: dict[str, str], where: str
) -> list[tuple[str, int, float | None]]:
    """What the user says of columns: what each is, its place, its factor."""
    lower = [name.casefold() for name in names]
    places = []
    taken: dict[str, str] = {}
    for ours, theirs in mapping.items():
        said = Header(ours, None, True) if ours in ROLES else _read(ours, "--map")
        if not said.role:
            raise TableError(
                f"the mapping names a column '{ours}'{suggest(ours, ROLES)}",
                where="mapping",
                remedy=f"the columns are {', '.join(ROLES)}",
            )
        if theirs.casefold() not in lower:
            raise TableError(
                f"missing column {theirs} ({ours}){suggest(theirs, names)}",
                where=where,
                remedy=f"add or rename it; the table has {', '.join(filter(None, names))[:300]}",
            )
        if said.role in taken:
            raise TableError(
                f"'{taken[said.role]}' and '{theirs}' are both said to be {said.role}",
                where="mapping",
                remedy="name one",
            )
        taken[said.role] = theirs
        place = names.index(theirs) if theirs in names else lower.index(theirs.casefold())
        places.append((said.role, place, _unit_of(said, theirs)))
    return places


def _unit_of(said: Header, theirs: str) -> float | None:
    """The factor that the header states, else the one of the mapping."""
    units = UNITS.get(said.role, {})
    tail = re.search(r"[(\[\s_.]([^()\[\]\s_.]+)[)\]]?\s*$", theirs.replace("^", ""))
    unit = _plain(tail[1]).replace(" ", "") if tail else ""
    return units[unit] if unit in units else said.factor


def _read(name: str, where: str) -> Header:
    try:
        return read_header(name)
    except TableError as error:
        raise TableError(error.message, where=where, remedy=error.remedy) from None
