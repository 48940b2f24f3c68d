"""What a study says in words, its answer, kept in its manifest."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from xenosim.analysis.answer import (
    Repeated,
    day_of,
    growth_answer,
    limits,
    tc_line,
    undefined,
)
from xenosim.analysis.power import ALPHA
from xenosim.study.notes import limited_baselines
from xenosim.study.virtual_studies import MOST_ANIMALS, POWER

if TYPE_CHECKING:
    import pandas as pd

    from xenosim.scenario.schema import Scenario

#: At most so many differences between arms are in the answer: those of three arms.
FEW_PAIRS = 3
#: Longest line of the labelled parts, and the room of their labels [characters].
WIDTH, LABEL = 100, 22


def answer_text(
    scenario: Scenario,
    tables: dict[str, pd.DataFrame],
    population: Mapping[str, Any] | None = None,
    ensemble: Mapping[str, Any] | None = None,
) -> str:
    """Each arm against the control, then the differences between arms if they are few, with
    intervals.

    Where a ``population`` was simulated, as the manifest keeps it, three labelled parts for each
    arm: what the drug does in the model, what a study of this size would show, and what this one
    showed; without one a line. ``ensemble``: what parameter sets leave open.
    """
    end, how = scenario.measure.days[-1], Repeated.of(tables)
    table = tables["endpoints"]
    carried = table[table["endpoint"] == "tc_pct_locf"].set_index("arm")
    lines = []
    for row in table[table["endpoint"] == "tc_pct"].itertuples():
        line = tc_line(row, carried, end, how)
        line += _of_limits(scenario, row.arm, tables.get("observations")) if row.n else ""
        if population:
            shown = line.removeprefix(f"{row.arm}: ")
            lines += _three_parts(scenario, row.arm, shown, population, ensemble or {})
        else:
            lines.append(line)
    if "comparison" in tables:
        lines += _differences(tables["comparison"].query("endpoint == 'tc_pct'"), end, how)
    lines += _over_all_pairs(tables)
    lines += over_sets(ensemble) if ensemble and not population else []
    return "\n".join(lines) or growth_answer(scenario.control.name, tables["endpoints"], how)


def _three_parts(
    scenario: Scenario,
    arm: str,
    shown: str,
    population: Mapping[str, Any],
    ensemble: Mapping[str, Any],
) -> list[str]:
    """What the drug of an ``arm`` does in the model, what a study of this size would show, and what
    was ``shown`` by this one.
    """
    return [
        f"{arm}, T/C against {scenario.control.name}",
        *_labelled("in the model", _in_the_model(arm, population, ensemble)),
        *_labelled("a study of this size", _of_this_size(arm, population, bool(ensemble))),
        *_labelled("this simulated study", shown.removeprefix("T/C ")),
    ]


def _labelled(label: str, text: str) -> list[str]:
    """A text beside its label, in lines of at most :data:`WIDTH` characters."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"  {label:{LABEL}}",
        subsequent_indent=" " * (LABEL + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _in_the_model(arm: str, population: Mapping[str, Any], ensemble: Mapping[str, Any]) -> str:
    """T/C of many twin animals, and the interval that the parameters leave."""
    if "failed" in population:
        alone = f"not known: its radial twin cannot be simulated ({population['failed']})"
    else:
        found = next(row for row in population["arms"] if row["arm"] == arm)
        alone = (
            f"{found['tc_pct']:.0f} % ({limits(SimpleNamespace(**_as_interval(found)), '.0f')};"
            f" {population['pairs']} radial twins in both arms, day {population['day']:g})"
        )
    if not ensemble:
        return f"{alone}; parameters as shipped, --ensemble 50 gives the interval they leave"
    return f"{_over(arm, ensemble)}; parameters as shipped {alone}"


def _as_interval(found: Mapping[str, Any]) -> dict[str, float]:
    """The ends of an interval of the manifest, where None stands for none."""
    ends = {"ci_low": found["low"], "ci_high": found["high"]}
    return {name: math.nan if value is None else value for name, value in ends.items()}


def _over(arm: str, ensemble: Mapping[str, Any]) -> str:
    """T/C of an arm over the parameter sets."""
    found = next(row for row in ensemble["arms"] if row["arm"] == arm)
    return (
        f"{found['tc_pct']:.0f} % ({found['low']:.0f} to {found['high']:.0f} in 90 % of"
        f" {sets_text(ensemble)}, {ensemble['pairs']} twins each)"
    )


def sets_text(ensemble: Mapping[str, Any]) -> str:
    """How many parameter sets of which kind.

    Examples
    --------
    >>> sets_text({"sets": 50, "calibrated": True, "stale": False})
    '50 calibrated parameter sets'
    >>> sets_text({"sets": 1, "calibrated": True, "stale": True})
    '1 parameter set calibrated with an earlier model'
    """
    count = f"parameter set{'s' * (ensemble['sets'] != 1)}"
    if not ensemble["calibrated"]:
        return f"{ensemble['sets']} prior {count}"
    if ensemble["stale"]:
        return f"{ensemble['sets']} {count} calibrated with an earlier model"
    return f"{ensemble['sets']} calibrated {count}"


def _of_this_size(arm: str, population: Mapping[str, Any], beside_sets: bool) -> str:
    """What studies of the scenario's size show of an arm, and how many animals it would take; if
    it stands ``beside_sets``, with the word that it is not of them.
    """
    shown = next((row for row in population.get("studies", ()) if row["arm"] == arm), None)
    if "studies" not in population:
        return "not known"
    if shown is None and population["n"] < 2:
        return "one animal in an arm, of which no test says anything"
    if shown is None:
        return (
            f"n = {population['n']} against {population['n']}: not drawn from"
            f" {population['pairs']} twins; --population {population['enough']} is enough"
        )
    needed = shown["needed"]
    takes = f"about {needed}" if needed is not None else f"more than {MOST_ANIMALS}"
    if shown["found"] is None or math.isnan(shown["found"]):
        found = "no test is defined"
    else:
        found = f"{100.0 * shown['found']:.0f} % of studies find a difference (p < {ALPHA:g})"
        if shown["undefined"] > 0.0:
            found += f", {100.0 * shown['undefined']:.0f} % have no test"
    return (
        f"n = {shown['n']} against {shown['n']}{', parameters as shipped' if beside_sets else ''}:"
        f" {shown['low']:.0f} to {shown['high']:.0f} % in 95 % of studies; {found};"
        f" {100.0 * POWER:.0f} % power takes {takes} per arm"
    )


def over_sets(ensemble: Mapping[str, Any]) -> list[str]:
    """A line on T/C of every arm over the parameter sets, and one on the order of arms."""
    head = f"over {sets_text(ensemble)} ({ensemble['pairs']} twins each, day {ensemble['day']:g})"
    arms = "; ".join(
        f"{row['arm']} {row['tc_pct']:.0f} % ({row['low']:.0f} to {row['high']:.0f})"
        for row in ensemble["arms"]
    )
    lines = [f"{head}: T/C {arms}; in brackets 90 % of the sets"] if arms else []
    orders = ensemble["orders"]
    if len(orders) > FEW_PAIRS:
        return [*lines, f"arm against arm: {len(orders)} orders in ensemble.csv"]
    return lines + [order_text(order, ensemble["sets"]) for order in orders]


def order_text(order: Mapping[str, Any], sets: int) -> str:
    """In how many parameter sets an arm is better than another; the one better in more first.

    Examples
    --------
    >>> order_text({"arm": "QW", "than": "BIW", "better": 12, "worse": 38}, 50)
    'BIW better than QW in 38 of 50 parameter sets (76 %)'
    """
    names = (order["arm"], order["than"])
    better, worse = order["better"], order["worse"]
    first, second = names if better >= worse else names[::-1]
    most = max(better, worse)
    equal = sets - better - worse
    tied = f", equal in {equal}" if equal else ""
    share = f"{100.0 * most / sets:.0f} %"
    return f"{first} better than {second} in {most} of {sets} parameter sets ({share}){tied}"


def _of_limits(scenario: Scenario, arm: str, observations: pd.DataFrame | None) -> str:
    """What is said of relative volumes whose baseline is a limit of the method; "" of others."""
    if observations is None:
        return ""
    rows = observations[observations["arm"].isin([arm, scenario.control.name])]
    limited, of = limited_baselines(rows)
    if not limited:
        return ""
    return f"; {limited} of {of} baselines are the method's limit, not the tumors' volume"


def _differences(rows: pd.DataFrame, end: float, how: Repeated) -> list[str]:
    """The differences between treated arms; where they are many, where to find them."""
    if len(rows) > FEW_PAIRS:
        return [f"arm against arm: {len(rows)} differences in comparison.csv"]
    return [
        undefined(row)
        or f"{row.arm}: T/C {row.estimate:+.0f} points ({limits(row, '+.0f', how.interval)};"
        f" median RTV, {day_of(row.day, end)}, {row.note.split(';')[0]}, n = {row.n}{how.each})"
        for row in rows.itertuples()
    ]


def _over_all_pairs(tables: dict[str, pd.DataFrame]) -> list[str]:
    """One line on the effects over all pairs, where animals left that were followed on."""
    pairs = tables.get("all_pairs")
    if pairs is None or "comparison" not in tables or pairs["left_on_day"].isna().all():
        return []
    rows = tables["comparison"].query("endpoint == 'tc_pct_all_pairs'")
    single = rows["arm"].isin(pairs["arm"].unique())
    rows = rows if (~single).sum() <= FEW_PAIRS else rows[single]
    texts, how = [], Repeated.of(tables)
    for row, alone in zip(rows.itertuples(), single[rows.index], strict=True):
        value = f"{row.estimate:.0f} %" if alone else f"{row.estimate:+.0f} points"
        texts.append(f"{row.arm} {value} ({limits(row, '.0f' if alone else '+.0f', how.interval)})")
    first, followed = rows.iloc[0], int(pairs["left_on_day"].notna().sum())
    return [
        f"all pairs, true volumes on day {first['day']:g}, {followed} of {len(pairs)} curves"
        f" followed past the endpoint: T/C {'; '.join(texts)}; median RTV, n = {first['n']}"
        f"{how.each}"
    ]
