"""One passage, scored: what it likely shows, how sure, and everything needed to quote it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.mapping import lexicon as phrasebook
from knowledge.mapping.evidence import Source
from knowledge.mapping.index import Floats, Index
from knowledge.mapping.judgement import Judgement, judge
from knowledge.mapping.lexicon import Hit
from knowledge.mapping.measures import Measured, Query, measure, query_of
from knowledge.mapping.reading import Reading
from knowledge.mapping.team import TITLE_CONFIDENCE, Team

STRONG = 0.6
"""A team's piece of evidence more like a text than this speaks for itself, not only through the ranker."""

SHOWN = 8
"""Techniques of one passage that go on to be merged with those of the others."""


@dataclass(frozen=True, slots=True)
class TeamSign:
    """Why a team's evidence speaks for a technique.

    Attributes:
        label: How to name the piece: ``your detection “…”``.
        confidence: What it is worth, 0 to 1.
        first: First word of the title that stands in the text; -1 when the text is like the piece as a whole.
        last: Its last word.
    """

    label: str
    confidence: float
    first: int = -1
    last: int = -1


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage and what it shows.

    Attributes:
        confidence: By technique number.
        alert: How likely it is an alert at all, 0 to 1.
        signs: The team's strongest reason, by technique number.
    """

    reading: Reading
    query: Query
    hits: tuple[Hit, ...]
    measured: Measured
    confidence: Mapping[int, float]
    alert: float
    signs: Mapping[int, TeamSign]


def refuted(scored: Scored, wrong: Team) -> Scored:
    """A passage less sure of what the team said was wrong for a text like it: the more alike, the less sure."""
    against = wrong.nearest(wrong.similarity(scored.query))
    confidence = {
        technique: sure * (1.0 - float(against[technique])) if against[technique] >= STRONG else sure
        for technique, sure in scored.confidence.items()
    }
    return replace(scored, confidence=confidence)


def score(
    index: Index, judgement: Judgement, reading: Reading, allowed: NDArray[np.bool_], teams: Sequence[Team] = ()
) -> Scored:
    """Score one passage."""
    corpus = index.corpus
    hits = phrasebook.phrases_in(reading)
    query = query_of(corpus, reading.counts())
    title = query if len(reading.stretches) == 1 else query_of(corpus, reading.title_counts())
    told, signs, alert = [], dict[int, TeamSign](), 0.0
    for team in teams:
        similarity = team.similarity(query)
        told.append(team.told(reading, title, similarity))
        alert = max(alert, _add_signs(signs, judgement, team, reading, similarity, allowed))
    measured = measure(index, query, title, hits, allowed, told=told)
    ranked = judge(judgement, measured)
    confidence = dict(zip(ranked.techniques[:SHOWN].tolist(), ranked.confidence[:SHOWN].tolist(), strict=True))
    for technique, sign in signs.items():
        before = confidence.get(technique, 0.0)
        confidence[technique] = max(before, sign.confidence) + 0.1 * min(before, sign.confidence) * (1 - before)
    return Scored(reading, query, tuple(hits), measured, confidence, max(ranked.alert, alert), signs)


def _add_signs(
    signs: dict[int, TeamSign],
    judgement: Judgement,
    team: Team,
    reading: Reading,
    similarity: Floats,
    allowed: NDArray[np.bool_],
) -> float:
    """Keep the team's strongest reason for each technique, and return how surely they make the text an alert.

    A rule's title does, and an alert like it that the team confirmed. Likeness to a rule does not, as a few everyday
    words are like some rule or other.
    """
    found: list[tuple[int, TeamSign]] = []
    certain: list[tuple[int, float]] = []
    for piece, (first, last) in team.titled(reading).items():
        worth = TITLE_CONFIDENCE / max(1.0, len(team.shown[piece]) / 2)
        found.append((piece, TeamSign(team.evidence[piece].label, worth, first, last)))
        certain.append((piece, worth))
    for piece in np.flatnonzero(similarity >= STRONG).tolist():
        likeness = judgement.likeness(float(similarity[piece]), by_strings=bool(team.by_strings[piece]))
        worth = min(TITLE_CONFIDENCE, likeness)
        found.append((piece, TeamSign(team.evidence[piece].label, worth)))
        if team.evidence[piece].source is Source.CONFIRMED:
            certain.append((piece, worth))
    for piece, sign in found:
        for technique in team.shown[piece]:
            known = signs.get(technique)
            if allowed[technique] and (known is None or known.confidence < sign.confidence):
                signs[technique] = sign
    return max((worth for piece, worth in certain if allowed[list(team.shown[piece])].any()), default=0.0)
