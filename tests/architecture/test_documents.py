"""Documents say what is: links, files, sections, sources, commands and generated parts exist."""

import re
import runpy
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from xenosim.cell.columns import COLUMNS
from xenosim.cli.main import app
from xenosim.io.extras import INSTALL
from xenosim.parameters.load import available, load_line, load_set, references
from xenosim.parameters.schema import PARAMETERS
from xenosim.parameters.symbols import SYMBOLS, rows
from xenosim.scenario.resolve import starter_text

ROOT = Path(__file__).parents[2]
PAGES = [
    *sorted(ROOT.glob("*.md")),
    ROOT / "xenosim" / "MODEL.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "benchmarks").rglob("*.md")),
]
SOURCES = [
    path
    for folder in ("xenosim", "scenarios", "benchmarks", "docs")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in (".py", ".yaml", ".bib", ".md")
] + PAGES[:3]
MODEL = (ROOT / "xenosim" / "MODEL.md").read_text(encoding="utf-8")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), target
        if anchor:
            heads = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.M)
            slugs = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in slugs, target


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_what_is_cited_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for outside in (r"\bmodel\.md", r"study\.md", r"[Gg]uide document", "pk_defaults", "invivo.md"):
        assert not re.search(outside, text), outside
    submodels = set(re.findall(r"^### (P\d+) ", MODEL, re.M))
    for cited in re.findall(r"MODEL\.md[ ,(]+((?:P\d+(?:[-, and]+)?)+)", text):
        assert set(re.findall(r"P\d+", cited)) <= submodels, cited
    if path.suffix != ".md":
        known = {found.name for found in ROOT.rglob("*.*") if ".venv" not in found.parts}
        for cited in re.findall(r"\b([\w]+\.md)\b", text):
            assert cited in known, cited


def test_every_set_cites_sources_that_exist() -> None:
    sets = [
        load_set(each)
        for kind in PARAMETERS
        for each in (available(kind) if kind != "line" else [])
    ]
    sets += [load_line(line) for line in available("line")]
    cited = {parameter.bib for each in sets for parameter in each.values.values()}
    assert cited and cited <= set(references())


def test_no_symbol_has_two_meanings() -> None:
    symbols = [symbol for symbol, *_ in rows()]
    assert len(symbols) == len(set(symbols))
    for kind, names in SYMBOLS.items():
        assert set(names) <= set(PARAMETERS[kind])


def test_columns_have_the_symbols_of_the_model() -> None:
    symbols = {symbol for symbol, *_ in rows()}
    assert {column.symbol for column in COLUMNS} - {""} <= symbols


def test_every_symbol_of_an_equation_is_in_the_table() -> None:
    known = {symbol for symbol, *_ in rows()} | {"kinact", "KI"}
    words = set(
        "input max sum of over the an a inhibitors or with laplace bolus infusion PO SC IP IV"
        " clock slower at low dt d ln sqrt".split()
    )
    remark = r"(?<=\S)\s{3,}(?!\w+ +=).*"  # set off by spaces, unless another equation follows
    for block in re.findall(r"```text\n(.*?)```", MODEL, re.S):
        for line in block.splitlines():
            for token in re.findall(r"[A-Za-z][A-Za-z0-9_]*'?", re.sub(remark, "", line)):
                bare = token[1:] if token.startswith("d") and token[1:] in known else token
                assert bare in known | words, (token, line)


def test_generated_parts_are_those_of_the_code() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "generate.py"))
    for path in page["DOCUMENTS"]:
        text = path.read_text(encoding="utf-8")
        assert "<!-- end of " in text
        assert page["generated"](text) == text, f"{path.name}: run python docs/generate.py"


def commands() -> list[str]:
    found = []
    for page in PAGES:
        for block in re.findall(r"```(?:console|bash)\n(.*?)```", page.read_text(), re.S):
            whole = block.replace("\\\n", " ")
            lines = [line.split("  #")[0].strip() for line in whole.splitlines()]
            found += [line for line in lines if re.match(r"xenosim ", line)]
    return sorted(set(found))


@pytest.mark.parametrize("command", commands())
def test_commands_of_the_documents_have_existing_verbs_and_options(command: str) -> None:
    words = shlex.split(command)[1:]
    verb: Any = typer.main.get_command(app)
    while hasattr(verb, "commands"):
        assert words and words[0] in verb.commands, command
        verb = verb.commands[words.pop(0)]
    options = {option for one in verb.params for option in (*one.opts, *one.secondary_opts)}
    for word in words:
        if word.startswith("--"):
            assert word.split("=")[0] in options, f"{command}: {word}"


def test_n20_extras_that_are_named_can_be_installed_as_written() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras, named = project["optional-dependencies"], set()
    for page in (*PAGES, *SOURCES):
        text = page.read_text(encoding="utf-8")
        # xenosim is in no registry: only its folder can be named.
        assert "install xenosim" not in text and '"xenosim[' not in text, page
        named |= set(re.findall(r"pip install (?:-q )?(?:-e )?'\.\[(\w+)\]'", text))
    assert named == set(extras)
    assert INSTALL == "pip install " + " ".join(f"'{each}'" for each in extras["view3d"])


@pytest.mark.parametrize("key", ["replicates", "time_step", "limit"])
def test_n20_rarer_keys_are_in_the_starter_the_reference_and_the_page(key: str) -> None:
    for page in ("docs/studies.md", "docs/reference/scenario_keys.md"):
        assert key in (ROOT / page).read_text(encoding="utf-8")
    assert f"# {key}: " in starter_text()


def test_the_conda_recipe_needs_what_the_project_needs() -> None:
    """Under conda's own names, where they differ."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    recipe = yaml.safe_load((ROOT / "docs/install/recipe.yaml").read_text(encoding="utf-8"))
    assert recipe["package"]["version"] == project["version"]
    conda = {"matplotlib": "matplotlib-base", "mesa[network]": "mesa"}
    asked = [re.match(r"([\w\[\]]+)(.*)", text).groups() for text in project["dependencies"]]  # type: ignore[union-attr]
    wanted = {f"{conda.get(name, name).lower()} {limits}" for name, limits in asked}
    assert wanted <= set(recipe["requirements"]["run"])


@pytest.mark.parametrize("file", ["Containerfile", "xenosim.def"])
def test_images_install_extras_that_exist(file: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    text = (ROOT / "docs/install" / file).read_text(encoding="utf-8")
    (extras,) = re.findall(r"/src\[([\w,]+)\]", text)
    assert set(extras.split(",")) <= set(project["optional-dependencies"])
    verbs = {command.name or command.callback.__name__ for command in app.registered_commands}  # type: ignore[union-attr]
    assert set(re.findall(r"xenosim (\w+) (?=scen|--copy|s/|doctor)", text)) <= verbs
