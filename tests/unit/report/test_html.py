"""The report says what the tables say, whole in one file, of simulated and of measured mice."""

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.study_on_disk import ONE_MODEL, tiny, twins
from tests.unit.analysis.test_resampling import study
from tests.unit.analysis.test_tolerability import mice
from xenosim.analysis.data import StudyData
from xenosim.errors import RunError
from xenosim.report.grids import Grid, endpoint_grid, grid_of_tests, said
from xenosim.report.html import report_html, write_report
from xenosim.report.measured import measured_study
from xenosim.report.text import load_result
from xenosim.study.panel import run_panel
from xenosim.study.run import run_study
from xenosim.viz.gallery import PICTURES

ODD = '=cmd <script>alert(1)</script> & "quoted" $x^2$ 🐭' + "n" * 200
CHROMIUM = shutil.which("chromium")


class Text(HTMLParser):
    """Texts of cells of a page, all of its text, and its tags."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.all, self.cells, self.tags = "", [""], set[str]()
        self.feed(re.sub(r"<style>.*?</style>", "", page, flags=re.S))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self.cells.append("")

    def handle_data(self, data: str) -> None:
        self.all += data
        self.cells[-1] += data

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny run."""
    folder = tmp_path_factory.mktemp("runs")
    run = run_study(tiny(folder), jobs=1).save(folder, command="xenosim run tiny.yaml")
    write_report(run)
    return run


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Mice of a laboratory with an odd name of an arm and an odd title."""
    table = study("vehicle", ODD).assign(body_weight_g=20.0)
    result = measured_study(StudyData(table, "vehicle"), title="<b>mice</b> & more")
    run = result.save(tmp_path_factory.mktemp("runs"), figures=False)
    write_report(run)
    return run


def page_of(run: Path) -> str:
    """The report that was written."""
    return (run / "report.html").read_text(encoding="utf-8")


def rows_of(run: Path) -> list[str]:
    """Every number and interval of the tables as the report says it."""
    tables = load_result(run).tables
    grids: list[Grid] = [endpoint_grid(tables["endpoints"])]
    grids += [grid_of_tests(tables["tests"])] if len(tables["tests"]) else []
    return [cell for grid in grids for row in grid.rows for cell in row if cell]


def test_the_report_has_every_number_of_the_tables(measured: Path, simulated: Path) -> None:
    for run in (measured, simulated):
        page = Text(page_of(run))
        missing = set(rows_of(run)) - {cell.strip() for cell in page.cells}
        assert not missing
        endpoints = load_result(run).tables["endpoints"]
        for value in endpoints["estimate"]:
            assert said(value) in page.all
        assert not re.search(r"\bnan\b", page.all, re.IGNORECASE)


def test_simulated_animals_are_called_so_on_every_figure_and_mice_never(
    measured: Path, simulated: Path
) -> None:
    page = page_of(simulated)
    captions = re.findall(r"<figcaption>(.*?)</figcaption>", page, re.S)
    assert len(captions) >= len(PICTURES) and page.count("<svg") == len(captions)
    assert all("Simulated animals." in caption for caption in captions)
    text = Text(page_of(measured)).all
    assert "simulated" not in text.lower() and "Measured animals" in text


def test_the_page_needs_nothing_and_executes_nothing(measured: Path, simulated: Path) -> None:
    for run in (measured, simulated):
        page = page_of(run)
        assert len(page.encode()) < 3_000_000
        tags = Text(page).tags
        assert not tags & {"script", "link", "iframe", "img", "object", "b"}
        loaded = re.findall(r'(?:src|href|url)\s*[=(]\s*"?([^"\s)>]+)', page)
        assert all(target.startswith(("#", "data:")) for target in loaded)
        ids = set(re.findall(r'\bid="([^"]+)"', page))
        assert {target[1:] for target in loaded if target.startswith("#")} <= ids
    assert ODD in Text(page_of(measured)).all


def test_methods_sources_and_the_way_to_repeat_it_are_there(simulated: Path) -> None:
    text = Text(page_of(simulated)).all
    for part in (
        "Randomisation",
        "10 mg/kg IV days 0,2",
        "200 mm3",
        "xenosim run tiny.yaml",
        f"xenosim rerun {simulated.name} --check",
        "assumed",
        "doi:",
    ):
        assert part in text, part


def test_a_report_of_mice_loads_nothing_that_simulates() -> None:
    code = "import sys, xenosim.report.html, xenosim.report.tables; print('numba' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "False"


def test_mice_that_left_or_were_not_weighed_are_told(tmp_path: Path) -> None:
    run = measured_study(mice(), title="left").save(tmp_path, figures=False)
    text = Text(report_html(run))
    assert "1 body weight" in text.all and "1 found dead" in text.all


def test_only_studies_have_a_report(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"assay": "viability"}')
    with pytest.raises(RunError, match="a report is that of a study or a panel"):
        report_html(tmp_path)


@pytest.mark.skipif(
    not CHROMIUM or not shutil.which("pdftotext"), reason="no chromium and pdftotext here"
)
@pytest.mark.parametrize("kind", ["measured", "simulated"])
def test_a_browser_shows_and_prints_every_number(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    run: Path = request.getfixturevalue(kind)
    page = (run / "report.html").resolve().as_uri()
    base = [str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu"]
    pdf, shot = tmp_path / "page.pdf", tmp_path / "page.png"
    for what in (f"--print-to-pdf={pdf}", f"--screenshot={shot}"):
        subprocess.run([*base, what, page], check=True, capture_output=True, timeout=240)
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
    ).stdout
    words = set(text.split())
    numbers = {word for cell in rows_of(run) for word in cell.split() if word[0].isdigit()}
    assert len(numbers) > 20 and not numbers - words
    assert f"{kind.capitalize()} animals" in text and "A4" in _page_size(pdf)
    from matplotlib.image import imread

    picture = imread(shot)
    assert picture.shape[0] > 400 and picture.std() > 0.02


def _page_size(pdf: Path) -> str:
    """What pdfinfo says of the size of a page."""
    told = subprocess.run(["pdfinfo", str(pdf)], check=True, capture_output=True, text=True).stdout
    return next(line for line in told.splitlines() if line.startswith("Page size"))


def test_a_panel_has_a_report_of_its_models(tmp_path: Path) -> None:
    run = run_panel(twins(tmp_path, ONE_MODEL), jobs=1).save(tmp_path, figures=False)
    page = report_html(run)
    text = Text(page)
    cells = {cell.strip() for cell in text.cells}
    table = load_result(run).tables["panel"]
    assert set(table["model"]) | {said(value) for value in table["tc_pct"]} <= cells
    assert page.count("<svg") == 1 and "Simulated animals" in text.all
    assert "in each of 1 models" in text.all and not re.search(r"\bnan\b", text.all, re.IGNORECASE)
