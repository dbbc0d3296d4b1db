"""How a text compares with every technique, in numbers; what ranking, confidence and abstaining are made of."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.mapping.index import COMPARED, Corpus, Floats, Index, Ints
from knowledge.mapping.lexicon import Hit

CANDIDATES = 40
"""How many techniques are ranked in earnest."""

MEASURES = (
    "centroid", "title_centroid", "decisive", "phrases", "phrase_best", "phrase_sure", "claims",
    "rule", "rule_title", "procedure", "procedure_title", "description", "analytic",
    "name", "title_name", "parent_name",
    "parent_centroid", "child_centroid", "parent_phrases", "child_phrases", "parent_nearest", "child_nearest",
    "is_sub", "has_subs", "parent_observed", "child_observed", "described",
    "written", "written_title", "fact", "encoded", "encoded_share",
    "parent_fact", "child_fact", "parent_encoded", "child_encoded",
)  # fmt: skip
"""Names of the columns of `Measured.values`."""

_SHARPNESS = 20  # how many of the best terms are taken for fully meant


@dataclass(frozen=True, slots=True)
class Query:
    """A text as rows of the index.

    Attributes:
        rows: Its terms.
        weights: Their weights, together of length 1.
        unknown: How many other single words it has.
        terms: Each of its terms as it is written.
    """

    rows: Ints
    weights: Floats
    unknown: int = 0
    terms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shares:
    """What each term of a text adds to its similarity with each piece of evidence, in the order of the query's terms.

    Attributes:
        columns: The pieces.
        values: What is added.
    """

    columns: Ints
    values: Floats


@dataclass(frozen=True, slots=True)
class Measured:
    """The measures of the techniques worth ranking.

    Attributes:
        techniques: Their numbers.
        values: One row a technique, one column each of `MEASURES`.
        strength: ``STRENGTHS`` and ``TEMPER`` of the text as a whole, for abstaining.
        similarity: For each piece of evidence how like the text it is, 0 to 1.
        shares: What each term of the text adds to that.
    """

    techniques: NDArray[np.int64]
    values: Floats
    strength: Floats
    similarity: Floats
    shares: Shares


@dataclass(frozen=True, slots=True)
class Told:
    """What a team's evidence says of a text, for each technique.

    Attributes:
        nearest: Similarity of the nearest piece.
        nearest_title: The same of the text's title.
        described: Similarity of the nearest piece that is no mere list of strings.
        observed: What the strings its rules look for say, where they stand in the text.
    """

    nearest: Floats
    nearest_title: Floats
    described: Floats
    observed: Floats | None = None


STRENGTHS = (
    "phrases", "phrase_best", "decisive", "centroid", "rule", "procedure", "claims", "written", "fact", "encoded_share",
)  # fmt: skip
"""The first of `Measured.strength`: the highest value any technique reaches."""

TEMPER = ("alertness", "everyday", "everyday_most", "unknown", "harmless")
"""The rest of it: the most telling word, how everyday the words are, the share of unknown ones, how surely the encoder
takes the text for harmless."""

FAINTEST = -10.0
"""The log of the smallest probability of the encoder that is told from none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen in a text besides its words, for each technique.

    Attributes:
        facts: The strength of the strongest fact about an event; 0 where there is none.
        encoded: The log of the encoder's probability.
        harmless: The encoder's probability that the text shows nothing.
        alone: Whether the facts are about a command line or one event of a log of small steps, not a whole alert.
    """

    facts: Floats
    encoded: Floats
    harmless: float = 0.0
    alone: bool = False


def query_of(corpus: Corpus, counts: Mapping[str, float]) -> Query:
    """Weigh counted terms as the evidence was weighed."""
    rows, weights, terms, unknown = [], [], [], 0
    for term, n in counts.items():
        row = corpus.rows.get(term)
        if row is None:
            unknown += " " not in term and not term.isdigit()
        elif n > 0:
            rows.append(row)
            terms.append(term)
            weights.append(1 + math.log(n) if n >= 1 else n)
    at = np.array(rows, np.int32)
    found = np.array(weights, np.float32) * corpus.rarity[at]
    length = float(np.sqrt((found**2).sum())) or 1.0
    return Query(at, found / np.float32(length), unknown, tuple(terms))


def measure(
    index: Index,
    query: Query,
    title: Query,
    hits: Sequence[Hit],
    allowed: NDArray[np.bool_],
    keep: Floats | None = None,
    told: Sequence[Told] = (),
    seen: Seen | None = None,
) -> Measured:
    """Compare a text with every technique and pick the ones worth ranking.

    Args:
        index: What is known.
        query: The text.
        title: What it is called.
        hits: Phrases of the lexicon that stand in it.
        allowed: The techniques that may be answered.
        keep: For each piece of evidence 0 to hold it out; all is compared by default.
        told: What teams' own evidence says; its pieces count as rules do.
        seen: What was seen besides the words; nothing by default.
    """
    corpus, tables = index.corpus, index.tables
    columns, values = corpus.documents.entries(query.rows, query.weights)
    similarity = np.bincount(columns, values, corpus.documents.width).astype(np.float32)
    shares = Shares(columns, values)
    titled = similarity if title is query else corpus.documents.add(title.rows, title.weights)
    if keep is not None:
        similarity, titled = similarity * keep, titled * keep
    nearest = _by_source(corpus, similarity)
    nearest_title = nearest.copy() if title is query else _by_source(corpus, titled)
    meant = _meant(query)
    numbers = np.array([hit.phrase for hit in hits], np.int32)
    weights = np.array([hit.weight for hit in hits], np.float32)
    pointed, told_shares = tables.phrases.entries(numbers, np.ones(len(hits), np.float32))
    lengths = tables.phrases.starts[numbers + 1] - tables.phrases.starts[numbers]
    each = np.repeat(weights, lengths)
    width = len(corpus.techniques)
    phrases = np.bincount(pointed, -np.log1p(-np.minimum(told_shares, 0.97)) * each, width).astype(np.float32)
    best = np.zeros(width, np.float32)
    np.maximum.at(best, pointed, told_shares * np.minimum(1, each))
    observed, described = np.zeros(width, np.float32), np.zeros(width, np.float32)
    for more in told:
        described = np.maximum(described, more.described)
        if more.observed is not None:
            observed += more.observed
        nearest[0] = np.maximum(nearest[0], more.nearest)
        nearest_title[0] = np.maximum(nearest_title[0], more.nearest_title)
    ones, title_ones = np.ones(len(query.rows), np.float32), np.ones(len(title.rows), np.float32)
    raw = {
        "centroid": tables.centroids.add(query.rows, query.weights),
        "title_centroid": tables.centroids.add(title.rows, title.weights),
        "decisive": tables.decisive.add(query.rows, meant),
        "phrases": phrases,
        "phrase_best": best,
        "claims": tables.claims.add(numbers, weights),
        "rule": nearest[0], "procedure": nearest[1], "description": nearest[2], "analytic": nearest[3],
        "written": nearest[4], "written_title": nearest_title[4],
        "rule_title": nearest_title[0], "procedure_title": nearest_title[1],
        "observed": observed,
    }  # fmt: skip
    shared = {name: _relative(np.where(allowed, values, 0)) for name, values in raw.items()}
    shared["phrase_sure"] = best
    likely, facts = _encoded(seen, allowed), np.zeros(width, np.float32) if seen is None else seen.facts
    shared["fact"] = raw["fact"] = np.asarray(facts, np.float32)
    shared["encoded"] = np.asarray(1 - np.maximum(likely, FAINTEST) / FAINTEST, np.float32)
    shared["encoded_share"] = raw["encoded_share"] = np.asarray(np.exp(likely), np.float32)
    shared["described"] = described
    shared["name"] = corpus.names.add(query.rows, ones)
    shared["title_name"] = corpus.names.add(title.rows, title_ones)
    alertness = float((tables.alertness[query.rows] * meant).max(initial=0.0))
    strength = [float(raw[name].max(initial=0.0, where=allowed)) for name in STRENGTHS]
    strength += [alertness, *_everyday(index, query), seen.harmless if seen else 0.0]
    chosen = _candidates(shared, allowed)
    return Measured(chosen, _columns(corpus, shared, chosen), np.array(strength, np.float32), similarity, shares)


def _encoded(seen: Seen | None, allowed: NDArray[np.bool_]) -> Floats:
    """The encoder's log-probabilities among the techniques that may be answered."""
    if seen is None:
        return np.full(len(allowed), FAINTEST, np.float32)
    likely = np.where(allowed, seen.encoded, -np.inf)
    most = float(likely.max(initial=FAINTEST))
    return np.asarray(likely - (most + math.log(float(np.exp(likely - most).sum()) or 1.0)), np.float32)


