"""How long the page takes: until it is served, until its first answer, and from a slider that moves
to redrawn curves.

    python benchmarks/page.py [RUNS]

In headless Chromium, with the playwright package; RUNS: directories in the folder of the runs (0).
The first redrawn curve is that of four twin animals; the last one of all of them.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

MOVES, PATIENCE_MS = 10, 900_000
#: Moves a slider, waits for the curves to be drawn anew, and for all animals: [ms], [ms].
MOVE = """([name, to]) => new Promise((done) => {
  const slider = document.querySelector(`[aria-label="${name}"]`);
  const chart = document.querySelector('[aria-label^="Growth curves"]');
  const status = [...document.querySelectorAll('[role=status]')].find(
    (one) => one.innerText.includes("twin animals"));
  const begun = performance.now();
  let first = 0;
  const look = () => {
    if (first && /(\\d+) of \\1 twin/.test(status.innerText)) {
      observer.disconnect();
      done([first, performance.now() - begun]);
    }
  };
  const observer = new MutationObserver((changes) => {
    if (!first && changes.some((one) => chart.contains(one.target))) first = performance.now() - begun;
    look();
  });
  observer.observe(document.body, {childList: true, subtree: true, characterData: true, attributes: true});
  slider.value = to;
  slider.dispatchEvent(new Event("input", {bubbles: true}));
})"""  # noqa: E501


def main() -> None:
    """Measure and print."""
    base = Path(tempfile.mkdtemp())
    for k in range(int(sys.argv[1]) if len(sys.argv) > 1 else 0):
        path = base / "runs" / f"run-{k:03}"
        path.mkdir(parents=True)
        (path / "manifest.json").write_text(json.dumps({"title": f"Run {k}", "answer": "x" * 5000}))
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        address = f"http://localhost:{trial.getsockname()[1]}"
    command = [sys.executable, "-m", "xenosim", "app", "--no-show", "--runs", str(base / "runs")]
    begun = time.perf_counter()
    server = subprocess.Popen([*command, "--port", address.rpartition(":")[2]])
    try:
        while True:
            with suppress(OSError):
                urllib.request.urlopen(address)
                break
            time.sleep(0.02)
        print(f"load of the machine {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
        print(f"served after {time.perf_counter() - begun:.2f} s")
        with sync_playwright() as session:
            path = shutil.which("chromium")
            browser = session.chromium.launch(executable_path=path, args=["--no-sandbox"])
            measure(browser.new_page(viewport={"width": 1280, "height": 800}), address)
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()
        shutil.rmtree(base, ignore_errors=True)


def measure(page: Any, address: str) -> None:
    """Print times of one browser."""
    page.set_default_timeout(PATIENCE_MS)
    begun = time.perf_counter()
    page.goto(address, wait_until="domcontentloaded")
    page.get_by_text("scenario").first.wait_for()
    print(f"shown {time.perf_counter() - begun:.2f} s after it was asked for")
    page.get_by_text("16 of 16 twin animals").wait_for()
    print(f"first whole answer {time.perf_counter() - begun:.2f} s after it was asked for")
    for name, low, step in (
        ("dose of ixazomib (mg/kg)", 3.0, 1.0),
        ("interval of ixazomib (day)", 3.0, 1.0),
        ("start volume (mm³)", 110.0, 10.0),
    ):
        times = [page.evaluate(MOVE, [name, str(low + step * k)]) for k in range(MOVES)]
        told = []
        for values in zip(*times, strict=True):
            told.append(f"{statistics.median(values):.0f} ms (worst {max(values):.0f})")
        print(f"{name}: curves after {told[0]}, of all animals after {told[1]}", flush=True)


if __name__ == "__main__":
    main()
