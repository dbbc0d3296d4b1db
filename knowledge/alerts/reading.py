"""A paste becomes an alert: its records are found by their content, read, and their fields given their roles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from typing import Protocol

from knowledge.alerts.formats import (
    CARRIED,
    MIDWAY,
    READERS,
    Excerpt,
    Piece,
    Reader,
    Reading,
    Value,
    line_end,
    read_list,
)
from knowledge.alerts.model import Alert, Field, Record, Role

MAX_CHARACTERS = 2_000_000
"""Characters that are read of one paste. Slack cuts a message at 40,000; a file may be larger."""
MAX_RECORDS = 500
"""Records that are read of one paste. An hour of one host's events has fewer."""
MAX_ALL_FIELDS = 10_000
"""Fields that are read of one paste, all records together."""
MAX_LINES = 5_000
"""Lines in which records are looked for; what is behind them is read as prose."""
MAX_WRAPPED = 4
"""How often a record is followed into a value of another: JSON within JSON within syslog within CSV."""

_MOST_ASKED = 60
"""Records whose product is looked up; behind them, one with the field names of an earlier one shares its product."""

_PROSE = "prose"
_MESSAGE = "message"
_GAP = re.compile(r"(?:\s++|,(?=\s{0,9}[{\[<])|```(?:[ \t]{0,9}[a-z]{1,12}(?=[ \t\r]{0,9}\n))?)++")
_FENCE = re.compile(r"```")
_QUOTE_MARK = re.compile(r"(?:>|&gt;) ?(?=[{\[\"<A-Za-z\d}\] ])")
_SAYS_NOTHING = re.compile(r"[\W_]*+|(?:</[\w:.-]{1,80}>\s*+)++")
_STRUCTURED = re.compile(
    r"\s{0,20}(?:[\[{]\s{0,80}[\[{\"'\\]|<(?:\?xml|[A-Za-z]\w{0,40}[\s>])|CEF:\d|LEEF:\d|\"[\[{\\\"\w])"
)
_LOG_HEAD = re.compile(
    r"[\[<(]{0,2}\d{2,4}[-/.: ]\d\d|[\w./-]{1,80} ?[|:]$|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:|\[[^\]\n]{1,80}\] ?\S{0,80}$"
)
_LONGEST_HEAD = 300
_SHELL_BODY = re.compile(r"#!\s?/")
_SCALAR = re.compile(r"\"([^\"\\]*)\"")
_MIDWAY_VALUES = 2
_SENTENCE_WORDS = 3
_SENTENCE_SIZE = 80
"""A record within a line that is shorter, with three words or more behind it, is an example in a sentence."""


class Roles(Protocol):
    """What names a record's product and gives fields their roles, see `knowledge.alerts.roles.Roles`."""

    def product(self, record_format: str, fields: Sequence[Field]) -> tuple[str, str]:
        """The key and the name of the product that wrote a record; both empty when it is unknown."""
        ...

    def role(self, product: str, path: str, value: str) -> Role:
        """What part a field plays."""
        ...


def read_alert(text: str, roles: Roles) -> Alert:
    """Reads a paste, whatever it is.

    Args:
        text: The paste. It is hostile: it may be cut, damaged, huge, nested without end.
        roles: Names products and gives fields their roles.

    Returns:
        The records in order, each with its fields and their places in the paste. Text between records is a record of
        the format ``prose``. Nothing is ever raised for what the paste holds; what goes beyond the limits of this
        module is left out or read as text, and the alert says that it was.
    """
    reader = _Pieces(Excerpt.whole(text[:MAX_CHARACTERS]))
    naming = _Naming(roles)
    records: list[Record] = []
    truncated = len(text) > MAX_CHARACTERS
    room = MAX_ALL_FIELDS
    for piece in reader:
        if len(records) >= MAX_RECORDS - 1 or room <= 1:
            truncated = True
            records.append(_rest(text[:MAX_CHARACTERS], records[-1].end))
            break
        record, cut = _record(piece, naming, room - 1)
        truncated = truncated or cut
        room -= len(record.fields)
        records.append(record)
    return Alert(text, tuple(records), truncated or reader.truncated)


def _rest(text: str, start: int) -> Record:
    """What follows the last record that is read as one: text, in which the words still count."""
    return Record(_PROSE, (Field("", text[start:], start, len(text), Role.MESSAGE),), start, len(text))


