"""The header of a mail: its lines, folded ones put together, encoded words made readable."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header

from knowledge.alerts.formats.excerpt import Excerpt, line_end, trim
from knowledge.alerts.formats.reader import MAX_FIELDS, MAX_VALUE, Reader, Reading, Value, piece_of

_KNOWN = (
    "From|To|Cc|Bcc|Reply-To|Return-Path|Subject|Date|Received|Received-SPF|Message-ID|In-Reply-To|References|Sender|"
    "Authentication-Results|ARC-[A-Za-z-]{1,40}|DKIM-Signature|MIME-Version|Content-[A-Za-z-]{1,40}|Delivered-To|"
    "Envelope-From|Envelope-To|User-Agent|X-[A-Za-z0-9-]{1,60}|List-Unsubscribe|Thread-Topic|Attachments?|Organization|"
    "Importance|Disposition-Notification-To|Errors-To|Return-Receipt-To"
)
_BEGINS = re.compile(rf"(?:{_KNOWN}):[ \t]*\S", re.IGNORECASE)
_LINE = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9-]{0,70}):[ \t]*")
_TELLING = frozenset(
    {
        "from", "received", "return-path", "subject", "reply-to", "authentication-results", "message-id",
        "content-type", "content-disposition",
    }
)  # fmt: skip
_FOLD = re.compile(r"\r?\n[ \t]+")
_ENCODED = re.compile(r"=\?[\w-]{1,40}\?[bBqQ]\?[^?\s]{0,2000}\?=(?:[ \t\r\n]{1,80}(?==\?))?")
_FILE = re.compile(
    r"(?:file)?name\*?\s?=\s?(?:\"(?P<quoted>[^\"\n]{1,300})\"|(?P<bare>[^\s;\"]{1,300}))", re.IGNORECASE
)
_MIXED = re.compile(rf"{_ENCODED.pattern}|{_FOLD.pattern}")


def _read(excerpt: Excerpt, at: int) -> Reading | None:
    text = excerpt.text
    start, end = at, at
    names: list[str] = []
    values: list[Value] = []
    while len(values) <= MAX_FIELDS and (match := _LINE.match(text, at)):
        end = line_end(text, at)
        while text[end + 1 : end + 2] in (" ", "\t") and text[end + 1 : line_end(text, end + 1)].strip():
            end = line_end(text, end + 1)
        names.append(match["name"].lower())
        values += _values(excerpt, match["name"], match.end(), end)
        at = end + 1
    known = sum(bool(_BEGINS.match(f"{name}: x")) for name in names)
    if len(set(names)) < 2 or known * 2 < len(names) or len(_TELLING.intersection(names)) < 2:
        return Reading((), end)
    return Reading((piece_of("mail", values, excerpt, start, end),), end)


def _values(excerpt: Excerpt, name: str, start: int, end: int) -> list[Value]:
    text = excerpt.text
    start, end = trim(text, start, min(end, start + MAX_VALUE))
    values = [Value(name, excerpt.undone(start, end, _MIXED, _meaning))]
    if name.lower() in ("content-type", "content-disposition"):
        for match in _FILE.finditer(text, start, end):
            group = "quoted" if match["quoted"] else "bare"
            values.append(Value(f"{name}.filename", excerpt.part(*match.span(group))))
    return values


def _meaning(match: re.Match[str]) -> str:
    """What an encoded word says; the blank that a folded line stands for."""
    word = match[0].strip()
    if not word:
        return " "
    try:
        parts = decode_header(word)
        return "".join(
            part.decode(charset or "ascii", "replace") if isinstance(part, bytes) else part for part, charset in parts
        )
    except (HeaderParseError, LookupError, ValueError):
        return match[0]


MAIL = Reader("mail", _BEGINS, _read)
