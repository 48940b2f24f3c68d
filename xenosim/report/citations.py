"""The sources behind a run, as BibTeX and as lines of a list."""

from __future__ import annotations

import re
from typing import Any

from xenosim import __version__
from xenosim.parameters.load import references

#: What of a reference was not checked, as references.bib says it.
UNCHECKED = r"(?:\w+ and )?\w+"


def citations(manifest: dict[str, Any]) -> dict[str, str]:
    """BibTeX entry of every source of a run, by key; none of a study that was measured."""
    known = references()
    return {
        key: marked(known[key]) if key in known else f"% {key}: not in references.bib"
        for key in manifest.get("citations", ())
    }


def own_entry() -> str:
    """BibTeX of xenosim, as CITATION.cff has it.

    Examples
    --------
    >>> own_entry().splitlines()[0]
    '@software{xenosim,'
    """
    fields = {
        "author": "{The xenosim developers}",
        "title": "{xenosim: an agent-based tumor xenograft simulator}",
        "version": __version__,
        "license": "BSD-3-Clause",
    }
    inner = ",\n".join(f"  {name}={{{value}}}" for name, value in fields.items())
    return f"@software{{xenosim,\n{inner}\n}}"


def as_line(entry: str) -> str:
    """A BibTeX entry as a line of a list of references.

    Examples
    --------
    >>> as_line("@article{a,\\n  title={{On T}}, author={A, B. and C, D.}, year={2001}\\n}")
    'A, B. and C, D. On T. 2001.'
    """
    fields = dict(re.findall(r"(\w+)=\{((?:[^{}]|\{[^{}]*\})*)\}", entry))
    fields = {name: value.replace("{", "").replace("}", "") for name, value in fields.items()}
    place = " ".join(fields[name] for name in ("journal", "howpublished") if name in fields)
    volume = ":".join(fields[name] for name in ("volume", "pages") if name in fields)
    dated = ", ".join(text for text in (place, volume, fields.get("year", "")) if text)
    parts = [fields.get("author", ""), fields.get("title", ""), dated]
    parts += [f"Version {fields['version']}" if "version" in fields else ""]
    ids = [f"doi:{fields['doi']}" if "doi" in fields else ""]
    ids += [f"PMID {fields['pmid']}" if "pmid" in fields and "doi" not in fields else ""]
    said = ". ".join(part.rstrip(".") for part in [*parts, *ids] if part)
    return f"{said}." if said else entry


def marked(entry: str) -> str:
    """A BibTeX entry without the words "not checked" in its fields: a comment before it says what
    was not checked.

    Examples
    --------
    >>> print(marked("@misc{a,\\n  title={T (title not checked)},\\n  year={2001}\\n}"))
    % not checked against the source: title
    @misc{a,
      title={T},
      year={2001}
    }
    """
    unchecked = re.findall(rf"({UNCHECKED}) not checked", entry)
    if not unchecked:
        return entry
    left_out = (
        rf"\n *\w+=\{{\{{?{UNCHECKED} not checked\}}?\}},?",
        rf" ?\({UNCHECKED} not checked\)",
        rf"[;,]? ?{UNCHECKED} not checked",
    )
    for pattern in left_out:
        entry = re.sub(pattern, "", entry)
    words = dict.fromkeys(word.strip() for text in unchecked for word in text.split(" and "))
    return f"% not checked against the source: {', '.join(words)}\n{entry}"
