"""What people in the field call things: an operator's file of phrases and the ATT&CK ids they mean."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from knowledge.errors import LocatedError
from knowledge.search.identifiers import read_ids
from knowledge.search.words import squash
from knowledge.toml_file import read_toml


class SynonymsError(LocatedError, ValueError):
    """A file of synonyms that cannot be used."""


@dataclass(frozen=True, slots=True)
class Synonym:
    """A phrase and the ids it may mean, the likeliest first; no ids at all takes the phrase away."""

    phrase: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Phrases by their folded spelling."""

    entries: Mapping[str, Synonym] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Synonym]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def merged(self, other: Synonyms) -> Synonyms:
        """These with an operator's own over them: a phrase of `other` replaces the same one here."""
        entries = {**self.entries, **other.entries}
        return Synonyms({key: entry for key, entry in entries.items() if entry.ids})


NO_SYNONYMS = Synonyms()


def read_synonyms(raw: bytes | str, where: str) -> Synonyms:
    """Read a TOML file of ``"phrase" = "id"`` or ``"phrase" = ["id", "id"]``, in tables of any name or none.

    Args:
        raw: The file's contents, UTF-8.
        where: The file's name, for messages.

    Raises:
        SynonymsError: It is not TOML, an id is none, or a phrase stands twice or has no letter or digit.
    """
    text, tree = read_toml(raw if isinstance(raw, bytes) else raw.encode(), where, SynonymsError)
    entries: dict[str, Synonym] = {}
    for phrase, value in _lines(tree):
        key = squash(phrase)
        if not key:
            raise SynonymsError(where, f'"{phrase}" has no letter or digit to search for', _line(text, phrase))
        if key in entries:
            problem = (
                f'"{phrase}" stands twice (also as "{entries[key].phrase}"); case, spaces and hyphens do not count'
            )
            raise SynonymsError(where, problem, _line(text, phrase, last=True))
        entries[key] = Synonym(phrase, _ids(phrase, value, where, text))
    return Synonyms(entries)


def _lines(tree: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for key, value in tree.items():
        if isinstance(value, dict):
            yield from _lines(value)
        else:
            yield key, value


def _ids(phrase: str, value: object, where: str, text: str) -> tuple[str, ...]:
    written = [value] if isinstance(value, str) else value
    if not isinstance(written, list) or not all(isinstance(each, str) for each in written):
        raise SynonymsError(where, f'"{phrase}" must be an ATT&CK id or a list of them', _line(text, phrase))
    ids = []
    for each in written:
        found = read_ids(each)
        if len(found) != 1:
            raise SynonymsError(where, f'"{phrase}" leads to "{each}", which is no ATT&CK id', _line(text, phrase))
        ids.append(found[0])
    return tuple(dict.fromkeys(ids))


def _line(text: str, phrase: str, *, last: bool = False) -> int:
    """The line a phrase is defined on, for the message; 0 where an unusual spelling hides it."""
    key = re.compile(rf"\s*(?:\"{re.escape(phrase)}\"|'{re.escape(phrase)}'|{re.escape(phrase)})\s*=")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if key.match(line)]
    return (lines[-1] if last else lines[0]) if lines else 0
