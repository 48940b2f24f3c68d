"""The page in a real browser without a screen, and what its server answers to others."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from tests.command import ENVIRONMENT, start
from tests.study_on_disk import tiny, twins
from xenosim.errors import RunError

pytest.importorskip("nicegui", reason="the extra 'app' is not installed")
CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
#: Time that a loaded machine may take for one answer [s].
PATIENCE_S = 150.0
HOSTILE = "<img src=x onerror=document.title='owned'>"
ARMS = "arms:\n  vehicle: {regimen: none, control: true}\n"
#: A table with a column for each day, as people leave it.
LAB = "group,mouse,0,3,6,9\n" + "".join(
    f"{arm},{mouse},{','.join(str(100 + 10 * mouse + day * slope) for day in (0, 3, 6, 9))}\n"
    for arm, slope in (("saline", 30), ("drug", 10))
    for mouse in range(1, 5)
)


class Served:
    """A server of its own process; ``runs`` below ``base``."""

    def __init__(self, base: Path) -> None:
        self.base, self.runs, self.scenarios = base, base / "runs", base / "scenarios"
        self.scenarios.mkdir(exist_ok=True)
        self.port = free()
        self.begin()

    def begin(self) -> None:
        command = [sys.executable, "-m", "xenosim", "app", "--no-show", "--port", str(self.port)]
        command += ["--runs", str(self.runs), "--scenarios", str(self.scenarios)]
        self.process = subprocess.Popen(command, env=ENVIRONMENT, cwd=self.base)
        wait(lambda: self.get("/")[0] == 200)

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        request = urllib.request.Request(self.address + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def end(self, number: int = signal.SIGINT) -> None:
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)


def free() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def wait(condition: Any) -> None:
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, "nothing came"
        time.sleep(0.1)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path)
    yield found
    if found.process.poll() is None:
        found.end()


def test_a_server_answers_its_own_page_alone(served: Served) -> None:
    run = served.runs / "one"
    (run / "figures").mkdir(parents=True)
    (run / "manifest.json").write_text("{}")
    (run / "figures" / "a.svg").write_text("<svg/>")
    assert served.get("/run/one/figures/a.svg") == (200, b"<svg/>")
    assert served.get("/run/one/figures/b.svg")[0] == 404
    assert served.get("/run/..%2F..%2Fone/figures/a.svg")[1] != b"<svg/>"
    assert served.get("/run/one/report.html")[0] == 404
    assert served.get("/", Host="evil.example")[0] == 403
    assert served.get("/", Origin="https://evil.example")[0] == 403
    text = served.get("/")[1].decode()
    assert not re.findall(r"(?:src|href)=\"https?://", text)
    with socket.socket() as other:
        # Loopback alone: other addresses of this computer have no such door.
        assert other.connect_ex(("127.0.0.1", served.port)) == 0
    taken = start("app", "--no-show", "--port", str(served.port), cwd=served.base)
    assert taken.returncode == 2 and "in use" in taken.stderr and len(taken.stderr) < 200


def test_a_port_in_use_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    from xenosim.app import server

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(server, "PORT", port)
        assert server.free_port(None) > port
        with pytest.raises(RunError, match="in use"):
            server.free_port(port)


@pytest.fixture
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="no playwright")
    if CHROMIUM is None:
        pytest.skip("no chromium on this machine")
    with playwright.sync_playwright() as session:
        found = session.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        yield found
        found.close()


def opened(browser: Any, served: Served) -> Any:
    """The page in a window of a laptop; it asks the network for nothing else."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_default_timeout(1000.0 * PATIENCE_S)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(served.address, wait_until="domcontentloaded")
    page.get_by_text("twin animals of").wait_for()
    outside = [url for url in asked if not url.startswith((served.address, "data:", "blob:"))]
    assert not outside
    return page


@pytest.mark.slow
def test_a_study_is_changed_run_and_downloaded(browser: Any, served: Served) -> None:
    twins(served.scenarios)
    page = opened(browser, served)
    before = page.get_by_role("status").all_inner_texts()
    field = page.get_by_label("regimen of early")
    field.fill("7 mgkg")
    page.get_by_text("not computed").wait_for()
    assert page.locator(".q-field--error").count() == 1
    field.fill("5 mg/kg IV days 0,2")
    page.get_by_text("not computed").wait_for(state="detached")
    page.get_by_text("16 of 16 twin animals").wait_for()
    assert page.get_by_role("status").all_inner_texts() != before
    page.get_by_role("button", name="Remove arm late").click()
    page.get_by_label("regimen of late").wait_for(state="detached")
    page.get_by_label("Run this study").click()
    wait(lambda: list(served.runs.glob("*tiny*/manifest.json")))
    manifest = json.loads(next(served.runs.glob("*tiny*/manifest.json")).read_text())
    assert "arms.early.regimen=5 mg/kg IV days 0,2" in manifest["command"]
    assert manifest["arms"] == ["vehicle", "early"]
    page.get_by_role("checkbox", name="Show Tiny").click()
    page.get_by_text("Download the report").wait_for()
    with page.expect_download() as download:
        page.get_by_text("Download the report").click()
    assert "Tiny" in Path(download.value.path()).read_text(encoding="utf-8")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


@pytest.mark.slow
def test_hostile_names_stay_text(browser: Any, served: Served) -> None:
    twins(served.scenarios)
    path = served.scenarios / "twins.yaml"
    text = path.read_text().replace("title: Tiny", f'title: "{HOSTILE}"')
    path.write_text(text.replace("  early:", f'  "{HOSTILE}":'))
    (served.scenarios / "deep.yaml").write_text("a: " + "[" * 5000)
    run = served.runs / "evil"
    run.mkdir(parents=True)
    (run / "manifest.json").write_text(json.dumps({"title": HOSTILE, "answer": HOSTILE}))
    page = opened(browser, served)
    assert page.get_by_text(HOSTILE).count() >= 1
    page.get_by_role("tab", name="Runs").click()
    page.locator(".q-table tbody .q-checkbox").first.click()
    page.get_by_text("Download the report").wait_for()
    assert page.title() == "xenosim" and page.locator("img[src=x]").count() == 0


