"""Numbers of the biology are parameters: none hides in the code, all are read."""

import ast
import re
from pathlib import Path

import pytest

from xenosim.parameters.schema import PARAMETERS

PACKAGE = Path(__file__).parents[2] / "xenosim"
READERS = [path for path in PACKAGE.rglob("*.py") if path.name not in ("schema.py", "symbols.py")]
#: Numbers that are no biology: shares of a whole, units, guards against rounding, a 95 % interval.
PLAIN = {0.0, 0.5, 1.0, 2.0, 24.0, 100.0, 1000.0, 1e-9, 1e-12, 0.025, 0.975}


def test_every_parameter_is_read_somewhere() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in READERS)
    words = set(re.findall(r"\w+", text))
    made = set(re.findall(r"f\"(\w+_)\{", text)) | {"kd_fold_"}
    for kind, names in PARAMETERS.items():
        for name in names:
            assert name in words or any(name.startswith(each) for each in made), f"{kind}: {name}"


MODULES = [
    *sorted((PACKAGE / "cell").glob("*.py")),
    *sorted((PACKAGE / "assays").glob("*.py")),
    *(PACKAGE / "study" / f"{name}.py" for name in ("animal", "body_weight", "observe", "tissues")),
]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_number_hides_in_the_code(path: Path) -> None:
    """Floats stand in parameter files, or at the head of a module under a name that says what
    they are.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for part in tree.body:
        if isinstance(part, ast.Assign):
            continue
        for node in ast.walk(part):
            if isinstance(node, ast.Constant) and isinstance(node.value, float):
                assert node.value in PLAIN, f"line {node.lineno}: {node.value}"
