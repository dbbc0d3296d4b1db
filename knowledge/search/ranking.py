"""How well each object answers a query that is nobody's exact name.

A query's words are matched to the words of names, allowing for inflection, beginnings, typos and words written
apart or together. A name scores by how much of the query it explains and how much of it the query explains; an
object scores by its best name, and by how much of the query its names and description explain together.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from knowledge.model import Domain, Kind
from knowledge.search.index import LITTLE, Floats, Index
from knowledge.search.names import Name, Source
from knowledge.search.related import RELATED
from knowledge.search.words import stem, words

_MOST_WORDS = 24
_LONGEST_WORD = 40
# Words that say of which kind or in which domain the thing is, rather than which thing.
_KINDS = {
    stem(word): kind
    for kind, text in {
        Kind.TACTIC: "tactic",
        Kind.GROUP: "group actor gang crew apt",
        Kind.SOFTWARE: "software malware tool trojan ransomware backdoor stealer loader botnet implant rat",
        Kind.CAMPAIGN: "campaign operation",
        Kind.MITIGATION: "mitigation mitigate mitigating prevent prevention control countermeasure",
        Kind.DETECTION_STRATEGY: "strategy",
        Kind.DATA_COMPONENT: "component telemetry datasource",
        Kind.ASSET: "asset",
    }.items()
    for word in text.split()
}
_DOMAINS = {
    stem(word): domain
    for domain, text in {
        Domain.MOBILE: "mobile android ios iphone phone smartphone",
        Domain.ICS: "ics ot scada industrial plc",
        Domain.ENTERPRISE: "enterprise",
    }.items()
    for word in text.split()
}
_HINT, _STRATEGY_HINT = 0.07, 0.16
# Detection strategies repeat the names of techniques at length.
_STRATEGY = 0.85
# What part of a name is worth, by where the name comes from.
_TRUST = {Source.FORMER: 0.88, Source.OTHER_SENSE: 0.9, Source.SLANG: 0.97, Source.ACRONYM: 0.9}
# Two words written as one, or one as two.
_JOINED = 0.97
_MANY, _FEW = 16, 4
# TUNE
RELATED_SURE = 0.55
BY_NAME = 0.65
TOGETHER = 0.72
NAME_Q=0.5
REFINE=0.1
# Close matches stay below exact ones.
_CLOSEST = 0.92
HINTS = frozenset((*_KINDS, *_DOMAINS))


@dataclass(frozen=True, slots=True)
class Ranked:
    """An object by position in the index, its score, and the name that won; none where the description did."""

    object: int
    score: float
    name: Name | None


@dataclass(frozen=True, slots=True)
class _Term:
    """A word of the query, how telling it is, and the words of names it may be, each with how surely."""

    word: str
    weight: float
    meant: tuple[tuple[str, float], ...]


class Ranking:
    """Scores objects for queries; immutable, shared by threads.

    Args:
        index: The words.
        priors: For each object of the index, what to add in its favour; small.
    """

    def __init__(self, index: Index, priors: Floats) -> None:
        self._index = index
        self._priors = priors
        self._kinds = np.array([list(Kind).index(item.kind) for item in index.objects], np.int8)
        self._domains = {
            domain: np.array([domain in item.domains for item in index.objects], np.bool_) for domain in Domain
        }
        self._trust = np.array([_TRUST.get(name.source, 1.0) for name in index.names], np.float32)
        strategy = np.array([item.kind is Kind.DETECTION_STRATEGY for item in index.objects])
        self._kind_factor = np.where(strategy, np.float32(_STRATEGY), np.float32(1.0))
        self._spellings = list(index.vocabulary)

    def rank(self, query: str, limit: int, kind: Kind | None = None) -> list[Ranked]:
        """The best objects, best first.

        Args:
            kind: Only of this kind.
        """
        spelled = [word[:_LONGEST_WORD] for word in words(query)][:_MOST_WORDS]
        terms = self._terms(spelled)
        if not terms:
            return []
        total = sum(term.weight for term in terms)
        names, together = self._explained(terms, total)
        best = self._refine(names, query)
        scores = np.zeros(len(self._index.objects), np.float32)
        np.maximum.at(scores, self._index.object_of, best)
        final = scores * BY_NAME + together * (1 - BY_NAME)
        np.maximum(final, together * TOGETHER, out=final)
        final *= self._kind_factor
        found = final > 0
        np.minimum(final, _CLOSEST, out=final)
        final += self._priors + self.hints(query)
        final[~found] = 0
        if kind is not None:
            final[self._kinds != list(Kind).index(kind)] = 0
        count = min(limit, len(final))
        top = np.argpartition(-final, count - 1)[:count]
        winners = sorted((int(place) for place in top if final[place] > 0), key=lambda place: (-final[place], place))
        return [self._ranked(place, float(final[place]), best, float(scores[place])) for place in winners]

    def nearest(self, query: str, limit: int, kind: Kind | None = None) -> list[Ranked]:
        """The objects whose names look most like the query, for when no word of it is known."""
        text = "".join(words(query))[: _LONGEST_WORD * 2]
        wanted = None if kind is None else list(Kind).index(kind)
        found: dict[int, Ranked] = {}
        for _, score, place in process.extract(text, self._index.squashed, scorer=fuzz.ratio, limit=60):
            item = int(self._index.object_of[place])
            if item not in found and (wanted is None or self._kinds[item] == wanted):
                found[item] = Ranked(item, score / 250, self._index.names[place])
                if len(found) == limit:
                    break
        return list(found.values())

    def _ranked(self, place: int, score: float, best: Floats, by_name: float) -> Ranked:
        if by_name < 0.4:
            return Ranked(place, score, None)
        own = np.flatnonzero(self._index.object_of == place)
        return Ranked(place, score, self._index.names[int(own[np.argmax(best[own])])])

    # -- the words of the query --------------------------------------------------------------------

    def _terms(self, spelled: list[str]) -> list[_Term]:
        terms: dict[str, _Term] = {}
        for word in spelled:
            key = stem(word)
            if key not in terms:
                weight = self._index.weight(key)
                if key in _KINDS or key in _DOMAINS:
                    weight = min(weight, 0.2)
                terms[key] = _Term(key, weight, self._meant(key, word))
        return list(terms.values())

    def _meant(self, key: str, word: str) -> tuple[tuple[str, float], ...]:
        """What words of names a word may be: itself, longer words it begins, words it is nearly."""
        known = self._index.known(key)
        found: dict[str, float] = {key: 1.0} if known else {}
        if self._index.known("=" + word):
            found["=" + word] = 1.0
        for other in RELATED.get(key, ()):
            found[other] = RELATED_SURE
        if len(word) > 3 or (len(word) == 3 and not known):
            for longer in self._index.starting_with(word):
                sure = (0.6 if known else 0.72) + 0.25 * len(word) / len(longer)
                longer_key = self._index.vocabulary[longer]
                found[longer_key] = max(found.get(longer_key, 0.0), sure)
        if not known and len(word) > 2 and key not in LITTLE:
            doubt = 0.85 if len(self._index.in_objects(key)[0]) or len(word) == 3 else 1.0
            for near, likeness, _ in process.extract(
                word, self._spellings, scorer=OSA.normalized_similarity, score_cutoff=0.66, limit=8
            ):
                near_key = self._index.vocabulary[near]
                found[near_key] = max(found.get(near_key, 0.0), doubt * likeness**0.8)
        return tuple(sorted(found.items(), key=lambda pair: -pair[1])[:_MANY])

    # -- how much is explained ---------------------------------------------------------------------

    def _explained(self, terms: list[_Term], total: float) -> tuple[Floats, Floats]:
        """For each name how well it and the query explain each other; for each object how much of the query it does."""
        index = self._index
        of_query = np.zeros(len(index.names), np.float32)
        of_name = np.zeros(len(index.names), np.float32)
        together = np.zeros(len(index.objects), np.float32)
        pairs = self._pairs(terms)
        for number, term in enumerate(terms):
            one_query = np.zeros(len(index.names), np.float32)
            one_name = np.zeros(len(index.names), np.float32)
            one_object = np.zeros(len(index.objects), np.float32)
            for word, sure in (*term.meant, *((joined, _JOINED) for joined in pairs.get(number, ()))):
                places, shares = index.in_names(word)
                one_query[places] = np.maximum(one_query[places], sure)
                one_name[places] = np.maximum(one_name[places], shares * sure)
                places, shares = index.in_objects(word)
                one_object[places] = np.maximum(one_object[places], shares * sure)
            for word, sure in ((term.word, 1.0), *term.meant[:_FEW]):
                places, shares = index.joined(word)
                one_query[places] = np.maximum(one_query[places], sure * _JOINED)
                one_name[places] = np.maximum(one_name[places], shares * sure * _JOINED)
                places = index.object_of[places]
                one_object[places] = np.maximum(one_object[places], sure * _JOINED)
            places, shares = index.in_objects(term.word)
            one_object[places] = np.maximum(one_object[places], shares)
            if number in pairs:
                one_name *= 0.5
            of_query += one_query * term.weight
            of_name += one_name
            together += one_object * term.weight
        of_query /= total
        together /= total
        return of_query * (NAME_Q + (1-NAME_Q) * np.minimum(of_name, 1.0)), together

    def _pairs(self, terms: list[_Term]) -> dict[int, list[str]]:
        """Words of names that two neighbouring words of the query make up, by either's place."""
        found: dict[int, list[str]] = {}
        for (number, one), (other_number, other) in pairwise(enumerate(terms)):
            joined = one.word + other.word
            if len(joined) > 3 and self._index.known(joined):
                found.setdefault(number, []).append(joined)
                found.setdefault(other_number, []).append(joined)
        return found

    def _refine(self, names: Floats, query: str) -> Floats:
        """Mix in how alike the whole spellings are, for the likeliest names."""
        count = min(60, len(names))
        top = np.argpartition(-names, count - 1)[:count]
        text = "".join(words(query))[:200]
        refined = names * (1-REFINE) * self._trust
        for place in top.tolist():
            if names[place] > 0:
                refined[place] += REFINE * fuzz.ratio(text, self._index.squashed[place]) / 100
        return refined

    def domain(self, query: str) -> Domain | None:
        """The domain a query names."""
        return next((_DOMAINS[key] for word in words(query)[:_MOST_WORDS] if (key := stem(word)) in _DOMAINS), None)

    def hints(self, query: str) -> Floats:
        """What the query's "group", "malware", "mobile" and so on say in favour of each object."""
        favour = np.zeros(len(self._index.objects), np.float32)
        for word in dict.fromkeys(stem(word) for word in words(query)[:_MOST_WORDS]):
            if word in _KINDS:
                kind = _KINDS[word]
                hint = _STRATEGY_HINT if kind is Kind.DETECTION_STRATEGY else _HINT
                favour[self._kinds == list(Kind).index(kind)] += hint
            if word in _DOMAINS:
                favour[self._domains[_DOMAINS[word]]] += _HINT
        return favour
