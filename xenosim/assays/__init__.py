"""The same cells in a dish. ``cells`` names them; every assay returns a frozen measurement that
prints and plots itself. ``Viability`` and its like describe an assay as an assay file does; their
``run()`` gives a result that can be kept. Modules load on first use.

Read in this order: culture (one well), plate (many), viability, lysate, combination, comparison,
calibration and characterization (what is measured), spec and protocol (how it is described), files
and result (how it is kept).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_PUBLIC = {
    "Apoptosis": "protocol",
    "AssayResult": "result",
    "Blot": "protocol",
    "Characterization": "protocol",
    "Chip": "protocol",
    "Combination": "protocol",
    "Comparison": "protocol",
    "Layout": "plate",
    "Qpcr": "protocol",
    "Viability": "protocol",
    "Washout": "protocol",
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
    "read_assay": "files",
    "read_viability": "characterization",
}
__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(f"xenosim.assays.{_PUBLIC[name]}"), name)
    raise AttributeError(f"module 'xenosim.assays' has no attribute {name!r}")
