"""xenosim: an agent-based tumor xenograft simulator. Heavy modules load on first use."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
_PUBLIC = {
    "StudyData": "xenosim.analysis.data",
    "StudyResult": "xenosim.study.result",
    "XenograftModel": "xenosim.study.abm",
    "first_screen": "xenosim.report.text",
    "load_result": "xenosim.report.text",
    "load_scenario": "xenosim.scenario.load",
    "run_study": "xenosim.study.run",
}
__all__ = [
    "StudyData",
    "StudyResult",
    "XenograftModel",
    "first_screen",
    "load_result",
    "load_scenario",
    "run_study",
]


def __getattr__(name: str) -> Any:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module 'xenosim' has no attribute {name!r}")
