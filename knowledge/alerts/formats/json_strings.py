"""The strings of JSON: where one ends, even where quotation marks in it were not escaped, and what its escapes mean."""

from __future__ import annotations

import re

from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.reader import MAX_VALUE

QUOTES = {'"': '"', "'": "'", "“": "”", "”": "”"}
"""Marks that open a string, with the mark that closes it."""
_CLOSED = {
    '"': re.compile(r'[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'),
    "'": re.compile(r"[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'"),
    "”": re.compile(r"[^”\\\n]*+(?:\\.[^”\\\n]*+)*+”"),
}
_OVER_LINES = {
    '"': re.compile(r'[^"\\]*+(?:\\.[^"\\]*+)*+"(?=\s*[,}\]:])', re.DOTALL),
    "'": re.compile(r"[^'\\]*+(?:\\.[^'\\]*+)*+'(?=\s*[,}\]:])", re.DOTALL),
    "”": re.compile(r"[^”\\]*+(?:\\.[^”\\]*+)*+”(?=\s*[,}\]:])", re.DOTALL),
}
_AFTER = re.compile(r"[ \t]*(?:[,}\]:\r\n]|\Z|[ \t][\"'])")
_LONGEST_QUOTED = 4_000
_QUOTES_INSIDE = 12
"""Within that many characters, that many quotation marks that were not escaped are looked over."""

_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL
)
_STRANGE = re.compile(
    r"\\(?:\\|[^\\\"'/bfnrtux\n]|u(?![0-9a-fA-F]{4})|x(?![0-9a-fA-F]{2}))"
    r"|(?<=\w)\\[bf](?=\w)|(?<![A-Za-z])[A-Za-z]:\\[^\\nr/\"]"
)
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "\n": ""}


def find_end(text: str, start: int, quote: str) -> tuple[int, int, int]:
    """Finds the end of a string.

    Quotation marks inside that were not escaped belong to it: a string ends where a comma, a colon, a bracket or the
    end of the line follows. One that is not closed ends with its line.

    Returns:
        Where its content starts and ends, and where to go on.
    """
    first = start + 1
    closed = _CLOSED[quote]
    match = closed.match(text, first)
    if not match:
        over = _OVER_LINES[quote].match(text, first, first + MAX_VALUE)
        if over:
            return first, over.end() - 1, over.end()
        end = line_end(text, first)
        cut = len(text[first:end].rstrip("\r \t"))
        return first, first + cut, end
    after = match
    for _ in range(_QUOTES_INSIDE):
        if _AFTER.match(text, after.end()):
            return first, after.end() - 1, after.end()
        longer = closed.match(text, after.end(), first + _LONGEST_QUOTED)
        if not longer:
            break
        after = longer
    return first, match.end() - 1, match.end()


def undo_json(excerpt: Excerpt, start: int, end: int) -> Excerpt:
    r"""The content of a JSON string with its escapes undone.

    A Windows path that was never escaped (``C:\Windows``) stays as it is.
    """
    if excerpt.text.find("\\", start, end) < 0 or not _is_escaped(excerpt.text, start, end):
        return excerpt.part(start, end)
    return excerpt.undone(start, end, _ESCAPE, _meaning)


def _is_escaped(text: str, start: int, end: int) -> bool:
    return all(match[0] == "\\\\" for match in _STRANGE.finditer(text, start, end))


def _meaning(match: re.Match[str]) -> str:
    escape = match[0]
    letter = escape[1]
    if letter in "ux" and len(escape) > 2:
        if len(escape) == 12:
            return chr(0x10000 + ((int(escape[2:6], 16) & 0x3FF) << 10) + (int(escape[8:], 16) & 0x3FF))
        code = int(f"0x{escape[2:]}", 0)
        return "\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)
    return _LETTERS.get(letter, letter)
