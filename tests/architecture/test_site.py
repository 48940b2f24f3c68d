"""The documents as a site: built without a warning, without a network, and every page in a list."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_site_is_built_without_a_warning_and_needs_no_network(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "site" / "build.py"), str(tmp_path / "site")],
        capture_output=True,
        text=True,
        timeout=600,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    first = (tmp_path / "site" / "README.html").read_text(encoding="utf-8")
    assert "docs/installation.html" in first and "docs/reference/verbs.html" in first
    for page in (tmp_path / "site").rglob("*.html"):
        loaded = re.findall(
            r"<(?:script|img|link)[^>]*(?:src|href)=\"(https?:[^\"]*)\"",
            page.read_text(encoding="utf-8"),
        )
        assert not loaded, (page.name, loaded)
    for page in (ROOT / "docs").rglob("*.md"):
        built = tmp_path / "site" / page.relative_to(ROOT).with_suffix(".html")
        assert built.is_file(), page.name
