"""Small files that decide a result, kept with a checksum: what is damaged counts as absent."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from xenosim.io.runs import replacing


def write_checked_json(data: Any, path: Path) -> None:
    """Write ``data`` in one step, as one line of JSON and one of its SHA-256.

    Raises
    ------
    OSError
        Nothing is written.
    """
    text = json.dumps(data)
    # Shards of a study may write the same at the same time.
    with replacing(path, f".{path.name}.{os.getpid()}.partial") as partial:
        partial.write_text(f"{text}\n{_digest(text)}\n", encoding="utf-8")


def read_checked_json(path: Path) -> Any | None:
    """What was written to ``path``; None if it is absent, cannot be read, or has changed since."""
    try:
        text, digest = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return None
    return json.loads(text) if _digest(text) == digest else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
