"""Oxygen without a lattice: the balance of :mod:`xenosim.tumor.oxygen` on the shells of a sphere
(MODEL.md P6).

A shell holds tissue of every vessel class. Its mean pressure diffuses along the radius; about the
mean, the pressure at the vessels of one class is held by exchange with the others. The classes lie
in a field whose correlation falls as exp(-(r/l)^2), the mean square of its gradient is 6/l^2, and
so that exchange has the rate 6 D/l^2.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from xenosim.cell.state import is_dying
from xenosim.jit import kernel
from xenosim.tumor.lattice import VACANT


class ShellAir(NamedTuple):
    """Oxygen on shells: ``pressure`` at each class, float64 (n_shells, n_classes) [mmHg];
    ``exchange`` g of each class [1/h]; ``edge_um`` thickness of a shell [um]; ``unit_um`` radius of
    a sphere of one place [um]; ``mixing`` between classes, 6/l^2 [1/um2]; ``pad`` shells of host
    tissue solved with the tumor [-].
    """

    pressure: Any
    exchange: Any
    edge_um: Any
    unit_um: Any
    mixing: Any
    pad: Any


@kernel
def share_shells(cells, places, n_places, air, living, tumor):
    """Shares of each shell with living cells, and with tumor, into ``living`` and ``tumor``
    (n_shells,) [-]: a place belongs to the shells that it spans.
    """
    living[:], tumor[:] = 0.0, 0.0
    scale = (air.edge_um / air.unit_um) ** 3
    shell, begin = 0, 0.0
    for k in range(n_places):
        i = places.order[k]
        lives = i != VACANT and not is_dying(cells.state[i])
        while begin < k + 1.0:
            end = scale * (shell + 1.0) ** 3
            share = (min(end, k + 1.0) - begin) / (end - scale * shell**3)
            tumor[shell] += share
            if lives:
                living[shell] += share
            begin = min(end, k + 1.0)
            if begin == end:
                shell += 1


@kernel
def solve_shells(living, tumor, air, params):
    """The steady pressure of every shell and class into ``air.pressure`` [mmHg], as deviation from
    the host's; ``living`` and ``tumor`` as in :func:`share_shells` [-] (P6).

    Of the balance of a class its own pressure follows from the shell's mean and what diffuses
    along the radius; averaged over the classes, the means obey a tridiagonal system.
    """
    n, classes, edge = living.shape[0], air.exchange.shape[0], air.edge_um
    mixing = params.diffusion * air.mixing
    below, middle, above, source = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    share, gain = np.zeros((n, classes)), np.zeros((n, classes))
    for s in range(n):
        mean_share, mean_gain = 0.0, 0.0
        for c in range(classes):
            vessels = params.supply * air.exchange[c] * tumor[s]
            consumed = params.uptake * living[s]
            rate = consumed + vessels + params.host_exchange * (1.0 - tumor[s])
            share[s, c] = 1.0 / (mixing + rate)
            gain[s, c] = vessels * (params.blood - params.host) - consumed * params.host
            mean_share += share[s, c] / classes
            mean_gain += share[s, c] * gain[s, c] / classes
        volume = ((s + 1.0) ** 3 - s**3) / 3.0
        flow = params.diffusion / (edge * edge * volume)
        below[s], above[s] = -flow * s * s, -flow * (s + 1.0) ** 2
        middle[s] = 1.0 / mean_share - mixing - below[s] - above[s]
        source[s] = mean_gain / mean_share
    for s in range(1, n):
        factor = below[s] / middle[s - 1]
        middle[s] -= factor * above[s - 1]
        source[s] -= factor * source[s - 1]
    mean = source
    mean[n - 1] /= middle[n - 1]
    for s in range(n - 2, -1, -1):
        mean[s] = (source[s] - above[s] * mean[s + 1]) / middle[s]
    _pressures(mean, share, gain, air, params)


@kernel
def _pressures(mean, share, gain, air, params):
    """Pressure of every class [mmHg] from the ``mean`` deviation of every shell (n,) [mmHg]."""
    n, mixing = mean.shape[0], params.diffusion * air.mixing
    for s in range(n):
        volume = ((s + 1.0) ** 3 - s**3) / 3.0
        outer = mean[s + 1] if s + 1 < n else 0.0
        flow = (s + 1.0) ** 2 * (outer - mean[s])
        if s > 0:
            flow -= s * s * (mean[s] - mean[s - 1])
        diffused = params.diffusion * flow / (air.edge_um * air.edge_um * volume)
        for c in range(air.exchange.shape[0]):
            deviation = share[s, c] * (gain[s, c] + diffused + mixing * mean[s])
            air.pressure[s, c] = params.host + deviation


@kernel
def update_shell_oxygen(cells, places, n_places, air, params):
    """Oxygen for the cells that are there, into ``air.pressure`` [mmHg]; beyond the host tissue
    that is solved, the host's.
    """
    radius = n_places ** (1.0 / 3.0) * air.unit_um
    n = min(np.int64(radius / air.edge_um) + 1 + air.pad, air.pressure.shape[0])
    living, tumor = np.zeros(air.pressure.shape[0]), np.zeros(air.pressure.shape[0])
    share_shells(cells, places, n_places, air, living, tumor)
    air.pressure[n:] = params.host
    solve_shells(living[:n], tumor[:n], air, params)


@kernel
def mark_short(zone, pressure, limit, flag):
    """Put the bit ``flag`` on every class of ``zone`` (n_shells, n_sectors) where the ``pressure``
    (n_shells, n_classes) lies below ``limit`` [mmHg].
    """
    for s in range(zone.shape[0]):
        for sector in range(zone.shape[1]):
            kind = zone[s, sector] & np.uint8(flag - 1)
            zone[s, sector] = kind | np.uint8(flag) if pressure[s, kind] < limit else kind
