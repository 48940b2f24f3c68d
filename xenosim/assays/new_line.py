"""A line from as little as one published IC50: its load from the dish, the rest from its family."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean, median, stdev
from typing import NamedTuple

from xenosim.assays.calibration import (
    DOSES_WITHIN,
    GOOD_FOLD,
    calibrate_cells,
    checked_ic50,
    load_range,
    with_traits,
)
from xenosim.assays.culture import Line, line_of
from xenosim.errors import ParameterError, suggest
from xenosim.parameters.lines import Calibrated, LineRecord, Target, lines
from xenosim.parameters.load import (
    Parameter,
    ParameterSet,
    Source,
    available,
    load_set,
    shipped_line,
    shipped_set,
)
from xenosim.parameters.priors import LOAD_SD_KNOWN
from xenosim.units import quantity

#: Standard normal quantile of 95 % [-]: the interval holds 90 %.
_Z95 = 1.6448536269514722
#: IC50s [nM] and times of exposure [h] that can be.
IC50S_NM, HOURS = (1e-3, 1e6), (1.0, 500.0)
#: Doubling times in culture that can be [h].
DOUBLINGS_H = (1.0, 1000.0)
#: What lines of one cancer share, where they agree.
FAMILY_TRAITS = ("nfkb_sign", "myc_sign")
_IC50 = re.compile(
    r"^\s*(?P<drug>[A-Za-z][\w-]*)\s+(?P<dose>[\d.eE+-]+\s*[^\W\d]+)\s+(?P<time>.+?)\s*$"
)
_REMEDY = 'write e.g. --ic50 "ixazomib 41 nM 48 h": drug, concentration, hours of exposure'


class NewLine(NamedTuple):
    """A line of the user: its parameter ``set``; what was asked and ``found`` of each IC50, the
    load of its own; ``given_nM``: what the line gives for each [nM]; ``notes`` for the reader.
    """

    set: ParameterSet
    cancer: str
    targets: tuple[Target, ...]
    found: tuple[Calibrated, ...]
    given_nM: tuple[float, ...]
    notes: tuple[str, ...]


def parse_ic50(text: str) -> Target:
    """Read "ixazomib 41 nM 48 h".

    Raises
    ------
    XenosimError
        An unknown drug (with the nearest), one that does not inhibit the proteasome, amounts
        without unit or that cannot be.

    Examples
    --------
    >>> parse_ic50("ixazomib 0.041 uM 2 days")
    Target(drug='ixazomib', hours=48.0, ic50_nM=41.0, status='calibrated', bib='UserFile')
    """
    match = _IC50.match(text)
    if match is None:
        raise ParameterError(f"'{text}' is no IC50", where="--ic50", remedy=_REMEDY)
    drug, known = match["drug"].lower(), available("drug")
    if drug not in known:
        raise ParameterError(
            f"there is no drug '{match['drug']}'{suggest(drug, known)}",
            where="--ic50",
            remedy=f"known: {', '.join(known)}",
        )
    if load_set(drug).mechanism != "proteasome_inhibitor":
        raise ParameterError(
            f"an IC50 of {drug} says nothing of the load of a line's proteasomes",
            where="--ic50",
            remedy="give one of a proteasome inhibitor",
        )
    ic50 = float(f"{quantity(match['dose'], 'concentration', where='--ic50'):.12g}")
    hours = float(f"{quantity(match['time'], 'time', where='--ic50'):.12g}")
    if not IC50S_NM[0] <= ic50 <= IC50S_NM[1] or not HOURS[0] <= hours <= HOURS[1]:
        raise ParameterError(
            f"'{text}' cannot be", where="--ic50", remedy="give 0.001 to 1e6 nM, 1 to 500 h"
        )
    return Target(drug, hours, ic50, "calibrated", "UserFile")


def family_of(cancer: str) -> list[LineRecord]:
    """The shipped lines of a cancer, without sublines; ParameterError names the nearest one.

    Examples
    --------
    >>> len(family_of("multiple myeloma")) > 3
    True
    """
    known = {record.cancer.lower(): record.cancer for record in lines().values()}
    if cancer and cancer.lower() not in known:
        raise ParameterError(
            f"no line of the library is of '{cancer}'{suggest(cancer, known.values())}",
            where="--cancer",
            remedy="leave --cancer out, or write one of " + ", ".join(sorted(known.values())),
        )
    return [
        record
        for record in lines().values()
        if cancer and record.cancer.lower() == cancer.lower() and not record.parent
    ]


def line_from_ic50s(
    name: str, targets: Sequence[Target], doubling_h: float | None, cancer: str = ""
) -> NewLine:
    """Calibrate a line on published IC50s, each by itself; its load is their geometric mean.

    Parameters
    ----------
    name : str
        Name of the line.
    targets : sequence of Target
        At least one IC50 of a proteasome inhibitor.
    doubling_h : float, optional
        Doubling time in culture [h]; by default the median of its family, or that of the dish.
    cancer : str
        As the library calls it; the line has the signs of NF-kB and MYC on which all its lines
        agree.

    Raises
    ------
    ParameterError
        No target, an unknown cancer, an absurd doubling time.
    """
    if not targets:
        raise ParameterError("a line needs an IC50", where="--ic50", remedy=_REMEDY)
    family = family_of(cancer)
    values = dict(shipped_set("cell").values) | _shared(family, cancer)
    values["culture_doubling_time"] = _doubling(doubling_h, family, cancer)
    before = ParameterSet(name, "own line", values)
    cells = line_of(before)
    found = [calibrate_cells(cells, target) for target in targets]
    load, low, high = _interval([each.load_mean for each in found])
    responses = [each.bounce_back for each in found if each.bounce_back is not None]
    bounce = fmean(responses) if len(responses) == len(found) else None
    given = _given(cells, load, bounce, targets, found)
    texts = [f"{t.drug} IC50 {t.ic50_nM:g} nM, {t.hours:g} h" for t in targets]
    source = Source("UserFile", "; ".join(texts))
    notes = _notes(targets, found, given, (load, low, high))
    about = f"gives {', '.join(map(said_ic50, given, targets))}; {notes[0]}"
    values["load_mean"] = Parameter("load_mean", load, "", "calibrated", source, (low, high), about)
    if bounce is not None:
        values["bounce_back"] = replace(
            values["bounce_back"], value=round(bounce, 4), status="calibrated", source=source
        )
    made = ParameterSet(name, "line", values, "", cancer)
    return NewLine(made, cancer, tuple(targets), tuple(found), tuple(given), tuple(notes))


def _shared(family: Sequence[LineRecord], cancer: str) -> dict[str, Parameter]:
    """The signs on which the lines of a family agree."""
    found = {}
    for trait in FAMILY_TRAITS:
        own = [shipped_line(record.name).values[trait] for record in family]
        if own and len({p.value for p in own}) == 1 and own[0] != shipped_set("cell").values[trait]:
            note = f"as all {len(own)} lines of {cancer} in the library"
            found[trait] = replace(own[0], status="derived", note=note)
    return found


def _doubling(given: float | None, family: Sequence[LineRecord], cancer: str) -> Parameter:
    if given is not None:
        source, status, note = Source("UserFile", "as given to lines add"), "measured", ""
        value = given
    elif family:
        value, status = float(median(record.doubling_h for record in family)), "assumed"
        source = Source("xenosim2026", "lines.csv")
        note = f"median of {len(family)} lines of {cancer}"
    else:
        value, status = shipped_set("dish").value("doubling_time"), "assumed"
        source, note = Source("xenosim2026", "dish.yaml"), "that of cells without one of their own"
    if not DOUBLINGS_H[0] <= value <= DOUBLINGS_H[1]:
        raise ParameterError(
            f"a doubling time of {value:g} h is absurd", where="--doubling", remedy="1 to 1000 h"
        )
    return Parameter("culture_doubling_time", value, "h", status, source, None, note)


def _interval(loads: Sequence[float]) -> tuple[float, float, float]:
    """Mean load and its 90 % interval [-]: never narrower than what one IC50 leaves open."""
    logs = [math.log(load) for load in loads]
    spread = max(LOAD_SD_KNOWN, stdev(logs) if len(logs) > 1 else 0.0)
    middle = fmean(logs)
    least, most = load_range()
    load = round(math.exp(middle), 4)
    ends = (math.exp(middle - _Z95 * spread), math.exp(middle + _Z95 * spread))
    low, high = (float(f"{min(max(end, least), most):.3g}") for end in ends)
    return load, min(low, load), max(high, load)


def _given(
    cells: Line,
    load: float,
    bounce: float | None,
    targets: Sequence[Target],
    found: Sequence[Calibrated],
) -> list[float]:
    """IC50s that the line gives [nM]; of a single one the calibration has them."""
    if len(targets) == 1:
        return [found[0].ic50_nM]
    return [checked_ic50(with_traits(cells, load, bounce), target) for target in targets]


def said_ic50(ic50_nM: float, target: Target) -> str:
    """An IC50 that the line gives, in words where its curve has no half within the doses.

    Examples
    --------
    >>> [said_ic50(ic50, parse_ic50("ixazomib 30 nM 2 d")) for ic50 in (0.2, 31.0, math.nan)]
    ['below 1 nM', '31 nM', 'none below 900 nM']
    """
    low, high = target.ic50_nM / DOSES_WITHIN, target.ic50_nM * DOSES_WITHIN
    if ic50_nM < low:
        return f"below {low:.3g} nM"
    return f"{ic50_nM:.3g} nM" if ic50_nM <= high else f"none below {high:.3g} nM"


def _notes(
    targets: Sequence[Target],
    found: Sequence[Calibrated],
    given: Sequence[float],
    interval: tuple[float, float, float],
) -> list[str]:
    """The interval, and what does not fit, in words."""
    load, low, high = interval
    count = "one IC50 leaves" if len(targets) == 1 else f"{len(targets)} IC50s leave"
    notes = [f"{count} the load {low:.2g} to {high:.2g} (90 %), {high / low:.1f}-fold: wide"]
    for target, got in zip(targets, given, strict=True):
        fold = got / target.ic50_nM
        # NaN: the curve has no half.
        if not 1 / GOOD_FOLD <= fold <= GOOD_FOLD:
            given_text = said_ic50(got, target)
            notes.append(
                f"{target.drug} {target.ic50_nM:g} nM is missed: the line gives {given_text}"
            )
    loads = [each.load_mean for each in found]
    if max(loads) > GOOD_FOLD * min(loads):
        asked = ", ".join(
            f"{t.drug} {t.ic50_nM:g} nM {t.hours:g} h asks {each.load_mean:.3g}"
            for t, each in zip(targets, found, strict=True)
        )
        notes.append(f"the IC50s contradict each other, load by load: {asked}; {load:.3g} is used")
    notes += [f"{t.drug}: {each.note}" for t, each in zip(targets, found, strict=True) if each.note]
    return notes
