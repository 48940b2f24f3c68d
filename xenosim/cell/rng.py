"""Counter-based random numbers: a draw is a pure function of (seed, stream, step, uid).

Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405). Nothing is stored between draws, so a result cannot depend on
the number of threads or the order of rows.
"""

from __future__ import annotations

from enum import IntEnum, unique

import numpy as np

from xenosim.jit import kernel

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_MASK, _SHIFT = np.uint64(0xFFFFFFFF), np.uint64(32)
_UNIT = 1.0 / 4294967296.0


@unique
class Stream(IntEnum):
    """One stream per decision; a number is never reused for another."""

    LINEAGE = 1
    DIRECTION = 2
    PRIORITY = 3
    TRAITS = 4
    CYCLE = 5
    LOSS = 6
    CLEARANCE = 7
    VACANCY = 8
    FOUNDER = 9
    VESSELS = 10
    OFFSET = 11


LINEAGE, DIRECTION, PRIORITY = int(Stream.LINEAGE), int(Stream.DIRECTION), int(Stream.PRIORITY)
TRAITS, CYCLE, LOSS = int(Stream.TRAITS), int(Stream.CYCLE), int(Stream.LOSS)
CLEARANCE, VACANCY, FOUNDER = int(Stream.CLEARANCE), int(Stream.VACANCY), int(Stream.FOUNDER)
VESSELS, OFFSET = int(Stream.VESSELS), int(Stream.OFFSET)


@kernel
def philox4x32(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Ten rounds of Philox4x32 on a 128-bit counter and a 64-bit key.

    Parameters
    ----------
    c0, c1, c2, c3, k0, k1 : int
        Counter and key words [-], taken modulo 2^32.

    Returns
    -------
    tuple of four uint32

    Source: Salmon et al. 2011, doi:10.1145/2063384.2063405.
    """
    x0, x1, x2, x3 = np.uint32(c0), np.uint32(c1), np.uint32(c2), np.uint32(c3)
    a, b = np.uint32(k0), np.uint32(k1)
    for _ in range(10):
        p0 = _M0 * np.uint64(x0)
        p1 = _M1 * np.uint64(x2)
        x0 = np.uint32(np.uint32(p1 >> _SHIFT) ^ x1 ^ a)
        x1 = np.uint32(p1 & _MASK)
        x2 = np.uint32(np.uint32(p0 >> _SHIFT) ^ x3 ^ b)
        x3 = np.uint32(p0 & _MASK)
        a = np.uint32(np.uint64(a) + np.uint64(_W0) & _MASK)
        b = np.uint32(np.uint64(b) + np.uint64(_W1) & _MASK)
    return x0, x1, x2, x3


@kernel
def block(seed, stream, step, uid):  # type: ignore[no-untyped-def]
    """The 128 random bits of one decision of one cell at one step.

    Parameters
    ----------
    seed, stream, step : int
        Seed of the tumor, :class:`Stream`, step number [-].
    uid : int
        64-bit lineage id of the cell [-].

    Returns
    -------
    tuple of four uint32
    """
    u = np.uint64(uid)
    s = np.uint64(seed)
    return philox4x32(
        np.uint32(u & _MASK), np.uint32(u >> _SHIFT), np.uint32(step), np.uint32(stream),
        np.uint32(s & _MASK), np.uint32(s >> _SHIFT),
    )  # fmt: skip


@kernel
def unit(word):  # type: ignore[no-untyped-def]
    """Map a 32-bit word [-] to the open interval (0, 1) [-]."""
    return (np.float64(word) + 0.5) * _UNIT


@kernel
def u01(seed, stream, step, uid):  # type: ignore[no-untyped-def]
    """One uniform number in (0, 1) [-] for one decision; parameters as in :func:`block` [-]."""
    return unit(block(seed, stream, step, uid)[0])


@kernel
def normals(seed, stream, step, uid):  # type: ignore[no-untyped-def]
    """Four standard normal numbers [-] by Box and Muller; parameters as in :func:`block` [-]."""
    a, b, c, d = block(seed, stream, step, uid)
    r1 = np.sqrt(-2.0 * np.log(unit(a)))
    r2 = np.sqrt(-2.0 * np.log(unit(c)))
    p1, p2 = 2.0 * np.pi * unit(b), 2.0 * np.pi * unit(d)
    return r1 * np.cos(p1), r1 * np.sin(p1), r2 * np.cos(p2), r2 * np.sin(p2)


@kernel
def lineage_id(seed, mother, step):  # type: ignore[no-untyped-def]
    """The uid [-] of the daughter born to ``mother`` (uint64) at ``step`` [-]: a hash, so lineages keep their random numbers."""
    a, b, _, _ = block(seed, LINEAGE, step, mother)
    return np.uint64(np.uint64(a) << _SHIFT) | np.uint64(b)
