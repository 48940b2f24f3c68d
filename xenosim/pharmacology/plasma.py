"""Concentration in plasma or medium over time, as sums of terms that never cancel (MODEL.md P1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from xenosim.jit import kernel

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class PlasmaProfile:
    """Total plasma concentration [nM] between events.

    On segment s, at age t = time - ``start_h[s]``, phase k of disposition holds what it held at the
    start, ``amplitudes[s, k]`` exp(-``rates[k]`` t), and what every feed (a depot, which empties at
    its rate, or an infusion, at the rate 0) has brought since: ``shares[k]`` ``feeds[s, j]`` times
    :func:`bateman` of both rates. No term is below zero, so that none cancels another, whatever the
    rates; 0 before the first segment. Shapes: ``start_h`` (m,) [h], ``amplitudes`` (m, n_phases)
    [nM], ``rates`` (n_phases,) [1/h], ``shares`` (n_phases,) [kg/L], ``feeds`` (m, n_feeds)
    [nmol/h/kg], ``feed_rates`` (n_feeds,) [1/h].
    """

    start_h: FloatArray
    amplitudes: FloatArray
    rates: FloatArray
    shares: FloatArray
    feeds: FloatArray
    feed_rates: FloatArray

    @cached_property
    def _packed(self) -> Plasma:
        return pack_profiles([self])

    def concentration(self, times_h: FloatArray | float) -> FloatArray:
        """Concentration [nM] at ``times_h`` [h], same shape; a dose counts from its own time on."""
        times = np.asarray(times_h, np.float64)
        found = np.empty(times.size)
        sample_plasma(self._packed, times.ravel(), found)
        return found.reshape(times.shape)


class Plasma(NamedTuple):
    """Profiles of n drugs, padded to common shapes: ``start`` (n, m) [h], ``amplitude`` (n, m,
    phases) [nM], ``rate`` (n, phases) [1/h], ``share`` (n, phases) [kg/L], ``feed`` (n, m, feeds)
    [nmol/h/kg], ``feed_rate`` (n, feeds) [1/h]; ``breaks``: every time at which one jumps [h].
    """

    start: FloatArray
    amplitude: FloatArray
    rate: FloatArray
    share: FloatArray
    feed: FloatArray
    feed_rate: FloatArray
    breaks: FloatArray


def pack_profiles(profiles: Sequence[PlasmaProfile]) -> Plasma:
    """Pad the ``profiles`` to common shapes; padding segments start at infinity, padding terms are
    0.
    """
    n, m = len(profiles), max([p.start_h.size for p in profiles] + [1])
    phases = max([p.rates.size for p in profiles] + [1])
    feeds = max([p.feed_rates.size for p in profiles] + [0])
    packed = Plasma(
        np.full((n, m), np.inf),
        np.zeros((n, m, phases)),
        np.zeros((n, phases)),
        np.zeros((n, phases)),
        np.zeros((n, m, feeds)),
        np.zeros((n, feeds)),
        np.unique(np.concatenate([p.start_h for p in profiles])) if profiles else np.zeros(0),
    )
    for j, p in enumerate(profiles):
        segments, own, fed = p.start_h.size, p.rates.size, p.feed_rates.size
        packed.start[j, :segments] = p.start_h
        packed.amplitude[j, :segments, :own] = p.amplitudes
        packed.rate[j, :own] = p.rates
        packed.share[j, :own] = p.shares
        packed.feed[j, :segments, :fed] = p.feeds
        packed.feed_rate[j, :fed] = p.feed_rates
    return packed


@kernel(inline=True)
def bateman(a, b, age, left_a, left_b):
    """What is left at ``age`` [h] of a feed that falls at rate ``b`` [1/h] into what falls at rate
    ``a`` [1/h], per unit of its start [h]: (exp(-a t) - exp(-b t))/(b - a), in its limit t exp(-a
    t) where the rates meet; ``left_a``, ``left_b``: exp(-a t), exp(-b t) [-].

    Source: closed form (Bateman 1910); near each other through expm1, which loses no digit.
    """
    gap = abs(b - a) * age
    if gap > 1.0:
        return (left_a - left_b) / (b - a)
    return age * max(left_a, left_b) * (-np.expm1(-gap) / gap if gap > 0.0 else 1.0)


@kernel
def find_segments(plasma, before, segments):
    """The segment of every drug's plasma that has begun by ``before`` [h], -1 if none has, into
    ``segments`` (n,) [-].
    """
    for j in range(segments.shape[0]):
        segments[j] = np.searchsorted(plasma.start[j], before, side="right") - 1


@kernel(inline=True)
def plasma_at(plasma, j, time, s, conc, slope):
    """Concentration [nM] and its slope [nM/h] of drug ``j`` at ``time`` [h], by its segment ``s``
    [-], into ``conc`` and ``slope`` (n,) (P1).
    """
    if s < 0:
        conc[j], slope[j] = 0.0, 0.0
        return
    age = time - plasma.start[j, s]
    total, change = 0.0, 0.0
    for k in range(plasma.rate.shape[1]):
        rate = plasma.rate[j, k]
        left = np.exp(-rate * age)
        held, gained = plasma.amplitude[j, s, k] * left, 0.0
        for i in range(plasma.feed_rate.shape[1]):
            feed = plasma.share[j, k] * plasma.feed[j, s, i]
            if feed != 0.0:
                fading = np.exp(-plasma.feed_rate[j, i] * age)
                held += feed * bateman(rate, plasma.feed_rate[j, i], age, left, fading)
                gained += feed * fading
        total += held
        change += gained - rate * held
    conc[j], slope[j] = total, change


@kernel
def sample_plasma(plasma, times, found):
    """Concentration of the first drug at ``times`` (n,) [h] into ``found`` (n,) [nM]."""
    conc, slope = np.empty(1), np.empty(1)
    for i in range(times.shape[0]):
        segment = np.searchsorted(plasma.start[0], times[i], side="right") - 1
        plasma_at(plasma, 0, times[i], segment, conc, slope)
        found[i] = conc[0]
