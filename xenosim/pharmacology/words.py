"""Words for dosing that every laboratory uses, in the words of the regimen grammar.

Each has one reading here; the expanded doses are always echoed. What has two readings in the field
("biweekly", "BIW x4") stays refused.
"""

from __future__ import annotations

import re

_NUMBERS = {"once": "1", "twice": "2", "two times": "2", "thrice": "3", "three times": "3"}
_TIMES = r"(?P<times>once|twice|two times|thrice|three times|[123]\s*(?:x|times))"
_WEEKLY = {"1": "QW", "2": "BIW", "3": "TIW"}
_DAILY = {"1": "QD", "2": "BID", "3": "TID"}
_NOTHING = ("none", "vehicle", "vehicle only", "saline", "untreated", "no treatment", "control")


def is_no_drug(text: str) -> bool:
    """Whether a regimen says that no drug is given.

    Examples
    --------
    >>> is_no_drug("Vehicle"), is_no_drug("7 mg/kg IV QD x5")
    (True, False)
    """
    return text.strip().lower() in _NOTHING


def plain_words(text: str) -> str:
    """``text`` in the words of the grammar.

    Examples
    --------
    >>> plain_words("7 mg/kg i.v. twice weekly for 3 weeks")
    '7 mg/kg IV BIW for 3 weeks'
    >>> plain_words("10 mg/kg orally every other day x5")
    '10 mg/kg PO Q2D x5'
    >>> plain_words("1 mg/kg subcutaneously D1, 4, 8")
    '1 mg/kg SC days 1, 4, 8'
    """
    text = " ".join(text.split())
    for pattern, replacement in _WORDS:
        text = pattern.sub(replacement, text)
    return text


def names_day_one(text: str) -> bool:
    """Whether days are written as clinicians do, "D1, 4, 8": their first day is day 1."""
    first = _DAYS.search(text)
    return first is not None and int(first["first"]) >= 1


def _times_a_day(match: re.Match[str]) -> str:
    return _DAILY[_count(match)]


def _times_a_week(match: re.Match[str]) -> str:
    return _WEEKLY[_count(match)]


def _count(match: re.Match[str]) -> str:
    word = re.sub(r"\s+", " ", match["times"].lower())
    return _NUMBERS.get(word, word[0])


def _weeks(match: re.Match[str]) -> str:
    return f"Q{7 * int(match['weeks'])}D"


def _listed_days(match: re.Match[str]) -> str:
    return "days " + re.sub(r"[Dd]\s*(?=\d)", "", match["list"])


_A_DAY = r"(?<![\w.])(?<!until )(?:D\s?(?=\d)|day (?=\d))"
_DAYS = re.compile(rf"{_A_DAY}(?P<first>\d+)", re.IGNORECASE)
_A_LIST = r"(?P<list>\d+(?:\.\d+)?(?:\s*,\s*D?\s*\d+(?:\.\d+)?)*)"
#: In this order: longer phrases before the words in them.
_WORDS = [
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\bintravenous(?:ly)?\b|(?<!\w)i\.\s?v\.", "IV"),
        (r"\bsub-?cutaneous(?:ly)?\b|\bsub-?q\b|\bsubcut\b|(?<!\w)s\.\s?c\.", "SC"),
        (r"\b(?:by|per|via)\s+(?:oral\s+)?gavage\b|\boral(?:ly)?(?:\s+gavage)?\b", "PO"),
        (r"\bper\s+os\b|\bgavage\b|(?<!\w)p\.\s?o\.", "PO"),
        (r"\bintraperitoneal(?:ly)?\b|(?<!\w)i\.\s?p\.", "IP"),
        (r"(?<!\w)q\.\s?d\.|\bevery\s+day\b", "QD"),
        (r"(?<!\w)b\.\s?i\.\s?d\.", "BID"),
        (r"(?<!\w)t\.\s?i\.\s?d\.", "TID"),
        (r"\bQOD(?=x|\b)|(?<!\w)q\.\s?o\.\s?d\.|\bEOD(?=x|\b)", "Q2D"),
        (r"\bevery\s+(?:other|second)\s+day\b|\balternate\s+days\b", "Q2D"),
        (r"\bevery\s+(?:other|second)\s+week\b", "Q14D"),
        # After listed days, "every 21 d" is the length of a cycle.
        (r"(?<!\d )\bevery\s+(?P<days>\d+)\s*(?:days|d)\b", r"Q\g<days>D"),
        (r"\bevery\s+(?P<weeks>\d+)\s*(?:weeks|wks|wk|w)\b", _weeks),
        (r"\bevery\s+(?P<hours>\d+)\s*(?:hours|hrs|hr|h)\b", r"Q\g<hours>H"),
        (r"\bQ(?P<weeks>[1-9]\d?)WK?(?=x|\b)", _weeks),
        (rf"\b{_TIMES}\s*(?:a|per|/|each|every)\s*(?:week|wk)\b", _times_a_week),
        (rf"\b{_TIMES}\s+weekly\b", _times_a_week),
        (rf"\b{_TIMES}\s*(?:a|per|/|each|every)\s*day\b", _times_a_day),
        (rf"\b{_TIMES}\s+daily\b", _times_a_day),
        (r"\bevery\s+week\b|(?<!bi)(?<!bi-)\bweekly\b", "QW"),
        (r"\bdaily\b", "QD"),
        (r"\b(?:once|single\s+dose|single|one\s+dose)\s*$", "QDx1"),
        (rf"{_A_DAY}{_A_LIST}(?=\s*$|\s+(?:every|\+)\s)", _listed_days),
    )
]
