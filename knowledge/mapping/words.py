r"""Alert text becomes words that compare equal however they were typed, each with its place in the text.

``C:\Windows\System32\VSSADMIN.EXE``, ``vssadmin`` and ``vss^admin`` are one word; ``New-ItemProperty`` is itself and
its parts; ``DisableAntiSpyware`` is itself and the words it is made of. Nothing here knows ATT&CK.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

MAX_WORD = 64
"""Longer runs of letters are blobs, not words, and are passed over."""

# Marks nobody sees, the caret of cmd.exe and the backtick of PowerShell are allowed inside a word and taken out of it.
_UNSEEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_CORE = rf"[A-Za-z0-9](?:[\^`{_UNSEEN}]{{0,4}}[A-Za-z0-9])*"
_WORD = re.compile(rf"{_CORE}(?:[-_.]{_CORE})*")
_TAKEN_OUT = re.compile(rf"[\^`{_UNSEEN}]")
_PARTS = re.compile(r"[-_.]")
_HUMPS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_SUFFIXES = (
    ("ization", "iz"), ("isation", "iz"), ("ations", "at"), ("ation", "at"), ("ating", "at"), ("ated", "at"),
    ("ates", "at"), ("ators", "at"), ("ator", "at"), ("ings", ""), ("ing", ""), ("ies", "y"), ("ied", "y"),
    ("sses", "ss"), ("ers", "er"), ("ions", "ion"), ("ed", ""), ("es", "e"), ("s", ""),
)  # fmt: skip
_DOCUMENTS = ("pdf", "doc", "docx", "xls", "xlsx", "jpg", "png", "txt", "rtf")
_STOP_WORDS = """
a an and are as at be been being by can could do does for from had has have he her his if in into is it its may might
more most no not of on or other our she should so some such than that the their them then there these they this those
to too very via was we were what when where which while who will with would you your also using use used uses during
within about over through both between any all each only own same up down out off again once here how why new com www
http https exe dll eg ie
"""
_STOP = frozenset(_STOP_WORDS.split())


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text, in order; three tuples of one length.

    Attributes:
        forms: For each word the forms it compares by: the whole first, then its parts, stemmed.
        starts: Offset of each word.
        ends: Offset behind each word.
    """

    forms: tuple[tuple[str, ...], ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]


def words(text: str, offset: int = 0) -> Words:
    """Cut a text into words; linear in its length.

    Args:
        text: Any text.
        offset: Added to every place.
    """
    forms, starts, ends = [], [], []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if end - start <= MAX_WORD and (found := forms_of(match[0])):
            forms.append(found)
            starts.append(start + offset)
            ends.append(end + offset)
    return Words(tuple(forms), tuple(starts), tuple(ends))


@lru_cache(maxsize=60_000)
def forms_of(raw: str) -> tuple[str, ...]:
    """The forms of one word; none for a stop word or a single letter."""
    raw = _TAKEN_OUT.sub("", raw)
    doubled: list[str] = []
    if len(raw) > 4 and raw[-4:].lower() in (".exe", ".dll"):
        raw = raw[:-4]
        doubled = [
            f"{ending}.exe" for ending in _DOCUMENTS if raw.lower() == ending or raw.lower().endswith(f".{ending}")
        ]
    parts = _PARTS.split(raw)
    found = [*doubled, raw.lower()] if len(parts) > 1 or doubled else []
    for part in parts:
        low = part.lower()
        if not low.isdigit() or len(low) > 1:
            found.append(stem(low))
        if len(part) > 5 and not part.islower() and not part.isupper() and len(humps := _HUMPS.findall(part)) > 1:
            found += [stem(hump.lower()) for hump in humps if len(hump) > 1]
    return tuple(dict.fromkeys(form for form in found if len(form) > 1 and form not in _STOP))


@lru_cache(maxsize=60_000)
def stem(word: str) -> str:
    """Take away English inflection: ``dumped``, ``dumping`` and ``dumps`` are ``dump``."""
    if len(word) <= 3 or word[0].isdigit():
        return word
    for suffix, ending in _SUFFIXES:
        left = len(word) - len(suffix)
        if left >= 3 and word.endswith(suffix) and not (suffix == "s" and word[-2] in "su"):
            word = word[:left] + ending
            break
    if len(word) > 4 and word.endswith("e"):
        word = word[:-1]
    if len(word) > 4 and word[-1] == word[-2] and word[-1] in "bdgmnprt":
        word = word[:-1]
    return f"{word[:-1]}i" if len(word) > 4 and word.endswith("y") else word


def terms(forms: tuple[tuple[str, ...], ...]) -> list[str]:
    """Everything a run of words is indexed by: their forms, and pairs of neighbours."""
    found = [form for each in forms for form in each]
    found += [f"{left[-1]} {right[0]}" for left, right in pairwise(forms)]
    return found
