"""Everything that is known about texts and techniques, as arrays.

Rows are terms (words and pairs of neighbours), columns documents or techniques; a text is scored by adding up the rows
of its terms. All arrays are read-only, so an index is shared by threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from knowledge.mapping.evidence import Source

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

COMPARED = (Source.RULE, Source.PROCEDURE, Source.DESCRIPTION, Source.ANALYTIC, Source.WRITTEN)
"""The sources whose nearest piece is a measure of its own."""


@dataclass(frozen=True, slots=True)
class Postings:
    """A sparse matrix by rows.

    Attributes:
        starts: Where each row starts in the other two; one more than there are rows.
        columns: Column of each entry.
        values: Value of each entry.
        width: How many columns there are.
    """

    starts: NDArray[np.int64]
    columns: Ints
    values: Floats
    width: int

    def entries(self, rows: Ints, weights: Floats) -> tuple[Ints, Floats]:
        """The entries of some rows, each row's values times its weight."""
        first, last = self.starts[rows], self.starts[rows + 1]
        lengths = last - first
        total = int(lengths.sum())
        if not total:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        steps = np.ones(total, np.int64)
        heads = np.concatenate(([0], np.cumsum(lengths)[:-1]))
        full = lengths > 0
        heads, first, last_of = heads[full], first[full], last[full]
        steps[heads[0]] = first[0]
        steps[heads[1:]] = first[1:] - last_of[:-1] + 1
        at = np.cumsum(steps)
        return self.columns[at], self.values[at] * np.repeat(weights, lengths)

    def add(self, rows: Ints, weights: Floats) -> Floats:
        """The weighted sum of some rows."""
        columns, values = self.entries(rows, weights)
        return np.bincount(columns, values, self.width).astype(np.float32)

    def most(self, row: int) -> float:
        """The highest value of a row; 0 where it is empty."""
        first, last = self.starts[row : row + 2]
        return float(self.values[first:last].max(initial=0.0))


@dataclass(frozen=True, slots=True)
class Corpus:
    """The evidence, term by term.

    Attributes:
        techniques: Current ids, sorted; a technique's number is its place here.
        domains: For each technique its domain, as a number in the order of `knowledge.model.Domain`.
        parents: For each technique its parent's number, its own where it has none.
        rows: Number of each term.
        rarity: For each term the log of how rare it is.
        documents: Terms by evidence, each column of length 1.
        labels: For each piece of evidence, how to name it.
        pair_documents: Pairs of evidence and technique, sorted by technique and source: the evidence.
        segment_starts: Where the pairs of each technique and source start.
        segment_keys: ``technique * len(COMPARED) + source`` of each.
        names: Terms by technique: the share of its name that a term is.
    """

    techniques: tuple[str, ...]
    domains: Ints
    parents: Ints
    rows: Mapping[str, int]
    rarity: Floats
    documents: Postings
    labels: tuple[str, ...]
    pair_documents: Ints
    segment_starts: Ints
    segment_keys: Ints
    names: Postings


@dataclass(frozen=True, slots=True)
class Tables:
    """What was learned from evidence, by technique.

    Attributes:
        centroids: Terms by technique: the middle of its evidence.
        decisive: Terms by technique: ``-log(1 - p)``, where p is the share of a term's evidence that shows it.
        alertness: For each term the highest p.
        phrases: Lexicon phrases by technique: p of the phrase, starting from the strength its author gave it.
        claims: Lexicon phrases by technique: the strength alone.
        everyday: For each single word the log of how much commoner it is in everyday texts than in evidence; else 0.
        written: For each technique how many rules write its name.
        meant: For each technique how many of these say that they show it.
    """

    centroids: Postings
    decisive: Postings
    alertness: Floats
    phrases: Postings
    claims: Postings
    everyday: Floats
    written: Floats
    meant: Floats


@dataclass(frozen=True, slots=True)
class Index:
    """A corpus and its tables."""

    corpus: Corpus
    tables: Tables


def postings(matrix: Any) -> Postings:
    """Read-only postings of a scipy matrix."""
    rows = matrix.tocsr()
    rows.sort_indices()
    arrays = rows.indptr.astype(np.int64), rows.indices.astype(np.int32), rows.data.astype(np.float32)
    for array in arrays:
        array.setflags(write=False)
    return Postings(*arrays, width=int(rows.shape[1]))
