"""The words of all names and descriptions, laid out so that one query costs a few array operations.

Built once from the names; numbers are positions: a name's in `Index.names`, an object's in `Index.objects`.
A word is its stem; an acronym is itself with ``=`` before it, since it has neither inflection nor typos.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise, repeat
from math import log1p

import numpy as np
import numpy.typing as npt

from knowledge.model import AttackObject, DataComponent, Kind
from knowledge.search.names import Name, Source
from knowledge.search.words import stem, words

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

# Words that say little, with their weight; a query may leave them out or put them in.
_FUNCTION = """
    a about across all am an and any are as be been being by can could do does for from had has have how i if in into
    is it its like me my of off on or our s show so some someone something tell that the their them then there these
    they this those through to up use used uses using via was what whats when where which while who why with without
    you your att ck attack attacks mitre adversary adversaries attacker attackers technique techniques subtechnique
    sub please explain exe means meaning called named
"""
_FAINT = "find get look lookup search"
LITTLE = {stem(word): 0.06 for word in _FUNCTION.split()} | {stem(word): 0.25 for word in _FAINT.split()}
_CITATION = re.compile(r"\(Citation: [^)]*\)|\]\([^)]*\)")
# BM25's usual saturation and length correction.
_K, _B = 1.2, 0.6
# What a word in the description is worth beside the same word in a name.
_DESCRIPTION = 0.55
# How telling a word is that stands nowhere: it may be a typo.
_UNKNOWN = 0.9
_LONG, _SHORT = 3000, 500
# Stands for the count of a word that is in a name.
_NAMED = 1 << 20


class Postings:
    """Where each word stands: positions and, for each, a weight between 0 and 1.

    Args:
        stands: The words, one for each place it stands in; a word at most once a place.
        places: The place of each of them.
        weights: The weight of each of them.
    """

    def __init__(
        self, stands: Iterable[str], places: Sequence[int] | Places, weights: npt.NDArray[np.floating]
    ) -> None:
        numbers: dict[str, int] = {}
        number = [numbers.setdefault(word, len(numbers)) for word in stands]
        order = np.argsort(np.array(number, np.int32), kind="stable")
        self._numbers = numbers
        self._places: Places = np.array(places, np.int64)[order]
        self._weights: Floats = weights.astype(np.float32)[order]
        self._ends = np.cumsum(np.bincount(np.array(number, np.int64), minlength=len(numbers))).tolist()

    def __contains__(self, word: str) -> bool:
        return word in self._numbers

    def __getitem__(self, word: str) -> tuple[Places, Floats]:
        number = self._numbers.get(word)
        if number is None:
            return self._places[:0], self._weights[:0]
        start = self._ends[number - 1] if number else 0
        return self._places[start : self._ends[number]], self._weights[start : self._ends[number]]

    def counts(self) -> dict[str, int]:
        """In how many places each word stands."""
        starts = [0, *self._ends]
        return {word: self._ends[number] - starts[number] for word, number in self._numbers.items()}


class Index:
    """Names and descriptions by word.

    Args:
        names: Every name; several may lead to one object.
    """

    def __init__(self, names: Sequence[Name]) -> None:
        self.names = tuple(names)
        by_id = {name.object.stix_id: name.object for name in names}
        self.objects: tuple[AttackObject, ...] = tuple(by_id.values())
        position = {stix_id: place for place, stix_id in enumerate(by_id)}
        self.object_of: Places = np.array([position[name.object.stix_id] for name in names], np.int64)
        self.squashed = ["".join(name.words) for name in names]
        spelled = [
            ["=" + word for word in name.words] if name.source is Source.ACRONYM else list(map(stem, name.words))
            for name in names
        ]
        #: Objects each word stands in, 1 where it is in a name, less where it is in the description.
        self.in_objects = self._index_objects(spelled)
        every = len(self.objects)
        self._weights = {
            word: log1p(every / count) / log1p(every) for word, count in self.in_objects.counts().items()
        } | LITTLE
        #: Names each word stands in, each with the share of the name that it makes up.
        self.in_names = self._index_words(spelled)
        #: Names in which two words side by side make up this one, as ``side loading`` does ``sideloading``.
        self.joined = self._index_pairs(spelled)
        #: Words of names as they are written, in order, with their stems, for beginnings and typos.
        self.vocabulary: dict[str, str] = {
            word: stem(word)
            for word in sorted(set().union(*(name.words for name in names if name.source is not Source.ACRONYM)))
            if len(word) > 2
        }
        self._in_order = list(self.vocabulary)

    def weight(self, word: str) -> float:
        """How telling a word is, 0 to about 1: that of a word in one object only is 1."""
        return self._weights.get(word, _UNKNOWN)

    def starting_with(self, prefix: str, limit: int = 40) -> list[str]:
        """Words of names that begin so."""
        start = bisect_left(self._in_order, prefix)
        found = self._in_order[start : start + limit]
        return [word for word in found if word.startswith(prefix)]

    def _index_words(self, spelled: list[list[str]]) -> Postings:
        stands: list[str] = []
        places: list[int] = []
        shares: list[float] = []
        for place, parts in enumerate(spelled):
            weights = dict.fromkeys(parts, 0.0)
            for part in parts:
                weights[part] += self.weight(part)
            total = sum(weights.values()) or 1.0
            stands += weights
            places += repeat(place, len(weights))
            shares += [weight / total for weight in weights.values()]
        return Postings(stands, places, np.array(shares, np.float32))

    def _index_pairs(self, spelled: list[list[str]]) -> Postings:
        stands: list[str] = []
        places: list[int] = []
        shares: list[float] = []
        for place, (name, parts) in enumerate(zip(self.names, spelled, strict=True)):
            if len(parts) > 1 and name.object.kind is not Kind.DETECTION_STRATEGY:
                total = sum(map(self.weight, parts)) or 1.0
                pairs = {one + other: self.weight(one) + self.weight(other) for one, other in pairwise(parts)}
                stands += pairs
                places += repeat(place, len(pairs))
                shares += [weight / total for weight in pairs.values()]
        return Postings(stands, places, np.array(shares, np.float32))

    def _index_objects(self, spelled: list[list[str]]) -> Postings:
        named: list[set[str]] = [set() for _ in self.objects]
        for place, parts in zip(self.object_of.tolist(), spelled, strict=True):
            named[place].update(parts)
        lengths: list[int] = []
        texts: list[dict[str, int]] = []
        for item, own in zip(self.objects, named, strict=True):
            text = list(map(stem, words(_prose(item))))
            lengths.append(len(text))
            texts.append({**Counter(text), **dict.fromkeys(own, _NAMED)})
        places = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
        counts = np.fromiter(chain.from_iterable(text.values() for text in texts), np.float32)
        relative = np.array(lengths, np.float32) / max(sum(lengths) / max(len(lengths), 1), 1.0)
        weights = _DESCRIPTION * counts / (counts + (_K * (1 - _B + _B * relative))[places])
        weights[counts == _NAMED] = 1.0
        return Postings(chain.from_iterable(texts), places, weights)


def _prose(item: AttackObject) -> str:
    """What an object says that may be asked for: its description, and for a data component what logs it."""
    text = _CITATION.sub(" ", item.description)
    if isinstance(item, DataComponent):
        logged = " ".join(f"{source.name} {source.channel}" for source in item.log_sources)
        return f"{text[:_SHORT]} {logged[:_SHORT]}"
    return text[: _LONG if item.kind is Kind.TECHNIQUE else _SHORT]
