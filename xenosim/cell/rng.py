"""Counter-based random numbers: a draw is a pure function of (seed, stream, step, uid).

Philox4x32-10 (Salmon et al. 2011, doi:10.1145/2063384.2063405). Nothing is stored between draws, so
a result cannot depend on the number of threads or the order of rows.
"""

from __future__ import annotations

from enum import IntEnum, unique

import numpy as np

from xenosim.jit import kernel

_M0, _M1 = np.uint64(0xD2511F53), np.uint64(0xCD9E8D57)
_W0, _W1 = np.uint32(0x9E3779B9), np.uint32(0xBB67AE85)
_MASK, _SHIFT = np.uint64(0xFFFFFFFF), np.uint64(32)
_GOLDEN, _MIX_A, _MIX_B = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)
_HALF_WORD = np.uint64(16)
_UNIT, _HALF_UNIT = 1.0 / 4294967296.0, 1.0 / 65536.0


@unique
class Stream(IntEnum):
    """One stream per decision. A number is never reused."""

    LINEAGE = 1
    DIVIDE = 2
    TRAITS = 3
    BIRTH = 4
    CLEARANCE = 5
    VACANCY = 6
    FOUNDER = 7
    VESSELS = 8
    CLONE = 9
    NECROSIS = 10
    SECTOR = 11
    MIXING = 12
    DIRECT = 13


@unique
class Purpose(IntEnum):
    """What numbers outside the cells are drawn for. A number is never reused."""

    VARIATION = 1
    TUMOR_SEEDS = 2
    BODY_WEIGHT = 3
    READINGS = 4
    ASSIGNMENT = 5
    LESION_VOLUMES = 6
    IMPLANT = 7
    WELL_READINGS = 77
    BLOT_READINGS = 78


def generator(seed: int, purpose: Purpose, *key: int) -> np.random.Generator:
    """Random numbers of one purpose, independent of every other purpose and key.

    Parameters
    ----------
    seed : int
        Seed of the study or plate [-].
    purpose : Purpose
        What they are drawn for.
    *key : int
        Whose they are, e.g. replicate and animal [-].

    Examples
    --------
    >>> mine, yours = (generator(1, Purpose.READINGS, 0, 2) for _ in range(2))
    >>> mine.random() == yours.random()
    True
    """
    return np.random.default_rng(np.random.SeedSequence([seed, int(purpose), *key]))


LINEAGE, DIVIDE, TRAITS, BIRTH = (
    int(Stream.LINEAGE),
    int(Stream.DIVIDE),
    int(Stream.TRAITS),
    int(Stream.BIRTH),
)
CLEARANCE, VACANCY, FOUNDER, VESSELS = (
    int(Stream.CLEARANCE),
    int(Stream.VACANCY),
    int(Stream.FOUNDER),
    int(Stream.VESSELS),
)
CLONE, NECROSIS, SECTOR = int(Stream.CLONE), int(Stream.NECROSIS), int(Stream.SECTOR)
MIXING, DIRECT = int(Stream.MIXING), int(Stream.DIRECT)


@kernel
def philox4x32(c0, c1, c2, c3, k0, k1):
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


@kernel(inline=True)
def block(seed, stream, step, uid):
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
        np.uint32(u & _MASK),
        np.uint32(u >> _SHIFT),
        np.uint32(step),
        np.uint32(stream),
        np.uint32(s & _MASK),
        np.uint32(s >> _SHIFT),
    )


@kernel(inline=True)
def unit(word):
    """Map a 32-bit word [-] to the open interval (0, 1) [-]."""
    return (np.float64(word) + 0.5) * _UNIT


@kernel(inline=True)
def u01(seed, stream, step, uid):
    """One uniform number in (0, 1) [-] for one decision; parameters as in :func:`block` [-]."""
    return unit(block(seed, stream, step, uid)[0])


@kernel
def normals(seed, stream, step, uid):
    """Four standard normal numbers [-] by Box and Muller; parameters as in :func:`block` [-]."""
    a, b, c, d = block(seed, stream, step, uid)
    r1 = np.sqrt(-2.0 * np.log(unit(a)))
    r2 = np.sqrt(-2.0 * np.log(unit(c)))
    p1, p2 = 2.0 * np.pi * unit(b), 2.0 * np.pi * unit(d)
    return r1 * np.cos(p1), r1 * np.sin(p1), r2 * np.cos(p2), r2 * np.sin(p2)


@kernel
def blocks(seed, stream, step, uids, words):
    """:func:`block` of many cells: ``uids`` (n,) to ``words``, uint32 (4, n) [-]; contiguous, so
    that it runs on wide registers.
    """
    a, b, c, d = words[0], words[1], words[2], words[3]
    for k in range(uids.shape[0]):
        a[k], b[k], c[k], d[k] = block(seed, stream, step, uids[k])


@kernel(inline=True)
def normal_of(a, b):
    """A standard normal number [-] from two words [-] by Box and Muller."""
    return np.sqrt(-2.0 * np.log(unit(a))) * np.cos(2.0 * np.pi * unit(b))


@kernel(inline=True)
def upper_unit(word):
    """A number in (0, 1) [-] from the upper half of a 32-bit word [-], for a draw that needs no
    more than 16 bits.
    """
    return (np.int64(word >> _HALF_WORD) + 0.5) * _HALF_UNIT


@kernel(inline=True)
def scramble(key, k):
    """The ``k``-th of many cheap 64-bit draws from a 64-bit ``key`` that Philox gave [-]
    (SplitMix64, Steele et al. 2014, doi:10.1145/2660193.2660195).
    """
    x = np.uint64(key) + np.uint64(k) * _GOLDEN
    x = (x ^ (x >> np.uint64(30))) * _MIX_A
    x = (x ^ (x >> np.uint64(27))) * _MIX_B
    return x ^ (x >> np.uint64(31))


@kernel(inline=True)
def join(a, b):
    """A 64-bit number [-] from two words [-]. A daughter's uid joins the first words of (LINEAGE,
    step of birth, mother's uid): a hash, so that lineages keep their random numbers whatever
    happens elsewhere.
    """
    return np.uint64(np.uint64(a) << _SHIFT) | np.uint64(b)
