"""The reference page of scenario keys, written from their table:

``python -m xenosim.scenario.reference > docs/reference/scenario_keys.md``
"""

from __future__ import annotations

from xenosim.parameters.load import available
from xenosim.scenario.json_schema import allowed, default_of
from xenosim.scenario.keys import KEYS, Key, Kind
from xenosim.units import DIMENSIONS

_HEAD = """# Scenario keys

Written from `xenosim/scenario/keys.py`; do not edit by hand. `xenosim new FILE` writes a scenario
to begin with, `xenosim check FILE` lists every mistake in one, `xenosim check --schema` prints the
same table as JSON Schema for editors, and `--set KEY=VALUE` states a key on the command line.
Quantities are texts with their unit (`150 mm^3`); shares are written `25 %` or `0.25`.
"""
#: Sections of the page and the first names of their keys.
_SECTIONS = (
    ("The study", ""),
    ("The tumor", "tumor"),
    ("The animals", "animals"),
    ("What is measured", "measure"),
    ("The arms", "arms"),
)


def scenario_keys_page() -> str:
    """The page in Markdown."""
    parts = [_HEAD]
    for title, first in _SECTIONS:
        keys = [key for key in KEYS if (key.path[0] if len(key.path) > 1 else "") == first]
        parts += [f"## {title}\n", *(f"{_entry(key)}\n" for key in keys)]
    return "\n".join(parts)


def _entry(key: Key) -> str:
    lines = [f"### `{key.name.replace('*', 'NAME')}`\n", key.says, ""]
    facts = {
        "Value": _value(key),
        "Range": allowed(key).rstrip("."),
        "Default": "none: it must be stated" if key.required else default_of(key) or "none",
        "Example": f"`{key.path[-1]}: {key.example or key.default}`",
    }
    if not (key.example or key.default):
        del facts["Example"]
    lines += [f"* {name}: {text}" for name, text in facts.items() if text]
    return "\n".join(lines)


def _value(key: Key) -> str:
    if key.kind is Kind.QUANTITY:
        of = f"quantity in {DIMENSIONS[key.unit]}" if DIMENSIONS[key.unit] else "share or number"
        return of + "".join(f", or `{word}`" for word in key.choices)
    if key.kind is Kind.CHOICE:
        return f"one of {', '.join(f'`{choice}`' for choice in key.choices)}"
    if key.kind is Kind.NAME:
        return f"one of {', '.join(f'`{name}`' for name in available(key.known))}"
    return key.kind.value


if __name__ == "__main__":
    print(scenario_keys_page(), end="")
