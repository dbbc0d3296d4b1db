"""Blocks of `Name: value` as consoles, ticket systems and chat apps print them, over lines or within one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.reader import MAX_FIELDS, Reader, Reading, Value, piece_of

_MAX_LINES = 2_000
_NAME = r"[A-Za-z@_][\w@$./()#&'-]{0,60}+(?: [\w@$./()#&'-]{1,60}+){0,5}"
_LONGEST_LINE = 20_000
"""Characters of a line that may hold more than one name; longer ones are no console's."""

_INDENT = r"[ \t]*(?:[-*•·][ \t]+|>[ \t]?|\|[ \t]?)?"
_LINE = re.compile(
    rf"(?P<indent>{_INDENT})(?P<mark>[*_`\"]{{0,2}})(?P<name>{_NAME})(?:[ \t]?:(?P=mark)"
    rf"|(?P=mark)[ \t]{{0,20}}:)(?!//|\\)[ \t]*"
)
_COLUMNS = re.compile(rf"[ \t]*(?P<name>{_NAME})(?: {{2,}}|[ \t]*\t[ \t]*)(?=[^\s|])")
_BEGINS = re.compile(rf"{_INDENT}[*_`\"]{{0,2}}{_NAME}[*_`\"]{{0,2}}(?:[ \t]{{0,20}}:| {{2,}}\S|[ \t]*\t|[ \t\r]*\n)")
_INLINE = re.compile(r"[ \t]{0,2}(?:\||;|\t|•|·)[ \t]*|,[ \t]+|[ \t]{3,}(?![|;•·])")
_INLINE_MORE = re.compile(r"[ \t]{0,2}[|\t•·][ \t]*|[ \t]{3,}(?![|•·])")
_PIECE = re.compile(rf"(?P<name>[*_]{{0,2}}{_NAME}[*_]{{0,2}})[ \t]?:(?:[ \t]+|$)(?!//|\\)")
_TELLING = re.compile(
    r"command ?line|cmd ?line|process(?: name)?|image|parent(?: process)?|host(?: ?name)?|computer|device(?: name)?"
    r"|user(?: ?name)?|account|severity|rule(?: name)?|alert(?: name)?|technique|tactic|file(?: ?path| ?name)?|path"
    r"|registry(?: key)?|sha-?256|md5|hash|source(?: ip)?|src(?: ?ip)?|dst(?: ?ip)?|destination(?: ip)?|event ?id"
    r"|detection(?: name)?|url|domain|operation|action(?: type)?|query|remote(?: ip)?|detected|command|cmd"
    r"|ip(?: address)?"
    r"|time|status|app|initiating(?: process)?|description|details|value (?:name|data)|category|product|sensor|server",
    re.IGNORECASE,
)
_SPEAKER = re.compile(r"[A-Z][a-z]+(?: [A-Z][a-z]+)?")


@dataclass(slots=True)
class _Open:
    """A heading under which further names stand: how far it is indented, and its path."""

    indent: int
    path: str


def _read_lines(excerpt: Excerpt, at: int) -> Reading | None:
    """Three lines or more that each start with a name and a colon; two where the names are those of alerts."""
    text = excerpt.text
    start, end = at, at
    values: list[Value] = []
    names: list[str] = []
    headings: list[_Open] = []
    other = 0
    for _ in range(_MAX_LINES):
        stop = line_end(text, at)
        match = _LINE.match(text, at, stop)
        if match and len(values) <= MAX_FIELDS:
            path = _under(headings, len(match["indent"].expandtabs(4)), match["name"])
            names.append(match["name"])
            _take(excerpt, match, stop, path, values, headings)
        elif not values or not _goes_on(text, at, stop, other, len(names)):
            break
        elif text[at:stop].strip():
            other += 1
            path = headings[-1].path if headings and headings[-1].path.endswith(names[-1]) else values[-1].path
            values.append(Value(path, excerpt.trimmed(at, stop)))
        end, at = (stop if text[at:stop].strip() else end), stop + 1
        if at >= len(text):
            break
    if not _is_block(names, other):
        return Reading((), end)
    return Reading((piece_of("fields", values, excerpt, start, end),), end)


def _under(headings: list[_Open], indent: int, name: str) -> str:
    """The path of a name, under the headings that stand further to the left."""
    while headings and headings[-1].indent >= indent:
        headings.pop()
    return f"{headings[-1].path}.{name}" if headings else name