class _Pieces:
    """The records of a text in order, with the prose between them.

    Args:
        excerpt: The text.
        readers: The readers that are tried where a line starts.
    """

    def __init__(self, excerpt: Excerpt, readers: Sequence[Reader] = READERS) -> None:
        self.excerpt = excerpt
        self.readers = readers
        self.truncated = False
        self._passed: dict[int, int] = {}

    def __iter__(self) -> Iterator[Piece]:
        text = self.excerpt.text
        at = prose = prose_end = 0
        for _ in range(MAX_LINES):
            gap = _GAP.match(text, at)
            if gap:
                fence = _FENCE.search(text, gap.start(), gap.end())
                at = gap.end()
                if fence or prose == prose_end:
                    yield from self._prose(prose, prose_end)
                    prose = prose_end = at
            if at >= len(text):
                break
            start, reading = self._next(at)
            if reading:
                yield from self._prose(prose, start)
                yield from reading.pieces
                at = prose = prose_end = max(reading.end, start + 1)
            else:
                at = prose_end = self._line_end(at)
        else:
            self.truncated = at < len(text)
            prose_end = len(text)
        yield from self._prose(prose, prose_end)

    def _line_end(self, at: int) -> int:
        """Where prose goes on: behind this line, of a script behind its last, but never beyond a fence."""
        text = self.excerpt.text
        end = line_end(text, at)
        if _SHELL_BODY.match(text, at):
            blank = text.find("\n\n\n", at)
            end = len(text) if blank < 0 else blank
        fence = text.find("```", at + 1, end)
        return end if fence < 0 else fence

    def _next(self, at: int) -> tuple[int, Reading | None]:
        """The record that starts at an index, or in the line that does, and where it starts."""
        text = self.excerpt.text
        mark = _QUOTE_MARK.match(text, at)
        for start in (at, mark.end()) if mark else (at,):
            reading = _read_at(self.excerpt, start, self.readers, self._passed)
            if reading:
                return start, reading
        end = self._line_end(at)
        for found in MIDWAY.finditer(text, at + 1, min(len(text), end + 200)):
            if found.start() >= end:
                break
            reading = _read_at(self.excerpt, found.start(), CARRIED, {})
            if reading and _is_worth(self.excerpt, found.start(), end, reading):
                return self._with_head(at, found.start(), reading)
            break
        return at, None

    def _with_head(self, at: int, start: int, reading: Reading) -> tuple[int, Reading]:
        """A record that stands behind words on its line, with those words where they are the head of a log line."""
        head = self.excerpt.trimmed(at, start)
        if start - at > _LONGEST_HEAD or not _LOG_HEAD.match(head.text):
            return start, reading
        own = Value(_MESSAGE, self.excerpt.trimmed(at, start, " \t:|-"))
        first = reading.pieces[0]
        first = replace(first, values=(own, *first.values), start=own.excerpt.start)
        return at, replace(reading, pieces=(first, *reading.pieces[1:]))

    def _prose(self, start: int, end: int) -> Iterator[Piece]:
        value = self.excerpt.trimmed(start, end)
        if not _SAYS_NOTHING.fullmatch(value.text):
            yield Piece(_PROSE, (Value("", value),), value.start, value.end)


def _read_at(excerpt: Excerpt, at: int, readers: Sequence[Reader], passed: dict[int, int]) -> Reading | None:
    """What the first reader makes of the text at an index that knows it.

    Args:
        excerpt: The text.
        at: The index.
        readers: The readers that are tried.
        passed: For a reader, by its place, up to which index it has found nothing of its own; it is kept up here.
    """
    for number, reader in enumerate(readers):
        if at < passed.get(number, 0) or not reader.begins.match(excerpt.text, at):
            continue
        reading = reader.read(excerpt, at)
        if reading and reading.inside is not None:
            reading = _opened(excerpt, reading, reading.inside)
        if reading and reading.end > at and any(piece.values for piece in reading.pieces):
            return reading
        if reading:
            passed[number] = reading.end
    return None


def _opened(excerpt: Excerpt, envelope: Reading, inside: int) -> Reading:
    """An envelope with what it carries: that record's fields behind its own, or its message."""
    header = envelope.pieces[0]
    text = excerpt.text
    while inside < envelope.end and text[inside] in " \t\ufeff":
        inside += 1
    carried = _read_at(excerpt, inside, CARRIED, {})
    if carried and carried.end >= envelope.end:
        pieces = (
            replace(piece, values=(*_for(piece, header.values), *piece.values), start=min(header.start, piece.start))
            for piece in carried.pieces
        )
        return Reading(tuple(pieces), carried.end)
    message = excerpt.trimmed(inside, envelope.end)
    values = (*header.values, Value(_MESSAGE, message)) if message.text else header.values
    return Reading((replace(header, values=values),), envelope.end)


def _for(piece: Piece, header: tuple[Value, ...]) -> tuple[Value, ...]:
    """A header's values. Forwarders write a Windows event's provider and id in place of a program and its process."""
    named = {value.path: value for value in header}
    program = named.get("program")
    if piece.format != "windows_message" or not program or not program.text.startswith("Microsoft-Windows"):
        return header
    extra = [replace(program, path="Provider")]
    if "pid" in named:
        extra.append(replace(named["pid"], path="EventID"))
    return (*header, *extra)


