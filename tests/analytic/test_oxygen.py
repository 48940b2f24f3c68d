"""The oxygen field against closed forms, a direct solver and its own limits (P6)."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from scipy.sparse import diags, identity, kron
from scipy.sparse.linalg import spsolve

from xenosim.tumor.oxygen import OxygenParams, Tissue, lowest_pressure, solve, update_pressure

#: L = 100 um in the tumor and in the host.
PARAMS = OxygenParams(6e6, 600.0, 705.0, 38.0, 38.0, 600.0, 5.0, 2.5, 1 / 6, 240.0)


def sphere_share(half: int, voxel: float, radius: float, parts: int = 5) -> np.ndarray:
    """Share of each voxel inside a sphere about the grid's center: one octant by subdivision, the others by mirrors."""
    squared = ((np.arange(half * parts) + 0.5) / parts * voxel) ** 2
    inside = squared[:, None, None] + squared[None, :, None] + squared[None, None, :] < radius**2
    octant = inside.reshape(half, parts, half, parts, half, parts).mean(axis=(1, 3, 5))
    for axis in range(3):
        octant = np.concatenate([np.flip(octant, axis), octant], axis)
    return octant


def spheroid(r: np.ndarray, radius: float, params: OxygenParams) -> np.ndarray:
    """Avascular spheroid in host tissue: p = p0 R sinh(r/L) / (r sinh(R/L)), p0 from the host's own decay outside."""
    inner, outer = math.sqrt(params.diffusion / params.uptake), math.sqrt(params.diffusion / params.host_exchange)
    p0 = params.host * (1 / outer + 1 / radius) / (1 / outer + 1 / (inner * math.tanh(radius / inner)))
    within = p0 * radius * np.sinh(r / inner) / (r * math.sinh(radius / inner))
    beyond = params.host - (params.host - p0) * radius / r * np.exp(-(r - radius) / outer)
    return np.where(r < radius, within, beyond)


def spheroid_error(voxel: float, radius: float = 250.0) -> float:
    """Root mean square error of the numerical spheroid within and about the tumor [mmHg]; far off, the end of the host tissue shows."""
    half = round(1020.0 / voxel)
    share = sphere_share(half, voxel, radius)
    pressure = np.full(share.shape, 38.0)
    update_pressure(pressure, Tissue(share, share, np.zeros(share.shape)), PARAMS, voxel)
    axis = (np.arange(2 * half) + 0.5) * voxel - half * voxel
    r = np.sqrt(axis[:, None, None] ** 2 + axis[None, :, None] ** 2 + axis[None, None, :] ** 2)
    near = r < 1.2 * radius
    return math.sqrt(float(np.mean((pressure - spheroid(r, radius, PARAMS))[near] ** 2)))


def test_spheroid_converges_at_second_order() -> None:
    errors = [spheroid_error(voxel) for voxel in (60.0, 30.0, 15.0)]
    orders = [math.log2(a / b) for a, b in zip(errors, errors[1:], strict=False)]
    assert all(1.7 < order < 2.4 for order in orders), (errors, orders)
    assert errors[-1] < 0.02


def test_against_a_direct_solver() -> None:
    """A rough random tissue: the same seven-point system assembled by Kronecker products and factorized."""
    rng = np.random.default_rng(3)
    n, voxel = 9, 80.0
    living, exchange = rng.random((n, n, n)), rng.lognormal(0.0, 1.0, (n, n, n))
    rate = 600.0 * living + 100.0 * exchange
    source = 3800.0 * exchange
    pressure = np.zeros((n, n, n))
    solve(pressure, rate, source, 6e6 / voxel**2, 20.0)
    c = 6e6 / voxel**2
    line = diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(n, n))
    eye = identity(n)
    laplace = kron(kron(line, eye), eye) + kron(kron(eye, line), eye) + kron(kron(eye, eye), line)
    faces = sum(np.indices((n, n, n))[a] == end for a in range(3) for end in (0, n - 1))
    expected = spsolve((c * laplace + diags(rate.ravel())).tocsc(), (source + c * 20.0 * faces).ravel())
    np.testing.assert_allclose(pressure.ravel(), expected, rtol=0, atol=2e-4)


