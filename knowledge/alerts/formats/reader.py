"""What a reader of a format is, and what it gives back."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from knowledge.alerts.formats.excerpt import Excerpt

MAX_FIELDS = 1_000
"""Fields that are read of one record. An Entra or Defender alert, the largest real ones, has some 400."""

MAX_DEPTH = 48
"""Containers in each other that are followed. Kubernetes manifests, the deepest real records, stay below 20."""

MAX_VALUE = 200_000
"""Characters of one value that are kept. A script block of Windows is cut at some 16,000, a mail at more."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a record, before it is known what part it plays.

    Attributes:
        path: Names from the outside in, joined by dots.
        excerpt: The value, and where it stands.
    """

    path: str
    excerpt: Excerpt

    @property
    def text(self) -> str:
        """The value with escapes undone."""
        return self.excerpt.text


@dataclass(frozen=True, slots=True)
class Piece:
    """One record as its reader found it.

    Attributes:
        format: The reader's name: ``json``, ``cef``, …
        values: In order.
        start: Where it starts in the paste.
        end: Where it ends in the paste, exclusive.
        truncated: Whether fields or levels of it were left out.
    """

    format: str
    values: tuple[Value, ...]
    start: int
    end: int
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found.

    Attributes:
        pieces: The records; none where several lines were looked at and are not of this format. It is then not asked
            again before `end`.
        end: Index in the excerpt behind what was read.
        inside: Of an envelope such as a syslog header: the index at which what it carries begins. That goes up to
            `end`, or further when its own reader says so, and is read by another reader; where none recognises it, it
            becomes the field `message`.
    """

    pieces: tuple[Piece, ...]
    end: int
    inside: int | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader of one format.

    Attributes:
        name: What it is called in a `Record`.
        begins: A cheap test at an index: without a match the text there is not of this format.
        read: Reads what begins at an index; gives None where on a closer look it is not of this format.
        carried: Whether such records also stand behind a syslog header, or within a message.
    """

    name: str
    begins: re.Pattern[str]
    read: Callable[[Excerpt, int], Reading | None]
    carried: bool = False


def piece_of(name: str, values: list[Value], excerpt: Excerpt, start: int, end: int) -> Piece:
    """A record of values found between two indices of an excerpt; what goes beyond `MAX_FIELDS` is left out."""
    return Piece(name, tuple(values[:MAX_FIELDS]), excerpt.place(start), excerpt.place(end), len(values) > MAX_FIELDS)
