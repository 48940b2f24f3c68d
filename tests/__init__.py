"""Tests. Of several test processes (``pytest -n``) each compiles into a cache of its own: numba's
is not made for two writers.
"""

import os
from pathlib import Path

_own = f"tests-{os.environ.get('PYTEST_XDIST_WORKER', '')}"
_cache = Path(os.environ.get("XENOSIM_CACHE_DIR") or Path.home() / ".cache" / "xenosim")
# What a test starts finds the cache of its own test process in the environment.
if _own != "tests-" and _cache.name != _own:
    os.environ["XENOSIM_CACHE_DIR"] = str(_cache / _own)
