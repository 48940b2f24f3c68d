"""Target occupancy of tissue from plasma: delivery, binding, turnover and competition (MODEL.md
P2).
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.errors import ParameterError
from xenosim.jit import kernel
from xenosim.pharmacology.effects import DirectCourse, DirectDrug, DirectEffects
from xenosim.pharmacology.plasma import (
    PlasmaProfile,
    find_segments,
    pack_profiles,
    plasma_at,
)

FloatArray = NDArray[np.float64]
#: Tolerances of the adaptive integrator, relative and absolute [-].
RTOL, ATOL = 1e-5, 1e-8
#: Below these the drug is gone: total plasma concentration [nM], occupancy [-].
NO_DRUG_NM, NO_OCCUPANCY = 1e-9, 1e-12
#: First step tried after plasma jumps [h].
AFTER_JUMP_H = 1e-3
_GAMMA = 1.0 / (2.0 + np.sqrt(2.0))
_E32 = 6.0 + np.sqrt(2.0)


class TargetBinding(NamedTuple):
    """Binding to beta5 in one tissue: ``sites_nM`` R [nM], turnover ``kdeg_per_h`` [1/h]; per
    proteasome inhibitor, in the order of ``inhibitors``: ``kon`` [1/(nM h)], ``koff`` [1/h] (0:
    irreversible), ``fu`` [-]. ``cereblon``: drug that binds cereblon or "", its ``cereblon_kd``
    [nM] and ``cereblon_fu`` [-]. ``direct``: drugs that act on the cells themselves.
    """

    inhibitors: tuple[str, ...]
    sites_nM: float
    kdeg_per_h: float
    kon: FloatArray
    koff: FloatArray
    fu: FloatArray
    cereblon: str = ""
    cereblon_kd: float = 1.0
    cereblon_fu: float = 1.0
    direct: tuple[DirectDrug, ...] = ()


class _Site(NamedTuple):
    """Binding of one zone and clone: exchange ``g`` [1/h], sites [nM], kdeg, koff [1/h], kon [1/(nM
    h)], fu [-].
    """

    g: float
    sites: float
    kdeg: float
    kon: FloatArray
    koff: FloatArray
    fu: FloatArray


class _Tissue(NamedTuple):
    """Zones and clones of one tissue: exchange of each zone (n_zones,) [1/h]; binding as in
    :class:`_Site`, ``kon`` of each clone, (n_clones, n_inhibitors).
    """

    exchange: FloatArray
    sites: float
    kdeg: float
    kon: FloatArray
    koff: FloatArray
    fu: FloatArray


@kernel
def binding_rates(o, conc, slope, site, f, jacobian, ft):
    """do/dt of competing inhibitors [1/h], its Jacobian [1/h] and time derivative [1/h2] (P2).

    Cf_j = (g Cp_j + koff_j R o_j) / (g/fu_j + kon_j R free);  do_j/dt = kon_j Cf_j free - (koff_j +
    kdeg) o_j

    Source: quasi-steady delivery and binding, MODEL.md P2.
    """
    n = o.shape[0]
    free = 1.0
    for j in range(n):
        free -= o[j]
    for j in range(n):
        supply = site.g / site.fu[j]
        bind = site.kon[j] * site.sites
        den = supply + bind * free
        num = site.g * conc[j] + site.koff[j] * site.sites * o[j]
        f[j] = site.kon[j] * num / den * free - (site.koff[j] + site.kdeg) * o[j]
        ft[j] = site.kon[j] * free * site.g * slope[j] / den
        for i in range(n):
            jacobian[j, i] = -site.kon[j] * num * supply / (den * den)
        jacobian[j, j] += (
            site.kon[j] * free * site.koff[j] * site.sites / den - site.koff[j] - site.kdeg
        )


@kernel
def solve_small(a, b):
    """Solve a x = b in place by elimination [-]; ``a`` (n, n) is diagonally dominant enough to need
    no pivoting.
    """
    n = b.shape[0]
    for k in range(n):
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            for j in range(k, n):
                a[i, j] -= factor * a[k, j]
            b[i] -= factor * b[k]
    for k in range(n - 1, -1, -1):
        for j in range(k + 1, n):
            b[k] -= a[k, j] * b[j]
        b[k] /= a[k, k]


@kernel
def _stage(jacobian, h, rhs, matrix):
    """rhs <- (I - h gamma J)^-1 rhs [-]."""
    n = rhs.shape[0]
    for i in range(n):
        for j in range(n):
            matrix[i, j] = -h * _GAMMA * jacobian[i, j]
        matrix[i, i] += 1.0
    solve_small(matrix, rhs)


class _Work(NamedTuple):
    """Scratch of the integrator for n inhibitors: rates, stages and plasma (n,), matrices (n, n),
    the ``segments`` of their plasma (n,).
    """

    trial: FloatArray
    f0: FloatArray
    f1: FloatArray
    f2: FloatArray
    k1: FloatArray
    k2: FloatArray
    k3: FloatArray
    ft: FloatArray
    ft_later: FloatArray
    conc: FloatArray
    slope: FloatArray
    jacobian: FloatArray
    jacobian_later: FloatArray
    matrix: FloatArray
    segments: NDArray[np.int64]


@kernel
def _scratch(n):
    """Scratch for ``n`` inhibitors [-]: allocated once, for it takes as long as a step."""
    return _Work(
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty(n),
        np.empty((n, n)),
        np.empty((n, n)),
        np.empty((n, n)),
        np.empty(n, np.int64),
    )


@kernel(inline=True)
def _try_step(o, plasma, site, t, h, work):
    """One Rosenbrock step of ``h`` from ``t`` [h]: what it tries, do/dt at both ends and the stages
    are left in ``work``; False where plasma or binding is no number.
    """
    trial, f0, f1, f2, k1, k2, k3, ft, ft_later, conc, slope = work[:11]
    jacobian, jacobian_later, matrix, segments = work[11:]
    n = o.shape[0]
    for j in range(n):
        plasma_at(plasma, j, t, segments[j], conc, slope)
    binding_rates(o, conc, slope, site, f0, jacobian, ft)
    for j in range(n):
        if not np.isfinite(f0[j]):
            return False
    for j in range(n):
        k1[j] = f0[j] + h * _GAMMA * ft[j]
    _stage(jacobian, h, k1, matrix)
    for j in range(n):
        trial[j] = o[j] + 0.5 * h * k1[j]
        plasma_at(plasma, j, t + 0.5 * h, segments[j], conc, slope)
    binding_rates(trial, conc, slope, site, f1, jacobian_later, ft_later)
    for j in range(n):
        k2[j] = f1[j] - k1[j]
    _stage(jacobian, h, k2, matrix)
    for j in range(n):
        k2[j] += k1[j]
        trial[j] = o[j] + h * k2[j]
        plasma_at(plasma, j, t + h, segments[j], conc, slope)
    binding_rates(trial, conc, slope, site, f2, jacobian_later, ft_later)
    for j in range(n):
        k3[j] = f2[j] - _E32 * (k2[j] - f1[j]) - 2.0 * (k1[j] - f0[j]) + h * _GAMMA * ft[j]
    _stage(jacobian, h, k3, matrix)
    return True


@kernel(inline=True)
def _judge_step(o, h, trial, k1, k2, k3):
    """Error of a tried step in units of the tolerance [-], and whether its shares are possible."""
    error, feasible, total = 0.0, True, 0.0
    for j in range(o.shape[0]):
        size = ATOL + RTOL * max(abs(o[j]), abs(trial[j]))
        error = max(error, abs(h / 6.0 * (k1[j] - 2.0 * k2[j] + k3[j])) / size)
        feasible = feasible and -1e-9 <= trial[j] <= 1.0 + 1e-9
        total += trial[j]
    return error, feasible and total <= 1.0 + 1e-9


@kernel
def integrate_site(o, plasma, site, t0, t1, first_h, work):
    """Advance the occupancies ``o`` (n,) [-] of one site from ``t0`` to ``t1`` [h], within the
    segments of ``work``, the first step at most ``first_h`` [h]; return the integral of their sum
    [h] (P2), NaN where plasma or binding is no number.

    Source: Shampine and Reichelt 1997, doi:10.1137/S1064827594276424 (the Rosenbrock pair ode23s,
    adaptive).
    """
    n = o.shape[0]
    trial, f0, f2, k1, k2, k3 = work.trial, work.f0, work.f2, work.k1, work.k2, work.k3
    t, area = t0, 0.0
    h = min(first_h, t1 - t0)
    while t < t1:
        h = min(h, t1 - t)
        if not _try_step(o, plasma, site, t, h, work):
            return np.nan
        error, feasible = _judge_step(o, h, trial, k1, k2, k3)
        if (error <= 1.0 and feasible) or h < 1e-9:
            for j in range(n):
                area += 0.5 * h * (o[j] + trial[j]) + h * h / 12.0 * (f0[j] - f2[j])
                o[j] = min(max(trial[j], 0.0), 1.0)
            t += h
        grow = 0.8 * error ** (-1.0 / 3.0) if error > 0.0 else 5.0
        h *= min(max(grow, 0.2), 5.0) if feasible else 0.25
    return area


@kernel
def advance_occupancy(occupancy, plasma, tissue, t0, t1, mean, work):
    """Advance every zone and clone from ``t0`` to ``t1`` [h] and write the time-mean total
    occupancy [-] (P2).

    Parameters
    ----------
    occupancy : array (n_zones, n_clones, n_inhibitors)
        Occupied share of the sites [-]; changed in place.
    plasma : Plasma
        Plasma concentrations [nM].
    tissue : _Tissue
        Exchange of the zones [1/h] and binding of the clones.
    mean : array (n_zones, n_clones)
        Result [-].
    work : _Work
        Scratch.
    """
    first = np.searchsorted(plasma.breaks, t0, side="right")
    last = np.searchsorted(plasma.breaks, t1, side="left")
    mean[:] = 0.0
    for piece in range(first, last + 1):
        # Between two jumps of plasma.
        a = t0 if piece == first else plasma.breaks[piece - 1]
        b = t1 if piece == last else plasma.breaks[piece]
        find_segments(plasma, a, work.segments)
        is_jump = piece > 0 and plasma.breaks[piece - 1] == a
        first_h = AFTER_JUMP_H if is_jump else b - a
        for z in range(tissue.exchange.shape[0]):
            for c in range(tissue.kon.shape[0]):
                site = _Site(
                    tissue.exchange[z],
                    tissue.sites,
                    tissue.kdeg,
                    tissue.kon[c],
                    tissue.koff,
                    tissue.fu,
                )
                mean[z, c] += integrate_site(occupancy[z, c], plasma, site, a, b, first_h, work)
    for z in range(tissue.exchange.shape[0]):
        for c in range(tissue.kon.shape[0]):
            mean[z, c] = mean[z, c] / (t1 - t0)


@kernel
def is_clear(occupancy, plasma, t0, t1, work):
    """Whether there is neither drug nor a dose from ``t0`` to ``t1`` [h], and nothing is bound;
    ``work`` is scratch.
    """
    if plasma.start.shape[0] == 0:
        return True
    upcoming = np.searchsorted(plasma.breaks, t0, side="left")
    if upcoming < np.searchsorted(plasma.breaks, t1, side="left") or occupancy.max() > NO_OCCUPANCY:
        return False
    find_segments(plasma, t0, work.segments)
    for j in range(plasma.start.shape[0]):
        plasma_at(plasma, j, t0, work.segments[j], work.conc, work.slope)
        if work.conc[j] >= NO_DRUG_NM:
            return False
    return True


@kernel
def follow_occupancy(occupancy, plasma, tissue, times, means):
    """:func:`advance_occupancy` from each of the ``times`` (n + 1,) [h] to the next, the means into
    ``means`` (n, n_zones, n_clones) [-].
    """
    work = _scratch(occupancy.shape[2])
    for s in range(means.shape[0]):
        if is_clear(occupancy, plasma, times[s], times[s + 1], work):
            occupancy[:], means[s] = 0.0, 0.0
        else:
            advance_occupancy(occupancy, plasma, tissue, times[s], times[s + 1], means[s], work)


@kernel
def weighted(weights, means):
    """Occupancies (n, n_told, n_clones) as weighted means of ``means`` (n, n_zones, n_clones), kept
    between 0 and 1; ``weights`` (n_told, n_zones) [-].
    """
    told = np.zeros((means.shape[0], weights.shape[0], means.shape[2]))
    for s in range(told.shape[0]):
        for zone in range(told.shape[1]):
            for c in range(told.shape[2]):
                for z in range(means.shape[1]):
                    told[s, zone, c] += weights[zone, z] * means[s, z, c]
                told[s, zone, c] = min(max(told[s, zone, c], 0.0), 1.0)
    return told


class ExposureCourse(NamedTuple):
    """What cells see of the drugs in n steps: ``inhibition``, mean occupancy of beta5 (n, n_zones,
    n_clones) [-], None where no drug was ever given; ``cereblon``, mean occupancy of CRBN by
    lenalidomide (n,) [-]; ``direct``, effects on the cells themselves, None where no drug has any.
    """

    inhibition: FloatArray | None
    cereblon: FloatArray
    direct: DirectCourse | None = None


#: Courses of more than one step that were solved last: animals and arms that share plasma share
#: them. How many are kept [-].
_SOLVED: OrderedDict[bytes, tuple[FloatArray, FloatArray]] = OrderedDict()
MOST_SOLVED = 256


def _remember(key: bytes, solved: tuple[FloatArray, FloatArray]) -> None:
    """Keep a course that was ``solved``, in place of the oldest; of a single step, none."""
    if not key:
        return
    _SOLVED[key] = solved
    if len(_SOLVED) > MOST_SOLVED:
        _SOLVED.popitem(last=False)


class TargetExposure:
    """Occupancy of one tissue over time.

    Parameters
    ----------
    profiles : mapping
        Plasma profile of every drug, by name [nM].
    binding : TargetBinding
        Binding constants of the tissue.
    exchange : array, shape (n_zones,)
        Plasma-tissue exchange g of each zone [1/h].
    kd_fold : array, shape (n_clones, n_inhibitors), optional
        Factor on Kd per clone [-]; one wild-type clone by default.
    weights : array, shape (n_told, n_zones), optional
        Of the zones that are solved in those that are told of [-]; by default all are solved.
    """

    def __init__(
        self,
        profiles: Mapping[str, PlasmaProfile],
        binding: TargetBinding,
        exchange: FloatArray,
        kd_fold: FloatArray | None = None,
        weights: FloatArray | None = None,
    ) -> None:
        self.weights = weights
        self._identity = b""
        self.binding, self.profiles = binding, dict(profiles)
        self.exchange = np.asarray(exchange, np.float64)
        n = len(binding.inhibitors)
        self.fold = np.ones((1, n)) if kd_fold is None else np.asarray(kd_fold, np.float64)
        self.occupancy = np.zeros((self.exchange.size, self.fold.shape[0], n))
        self._effects = DirectEffects(binding.direct, self.profiles) if binding.direct else None
        self._plasma = pack_profiles([self.profiles[name] for name in binding.inhibitors])
        self._tissue = _Tissue(
            self.exchange,
            float(binding.sites_nM),
            float(binding.kdeg_per_h),
            binding.kon / self.fold,
            binding.koff,
            binding.fu,
        )

    def course(self, times_h: FloatArray) -> ExposureCourse:
        """Advance through ``times_h`` (n + 1,) [h]; what the cells see from each to the next."""
        return ExposureCourse(
            self.follow(times_h), self.cereblon_over(times_h), self.direct_over(times_h)
        )

    def advance(self, t0_h: float, t1_h: float) -> FloatArray:
        """Advance to ``t1_h`` [h]; mean total occupancy of the step [-], shape (n_zones, n_clones).

        Raises
        ------
        ParameterError
            As :meth:`follow`.
        """
        return self.follow(np.array([t0_h, t1_h], np.float64))[0]

    def follow(self, times_h: FloatArray) -> FloatArray:
        """Advance through ``times_h`` (n + 1,) [h]; mean total occupancy from each to the next [-],
        shape (n, n_zones, n_clones); n_told zones with ``weights``.

        Raises
        ------
        ParameterError
            Plasma concentrations or binding constants that are not finite.
        """
        means = np.zeros((times_h.size - 1, *self.occupancy.shape[:2]))
        if self.binding.inhibitors:
            key = self._key_of(times_h) if times_h.size > 2 else b""
            if key in _SOLVED:
                means, self.occupancy[:] = _SOLVED[key]
            else:
                follow_occupancy(self.occupancy, self._plasma, self._tissue, times_h, means)
                _remember(key, (means, self.occupancy.copy()))
        finite = np.isfinite(means).all(axis=(1, 2))
        if not finite.all():
            step = int(np.argmin(finite))
            raise ParameterError(
                f"plasma or binding of {', '.join(self.binding.inhibitors)} is no finite number"
                f" between {times_h[step]:g} and {times_h[step + 1]:g} h",
                remedy="check doses and parameters of the drug",
            )
        return means if self.weights is None else weighted(self.weights, means)

    def _key_of(self, times_h: FloatArray) -> bytes:
        """What the course through ``times_h`` [h] follows from: plasma, tissue, times and what is
        bound.
        """
        if not self._identity:
            parts = [*self._plasma, *self._tissue]
            arrays = [np.asarray(part, np.float64).tobytes() for part in parts]
            self._identity = hashlib.sha256(b"|".join(arrays)).digest()
        return b"|".join([self._identity, times_h.tobytes(), self.occupancy.tobytes()])

    def cereblon_over(self, times_h: FloatArray) -> FloatArray:
        """Mean cereblon occupancy from each of ``times_h`` (n + 1,) [h] to the next, (n,) [-]."""
        if not self.binding.cereblon:
            return np.zeros(times_h.size - 1)
        pairs = zip(times_h[:-1].tolist(), times_h[1:].tolist(), strict=True)
        return np.array([self.lenalidomide(start, end) for start, end in pairs])

    def direct_over(self, times_h: FloatArray) -> DirectCourse | None:
        """Direct effects from each of ``times_h`` (n + 1,) [h] to the next; None without any."""
        return self._effects.over(times_h) if self._effects else None

    def lenalidomide(self, t0_h: float, t1_h: float, points: int = 60) -> float:
        """Mean cereblon occupancy q = C / (C + K) of free drug between two times [h] [-] (P2)."""
        if not self.binding.cereblon:
            return 0.0
        times = t0_h + (t1_h - t0_h) * (np.arange(points) + 0.5) / points
        free = self.binding.cereblon_fu * self.profiles[self.binding.cereblon].concentration(times)
        return float(np.mean(free / (free + self.binding.cereblon_kd)))
