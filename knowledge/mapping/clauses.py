"""What kind of clause words stand in, and so how much they say about behaviour.

An alert says what happened, then how it is known, why it matters and what might follow. "If confirmed, attackers could
move laterally" names no lateral movement that was seen. The weights are set by hand: a title counts double, the
telemetry, the significance and above all the supposed consequences count less than what was seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

TITLE, SEEN, SIGNIFICANCE, TELEMETRY, SUPPOSED, CIRCUMSTANCE = 2.0, 1.0, 0.7, 0.5, 0.35, 0.15
"""Weights of a clause, by what it does."""

MAX_CLAUSE = 600
"""A clause is cut where it is longer than this, in characters."""

_SPLIT = re.compile(r"(?<=[.!?;])\s+(?=[A-Z\"'(`])|[\r\n]+")
# Grammar, not anybody's wording: a condition, a modal verb before a verb of consequence, an adverb of possibility.
_SUPPOSED = re.compile(
    r"\bif\b[^.]{1,80}\b(?:could|may|might|can|would|will)\b"
    r"|\b(?:could|may|might|can|would) (?:\w+ )?(?:allow|lead|enable|result|permit|grant|help|give|cause|let"
    r"|facilitate)|\b(?:potentially|possibly|thereby|ultimately) \w+ing\b|\b(?:leading|resulting) (?:to|in)\b",
    re.IGNORECASE,
)
_SIGNIFICANCE = re.compile(
    r"\b(?:this|it|that|these|such|which)\b[^.,;]{0,40}\b(?:is|are) (?:\w+ )?(?:significant|important|critical|crucial"
    r"|concerning|noteworthy)\b",
    re.IGNORECASE,
)
_TELEMETRY = re.compile(
    r"\btelemetry|\bdata (?:model|source)|\b(?:logs?|data|events) (?:from|via|collected|provided|ingested)|\blog source"
    r"|\bfalse positive|\blegitimate|\badministrative (?:activit|task)|\btun(?:e|ing)\b|\bfilter|\ballow ?list",
    re.IGNORECASE,
)
# Field names of SIEM exports. The first group is what the alert is called, the second circumstance, not behaviour.
_FIELD = re.compile(r"\s*+[\"'{]*+\s*+([A-Za-z_@][\w.@ -]{0,40}?)[\"']?\s{0,8}(?:[:=](?![\\/:=]))\s{0,8}")
_TITLE_FIELD = re.compile(
    r"(?:alert|rule|signature|event|detection|analytic|subject|title|threat)?[ _.-]?(?:name|title|subject|signature)"
    r"|alert|rule|title|subject|signature|detection",
    re.IGNORECASE,
)
_CIRCUMSTANCE_FIELD = re.compile(
    r".*(?:time|date|timestamp|host|hostname|computer|user|username|account|severity|priority|status|guid|uuid|hash"
    r"|sha\d*|md5|ip|addr|address|port|sensor|tenant|vendor|author|owner|assignee|reference|references|url|link|version"
    r"|ticket|case|score|sid|pid|id)",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"\\\\|\\[nrt]|\\u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2}|&(?:quot|amp|lt|gt|#\d{2,4});|<[@!#][^<>\s]{1,80}>"
)
_LETTERS = re.compile(r"[^\W\d_]{2}")
_BLOB = re.compile(r"[A-Za-z0-9+/_=-]{32,}")
_BLOB_SAMPLE = 160  # characters of a run that are looked at
_BLOB_CHANGES = 0.35  # share of places where a blob goes from one kind of character to another


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of text and how much its words count.

    Attributes:
        start: Offset in the text.
        end: Offset behind it.
        weight: See the constants of this module.
    """

    start: int
    end: int
    weight: float


def shadow(text: str) -> str:
    r"""The text with what is no word blanked out, of the same length: ``\n`` in JSON, ``%20``, ``&quot;``, base64."""
    json_like = text.lstrip()[:1] in ("{", "[") or '\\"' in text

    def blank(match: re.Match[str]) -> str:
        if match[0][0] == "\\" and not json_like:
            return match[0]
        return " " * len(match[0])

    return _BLOB.sub(_blank_blob, _MARKUP.sub(blank, text))


def _blank_blob(match: re.Match[str]) -> str:
    """Encoded runs are no words; a path or a long name changes between cases and digits far less often."""
    sample = match[0][:_BLOB_SAMPLE]
    kinds = [(char.isupper(), char.isdigit()) for char in sample]
    changes = sum(left != right for left, right in pairwise(kinds))
    return " " * len(match[0]) if changes > _BLOB_CHANGES * len(sample) else match[0]


def clauses(text: str, *, titled: bool = True) -> tuple[Clause, ...]:
    """Cut prose into weighted clauses, by lines and sentences.

    Args:
        text: Prose.
        titled: Whether its first clause is its title where no other is.
    """
    found_title = not titled
    result: list[Clause] = []
    for start, end in pieces(text):
        piece = text[start:end]
        if not _LETTERS.search(piece):
            continue
        field = _FIELD.match(piece)
        weight = _field_weight(field[1]) if field else None
        if weight is None:
            weight = _weigh(piece)
            if not found_title:
                weight = TITLE
        skipped = field.end() if field and weight in (TITLE, CIRCUMSTANCE) and _field_weight(field[1]) else 0
        found_title = found_title or weight == TITLE
        if start + skipped < end:
            result.append(Clause(start + skipped, end, weight))
    return tuple(result)


def pieces(text: str) -> Iterator[tuple[int, int]]:
    """Where the lines and sentences of a text start and end, long ones cut."""
    end, last = len(text), 0
    for match in _SPLIT.finditer(text):
        yield from _short(text, last, match.start())
        last = match.end()
    yield from _short(text, last, end)


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_CLAUSE:
        cut = text.rfind(" ", start + MAX_CLAUSE // 2, start + MAX_CLAUSE)
        cut = cut if cut > 0 else start + MAX_CLAUSE
        yield start, cut
        start = cut
    if text[start:end].strip():
        yield start, end


def _field_weight(name: str) -> float | None:
    name = name.strip()
    if _TITLE_FIELD.fullmatch(name):
        return TITLE
    return CIRCUMSTANCE if _CIRCUMSTANCE_FIELD.fullmatch(name) else None


def _weigh(clause: str) -> float:
    if _SUPPOSED.search(clause):
        return SUPPOSED
    if _SIGNIFICANCE.search(clause):
        return SIGNIFICANCE
    return TELEMETRY if _TELEMETRY.search(clause) else SEEN
