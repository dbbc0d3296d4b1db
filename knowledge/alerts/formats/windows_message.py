"""Windows events as people read them: the message as Event Viewer, PowerShell and log forwarders print it."""

from __future__ import annotations

import re

from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.reader import MAX_FIELDS, Reader, Reading, Value, piece_of
from knowledge.alerts.formats.windows_names import DATA_NAMES, EXPLANATIONS, LABELS, SECTIONS, SYSMON

_SENTENCE_START = (
    r"(?:An? |The |Special |Kerberos |System |User |Permissions |Attempt |Creating |Process |Network |File "
    r"|Registry |Dns |Pipe |Driver |Image "
    r"|CreateRemoteThread |RawAccessRead |Wmi|Engine |Windows |Microsoft |Audit |SID |Service |Cryptographic "
    r"|Key |Domain |Certificate )"
)
_BEGINS = re.compile(
    r"[ \t]*(?:Log ?Name|ProviderName|TimeCreated|SourceName|EventCode|EventType|MachineName|ContainerLog)[ \t]*"
    r"(?::|=[^\n=]{0,200}(?:\n|\Z))"
    r"|\d\d/\d\d/\d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})? [AP]M\s*\n(?:LogName|SourceName|EventCode)="
    r"|MSWinEventLog\b|[^\n]{0,200}?\bAgentDevice=Win"
    rf"|{_SENTENCE_START}[^\n]{{0,200}}(?:\n\s*(?:{'|'.join(SECTIONS)}):[ \t\r]*\n|\n\s*(?:RuleName|UtcTime):)"
    r"|[^\n]{0,300}?(?:\b(?:Subject|Logon Information|New Logon|Account Information|Target Account"
    r"|Creator Subject)[:;]?\s{1,8}(?:Security ID|Account Name|Logon Type)\s?:"
    r"|\b(?:RuleName|UtcTime): ?[^\n]{1,60} (?:UtcTime|ProcessGuid):)"
    r"|(?:Subject|Creator Subject|Account Information|New Logon"
    r"|Process Information):[ \t\r]*\n[ \t]*(?:Security ID|Account Name|New Process ID|Process ID):"
)

_LINE = re.compile(
    r"(?P<indent>[ \t]*)(?P<name>[A-Z][\w .()/@&'-]{0,60}?)[ \t]*(?::|(?<=[ \w])=)(?!//|\\)[ \t]*(?P<value>[^\n]*)"
)
_SECTION = re.compile(rf"[ \t]*(?:{'|'.join(SECTIONS)}|Attribute|Context):[ \t\r]*$", re.MULTILINE)
_BODY = frozenset({"description", "message"})
_SCRIPT = re.compile(r"Creating Scriptblock text \(\d{1,6} of \d{1,6}\):[ \t]*\r?\n?", re.IGNORECASE)
_SCRIPT_END = re.compile(r"^[ \t]*(?:ScriptBlock ID|Path):", re.MULTILINE | re.IGNORECASE)
_NEW_RECORD = re.compile(
    r"[ \t]*Log ?Name[ \t]*[:=]|[ \t]*<Event[\s>]|\s*\{\s*\"|\d\d/\d\d/\d{4} \d\d:\d\d:\d\d [AP]M[ \t\r]*$|```",
    re.MULTILINE,
)
_STAMP = re.compile(r"\d\d/\d\d/\d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})? [AP]M")
_MAX_LINES = 5_000

_KNOWN = "|".join(sorted(map(re.escape, {*SECTIONS, *LABELS, *SYSMON}), key=lambda each: (-len(each), each)))
_FLAT = re.compile(rf"(?<![\w.])(?P<name>{_KNOWN})\s?:(?=\s|$)", re.MULTILINE)
_SNARE = (
    "", "Criticality", "Channel", "Snare Counter", "Date", "EventID", "Provider", "User", "SidType", "EventLogType",
    "Computer", "Category", "Data", "Message",
)  # fmt: skip
"""Columns of Snare's lines (https://www.snaresolutions.com/)."""
_SNARE_GAP = re.compile(r"\t|#011| {3,}")
_AGENT_PAIR = re.compile(
    r"(?:^|[\t ]|(?<=\s))(?P<name>[A-Z][A-Za-z]{2,30})=(?P<value>[^\t\n]*?)(?=\t|[ ][A-Z][A-Za-z]{2,30}=|$)",
    re.MULTILINE,
)
_PROVIDER = re.compile(r"\b(?P<provider>Microsoft-Windows-[\w-]{3,60})(?:[\[:/ ]{1,3}(?P<id>\d{1,5})\b)?")
_EVENT_ID = re.compile(r"\b(?:EventID|EventCode|Event ID|event_id)\s?[=:]\s?(?P<id>\d{1,5})\b")