def _is_worth(excerpt: Excerpt, start: int, end: int, reading: Reading) -> bool:
    """Whether what stands within a line is a record, and not an argument of a command."""
    rest = excerpt.text[reading.end : end].strip() if reading.end < end else ""
    size = reading.end - start
    enough = sum(len(piece.values) for piece in reading.pieces) >= _MIDWAY_VALUES
    in_sentence = len(rest.split()) >= _SENTENCE_WORDS and size < _SENTENCE_SIZE
    return enough and len(rest) < size and not in_sentence


@dataclass(slots=True)
class _Naming:
    """Names products; of many records of one shape only the first are looked at closely.

    Attributes:
        roles: What knows the products.
        asked: How many records were looked at.
        known: The product by format and names of fields.
    """

    roles: Roles
    asked: int = 0
    known: dict[tuple[str, tuple[str, ...]], tuple[str, str]] = dataclass_field(default_factory=dict)

    def product(self, record_format: str, fields: Sequence[Field]) -> tuple[str, str]:
        """The key and the name of the product that wrote a record."""
        shape = (record_format, tuple(field.path for field in fields))
        if self.asked < _MOST_ASKED or shape not in self.known:
            self.asked += 1
            self.known[shape] = self.roles.product(record_format, fields)
        return self.known[shape]


def _record(piece: Piece, naming: _Naming, room: int) -> tuple[Record, bool]:
    """A record with its product and its fields' roles, and whether fields of it were left out."""
    if piece.format == _PROSE:
        fields = [_field(value, Role.MESSAGE) for value in piece.values]
        return Record(_PROSE, tuple(fields), piece.start, piece.end), False
    roles, unfolding = naming.roles, _Unfolding(room)
    values = unfolding.all(piece.values, MAX_WRAPPED)
    key, name = naming.product(piece.format, [_field(value) for value in values])
    fields = []
    for value in values:
        role = roles.role(key, value.path, value.text)
        within = unfolding.message(value) if role is Role.MESSAGE else None
        if within is None:
            fields.append(_field(value, role))
        else:
            fields += _within_roles(within, value.path, key, roles)
    if not key and len(fields) > len(values):
        key, name = naming.product(piece.format, fields)
        fields = [replace(field, role=roles.role(key, field.path, field.value)) for field in fields] if key else fields
    record = Record(piece.format, tuple(fields[:room]), piece.start, piece.end, key, name)
    return record, piece.truncated or unfolding.truncated or len(fields) > room


def _within_roles(values: Iterable[Value], path: str, product: str, roles: Roles) -> Iterator[Field]:
    """The fields of what a message held; what is left of the message's own text stays a message."""
    for value in values:
        yield _field(value, Role.MESSAGE if value.path == path else roles.role(product, value.path, value.text))


def _field(value: Value, role: Role = Role.DETAIL) -> Field:
    return Field(value.path, value.text, value.excerpt.start, value.excerpt.end, role)


@dataclass(slots=True)
class _Unfolding:
    """Reads values that are records themselves, within what room there is for fields.

    Attributes:
        room: How many more fields there may be.
        truncated: Whether something was left out.
    """

    room: int
    truncated: bool = False

    def all(self, values: Iterable[Value], depth: int) -> list[Value]:
        """The values, each that is a record by its look replaced by that record's."""
        result: list[Value] = []
        for value in values:
            within = self._within(value, READERS) if depth and _STRUCTURED.match(value.text) else None
            if within is not None:
                result += self.all(within, depth - 1)
            else:
                result.append(value)
            if len(result) >= self.room:
                self.truncated = True
                break
        return result

    def message(self, value: Value) -> list[Value] | None:
        """What a message holds when it is more than a sentence: records, with the sentences between them."""
        within = self._within(value, READERS, mixed=True)
        return None if within is None else self.all(within, MAX_WRAPPED - 1)

    def _within(self, value: Value, readers: Sequence[Reader], *, mixed: bool = False) -> list[Value] | None:
        scalar = _SCALAR.fullmatch(value.text)
        if scalar:
            return [Value(value.path, value.excerpt.part(*scalar.span(1)))]
        if texts := read_list(value.excerpt):
            return [replace(text, path=value.path) for text in texts]
        pieces = _Pieces(value.excerpt, readers)
        found: list[Piece] = []
        for piece in pieces:
            if len(found) >= MAX_RECORDS or (piece.format == _PROSE and not mixed and not found):
                break
            found.append(piece)
        if all(piece.format == _PROSE for piece in found):
            return None
        self.truncated = self.truncated or pieces.truncated or any(piece.truncated for piece in found)
        return [
            Value(f"{value.path}.{each.path}" if each.path else value.path, each.excerpt)
            for piece in found
            for each in piece.values
        ]
