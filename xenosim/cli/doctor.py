"""Verb doctor: what xenosim finds on this machine."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import Any

import typer

from xenosim import __version__

#: Packages that decide numbers.
PACKAGES = ("numpy", "numba", "llvmlite", "scipy", "pandas", "matplotlib", "mesa")
#: By extra: a module of it, how it is installed, and what it is for.
EXTRAS = {
    "excel": ("openpyxl", "openpyxl>=3.1", "laboratory data in workbooks, report --xlsx"),
    "parquet": ("pyarrow", "pyarrow>=15", "large tables as Parquet"),
    "view3d": ("pyvista", "zarr>=3 pyvista>=0.44", "export to napari and ParaView, turntables"),
    "app": ("nicegui", "nicegui>=3.10,<4", "the page, xenosim app"),
    "search": ("SALib", "SALib>=1.5 optuna>=4", "sensitivity, optimize"),
    "cluster": ("distributed", "distributed>=2024.8", "run --scheduler"),
}


def doctor(as_json: bool) -> None:
    """Print versions, threads, memory, caches and missing extras; exit code 1 if something that a
    run needs does not work.
    """
    found = examine()
    typer.echo(json.dumps(found) if as_json else as_text(found))
    if found["problems"]:
        raise typer.Exit(1)


def examine() -> dict[str, Any]:
    """What this machine has, as plain data: ``problems`` are those that keep a run from going
    well.
    """
    from xenosim.cache import cache_root
    from xenosim.errors import XenosimError
    from xenosim.machine import memory_bytes, processors

    problems: list[str] = []
    cache, compiled = "", False
    try:
        from xenosim import jit

        cache, compiled = str(cache_root()), jit.IS_COMPILED
        if "xenosim-cache-" in cache:
            problems.append("no cache can be kept: kernels are compiled anew in every run")
    except XenosimError as error:
        problems.append(f"{error.where}: {error.message}; {error.remedy}")
    free = shutil.disk_usage(os.getcwd()).free
    if free < 2**30:
        problems.append(f"only {free / 2**20:.0f} MiB are free here")
    return {
        "xenosim": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "executable": sys.executable,
        "packages": {name: _version(name) for name in PACKAGES},
        "processors": processors(),
        "memory_gib": round(memory_bytes() / 2**30, 1),
        "free_here_gib": round(free / 2**30, 1),
        "threading_layer": _threading_layer(problems),
        "cache": cache,
        "kernels_compiled": compiled,
        "extras": {name: find_spec(module) is not None for name, (module, *_) in EXTRAS.items()},
        "problems": problems,
    }


def as_text(found: dict[str, Any]) -> str:
    """The first screen."""
    compiled = "" if found["kernels_compiled"] else " (the first run compiles, about a minute)"
    rows = [
        ("xenosim", found["xenosim"]),
        ("Python", f"{found['python']}, {found['system']}"),
        ("packages", ", ".join(f"{name} {v}" for name, v in found["packages"].items())),
        ("processors", f"{found['processors']}, threads by {found['threading_layer']}"),
        ("memory", f"{found['memory_gib']} GiB; {found['free_here_gib']} GiB of disk free here"),
        ("cache", f"{found['cache'] or '-'}{compiled}"),
    ]
    for name, (_, requirement, purpose) in EXTRAS.items():
        quoted = " ".join(f"'{part}'" for part in requirement.split())
        missing = "there" if found["extras"][name] else f"missing: pip install {quoted}"
        rows.append((f"extra {name}", f"{missing} ({purpose})"))
    lines = [f"{name:<16}{text}" for name, text in rows]
    lines += [f"Problem: {text}" for text in found["problems"]] or ["All that a run needs is here."]
    return "\n".join(lines)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def _threading_layer(problems: list[str]) -> str:
    """Which library runs numba's threads, found by a loop that uses them."""
    try:
        import numba
        import numpy as np

        from xenosim.jit import kernel, prange

        def halve(values: Any) -> None:
            for i in prange(values.size):
                values[i] *= 0.5

        kernel(parallel=True)(halve)(np.ones(4))
        return str(numba.threading_layer())
    except Exception as error:  # a broken compiler raises anything
        problems.append(f"numba cannot compile: {error}")
        return "none"
