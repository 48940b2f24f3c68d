"""What is believed of each uncertain parameter before any data: a distribution over its range.

A range of more than three-fold is a scale that is not known: a log-normal distribution about the
shipped value, of which the range would hold 90 %, cut at the ends of the range. Any other range,
and one that begins at 0, is uniform. The mean load of a model is log-normal about its shipped
value, with the spread of :func:`load_sd`.
"""

from __future__ import annotations

import math
from functools import cache
from typing import NamedTuple

import numpy as np

from xenosim.errors import ParameterError
from xenosim.parameters.lines import lines
from xenosim.parameters.load import Parameter, shipped_names, shipped_set
from xenosim.parameters.shelf import own_set

#: Parameters that decide what a drug does to a tumor, by set; all that a calibration moves.
UNCERTAIN = {
    "cell": (
        "capacity_rate",
        "bounce_back",
        "load_clearance",
        "load_cv",
        "stress_half_load",
        "chaperone_gain",
        "myc_inhibition_gain",
        "noxa_gain",
        "dr5",
        "commitment_rate",
        "commitment_decay",
        "threshold_mean",
        "threshold_cv",
        "mcl1_induction",
        "trait_mixing_rate",
        "cycle_stress_gain",
        "cycle_inhibition_gain",
        "killed_clearance_time",
    ),
    "ixazomib": ("cl", "fu", "fu_medium", "kd"),
    "bortezomib": ("cl", "fu", "fu_medium", "kd"),
    "tumor": ("vessel_exchange",),
}
#: Models whose xenografts calibrate; each has a load of its own.
CALIBRATED_MODELS = ("oci_ly10", "wsu_dlcl2")
#: Standard deviation of ln load of a line with a published IC50, and of one without [-]: between
#: models of one IC50, and between lines of one family.
LOAD_SD_KNOWN, LOAD_SD_UNKNOWN = 0.35, 0.5
#: A range wider than this is one of scale [fold].
WIDE_FOLD = 3.0
#: Key in references.bib of what a user states.
USER = "UserFile"
#: Standard normal quantile of 95 % [-]: a range holds 90 % of a scale.
Z95 = 1.6448536269514722


class Prior(NamedTuple):
    """The distribution of parameter ``name`` of ``set`` in its internal ``unit``, within ``low``
    to ``high``: uniform where ``sd`` is 0, else log-normal of median ``center``, ``sd`` that of
    the logarithm [-].
    """

    set: str
    name: str
    unit: str
    low: float
    high: float
    center: float
    sd: float

    @property
    def column(self) -> str:
        """Its name in a table of draws, e.g. "cell.bounce_back"."""
        return f"{self.set}.{self.name}"

    @property
    def shape(self) -> str:
        """The distribution in words."""
        return "log-normal" if self.sd else "uniform"

    def quantile(self, share: np.ndarray) -> np.ndarray:
        """Values (n,) below which ``share`` (n,) of the distribution lies [-]."""
        from scipy.special import ndtr, ndtri

        if not self.sd:
            return self.low + (self.high - self.low) * np.asarray(share)
        ends = ndtr(np.log(np.array([self.low, self.high]) / self.center) / self.sd)
        z = ndtri(ends[0] + (ends[1] - ends[0]) * np.asarray(share))
        return np.clip(self.center * np.exp(self.sd * z), self.low, self.high)


def load_sd(line: str) -> float:
    """Spread of ln load [-] before any data in vivo; ``line``: name in the library, or "". Of a
    line of the user, that of which its range holds 90 %.

    Examples
    --------
    >>> load_sd("Jurkat"), load_sd("")
    (0.35, 0.5)
    """
    own = own_set("line", line)
    load = own.values["load_mean"] if own else None
    if load is not None and load.bib == USER and load.range and load.range[0] > 0.0:
        low, high = load.range
        return math.log(high / low) / (2.0 * Z95)
    known = bool(line) and line in lines() and lines()[line].target is not None
    return LOAD_SD_KNOWN if known else LOAD_SD_UNKNOWN


@cache
def priors() -> tuple[Prior, ...]:
    """The prior of every uncertain parameter that the parameter files know, in the order of
    :data:`UNCERTAIN`, then the loads of :data:`CALIBRATED_MODELS`.

    Raises
    ------
    ParameterError
        One of them has no range.
    """
    found = [
        prior_of(group, shipped_set(group).values[name])
        for group, names in UNCERTAIN.items()
        for name in names
        if name in shipped_set(group).values
    ]
    return (*found, *(load_prior(model) for model in CALIBRATED_MODELS))


def prior_of(group: str, p: Parameter) -> Prior:
    """The prior of a parameter of the set ``group``, by its range; ParameterError if it has none.

    Examples
    --------
    >>> prior_of("cell", shipped_set("cell").values["dr5"]).column
    'cell.dr5'
    """
    if p.range is None:
        raise ParameterError(
            f"'{group}.{p.name}' has no range", where=f"{group}.yaml", remedy="give it one"
        )
    return prior_within(group, p, p.range)


def prior_within(group: str, p: Parameter, ends: tuple[float, float]) -> Prior:
    """The prior of a parameter of a set over a range, in its internal unit."""
    low, high = ends
    wide = low > 0.0 and high > WIDE_FOLD * low
    sd = math.log(high / low) / (2.0 * Z95) if wide else 0.0
    return Prior(group, p.name, p.unit, low, high, p.value, sd)


def load_prior(model: str) -> Prior:
    """The prior of the mean load of a model without a line [-]: about the shipped value, or about
    that of the default cell where the shipped one comes from the data of the calibration.

    Examples
    --------
    >>> load_prior("mm1s").sd
    0.5
    """
    if model not in shipped_names("model"):
        raise ParameterError(f"there is no model '{model}'", remedy="see 'xenosim params'")
    p = shipped_set(model).values["load_mean"]
    low, high = p.limits
    center = shipped_set("cell").value("load_mean") if model in CALIBRATED_MODELS else p.value
    return Prior(model, "load_mean", p.unit, low, high, center, load_sd(""))


def prior_values(shares: np.ndarray) -> np.ndarray:
    """Parameters (n, p) of points ``shares`` (n, p) of the unit cube [-], one column per prior."""
    return np.column_stack([prior.quantile(shares[:, k]) for k, prior in enumerate(priors())])


def prior_draws(n: int, seed: int) -> np.ndarray:
    """``n`` draws (n, p) of :func:`priors`, a Latin hypercube of this ``seed``: each parameter has
    one draw in each n-th of its distribution.
    """
    from scipy.stats import qmc

    return prior_values(qmc.LatinHypercube(len(priors()), rng=seed).random(n))
