"""The words of all names and descriptions, laid out so that one query costs a few array operations.

Built once from the names; numbers are positions: a name's in `Index.names`, an object's in `Index.objects`.
A word is its stem; an acronym is itself with ``=`` before it, since it has neither inflection nor typos.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log1p
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from knowledge.model import AttackObject, DataComponent, Kind
from knowledge.search.names import Name, Source
from knowledge.search.words import squash, stem, words

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int32]

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
_LONG, _SHORT = 6000, 700


# Where each word stands: positions and, for each, a weight between 0 and 1.
_Lists: TypeAlias = "dict[str, tuple[array[int], array[float]]]"


def _nowhere() -> tuple[array[int], array[float]]:
    return array("i"), array("f")


_NOWHERE = _nowhere()


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
        self.object_of: Places = np.array([position[name.object.stix_id] for name in names], np.int32)
        self.squashed = [squash(name.text) for name in names]
        stems = _Stems()
        written = [words(name.text) for name in names]
        spelled = [
            ["=" + part for part in parts] if name.source is Source.ACRONYM else stems.of(parts)
            for name, parts in zip(names, written, strict=True)
        ]
        self._index_objects(spelled, stems)
        self._index_names(spelled)
        #: Words of names as they are written, in order, with their stems, for beginnings and typos.
        self.vocabulary: dict[str, str] = {
            word: stems[word]
            for word in sorted({
                word
                for name, parts in zip(names, written, strict=True)
                if name.source is not Source.ACRONYM
                for word in parts
                if len(word) > 2
            })
        }
        self._in_order = list(self.vocabulary)

    def weight(self, word: str) -> float:
        """How telling a word is, 0 to about 1: that of a word in one object only is 1."""
        return LITTLE.get(word) or self._idf.get(word, _UNKNOWN)

    def in_names(self, word: str) -> tuple[Places, Floats]:
        """Names a word stands in, each with the share of the name that it makes up."""
        return _arrays(self._by_word.get(word, _NOWHERE))

    def joined(self, word: str) -> tuple[Places, Floats]:
        """Names in which two words side by side make up this one, as ``side loading`` does ``sideloading``."""
        return _arrays(self._by_pair.get(word, _NOWHERE))

    def in_objects(self, word: str) -> tuple[Places, Floats]:
        """Objects a word stands in, 1 where it is in a name, less where it is in the description."""
        return _arrays(self._by_object.get(word, _NOWHERE))

    def known(self, word: str) -> bool:
        """Whether the word stands in any name."""
        return word in self._by_word

    def starting_with(self, prefix: str, limit: int = 40) -> list[str]:
        """Words of names that begin so."""
        start = bisect_left(self._in_order, prefix)
        found = self._in_order[start : start + limit]
        return [word for word in found if word.startswith(prefix)]

    def _index_names(self, spelled: list[list[str]]) -> None:
        weight_of = {word: self.weight(word) for word in set().union(*spelled)}
        by_word: _Lists = defaultdict(_nowhere)
        by_pair: _Lists = defaultdict(_nowhere)
        for place, parts in enumerate(spelled):
            weights = [weight_of[part] for part in parts]
            total = sum(weights) or 1.0
            shares: dict[str, float] = {}
            for part, weight in zip(parts, weights, strict=True):
                shares[part] = shares.get(part, 0.0) + weight / total
            for part, share in shares.items():
                places, values = by_word[part]
                places.append(place)
                values.append(share)
            for number in range(len(parts) - 1):
                places, values = by_pair[parts[number] + parts[number + 1]]
                places.append(place)
                values.append((weights[number] + weights[number + 1]) / total)
        self._by_word = dict(by_word)
        self._by_pair = dict(by_pair)

    def _index_objects(self, spelled: list[list[str]], stems: _Stems) -> None:
        named: list[set[str]] = [set() for _ in self.objects]
        for place, parts in zip(self.object_of.tolist(), spelled, strict=True):
            named[place].update(parts)
        # Counting comes before stemming: a word stands several times in its text, its stem is looked up once.
        described = [Counter(words(_prose(item))) for item in self.objects]
        lengths = [text.total() for text in described]
        average = sum(lengths) / max(len(lengths), 1) or 1.0
        found: _Lists = defaultdict(_nowhere)
        for place, own in enumerate(named):
            text: dict[str, int] = {}
            for word, count in described[place].items():
                key = stems[word]
                text[key] = text.get(key, 0) + count
            length = _K * (1 - _B + _B * lengths[place] / average)
            for word, count in text.items():
                if word not in own:
                    places, values = found[word]
                    places.append(place)
                    values.append(_DESCRIPTION * count / (count + length))
            for word in own:
                places, values = found[word]
                places.append(place)
                values.append(1.0)
        every = len(self.objects)
        self._by_object = dict(found)
        self._idf = {word: log1p(every / len(lists[0])) / log1p(every) for word, lists in found.items()}


class _Stems(dict[str, str]):
    """Stems, each worked out once while an index is built."""

    def __missing__(self, word: str) -> str:
        self[word] = found = stem(word)
        return found

    def of(self, text: list[str]) -> list[str]:
        return list(map(self.__getitem__, text))


def _prose(item: AttackObject) -> str:
    """What an object says that may be asked for: its description, and for a data component what logs it."""
    text = _CITATION.sub(" ", item.description)
    if isinstance(item, DataComponent):
        logged = " ".join(f"{source.name} {source.channel}" for source in item.log_sources)
        return f"{text[:_SHORT]} {logged[:_SHORT]}"
    return text[: _LONG if item.kind is Kind.TECHNIQUE else _SHORT]


def _arrays(lists: tuple[array[int], array[float]]) -> tuple[Places, Floats]:
    return np.frombuffer(lists[0], np.int32), np.frombuffer(lists[1], np.float32)
