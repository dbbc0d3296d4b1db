"""Reads JSON and what is nearly JSON: cut, damaged, with single quotes, with commas too many, with pieces missing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice

from knowledge.alerts.formats.excerpt import Excerpt, line_end
from knowledge.alerts.formats.json_strings import QUOTES, find_end, undo_json
from knowledge.alerts.formats.reader import MAX_DEPTH, MAX_FIELDS, MAX_VALUE, Value

_MAX_TOKENS = 100_000
"""Brackets, commas, names and values that are looked at in one record."""
_MAX_GARBAGE = 3
"""Words in a row where a name should stand; more of them are no JSON any longer."""

_NEXT = re.compile(r"\s*(?P<word>[{}\[\],:\"'“”]|[^\s{}\[\],:\"'“”]{1,400})")
_ATOM = re.compile(r"[^\s\"{}\[\],]{1,400}")
_RUN = re.compile(r"[{\[\s]{64,}+|[}\]\s]{64,}+")
_CLOSER = re.compile(r"[}\]]")
_COLON = re.compile(r"\s*:")
_TAIL = re.compile(r"[\"']?[\w.@$-]{0,80}")
"""What is left of a name where a record is cut."""

_NOTHING = frozenset({"null", "none", "nil", "undefined"})
_WORDS = frozenset({"true", "false", "nan", "infinity", "-infinity", *_NOTHING})
_NUMBER = re.compile(r"[-+]?\d[\w.+:-]*")

_NAMES = frozenset({"name", "key", "displayname", "parameter", "field", "propertyname", "title"})
_VALUES = frozenset(
    {"value", "values", "newvalue", "stringvalue", "intvalue", "boolvalue", "multivalue", "multiintvalue", "text"}
)
_OLD_VALUES = frozenset({"oldvalue", "previousvalue"})
_PLAIN = re.compile(r"[^A-Za-z]+")


@dataclass(slots=True)
class _Container:
    """An object or an array that is open.

    Attributes:
        is_object: Whether it is an object.
        path: Where it stands.
        start: Index of its opening bracket.
        first: How many values there were before it.
        key: Of an object the name whose value is next.
        name: What its own `Name` says, of objects such as ``{"Name": …, "Value": …}``.
        named: Which values belong to that name, with what is put behind it. An array of values shares the object's.
        collects: Whether it is such an array.
    """

    is_object: bool
    path: str
    start: int
    first: int
    key: str | None = None
    name: str = ""
    named: list[tuple[int, str]] = field(default_factory=list)
    collects: bool = False


@dataclass(frozen=True, slots=True)
class Element:
    """An object that is an element of an array.

    Attributes:
        path: The array's path.
        first: Index of its first value.
        last: Index of its last value, exclusive.
        start: Where it starts in the text.
        end: Where it ends.
    """

    path: str
    first: int
    last: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found.

    Attributes:
        values: In order.
        elements: The objects that stand in arrays, of the outermost two arrays only.
        end: Index behind what was read.
        truncated: Whether something was left out.
    """

    values: list[Value]
    elements: list[Element]
    end: int
    truncated: bool


def scan_json(excerpt: Excerpt, at: int, *, fragment: str | None = None) -> Scan:
    """Reads one value that begins at an index.

    Args:
        excerpt: The text.
        at: Index of its opening bracket; of a fragment, of its first name or value.
        fragment: Given where the text starts inside an object (``"name": "value", …``): the name whose value comes
            first, empty where a name comes first.
    """
    return _Scanner(excerpt, at, fragment).scan()


