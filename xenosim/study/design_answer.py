"""A design in words: animals per arm for a power, and the power curve, as tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from xenosim.analysis.power import INDEPENDENT, PAIRED, SHUFFLED, TESTS
from xenosim.analysis.shuffled import smallest_p

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.analysis.sequential import Interim

#: Share of studies below which a look hardly ever stops one [-].
HARDLY = 0.01
#: Most sizes of a power curve that are printed; the table has all [-].
SHOWN = 10
#: Widths of the first column and of a number of animals [-].
FIRST, WIDTH = 24, 25


def answer_text(power: pd.DataFrame, needed: pd.DataFrame) -> str:
    """What a design says.

    Parameters
    ----------
    power : DataFrame
        Table ``power`` of a design.
    needed : DataFrame
        As of :func:`~xenosim.analysis.needed.needed_table`.
    """
    blocks = ["\n".join(_arm(part, needed)) for _, part in power.groupby("arm", sort=False)]
    labels = [f"  {test}: {TESTS[test].label}" for test in dict.fromkeys(power["test"])]
    looks = [d for d in dict.fromkeys(power["design"]) if d not in (INDEPENDENT, PAIRED)]
    return "\n\n".join([*blocks, "\n".join([*labels, *(f"  one look: {d}" for d in looks)])])


def _arm(power: pd.DataFrame, needed: pd.DataFrame) -> Iterator[str]:
    """The lines of one arm."""
    arm, control = power["arm"].iloc[0], power["control"].iloc[0]
    own = needed[needed["arm"] == arm]
    targets = list(dict.fromkeys(own["target"]))
    heads = "".join(f"{f'{100 * target:g} % power':{WIDTH}}" for target in targets)
    yield f"{arm} against {control}"
    forms = ", ".join(f"{100 * target:g}" for target in targets)
    yield f"{'  animals per arm for':{FIRST}}{heads}closed form ({forms} %)"
    for (design, test), rows in own.groupby(["design", "test"], sort=False):
        told = "".join(f"{_range(row):{WIDTH}}" for row in rows.to_dict("records"))
        yield f"{_name(test, design):{FIRST}}{told}{_closed(rows)}".rstrip()
    sizes = _some(sorted(set(power["n"])))
    heads = "".join(f"{f'n = {n}' if n == sizes[0] else n:>7}" for n in sizes)
    yield f"{'  power (%) with':{FIRST}}{heads}   the last one"
    looked: list[str] = []
    for (design, test), rows in power.groupby(["design", "test"], sort=False):
        by_size = {row["n"]: row for row in rows.to_dict("records")}
        shares = "".join(f"{_percent(by_size[n]['power']):>7}" for n in sizes)
        yield f"{_name(test, design):{FIRST}}{shares}   {_last(by_size[sizes[-1]])}"
        looked += _look(_name(test, design), by_size[sizes[-1]])
    yield from looked


def _name(test: str, design: str) -> str:
    """A row's name, indented."""
    return f"    {test}" + {INDEPENDENT: "", PAIRED: ", pairs"}.get(design, ", one look")


def _some(sizes: list[int]) -> list[int]:
    """At most :data:`SHOWN` of the sizes, evenly, with both ends.

    Examples
    --------
    >>> _some([4, 6, 8]), len(_some(list(range(4, 40))))
    ([4, 6, 8], 10)
    """
    places = np.linspace(0, len(sizes) - 1, min(SHOWN, len(sizes))).round().astype(int)
    return [sizes[place] for place in places]


def _range(row: dict[Any, Any]) -> str:
    """A number of animals with what its interval leaves.

    Examples
    --------
    >>> tried = {"smallest_tried": 4.0, "largest_tried": 16.0}
    >>> _range({"n": 12.0, "n_low": 9.0, "n_high": math.inf} | tried)
    '12 (9 to over 16)'
    >>> _range({"n": math.inf, "n_low": math.inf, "n_high": math.inf} | tried)
    'over 16'
    """
    n, low, high = (_count(row[name], row) for name in ("n", "n_low", "n_high"))
    return n if low == n == high else f"{n} ({low} to {high})"


def _count(n: float, row: dict[Any, Any]) -> str:
    """A number of animals, as far as the sizes tried can tell."""
    if math.isinf(n):
        return f"over {row['largest_tried']:g}"
    return f"{n:g} or fewer" if n <= row["smallest_tried"] else f"{n:g}"


def _closed(rows: pd.DataFrame) -> str:
    """Numbers of animals by the closed form; none where there is no form."""
    known = rows["closed_form_n"].dropna()
    return ", ".join("none" if math.isinf(n) else f"{n:g}" for n in known)


def _percent(share: float) -> str:
    """A share without its unit; a dash where no study had an answer."""
    return "-" if math.isnan(share) else f"{100 * share:.0f}"


def _last(row: dict[Any, Any]) -> str:
    """The largest study: interval, closed form, and what is found without an effect."""
    if math.isnan(row["power"]):
        return "no study had an answer"
    parts = [f"{_percent(row['ci_low'])} to {_percent(row['ci_high'])}"]
    closed, none = row["closed_form"], row["type_1_error"]
    parts += [] if math.isnan(closed) else [f"closed form {_percent(closed)}"]
    parts += [] if math.isnan(none) else [f"without effect {100 * none:.1f}"]
    return ", ".join(parts)


def _look(name: str, row: dict[Any, Any]) -> Iterator[str]:
    """What stopping early does in the largest study; nothing without a look."""
    saved = row.get("animals_saved", math.nan)
    if math.isnan(saved):
        return
    text = (
        f"{name}, n = {row['n']}: {100 * row['stopped_early']:.0f} % of studies stop early,"
        f" {100 * saved:.0f} % of animals saved"
    )
    if not math.isnan(row["bias_stopped_pct"]):
        text += (
            f"; effects of those stopped are {row['bias_stopped_pct']:+.0f} % off, of all"
            f" {row['bias_pct']:+.0f} %"
        )
    yield text


def look_notes(power: pd.DataFrame, look: Interim) -> Iterator[str]:
    """What is said of a look that cannot stop a study, or hardly ever does.

    Parameters
    ----------
    power : DataFrame
        Table ``power`` of a design with this look.
    look : Interim
        The look.
    """
    level = look.levels[0]
    looked = power[power["design"] == look.text]
    for test, rows in looked.groupby("test", sort=False):
        sizes = sorted(set(rows["n"]))
        unable = [n for n in sizes if test in SHUFFLED and smallest_p(look.animals(n)) > level]
        if unable:
            most = look.animals(unable[-1])
            yield (
                f"{test} cannot stop at the look up to n = {unable[-1]}: of {most} animals per arm"
                f" no p is below {smallest_p(most):.2g}, and the look asks for {level:.2g}"
            )
        stopped = rows.groupby("n")["stopped_early"].max()
        rare = [n for n in sizes if n not in unable and stopped[n] < HARDLY]
        if rare:
            yield (
                f"{test} hardly ever stops at the look with n = {', '.join(map(str, rare))}: in at"
                f" most {100 * stopped[rare].max():.1f} % of studies; it saves nothing there"
            )
