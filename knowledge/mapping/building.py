"""Evidence becomes an index. Needs scipy; a whole release takes about ten seconds on one core."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from scipy import sparse

from knowledge.catalog import Catalog
from knowledge.mapping import lexicon as phrasebook
from knowledge.mapping.evidence import Evidence, Source, current_ids, harmless_rows
from knowledge.mapping.index import COMPARED, Corpus, Floats, Index, Ints, Postings, Tables, postings
from knowledge.mapping.mentions import WrittenNames, names_meant
from knowledge.mapping.words import terms, words
from knowledge.model import Domain

_RARE = 2  # a term of fewer pieces of evidence is dropped
_CENTROID = {
    Source.RULE: 1.5,
    Source.PROCEDURE: 0.4,
    Source.NAME: 1.0,
    Source.DESCRIPTION: 1.5,
    Source.WRITTEN: 1.0,
}
_COUNTED = {
    Source.RULE: 1.0,
    Source.PROCEDURE: 0.25,
    Source.ANALYTIC: 0.3,
    Source.DESCRIPTION: 0.5,
    Source.NAME: 0.5,
    Source.WRITTEN: 0.8,
}
_OTHER_CENTROID, _OTHER_COUNTED = 1.0, 0.3
_DOUBT = 1.5  # pieces of contrary evidence every term starts with
_PHRASE_DOUBT = 3.0  # how many pieces of evidence a phrase's author is worth
_SURE = 0.97
_PRIOR = 60.0  # everyday lines that a word's share among the evidence is worth
_MOST_EVERYDAY = 4.0


def everyday_lines() -> tuple[str, ...]:
    """Everyday texts of offices and operations, and harmless ones near a technique, written for this product."""
    return (*everyday_office_lines(), *(row["text"] for row in harmless_rows()))


def everyday_office_lines() -> tuple[str, ...]:
    """Everyday texts of offices and operations alone."""
    raw = files("knowledge.mapping").joinpath("data/benign.txt").read_text("utf-8")
    return tuple(line for line in raw.splitlines() if line and not line.startswith(("[", "#")))


def build_index(catalog: Catalog, evidence: Sequence[Evidence]) -> Index:
    """Index evidence for the current techniques of a catalog."""
    builder = Builder(catalog, evidence)
    return Index(builder.corpus, builder.tables(np.ones(len(evidence), np.float32)))


class Builder:
    """A corpus, and tables over any part of it; the parts are for estimating accuracy on what was held out.

    Args:
        catalog: Says which techniques are current.
        evidence: What is known.
    """

    def __init__(self, catalog: Catalog, evidence: Sequence[Evidence]) -> None:
        self.evidence = tuple(evidence)
        techniques = tuple(sorted(each.id for each in catalog.techniques()))
        number = {each: at for at, each in enumerate(techniques)}
        self.labels = [
            [number[each] for each in current_ids(catalog, piece.techniques) if each in number] for piece in evidence
        ]
        readings = [words(piece.text).forms for piece in evidence]
        counted = [Counter(terms(forms)) for forms in readings]
        rows, rarity = _vocabulary(counted)
        self._matrix = vectors(counted, rows, rarity)
        self._shown = _incidence(self.labels, len(techniques))
        self._lexicon = phrasebook.shipped_lexicon()
        self._hits = _incidence([_phrases(self._lexicon, forms) for forms in readings], len(self._lexicon.phrases))
        self._claims = self._claimed(catalog, number)
        rules = [piece for piece in self.evidence if piece.source is Source.RULE]
        self._named = names_meant(catalog, WrittenNames(catalog), rules, techniques)
        self._documents_with = np.asarray((self._matrix != 0).sum(axis=0)).ravel()
        pairs, starts, keys = _segments(self.evidence, self.labels)
        self.corpus = Corpus(
            techniques=techniques,
            domains=np.array([_domain(catalog, each) for each in techniques], np.int32),
            parents=np.array([number.get(each.split(".")[0], number[each]) for each in techniques], np.int32),
            rows=rows,
            rarity=rarity,
            documents=postings(self._matrix.T),
            labels=tuple(piece.label for piece in evidence),
            pair_documents=pairs,
            segment_starts=starts,
            segment_keys=keys,
            names=_names(catalog, techniques, rows, rarity),
        )

    def tables(self, keep: Floats) -> Tables:
        """What the kept evidence teaches.

        Args:
            keep: For each piece 1 to learn from it, 0 to hold it out.
        """
        sources = [piece.source for piece in self.evidence]
        centred = np.array([_CENTROID.get(each, _OTHER_CENTROID) for each in sources], np.float32) * keep
        counted = np.array([_COUNTED.get(each, _OTHER_COUNTED) for each in sources], np.float32) * keep
        centroids = _unit(self._shown.T @ (sparse.diags_array(centred) @ self._matrix))
        present = (self._matrix != 0).astype(np.float32)
        share = _shares(present, self._shown, counted, _DOUBT)
        share.data[share.data <= 0.05] = 0
        share.eliminate_zeros()
        alertness = np.zeros(share.shape[0], np.float32)
        np.maximum.at(alertness, np.repeat(np.arange(share.shape[0]), np.diff(share.indptr)), share.data)
        decisive = share.copy()
        decisive.data = -np.log1p(-np.minimum(decisive.data, _SURE))
        return Tables(
            postings(centroids.T),
            postings(decisive),
            alertness,
            self._learned(counted),
            postings(self._claims),
            self.everyday(everyday_lines()),
            *self._named,
        )

    def everyday(self, lines: Sequence[str]) -> Floats:
        """How much commoner each word is in everyday lines than in evidence, as a log; 0 for pairs of words."""
        rows = self.corpus.rows
        seen = Counter(form for line in lines for form in {form for forms in words(line).forms for form in forms})
        found = np.zeros(len(rows), np.float32)
        known, total = len(self.evidence), len(lines)
        for term, row in rows.items():
            if " " not in term and not term.isdigit():
                there = (seen[term] + _PRIOR * (share := self._documents_with[row] / known)) / (total + _PRIOR)
                found[row] = np.clip(math.log(there / share), -_MOST_EVERYDAY, _MOST_EVERYDAY)
        return found

    def _learned(self, counted: Floats) -> Postings:
        hits = self._hits.astype(np.float32)
        seen = np.asarray(hits.T @ counted).ravel() + _PHRASE_DOUBT
        told = (hits.T @ (sparse.diags_array(counted) @ self._shown)).tocsr()
        claimed = (self._claims != 0).astype(np.float32)
        own = told.multiply(claimed) + _PHRASE_DOUBT * self._claims
        others = 0.8 * (told - told.multiply(claimed))
        share = (sparse.diags_array(1 / seen) @ (own + others)).tocsr()
        share.data[share.data < 0.03] = 0
        share.eliminate_zeros()
        return postings(share)

    def _claimed(self, catalog: Catalog, number: Mapping[str, int]) -> Any:
        """Strengths by phrase and technique: shared between those that claim a phrase, more for longer phrases."""
        entries: dict[tuple[int, int], float] = {}
        for at, (phrase, claims) in enumerate(zip(self._lexicon.phrases, self._lexicon.claims, strict=True)):
            longer = 1.15 if len(phrase) > 1 or len(phrase[0]) > 1 else 1.0
            for technique, strength in claims:
                for current in current_ids(catalog, (technique,)):
                    if current in number:
                        entries[at, number[current]] = strength / math.sqrt(len(claims)) * longer
        shape = (len(self._lexicon.phrases), len(number))
        if not entries:
            return sparse.csr_array(shape, dtype=np.float32)
        where = np.array(list(entries)).T
        return sparse.csr_array((np.array(list(entries.values()), np.float32), (where[0], where[1])), shape=shape)


def vectors(counted: Sequence[Mapping[str, float]], rows: Mapping[str, int], rarity: Floats) -> Any:
    """Term counts as rows of length 1: ``(1 + log n) * rarity``."""
    starts, columns, values = [0], [], []
    for counts in counted:
        for term, n in counts.items():
            row = rows.get(term)
            if row is not None:
                columns.append(row)
                values.append((1 + math.log(n) if n >= 1 else n) * rarity[row])
        starts.append(len(columns))
    shape = (len(counted), len(rows))
    return _unit(sparse.csr_array((np.array(values, np.float32), np.array(columns, np.int32), starts), shape=shape))


def _vocabulary(counted: Sequence[Mapping[str, float]]) -> tuple[dict[str, int], Floats]:
    seen: Counter[str] = Counter()
    for counts in counted:
        seen.update(counts.keys())
    kept = [(term, n) for term, n in seen.items() if n >= _RARE]
    rarity = np.array([math.log(1 + len(counted) / n) for _, n in kept], np.float32)
    return {term: at for at, (term, _) in enumerate(kept)}, rarity


def _incidence(lists: Sequence[Sequence[int]], width: int) -> Any:
    starts = np.concatenate(([0], np.cumsum([len(each) for each in lists])))
    columns = np.array([at for each in lists for at in each], np.int32)
    return sparse.csr_array((np.ones(len(columns), np.float32), columns, starts), shape=(len(lists), width))


def _phrases(book: phrasebook.Lexicon, forms: tuple[tuple[str, ...], ...]) -> list[int]:
    return [hit.phrase for hit in phrasebook.find(book, forms, [0] * len(forms), [1.0])]


def _unit(matrix: Any) -> Any:
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    length[length == 0] = 1
    return (sparse.diags_array((1 / length).astype(np.float32)) @ matrix).tocsr()


def _shares(present: Any, shown: Any, counted: Floats, doubt: float) -> Any:
    seen = np.asarray(present.T @ counted).ravel() + doubt
    told = present.T @ (sparse.diags_array(counted) @ shown)
    return (sparse.diags_array((1 / seen).astype(np.float32)) @ told).tocsr()


def _segments(evidence: Sequence[Evidence], labels: Sequence[Sequence[int]]) -> tuple[Ints, Ints, Ints]:
    order = {source: at for at, source in enumerate(COMPARED)}
    pairs = sorted(
        (technique * len(COMPARED) + order[piece.source], at)
        for at, piece in enumerate(evidence)
        if piece.source in order
        for technique in labels[at]
    )
    array = np.array(pairs, np.int32).reshape(-1, 2)
    starts = np.flatnonzero(np.concatenate(([True], array[1:, 0] != array[:-1, 0])))[: len(array)].astype(np.int32)
    return array[:, 1].copy(), starts, array[starts, 0]


def _names(catalog: Catalog, techniques: Sequence[str], rows: Mapping[str, int], rarity: Floats) -> Postings:
    starts: list[int] = [0]
    columns: list[int] = []
    values: list[float] = []
    for each in techniques:
        item = catalog.get(each)
        forms = words(item.name if item else "").forms
        found = dict.fromkeys(rows[form[0]] for form in forms if form[0] in rows)
        whole = sum(float(rarity[row]) for row in found)
        columns += found
        values += [float(rarity[row]) / whole for row in found]
        starts.append(len(columns))
    shape = (len(techniques), len(rows))
    matrix = sparse.csr_array((np.array(values, np.float32), np.array(columns, np.int32), starts), shape=shape)
    return postings(matrix.T)


def _domain(catalog: Catalog, technique: str) -> int:
    item = catalog.get(technique)
    domains = item.domains if item else ()
    return list(Domain).index(domains[0]) if domains else 0