class _Scanner:
    """The state of one scan: a stack of open containers, never deeper than `MAX_DEPTH`."""

    def __init__(self, excerpt: Excerpt, at: int, fragment: str | None) -> None:
        self.excerpt = excerpt
        self.text = excerpt.text
        self.at = at
        self.base = 0 if fragment is None else 1
        self.values: list[Value] = []
        self.elements: list[Element] = []
        self.stack: list[_Container] = [_Container(True, "", at, 0, fragment or None)] if self.base else []
        self.too_deep = 0
        self.garbage = 0
        self.garbage_at = at
        self.truncated = False

    def scan(self) -> Scan:
        for _ in range(_MAX_TOKENS):
            if not self._step():
                break
        else:
            self.truncated = True
            self.at = line_end(self.text, self.at)
        if self.garbage and not _TAIL.fullmatch(self.text, self.garbage_at):
            self.at = self.garbage_at
        while self.stack:
            self._pop(self.at)
        self.values.sort(key=lambda value: value.excerpt.start)
        return Scan(self.values, self.elements, self.at, self.truncated)

    def _step(self) -> bool:
        """Takes one token; says whether there may be more."""
        match = _NEXT.match(self.text, self.at)
        if not match:
            return False
        word, start = match["word"], match.start("word")
        if word in "{[":
            return self._open(start)
        if word in "}]":
            return self._close(word == "}", start)
        self.at = match.end()
        if word == ",":
            if self.stack:
                self.stack[-1].key = None
        elif word in QUOTES:
            return self._string(start, word)
        elif word != ":":
            return self._word(start, word)
        return True

    def _open(self, start: int) -> bool:
        if len(self.stack) >= MAX_DEPTH:
            self.truncated = True
            self.too_deep += self._run(start, "{[")
            return True
        self.at = start + 1
        parent = self.stack[-1] if self.stack else None
        path = self._path(parent) if parent else ""
        is_object = self.text[start] == "{"
        child = _Container(is_object, path, start, len(self.values))
        if parent and not is_object and parent.is_object and _plain(parent.key) in _VALUES:
            child.named, child.collects = parent.named, True
        if parent and parent.is_object:
            parent.key = None
        self.stack.append(child)
        self.garbage = 0
        return True

    def _run(self, start: int, brackets: str) -> int:
        """Passes over brackets of one kind, of a long run all at once; gives how many there were."""
        run = _RUN.match(self.text, start)
        self.at = run.end() if run else start + 1
        return sum(self.text.count(bracket, start, self.at) for bracket in brackets)

    def _close(self, is_object: bool, start: int) -> bool:
        if self.too_deep:
            closed = self._run(start, "}]")
            if closed > self.too_deep:
                last = next(islice(_CLOSER.finditer(self.text, start), self.too_deep - 1, None))
                closed, self.at = self.too_deep, last.end()
            self.too_deep -= closed
            return True
        self.at = start + 1
        if not any(container.is_object == is_object for container in self.stack[self.base :]):
            return bool(self.stack)
        while len(self.stack) > self.base and self._pop(self.at).is_object != is_object:
            pass
        return bool(self.stack)

    def _pop(self, end: int) -> _Container:
        container = self.stack.pop()
        if container.name and container.is_object:
            for index, behind in container.named:
                if index < len(self.values):
                    path = f"{container.path}.{container.name}{behind}".lstrip(".")
                    self._add(path, self.values[index].excerpt)
        if container.is_object and self.stack and not self.stack[-1].is_object and len(self.stack) <= 4:
            self.elements.append(Element(container.path, container.first, len(self.values), container.start, end))
        return container

    def _string(self, start: int, quote: str) -> bool:
        container = self.stack[-1] if self.stack else None
        if container is None:
            self.at = start
            return False
        first, last, self.at = find_end(self.text, start, QUOTES[quote])
        if container.is_object and container.key is None:
            if _COLON.match(self.text, self.at):
                container.key = undo_json(self.excerpt, first, min(last, first + 400)).text
                self.garbage = 0
                return True
            if quote == "'" or last == self.at:
                self.at = start + 1
                return self._is_still_json(start)
        self._value(container, first, last)
        return True

    def _value(self, container: _Container, first: int, last: int) -> None:
        if last - first > MAX_VALUE:
            last, self.truncated = first + MAX_VALUE, True
        excerpt = undo_json(self.excerpt, first, last)
        self._name(container, excerpt)
        self._add(self._path(container), excerpt)
        if container.is_object:
            container.key = None
        self.garbage = 0

    def _name(self, container: _Container, excerpt: Excerpt) -> None:
        """Remembers what a list of names and values needs: ``[{"Name": "ForwardTo", "Value": "…"}]``."""
        if not container.is_object:
            if container.collects:
                container.named.append((len(self.values), ""))
            return
        key = _plain(container.key)
        if key in _NAMES and not container.name and 0 < len(excerpt.text) <= 100:
            container.name = excerpt.text
        elif key in _VALUES:
            container.named.append((len(self.values), ""))
        elif key in _OLD_VALUES:
            container.named.append((len(self.values), f".{container.key}"))

    def _word(self, start: int, word: str) -> bool:
        container = self.stack[-1] if self.stack else None
        if container is None:
            self.at = start
            return False
        if container.is_object and container.key is None:
            if _COLON.match(self.text, self.at) and len(word) <= 100 and not self.text.startswith("://", self.at):
                container.key = word
                self.garbage = 0
                return True
            return self._is_still_json(start)
        if not container.is_object and word.lower() not in _WORDS and not _NUMBER.fullmatch(word):
            return self._is_still_json(start)
        if container.is_object and (atom := _ATOM.match(self.text, start)):
            self.at = atom.end()
        if self.text[start : self.at].lower() in _NOTHING:
            container.key = None
            return True
        self._value(container, start, self.at)
        return True

    def _is_still_json(self, start: int) -> bool:
        """Passes over a word that has no place here; says whether there are few enough of them."""
        if not self.garbage:
            self.garbage_at = start
        self.garbage += 1
        if self.garbage > _MAX_GARBAGE:
            self.at = self.garbage_at
            return False
        return True

    def _path(self, container: _Container) -> str:
        if not container.is_object or not container.key:
            return container.path
        return f"{container.path}.{container.key}" if container.path else container.key

    def _add(self, path: str, excerpt: Excerpt) -> None:
        if len(self.values) >= MAX_FIELDS:
            self.truncated = True
        else:
            self.values.append(Value(path, excerpt))


def _plain(key: str | None) -> str:
    return _PLAIN.sub("", key).lower() if key and len(key) <= 24 else ""
