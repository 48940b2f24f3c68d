"""Turns and places along the Z-order curve."""

import numpy as np

from xenosim.cell.state import MAX_SIDE, pack
from xenosim.tumor.order import BLOCK_EDGE, N_BLOCKS, block_of, morton_bits, order_by_block

ORIGIN = np.full(3, MAX_SIDE // 2, np.int64)


def test_bits_are_spread_by_two() -> None:
    for number in (0, 1, 5, 63, 1023):
        expected = sum(((number >> bit) & 1) << (3 * bit) for bit in range(10))
        assert morton_bits(number) == expected


def test_blocks_are_cubes_and_every_number_is_theirs() -> None:
    sites = [pack(z, y, x) for z in (0, 15, 16) for y in (0, 40) for x in (0, 31, 1023)]
    blocks = [int(block_of(site, ORIGIN)) for site in sites]
    assert max(blocks) < N_BLOCKS
    assert block_of(pack(0, 0, 0), ORIGIN) == block_of(pack(*[BLOCK_EDGE - 1] * 3), ORIGIN)
    assert block_of(pack(0, 0, 0), ORIGIN) != block_of(pack(0, 0, BLOCK_EDGE), ORIGIN)


def test_rows_are_sorted_by_block_and_stay_in_order_within() -> None:
    random = np.random.default_rng(3)
    site = pack(*random.integers(0, 64, (3, 500))).astype(np.int32)
    order = np.empty(500, np.int32)
    order_by_block(site, ORIGIN, order, np.empty(N_BLOCKS + 1, np.int64))
    blocks = np.array([int(block_of(each, ORIGIN)) for each in site])
    assert np.array_equal(order, np.argsort(blocks, kind="stable"))
