"""CEF and LEEF, the one-line records of ArcSight and QRadar that many products write."""

from __future__ import annotations

import re

from knowledge.alerts.formats.excerpt import Excerpt, line_end, trim
from knowledge.alerts.formats.reader import MAX_FIELDS, Reader, Reading, Value, piece_of

_CEF_BEGINS = re.compile(r"CEF:\s?\d{1,2}(?:\.\d)?\|")
_LEEF_BEGINS = re.compile(r"LEEF:\s?\d{1,2}(?:\.\d)?\|")
_CEF_HEADER = ("DeviceVendor", "DeviceProduct", "DeviceVersion", "DeviceEventClassID", "Name", "Severity")
_LEEF_HEADER = ("DeviceVendor", "DeviceProduct", "DeviceVersion", "EventID")
_BAR = re.compile(r"(?:[^|\\\n]|\\.)*")
_KEY = re.compile(r"(?<![^\s|])(?P<name>[A-Za-z_][\w.\[\]-]{0,63})=")
_MORE = re.compile(r"\n[ \t]*[A-Za-z][\w.]{0,40}=")
_ESCAPE = re.compile(r"\\([\\=|nr])")
_LETTERS = {"n": "\n", "r": "\n"}
_DELIMITER = re.compile(r"(?:0?x)?([0-9A-Fa-f]{2})|(.)|")
_NAMED = re.compile(r"(?:cs|cn|cfp|c6a|flexString|flexNumber|flexDate|deviceCustomDate|ad\.\w{1,30})\d{0,2}")


def _undo(excerpt: Excerpt, start: int, end: int) -> Excerpt:
    """A value of CEF: equals signs, bars, line breaks and backslashes may be escaped."""
    start, end = trim(excerpt.text, start, end)
    if excerpt.text.find("\\", start, end) < 0:
        return excerpt.part(start, end)
    return excerpt.undone(start, end, _ESCAPE, lambda match: _LETTERS.get(match[1], match[1]))


def _header(excerpt: Excerpt, at: int, names: tuple[str, ...]) -> tuple[list[Value], int]:
    """The columns of a header, as many as are there, and the index behind them."""
    text = excerpt.text
    values = []
    for name in names:
        match = _BAR.match(text, at)
        end = match.end() if match else at
        if end > at:
            values.append(Value(name, _undo(excerpt, at, end)))
        if end >= len(text) or text[end] != "|":
            return values, end
        at = end + 1
    return values, at


def _line_end(text: str, at: int) -> int:
    """The end of a record: of its line, and of lines behind it that go on with a name."""
    end = line_end(text, at)
    while _MORE.match(text, end):
        end = line_end(text, end + 1)
    return end


def _extension(excerpt: Excerpt, start: int, end: int) -> list[Value]:
    """The pairs of CEF: a value goes up to the next name."""
    keys = []
    for match in _KEY.finditer(excerpt.text, start, end):
        keys.append(match)
        if len(keys) > MAX_FIELDS:
            break
    ends = [match.start() for match in keys[1:]] + [end]
    return [Value(key["name"], _undo(excerpt, key.end(), stop)) for key, stop in zip(keys, ends, strict=False)]


def _labelled(values: list[Value]) -> list[Value]:
    """The values again, those that a label names (`cs1Label=Rule Name cs1=…`) also under that name."""
    labels = {value.path[:-5]: value.text for value in values if value.path.endswith("Label") and value.text}
    named = [
        Value(labels[value.path].strip('"'), value.excerpt)
        for value in values
        if value.text and value.path in labels and _NAMED.fullmatch(value.path)
    ]
    return sorted([*values, *named], key=lambda value: value.excerpt.start)


def _read_cef(excerpt: Excerpt, at: int) -> Reading | None:
    begins = _CEF_BEGINS.match(excerpt.text, at)
    if not begins:
        return None
    values, after = _header(excerpt, begins.end(), _CEF_HEADER)
    end = _line_end(excerpt.text, after)
    values += _labelled(_extension(excerpt, after, end))
    return Reading((piece_of("cef", values, excerpt, at, end),), end) if values else None


def _read_leef(excerpt: Excerpt, at: int) -> Reading | None:
    text = excerpt.text
    begins = _LEEF_BEGINS.match(text, at)
    if not begins:
        return None
    values, after = _header(excerpt, begins.end(), _LEEF_HEADER)
    end = line_end(text, after)
    delimiter = "\t"
    if "2." in begins[0] and text[after : after + 1] and (bar := text.find("|", after, after + 8)) >= 0:
        match = _DELIMITER.fullmatch(text, after, bar)
        if match:
            delimiter = chr(int(match[1], 16)) if match[1] else match[2] or "\t"
            after = bar + 1
    if text.find(delimiter, after, end) < 0:
        values += _extension(excerpt, after, end)
    else:
        values += _split(excerpt, after, end, delimiter)
    return Reading((piece_of("leef", values, excerpt, at, end),), end) if values else None


def _split(excerpt: Excerpt, at: int, end: int, delimiter: str) -> list[Value]:
    text = excerpt.text
    values: list[Value] = []
    while at < end and len(values) <= MAX_FIELDS:
        stop = text.find(delimiter, at, end)
        stop = end if stop < 0 else stop
        equals = text.find("=", at, stop)
        if equals > at:
            values.append(Value(text[at:equals].strip(), excerpt.trimmed(equals + 1, stop)))
        at = stop + len(delimiter)
    return values


CEF = Reader("cef", _CEF_BEGINS, _read_cef, carried=True)
LEEF = Reader("leef", _LEEF_BEGINS, _read_leef, carried=True)
