"""Put what the code says into the documents, between their marks: ``python docs/generate.py``."""

from __future__ import annotations

import re
from pathlib import Path

from xenosim.cell.columns import markdown_table
from xenosim.parameters.symbols import symbol_table
from xenosim.tumor.phases import phases_text

MODEL = Path(__file__).parents[1] / "xenosim" / "MODEL.md"
PARTS = {"phases": phases_text, "columns": markdown_table, "symbols": symbol_table}


def generated(document: str) -> str:
    """A document with the text of every mark made anew."""
    for name, text in PARTS.items():
        pattern = rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)"
        made = text()
        document = re.sub(
            pattern, lambda m, made=made: f"{m[1]}{made}\n{m[2]}", document, flags=re.DOTALL
        )
    return document


if __name__ == "__main__":
    MODEL.write_text(generated(MODEL.read_text(encoding="utf-8")), encoding="utf-8")
