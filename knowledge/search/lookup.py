"""The look-up: what somebody typed becomes the objects of ATT&CK they mean, best first, each with why."""

from __future__ import annotations

import re
from threading import Lock
from typing import TYPE_CHECKING

from knowledge.catalog import Catalog
from knowledge.model import AttackObject, Kind
from knowledge.search.answers import Answer, Match
from knowledge.search.identifiers import guess_ids, read_ids
from knowledge.search.synonyms import NO_SYNONYMS, Synonyms

if TYPE_CHECKING:
    from knowledge.search.worded import Worded

_LONGEST_QUERY = 4000
_NEAREST = 3
_NUMBER = re.compile(r"(?P<prefix>[A-Z]+)(?P<number>\d{4})(?:\.\d{3})?")


class Lookup:
    """Finds objects of one catalog; immutable, shared by threads.

    An id is answered from the catalog at once. The first query in words builds the indexes, some tenths of a
    second; `warm` does so ahead of time.

    Args:
        catalog: What is looked up.
        synonyms: What people call things beside ATT&CK's own names.
    """

    def __init__(self, catalog: Catalog, synonyms: Synonyms = NO_SYNONYMS) -> None:
        self._catalog = catalog
        self._synonyms = synonyms
        self._lock = Lock()
        self._worded: Worded | None = None

    def find(self, query: str, *, kind: Kind | None = None, limit: int = 10) -> Answer:
        """What a query may mean.

        Args:
            query: An id, a name, an alias, slang, or words that describe it; anything at all is bounded and answered.
            kind: Only objects of this kind.
            limit: At most so many matches, at least one.
        """
        limit = max(limit, 1)
        text = query[:_LONGEST_QUERY]
        asked = read_ids(text)
        if known := [match for attack_id in asked if (match := self._by_id(attack_id))]:
            return self._of_ids(query, known, kind, limit)
        worded = self._words()
        called = worded.called(text, kind)
        if not called:
            guessed = guess_ids(text)
            if known := [match for attack_id in guessed if (match := self._by_id(attack_id))]:
                return self._of_ids(query, known[:1], kind, limit)
            if asked:
                near = self._beside(asked[0], kind)[: min(limit, _NEAREST)]
                why = self._not_there(asked[0])
                return Answer(query, tuple(Match(item, 0.0, why) for item in near), clear=False, nearest=True)
        return worded.answer(query, text, called, kind, limit)

    def warm(self) -> None:
        """Build the indexes now rather than at the first query in words."""
        self._words()

    def _words(self) -> Worded:
        if self._worded is None:
            with self._lock:
                if self._worded is None:
                    from knowledge.search.worded import Worded  # an id needs neither numpy nor rapidfuzz

                    self._worded = Worded(self._catalog, self._synonyms)
        return self._worded

    def _by_id(self, attack_id: str) -> Match | None:
        found = self._catalog.find(attack_id)
        if found is None:
            return None
        why = "its id" if found.object.id == attack_id else f"former id {attack_id}"
        return Match(found.object, 1.0, why, found.via)

    @staticmethod
    def _of_ids(query: str, known: list[Match], kind: Kind | None, limit: int) -> Answer:
        unique = list({match.object.stix_id: match for match in reversed(known)}.values())[::-1]
        matches = [match for match in unique if kind in (None, match.object.kind)]
        if not matches and kind is not None:
            others = tuple(
                Match(each.object, 0.0, f"{each.object.id} is {_a(each.object.kind)}, not {_a(kind)}", each.via)
                for each in unique[: min(limit, _NEAREST)]
            )
            return Answer(query, others, clear=False, nearest=True)
        return Answer(query, tuple(matches[:limit]), clear=len(matches) == 1, nearest=False)

    def _beside(self, attack_id: str, kind: Kind | None) -> list[AttackObject]:
        """For an id that is nowhere: its parent, or the ids of its sort next to it."""
        parent = self._catalog.find(attack_id.partition(".")[0])
        near = [parent.object] if parent else []
        wanted = _NUMBER.fullmatch(attack_id)
        alike = []
        for item in self._catalog.objects(kind):
            if not wanted or not item.id.startswith(wanted["prefix"]):
                continue
            found = _NUMBER.fullmatch(item.id)
            if found and found["prefix"] == wanted["prefix"]:
                alike.append((abs(int(found["number"]) - int(wanted["number"])), item.id, item))
        near += [item for _, _, item in sorted(alike, key=lambda each: each[:2])]
        near += self._catalog.objects(kind)[:_NEAREST] or self._catalog.objects()[:_NEAREST]
        return list({item.stix_id: item for item in near}.values())

    def _not_there(self, attack_id: str) -> str:
        labels = [release.label for release in self._catalog.releases]
        there = " or ".join(part for part in (", ".join(labels[:-1]), labels[-1] if labels else "") if part)
        return f"{attack_id} is not in {there}"


def _a(kind: Kind) -> str:
    return f"{'an' if kind.value[0] in 'aeiou' else 'a'} {kind.value.replace('-', ' ')}"