_NAMED_BEFORE = ((_EVENT_ID, "id", "EventID"), (_PROVIDER, "provider", "Provider"), (_PROVIDER, "id", "EventID"))


def _read(excerpt: Excerpt, at: int) -> Reading | None:
    text = excerpt.text
    if text.startswith("MSWinEventLog", at):
        return _read_snare(excerpt, at)
    stop = line_end(text, at)
    if (agent := text.find("AgentDevice=Win", at, min(stop, at + 220))) >= 0:
        return _read_agent(excerpt, agent, stop)
    flat = _FLAT.findall(text, at, stop)
    if len(flat) >= 4:
        return _read_flat(excerpt, at, stop)
    return _read_lines(excerpt, at)


def _read_lines(excerpt: Excerpt, at: int) -> Reading | None:
    """The form with one label a line: first the head of the event, then its message with its sections."""
    lines = _Lines(excerpt, at)
    end = lines.read()
    values = lines.values
    labelled = {value.path.lower().replace(" ", "") for value in values if value.path != "Message"}
    if len(labelled) < 3:
        return Reading((), end)
    return Reading((piece_of("windows_message", _with_data_names(values), excerpt, at, end),), end)


class _Lines:
    """The state of reading a message line by line: which section is open, and the label that a line goes on."""

    def __init__(self, excerpt: Excerpt, at: int) -> None:
        self.excerpt = excerpt
        self.text = excerpt.text
        self.at = at
        self.values: list[Value] = []
        self.section = ""
        self.label = ""
        self.indent = 0
        self.message_started = False
        self.label_seen = False

    def read(self) -> int:
        """Reads up to the next record; gives the index of its end."""
        end = start = self.at
        for _ in range(_MAX_LINES):
            if self.at >= len(self.text) or len(self.values) > MAX_FIELDS:
                break
            stop = line_end(self.text, self.at)
            if self.at > start and self.label_seen and _NEW_RECORD.match(self.text, self.at):
                break
            if self.text[self.at : stop].strip():
                stop = self._line(stop)
                end = stop
            else:
                self.section = self.label = ""
            self.at = stop + 1
        return end

    def _line(self, stop: int) -> int:
        """Takes one line; gives the index of its end, which for a script is that of its last line."""
        script = _SCRIPT.search(self.text, self.at, line_end(self.text, min(stop + 1, len(self.text))))
        if script and script.start() <= stop:
            return self._script(script.end())
        if _SECTION.match(self.text, self.at, stop):
            self.section, self.label = self.text[self.at : stop].strip(" \t\r:"), ""
            return stop
        match = _LINE.match(self.text, self.at, stop)
        if not match or len(match["name"].split()) > 6:
            self._free(stop)
            return stop
        self.label_seen = True
        name, indent = match["name"].strip(), len(match["indent"].expandtabs(4))
        if name.lower() in _BODY and not self.message_started:
            self.message_started = True
            script = _SCRIPT.match(self.text, match.start("value"))
            if script:
                return self._script(script.end())
            if match["value"].strip():
                self._add("Message", match.start("value"), stop)
            return stop
        self.label, self.indent = f"{self.section}.{name}" if self.section else name, indent
        if match["value"].strip():
            self._add(self.label, match.start("value"), stop)
        return stop

    def _free(self, stop: int) -> None:
        """A line without a label: it goes on the value before it, or is part of the message."""
        line = self.text[self.at : stop]
        text = line.strip()
        if text.startswith(EXPLANATIONS):
            self.label = ""
            return
        if _STAMP.fullmatch(text):
            self._add("timestamp", self.at, stop)
            return
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        deeper = bool(self.label) and indent > self.indent
        self._add(self.label if deeper else "Message", self.at, stop)

    def _script(self, start: int) -> int:
        """The script of event 4104 goes up to the line that names its id."""
        match = _SCRIPT_END.search(self.text, start)
        end = match.start() if match else len(self.text)
        self._add("ScriptBlockText", start, end)
        self.message_started = True
        return max(start, end - 1) if match else end

    def _add(self, path: str, start: int, end: int) -> None:
        value = self.excerpt.trimmed(start, end)
        if value.text:
            self.values.append(Value(path, value))


