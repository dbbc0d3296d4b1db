"""Several behaviours in one text: clauses that decisively show something the answer to the whole text leaves out.

A process tree or a multi-stage alert is scored as a whole first, where its strongest behaviour takes nearly all the
confidence. Clauses with a decisive phrase for another behaviour are then scored by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from knowledge.mapping.clauses import SEEN
from knowledge.mapping.index import Index
from knowledge.mapping.reading import Reading, select
from knowledge.mapping.scoring import Scored

MOST = 3
"""Most clauses that are scored by themselves."""

DECISIVE = 0.5
"""The share of a phrase's evidence that must show the other technique."""

_DOUBT = 0.7  # how much of its confidence a clause by itself keeps
_LEAST = 0.2  # a clause less sure than this adds nothing
_TOLD = 0.25  # a technique this likely in the whole text is not left out


def left_out(index: Index, scored: Scored) -> Iterator[Reading]:
    """The clauses of a scored passage that show another behaviour, the most decisive first."""
    reading, corpus, phrases = scored.reading, index.corpus, index.tables.phrases
    if len(reading.stretches) < 2 or not scored.confidence:
        return
    best = max(scored.confidence, key=lambda technique: scored.confidence[technique])
    told = {int(corpus.parents[each]) for each, sure in scored.confidence.items() if sure >= _TOLD or each == best}
    explained = set()
    claims: list[tuple[float, int, int]] = []
    for hit in scored.hits:
        clause = reading.clause[hit.first]
        first, last = phrases.starts[hit.phrase : hit.phrase + 2]
        if first == last:
            continue
        at = int(np.argmax(phrases.values[first:last])) + int(first)
        share, family = float(phrases.values[at]), int(corpus.parents[phrases.columns[at]])
        if family in told and share >= _TOLD:
            explained.add(clause)
        elif share >= DECISIVE and reading.stretches[clause].weight >= SEEN and reading.clause[hit.last] == clause:
            claims.append((share, clause, family))
    done: set[int] = set()
    for _, clause, family in sorted(claims, reverse=True):
        if family not in told and clause not in done and len(done) < MOST:
            told.add(family)
            done.add(clause)
            yield select(reading, [clause])


def further(passage: Scored, stage: Scored) -> Scored:
    """What a clause adds to its passage: its best technique, less sure than by itself and than the passage's best."""
    if not stage.confidence or not passage.confidence:
        return replace(stage, confidence={})
    technique, sure = max(stage.confidence.items(), key=lambda each: each[1])
    most = 0.95 * max(passage.confidence.values())
    return replace(stage, confidence={technique: min(most, _DOUBT * sure)} if sure >= _LEAST else {})
