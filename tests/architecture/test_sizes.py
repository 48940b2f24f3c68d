"""Functions that fit on a screen: at most one in a hundred above 40 code lines, none above 60."""

from __future__ import annotations

import ast
import io
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "xenosim"
LONG, LONGEST, SHARE = 40, 60, 0.01
SILENT = (
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
)
Function = ast.FunctionDef | ast.AsyncFunctionDef


def code_lines(text: str, tree: ast.Module) -> set[int]:
    """Numbers of the lines that hold code: no comment, no blank, no docstring."""
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in SILENT:
            lines.update(range(token.start[0], token.end[0] + 1))
    for node in ast.walk(tree):
        documented = isinstance(node, (ast.Module, ast.ClassDef, *Function.__args__))
        if documented and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            lines -= set(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return lines


def sizes() -> dict[str, int]:
    """Code lines of every function of the package."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        lines = code_lines(text, tree)
        for node in ast.walk(tree):
            if isinstance(node, Function):
                inside = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                name = f"{path.relative_to(PACKAGE)}:{node.lineno} {node.name}"
                found[name] = len(lines.intersection(inside))
    return found


def test_a_size_counts_code_alone() -> None:
    text = '"""Doc."""\n\n\ndef f(x):\n    """Doc.\n\n    More.\n    """\n    # why\n    return x\n'
    assert code_lines(text, ast.parse(text)) == {4, 10}


def test_functions_fit_on_a_screen() -> None:
    found = sizes()
    assert len(found) > 1000
    longest = {name: n for name, n in found.items() if n > LONGEST}
    assert not longest, longest
    long = {name: n for name, n in found.items() if n > LONG}
    assert len(long) <= SHARE * len(found), long