def _take(
    excerpt: Excerpt, match: re.Match[str], stop: int, path: str, values: list[Value], headings: list[_Open]
) -> None:
    """Takes the value of a line, or of several where a line holds more names; a name without a value is a heading."""
    text = excerpt.text
    start = match.end()
    while start <= stop and len(values) <= MAX_FIELDS:
        end, following = stop, None
        for gap in _INLINE_MORE.finditer(text, start, min(stop, start + _LONGEST_LINE)):
            if following := _PIECE.match(text, gap.end(), stop):
                end = gap.start()
                break
        value = excerpt.trimmed(start, end, " \t\r*`")
        if value.text:
            values.append(Value(path, value))
        elif not following:
            headings.append(_Open(len(match["indent"].expandtabs(4)), path))
        if not following:
            break
        path, start = following["name"].strip("*_"), following.end()


def _goes_on(text: str, at: int, stop: int, other: int, named: int) -> bool:
    """Whether a line without a name still belongs to the block: it is blank before another name, or goes on a value."""
    behind = line_end(text, stop + 1)
    next_named = stop < len(text) and bool(_LINE.match(text, stop + 1, behind))
    if not text[at:stop].strip():
        return next_named
    return other * 2 < named and (text[at] in " \t" or next_named)


def _is_block(names: list[str], other: int) -> bool:
    """Whether names and lines without one are those of a record, and not of a conversation or an explanation."""
    distinct = {name.lower() for name in names}
    telling = sum(bool(_TELLING.fullmatch(name)) for name in distinct)
    if len(distinct) < 2 or other > len(names):
        return False
    return telling >= 2 or (len(distinct) >= 3 and (telling > 0 or not all(_SPEAKER.fullmatch(name) for name in names)))


def _read_inline(excerpt: Excerpt, at: int) -> Reading | None:
    """One line of names and values with a separator between: `Host: WS1 | User: bob | Process: cmd.exe`."""
    text = excerpt.text
    stop = line_end(text, at)
    if stop - at > _LONGEST_LINE:
        return None
    starts: list[re.Match[str]] = []
    match = _PIECE.match(text, at, stop)
    breaks = [at]
    while match and len(starts) <= MAX_FIELDS:
        starts.append(match)
        match = None
        for gap in _INLINE.finditer(text, starts[-1].end(), stop):
            if match := _PIECE.match(text, gap.end(), stop):
                breaks.append(gap.start())
                break
    if len(starts) < 3 or not _is_block([each["name"].strip("*_") for each in starts], 0):
        return None
    ends = [*breaks[1:], stop]
    spans = zip(starts, ends, strict=True)
    values = [Value(each["name"].strip("*_"), excerpt.trimmed(each.end(), end)) for each, end in spans]
    return Reading((piece_of("fields", values, excerpt, at, stop),), stop)


def _read_columns(excerpt: Excerpt, at: int) -> Reading | None:
    """Four lines or more of a name, a gap and a value, without colons."""
    text = excerpt.text
    start, end = at, at
    values: list[Value] = []
    while len(values) <= MAX_FIELDS:
        stop = line_end(text, at)
        match = _COLUMNS.match(text, at, stop)
        if not match:
            break
        values.append(Value(match["name"], excerpt.trimmed(match.end(), stop)))
        end, at = stop, stop + 1
    names = {value.path.lower() for value in values}
    if len(values) < 4 or len(names) < len(values) or sum(bool(_TELLING.fullmatch(name)) for name in names) < 2:
        return Reading((), end)
    return Reading((piece_of("fields", values, excerpt, start, end),), end)


def _read_alternating(excerpt: Excerpt, at: int) -> Reading | None:
    """Names on lines of their own, each with its value below, as chat apps show fields: three or more."""
    text = excerpt.text
    start, end = at, at
    values: list[Value] = []
    while len(values) <= MAX_FIELDS:
        stop = line_end(text, at)
        name = text[at:stop].strip(" \t\r*_")
        below = line_end(text, stop + 1) if stop < len(text) else stop
        value = excerpt.trimmed(stop + 1, below, " \t\r*`")
        if not _TELLING.fullmatch(name) or not value.text or _TELLING.fullmatch(value.text):
            break
        values.append(Value(name, value))
        end, at = below, below + 1
    if len(values) < 3:
        return None
    return Reading((piece_of("fields", values, excerpt, start, end),), end)


FIELD_LINES = Reader("fields", _BEGINS, _read_lines)
FIELD_LINE = Reader("fields", _BEGINS, _read_inline)
FIELD_COLUMNS = Reader("fields", _BEGINS, _read_columns)
FIELD_PAIRS_OF_LINES = Reader("fields", _BEGINS, _read_alternating)
