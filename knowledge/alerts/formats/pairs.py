"""Pairs of a name and a value in a stretch of text: `key=value`, `key="two words"`, `key=two words, other=…`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.alerts.formats.excerpt import Excerpt, trim
from knowledge.alerts.formats.reader import MAX_FIELDS, Value

_FIRST = re.compile(r"(?P<name>[A-Za-z_@][\w.@:/-]{0,80}|\"[\w .@-]{1,60}\")=(?![=~>])")
_KEY = re.compile(rf"(?<![^\s|,;(\[{{>]){_FIRST.pattern}")
_QUOTED = {
    '"': re.compile(r'[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'),
    "'": re.compile(r"[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'"),
}
_AFTER = re.compile(r"[\s,;|)\]}]|\Z")
_QUOTES_INSIDE = 12
_LONGEST_QUOTED = 8_000
_BRACKETS = re.compile(
    r"\{[^{}\n]{0,4000}\}(?=[\s,;|]|\Z)|\[[^\[\]\n]{0,4000}\](?=[\s,;|]|\Z)|\([^()\n]{0,400}\)(?=[\s,;|]|\Z)"
)
_ESCAPE = re.compile(r"\\([\\\"'nrt])")
_STRANGE = re.compile(r"\\[^\\\"'nrt]|(?<![A-Za-z])[A-Za-z]:\\[^\\]")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t"}
_BLANK = re.compile(r"\s")
_SEPARATORS = ",;|\t"


@dataclass(frozen=True, slots=True)
class Pairs:
    """What was found.

    Attributes:
        values: In order, with the name as path.
        start: Index of the first name.
        end: Index behind the last value.
        quoted: For each value whether it stands in quotation marks or brackets.
        covered: How many characters belong to pairs.
    """

    values: tuple[Value, ...]
    start: int
    end: int
    quoted: tuple[bool, ...]
    covered: int


@dataclass(slots=True)
class _Raw:
    """A pair before its end is certain: places of the name and of the value, and where the next pair starts."""

    name: tuple[int, int]
    value: tuple[int, int]
    closed: bool


def find_pairs(excerpt: Excerpt, start: int, end: int) -> Pairs:
    """The pairs between two indices.

    A value without quotation marks ends before the next name, without the comma, semicolon, bar or tab that stands
    there. Where half of the values are quoted and blanks separate them, it ends at its first blank.
    """
    raw = _raw_pairs(excerpt.text, start, end)
    if not raw:
        return Pairs((), start, start, (), 0)
    text = excerpt.text
    separator = _separator(text, raw)
    quoted = tuple(pair.closed for pair in raw)
    if separator == " " and sum(quoted) * 2 >= len(raw):
        separator = ""
    values, covered, stop = [], 0, start
    for number, pair in enumerate(raw):
        first, stop = pair.value
        if not pair.closed:
            stop = _bare_end(text, first, stop, separator, is_last=number == len(raw) - 1)
        name = text[pair.name[0] : pair.name[1]].strip('"')
        values.append(Value(name, undo_quotes(excerpt, first, stop) if pair.closed else excerpt.part(first, stop)))
        covered += stop - pair.name[0]
    return Pairs(tuple(values), raw[0].name[0], stop, quoted, covered)


def undo_quotes(excerpt: Excerpt, start: int, end: int) -> Excerpt:
    r"""The inside of quotation marks, escapes undone; a Windows path that was not escaped stays as it is."""
    text = excerpt.text
    if text.find("\\", start, end) < 0 or _STRANGE.search(_without_pairs(text[start:end])):
        return excerpt.part(start, end)
    return excerpt.undone(start, end, _ESCAPE, lambda match: _LETTERS.get(match[1], match[1]))


def _without_pairs(text: str) -> str:
    return text.replace("\\\\", "")


def _raw_pairs(text: str, start: int, end: int) -> list[_Raw]:
    pairs: list[_Raw] = []
    match = _FIRST.match(text, start, end) or _KEY.search(text, start, end)
    while match and len(pairs) <= MAX_FIELDS:
        at = match.end()
        closed = _closed_end(text, at, end)
        if closed:
            following = _KEY.search(text, closed[1] + (text[at] in _QUOTED), end)
            pairs.append(_Raw(match.span("name"), closed, closed=True))
        else:
            following = _KEY.search(text, at, end)
            bare = _trim(text, at, following.start() if following else end)
            pairs.append(_Raw(match.span("name"), bare, closed=False))
        match = following
    return pairs


def _closed_end(text: str, at: int, end: int) -> tuple[int, int] | None:
    """The place of a value that says itself where it ends: by quotation marks or brackets."""
    if at >= end:
        return None
    quote = text[at]
    if quote in "{[(":
        match = _BRACKETS.match(text, at, end)
        return match.span() if match else None
    if quote not in _QUOTED:
        return None
    stop = at + 1
    for _ in range(_QUOTES_INSIDE):
        match = _QUOTED[quote].match(text, stop, min(end, at + _LONGEST_QUOTED) if stop > at + 1 else end)
        if not match:
            break
        stop = match.end()
        if stop >= end or _AFTER.match(text, stop):
            return at + 1, stop - 1
    return None


def _separator(text: str, raw: list[_Raw]) -> str:
    """The character that stands before most names; a blank where none does."""
    if len(raw) < 2:
        return " "
    votes = dict.fromkeys(_SEPARATORS, 0)
    for pair in raw[1:]:
        at = pair.name[0] - 1
        while at > 0 and text[at] == " ":
            at -= 1
        if text[at] in votes:
            votes[text[at]] += 1
    best = max(votes, key=lambda each: votes[each])
    return best if votes[best] * 2 > len(raw) - 1 else " "


def _bare_end(text: str, start: int, end: int, separator: str, *, is_last: bool) -> int:
    """Where a value without quotation marks ends, at the latest before the next name."""
    if not separator:
        blank = _BLANK.search(text, start, end)
        return blank.start() if blank else end
    if separator != " " and not is_last:
        found = text.rfind(separator, start, end)
        if found >= 0 and not text[found + 1 : end].strip():
            return _trim(text, start, found)[1]
    return end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    start, end = trim(text, start, end)
    return trim(text, start, end, " \t\r,;|") if end > start and text[start] not in ",;|" else (start, end)
