"""Lines, and blocks of lines, of `key=value` pairs: FortiGate, Splunk, Check Point, logfmt, Falco's output."""

from __future__ import annotations

import re

from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.pairs import find_pairs
from knowledge.alerts.formats.reader import MAX_FIELDS, Reader, Reading, Value, piece_of

_BEGINS = re.compile(r"[^\n=]{0,400}[\w\"][ \t]?=|[^\n\"']{0,400}?\w ?:(?:\[\d{1,6}\])? ?[\"']")
_FIRST = re.compile(
    r"(?P<mark>[ \t]*(?:>[ \t]?)?[ \t]*)[\"']?(?P<key>[A-Za-z_@][\w.@:/ -]{0,60}?)[\"']?[ \t]?=[ \t]?(?![=~>])"
)
_LABEL = re.compile(r"[\w.-]{1,40}[:|]?[ \t]+|\[[^\]\n]{1,60}\]:?[ \t]*|<\d{1,3}>|\[|[ \t]*>[ \t]?")
_STAMP = re.compile(
    r"[\[<]?(?:(?:\d{4}-\d\d-\d\d|\d\d/\d\d/\d{2,4}|\d{4}/\d\d/\d\d|[A-Z][a-z]{2} {1,2}\d{1,2})[T ]\d\d:\d\d:\d\d"
    r"(?:[.,]\d{1,9})?(?: ?Z| ?[+-]\d\d:?\d\d)?|\d\d:\d\d:\d\d\.\d{3,9}|1\d{9}(?:\.\d{1,9})?\b)[\]>]?"
)
_COMMAND = re.compile(
    r"\s-{1,2}[A-Za-z]|[$`;&]|\b(?:dd|env|export|set|mount|docker|kubectl|sc|wmic|curl|reg|net|useradd|openssl)\s"
)
_SCRIPT = re.compile(r"#!|[ \t]*(?:export|set|declare|local|\$)\s?\w|[ \t]*[\w.]+\(")
_SCRIPT_BEHIND = re.compile(
    r"\s*(?:(?:if|for|while|curl|wget|chmod|echo|cd|sudo|python\d?|function|import|return)\b|\./|/\w|[\w./-]+ -\w)"
)
_QUOTED_PAIR = re.compile(
    r"(?<![\w\"'])(?P<key>[A-Za-z][\w ]{0,40}?) ?:(?:\[\d{1,6}\])? ?(?:\"(?P<double>[^\"\n]*)\"|'(?P<single>[^'\n]*)')"
)
_MAX_BLOCK = 400

_FALCO_BEGINS = re.compile(
    r"(?:\S{1,40}:? )?(?:\w{3} \d\d? )?(?:\d\d:\d\d:\d\d\S{0,12}:? )?(?:Emergency|Alert|Critical|Error|Warning"
    r"|Notice|Informational|Debug)\b[: ]"
)
_FALCO = re.compile(
    r"(?:(?P<time>\S{7,40}?):? )?(?P<priority>Emergency|Alert|Critical|Error|Warning|Notice|Informational|Debug):? "
    r"(?P<output>[^\n(|=]{4,400}?)[ \t]*(?:\(|\| ?(?=\w+=))(?P<pairs>[^\n]*[\w.]=[^\n]*)"
)


def _read(excerpt: Excerpt, at: int) -> Reading | None:
    text = excerpt.text
    stop = line_end(text, at)
    pairs = find_pairs(excerpt, at, stop)
    if len({value.path for value in pairs.values}) < 3:
        return _read_quoted(excerpt, at, stop) or _read_block(excerpt, at)
    head = text[at : pairs.start]
    if not _may_stand_before(head, len(pairs.values), pairs.covered, stop - at):
        return None
    values = [*_head(excerpt, at, pairs.start), *pairs.values]
    rest = excerpt.trimmed(pairs.end, stop, " \t\r\"',;|)]}")
    if rest.text:
        values.append(Value("message", rest))
    end = stop
    if _FIRST.match(text, at):
        more, end = _lines(excerpt, stop + 1, {value.path for value in values})
        values += more
    return Reading((piece_of("key_value", values, excerpt, at, max(stop, end)),), max(stop, end))


