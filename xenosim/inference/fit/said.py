"""The first screen of a fit: fitted values, what was learned, what is not identifiable, whether
model and data agree, and how far to trust it.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from xenosim.inference.diagnostics import correlations
from xenosim.inference.fit.agreement import CONTRADICTED, Agreement, agreements, overall
from xenosim.inference.fit.blocks import IC50, VOLUME, WEIGHT
from xenosim.inference.fit.posterior import SMALL, Fit

#: Ends of an interval, of posterior and prior [-].
ENDS = (0.025, 0.975)
#: Share of the prior's width that is gone: from the first on a value is learned, below the second
#: it is not [-].
LEARNED, UNLEARNED = 0.5, 0.2
#: A draw is at an end of the prior in its outermost hundredth; so many of them are said [-].
OUTERMOST, MANY = 0.01, 0.1
#: A median so many standard deviations from the prior's is one that it held unlikely [-].
UNLIKELY = 2.5
#: A correlation above which two parameters are fixed together only [-].
TOGETHER = 0.8
#: Fewest independent draws [-] and largest R-hat of a posterior to be trusted [-].
ENOUGH, MIXED = 200.0, 1.05


class Learned(NamedTuple):
    """Of one parameter: its ``name``, ``unit`` and what was ``stated``; ``low``, ``fitted`` and
    ``high``, ends of the 95 % interval and the value in the middle of all; ``prior_low`` and
    ``prior_high``; ``narrowed``: share of the prior's width that is gone [-]; ``bound``: "lower" or
    "upper" end of the prior at which the draws are, or "".
    """

    name: str
    unit: str
    stated: float
    low: float
    fitted: float
    high: float
    prior_low: float
    prior_high: float
    narrowed: float
    bound: str

    @property
    def verdict(self) -> str:
        """What was learned, in a few words."""
        if self.narrowed >= LEARNED:
            return f"learned: {100.0 * self.narrowed:.0f} % of the prior's width gone"
        if self.narrowed >= UNLEARNED:
            return f"little learned: {100.0 * self.narrowed:.0f} % of the prior's width gone"
        return "not identifiable: as wide as before the data"


def learned(found: Fit) -> list[Learned]:
    """Every parameter's."""
    from scipy.special import ndtri

    told = []
    for k, one in enumerate(found.free):
        z, values = found.z[:, k], found.values[:, k]
        low, high = (float(np.quantile(values, end)) for end in ENDS)
        before = [float(end) for end in one.prior.quantile(np.array(ENDS))]
        width = float(np.quantile(z, ENDS[1]) - np.quantile(z, ENDS[0]))
        narrowed = max(1.0 - width / float(ndtri(ENDS[1]) - ndtri(ENDS[0])), 0.0)
        outer = float(ndtri(OUTERMOST))
        below, above = (z < outer).mean(), (z > -outer).mean()
        bound = "lower" if below > MANY else "upper" if above > MANY else ""
        fitted = float(values[found.middle])
        prior = one.prior
        told.append(
            Learned(
                one.name,
                prior.unit,
                one.stated,
                low,
                fitted,
                high,
                before[0],
                before[1],
                narrowed,
                bound,
            )
        )
    return told


def screen(found: Fit, names: list[str]) -> str:
    """What is printed; ``names`` of the files of data."""
    told, agreed = learned(found), agreements(found)
    return "\n".join(
        [
            f"Fitted to {', '.join(names)}: {counted(found)}",
            "",
            *_table(told),
            "",
            *_unidentified(found, told),
            *_agreement(agreed),
            *_trust(found),
        ]
    )


def counted(found: Fit) -> str:
    """How much was measured."""
    parts = []
    for kind, one, many in (
        (VOLUME, "volume", "volumes"),
        (WEIGHT, "body weight", "body weights"),
        ("plasma", "concentration", "concentrations"),
        (IC50, "IC50", "IC50s"),
    ):
        blocks = [block for block in found.blocks if block.kind == kind]
        if not blocks:
            continue
        n = sum(int(np.isfinite(block.values).sum()) for block in blocks)
        animals = sum(len(block.units) for block in blocks)
        arms = f" of {animals} animal{'s' * (animals > 1)}"
        arms += f" in {len(blocks)} arm{'s' * (len(blocks) > 1)}"
        parts.append(f"{n} {one if n == 1 else many}{arms if kind != IC50 else ''}")
    return ", ".join(parts)


