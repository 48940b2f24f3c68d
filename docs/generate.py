"""Put what the code says into the documents, between their marks: ``python docs/generate.py``."""

from __future__ import annotations

import re
from pathlib import Path

from xenosim.analysis.registry import every_endpoint
from xenosim.cell.columns import markdown_table
from xenosim.parameters.symbols import symbol_table
from xenosim.tumor.phases import phases_text

ROOT = Path(__file__).parents[1]
DOCUMENTS = (ROOT / "xenosim" / "MODEL.md", ROOT / "docs" / "endpoints.md")


def endpoint_rows() -> str:
    """Every endpoint with its definition and source, as a Markdown table."""
    head = ["| endpoint | what | unit | definition | source |", "| --- | --- | --- | --- | --- |"]
    rows = [
        f"| `{e.name}` | {e.label} | {e.unit or '-'} | {e.definition} | {e.citation or '-'} |"
        for e in every_endpoint()
    ]
    return "\n".join(head + rows)


PARTS = {
    "phases": phases_text,
    "columns": markdown_table,
    "symbols": symbol_table,
    "endpoints": endpoint_rows,
}


def generated(document: str) -> str:
    """A document with the text of every mark made anew."""
    for name, text in PARTS.items():
        marks = rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end of {name} -->)"
        if re.search(marks, document, re.DOTALL):
            made = f"{text()}\n"
            document = re.sub(
                marks, lambda m, made=made: m[1] + made + m[2], document, flags=re.DOTALL
            )
    return document


if __name__ == "__main__":
    for path in DOCUMENTS:
        path.write_text(generated(path.read_text(encoding="utf-8")), encoding="utf-8")
