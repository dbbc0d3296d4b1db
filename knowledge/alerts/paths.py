"""Paths of fields, brought to one spelling, and patterns that match their last parts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from knowledge.alerts.model import Role

_LONGEST = 400
"""Characters of a path that are looked at, from its end. Real paths stay below 150; what is pasted may not."""
_SEPARATORS = re.compile(r"\[\d*\]|[\W_]+")
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

ANY = "*"
"""A part of a pattern that matches any one part."""
BENEATH = "**"
"""The last part of a pattern that matches everything beneath the parts before it, however deep."""
_ROOT = "^"
"""What every path starts with in a look-up, for patterns such as ``^name`` that are a path as a whole."""


def path_parts(path: str) -> tuple[str, ...]:
    """The parts of a path in the spelling that patterns are compared in.

    A path is split at its dots. Each part is lower-cased and keeps nothing but letters and digits. List indices,
    ``[0]`` or a part that is only digits, are left out.

    >>> path_parts("Event.EventData.TargetUserName")
    ('event', 'eventdata', 'targetusername')
    >>> path_parts("targetResources[0].modified_properties.0.displayName")
    ('targetresources', 'modifiedproperties', 'displayname')
    """
    return _path_parts(path[-_LONGEST:])


@lru_cache(maxsize=8192)
def _path_parts(path: str) -> tuple[str, ...]:
    parts = (_SEPARATORS.sub("", part).lower() for part in path.split("."))
    return tuple(part for part in parts if part and not part.isdecimal())


def last_words(path: str) -> tuple[str, ...]:
    """What the last part of a path ends in: its last three, its last two and its last word, lower-cased, joined.

    Words are told apart by capitals, digits and punctuation.

    >>> last_words("properties.initiatingProcessCommandLine")
    ('processcommandline', 'commandline', 'line')
    """
    words = [word.lower() for word in _WORD.findall(path[-_LONGEST:].rpartition(".")[2])]
    return tuple("".join(words[-count:]) for count in (3, 2, 1) if len(words) >= count)


def pattern_parts(pattern: str) -> tuple[str, ...]:
    """The parts of a pattern: those of a path, with a ``^`` before it, ``*`` and a ``**`` at the end kept.

    Returns:
        Empty where the pattern says nothing: no part has a letter or a digit, or ``**`` stands before another part.
    """
    names = pattern.strip().removeprefix(_ROOT).split(".")
    parts = tuple(name if name in (ANY, BENEATH) else "".join(path_parts(name)) for name in names)
    kept = tuple(part for part in parts if part)
    if BENEATH in kept[:-1] or not set(kept) - {ANY, BENEATH}:
        return ()
    return (_ROOT, *kept) if pattern.strip().startswith(_ROOT) else kept


def ends_with(parts: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """Whether the last parts of a path are those of a pattern without ``**``."""
    if len(pattern) > len(parts):
        return False
    return all(
        want == part or (want == ANY and part != _ROOT)
        for want, part in zip(pattern, parts[-len(pattern) :], strict=True)
    )


@dataclass(frozen=True, slots=True)
class Hit:
    """The pattern that a path was matched by.

    Attributes:
        role: What it says the field is.
        length: How many parts it has, ``**`` not counted.
        exact: Whether it names the field itself, and does not end in ``*`` or ``**``.
    """

    role: Role
    length: int
    exact: bool


class RolePatterns:
    """Patterns of paths with the role each gives, kept so that a path is looked up by its parts.

    Args:
        patterns: Each with its role. The longest that matches wins; of two as long, the one that names the field
            itself, then the one with fewer ``*``, then the earlier one.
    """

    def __init__(self, patterns: Iterable[tuple[str, Role]] = ()) -> None:
        self.patterns = tuple(patterns)
        self._fields: dict[str, list[tuple[tuple[str, ...], Hit]]] = defaultdict(list)
        self._trees: dict[str, list[tuple[tuple[str, ...], Hit]]] = defaultdict(list)
        for pattern, role in self.patterns:
            parts = pattern_parts(pattern)
            if parts[-1:] == (BENEATH,):
                self._trees[parts[-2]].append((parts[:-1], Hit(role, len(parts) - 1, exact=False)))
            elif parts:
                self._fields[parts[-1]].append((parts, Hit(role, len(parts), exact=parts[-1] != ANY)))
        for table in (self._fields, self._trees):
            for rows in table.values():
                rows.sort(key=lambda row: (-row[1].length, row[0].count(ANY)))

    def find(self, parts: tuple[str, ...]) -> Hit | None:
        """What matches a path best; `None` where nothing does."""
        if not parts:
            return None
        parts = (_ROOT, *parts)
        hits = [hit for hit in (self._field(parts, parts[-1]), self._field(parts, ANY)) if hit]
        for end in range(len(parts) - 1, 1, -1):
            rows = self._trees.get(parts[end - 1], ())
            hits += [hit for pattern, hit in rows if ends_with(parts[:end], pattern)][:1]
        return max(hits, key=attrgetter("length"), default=None)

    def _field(self, parts: tuple[str, ...], key: str) -> Hit | None:
        rows = self._fields.get(key, ())
        return next((hit for pattern, hit in rows if ends_with(parts, pattern)), None)
