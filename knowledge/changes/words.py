"""Two texts, word by word: what to show, and whether the change is one of substance."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple, TypeAlias

SUBSTANCE = 2
"""From how many changed words on a text has changed in substance. Read by hand in 17.1 to 18.1: with one word changed
it is a corrected name or a file extension, with two it is already ``or process memory``."""

_CITATION = re.compile(r"\s*\(Citation:[^()]{0,400}(?:\([^()]{0,400}\)[^()]{0,400})*\)")
_LINK = re.compile(r"\[([^][]{0,400})\]\([^()\s]{0,400}\)")
_TAG = re.compile(r"</?\w+>|[`*]+")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_PIECE = re.compile(r"\S+\s*|\s+")
_SMALL_WORDS = (
    "a an the of to in on at by for from with as is are was were be been has have had may can could might will would "
    "and or but if then than that this these those it its their such also which who into via using used use e g i "
    "etc other some any all more however additionally various way ways including include includes"
)
_SMALL = frozenset(_SMALL_WORDS.split())
_MOST_PAIRS = 1_500_000
_DECISIVE = frozenset({"not", "no", "never", "without", "cannot", "only", "except"})


class Op(StrEnum):
    """What became of a stretch of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


class Span(NamedTuple):
    """A stretch of text and what became of it."""

    op: Op
    text: str


WordDiff: TypeAlias = tuple[Span, ...]


def plain(text: str) -> str:
    """A description without citations, link addresses and markup, its blanks evened out."""
    bare = _TAG.sub("", _LINK.sub(r"\1", _CITATION.sub("", text)))
    return " ".join(bare.split())


def word_diff(old: str, new: str) -> WordDiff:
    """Both texts as one, without their citations; with them where nothing else differs.

    Joining the spans that are not removed gives the new text, joining those not added the old one, up to blanks.
    """
    if old == new:
        return ()
    before, after = plain(old), plain(new)
    if before == after:
        before, after = " ".join(old.split()), " ".join(new.split())
    if before == after:
        return ()
    a, b = _pieces(before), _pieces(after)
    spans: list[Span] = []
    for op, i, j, k, m in _opcodes(a, b):
        if op == "equal":
            spans.append(Span(Op.SAME, "".join(b[k:m])))
            continue
        if j > i:
            spans.append(Span(Op.REMOVED, "".join(a[i:j])))
        if m > k:
            spans.append(Span(Op.ADDED, "".join(b[k:m])))
    return tuple(spans)


def substance(old: str, new: str) -> int:
    """How many words of meaning differ; small words, case, punctuation, spelling and citations do not count.

    Returns:
        The larger of the words added and removed, stretch by stretch, summed; at least `SUBSTANCE` where a word that
        turns a meaning, such as ``not``, came or went.
    """
    a, b = _meaning(old), _meaning(new)
    if a == b:
        return 0
    count = 0
    for op, i, j, k, m in _opcodes(a, b):
        if op == "equal":
            continue
        gone, come = a[i:j], b[k:m]
        if _DECISIVE & (set(gone) ^ set(come)):
            count += SUBSTANCE
        count += max(_unlike(gone, come), _unlike(come, gone))
    return count


def _meaning(text: str) -> list[str]:
    words = (word.casefold() for word in _WORD.findall(plain(text)))
    return [word for word in words if word not in _SMALL]


def _unlike(words: list[str], others: list[str]) -> int:
    """How many words are not merely another spelling of one of the others; a compound may be written apart."""
    joined = "".join(others)
    return sum(1 for word in words if word not in joined and not any(_same_word(word, other) for other in others))


def _same_word(word: str, other: str) -> bool:
    if word.isdigit() or other.isdigit() or abs(len(word) - len(other)) > 3:
        return word == other
    return SequenceMatcher(None, word, other, autojunk=False).ratio() >= 0.75


def _pieces(text: str) -> list[str]:
    """Words with the blank after them; the last gets one too, or it would differ from the same word inside a text."""
    return _PIECE.findall(text + " ") if text else []


def _opcodes(a: list[str], b: list[str]) -> Sequence[tuple[str, int, int, int, int]]:
    """difflib's, but for texts so long and so repetitive that it would take minutes: those differ as wholes."""
    if len(a) * len(b) > _MOST_PAIRS:
        return (("replace", 0, len(a), 0, len(b)),)
    return SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
