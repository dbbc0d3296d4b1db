"""The encoder's texts in parts, so that the ranker can learn from what the encoder says of texts it has not seen."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from knowledge.mapping.training.encoder_texts import RULES, Text
from knowledge.mapping.words import terms, words

FOLDS = 3
SEED = 20

ALIKE = 0.45
"""Rules and written texts more alike than this are held out together."""

COPIED = 0.5
"""A text more like one that is held out than this is not learned from meanwhile, whatever its source."""

_ALWAYS = ("name", "description")  # what a release says of a technique is known of whatever is asked
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Parts:
    """Which texts are held out when.

    Attributes:
        fold: Of each text the fold in which it is held out; -1 for one that never is.
        barred: Fold by text: whether the text is too like one that is held out to be learned from.
    """

    fold: NDArray[np.int64]
    barred: NDArray[np.bool_]

    def learned_in(self, fold: int) -> NDArray[np.int64]:
        """The numbers of the texts that are learned from while a fold is held out."""
        return np.flatnonzero((self.fold != fold) & ~self.barred[fold])


def parts_of(texts: Sequence[Text]) -> Parts:
    """Put texts in parts: other people's by source, rules and written ones with what is alike, the rest by origin."""
    rng = np.random.default_rng(SEED)
    compared = [at for at, text in enumerate(texts) if text.others or text.source in (RULES, "written", "everyday")]
    left, right, alike = _alike([texts[at].text for at in compared])
    own = np.array([not texts[at].others for at in compared])
    together = own[left] & own[right] & (alike > ALIKE)
    size = len(compared)
    ones = np.ones(int(together.sum()), np.int8)
    groups, group = connected_components(
        sparse.csr_matrix((ones, (left[together], right[together])), shape=(size, size)), directed=False
    )
    drawn = rng.integers(FOLDS, size=groups)
    in_group = {at: int(drawn[group[place]]) for place, at in enumerate(compared)}
    of_source = _spread(Counter(text.source for text in texts if text.others))
    of_origin: dict[str, int] = {}
    fold = np.full(len(texts), -1)
    for at, text in enumerate(texts):
        if text.others:
            fold[at] = of_source[text.source]
        elif at in in_group:
            fold[at] = in_group[at]
        elif text.source not in _ALWAYS:
            fold[at] = of_origin.setdefault(text.origin, int(rng.integers(FOLDS)))
    barred = np.zeros((FOLDS, len(texts)), bool)
    numbers = np.array(compared)
    copied = alike > COPIED
    barred[fold[numbers[right[copied]]], numbers[left[copied]]] = True
    return Parts(fold, barred)


def _spread(sizes: Counter[str]) -> dict[str, int]:
    """Sources over folds, the largest first, each to the fold that has least."""
    held = [0] * FOLDS
    found = {}
    for source, count in sorted(sizes.items(), key=lambda each: (-each[1], each[0])):
        found[source] = held.index(min(held))
        held[found[source]] += count
    return found


def _alike(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Pairs of texts that are alike, by which terms they have, and how much."""
    having = [sorted(set(terms(words(text).forms))) for text in texts]
    counts = Counter(term for each in having for term in each)
    row = {term: at for at, term in enumerate(sorted(term for term, count in counts.items() if count > 1))}
    rarity = np.array([math.log(len(texts) / counts[term]) for term in row], np.float32)
    columns = [[row[term] for term in each if term in row] for each in having]
    starts = np.cumsum([0, *(len(each) for each in columns)])
    at = np.array([column for each in columns for column in each], np.int64)
    matrix: Any = sparse.csr_matrix((rarity[at], at, starts), shape=(len(texts), len(row)))
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1))).ravel()
    matrix = sparse.diags(1 / np.maximum(length, 1e-9)) @ matrix
    found = []
    for first in range(0, len(texts), _AT_ONCE):
        some = (matrix[first : first + _AT_ONCE] @ matrix.T).tocoo()
        close = some.data > min(ALIKE, COPIED)
        found.append((some.row[close] + first, some.col[close], some.data[close]))
    left, right, alike = (np.concatenate(each) for each in zip(*found, strict=True))
    return left.astype(np.int64), right.astype(np.int64), alike.astype(np.float32)
