"""What a team told: its detections and the alerts it confirmed, compared with a text at once and without a refit.

An alert usually bears the title of the rule that fired, so a title found word for word is the strongest evidence
there is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.catalog import Catalog
from knowledge.mapping import lexicon as phrasebook
from knowledge.mapping.evidence import Evidence, Source, current_ids
from knowledge.mapping.index import Corpus, Floats, Ints, Postings
from knowledge.mapping.measures import Query
from knowledge.mapping.reading import Reading
from knowledge.mapping.words import terms, words

MAX_STRINGS = 40
"""Most detection strings read of one rule."""

TITLE_CONFIDENCE = 0.95
"""What a rule's title found word for word is worth; shared between its techniques beyond two."""

_SHORTEST_TITLE = 3  # words


@dataclass(frozen=True, slots=True)
class Team:
    """A team's evidence as arrays.

    Attributes:
        evidence: As given.
        shown: For each piece the numbers of its techniques.
        documents: Terms by evidence, each column of length 1.
        titles: The words of each rule's title, and which pieces bear it.
        strings: What the rules look for, as phrases; claims are technique ids with the share of rules.
    """

    evidence: tuple[Evidence, ...]
    shown: tuple[tuple[int, ...], ...]
    documents: Postings
    titles: dict[tuple[str, ...], tuple[int, ...]]
    strings: phrasebook.Lexicon
    pair_documents: Ints
    pair_techniques: Ints

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
        starts = {title[0] for title in self.titles}
        found: dict[int, tuple[int, int]] = {}
        for at, head in enumerate(heads):
            if head in starts:
                for length in self._lengths:
                    for piece in self.titles.get(tuple(heads[at : at + length]), ()):
                        found.setdefault(piece, (at, at + length - 1))
        return found

    @property
    def _lengths(self) -> list[int]:
        return sorted({len(title) for title in self.titles}, reverse=True)


def team_of(catalog: Catalog, corpus: Corpus, evidence: Sequence[Evidence]) -> Team:
    """Index a team's evidence; a few thousand rules take about a second."""
    number = {each: at for at, each in enumerate(corpus.techniques)}
    kept, shown = [], []
    for piece in evidence:
        ids = tuple(number[each] for each in current_ids(catalog, piece.techniques) if each in number)
        if ids:
            kept.append(piece)
            shown.append(ids)
    titles: dict[tuple[str, ...], tuple[int, ...]] = {}
    for at, piece in enumerate(kept):
        title = tuple(forms[0] for forms in words(piece.text.split("\n", 1)[0]).forms)
        if piece.source is not Source.CONFIRMED and len(title) >= _SHORTEST_TITLE:
            titles[title] = (*titles.get(title, ()), at)
    pairs = [(at, technique) for at, ids in enumerate(shown) for technique in ids]
    array = np.array(pairs, np.int32).reshape(-1, 2)
    return Team(
        evidence=tuple(kept),
        shown=tuple(shown),
        documents=_documents(corpus, kept),
        titles=titles,
        strings=_strings(corpus, kept, shown),
        pair_documents=array[:, 0].copy(),
        pair_techniques=array[:, 1].copy(),
    )


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


def _strings(corpus: Corpus, evidence: Sequence[Evidence], shown: Sequence[Sequence[int]]) -> phrasebook.Lexicon:
    """Detection strings of two words or more, each worth the share of its rules that show a technique."""
    rules: dict[phrasebook.Phrase, list[int]] = {}
    for at, piece in enumerate(evidence):
        phrases = {phrasebook.phrase_of(string.replace(" + ", " ")[:200]) for string in piece.strings[:MAX_STRINGS]}
        for phrase in phrases:
            if phrase and (len(phrase[0]) > 1 or len(phrase[0][0]) > 5):
                rules.setdefault(phrase, []).append(at)
    claims = []
    for phrase, pieces in rules.items():
        told = Counter(technique for at in pieces for technique in shown[at])
        for technique, n in told.items():
            claims.append((phrase, corpus.techniques[technique], n / (len(pieces) + 1), " ".join(phrase[0])))
    return phrasebook.lexicon_of(claims)


def phrase_shares(
    team: Team, corpus: Corpus, hits: Sequence[phrasebook.Hit]
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """What detection strings that stand in a text say: technique, share, weight of each."""
    number = {each: at for at, each in enumerate(corpus.techniques)} if hits else {}
    rows = [(number[t], share, hit.weight) for hit in hits for t, share in team.strings.claims[hit.phrase]]
    array = np.array(rows, np.float32).reshape(-1, 3)
    return array[:, 0].astype(np.int64), array[:, 1], array[:, 2]