def _everyday(index: Index, query: Query) -> tuple[float, float, float]:
    values = index.tables.everyday[query.rows]
    values = np.sort(values[values != 0])
    known = len(values)
    return (
        float(values.mean()) if known else 0.0,
        float(values[-5:].mean()) if known else 0.0,
        query.unknown / (known + query.unknown) if known or query.unknown else 1.0,
    )


def _meant(query: Query) -> Floats:
    """Each term's weight as a share of what the text's best terms weigh, at most 1."""
    if not len(query.weights):
        return query.weights
    top = np.sort(query.weights)[::-1][:_SHARPNESS].mean()
    return np.asarray(np.minimum(1, query.weights / top), np.float32)


def _by_source(corpus: Corpus, similarity: Floats) -> Floats:
    """The nearest piece of each source and technique."""
    nearest = np.zeros(len(corpus.techniques) * len(COMPARED), np.float32)
    if len(corpus.segment_starts):
        nearest[corpus.segment_keys] = np.maximum.reduceat(similarity[corpus.pair_documents], corpus.segment_starts)
    return nearest.reshape(len(corpus.techniques), len(COMPARED)).T


def _relative(values: Floats) -> Floats:
    return np.asarray(np.maximum(values, 0) / (values.max(initial=0.0) + 1e-6), np.float32)


