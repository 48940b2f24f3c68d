"""The interface of a tumor: the lattice offers it, and nothing else is used of a tumor above it."""

import ast
import inspect
from pathlib import Path

import pytest

import xenosim
from xenosim.testing import small_spec
from xenosim.tumor.space import AnyTumor
from xenosim.tumor.tumor import Tumor

PACKAGE = Path(xenosim.__file__).parent
MEMBERS = {name for name in (*AnyTumor.__annotations__, *vars(AnyTumor)) if name[0] != "_"}
#: How a tumor is annotated, and where one is found: ``model.tumor``, ``model.tumors[0]``.
KINDS = {"Tumor", "AnyTumor"}
MODELS = {"model", "_model", "animal"}


def is_model(node: ast.AST) -> bool:
    return ast.unparse(node).split(".")[-1] in MODELS


def is_tumor(node: ast.AST, names: set[str]) -> bool:
    """Whether an expression is a tumor; ``names`` are the variables that are."""
    if isinstance(node, ast.Subscript):
        return ast.unparse(node.value).split(".")[-1] == "tumors"
    if isinstance(node, ast.Attribute):
        return node.attr == "tumor" and is_model(node.value)
    return isinstance(node, ast.Name) and node.id in names


def names_of_tumors(tree: ast.AST) -> set[str]:
    """Variables of ``tree`` that are tumors: by annotation, assignment, or a loop over tumors."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation and ast.unparse(node.annotation) in KINDS:
            names.add(node.arg)
        elif isinstance(node, ast.Assign) and is_tumor(node.value, set()):
            names |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, (ast.For, ast.comprehension)):
            loop = ast.unparse(node.iter).removeprefix("enumerate(").rstrip(")")
            targets = {each.id for each in ast.walk(node.target) if isinstance(each, ast.Name)}
            names |= targets if loop.split(".")[-1] == "tumors" else set()
        elif isinstance(node, ast.Lambda) and node.args.args and node.args.args[0].arg == "tumor":
            names.add("tumor")
    return names


def used(tree: ast.Module) -> set[str]:
    """What code asks of tumors, function by function."""
    found = set()
    for part in tree.body:
        for scope in part.body if isinstance(part, ast.ClassDef) else [part]:
            names = names_of_tumors(scope)
            found |= {
                node.attr
                for node in ast.walk(scope)
                if isinstance(node, ast.Attribute) and is_tumor(node.value, names)
            }
    return found


def test_the_lattice_tumor_offers_all_of_it() -> None:
    tumor: AnyTumor = Tumor(small_spec(), 1.0, 1)
    assert isinstance(tumor, AnyTumor)
    for name, member in vars(AnyTumor).items():
        if inspect.isfunction(member) and name[0] != "_":
            promised, offered = (
                inspect.signature(getattr(each, name)) for each in (AnyTumor, Tumor)
            )
            assert list(promised.parameters) == list(offered.parameters), name


def test_use_of_a_tumor_is_noticed() -> None:
    code = """
def look(model, scenario):
    tumor = model.tumor
    tumor.lattice
    [each.oxygen for k, each in enumerate(model.tumors)]
    model.tumors[0].cells
    scenario.tumor.start
    scenario.tumors
"""
    assert used(ast.parse(code)) == {"lattice", "oxygen", "cells"}


@pytest.mark.parametrize(
    "path",
    sorted((PACKAGE / "study").glob("*.py")),
    ids=lambda path: path.stem,
)
def test_nothing_else_of_a_tumor_is_used(path: Path) -> None:
    assert used(ast.parse(path.read_text(encoding="utf-8"))) <= MEMBERS


def test_the_scan_sees_the_study() -> None:
    everything = set().union(
        *(used(ast.parse(path.read_text())) for path in (PACKAGE / "study").glob("*.py"))
    )
    assert {"hypoxic", "distribution", "state", "per_kind"} <= everything
