"""A record as rules see it: values found by the name a rule has for them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from knowledge.alerts.model import Field
from knowledge.alerts.paths import path_parts

if TYPE_CHECKING:
    from knowledge.alerts.model import Record
    from knowledge.detections.matching.names import Name, OtherName

MAX_FIELDS = 4_000
"""Most fields of a record that rules are tried on."""

MAX_VALUE = 32_768
"""Longest part of a value that rules are tried on, in characters; a script block of Windows has at most 16,384."""

MAX_TEXT = 262_144
"""Most characters of all values together that rules are tried on."""

_MAX_ARGUMENTS = 64

_EXECUTABLE = re.compile(r"[A-Z]:\\[^\"]*?\.exe(?![^\s\"])", re.IGNORECASE)
_LONGEST_PROGRAM = 300
_VOLUME = re.compile(r"\\Device\\HarddiskVolume\d{1,3}(?=\\)", re.IGNORECASE)
"""How the kernel, and what listens to it, names the disk that rules know as ``C:``."""


class Value:
    """What a field says, as rules compare it.

    Attributes:
        field: The field.
        text: Its value, or what stands for it: a program's bare name with a separator in front.
        low: The same in lower case.
        bare: Whether it is such a name, of which nobody knows the folder.
    """

    __slots__ = ("bare", "field", "low", "text")

    def __init__(self, field: Field, text: str, *, bare: bool = False) -> None:
        self.field = field
        self.text = text
        self.low = text.lower()
        self.bare = bare


class Event:
    """A record, indexed for rules. Not shared between threads: it remembers what was looked up.

    Attributes:
        values: All that its fields say.
        names: The last part of each path.
    """

    __slots__ = ("_by_last", "_found", "_inner", "names", "values")

    def __init__(self, record: Record) -> None:
        self.values: list[Value] = []
        self._by_last: dict[str, list[tuple[tuple[str, ...], Value]]] = {}
        self._found: dict[Name, Sequence[Value]] = {}
        self._inner: set[str] = set()
        room = MAX_TEXT
        for field in record.fields[:MAX_FIELDS]:
            value = Value(field, _clean(field.value[: min(room, MAX_VALUE)]))
            room -= len(value.text)
            parts = path_parts(field.path)
            self.values.append(value)
            self._add(parts, value)
            if volume := _VOLUME.match(value.text):
                self._add(parts, Value(field, "C:" + value.text[volume.end() :]))
        for said, text in (("product", record.product), ("format", record.format)):
            self._by_last[f"={said}"] = [((f"={said}",), Value(Field("", text, record.start, record.start), text))]
        self._add_arguments(record.format)
        self.names = frozenset(self._by_last)

    def _add(self, parts: tuple[str, ...], value: Value) -> None:
        if parts:
            self._by_last.setdefault(parts[-1], []).append((parts, value))
            self._inner.update(parts[:-1])

    def _add_arguments(self, form: str) -> None:
        """What auditd writes of a program's arguments, under both names that rules have for it.

        An EXECVE record has them as ``a0``, ``a1`` and so on; the reader of auditd joins them to a command line.
        """
        whole, words = self._by_last.get("commandline"), self._by_last.get("a0")
        if whole and form == "auditd":
            value = whole[0][1]
            for number, word in enumerate(value.text.split()[:_MAX_ARGUMENTS]):
                self._add((f"a{number}",), Value(value.field, word))
        elif words and not whole and "argc" in self._by_last:
            found = []
            for number in range(_MAX_ARGUMENTS):
                if not (each := self._by_last.get(f"a{number}")):
                    break
                found.append(each[0][1])
            self._add(("commandline",), _together(found))

    def find(self, name: Name) -> Sequence[Value]:
        """The values a rule means by a name; none where the event has no such field."""
        found = self._found.get(name)
        if found is None:
            found = self.own(name) or self._other(name.others, name.separator) or self._beneath(name.parts)
            if name.command and any(value.bare for value in found):
                programs = [_program(command.text) for command in self.find(name.command)]
                found = [_with_folder(value, programs) for value in found]
            self._found[name] = found
        return found

    def own(self, name: Name) -> list[Value]:
        """The values of fields that are called what the rule calls them.

        A field whose whole path is the name comes before those whose paths only end in it, and of these the ones with
        the fewest parts come before the others unless the name counts everywhere.
        """
        found = list(self._ending(name.parts, name.not_behind))
        if name.everywhere:
            return [value for _, value in found]
        least = min((len(parts) for parts, _ in found), default=0)
        return [value for parts, value in found if len(parts) == least]

    def _ending(self, wanted: tuple[str, ...], not_behind: frozenset[str]) -> Iterator[tuple[tuple[str, ...], Value]]:
        if wanted:
            length = len(wanted)
            for parts, value in self._by_last.get(wanted[-1], ()):
                before = parts[-length - 1 : -length]
                if parts[-length:] == wanted and not (before and before[0] in not_behind):
                    yield parts, value

    def _other(self, others: Iterable[OtherName], separator: str) -> list[Value]:
        """The values of fields that other products have for the same thing.

        The first name that is there counts; those whose values get a prefix, which are parts of a list, count together.
        """
        found: list[Value] = []
        for other in others:
            per_name = [self._called(parts, whole=other.whole) for parts in other.parts]
            if found and not other.prefix:
                break
            if not all(per_name):
                continue
            if len(per_name) > 1:
                found += _joined(per_name, other.joint)
            elif other.together:
                found.append(_together(per_name[0]))
            else:
                found += _as_rules_say(other, per_name[0], separator)
        return found

    def _called(self, wanted: tuple[str, ...], *, whole: bool) -> list[Value]:
        return [value for parts, value in self._ending(wanted, frozenset()) if not whole or parts == wanted]

    def _beneath(self, wanted: tuple[str, ...]) -> list[Value]:
        """The values inside an object of that name, as a rule means that takes the object for its text."""
        if not wanted or wanted[-1] not in self._inner:
            return []
        length, found = len(wanted), list[Value]()
        for rows in self._by_last.values():
            for parts, value in rows:
                if any(parts[at : at + length] == wanted for at in range(len(parts) - length)):
                    found.append(value)
        return found


def _clean(text: str) -> str:
    """A value without halves of characters; where every backslash of a paste is doubled, with single ones."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    if "\\\\" not in text:
        return text
    doubled = text.replace("\\\\", "\0")
    return text if "\\" in doubled or doubled.count("\0") < 2 else doubled.replace("\0", "\\")


