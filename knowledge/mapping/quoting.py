"""The words of a text that speak for a technique, quoted exactly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from knowledge.alerts.model import Field
from knowledge.mapping.choosing import label_of, telling_fields
from knowledge.mapping.index import COMPARED, Index
from knowledge.mapping.lexicon import Hit, Lexicon
from knowledge.mapping.measures import Measured, Query, Shares
from knowledge.mapping.model import Quote
from knowledge.mapping.reading import Reading, Stretch
from knowledge.mapping.words import terms

LONGEST = 200
"""A quote is cut to this many characters."""

_MOST_PHRASES = 2
_MOST_WRITTEN = 2_000  # characters of a field that may be in hexadecimal
_TOLD = 0.12  # the share from which a phrase is worth quoting
_ALIKE = 0.12  # the similarity from which a piece of evidence is worth naming


def field_quotes(text: str, fields: Iterable[Field], why: str) -> Iterator[Quote]:
    """The values of the fields that make a fact hold or a rule fire: those that tell most.

    Args:
        text: The paste.
        fields: In the order they were asked for.
        why: What the fact or the rule says.
    """
    for each in telling_fields(fields):
        end = min(each.end, each.start + LONGEST)
        yield Quote(text[each.start : end], each.start, end, f"{why}{_meaning(text, each)}", label_of(each))


def _meaning(text: str, field: Field) -> str:
    """What a field says where the paste writes it in another way than with escapes: in hexadecimal, in pieces."""
    written = text[field.start : field.end]
    if written == field.value or "\\" in written or "&" in written or len(written) > _MOST_WRITTEN:
        return ""
    return _decodes_to(field.value)


def _decodes_to(words: str) -> str:
    shown = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
    return f"; this decodes to “{shown}”"


def phrase_quotes(
    reading: Reading, index: Index, book: Lexicon, hits: Sequence[Hit], technique: int
) -> Iterator[Quote]:
    """Phrases of the lexicon that stand in the text and point at a technique, the surest first."""
    told = []
    for hit in hits:
        first, last = index.tables.phrases.starts[hit.phrase : hit.phrase + 2]
        where = np.flatnonzero(index.tables.phrases.columns[first:last] == technique)
        if len(where):
            share = float(index.tables.phrases.values[first:last][where[0]])
            told.append((share * min(1.0, hit.weight), hit))
    told.sort(key=lambda each: -each[0])
    quoted: list[Hit] = []
    for worth, hit in told:
        apart = all(hit.last < other.first or hit.first > other.last for other in quoted)
        if worth >= _TOLD and apart and len(quoted) < _MOST_PHRASES:
            quoted.append(hit)
            why = f"typical of this technique: “{book.written[hit.phrase]}”"
            yield quote(reading, hit.first, hit.last, why)


def nearest_quote(reading: Reading, index: Index, query: Query, measured: Measured, technique: int) -> Quote | None:
    """The stretch that is most like the nearest piece of evidence of a technique."""
    corpus = index.corpus
    best, similarity = -1, _ALIKE
    for source in range(len(COMPARED)):
        key = technique * len(COMPARED) + source
        at = int(np.searchsorted(corpus.segment_keys, key))
        if at < len(corpus.segment_keys) and corpus.segment_keys[at] == key:
            first = corpus.segment_starts[at]
            last = corpus.segment_starts[at + 1] if at + 1 < len(corpus.segment_starts) else None
            documents = corpus.pair_documents[first:last]
            nearest = int(documents[measured.similarity[documents].argmax()])
            if measured.similarity[nearest] > similarity:
                best, similarity = nearest, float(measured.similarity[nearest])
    if best < 0:
        return None
    return likeness_quote(reading, _shared(index, query, measured.shares, best), f"like {corpus.labels[best]}")


def centre_quote(reading: Reading, index: Index, query: Query, technique: int, name: str) -> Quote | None:
    """The stretch whose words are most like a technique's evidence taken together."""
    columns, values = index.tables.centroids.entries(query.rows, query.weights)
    lengths = np.diff(index.tables.centroids.starts)[query.rows]
    which = np.repeat(np.arange(len(query.rows)), lengths)[columns == technique]
    told = zip(which.tolist(), values[columns == technique].tolist(), strict=True)
    gains = {query.terms[term]: gain for term, gain in told}
    return likeness_quote(reading, gains, f"words that evidence for {name} shares")


def telling_quote(reading: Reading, query: Query, why: str) -> Quote | None:
    """The stretch with the most telling words, whatever they tell."""
    return likeness_quote(reading, dict(zip(query.terms, query.weights.tolist(), strict=True)), why)


def likeness_quote(reading: Reading, gains: Mapping[str, float], why: str) -> Quote | None:
    """The stretch that shares most with something, from its first to its last shared word."""
    if not reading.stretches:
        return None
    worth = [_gain(reading, stretch, gains) for stretch in reading.stretches]
    stretch = reading.stretches[int(np.argmax(worth))]
    inside = range(stretch.first, stretch.last)
    shared = [at for at in inside if any(form in gains for form in reading.forms[at])] or list(inside)
    return quote(reading, shared[0], shared[-1], why)


def quote(reading: Reading, first: int, last: int, why: str) -> Quote:
    """Quote from one word to another; what stands in an encoded run is quoted as the run."""
    last = max(first, min(last, reading.stretches[reading.clause[first]].last - 1))  # a quote stays in its field
    start, end = reading.starts[first], reading.ends[last]
    decoded = next((reading.stretches[reading.clause[at]].decoded for at in (first, last) if _encoded(reading, at)), "")
    if decoded:
        at = first if _encoded(reading, first) else last
        start, end = reading.starts[at], reading.ends[at]
        why += _decodes_to(decoded)
    if end - start > LONGEST or end <= start:
        end = min(len(reading.text), start + LONGEST)
        if not decoded and (space := reading.text.rfind(" ", start + 1, end)) > 0:
            end = space
    return Quote(reading.text[start:end], start, end, why)


def _encoded(reading: Reading, at: int) -> bool:
    return bool(reading.stretches[reading.clause[at]].decoded)


def _gain(reading: Reading, stretch: Stretch, gains: Mapping[str, float]) -> float:
    shared = set(terms(reading.forms[stretch.first : stretch.last]))
    return stretch.weight * sum(gains.get(term, 0.0) for term in shared)


def _shared(index: Index, query: Query, shares: Shares, document: int) -> dict[str, float]:
    at = np.flatnonzero(shares.columns == document)
    starts = index.corpus.documents.starts
    behind = np.cumsum(starts[query.rows + 1] - starts[query.rows])
    which = np.searchsorted(behind, at, side="right")
    return {query.terms[term]: gain for term, gain in zip(which.tolist(), shares.values[at].tolist(), strict=True)}
