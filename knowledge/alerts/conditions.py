"""Conditions on the fields of a record: one line of text each, read once, tried on many records.

A condition is ``PATTERN OP VALUES``. The pattern names fields by the last parts of their path (``TargetUserName``,
``process.command_line``, ``target.*.type``; ``^Id`` is a path as a whole), by their role (``@command``), all of
them (``@all``), or is one of the two pseudo-fields ``product`` and ``format``. Upper and lower case never matter.

=========== ========================================================================================================
``=``       a field has one of the values; ``*`` in a value stands for any text
``!=``      such fields are there, and none has one of the values
``?=``      no such field is there, or one has one of the values
``?!=``     no such field is there, or none has one of the values
``~``       a command line holds one of the values as whole words (see `as_words`); ``*`` stands for any text
``>= <=``   a field is a number at least, at most, the value
``exists``  such a field is there
``missing`` no such field is there
=========== ========================================================================================================

Values are separated by `` | ``; one in single quotes may hold that separator, or spaces at its ends. A line may be
broken where a blank stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, cast

from knowledge.alerts.globs import Glob, as_words, folded, grams, plain
from knowledge.alerts.model import Field, Role
from knowledge.alerts.paths import BENEATH, ends_with, path_parts, pattern_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from knowledge.alerts.model import Record

Op = Literal["=", "!=", "?=", "?!=", "~", ">=", "<=", "exists", "missing"]

PSEUDO_FIELDS = ("product", "format")
"""What a condition may ask of a record besides its fields."""

EVERY_FIELD = "@all"
"""The pattern that names every field."""

LONGEST_VALUE = 16_384
"""Characters of one value that conditions look at: a script block of Windows, the longest honest value, has fewer."""

LONGEST_RECORD = 65_536
"""Characters of all values together that conditions look at."""

MOST_FIELDS = 2_000
"""Fields of one record that conditions look at; the widest events of a cloud have some 300."""

_CONDITION = re.compile(r"(\S+) +(=|!=|\?=|\?!=|~|>=|<=|exists|missing)(?: +(\S.*))?", re.DOTALL)
_NEW_LINE = re.compile(r"[ \t]*\n[ \t]*")
_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_LONGEST_PATTERN = 6
_MOST_ARGUMENTS = 200
_ARGUMENTS = frozenset((name,) for name in ("args", "argv", "arguments", *(f"a{number}" for number in range(10))))
_PROGRAM = frozenset((name,) for name in ("process", "proc", "program", "exe", "executable", "comm"))


class FieldText:
    """A field's value in the forms that conditions compare.

    Attributes:
        field: The field.
        text: Its value, folded.
        plain: Its value for comparing as a whole, numbers in one spelling.
    """

    def __init__(self, field: Field, room: int) -> None:
        self.field = field
        self.text = folded(field.value[:room])
        self.plain = plain(self.text)

    @cached_property
    def words(self) -> str:
        """Its value as words of a command line."""
        return as_words(self.text)

    @cached_property
    def text_grams(self) -> frozenset[str]:
        """The grams of `text`."""
        return grams(self.text)

    @cached_property
    def word_grams(self) -> frozenset[str]:
        """The grams of `words`."""
        return grams(self.words)


class RecordText:
    """A record whose fields are found by the patterns of conditions.

    Attributes:
        fields: The fields that have a value, in order.
        keys: For each of `fields`, every key a pattern without wildcards can find it by.
        there: All of these keys.
    """

    __slots__ = ("_found", "fields", "keys", "there")

    def __init__(self, record: Record) -> None:
        self.fields: list[FieldText] = []
        self.keys: list[tuple[str, ...]] = []
        self._found: dict[str, list[FieldText]] = {}
        room = LONGEST_RECORD
        for name, value in (("product", record.product), ("format", record.format)):
            pseudo = Field(path="", value=value, start=record.start, end=record.start, role=Role.NOISE)
            self._add(FieldText(pseudo, len(value)), (f"={name}",))
        for field in (*_command_in_pieces(record), *record.fields[:MOST_FIELDS]):
            if room > 0 and field.value.strip():
                text = FieldText(field, min(room, LONGEST_VALUE))
                room -= len(text.text)
                self._add(text, (EVERY_FIELD, f"@{field.role}", *_path_keys(field.path)))
        self.there = frozenset(self._found)

    def _add(self, text: FieldText, keys: tuple[str, ...]) -> None:
        self.fields.append(text)
        self.keys.append(keys)
        for key in keys:
            self._found.setdefault(key, []).append(text)

    def find(self, key: str) -> Sequence[FieldText]:
        """The fields that a key names."""
        if "*" not in key:
            return self._found.get(key, ())
        wanted = tuple(key.split("."))
        return [text for text in self.fields if ends_with(path_parts(text.field.path), wanted)]


@dataclass(frozen=True)
class Condition:
    """One condition.

    Attributes:
        text: As it was written.
        keys: What finds the fields it is about, see `RecordText.find`; more than one where a name has other names.
        op: How a field is compared.
        values: What it is compared with.
    """

    text: str
    keys: tuple[str, ...]
    op: Op
    values: tuple[str, ...]

    @cached_property
    def literals(self) -> frozenset[str]:
        """Values that are compared as a whole."""
        return frozenset(plain(folded(each)) for each in self.values if self.op != "~" and "*" not in each)

    @cached_property
    def globs(self) -> tuple[Glob, ...]:
        """Values with wildcards, and words."""
        if self.op == "~":
            return tuple(Glob.of_words(folded(each)) for each in self.values)
        return tuple(Glob.of(folded(each)) for each in self.values if "*" in each)

    @cached_property
    def needs(self) -> frozenset[str]:
        """Keys of which a record has to have one; none where it may hold without, or a key has a wildcard."""
        free = self.op in ("missing", "?=", "?!=") or any("*" in key for key in self.keys)
        return frozenset(() if free else self.keys)

    def holding(self, record: RecordText) -> tuple[Field, ...] | None:
        """The fields that make it hold, none for one that holds because nothing is there; None when it does not."""
        there = [text for key in self.keys for text in record.find(key)]
        if self.op == "missing":
            return None if there else ()
        if not there:
            return () if self.op in ("?=", "?!=") else None
        if self.op == "exists":
            return (there[0].field,)
        fitting = next((text.field for text in there if self._fits(text)), None)
        if self.op in ("!=", "?!="):
            return None if fitting else ()
        return (fitting,) if fitting else None

    def _fits(self, text: FieldText) -> bool:
        if self.op in (">=", "<="):
            if not _NUMBER.fullmatch(text.plain):
                return False
            number, limit = float(text.plain), float(self.values[0])
            return number >= limit if self.op == ">=" else number <= limit
        if text.plain in self.literals:
            return True
        if not self.globs:
            return False
        value, there = (text.words, text.word_grams) if self.op == "~" else (text.text, text.text_grams)
        return any(glob.grams <= there and glob.fits(value) for glob in self.globs)


def parse_condition(text: str, aliases: Mapping[str, tuple[str, ...]]) -> Condition:
    """Read one condition.

    Args:
        text: The condition.
        aliases: Further keys for a key: what other products call the same field.

    Raises:
        ValueError: It is not a condition; the text says why.
    """
    found = _CONDITION.fullmatch(_NEW_LINE.sub(" ", text.strip()))
    if not found:
        raise ValueError(f'"{text}" is no condition such as "EventID = 4769"')
    pattern, op, rest = found[1], cast("Op", found[2]), found[3]
    if (rest is None) != (op in ("exists", "missing")):
        raise ValueError(f'"{text}": {op} takes {"no value" if rest else "a value"}')
    values = tuple(_values(rest)) if rest else ()
    if op in (">=", "<=") and not (len(values) == 1 and _NUMBER.fullmatch(values[0])):
        raise ValueError(f'"{text}": {op} takes one number')
    key = pattern_key(pattern)
    return Condition(text=text, keys=aliases.get(key, (key,)), op=op, values=values)


def pattern_key(pattern: str) -> str:
    """The key of a pattern, which finds fields whatever the spelling of their path.

    Raises:
        ValueError: It names no role, no name is left of it, or it has more than six parts.
    """
    if pattern in PSEUDO_FIELDS:
        return f"={pattern}"
    if pattern.startswith("@"):
        if pattern != EVERY_FIELD and pattern[1:] not in tuple(Role):
            raise ValueError(f"{pattern} is no role; there are {', '.join(f'@{role}' for role in Role)}")
        return pattern
    parts = pattern_parts(pattern.removeprefix("^"))
    if not parts or len(parts) > _LONGEST_PATTERN or BENEATH in parts:
        raise ValueError(f'"{pattern}" has to have one to six names with dots between')
    return ("^" if pattern.startswith("^") else "") + ".".join(parts)


@lru_cache(maxsize=8192)
def _path_keys(path: str) -> tuple[str, ...]:
    parts = path_parts(path)
    suffixes = tuple(".".join(parts[-length:]) for length in range(1, min(len(parts), _LONGEST_PATTERN) + 1))
    return (*suffixes, *((f"^{suffixes[-1]}",) if 0 < len(parts) <= _LONGEST_PATTERN else ()))


def _command_in_pieces(record: Record) -> tuple[Field, ...]:
    """The command line that a record writes as a program and a list of arguments, as one field; none if it does not."""
    fields = record.fields[:MOST_FIELDS]
    arguments = [field for field in fields if path_parts(field.path)[-1:] in _ARGUMENTS]
    if not arguments:
        return ()
    program = next((field.value for field in fields if path_parts(field.path)[-1:] in _PROGRAM), "")
    line = " ".join((program, *(field.value for field in arguments[:_MOST_ARGUMENTS])))
    return (replace(arguments[0], value=line, role=Role.COMMAND),)


def _values(text: str) -> Iterator[str]:
    """The values of a condition, one after another; a quoted one ends at the quotation mark before a separator."""
    at = 0
    while at < len(text):
        if text[at] == "'" and (end := _closing(text, at)) >= 0:
            yield text[at + 1 : end]
            at = end + 4
        else:
            end = text.find(" | ", at)
            end = len(text) if end < 0 else end
            yield text[at:end].strip()
            at = end + 3


def _closing(text: str, start: int) -> int:
    if (inner := text.find("' | ", start + 1)) >= 0:
        return inner
    return len(text) - 1 if text.endswith("'") and len(text) - 1 > start else -1
