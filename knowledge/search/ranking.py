"""How well each object answers a query that is nobody's exact name.

A name scores by how much of the query it explains and how much of it the query
explains; an object by its best name, and by how much of the query its names and description explain together.

The numbers were chosen on the queries in `tests/knowledge/search/queries.txt`; moving any of them by a fifth
moves three of those four hundred at most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from knowledge.model import Domain, Kind
from knowledge.search.hints import DOMAIN_OF, KIND_OF
from knowledge.search.index import Floats, Index
from knowledge.search.names import Name, Source
from knowledge.search.terms import JOINED, MOST_WORDS, Term, TermReader
from knowledge.search.words import words

# Bounds on what one query may cost.
_FEW, _REFINED, _LONGEST_SPELLING = 4, 60, 200

# Of a name's score: what explaining the query counts whole; of an object's: its best name; the least that all of
# its words are worth without a name; how much the whole spelling is mixed in.
_WHOLE, _BY_NAME, _TOGETHER, _SPELLING = 0.5, 0.65, 0.72, 0.1
# What part of a name is worth, by where the name comes from.
_TRUST = {Source.FORMER: 0.88, Source.OTHER_SENSE: 0.9, Source.SLANG: 0.97, Source.ACRONYM: 0.9}
# Detection strategies repeat the names of techniques at length.
_STRATEGY = 0.85
_HINT, _STRATEGY_HINT = 0.07, 0.16
# Close matches stay below exact ones.
_CLOSEST = 0.92


@dataclass(frozen=True, slots=True)
class Ranked:
    """An object by position in the index, its score, and the name that won; none where the description did."""

    object: int
    score: float
    name: Name | None


class Ranking:
    """Scores objects for queries; immutable, shared by threads.

    Args:
        index: The words.
        priors: For each object of the index, what to add in its favour; small.
    """

    def __init__(self, index: Index, priors: Floats) -> None:
        self._index = index
        self._priors = priors
        self._reader = TermReader(index)
        self._kinds = np.array([list(Kind).index(item.kind) for item in index.objects], np.int8)
        self._trust = np.array([_TRUST.get(name.source, 1.0) for name in index.names], np.float32)
        self._by_kind = np.where(self._of_kind(Kind.DETECTION_STRATEGY), np.float32(_STRATEGY), np.float32(1.0))
        self._domains = {
            domain: np.array([domain in item.domains for item in index.objects], np.bool_) for domain in Domain
        }

    def rank(self, query: str, limit: int, kind: Kind | None = None) -> list[Ranked]:
        """The best objects, best first; none where no word is known.

        Args:
            query: What was asked.
            limit: How many at most.
            kind: Only of this kind.
        """
        terms = self._reader.read(query)
        total = sum(term.weight for term in terms)
        if not total or not self._index.objects:
            return []
        by_name, together = self._explained(terms)
        by_name = self._spelled(by_name / total, query)
        together /= total
        best = np.zeros(len(self._index.objects), np.float32)
        np.maximum.at(best, self._index.object_of, by_name)
        scores = best * _BY_NAME + together * (1 - _BY_NAME)
        scores = np.minimum(np.maximum(scores, together * _TOGETHER), _CLOSEST)
        if Kind.DETECTION_STRATEGY not in (kind, *_kinds(query)):
            scores *= self._by_kind
        found = scores > 0
        scores += self._priors + self.hints(query)
        scores[~found] = 0
        if kind is not None:
            scores[~self._of_kind(kind)] = 0
        count = min(limit, len(scores))
        top = [place for place in np.argpartition(-scores, count - 1)[:count].tolist() if scores[place] > 0]
        top.sort(key=lambda place: (-scores[place], place))
        return [self._ranked(place, float(scores[place]), by_name, float(best[place])) for place in top]

    def nearest(self, query: str, limit: int, kind: Kind | None = None) -> list[Ranked]:
        """The objects whose names look most like the query, for when no word of it is known.

        Where it has no word at all, the likeliest objects of any.
        """
        text = "".join(words(query))[:_LONGEST_SPELLING]
        allowed = np.ones(len(self._index.objects), np.bool_) if kind is None else self._of_kind(kind)
        if not text:
            places = np.argsort(-self._priors, kind="stable").tolist()
            return [Ranked(place, 0.0, None) for place in places if allowed[place]][:limit]
        found: dict[int, Ranked] = {}
        for _, score, place in process.extract(text, self._index.squashed, scorer=fuzz.ratio, limit=500):
            item = int(self._index.object_of[place])
            if item not in found and allowed[item]:
                found[item] = Ranked(item, score / 250, self._index.names[place])
                if len(found) == limit:
                    break
        return list(found.values())

    def domain(self, query: str) -> Domain | None:
        """The domain a query names."""
        return next((DOMAIN_OF[word] for word in words(query)[:MOST_WORDS] if word in DOMAIN_OF), None)

    def hints(self, query: str) -> Floats:
        """What the query's "group", "malware", "mobile" and so on say in favour of each object."""
        favour = np.zeros(len(self._index.objects), np.float32)
        spelled = words(query)[:MOST_WORDS]
        for kind in _kinds(query):
            favour[self._of_kind(kind)] += _STRATEGY_HINT if kind is Kind.DETECTION_STRATEGY else _HINT
        for domain in dict.fromkeys(DOMAIN_OF[word] for word in spelled if word in DOMAIN_OF):
            favour[self._domains[domain]] += _HINT
        return favour

    def _of_kind(self, kind: Kind) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = self._kinds == list(Kind).index(kind)
        return found

    def _ranked(self, place: int, score: float, by_name: Floats, best: float) -> Ranked:
        if best < 0.4:
            return Ranked(place, score, None)
        own = np.flatnonzero(self._index.object_of == place)
        return Ranked(place, score, self._index.names[int(own[np.argmax(by_name[own])])])

    # -- how much is explained ---------------------------------------------------------------------

    def _explained(self, terms: list[Term]) -> tuple[Floats, Floats]:
        """How much of the query each name, then each object explains, in weights of the query's words.

        A name's is lessened by what the query leaves out of it.
        """
        index = self._index
        of_query = np.zeros(len(index.names), np.float32)
        of_name = np.zeros(len(index.names), np.float32)
        together = np.zeros(len(index.objects), np.float32)
        for term in terms:
            one_query = np.zeros(len(index.names), np.float32)
            one_name = np.zeros(len(index.names), np.float32)
            one_object = np.zeros(len(index.objects), np.float32)
            for word, sure in (*term.meant, *((joined, JOINED) for joined in term.pairs)):
                places, shares = index.in_names[word]
                one_query[places] = np.maximum(one_query[places], sure)
                one_name[places] = np.maximum(one_name[places], shares * sure)
                places, shares = index.in_objects[word]
                one_object[places] = np.maximum(one_object[places], shares * sure)
            for word, sure in ((term.word, 1.0), *term.meant[:_FEW]):
                places, shares = index.joined[word]
                one_query[places] = np.maximum(one_query[places], sure * JOINED)
                one_name[places] = np.maximum(one_name[places], shares * sure * JOINED)
                places = index.object_of[places]
                one_object[places] = np.maximum(one_object[places], sure * JOINED)
            places, shares = index.in_objects[term.word]
            one_object[places] = np.maximum(one_object[places], shares)
            if term.pairs:  # half of the joined word each
                one_name *= 0.5
            of_query += one_query * term.weight
            of_name += one_name
            together += one_object * term.weight
        of_query *= _WHOLE + (1 - _WHOLE) * np.minimum(of_name, 1.0)
        return of_query, together

    def _spelled(self, by_name: Floats, query: str) -> Floats:
        """Mix in how alike the whole spellings are, for the likeliest names."""
        count = min(_REFINED, len(by_name))
        top = np.argpartition(-by_name, count - 1)[:count]
        text = "".join(words(query))[:_LONGEST_SPELLING]
        mixed: Floats = by_name * self._trust * np.float32(1 - _SPELLING)
        for place in top.tolist():
            if by_name[place] > 0:
                mixed[place] += _SPELLING * fuzz.ratio(text, self._index.squashed[place]) / 100
        return mixed


def _kinds(query: str) -> tuple[Kind, ...]:
    """The kinds a query names."""
    return tuple(dict.fromkeys(KIND_OF[word] for word in words(query)[:MOST_WORDS] if word in KIND_OF))
