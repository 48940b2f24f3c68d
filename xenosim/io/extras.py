"""Packages that are installed only where they are wanted."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from xenosim.errors import RunError

#: How the packages of the extra ``view3d`` are installed, wherever xenosim itself came from.
INSTALL = "pip install 'zarr>=3' 'pyvista>=0.44'"


def view3d(module: str) -> Any:
    """Import a package of the extra ``view3d``; RunError if it is not installed or does not
    load.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise RunError(
            f"this format needs the package {module} ({error})",
            remedy=INSTALL,
        ) from error
