"""Syslog headers of RFC 3164 and RFC 5424 and of what is close to them; what they carry is read by other readers."""

from __future__ import annotations

import re

from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.pairs import find_pairs
from knowledge.alerts.formats.reader import Piece, Reader, Reading, Value, piece_of

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_ISO = rf"\d{{4}}-\d\d-\d\d[T ]{_CLOCK}(?: ?Z|[+-]\d\d:?\d\d)?"
_STAMP = rf"(?:{_MONTH} {{1,2}}\d{{1,2}}(?: \d{{4}})?(?: {_CLOCK})?(?: [A-Z]{{3,4}}(?=[: ]))?(?: 20\d\d(?= ))?|{_ISO})"
_PRIORITY = r"<\d{1,3}>"
_SEQUENCE = r"(?:\d{1,10}: )?[*.]?"
_HOST = r"(?P<host>[^\s:\[\]{\"<=,|]{1,255})"
_LEVEL = r"(?:(?:In|Wa|Er|Al|Cr|Db|No)\(\d{1,3}\) )?"
"""What ESXi writes behind the time."""
_NAME = r"(?P<program>[A-Za-z_(-][\w./@()+-]{0,80}(?: [A-Z]\w{1,20}){0,2}?)(?:\[(?P<pid>\d{1,10})(?:-\d{1,10})?\])?"
_ELEMENT = r"\[(?:[^\]\"\n\\]|\\.|\"(?:[^\"\\\n]|\\.)*+\")*+\]"

_NEW = re.compile(
    rf"{_PRIORITY}1 (?P<stamp>\S{{1,64}}) (?P<host>\S{{1,255}}) (?P<program>[^\s:]{{1,128}}) (?P<pid>[^\s|]{{1,128}}) "
    rf"(?P<id>[^\s\[|]{{1,64}})(?: (?P<data>-|(?:{_ELEMENT} ?)+))?(?: |$)?",
    re.MULTILINE,
)
_OLD = re.compile(rf"(?:{_PRIORITY})?{_SEQUENCE}(?P<stamp>{_STAMP}):? {_LEVEL}(?:{_HOST} (?:: )?)?{_NAME}: ?(?!//)")
_HOST_ONLY = re.compile(rf"{_PRIORITY}{_SEQUENCE}(?P<stamp>{_STAMP}):? {_HOST} (?:: )?")
_MARKED = re.compile(
    rf"(?:{_PRIORITY}(?:1 )?)?{_SEQUENCE}(?P<stamp>{_STAMP}):? (?:{_HOST} )?(?:: )?"
    r"(?=%[A-Z][A-Z0-9_]{1,30}-|CEF:\s?\d|LEEF:\s?\d|\{|\[1:\d|<Event[\s>]|MSWinEventLog|AgentDevice="
    r"|type=[A-Z_]{2,40} msg=audit|\d?,\d{4}/)"
)
_BARE = re.compile(rf"{_PRIORITY}(?=\S)")
_HEADERS = (_MARKED, _NEW, _OLD, _HOST_ONLY, _BARE)
_BEGINS = re.compile(rf"{_PRIORITY}|{_SEQUENCE}{_STAMP}[: ]")

_SUDO = re.compile(r"(?P<user>[\w.\\@$-]{1,64}) : (?=[^\n]*\bCOMMAND=)")
_SUDO_PAIR = re.compile(r"(TTY|PWD|USER|GROUP|ENV|TSID|COMMAND)=")
_CRON = re.compile(
    r"\((?P<user>[\w.\\@-]{1,64})\) (?P<action>CMD|CMDOUT|CMDEND|LIST|REPLACE|BEGIN EDIT|END EDIT|RELOAD) "
    r"\((?P<command>[^\n]*)\)"
)
_SHELL = re.compile(r"\[(?P<user>[\w.@-]{1,64})\]: (?P<command>[^\n]*)")
_HISTORY = re.compile(r"HISTORY: (?:PID=(?P<pid>\d+) )?UID=(?P<user>\d+) (?P<command>[^\n]*)")
_TYPED = (
    ("sudo", _SUDO),
    ("cron", _CRON),
    ("crontab", _CRON),
    ("shell", _SHELL),
    ("bash", _HISTORY),
)
_PATHS = {"stamp": "timestamp", "host": "host", "program": "program", "pid": "pid", "id": "msgid"}
_GROUPS = {"user": "user", "action": "action", "command": "command_line", "pid": "history_pid"}


def _read(excerpt: Excerpt, at: int) -> Reading | None:
    text = excerpt.text
    stop = line_end(text, at)
    match = next((found for each in _HEADERS if (found := each.match(text, at, stop))), None)
    if not match or not (text[match.end() : stop].strip() or match.groupdict().get("data")):
        return None
    values = _header(excerpt, match)
    program = match.groupdict().get("program") or ""
    typed = _typed(excerpt, match.end(), stop, program)
    if typed:
        return Reading((piece_of("syslog", values + typed, excerpt, at, stop),), stop)
    header = Piece("syslog", tuple(values), excerpt.place(at), excerpt.place(stop))
    return Reading((header,), stop, inside=match.end())


def _header(excerpt: Excerpt, match: re.Match[str]) -> list[Value]:
    """The fields of a header: time, host, program, number of the process, kind of message, structured data."""
    groups = match.groupdict()
    values = []
    for group, path in _PATHS.items():
        if groups.get(group) and groups[group] != "-":
            values.append(Value(path, excerpt.part(*match.span(group))))
    if groups.get("data") and groups["data"] != "-":
        values += find_pairs(excerpt, *match.span("data")).values
    return values


def _typed(excerpt: Excerpt, at: int, end: int, program: str) -> list[Value]:
    """What programs write in a form of their own: commands by sudo, cron and shells."""
    name = program.rpartition("/")[2].lower().strip("()-")
    for kind, pattern in _TYPED:
        if not name.startswith(kind):
            continue
        match = pattern.match(excerpt.text, at + _blanks(excerpt.text, at, end), end)
        if match and kind == "sudo":
            return [Value("user", excerpt.part(*match.span("user"))), *_sudo(excerpt, match.end(), end)]
        if match:
            return [
                Value(path, excerpt.trimmed(*match.span(group)))
                for group, path in _GROUPS.items()
                if match.groupdict().get(group)
            ]
    return []


def _blanks(text: str, at: int, end: int) -> int:
    return len(text[at:end]) - len(text[at:end].lstrip())


def _sudo(excerpt: Excerpt, at: int, end: int) -> list[Value]:
    """`TTY=pts/0 ; PWD=/home ; USER=root ; COMMAND=/bin/sh -c …`: the command goes up to the end."""
    values = []
    text = excerpt.text
    match = _SUDO_PAIR.search(text, at, end)
    if match and text[at : match.start()].strip(" ;"):
        values.append(Value("message", excerpt.trimmed(at, match.start(), " ;")))
    while match:
        following = None if match[1] == "COMMAND" else _SUDO_PAIR.search(text, match.end(), end)
        values.append(Value(match[1], excerpt.trimmed(match.end(), following.start() if following else end, " ;\r")))
        match = following
    return values


SYSLOG = Reader("syslog", _BEGINS, _read)
