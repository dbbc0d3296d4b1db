"""What a team told: its detections and the alerts it confirmed, compared with a text at once and without a refit.

An alert usually bears the title of the rule that fired, so a title found word for word is the strongest evidence
there is. In running prose the same words are only words: *attackers disable security tools* is no alert of the rule
*Disable Security Tools*.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.catalog import Catalog
from knowledge.mapping.evidence import Evidence, Source, current_ids
from knowledge.mapping.index import Corpus, Floats, Ints, Postings
from knowledge.mapping.measures import Query, Told
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
_LETTERS = re.compile(r"\w+")
_OPENING = frozenset("\n\t\"'`“‘«:=|[(<>*•–—-")
_GOING_ON = re.compile(r" *\w")


@dataclass(frozen=True, slots=True)
class Team:
    """A team's evidence as arrays.

    Attributes:
        evidence: As given; a rule with detection strings stands here twice, with its description and with the strings.
        shown: For each piece the numbers of its techniques.
        documents: Terms by evidence, each column of length 1.
        titles: The words of each rule's title, and which pieces bear it.
        lengths: For the first word of a title how many words such titles have, longest first.
        width: How many techniques there are.
        by_strings: For each piece whether it is a rule by what it looks for, not by its description.
        observables: What the rules look for; nothing where none has strings.
    """

    evidence: tuple[Evidence, ...]
    shown: tuple[tuple[int, ...], ...]
    documents: Postings
    titles: dict[tuple[str, ...], tuple[int, ...]]
    lengths: dict[str, tuple[int, ...]]
    width: int
    pair_documents: Ints
    pair_techniques: Ints
    by_strings: NDArray[np.bool_]
    observables: Observables | None = None

    def similarity(self, query: Query) -> Floats:
        """For each piece how like a text it is, 0 to 1."""
        return self.documents.add(query.rows, query.weights)

    def nearest(self, similarity: Floats) -> Floats:
        """For each technique the similarity of the nearest piece that shows it."""
        found = np.zeros(self.width, np.float32)
        np.maximum.at(found, self.pair_techniques, similarity[self.pair_documents])
        return found

    def told(self, reading: Reading, title: Query, similarity: Floats) -> Told:
        """What it says of a text.

        Args:
            reading: The text.
            title: What the text is called.
            similarity: Of each piece with the whole text.
        """
        return Told(
            nearest=self.nearest(similarity),
            nearest_title=self.nearest(self.similarity(title)),
            described=self.nearest(np.where(self.by_strings, np.float32(0), similarity)),
            observed=self.observables.told(reading) if self.observables else None,
        )

    def titled(self, reading: Reading) -> dict[int, tuple[int, int]]:
        """Pieces whose title stands in the text as it was written, with its first and last word."""
        heads = [forms[0] for forms in reading.forms]
        found: dict[int, tuple[int, int]] = {}
        for at, head in enumerate(heads):
            for length in self.lengths.get(head, ()):
                for piece in self.titles.get(tuple(heads[at : at + length]), ()):
                    last = at + length - 1
                    if piece not in found and _stands(_title(self.evidence[piece]), reading, at, last):
                        found[piece] = (at, last)
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
        title = tuple(forms[0] for forms in words(_title(piece)).forms)
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
        width=len(number),
        pair_documents=array[:, 0].copy(),
        pair_techniques=array[:, 1].copy(),
        by_strings=np.array([bool(piece.strings) for piece in kept], bool),
        observables=(
            observables_of([kept[at].strings for at in looking], [shown[at] for at in looking], len(number))
            if looking
            else None
        ),
    )


def _title(piece: Evidence) -> str:
    return piece.text.split("\n", 1)[0]


def _stands(title: str, reading: Reading, first: int, last: int) -> bool:
    """Whether words are a title's own, in its letters or, in other letters, as a line or a field of their own."""
    text, start, end = reading.text, reading.starts[first], reading.ends[last]
    core = words(title)  # it may begin or end with words that no reading keeps
    wanted = _LETTERS.findall(title[core.starts[0] : core.ends[-1]])
    written = _LETTERS.findall(text[start:end])
    if written == wanted:
        return True
    before = text[max(0, start - 9) : start].rstrip(" ")[-1:]
    alone = (before in _OPENING if before else start < 9) and not _GOING_ON.match(text, end)
    return alone and [each.casefold() for each in written] == [each.casefold() for each in wanted]


def _readings(piece: Evidence) -> list[Evidence]:
    """A piece as it is, and again with what it looks for in place of its description."""
    if not piece.strings:
        return [piece]
    title = _title(piece)
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