def _joined(per_name: Sequence[Sequence[Value]], joint: str) -> Iterator[Value]:
    """The values of several names, each with the one of the others that comes in the same place."""
    for values in zip(*per_name, strict=False):
        yield Value(values[-1].field, joint.join(value.text for value in values))


def _together(values: Sequence[Value]) -> Value:
    """One value for several, as a field that spans them."""
    first, last = values[0].field, values[-1].field
    text = " ".join(value.text for value in values)
    return Value(Field(first.path, text, first.start, max(first.end, last.end), first.role), text)


def _program(command: str) -> str:
    """The program that a command line starts with."""
    if command.startswith('"'):
        return command[1:].partition('"')[0]
    whole = _EXECUTABLE.match(command[:_LONGEST_PROGRAM])
    return whole[0] if whole else command.partition(" ")[0]


def _with_folder(value: Value, programs: Iterable[str]) -> Value:
    """A bare name with the folder that its command line gives it."""
    full = next((each for each in programs if each.lower().endswith(value.low)), None) if value.bare else None
    return Value(value.field, full) if full else value


def _as_rules_say(other: OtherName, values: Iterable[Value], separator: str) -> Iterator[Value]:
    """The values in the form that rules expect of the field."""
    said = dict(other.says)
    for value in values:
        if said:
            if value.low in said:
                yield Value(value.field, said[value.low])
        elif other.prefix:
            yield Value(value.field, other.prefix + value.text)
        elif other.bare and "\\" not in value.text and "/" not in value.text:
            yield Value(value.field, separator + value.text, bare=True)
        else:
            yield value