def _with_data_names(values: list[Value]) -> list[Value]:
    """The values again, with what the event's data call them, and the provider under that name."""
    result = []
    known = {value.path for value in values}
    for value in values:
        result.append(value)
        name = DATA_NAMES.get(value.path)
        if name and name not in known:
            result.append(Value(name, value.excerpt))
        if value.path in ("Source", "SourceName", "ProviderName") and "Provider" not in known:
            result.append(Value("Provider", value.excerpt))
    return result


def _read_flat(excerpt: Excerpt, at: int, stop: int) -> Reading | None:
    """The message in one line, as forwarders write it."""
    text = excerpt.text
    first = _FLAT.search(text, at, stop)
    start = first.start() if first else stop
    values: list[Value] = []
    for pattern, group, path in _NAMED_BEFORE:
        match = pattern.search(text, at, start)
        if match and match[group] and path not in {value.path for value in values}:
            values.append(Value(path, excerpt.part(*match.span(group))))
    known = max(
        (match.end() for match in (_EVENT_ID.search(text, at, start), _PROVIDER.search(text, at, start)) if match),
        default=at,
    )
    message = excerpt.trimmed(known, start, " \t:]-|,")
    if message.text:
        values.append(Value("Message", message))
    values += flat_values(excerpt, start, stop)
    return Reading((piece_of("windows_message", _with_data_names(values), excerpt, at, stop),), stop)


def flat_values(excerpt: Excerpt, start: int, stop: int) -> list[Value]:
    """The labels and values of a message without line breaks, known labels only."""
    text = excerpt.text
    matches = list(_FLAT.finditer(text, start, stop))[:MAX_FIELDS]
    ends = [match.start() for match in matches[1:]] + [stop]
    values: list[Value] = []
    section = ""
    for match, end in zip(matches, ends, strict=False):
        name = match["name"]
        if name in SECTIONS and not text[match.end() : end].strip():
            section = name
            continue
        explained = [found for each in EXPLANATIONS if (found := text.find(each, match.end(), end)) >= 0]
        value = excerpt.trimmed(match.end(), min([end, *explained]))
        if value.text:
            values.append(Value(f"{section}.{name}" if section and name not in SYSMON else name, value))
    return values


def _read_snare(excerpt: Excerpt, at: int) -> Reading | None:
    """Snare's columns, separated by tabs or by what became of them."""
    text = excerpt.text
    stop = line_end(text, at)
    values: list[Value] = []
    start = at
    for number, name in enumerate(_SNARE):
        gap = _SNARE_GAP.search(text, start, stop) if number < len(_SNARE) - 1 else None
        end = gap.start() if gap else stop
        if name == "Message":
            values += _message(excerpt, start, end)
        elif name and text[start:end].strip():
            values.append(Value(name, excerpt.trimmed(start, end)))
        if not gap:
            break
        start = gap.end()
    if len(values) < 3:
        return None
    return Reading((piece_of("windows_message", _with_data_names(values), excerpt, at, stop),), stop)


def _message(excerpt: Excerpt, start: int, end: int) -> list[Value]:
    first = _FLAT.search(excerpt.text, start, end)
    sentence = excerpt.trimmed(start, first.start() if first else end)
    return [*([Value("Message", sentence)] if sentence.text else []), *flat_values(excerpt, start, end)]


def _read_agent(excerpt: Excerpt, at: int, stop: int) -> Reading | None:
    """WinCollect's pairs, the last of which is the message."""
    text = excerpt.text
    body = text.find("Message=", at, stop)
    body = stop if body < 0 else body
    pairs = _AGENT_PAIR.finditer(text, at, body)
    values = [Value(match["name"], excerpt.trimmed(*match.span("value"))) for match in pairs]
    if body < stop:
        values += _message(excerpt, body + len("Message="), stop)
    values = [value for value in values if value.text]
    if len(values) < 3:
        return None
    return Reading((piece_of("windows_message", _with_data_names(values), excerpt, at, stop),), stop)


WINDOWS_MESSAGE = Reader("windows_message", _BEGINS, _read, carried=True)
