"""The same cells in a dish. ``cells`` names them; every assay returns a frozen answer that prints
and plots itself. Modules load on first use.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "Layout": "plate",
    "apoptosis": "viability",
    "blot": "lysate",
    "calibrate_line": "calibration",
    "cells": "library",
    "characterize": "characterization",
    "chip": "lysate",
    "combine": "combination",
    "compare": "comparison",
    "dose_response": "viability",
    "pulses_of": "viability",
    "qpcr": "lysate",
    "read_viability": "characterization",
}
__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(f"xenosim.assays.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module 'xenosim.assays' has no attribute {name!r}")