def _head(excerpt: Excerpt, at: int, end: int) -> list[Value]:
    """What stands before the first pair: a time, and words."""
    blank = " \t:|-[({<>,;"
    values = []
    while at < end and excerpt.text[at] in " \t":
        at += 1
    stamp = _STAMP.match(excerpt.text, at, end)
    if stamp:
        values.append(Value("timestamp", excerpt.trimmed(*stamp.span(), "[]<>")))
        at = stamp.end()
    head = excerpt.text[at:end]
    words = excerpt.trimmed(at, end, blank)
    if words.text and not _LABEL.fullmatch(head.lstrip()):
        values.append(Value("message", words))
    return values


def _is_label(head: str) -> bool:
    """Whether the text before the first pair is only a time, a name, a level."""
    head = head.strip()
    return not head or (len(head) < 60 and bool(_LABEL.fullmatch(f"{head} ") or _STAMP.fullmatch(head.rstrip(": "))))


def _may_stand_before(head: str, count: int, covered: int, length: int) -> bool:
    """Whether a line is a record and not a sentence or a command with pairs in it."""
    if _is_label(head):
        return not _COMMAND.match(head.lstrip())
    if _STAMP.match(head.lstrip("[<0123456789> ")) or _STAMP.match(head.lstrip()):
        return True
    return count >= 4 and covered * 2 >= length and len(head) <= 160 and not _COMMAND.search(head)


def _read_block(excerpt: Excerpt, at: int) -> Reading | None:
    """Lines in a row that each start with a pair, with three names or more in all."""
    text = excerpt.text
    if not _FIRST.match(text, at):
        return None
    values, end = _lines(excerpt, at, set())
    if len({value.path for value in values}) < 3 or end <= line_end(text, at) or _SCRIPT_BEHIND.match(text, end):
        return Reading((), end) if values else None
    return Reading((piece_of("key_value", values, excerpt, at, end),), end)


def _lines(excerpt: Excerpt, at: int, known: set[str]) -> tuple[list[Value], int]:
    """The pairs of lines that each start with one, up to a name that was there before; and where they end.

    A line with a single pair is all its value, and so is one whose first value has blanks in it: a command line may
    hold pairs of its own.
    """
    text = excerpt.text
    values: list[Value] = []
    end = at
    for _ in range(_MAX_BLOCK):
        match = _FIRST.match(text, at)
        if not match or len(values) > MAX_FIELDS or _SCRIPT.match(text, at):
            break
        stop = line_end(text, at)
        found = find_pairs(excerpt, match.end("mark"), stop)
        pairs = found.values
        goes_on = len(pairs) > 1 and not found.quoted[0] and " " in pairs[0].text
        if len(pairs) < 2 or goes_on or pairs[0].path != match["key"]:
            pairs = (Value(match["key"], excerpt.trimmed(match.end(), stop, " \t\r\"',;")),)
        names = {pair.path for pair in pairs}
        if names & known:
            break
        known |= names
        values += pairs
        end, at = stop, stop + 1
    return values, end


def _read_quoted(excerpt: Excerpt, at: int, stop: int) -> Reading | None:
    """`ACTION:"3" SQLTEXT:"select …"`, as Oracle's audit writes it: four pairs or more."""
    matches = [
        match for match, _ in zip(_QUOTED_PAIR.finditer(excerpt.text, at, stop), range(MAX_FIELDS), strict=False)
    ]
    if len(matches) < 4:
        return None
    values = _head(excerpt, at, matches[0].start())
    for match in matches:
        group = "double" if match["double"] is not None else "single"
        values.append(Value(match["key"].strip(), excerpt.part(*match.span(group))))
    return Reading((piece_of("key_value", values, excerpt, at, stop),), stop)


def _read_falco(excerpt: Excerpt, at: int) -> Reading | None:
    stop = line_end(excerpt.text, at)
    match = _FALCO.match(excerpt.text, at, stop)
    if not match:
        return None
    start, end = match.span("pairs")
    while end > start and excerpt.text[end - 1] in ") \r":
        end -= 1
    pairs = find_pairs(excerpt, start, end)
    if len(pairs.values) < 2:
        return None
    heads = [Value(name, excerpt.part(*match.span(name))) for name in ("time", "priority", "output") if match[name]]
    return Reading((piece_of("falco", [*heads, *pairs.values], excerpt, at, stop),), stop)


KEY_VALUE = Reader("key_value", _BEGINS, _read, carried=True)
FALCO = Reader("falco", _FALCO_BEGINS, _read_falco, carried=True)
