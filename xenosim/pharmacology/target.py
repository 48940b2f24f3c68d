"""From drug parameters to binding constants, and from a medium to a concentration profile (MODEL.md
P2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.parameters.load import ParameterSet
from xenosim.pharmacology.effects import DIRECT, direct_drug
from xenosim.pharmacology.exposure import TargetBinding
from xenosim.pharmacology.plasma import PlasmaProfile


def binding(
    drugs: Mapping[str, ParameterSet], sites: float, kdeg: float, free: str = "fu"
) -> TargetBinding:
    """Binding constants of the drugs at ``sites`` [nM] with turnover ``kdeg`` [1/h].

    Parameters
    ----------
    drugs : mapping
        Parameter set of every drug, by name.
    sites, kdeg : float
        beta5 sites [nM] and their turnover [1/h].
    free : str
        Parameter that holds the free fraction: ``fu`` in plasma, ``fu_medium`` in medium with 10 %
        serum.
    """
    inhibitors = tuple(
        name for name, drug in drugs.items() if drug.mechanism == "proteasome_inhibitor"
    )
    cereblon = next(
        (name for name, drug in drugs.items() if drug.mechanism == "cereblon_modulator"), ""
    )

    def column(value: Callable[[ParameterSet], float]) -> NDArray[np.float64]:
        return np.array([value(drugs[name]) for name in inhibitors])

    def kon(drug: ParameterSet) -> float:
        return (
            drug.value("koff") / drug.value("kd")
            if "kd" in drug.values
            else drug.value("kinact_ki")
        )

    return TargetBinding(
        inhibitors,
        sites,
        kdeg,
        column(kon),
        column(lambda d: d.value("koff") if "koff" in d.values else 0.0),
        column(lambda d: d.value(free)),
        cereblon,
        drugs[cereblon].value("kd_crbn") if cereblon else 1.0,
        drugs[cereblon].value(free) if cereblon else 1.0,
        tuple(
            direct_drug(name, drug, free)
            for name, drug in drugs.items()
            if drug.mechanism == DIRECT
        ),
    )


def clone_folds(kd_folds: Mapping[str, float], inhibitors: Sequence[str]) -> NDArray[np.float64]:
    """Factor on Kd per clone and inhibitor [-], shape (n_clones, n_inhibitors): the wild type, then
    the mutant if there is one.
    """
    folds = np.ones((2 if kd_folds else 1, len(inhibitors)))
    if kd_folds:
        folds[1] = [kd_folds.get(name, 1.0) for name in inhibitors]
    return folds


class Pulse(NamedTuple):
    """A drug in the medium at ``concentration_nM`` [nM] from ``start_h`` to ``end_h`` [h]."""

    drug: str
    concentration_nM: float
    start_h: float
    end_h: float


def medium_decay(drug: ParameterSet) -> float:
    """Rate at which a drug is lost in medium [1/h]; 0 of one that is stable there."""
    if "medium_half_life" not in drug.values:
        return 0.0
    return float(np.log(2.0) / drug.value("medium_half_life"))


def medium_profile(pulses: Sequence[Pulse], decay_per_h: float = 0.0) -> PlasmaProfile:
    """Total concentration of one drug in the medium [nM]: lost at ``decay_per_h`` [1/h] between
    additions and wash-outs; overlapping pulses add up.
    """
    times = sorted(
        {time for pulse in pulses for time in (pulse.start_h, pulse.end_h) if np.isfinite(time)}
    )
    levels = [
        sum(
            p.concentration_nM * np.exp(-decay_per_h * (time - p.start_h))
            for p in pulses
            if p.start_h <= time < p.end_h
        )
        for time in times
    ]
    return PlasmaProfile(
        np.array(times),
        np.array(levels).reshape(-1, 1),
        np.array([decay_per_h]),
        np.zeros(1),
        np.zeros((len(times), 0)),
        np.zeros(0),
    )
