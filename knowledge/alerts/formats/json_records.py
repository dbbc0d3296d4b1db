"""JSON: one object or many, pretty or one a line, whole, cut at either end, or escaped once more."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable

from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.json_scanner import Element, Scan, scan_json
from knowledge.alerts.formats.json_strings import undo_json
from knowledge.alerts.formats.reader import MAX_VALUE, Piece, Reader, Reading, Value

_WRAPPERS = frozenset(
    {"", "records", "value", "hits.hits", "events", "logevents", "findings", "items", "entries", "results"}
)
"""Names of arrays in which services hand out several events at once."""
_MOST_AROUND = 3
"""Values that may stand beside such an array. Where there are more, the events are part of one record."""

_BEGINS = re.compile(
    r"(?:\[\s{0,80}){0,8}\{\s{0,200}(?:"
    r"\"(?:[^\"\\\n]|\\.){1,200}\"\s{0,20}:|'[^'\n]{1,200}'\s{0,20}:|[“”][^”\n]{1,200}”\s{0,20}:"
    r"|\\+\"[^\"\\\n]{1,200}\\+\"\s{0,20}:|\"\"[^\"\n]{1,200}\"\"\s{0,20}:"
    r"|[A-Za-z_@$][\w.@$-]{0,80}\s?:\s?[\"'\[{\dtfn-])"
    r"|\"[\w .@$:/#()-]{1,120}\"\s{0,20}:\s{0,20}[\"“'{\[\dtfn-]"
    r"|(?P<cut>[^\"\n{}\[\]<]{1,120})\"\s{0,20}:\s{0,20}[\"{\[\dtfn-]"
    r"|(?P<cut_value>(?:[^\"\\\n]|\\.){0,4000}+)\"\s{0,20}[}\]]{0,4}\s{0,20},\s{0,80}\"[\w .@$:/#()-]{1,120}\"\s{0,20}:"
)
_ESCAPED = re.compile(r"(?:\[\s{0,80}){0,8}\{\s{0,200}\\")
_DOUBLED = re.compile(r"(?:\[\s{0,80}){0,8}\{\s{0,200}\"\"[^\"]")
_TWO_QUOTES = re.compile(r'""')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_LIST = re.compile(r"\s{0,80}\[\s{0,80}\"[^\"]{0,4000}\"\s{0,80}[,\]]")
_MOST_ESCAPED = 3
"""How often a record may have been put into a string."""


def _read(excerpt: Excerpt, at: int) -> Reading | None:
    text = excerpt.text
    if _ESCAPED.match(text, at):
        return _read_escaped(excerpt, at, _ESCAPE, _meaning)
    if _DOUBLED.match(text, at):
        return _read_escaped(excerpt, at, _TWO_QUOTES, lambda _: '"')
    begins = _BEGINS.match(text, at)
    if begins and begins["cut"] is not None:
        scan = scan_json(excerpt, begins.end("cut") + 1, fragment=begins["cut"].strip())
    elif begins and begins["cut_value"] is not None:
        scan = scan_json(excerpt, begins.end("cut_value") + 1, fragment="")
        scan.values.insert(0, Value("", undo_json(excerpt, *begins.span("cut_value"))))
    else:
        scan = scan_json(excerpt, at, fragment="" if text[at] == '"' else None)
    return Reading(_pieces(excerpt, scan, at), scan.end) if scan.values else None


def read_list(excerpt: Excerpt) -> list[Value]:
    """The elements of a list of texts, such as ``["Global Administrator"]``; none where the text is no such list."""
    return scan_json(excerpt, 0).values if _LIST.match(excerpt.text) else []


def _read_escaped(
    excerpt: Excerpt, at: int, escape: re.Pattern[str], undo: Callable[[re.Match[str]], str]
) -> Reading | None:
    """A record that was copied out of a string, with the string's own escapes still in it. It stands on one line."""
    undone = excerpt.undone(at, min(line_end(excerpt.text, at), at + MAX_VALUE), escape, undo)
    for _ in range(_MOST_ESCAPED):
        if not _ESCAPED.match(undone.text):
            break
        undone = undone.undone(0, len(undone.text), escape, undo)
    scan = scan_json(undone, 0)
    if not scan.values:
        return None
    lines = range(at, len(excerpt.text))
    return Reading(_pieces(undone, scan, 0), at + bisect_left(lines, undone.place(scan.end), key=excerpt.place))


def _meaning(match: re.Match[str]) -> str:
    return {"n": "\n", "r": "\r", "t": "\t"}.get(match[1], match[1])


def _pieces(excerpt: Excerpt, scan: Scan, at: int) -> tuple[Piece, ...]:
    """The records: one, or each element of an array in which a service hands out many."""
    values = scan.values
    elements = [each for each in scan.elements if each.path.lower() in _WRAPPERS and each.first < each.last]
    first, last = (elements[0].first, elements[-1].last) if elements else (0, 0)
    is_list = len(elements) > 1 and len({each.path for each in elements}) == 1
    if not is_list or first + len(values) - last > _MOST_AROUND:
        return (Piece("json", tuple(values), excerpt.place(at), excerpt.place(scan.end), scan.truncated),)
    pieces = [_around(values[:first]), *(_element(excerpt, scan, each) for each in elements), _around(values[last:])]
    return tuple(piece for piece in pieces if piece.values)


def _element(excerpt: Excerpt, scan: Scan, element: Element) -> Piece:
    values = tuple(scan.values[element.first : element.last])
    return Piece("json", values, excerpt.place(element.start), excerpt.place(element.end), scan.truncated)


def _around(values: list[Value]) -> Piece:
    """What stands before or behind such an array."""
    places = [value.excerpt for value in values]
    start, end = min((place.start for place in places), default=0), max((place.end for place in places), default=0)
    return Piece("json", tuple(values), start, end)


JSON = Reader("json", _BEGINS, _read, carried=True)
