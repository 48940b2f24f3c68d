"""Conventions that a reader relies on: documented, cited, one decorator, no numbers hidden in the
biology.
"""

import ast
import re
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "xenosim"
MODULES = sorted(PACKAGE.rglob("*.py"))


def functions(path: Path) -> list[ast.FunctionDef]:
    return [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)
    ]


@pytest.mark.parametrize(
    "path", [m for m in MODULES if m.read_text().strip()], ids=lambda p: str(p.relative_to(PACKAGE))
)
def test_everything_public_is_documented(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree) or path.name == "__main__.py"
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{path.name}: {node.name}"


def test_every_rule_cites_its_submodel_and_its_source() -> None:
    numbers = set(re.findall(r"^### (P\d+) ", (PACKAGE / "MODEL.md").read_text(), re.M))
    assert numbers == {f"P{i}" for i in range(1, 15)}
    for rule in functions(PACKAGE / "cell" / "rules.py"):
        text = ast.get_docstring(rule) or ""
        assert set(re.findall(r"P\d+", text)) & numbers, rule.name
        assert "Source:" in text or "Assumption:" in text, rule.name


def test_rules_hold_no_numbers_but_named_ones() -> None:
    for rule in functions(PACKAGE / "cell" / "rules.py"):
        found = [
            n.value
            for n in ast.walk(rule)
            if isinstance(n, ast.Constant) and isinstance(n.value, float)
        ]
        assert not found, f"{rule.name}: {found}"


def test_compilation_has_one_door() -> None:
    for path in MODULES:
        if path.name != "jit.py":
            assert not re.search(
                r"\bnjit\b|numba\.jit|np\.random\.(?!default_rng|SeedSequence|Generator)",
                path.read_text(),
            ), path


def test_f9_lines_and_correlations_are_exact_sums() -> None:
    """numpy's depend on the processor's BLAS; ``xenosim.analysis.growth`` has both."""
    for path in MODULES:
        assert not re.search(r"np\.(polyfit|corrcoef|cov|linalg\.lstsq)\b", path.read_text()), path


def test_the_readme_has_two_commands_to_begin() -> None:
    readme = (PACKAGE.parent / "README.md").read_text()
    commands = re.findall(r"```bash\n(.*?)```", readme, re.S)
    assert len(commands) == 2 and "xenosim run" in commands[0] and "pytest" in commands[1]