def _candidates(shared: Mapping[str, Floats], allowed: NDArray[np.bool_]) -> NDArray[np.int64]:
    base = (
        1.2 * shared["centroid"] + shared["phrases"] + 0.5 * shared["title_centroid"] + 0.4 * shared["decisive"]
        + 0.5 * shared["rule"] + 0.3 * shared["rule_title"] + 0.3 * shared["title_name"] + 0.3 * shared["procedure"]
        + 0.5 * shared["observed"] + 0.5 * shared["written"] + 2.0 * shared["fact"] + shared["encoded"]
    )  # fmt: skip
    base = np.where(allowed, base, -1)
    size = min(CANDIDATES, int(allowed.sum()))
    return np.argsort(-base, kind="stable")[:size]


def _columns(corpus: Corpus, shared: Mapping[str, Floats], chosen: NDArray[np.int64]) -> Floats:
    parents = corpus.parents
    is_sub = parents != np.arange(len(parents))
    has_subs = np.zeros(len(parents), bool)
    has_subs[parents[is_sub]] = True
    family = {
        "centroid": shared["centroid"],
        "phrases": shared["phrases"],
        "nearest": np.maximum(np.maximum(shared["rule"], shared["procedure"]), shared["written"]),
        "observed": shared["observed"],
        "fact": shared["fact"],
        "encoded": shared["encoded"],
    }
    columns = dict(shared)
    for name, values in family.items():
        children = np.zeros_like(values)
        np.maximum.at(children, parents[is_sub], values[is_sub])
        columns[f"parent_{name}"] = values[parents] * is_sub
        columns[f"child_{name}"] = children * ~is_sub
    columns["parent_name"] = shared["name"][parents] * is_sub
    columns["is_sub"] = is_sub.astype(np.float32)
    columns["has_subs"] = (has_subs & ~is_sub).astype(np.float32)
    return np.asarray(np.stack([columns[name][chosen] for name in MEASURES], axis=1), np.float32)
