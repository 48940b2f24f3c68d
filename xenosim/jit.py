"""The one compiler decorator, ``kernel``, and a compile cache keyed by the sources of every
kernel.

Importing it changes the host process, for every numba function in it and not only for xenosim's:
numba keeps compiled code in xenosim's cache (``NUMBA_CACHE_DIR`` and ``numba.config.CACHE_DIR``),
LLVM may compare more pointers before it vectorizes a loop, on processors with 512-bit registers it
uses all of them (``numba.config.CPU_FEATURES``, unless set), and OpenMP's idle threads sleep
(``OMP_WAIT_POLICY``, unless set). None of these changes a result of a program that uses numba with
strict arithmetic; whoever wants numba's own settings imports xenosim in another process.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from xenosim.cache import cache_root, use_checked_files

F = TypeVar("F", bound=Callable[..., Any])


def source_hash() -> str:
    """Hash of every source that may hold a kernel: an edit anywhere invalidates all compiled
    code.
    """
    package = Path(__file__).parent
    digest = hashlib.sha256(os.environ.get("NUMBA_BOUNDSCHECK", "").encode())
    digest.update(Path(__file__).read_bytes())
    for folder in ("cell", "tumor", "pharmacology"):
        for path in sorted((package / folder).glob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _point_numba_at_cache() -> bool:
    """Set numba's cache directory before numba is imported; say whether it already holds code."""
    folder = cache_root() / "kernels" / source_hash()
    had_code = folder.is_dir() and any(folder.iterdir())
    os.environ["NUMBA_CACHE_DIR"] = str(folder)
    return had_code


#: Whether compiled kernels were found when this process started.
IS_COMPILED = _point_numba_at_cache()
# OpenMP's threads spin while they wait, by default: beside another busy process a step of a small
# tumor then takes 40 times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import llvmlite.binding  # noqa: E402
import numba  # noqa: E402

use_checked_files()

# Where a processor has 512-bit registers, LLVM uses half of them unless told otherwise
# (benchmarks/cell_kernel.py: a quarter slower).
_features = llvmlite.binding.get_host_cpu_features()
if _features.get("avx512f") and not getattr(numba.config, "CPU_FEATURES", None):
    setattr(numba.config, "CPU_FEATURES", _features.flatten() + ",-prefer-256-bit")  # noqa: B010
setattr(numba.config, "CACHE_DIR", os.environ["NUMBA_CACHE_DIR"])  # noqa: B010
# The cell loop walks some twenty columns. LLVM proves that they do not overlap by comparing them
# pairwise at run time, and gives up beyond eight comparisons unless told otherwise; without this
# the loop is not vectorized (5 times slower, see benchmarks/).
llvmlite.binding.set_option("xenosim", "-vectorize-memory-check-threshold=1024")
llvmlite.binding.set_option("xenosim", "-runtime-memory-check-threshold=1024")
llvmlite.binding.set_option("xenosim", "-memory-check-merge-threshold=1024")


def kernel(function: F | None = None, *, parallel: bool = False, inline: bool = False) -> Any:
    """Compile a function: cached, IEEE arithmetic, no exceptions inside loops.

    Parameters
    ----------
    function : callable, optional
        The function, when the decorator is used bare.
    parallel : bool
        Whether ``prange`` loops run on threads.
    inline : bool
        Whether LLVM must inline the function (rules called from the vectorized loop).
    """

    def decorate(body: F) -> Any:
        return numba.njit(
            cache=True,
            error_model="numpy",
            fastmath=False,
            parallel=parallel,
            nogil=True,
            forceinline=inline,
        )(body)

    return decorate if function is None else decorate(function)


prange = numba.prange


def _ask_for_line(typing_context: Any, column: Any, index: Any) -> Any:
    from numba.core import types

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir

        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        array = context.make_array(column)(context, builder, arguments[0])
        line = builder.bitcast(
            builder.gep(array.data, [context.cast(builder, arguments[1], index, types.intp)]), byte
        )
        hint = builder.module.declare_intrinsic(
            "llvm.prefetch", [byte], ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        )
        # To be written, to be kept, data.
        builder.call(hint, [line, number(1), number(3), number(1)])
        return context.get_dummy_value()

    return types.void(column, index), generate


#: ``prefetch(column, index)``, in kernels: ask for the memory of ``column[index]``, a contiguous
#: column, ahead of its use. Nothing is read and nothing changes, whatever the index. Cells that act
#: in one step lie scattered; without this a loop waits for one after another.
prefetch: Any = numba.extending.intrinsic(_ask_for_line)
