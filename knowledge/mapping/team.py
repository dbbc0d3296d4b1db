"""What a team told: its detections and the alerts it confirmed, compared with a text at once and without a refit.

An alert usually bears the title of the rule that fired, so a title found word for word is the strongest evidence
there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge.catalog import Catalog
from knowledge.mapping.evidence import Evidence, Source, current_ids
from knowledge.mapping.index import Corpus, Floats, Ints, Postings
from knowledge.mapping.measures import Query
from knowledge.mapping.observables import Observables, observables_of
from knowledge.mapping.reading import Reading
from knowledge.mapping.words import terms, words

MAX_STRINGS = 40
"""Most detection strings read of one rule."""

MAX_LOOKED_FOR = 1_500
"""Most characters of them."""

TITLE_CONFIDENCE = 0.95
"""What a rule's title found word for word is worth; shared between its techniques beyond two."""

_SHORTEST_TITLE = 3  # words


@dataclass(frozen=True, slots=True)
class Team:
    """A team's evidence as arrays.

    Attributes:
        evidence: As given; a rule with detection strings stands here twice, with its description and with the strings.
        shown: For each piece the numbers of its techniques.
        documents: Terms by evidence, each column of length 1.
        titles: The words of each rule's title, and which pieces bear it.
        lengths: For the first word of a title how many words such titles have, longest first.
        observables: What the rules look for; nothing where none has strings.
    """

    evidence: tuple[Evidence, ...]
    shown: tuple[tuple[int, ...], ...]
    documents: Postings
    titles: dict[tuple[str, ...], tuple[int, ...]]
    lengths: dict[str, tuple[int, ...]]
    pair_documents: Ints
    pair_techniques: Ints
    observables: Observables | None = None

    def similarity(self, query: Query) -> Floats:
        """For each piece how like a text it is, 0 to 1."""
        return self.documents.add(query.rows, query.weights)

    def nearest(self, similarity: Floats, width: int) -> Floats:
        """For each technique the similarity of the nearest piece that shows it."""
        found = np.zeros(width, np.float32)
        np.maximum.at(found, self.pair_techniques, similarity[self.pair_documents])
        return found

    def titled(self, reading: Reading) -> dict[int, tuple[int, int]]:
        """Pieces whose title stands in the text, with its first and last word."""
        heads = [forms[0] for forms in reading.forms]
        found: dict[int, tuple[int, int]] = {}
        for at, head in enumerate(heads):
            for length in self.lengths.get(head, ()):
                for piece in self.titles.get(tuple(heads[at : at + length]), ()):
                    found.setdefault(piece, (at, at + length - 1))
        return found


def team_of(catalog: Catalog, corpus: Corpus, evidence: Sequence[Evidence]) -> Team:
    """Index a team's evidence; a few thousand rules take about a second."""
    number = {each: at for at, each in enumerate(corpus.techniques)}
    kept, shown = [], []
    for piece in (each for given in evidence for each in _readings(given)):
        ids = tuple(number[each] for each in current_ids(catalog, piece.techniques) if each in number)
        if ids:
            kept.append(piece)
            shown.append(ids)
    titles: dict[tuple[str, ...], tuple[int, ...]] = {}
    for at, piece in enumerate(kept):
        title = tuple(forms[0] for forms in words(piece.text.split("\n", 1)[0]).forms)
        if piece.source is not Source.CONFIRMED and len(title) >= _SHORTEST_TITLE:
            titles[title] = (*titles.get(title, ()), at)
    lengths: dict[str, set[int]] = {}
    for title in titles:
        lengths.setdefault(title[0], set()).add(len(title))
    looking = [at for at, piece in enumerate(kept) if piece.strings]
    pairs = [(at, technique) for at, ids in enumerate(shown) for technique in ids]
    array = np.array(pairs, np.int32).reshape(-1, 2)
    return Team(
        evidence=tuple(kept),
        shown=tuple(shown),
        documents=_documents(corpus, kept),
        titles=titles,
        lengths={head: tuple(sorted(each, reverse=True)) for head, each in lengths.items()},
        pair_documents=array[:, 0].copy(),
        pair_techniques=array[:, 1].copy(),
        observables=(
            observables_of([kept[at].strings for at in looking], [shown[at] for at in looking], len(number))
            if looking
            else None
        ),
    )


def _readings(piece: Evidence) -> list[Evidence]:
    """A piece as it is, and again with what it looks for in place of its description."""
    if not piece.strings:
        return [piece]
    title = piece.text.split("\n", 1)[0]
    looked_for = " ".join(piece.strings[:MAX_STRINGS])[:MAX_LOOKED_FOR]
    return [replace(piece, strings=()), replace(piece, text=f"{title}\n{looked_for}")]


def _documents(corpus: Corpus, evidence: Sequence[Evidence]) -> Postings:
    """Postings without scipy: a confirmation must count within milliseconds."""
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for at, piece in enumerate(evidence):
        counts = Counter(terms(words(piece.text).forms))
        found = {corpus.rows[term]: n for term, n in counts.items() if term in corpus.rows}
        weights = np.array([(1 + np.log(n)) * corpus.rarity[row] for row, n in found.items()], np.float32)
        length = float(np.sqrt((weights**2).sum())) or 1.0
        rows += found
        columns += [at] * len(found)
        values += (weights / length).tolist()
    order = np.argsort(np.array(rows, np.int64), kind="stable")
    per_row = np.bincount(np.array(rows, np.int64), minlength=len(corpus.rows)) if rows else np.zeros(len(corpus.rows))
    starts = np.concatenate(([0], np.cumsum(per_row))).astype(np.int64)
    return Postings(starts, np.array(columns, np.int32)[order], np.array(values, np.float32)[order], len(evidence))