@pytest.mark.slow
def test_a_broken_table_is_refused_and_a_whole_one_analyzed(browser: Any, served: Served) -> None:
    page = opened(browser, served)
    page.get_by_role("tab", name="Laboratory").click()
    drop = page.locator("input[type=file]")
    drop.set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": b"\x00\xff;;\n1"})
    page.get_by_role("alert").wait_for()
    drop.set_input_files({"name": "mice.csv", "mimeType": "text/csv", "buffer": LAB.encode()})
    for offer in ("Yes, it is 'by-day'", "The control is 'saline'"):
        page.get_by_role("button", name=offer).click()
    page.get_by_text("Download the report").wait_for()
    assert page.get_by_text("T/C").count()


@pytest.mark.slow
def test_a_run_outlives_its_server_and_two_browsers_see_it(browser: Any, served: Served) -> None:
    twins(served.scenarios)
    path = served.scenarios / "twins.yaml"
    path.write_text(path.read_text().replace("per_arm: 1", "per_arm: 400"))
    first, second = opened(browser, served), opened(browser, served)
    first.get_by_label("Run this study").click()
    wait(lambda: list(served.runs.glob("*.unfinished")))
    first.reload(wait_until="domcontentloaded")
    second.close()
    served.end(signal.SIGKILL)
    assert list(served.runs.glob("*.unfinished"))
    served.begin()
    second = opened(browser, served)
    for page in (first, second):
        page.goto(served.address, wait_until="domcontentloaded")
        page.get_by_role("tab", name="Runs").click()
        page.get_by_role("checkbox", name="Show Tiny").click()
    first.get_by_role("button", name="Cancel").click()
    second.get_by_text("unfinished, ").wait_for()
    done = len(list(served.runs.glob("*.unfinished/outcomes/*.ckpt")))
    second.get_by_role("button", name="Resume").click()
    wait(lambda: len(list(served.runs.glob("*tiny*/outcomes/*.ckpt"))) > done)
    second.get_by_role("button", name="Cancel").first.click()


@pytest.mark.slow
def test_the_dish_is_measured(browser: Any, served: Served) -> None:
    page = opened(browser, served)
    page.get_by_role("tab", name="Dish").click()
    page.get_by_label("line").fill("KMS-11")
    page.get_by_role("button", name="Measure").click()
    page.get_by_text("IC50").first.wait_for()
    page.get_by_label("line").fill("<b>no line</b>")
    page.get_by_role("button", name="Measure").click()
    page.get_by_role("alert").wait_for()


#: Pixels of the canvas that are not white, and a number that changes with where they are.
PIXELS = """() => {
  const canvas = document.querySelector("canvas");
  const data = canvas.getContext("2d").getImageData(0, 0, canvas.width, 400).data;
  let drawn = 0, where = 0;
  for (let k = 0; k < data.length; k += 4)
    if (data[k] + data[k + 1] + data[k + 2] < 765) {
      drawn += 1;
      where = (where + k * (1 + data[k + 2])) % 1000003;
    }
  return [drawn, where];
}"""


@pytest.mark.slow
def test_a_tumor_is_turned_cut_and_followed_by_day(browser: Any, served: Served) -> None:
    tiny(served.base)
    assert (
        start("run", "tiny.yaml", "--out", "runs", "--jobs", "1", cwd=served.base).returncode == 0
    )
    page = opened(browser, served)
    page.get_by_role("tab", name="Runs").click()
    page.get_by_role("checkbox", name="Show Tiny").click()
    page.get_by_role("button", name="Show this tumor").click()
    page.locator("canvas").wait_for()
    wait(lambda: page.evaluate(PIXELS)[0] > 500)
    seen = [page.evaluate(PIXELS)]

    def changed() -> bool:
        return page.evaluate(PIXELS) not in seen

    page.locator("canvas").focus()
    for act in (
        lambda: page.keyboard.press("ArrowRight"),
        lambda: page.keyboard.press("+"),
        lambda: page.get_by_label("share of the tumor that is left").fill("80"),
        lambda: page.get_by_label("color by").select_option("load"),
        lambda: page.get_by_label("the section alone").check(),
        lambda: page.get_by_label("day", exact=True).fill("1"),
    ):
        act()
        wait(changed)
        seen.append(page.evaluate(PIXELS))
        assert seen[-1][0] > 100


@pytest.mark.slow
def test_many_runs_and_damaged_ones_are_listed(browser: Any, served: Served) -> None:
    for k in range(200):
        path = served.runs / f"run-{k:03}"
        path.mkdir(parents=True)
        (path / "manifest.json").write_text(json.dumps({"title": f"Run {k}", "answer": "x" * 5000}))
    (served.runs / "run-007" / "manifest.json").write_text("{")
    (served.runs / "run-008" / "manifest.json").unlink()
    (served.runs / "half.unfinished").mkdir()
    page = opened(browser, served)
    page.get_by_role("tab", name="Runs").click()
    page.get_by_text("201 runs in").wait_for()
    for name in ("run-007", "run-008", "half.unfinished"):
        page.get_by_label("find").fill(name)
        page.get_by_role("row", name=name).get_by_role("checkbox").click()
        page.get_by_text(f"{name}: this directory is damaged").wait_for()
