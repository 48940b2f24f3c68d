"""The same cells in a dish. ``cells`` names them; every assay returns a frozen result that prints
and plots itself.
"""

from xenosim.assays.blot import blot, chip, qpcr
from xenosim.assays.calibration import calibrate_line, characterize, read_viability
from xenosim.assays.combination import combine
from xenosim.assays.library import cells
from xenosim.assays.plate import Layout
from xenosim.assays.viability import apoptosis, dose_response, pulses_of

__all__ = [
    "Layout",
    "apoptosis",
    "blot",
    "calibrate_line",
    "cells",
    "characterize",
    "chip",
    "combine",
    "dose_response",
    "pulses_of",
    "qpcr",
    "read_viability",
]