def test_uniform_tissue_is_at_its_balance() -> None:
    shape = (6, 6, 6)
    full = np.ones(shape)
    balance = 38.0 * 2.0 * 705.0 / (2.0 * 705.0 + 600.0)
    pressure = np.full(shape, 1.0)
    rate, source = 600.0 * full + 1410.0, 1410.0 * 38.0 * full
    solve(pressure, rate, source, 600.0, balance)
    np.testing.assert_allclose(pressure, balance, atol=2e-4)


def test_no_voxel_falls_below_the_bound() -> None:
    rng = np.random.default_rng(1)
    exchange = rng.lognormal(-1.0, 0.8, (12, 12, 12))
    tumor = np.zeros((12, 12, 12))
    tumor[2:10, 2:10, 2:10] = 1.0
    pressure = np.full(exchange.shape, 38.0)
    update_pressure(pressure, Tissue(tumor, tumor, exchange), PARAMS, 100.0)
    bound = lowest_pressure(PARAMS, exchange)
    assert bound <= pressure.min() + 1e-3 and pressure.max() <= 38.0 + 1e-3
    even = np.full(exchange.shape, 0.2)
    update_pressure(pressure, Tissue(np.ones_like(even), np.ones_like(even), even), PARAMS, 100.0)
    assert pressure.min() == pytest.approx(lowest_pressure(PARAMS, even), rel=0.05)  # the edge of the grid is at 38 mmHg


def test_a_dead_core_without_vessels_takes_the_pressure_of_its_wall() -> None:
    """No consumption and no supply: the field is flat there, and the iteration still converges."""
    share = sphere_share(34, 25.0, 400.0)
    core = sphere_share(34, 25.0, 250.0)
    pressure = np.full(share.shape, 38.0)
    update_pressure(pressure, Tissue(share - core, share, np.zeros(share.shape)), PARAMS, 25.0)
    middle = pressure[31:37, 31:37, 31:37]
    assert np.ptp(middle) < 0.01
    # Shell between r_n (no flux) and R: p = (A sinh(r/L) + B cosh(r/L))/r with p'(r_n) = 0, matched to the host at R.
    length, inner, outer = 100.0, 250.0, 400.0
    b = -(math.cosh(inner / length) * inner / length - math.sinh(inner / length)) / (math.sinh(inner / length) * inner / length - math.cosh(inner / length))
    at = lambda r: (math.sinh(r / length) + b * math.cosh(r / length)) / r  # noqa: E731
    slope = ((math.cosh(outer / length) + b * math.sinh(outer / length)) / length - at(outer)) / outer
    scale = 38.0 * (1 / length + 1 / outer) / (slope + at(outer) * (1 / length + 1 / outer))
    assert middle.mean() == pytest.approx(scale * at(inner), rel=0.01)


def test_a_warm_start_is_cheaper_and_threads_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    share = sphere_share(12, 40.0, 300.0)
    tissue = Tissue(share, share, np.full(share.shape, 0.2))
    results, threads = [], numba.get_num_threads()
    try:
        for n in (1, threads):
            numba.set_num_threads(n)
            monkeypatch.setattr("xenosim.tumor.oxygen.FEW_VOXELS", 0)
            pressure = np.full(share.shape, 38.0)
            cold = update_pressure(pressure, tissue, PARAMS, 40.0)
            results.append(pressure)
    finally:
        numba.set_num_threads(threads)
    assert np.array_equal(*results)
    few = np.full(share.shape, 38.0)
    monkeypatch.undo()
    update_pressure(few, tissue, PARAMS, 40.0)
    np.testing.assert_allclose(few, results[0], rtol=0, atol=1e-8)
    warm = results[0].copy()
    assert update_pressure(warm, tissue._replace(living=0.999 * share), PARAMS, 40.0) < cold