def _table(told: list[Learned]) -> list[str]:
    rows = [("", "scenario", "prior, 95 %", "fitted (95 %)", "")]
    for one in told:
        unit = f" ({one.unit})" if one.unit else ""
        before = f"{one.prior_low:.3g} to {one.prior_high:.3g}"
        after = f"{one.fitted:.3g} ({one.low:.3g} to {one.high:.3g})"
        rows.append((one.name + unit, f"{one.stated:.3g}", before, after, one.verdict))
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    return [
        "  ".join(
            [row[0].ljust(widths[0]), *(row[k].rjust(widths[k]) for k in (1, 2, 3)), row[4]]
        ).rstrip()
        for row in rows
    ]


def _unidentified(found: Fit, told: list[Learned]) -> list[str]:
    """What the data do not fix, and what stands at an end of its prior."""
    lines = []
    lost = [one.name for one in told if one.narrowed < UNLEARNED]
    if lost:
        lines.append(
            f"Not identifiable from these data: {', '.join(lost)}; what stands there is the prior"
        )
    for pair in correlations(found.z, [one.name for one in found.free]):
        if abs(pair["r"]) > TOGETHER:
            a, b = pair["of"]
            way = "both higher" if pair["r"] > 0 else "one higher, the other lower,"
            lines.append(
                f"Only together: {a} and {b} (r = {pair['r']:+.2f}): {way} fit as well; other"
                f" data (--pk, --ic50) tell them apart"
            )
    for k, one in enumerate(told):
        if one.bound:
            end = found.free[k].prior.low if one.bound == "lower" else found.free[k].prior.high
            lines.append(
                f"At its bound: {one.name} is at the {one.bound} end of its prior, {end:.3g}"
                f" {one.unit}".rstrip()
                + ": the data would have it beyond; widen it in problem/parameters.tsv if it may be"
            )
        elif abs(float(np.median(found.z[:, k]))) > UNLIKELY:
            lines.append(
                f"Prior against data: {one.name} is where its prior has {100 * OUTERMOST:g} % or"
                " less; give it another in problem/parameters.tsv if that is known to be wrong"
            )
    return lines or ["All of it is identifiable, each value by itself"]


def _agreement(agreed: list[Agreement]) -> list[str]:
    p = overall(agreed)
    worst = min(agreed, key=lambda one: min(one.p_mean, one.p_spread))
    what = "the mean curve" if worst.p_mean <= worst.p_spread else "the scatter of animals"
    if p < CONTRADICTED:
        return [
            f"The data contradict the model (posterior predictive p {_p(p)}): {what} of"
            f" {worst.label} is not one that it makes, whatever these parameters"
        ]
    return [
        f"Model and data agree: posterior predictive p {_p(p)} over"
        f" {2 * len(agreed)} checks; least of {what}, {worst.label}"
    ]


def _p(p: float) -> str:
    return "below 0.001" if p < 0.001 else f"{p:.2g}"


def _trust(found: Fit) -> list[str]:
    failed = f", {found.failed} of them impossible" if found.failed else ""
    lines = [
        f"{found.points} points simulated{failed} in {found.seconds / 60.0:.1f} min;"
        f" {found.size:.0f} independent draws, R-hat {found.r_hat:.3f}; emulators: ln likelihood to"
        f" {_size(found.error)}; simulated again with other animals, mean curves move by"
        f" {_size(found.chance)} of their error"
    ]
    doubts = []
    if found.size < ENOUGH or found.r_hat > MIXED:
        doubts.append("the chains have not mixed")
    if not max(found.error, found.chance) < 2.0 * SMALL:
        doubts.append("emulators or few simulated animals leave a doubt")
    if doubts:
        lines.append(f"To be taken with care: {'; '.join(doubts)} (--points more makes it surer)")
    return lines


def _size(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "an unknown error"
