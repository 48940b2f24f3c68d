"""One decorator, one cache, strict arithmetic."""

from __future__ import annotations

import os

import numba
import numpy as np
import pytest

from xenosim import jit
from xenosim.cache import cache_root


def test_compiled_code_is_kept_by_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(cache_root() / "kernels" / jit.source_hash())
    assert os.environ["NUMBA_CACHE_DIR"] == numba.config.CACHE_DIR == folder
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "yes")
    assert jit.source_hash() not in folder


def test_a_kernel_is_strict_and_divides_as_numpy_does() -> None:
    @jit.kernel
    def quotient(a, b):
        return a / b

    options = quotient.targetoptions
    assert not options["fastmath"] and options["nogil"]
    assert quotient(1.0, 0.0) == np.inf


def test_asking_ahead_changes_nothing() -> None:
    @jit.kernel
    def ask(column, index):
        jit.prefetch(column, index)

    column = np.arange(4.0)
    ask(column, 10**6)
    assert list(column) == [0, 1, 2, 3]
