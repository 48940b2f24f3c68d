"""Perturbations: knock-out, knock-down, over-expression and mutation of a node, as changes of
parameters (MODEL.md P12).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from xenosim.errors import ParameterError, suggest
from xenosim.parameters.lines import find_line
from xenosim.parameters.load import ParameterSet, Source, available, load_set

#: What scales with the remaining activity of a node: parameter, and how ("level": in proportion;
#: "inverse"; the name of a share: that share of it).
EFFECTS: dict[str, tuple[tuple[str, str], ...]] = {
    "PERK": (("noxa_gain", "level"), ("dr5", "level"), ("mcl1_induction", "level")),
    "ATF4": (("noxa_gain", "level"), ("dr5", "level"), ("mcl1_induction", "level")),
    "CHOP": (("dr5", "level"),),
    "IRE1": (("jnk_gain", "level"),),
    "TRAF2": (("jnk_gain", "level"),),
    "JNK": (("jnk_gain", "level"),),
    "ATF6": (("chaperone_gain", "level"),),
    "BIP": (("chaperone_gain", "level"),),
    "MYC": (("myc", "level"),),
    "NOXA": (("myc", "level"),),
    "BAX/BAK": (("mitochondrial_arm", "level"),),
    "CASP9": (("mitochondrial_arm", "level"),),
    "DR5": (("dr5", "level"),),
    "FADD": (("receptor_arm", "level"),),
    "CASP8": (("receptor_arm", "level"),),
    "TRAIL": (("receptor_arm", "level"),),
    "MCL1": (("threshold_mean", "mcl1_share"), ("mcl1_induction", "level")),
    "BCL2": (("threshold_mean", "bcl2_share"),),
    "CIAP": (("threshold_mean", "ciap_share"),),
    "IKBA": (("nfkb_inhibition_gain", "level"),),
    "NRF1": (("bounce_back", "level"),),
    "PSMB5": (("load_mean", "inverse"),),
    "SYNTHESIS": (("load_mean", "level"),),
    "AUTOPHAGY": (("load_clearance", "level"),),
    "CRBN": (("ikzf_degradation", "level"), ("lenalidomide_load_gain", "level")),
}
#: Nodes named after the same thing.
SAME = {
    "EIF2AK3": "PERK",
    "DDIT3": "CHOP",
    "PMAIP1": "NOXA",
    "HSPA5": "BIP",
    "GRP78": "BIP",
    "TNFRSF10B": "DR5",
    "MCL-1": "MCL1",
    "BCL-2": "BCL2",
    "C-MYC": "MYC",
    "CASPASE-8": "CASP8",
    "CASPASE-9": "CASP9",
    "NFE2L1": "NRF1",
    "C-IAP": "CIAP",
    "IKB": "IKBA",
    "MAPK8": "JNK",
}
#: Nodes whose knock-out no cell survives.
VITAL = ("PSMB5", "SYNTHESIS", "AUTOPHAGY")
_REMEDY = 'write "CHOP=ko", "NOXA=kd:0.8" (80 % removed), "MCL1=oe:3" (three-fold) or "PSMB5=A49T"'


class Perturbation(NamedTuple):
    """``node``, its remaining activity ``level`` [-] (0 knock-out, 1 unchanged) and ``mutation`` of
    PSMB5 or "".
    """

    node: str
    level: float
    mutation: str = ""

    def __str__(self) -> str:
        if self.mutation:
            return f"{self.node}={self.mutation}"
        if self.level == 0:
            return f"{self.node}=ko"
        if self.level < 1:
            return f"{self.node}=kd:{1 - self.level:g}"
        return f"{self.node}=oe:{self.level:g}"


def parse_perturbations(texts: Sequence[str], where: str = "--perturb") -> tuple[Perturbation, ...]:
    """Read "NODE=ko", "NODE=kd:0.8", "NODE=oe:3", "PSMB5=A49T".

    Raises
    ------
    ParameterError
        Unknown nodes or mutations (with the nearest name), impossible amounts, two perturbations of
        one node.

    Examples
    --------
    >>> parse_perturbations(["NOXA=kd:0.8"])[0].level
    0.19999999999999996
    """
    found: list[Perturbation] = []
    for text in texts:
        perturbation = _parse(text, where)
        for other in found:
            _check_together(perturbation, other, text, where)
        found.append(perturbation)
    return tuple(found)


def _check_together(new: Perturbation, other: Perturbation, text: str, where: str) -> None:
    """Refuse two perturbations of one node, or opposite ones of one parameter."""
    if (new.node, bool(new.mutation)) == (other.node, bool(other.mutation)):
        raise ParameterError(
            f"'{text}' contradicts '{other}'",
            where=where,
            remedy="keep one perturbation per node",
        )
    if new.mutation or other.mutation or (new.level - 1.0) * (other.level - 1.0) >= 0:
        return
    shared = {name for name, _ in EFFECTS[new.node]} & {name for name, _ in EFFECTS[other.node]}
    if shared:
        raise ParameterError(
            f"'{text}' contradicts '{other}': both act on {', '.join(sorted(shared))}",
            where=where,
            remedy="keep one of them",
        )


def _parse(text: str, where: str) -> Perturbation:
    node, equals, value = (part.strip() for part in text.partition("="))
    node = SAME.get(node.upper(), node.upper())
    if node in ("BAX", "BAK"):
        raise ParameterError(
            f"{node} alone changes nothing: BAX and BAK stand in for each other",
            where=where,
            remedy='write "BAX/BAK=ko"',
        )
    if not equals or not value:
        raise ParameterError(f"'{text}' is not a perturbation", where=where, remedy=_REMEDY)
    if node not in EFFECTS:
        raise ParameterError(
            f"unknown node '{node}'{suggest(node, EFFECTS)}",
            where=where,
            remedy=f"one of {', '.join(EFFECTS)}",
        )
    if node == "PSMB5" and value.upper() in mutation_folds():
        return Perturbation(node, 1.0, value.upper())
    return Perturbation(node, _level(node, value, where))


def _level(node: str, value: str, where: str) -> float:
    """Remaining activity [-] of "ko", "kd:0.8" or "oe:3"; amounts count with six digits, as they
    are written.
    """
    if value.lower() == "ko" and node in VITAL:
        raise ParameterError(
            f"cells do not live without {node}", where=where, remedy=f'write e.g. "{node}=kd:0.5"'
        )
    if value.lower() == "ko":
        return 0.0
    match = re.fullmatch(r"(kd|oe):(\d*\.?\d+(?:e-?\d{1,2})?)", value.lower())
    if match is None:
        known = f"mutations of PSMB5: {', '.join(mutation_folds())}" if node == "PSMB5" else _REMEDY
        raise ParameterError(
            f"'{value}' is neither ko, kd, oe nor a known mutation", where=where, remedy=known
        )
    amount = float(f"{float(match[2]):g}")
    if match[1] == "kd" and not 0 < amount < 1:
        raise ParameterError(
            f"a knock-down by {amount:g}",
            where=where,
            remedy="give the removed share, between 0 and 1",
        )
    if match[1] == "oe" and not 1 < amount <= 1000:
        raise ParameterError(
            f"an over-expression by {amount:g}",
            where=where,
            remedy="give a factor between 1 and 1000",
        )
    return 1.0 - amount if match[1] == "kd" else amount


def perturbed(parameters: ParameterSet, perturbations: Sequence[Perturbation]) -> ParameterSet:
    """The parameter set under perturbations; what changed is ``assumed`` and says why. Mutations
    act through :func:`kd_folds`.
    """
    values = dict(parameters.values)
    for perturbation in perturbations:
        for name, how in EFFECTS[perturbation.node] if not perturbation.mutation else ():
            old, level = values[name], perturbation.level
            factor = {
                "level": level,
                "inverse": 1.0 / level if level else 1.0,
            }.get(how)
            if factor is None:
                factor = 1.0 + parameters.value(how) * (level - 1.0)
            note = f"{perturbation}: {old.value:g} x {factor:.3g}"
            values[name] = replace(
                old,
                value=old.value * factor,
                status="assumed",
                source=Source("xenosim2026", "perturbation"),
                note=note,
            )
    return replace(parameters, values=values)


def of_line(name: str, given: Sequence[Perturbation]) -> tuple[Perturbation, ...]:
    """The perturbations of a subline of the library, then those ``given``, which take precedence
    over them.
    """
    own = find_line(name).perturb
    changed = {(p.node, bool(p.mutation)) for p in given}
    kept = [
        p
        for p in parse_perturbations([own] if own else [], "lines.csv")
        if (p.node, bool(p.mutation)) not in changed
    ]
    return (*kept, *given)


@cache
def mutation_folds() -> dict[str, dict[str, float]]:
    """Factor on Kd of each drug [-] by mutation of PSMB5: the sets of ``parameters/mutations``."""
    return {name: _folds_of(load_set(name)) for name in available("mutation")}


def _folds_of(mutation: ParameterSet) -> dict[str, float]:
    return {name.removeprefix("kd_fold_"): p.value for name, p in mutation.values.items()}


def kd_folds(
    perturbations: Sequence[Perturbation], sets: Mapping[str, ParameterSet] | None = None
) -> dict[str, float]:
    """Factor on Kd of each drug [-] that the mutations give; ``sets``: the parameters of each
    mutation, the shipped ones by default.
    """
    folds: dict[str, float] = {}
    for name in (p.mutation for p in perturbations if p.mutation):
        folds |= mutation_folds()[name] if sets is None else _folds_of(sets[name])
    return folds


def mutations(perturbations: Sequence[Perturbation]) -> tuple[str, ...]:
    """Names of the mutations among perturbations, e.g. "PSMB5 A49T"."""
    return tuple(f"{p.node} {p.mutation}" for p in perturbations if p.mutation)


def node_levels(perturbations: Sequence[Perturbation]) -> dict[str, float]:
    """Remaining activity of each perturbed node [-], for the read-outs."""
    return {p.node: p.level for p in perturbations if not p.mutation}
