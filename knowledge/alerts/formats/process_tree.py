"""Process trees: indented, drawn with branches, or in one line with arrows. Each process is a record of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from knowledge.alerts.formats.excerpt import Excerpt, line_end, trim
from knowledge.alerts.formats.reader import Piece, Reader, Reading, Value

_MAX_PROCESSES = 200
_LONGEST_LINE = 40_000
"""Characters of a line that may be a chain of processes; Windows allows 32,767 for one command line."""

_BRANCH = r"(?:[│├└┬─╰╭┌┐|`+\\]{1,3}[─┬\-_>.]{0,6}>?|[└├╰]|->|=>|→|↳|➜|»|\\_|\|_|\*|•)"
_PREFIX = re.compile(rf"(?P<indent>[ \t│]*(?:{_BRANCH}[ \t│]*){{0,40}})")
_NUMBER = r"(?:\[\d{1,8}\]|\(\d{1,8}\)|(?:PID|pid)[ :=]{0,2}\d{1,8}:?|\d{1,8}\s)"
_LABEL = re.compile(rf"(?:(?P<pid>{_NUMBER})[ \t]*(?:[:-][ \t]*)?)?")
_IMAGE = (
    r"(?:\"(?:[A-Za-z]:)?[^\"\n]{1,260}\.(?:exe|com|scr|bat|cmd|ps1|dll|dat|tmp|pif)\""
    r"|(?:[A-Za-z]:\\|\\\\|%\w+%\\)[^\n\"<>|]{0,240}?\.(?:exe|com|scr|bat|cmd|pif|tmp|dat)\b"
    r"|[\w.+~@-]{1,80}\.(?:exe|EXE|com|scr|bat|cmd|pif)\b)"
)
_UNIX = (
    r"(?:/(?:usr|bin|sbin|opt|tmp|home|var|etc|Applications|System|Library|Users|private|dev"
    r"|lib)[\w./+@ -]{0,200}?[\w+-]"
    r"|[a-z_][\w.+-]{0,40}(?=\(\d{1,8}\)|\[\d{1,8}\]|,\d{1,8}\b)"
    r"|(?:(?:ba|da|z|k|tc|c)?sh|python[\d.]*|perl|ruby|php[\w.-]*|node|java|nginx|apache2|httpd|sshd|systemd"
    r"|init|launchd|cron|curl|wget"
    r"|nc|ncat|sudo|su|osascript|containerd-shim[\w-]*|runc|dockerd|tomcat|postgres|mysqld|docker|kubelet|login"
    r"|Terminal|node)\b)"
)
_WINDOWS_PROCESS = re.compile(rf"(?P<image>{_IMAGE})", re.IGNORECASE)
_PROCESS = re.compile(rf"(?P<image>{_IMAGE}|{_UNIX})", re.IGNORECASE)
_ARROW = re.compile(r"[ \t]{0,9}(?:-{1,3}>|={1,2}>|→|⇒|➜|»|↳|-{2,3}|─[┬─]{0,3}─?)[ \t]*|[ \t]>{1,2}[ \t]+")
_DETAILS = re.compile(
    r"[ \t]*(?:\[\d{1,8}\]|\(\d{1,8}\)|\((?:PID|pid)[ :=]{0,2}\d{1,8}\)|,\d{1,8}\b|(?:PID|pid)[ :=]{1,2}\d{1,8})"
)
_CHANGED = re.compile(r"\b(?:HK(?:LM|CU|U|CR)|HKEY_[A-Z_]+)\\[^\n]*\Z")
_OTHER_FILE = re.compile(r"\.[A-Za-z]\w{1,4}[ \t]")
"""Within what looks like the path of a program: another file's extension, with words behind it."""
_TOLD = re.compile(
    r"(?:\[\d{1,8}\])?:|[ \t]+(?:has|had|was|is|are|changed|seen|loaded|loads|opened|wrote|injected|spawned|started)\b"
)
"""What follows a program in a sentence or at the head of a log line, and not in a tree."""
_LEAD = re.compile(
    r"(?:process (?:tree|chain)|chain|tree|parent(?:age)?|lineage|execution chain)\s?[:=-]\s{0,3}", re.IGNORECASE
)
_LISTING = re.compile(r"[ \t]*(?=[^\n]{0,200}\bPID\b)(?:[A-Z%]{1,8}[ \t]+){2,12}(?:CMD|COMMAND)[ \t\r]*$", re.MULTILINE)
_COLUMN = re.compile(r"[ \t]*(\S+)")
_BEGINS = re.compile(
    r"[ \t]*(?:[A-Z%]{1,8}[ \t]+[A-Z%]{1,8}|[│├└─|`+\\\[(*•>→↳\"%/]|(?:process|chain|tree|parent|lineage"
    r"|execution|pid|\d{1,8}[ \t])|[A-Za-z]:\\|[\w.+~@-]{1,80}"
    r"(?:\.(?:exe|com|scr|bat|cmd|pif)\b|[(\[,]\d|[ \t]*(?:-{1,3}>|=>|→|\n)))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Process:
    """A process of a tree: how deep it stands, the places of its image, and of all that is said of it."""

    depth: int
    image: tuple[int, int]
    whole: tuple[int, int]


def _read(excerpt: Excerpt, at: int) -> Reading | None:
    lead = _LEAD.match(excerpt.text, at)
    return _read_lines(excerpt, lead.end() if lead else at)


def _read_chain(excerpt: Excerpt, at: int) -> Reading | None:
    """One line: `winword.exe -> cmd.exe /c … -> powershell.exe`."""
    text = excerpt.text
    lead = _LEAD.match(text, at)
    at = lead.end() if lead else at
    stop = line_end(text, at)
    if stop - at > _LONGEST_LINE:
        return None
    pieces: list[tuple[int, int]] = []
    start = at
    for match in _ARROW.finditer(text, at, stop):
        redirects = match[0].strip() in (">", ">>")
        if _CHANGED.search(text, start, match.start()) or not _process_at(text, match.end(), stop, redirects=redirects):
            continue
        pieces.append((start, match.start()))
        start = match.end()
        if len(pieces) > _MAX_PROCESSES:
            break
    pieces.append((start, stop))
    processes = [found for number, span in enumerate(pieces) if (found := _process(text, *span, number))]
    if len(processes) < 2 or len(processes) < len(pieces):
        return None
    return Reading(tuple(_records(excerpt, processes)), stop)


def _read_lines(excerpt: Excerpt, at: int) -> Reading | None:
    """Several lines, the children further to the right than their parents."""
    text = excerpt.text
    processes: list[_Process] = []
    branches, end = 0, at
    while at < len(text) and len(processes) < _MAX_PROCESSES:
        stop = line_end(text, at)
        prefix = _PREFIX.match(text, at, stop)
        indent = prefix["indent"] if prefix else ""
        found = _process(text, at + len(indent), stop, len(indent.expandtabs(4)))
        if not found:
            break
        branches += bool(indent.strip(" \t"))
        processes.append(found)
        end, at = stop, stop + 1
    depths = [process.depth for process in processes]
    plain = not branches and any(not _WINDOWS_PROCESS.match(text, process.image[0]) for process in processes)
    if len(processes) < 2 or len(set(depths)) < 2 or depths[0] != min(depths) or plain:
        return Reading((), end)
    return Reading(tuple(_records(excerpt, processes)), end)


def _read_listing(excerpt: Excerpt, at: int) -> Reading | None:
    """What `ps` prints: columns, of which the last is the command."""
    text = excerpt.text
    end = line_end(text, at)
    names = text[at:end].split()
    pieces: list[Piece] = []
    images: dict[str, Excerpt] = {}
    while end < len(text) and len(pieces) < _MAX_PROCESSES:
        start = end + 1
        stop = line_end(text, start)
        cells, at = {}, start
        for name in names[:-1]:
            column = _COLUMN.match(text, at, stop)
            if not column:
                break
            cells[name], at = excerpt.part(*column.span(1)), column.end()
        prefix = _PREFIX.match(text, at, stop)
        command = excerpt.trimmed(prefix.end() if prefix else at, stop)
        if len(cells) < len(names) - 1 or not command.text or not cells["PID"].text.isdecimal():
            break
        image = command.part(0, len(command.text.split()[0]))
        images[cells["PID"].text] = image
        values = [Value("process", image), Value("command_line", command)]
        values += [Value(name.lower(), cell) for name, cell in cells.items()]
        if "PPID" in cells and cells["PPID"].text in images:
            values.append(Value("parent", images[cells["PPID"].text]))
        pieces.append(Piece("process_tree", tuple(values), excerpt.place(start), excerpt.place(stop)))
        end = stop
    return Reading(tuple(pieces), end) if pieces else None


def _process_at(text: str, at: int, end: int, *, redirects: bool) -> bool:
    """Whether a process stands at an index; behind a sign that also sends output to a file, only a Windows program."""
    label = _LABEL.match(text, at, end)
    at = label.end() if label else at
    if redirects:
        match = _WINDOWS_PROCESS.match(text, at, end)
        return bool(match) and not _OTHER_FILE.search(match["image"] if match else "")
    return bool(_PROCESS.match(text, at, end))


def _process(text: str, start: int, end: int, depth: int) -> _Process | None:
    """The process that stands between two indices, when one does."""
    start, end = trim(text, start, end)
    label = _LABEL.match(text, start, end)
    at = label.end() if label else start
    match = _PROCESS.match(text, at, end)
    if not match or _TOLD.match(text, match.end(), end):
        return None
    first, last = match.span("image")
    if text[first] == '"':
        return _Process(depth, (first + 1, last - 1), (first, end))
    return _Process(depth, (first, last), (first, end))


def _records(excerpt: Excerpt, processes: list[_Process]) -> list[Piece]:
    pieces = []
    open_: list[_Process] = []
    for process in processes:
        while open_ and open_[-1].depth >= process.depth:
            open_.pop()
        values = [Value("process", excerpt.part(*process.image))]
        command = _command(excerpt, process)
        if command:
            values.append(Value("command_line", command))
        if open_:
            values.append(Value("parent", excerpt.part(*open_[-1].image)))
        start, end = process.whole
        pieces.append(Piece("process_tree", tuple(values), excerpt.place(start), excerpt.place(end)))
        open_.append(process)
    return pieces


def _command(excerpt: Excerpt, process: _Process) -> Excerpt | None:
    """The command line, where more than the process's name and number is given."""
    text = excerpt.text
    start, end = process.whole
    behind = process.image[1] + (text[start] == '"')
    details = _DETAILS.match(text, behind, end)
    after = details.end() if details else behind
    rest = text[after:end].strip(" \t:,-–—")
    if not rest:
        return None
    if details:
        return excerpt.trimmed(after, end, " \t:,–—")
    return excerpt.part(start, end)


PROCESS_LISTING = Reader("process_tree", _LISTING, _read_listing)
PROCESS_CHAIN = Reader("process_tree", _BEGINS, _read_chain)
PROCESS_TREE = Reader("process_tree", _BEGINS, _read)
