"""Straight lines over the sites."""

import numpy as np
import pytest

from xenosim.tumor.lines import (
    EVERYWHERE,
    FAR,
    Box,
    Line,
    Shape,
    first_free,
    fixed,
    jittered,
    line_point,
    sites_within,
)

ONE = 65536


def sites(line: Line, count: int) -> list[tuple[int, int, int]]:
    return [line_point(line, k) for k in range(count)]


def test_a_line_visits_one_site_of_every_plane_it_runs_along() -> None:
    line = Line(fixed(10.5), fixed(10.5), fixed(10.5), ONE, fixed(-0.5), 0)
    assert sites(line, 5) == [(10, 10, 10), (11, 10, 10), (12, 9, 10), (13, 9, 10), (14, 8, 10)]


@pytest.mark.parametrize("direction", [(ONE, -ONE // 3, 0), (-ONE, ONE // 2, ONE // 7)])
def test_the_last_site_within_a_box_is_the_last(direction: tuple[int, int, int]) -> None:
    line, box = Line(fixed(20.3), fixed(20.8), fixed(5.0), *direction), Box(11, 27, 17, 24)
    count = sites_within(line, box)
    inside = [11 <= z <= 27 and 17 <= y <= 24 for z, y, _ in sites(line, count + 2)]
    assert count > 0 and inside == [True] * (count + 1) + [False]
    assert sites_within(Line(0, 0, 0, 0, 0, ONE), EVERYWHERE) == FAR


def test_the_first_free_site_is_found_or_said_to_be_too_far() -> None:
    taken = np.full((4, 4, 2), 255, np.uint8)
    taken[1, 2, 1] ^= 1 << 3
    line, shape = Line(fixed(1.5), fixed(2.5), fixed(2.5), 0, 0, ONE), Shape(4, 16, 2)
    assert first_free(taken.ravel(), shape, line, 20) == 9
    assert first_free(taken.ravel(), shape, line, 8) == 0


def test_jitter_keeps_to_the_side_of_the_normal() -> None:
    words = np.random.default_rng(1).integers(0, 2**32, (200, 3), np.uint64)
    for a, b, c in words:
        dz, dy, dx, per_length = jittered(1.0, 0.0, 0.0, a, b, c)
        assert dz > 0 and max(abs(dz), abs(dy), abs(dx)) == ONE
        assert per_length == pytest.approx(ONE / np.sqrt(dz**2 + dy**2 + dx**2), rel=1e-4)
