"""What a format's reader is given, and what it gives back.

A format is one file with one `Format`, and one line in `knowledge.detections.formats`. Its reader gets a
parsed `Document`, says by the content whether it is one of its own, and yields a `Detection` or a `Rejected`
for each rule in it. It leaves `source`, `format` and a missing `id` to the importer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from knowledge.detections.model import Detection, Rejected
from knowledge.search.identifiers import read_ids

Mapping: TypeAlias = "dict[str, object]"

MAX_TEXT = 4_000
"""Longest description kept, in characters."""

MAX_CITED = 10
"""Most technique ids taken from the references of one rule."""

MAX_LABEL = 500
"""Longest tag, tactic or name of a log source kept, in characters; so much is kept of what was written for an id."""

MAX_ADDRESS = 2_000
"""Longest address kept, in characters."""


class Shape(StrEnum):
    """How a file is written, before anybody asks what it means."""

    YAML = "YAML"
    JSON = "JSON"
    TOML = "TOML"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed file.

    Attributes:
        path: Below the imported path.
        values: Its documents: one of JSON and TOML, several of YAML and of JSON lines, the sheets of a table,
            each a list of rows of text.
    """

    path: str
    shape: Shape
    values: tuple[object, ...] = field(repr=False)

    def place(self, position: int) -> str:
        """The path of one of its values: the file's, with ``#2`` behind it for the second of several."""
        return self.path if len(self.values) < 2 else f"{self.path}#{position}"

    def mappings(self) -> Iterator[tuple[str, Mapping]]:
        """Its values that are mappings, each with its place."""
        for position, value in enumerate(self.values, 1):
            if isinstance(value, dict):
                yield self.place(position), value


Result: TypeAlias = Detection | Rejected


@dataclass(frozen=True, slots=True)
class Format:
    """A format and its reader.

    Attributes:
        name: What ``--format`` calls it.
        recognises: Whether a document is one of this format. Asked of every document, so it must be quick.
        read: Its rules. May raise what odd content makes Python raise; the file is then rejected whole.
    """

    name: str
    recognises: Callable[[Document], bool]
    read: Callable[[Document], Iterable[Result]]


def techniques_in(written: str) -> tuple[str, ...]:
    """The technique ids in what an author wrote, in ATT&CK's spelling."""
    return _techniques_in_label(written) if len(written) <= MAX_LABEL else _techniques_in(written)


def _techniques_in(written: str) -> tuple[str, ...]:
    return tuple(each for each in read_ids(written) if each[0] == "T" and each[1].isdigit())


_techniques_in_label = lru_cache(maxsize=8_192)(_techniques_in)  # all of Sigma asks 31,000 times for 5,400 texts


def claimed(*written: object) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The ids a document claims.

    Args:
        written: Strings, or lists of them, as parsed; anything else is passed over.

    Returns:
        The technique ids in ATT&CK's spelling, each once; and the author's strings that hold them.
    """
    ids: dict[str, None] = {}
    texts: dict[str, None] = {}
    for text in texts_of(written):
        if found := techniques_in(text):
            ids.update(dict.fromkeys(found))
            texts[text[:MAX_LABEL]] = None
    return tuple(ids), tuple(texts)


def cited(references: Iterable[str], ids: Collection[str]) -> tuple[str, ...]:
    """The technique ids in the addresses a document refers to, each once, without those it claims itself."""
    found = (each for address in references for each in techniques_in(address[:MAX_ADDRESS]))
    return tuple(dict.fromkeys(each for each in found if each not in ids))[:MAX_CITED]


def texts_of(value: object) -> Iterator[str]:
    """The strings in a value that may be one, a list of them, or nothing."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from texts_of(each)


def text(value: object, limit: int = MAX_TEXT) -> str:
    """A text or a number as text without outer blanks, cut to `limit`; nothing for anything else."""
    if value is None or isinstance(value, (dict, list, tuple, set, bool)):
        return ""
    return str(value).strip()[:limit]


def word(value: object) -> str:
    """A level or a status: short, lower case."""
    return text(value, 60).lower()


def entries(value: object) -> list[Mapping]:
    """The mappings in a list; none where there is no list."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def strangers(value: object, place: str, what: str) -> Iterator[Rejected]:
    """A refusal for each thing in a list that is no mapping, where each should be a document of its own.

    Args:
        value: The list, if it is one.
        place: Where it stands.
        what: What a mapping in it would be, with its article: ``a technique``.
    """
    if isinstance(value, list):
        for number, each in enumerate(value, 1):
            if not isinstance(each, dict):
                yield Rejected(place, f"entry {number} is not {what} but {text(repr(each), 60)}")


def nested(value: object, *keys: str) -> object:
    """What lies under keys inside keys, or nothing."""
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def each_once(values: Iterable[str], limit: int = 100, *, longest: int = MAX_LABEL) -> tuple[str, ...]:
    """Strings without blanks and repeats, in their order, at most `limit`, each cut to `longest` characters."""
    return tuple(dict.fromkeys(value[:longest] for value in values if value))[:limit]


def first_address(values: Iterable[str]) -> str:
    """The first address that is no longer than `MAX_ADDRESS`; empty where there is none."""
    return next((value for value in values if len(value) <= MAX_ADDRESS), "")
