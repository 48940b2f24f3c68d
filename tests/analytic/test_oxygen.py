"""The oxygen field against closed forms, a direct solver and its own limits (P6)."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from scipy.sparse import diags, identity, kron
from scipy.sparse.linalg import spsolve

from xenosim.tumor.diffusion import solve
from xenosim.tumor.oxygen import OxygenParams, Tissue, lowest_pressure, update_pressure

#: L = 100 um in the tumor and in the host.
PARAMS = OxygenParams(6e6, 600.0, 705.0, 38.0, 38.0, 600.0, 5.0, 2.5, 1 / 6, 240.0)


def sphere_share(half: int, voxel: float, radius: float, parts: int = 5) -> np.ndarray:
    """Share of each voxel inside a sphere about the grid's center: one octant, the voxels of the surface subdivided; the others by mirrors."""
    corner, sub = np.arange(half) * voxel, (np.arange(parts) + 0.5) / parts * voxel
    near, far = (sum(axis**2 for axis in np.meshgrid(*[corner + add] * 3, indexing="ij", sparse=True)) for add in (0.0, voxel))
    octant = (far < radius**2).astype(float)
    cut = np.argwhere((near < radius**2) & (far >= radius**2))
    squared = (corner[cut][:, :, None] + sub) ** 2
    inside = squared[:, 0, :, None, None] + squared[:, 1, None, :, None] + squared[:, 2, None, None, :] < radius**2
    octant[tuple(cut.T)] = inside.mean(axis=(1, 2, 3))
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
    half = round(840.0 / voxel)
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
    pressure, c = np.zeros((n, n, n)), 6e6 / voxel**2
    solve(pressure, rate, source - 20.0 * rate, c)
    line = diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(n, n))
    eye = identity(n)
    laplace = kron(kron(line, eye), eye) + kron(kron(eye, line), eye) + kron(kron(eye, eye), line)
    faces = sum(np.indices((n, n, n))[a] == end for a in range(3) for end in (0, n - 1))
    expected = spsolve((c * laplace + diags(rate.ravel())).tocsc(), (source + c * 20.0 * faces).ravel())
    np.testing.assert_allclose(20.0 + pressure.ravel(), expected, rtol=0, atol=1e-3)


def test_uniform_tissue_is_at_its_balance() -> None:
    shape = (6, 6, 6)
    full = np.ones(shape)
    balance = 38.0 * 2.0 * 705.0 / (2.0 * 705.0 + 600.0)
    deviation = np.full(shape, 1.0)
    rate, source = 600.0 * full + 1410.0, 1410.0 * 38.0 * full
    solve(deviation, rate, source - balance * rate, 600.0)
    np.testing.assert_allclose(deviation, 0.0, atol=1e-3)


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


def test_a_warm_start_is_cheaper_and_threads_change_nothing() -> None:
    share = sphere_share(12, 40.0, 300.0).astype(np.float32)
    tissue = Tissue(share, share, np.full(share.shape, 0.2, np.float32))
    results, threads = [], numba.get_num_threads()
    try:
        for n in (1, threads):
            numba.set_num_threads(n)
            pressure = np.full(share.shape, 38.0, np.float32)
            cold = update_pressure(pressure, tissue, PARAMS, 40.0)
            results.append(pressure)
    finally:
        numba.set_num_threads(threads)
    assert np.array_equal(*results)
    warm = results[0].copy()
    assert update_pressure(warm, tissue._replace(living=np.float32(0.999) * share), PARAMS, 40.0) < cold


@pytest.mark.parametrize("width", [1, 6, 7])
def test_narrow_numbers_and_odd_widths_change_little(width: int) -> None:
    """The engine computes in float32; a grid of odd width has rows of unequal colors."""
    rng = np.random.default_rng(width)
    shape = (5, 4, width)
    share, exchange = rng.random(shape), rng.lognormal(-1.0, 0.8, shape)
    fields = []
    for kind in (np.float64, np.float32):
        pressure = np.full(shape, 38.0, kind)
        update_pressure(pressure, Tissue(*(part.astype(kind) for part in (0.9 * share, share, exchange))), PARAMS, 50.0)
        fields.append(pressure)
    np.testing.assert_allclose(fields[1], fields[0], rtol=0, atol=1e-3)
