"""What all tests share: the shipped scenarios, and one thread."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numba
import pytest

SCENARIOS = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))
#: Those of one model.
STUDIES = [path for path in SCENARIOS if not path.stem.endswith("_panel")]
MAIN_JOB = next(path for path in SCENARIOS if path.stem == "escc_q2d")


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Tests begin on one thread: their tumors are too small for two, and processes share the
    machine. Those about threads set their own number.
    """
    numba.set_num_threads(1)
    yield
    numba.set_num_threads(1)
