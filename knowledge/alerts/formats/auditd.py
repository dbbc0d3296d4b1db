"""Records of the Linux audit system, with their hexadecimal arguments made readable."""

from __future__ import annotations

import re

from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.pairs import find_pairs
from knowledge.alerts.formats.reader import Reader, Reading, Value, piece_of

_BEGINS = re.compile(
    r"(?:[^\n{}<]{0,120}?[ \t:])??(?P<record>(?:node=(?P<node>\S{1,200}) )?type=(?P<type>[A-Z][A-Z0-9_]{1,40})"
    r"[ \t]{1,4}msg=audit\((?P<stamp>[^()\n]{1,60}?):(?P<serial>\d{1,12})\)[ \t]?:[ \t]?)"
    r"|[^\n{}<]{0,160}?\baudit: type=(?P<number>\d{4}) audit\((?P<time>[\d.]{1,24}):(?P<count>\d{1,12})\): "
)
_GAP = re.compile(r"\s*(?:-{4}\s*)?")
_MAX_LINES = 500

_STARTED = frozenset({"EXECVE", "1309"})
"""The type of the line that holds a started program's arguments, by name and by number."""
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_HEX_NAMES = frozenset({"proctitle", "cmd", "comm", "exe", "name", "path", "cwd", "data", "acct", "dir", "file"})
_ARGUMENT = re.compile(r"a(\d{1,4})(?:\[\d{1,4}\])?")
_INNER = re.compile(r"(?<!\S)msg='([^'\n]*)'?")
_READABLE = re.compile(r"[^\x00-\x08\x0e-\x1f\x7f]*")


def _read(excerpt: Excerpt, at: int) -> Reading | None:
    text = excerpt.text
    events: dict[tuple[str, str], list[Value]] = {}
    spans: dict[tuple[str, str], tuple[int, int]] = {}
    end = at
    for _ in range(_MAX_LINES):
        match = _BEGINS.match(text, at)
        if not match:
            break
        end = line_end(text, match.end())
        serial = (match["stamp"] or match["time"], match["serial"] or match["count"])
        start = match.start("record") if match["record"] else at
        spans[serial] = (spans.get(serial, (start, end))[0], end)
        events.setdefault(serial, []).extend(_line(excerpt, match, end))
        gap = _GAP.match(text, end)
        at = gap.end() if gap else end
    if not events:
        return None
    return Reading(tuple(piece_of("auditd", events[each], excerpt, *spans[each]) for each in events), end)


def _line(excerpt: Excerpt, match: re.Match[str], end: int) -> list[Value]:
    """The fields of one line, each under the line's type: `SYSCALL.exe`."""
    kind = match["type"] or match["number"]
    values = [Value("type", excerpt.part(*match.span("type" if match["type"] else "number")))]
    if match["node"]:
        values.append(Value("node", excerpt.part(*match.span("node"))))
    inner = _INNER.search(excerpt.text, match.end(), end)
    spans = [(match.end(), inner.start()), inner.span(1)] if inner else [(match.end(), end)]
    found = [pair for span in spans for pair in _pairs(excerpt, *span)]
    if kind in _STARTED:
        return [*values, *_command(found, kind)]
    return [*values, *(Value(f"{kind}.{value.path}", _readable(value, quoted)) for value, quoted in found)]


def _pairs(excerpt: Excerpt, start: int, end: int) -> list[tuple[Value, bool]]:
    """The pairs of a line, each with whether its value is quoted."""
    pairs = find_pairs(excerpt, start, end)
    return list(zip(pairs.values, pairs.quoted, strict=True))


def _command(found: list[tuple[Value, bool]], kind: str) -> list[Value]:
    """The arguments of a started program as one command line that spans them."""
    arguments = [_readable(value, quoted) for value, quoted in found if _ARGUMENT.fullmatch(value.path)]
    rest = [Value(f"{kind}.{value.path}", value.excerpt) for value, _ in found if not _ARGUMENT.fullmatch(value.path)]
    if not arguments:
        return rest
    turns: list[int] = []
    places: list[int] = []
    length = 0
    for argument in arguments:
        turns += (length, *(turn + length for turn in argument.turns))
        places += (argument.start, *argument.places)
        length += len(argument.text) + 1
    text = " ".join(argument.text for argument in arguments)
    spanning = Excerpt(text, arguments[0].start, arguments[-1].end, tuple(turns), tuple(places))
    return [*rest, Value("command_line", spanning)]


def _readable(value: Value, quoted: bool) -> Excerpt:
    """A value, decoded where the audit system wrote it as hexadecimal digits because of blanks or quotes in it."""
    excerpt = value.excerpt
    if quoted or not (value.path in _HEX_NAMES or _ARGUMENT.fullmatch(value.path)) or not _HEX.fullmatch(excerpt.text):
        return excerpt
    decoded = bytes.fromhex(excerpt.text).rstrip(b"\x00").replace(b"\x00", b" ").decode("utf-8", "replace")
    if not _READABLE.fullmatch(decoded) or "\ufffd" in decoded or len(decoded) < 2:
        return excerpt
    return Excerpt(
        decoded, excerpt.start, excerpt.end, tuple(range(1, len(decoded))), _hex_places(excerpt, len(decoded))
    )


def _hex_places(excerpt: Excerpt, length: int) -> tuple[int, ...]:
    return tuple(min(excerpt.end, excerpt.place(2 * index)) for index in range(1, length))


AUDITD = Reader("auditd", _BEGINS, _read, carried=True)
