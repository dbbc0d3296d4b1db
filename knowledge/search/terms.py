"""The words of a query and the words of names that each may mean.

Allowed for are inflection, beginnings, typos, related words, shortenings, and words written apart or together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from rapidfuzz import process
from rapidfuzz.distance import OSA

from knowledge.search.hints import HINTS
from knowledge.search.index import LITTLE, Index
from knowledge.search.related import RELATED, SHORT_FOR
from knowledge.search.words import stem, words

# Bounds on what one query may cost.
MOST_WORDS = 24
_LONGEST_WORD, _MOST_TYPOS, _MANY = 40, 4, 16

# How surely a word means another: two words written as one or one as two; a related word; one it is short for;
# one it begins, and that where it is a word of its own.
JOINED = 0.97
_RELATED, _SHORTENED, _BEGINS, _BEGINS_KNOWN = 0.55, 0.93, 0.72, 0.6
# From how alike two spellings may be one mistyped; how much less surely where the word is known to descriptions.
_ALIKE, _DOUBTED = 0.66, 0.85
# How telling a word is that names a kind or a domain.
_HINT_WEIGHT = 0.2


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the query.

    Attributes:
        word: Its stem.
        weight: How telling it is, 0 to 1.
        meant: The words of names it may be, each with how surely, surest first.
        pairs: Words of names that it makes up with a neighbour.
    """

    word: str
    weight: float
    meant: tuple[tuple[str, float], ...]
    pairs: tuple[str, ...] = ()


class TermReader:
    """Reads queries against the words of an index; immutable, shared by threads."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._spellings = list(index.vocabulary)

    def read(self, query: str) -> list[Term]:
        """The words of a query, each once, in order; of a very long query its beginning."""
        terms: dict[str, Term] = {}
        typos = 0
        for word in (word[:_LONGEST_WORD] for word in words(query)[:MOST_WORDS]):
            key = stem(word)
            if key in terms:
                continue
            unknown = key not in LITTLE and len(word) > 2 and key not in self._index.in_names
            typos += unknown
            weight = self._index.weight(key)
            meant = self._meant(key, word, mistyped=unknown and typos <= _MOST_TYPOS)
            terms[key] = Term(key, min(weight, _HINT_WEIGHT) if word in HINTS else weight, meant)
        return self._paired(list(terms.values()))

    def _meant(self, key: str, word: str, *, mistyped: bool) -> tuple[tuple[str, float], ...]:
        """What words of names a word may be: itself, a related one, longer ones it begins, ones it is nearly."""
        index = self._index
        known = key in index.in_names
        found = dict.fromkeys(RELATED.get(key, ()), _RELATED)
        if key in SHORT_FOR:
            found[SHORT_FOR[key]] = _SHORTENED
        if "=" + word in index.in_names:
            found["=" + word] = 1.0
        if len(word) > 3 or (len(word) == 3 and not known):
            for longer in index.starting_with(word):
                sure = (_BEGINS_KNOWN if known else _BEGINS) + 0.25 * len(word) / len(longer)
                longer_key = index.vocabulary[longer]
                found[longer_key] = max(found.get(longer_key, 0.0), sure)
        if mistyped:
            doubt = _DOUBTED if len(word) == 3 or len(index.in_objects[key][0]) else 1.0
            for near, likeness, _ in process.extract(
                word, self._spellings, scorer=OSA.normalized_similarity, score_cutoff=_ALIKE, limit=8
            ):
                near_key = index.vocabulary[near]
                found[near_key] = max(found.get(near_key, 0.0), doubt * likeness**0.8)
        if known:
            found[key] = 1.0
        return tuple(sorted(found.items(), key=lambda pair: -pair[1])[:_MANY])

    def _paired(self, terms: list[Term]) -> list[Term]:
        for number, (one, other) in enumerate(pairwise(terms)):
            joined = one.word + other.word
            if len(joined) > 3 and joined in self._index.in_names:
                for place in (number, number + 1):
                    terms[place] = replace(terms[place], pairs=(*terms[place].pairs, joined))
        return terms
