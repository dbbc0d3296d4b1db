"""Answers to queries in words: what is called exactly so first, then what comes close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import log1p

import numpy as np

from knowledge.catalog import Catalog
from knowledge.model import AttackObject, Domain, Kind, Technique
from knowledge.search.answers import Answer, Match
from knowledge.search.hints import HINTS
from knowledge.search.index import LITTLE, Floats, Index
from knowledge.search.names import Name, Source, names
from knowledge.search.ranking import Ranked, Ranking
from knowledge.search.synonyms import Synonyms
from knowledge.search.words import squash, stem, words

_NEAREST = 3
# Below `_MATCHED` nothing really matched; a first match above `_SURE` and ahead by `_GAP` is meant.
_MATCHED = 0.34
_SURE, _GAP, _EXACT_GAP = 0.66, 0.07, 0.015
# What a name is worth when the query is it but for little words, inflection or the order of words.
_NEARLY = 0.95
# What a close match is worth beside one that is called exactly so.
_BESIDE_EXACT = 0.9
# Which kind is likelier meant where nothing else decides; a parent before its sub-techniques.
_KIND_PRIORS = {
    Kind.TECHNIQUE: 0.016,
    Kind.TACTIC: 0.016,
    Kind.MITIGATION: 0.006,
    Kind.GROUP: 0.008,
    Kind.SOFTWARE: 0.004,
    Kind.CAMPAIGN: 0.002,
    Kind.DETECTION_STRATEGY: -0.12,
    Kind.DATA_COMPONENT: -0.03,
    Kind.DATA_SOURCE: -0.03,
}
_PARENT, _ENTERPRISE, _OFTEN_USED, _RETIRED = 0.006, 0.012, 0.024, -0.08


@dataclass(frozen=True, slots=True)
class Called:
    """An object that the query is a name of, with how surely."""

    name: Name
    sure: float


@dataclass(frozen=True, slots=True)
class _Scored:
    """A match, what it is ranked by, and what it is without the small favours: those do not make it clear."""

    score: float
    sure: float
    match: Match


class Worded:
    """Names and descriptions of one catalog, indexed; immutable, shared by threads."""

    def __init__(self, catalog: Catalog, synonyms: Synonyms) -> None:
        every = names(catalog, synonyms)
        self._exact: dict[str, list[Name]] = defaultdict(list)
        self._nearly: dict[str, list[Name]] = defaultdict(list)
        for name in every:
            self._exact["".join(name.words)].append(name)
            if name.source is not Source.ACRONYM:
                self._nearly[_essence(name.words)].append(name)
        index = Index(every)
        self._objects = index.objects
        self._place = {item.stix_id: place for place, item in enumerate(index.objects)}
        self._priors = _priors(catalog, index.objects)
        self._ranking = Ranking(index, self._priors)

    def called(self, text: str, kind: Kind | None) -> dict[str, Called]:
        """Objects the text is a name of, by STIX id; little words, inflection and order left aside if need be."""
        found: dict[str, Called] = {}
        spelled = words(text)
        telling = [word for word in spelled if word not in HINTS and stem(word) not in LITTLE]
        for sure, every in (
            (1.0, self._exact.get("".join(spelled), ())),
            (_NEARLY, self._nearly.get(_essence(spelled), ())),
            (_NEARLY, self._exact.get("".join(telling), ())),
            (_NEARLY, self._nearly.get(_essence(telling), ())),
        ):
            for name in every:
                if kind in (None, name.object.kind):
                    score = name.source.sure * sure
                    known = found.get(name.object.stix_id)
                    if known is None or known.sure < score:
                        found[name.object.stix_id] = Called(name, score)
        if (domain := self._ranking.domain(text)) is not None:
            for each in list(found.values()):
                for namesake in self._exact[squash(each.name.object.name)]:
                    if domain in namesake.object.domains and kind in (None, namesake.object.kind):
                        found.setdefault(namesake.object.stix_id, Called(namesake, each.sure))
        return found

    def answer(self, query: str, text: str, called: dict[str, Called], kind: Kind | None, limit: int) -> Answer:
        """The best matches; `called` is what `called()` found for the same text."""
        ranked = self._ranking.rank(text, max(limit, _NEAREST) + len(called), kind)
        if not called and (not ranked or ranked[0].score < _MATCHED):
            return self._nearest(query, text, ranked, kind, limit)
        hints = self._ranking.hints(text)
        scored: list[_Scored] = []
        for stix_id, each in called.items():
            place = self._place[stix_id]
            sure = each.sure + float(hints[place])
            score = sure + float(self._priors[place])
            why = each.name.why if each.sure == each.name.source.sure else _close(each.name)
            scored.append(_Scored(score, sure, Match(each.name.object, min(score, 1.0), why, each.name.via)))
        for other in ranked:
            item = self._objects[other.object]
            if item.stix_id not in called:
                score = other.score * (_BESIDE_EXACT if called else 1.0)
                scored.append(_Scored(score, score, self._match(item, score, other)))
        scored.sort(key=lambda each: (-each.score, each.match.object.id))
        clear = _clear(scored, _EXACT_GAP if called else _GAP)
        return Answer(query, tuple(each.match for each in scored[:limit]), clear=clear, nearest=False)

    def _nearest(self, query: str, text: str, ranked: list[Ranked], kind: Kind | None, limit: int) -> Answer:
        near = ranked if len(ranked) >= _NEAREST else [*ranked, *self._ranking.nearest(text, _NEAREST, kind)]
        unique = list({each.object: each for each in near}.values())[: min(limit, _NEAREST)]
        matches = tuple(self._match(self._objects[each.object], min(each.score, _MATCHED), each) for each in unique)
        return Answer(query, matches, clear=False, nearest=True)

    @staticmethod
    def _match(item: AttackObject, score: float, ranked: Ranked) -> Match:
        if not score:
            return Match(item, 0.0, "often used; the query holds nothing to search for")
        if ranked.name is None:
            return Match(item, max(score, 0.0), "words of its description")
        return Match(item, max(score, 0.0), _close(ranked.name), ranked.name.via)


def _essence(spelled: Iterable[str]) -> str:
    """Stems without little words, in alphabetical order."""
    return " ".join(sorted(each for each in map(stem, spelled) if each not in LITTLE))


def _close(name: Name) -> str:
    if name.source in (Source.NAME, Source.CHOSEN, Source.PLAIN):
        return "close to its name"
    return f"close to {name.text}" if name.source is Source.ALIAS else f"close to {name.why}"


def _clear(scored: list[_Scored], gap: float) -> bool:
    """Whether the first is meant: nothing else comes near, other than its namesakes of other domains."""
    first, item = scored[0], scored[0].match.object
    rivals = (
        each.sure
        for each in scored[1:]
        if squash(each.match.object.name) != squash(item.name) or set(each.match.object.domains) & set(item.domains)
    )
    return first.score >= _SURE and first.sure - max(rivals, default=0.0) >= gap


def _priors(catalog: Catalog, objects: tuple[AttackObject, ...]) -> Floats:
    """Small favours, for where the words do not decide: by kind, domain and how often ATT&CK sees it used."""
    used = [len(catalog.procedures_of(item)) if isinstance(item, Technique) else 0 for item in objects]
    most = log1p(max(used, default=0)) or 1.0
    priors = np.zeros(len(objects), np.float32)
    for place, (item, times) in enumerate(zip(objects, used, strict=True)):
        priors[place] = (
            _KIND_PRIORS.get(item.kind, 0.0)
            + _PARENT * (isinstance(item, Technique) and not item.is_subtechnique)
            + _ENTERPRISE * (Domain.ENTERPRISE in item.domains)
            + _OFTEN_USED * log1p(times) / most
            + _RETIRED * item.retired
        )
    return priors
