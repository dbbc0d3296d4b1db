"""Every name an object answers to, and how sure each is.

Drawn from ATT&CK itself: names, aliases, "parent: child" for sub-techniques, acronyms in brackets or from initials,
and the names of revoked objects for their successors; and from the synonyms.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from knowledge.catalog import Catalog
from knowledge.model import AttackObject, Campaign, Group, Kind, Software, Tactic, Technique
from knowledge.search.synonyms import Synonyms
from knowledge.search.words import words


class Source(Enum):
    """Where a name comes from: how it is told, and the score of somebody typing exactly it."""

    CHOSEN = ("its name", 1.04)  # several bear the name, and a synonym says that this one is meant
    NAME = ("its name", 1.0)
    ALIAS = ("also known as {}", 0.985)
    SLANG = ("slang: {}", 0.93)
    PLAIN = ("its name", 0.95)
    FORMER = ("former name {}", 0.92)
    ACRONYM = ("acronym", 0.9)
    OTHER_SENSE = ("slang: {}", 0.87)

    def __init__(self, why: str, sure: float) -> None:
        self.why = why
        self.sure = sure


@dataclass(frozen=True, slots=True)
class Name:
    """One name of one object.

    Attributes:
        text: As it is written.
        object: What it leads to today.
        via: The revoked objects on the way there.
        words: Its words, folded.
    """

    text: str
    object: AttackObject
    source: Source
    via: tuple[AttackObject, ...] = ()
    words: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(words(self.text)))

    @property
    def why(self) -> str:
        """How to tell somebody who typed exactly this."""
        return self.source.why.format(self.text)


_BRACKETS = re.compile(r"^(?P<plain>.+?)\s*\((?P<inside>[^)]+)\)\s*(?P<rest>.*)$")
_LITTLE = frozenset(("a", "an", "and", "by", "for", "from", "in", "of", "on", "or", "over", "the", "to", "via", "with"))
_WITH_ACRONYM = (Kind.TECHNIQUE, Kind.TACTIC, Kind.MITIGATION, Kind.SOFTWARE, Kind.ASSET)


def searchable(catalog: Catalog) -> tuple[AttackObject, ...]:
    """The objects people look up by words: current ones, and deprecated ones that have no successor.

    Analytics are left out, as their names only repeat their ids; so are the mitigations that older releases
    had one of for each technique.
    """
    return tuple(
        item
        for item in catalog.objects(retired=True)
        if item.kind is not Kind.ANALYTIC
        and not item.revoked
        and not (item.deprecated and item.kind is Kind.MITIGATION)
    )


def names(catalog: Catalog, synonyms: Synonyms) -> tuple[Name, ...]:
    """Every name of every searchable object; one text may lead to several objects."""
    found: dict[tuple[str, str], Name] = {}
    for name in (*_own(catalog), *_former(catalog), *_slang(catalog, synonyms), *_acronyms(catalog)):
        key = ("".join(name.words), name.object.stix_id)
        known = found.get(key)
        if known and known.source is Source.NAME and name.source is Source.SLANG:
            found[key] = Name(known.text, known.object, Source.CHOSEN)
        elif key[0] and (known is None or known.source.sure < name.source.sure):
            found[key] = name
    return tuple(found.values())


def _own(catalog: Catalog) -> Iterator[Name]:
    for item in searchable(catalog):
        yield from _called(item)
        if isinstance(item, Technique) and item.is_subtechnique and (parent := catalog.parent_of(item)):
            yield Name(f"{parent.name}: {item.name}", item, Source.NAME)


def _called(item: AttackObject) -> Iterator[Name]:
    yield Name(item.name, item, Source.NAME)
    if isinstance(item, Group | Software | Campaign):
        for alias in item.aliases:
            yield Name(alias, item, Source.ALIAS)
    if isinstance(item, Tactic) and item.shortname:
        yield Name(item.shortname, item, Source.NAME)
    if brackets := _BRACKETS.match(item.name):
        yield Name(f"{brackets['plain']} {brackets['rest']}".strip(), item, Source.PLAIN)
        if item.kind in _WITH_ACRONYM and brackets["inside"].isupper():
            yield Name(brackets["inside"], item, Source.ACRONYM)
    if "/" in item.name[1:] and item.kind is not Kind.DETECTION_STRATEGY:
        for part in map(str.strip, item.name.split("/")):
            if " " in part:
                yield Name(part, item, Source.PLAIN)


def _former(catalog: Catalog) -> Iterator[Name]:
    for item in catalog.objects(retired=True):
        if item.revoked and catalog.get(item.id) is item:
            now = catalog.find(item.id)
            if now and now.via and not now.object.retired:
                for name in _called(item):
                    yield Name(name.text, now.object, Source.FORMER, now.via)


def _slang(catalog: Catalog, synonyms: Synonyms) -> Iterator[Name]:
    for synonym in synonyms:
        for place, attack_id in enumerate(synonym.ids):
            if found := catalog.find(attack_id):
                yield Name(synonym.phrase, found.object, Source.OTHER_SENSE if place else Source.SLANG)


def _acronyms(catalog: Catalog) -> Iterator[Name]:
    """Initials of names of three to six words, where they are not many objects' at once."""
    candidates: dict[tuple[str, str], AttackObject] = {}
    for item in searchable(catalog):
        if item.kind in _WITH_ACRONYM and not item.retired:
            parts = words(item.name)
            for chosen in (parts, [part for part in parts if part not in _LITTLE]):
                if 3 <= len(chosen) <= 6:
                    candidates["".join(part[0] for part in chosen), item.stix_id] = item
    shared = Counter(text for text, _ in candidates)
    for (text, _), item in candidates.items():
        if shared[text] <= 3:
            yield Name(text.upper(), item, Source.ACRONYM)
