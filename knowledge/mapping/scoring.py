"""One passage, scored: what it likely shows, how sure, and everything needed to quote it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.alerts.events import FactHit
from knowledge.detections.matching import RuleMatch
from knowledge.detections.model import Detection
from knowledge.mapping import lexicon as phrasebook
from knowledge.mapping.acts import Sighting
from knowledge.mapping.index import Floats, Index
from knowledge.mapping.judgement import Judgement, judge
from knowledge.mapping.lexicon import Hit
from knowledge.mapping.measures import Measured, Query, Seen, measure, query_of
from knowledge.mapping.reading import Reading
from knowledge.mapping.team import TITLE_CONFIDENCE, Team

STRONG = 0.6
"""A team's piece of evidence more like a text than this speaks for itself, not only through the ranker."""

SHOWN = 8
"""Techniques of one passage that go on to be merged with those of the others."""

FIRES = {"critical": 0.95, "high": 0.92, "medium": 0.85, "low": 0.7, "informational": 0.6, "": 0.8}
"""What a rule that fires on the event itself is worth, by the level its author gave it."""

TELLS = 0.45
"""A fact this strong speaks for itself, not only through the ranker."""

SURE = 0.6
"""From this strength a fact about a whole alert is right oftener than its author thought: its doubt counts half. Of the
project's own alerts with such a fact nearly all bear its technique."""

OWN = 0.85
"""How far what the words say of a technique is independent of the fact that shows it."""

ONE_VOICE = 0.5
"""Most that one person's word for an alert like this one is worth: it is shown, and is no calibrated number."""


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
        confidence: By technique number, 0 to 1.
        alert: How likely it is an alert at all, 0 to 1.
        signs: The team's strongest reason, by technique number.
        facts: Facts about events that hold of it.
        rules: The team's rules that fire on it, by technique number.
    """

    reading: Reading
    query: Query
    hits: tuple[Hit, ...]
    measured: Measured
    confidence: Mapping[int, float]
    alert: float
    signs: Mapping[int, TeamSign]
    facts: tuple[FactHit, ...] = ()
    rules: Mapping[int, tuple[RuleMatch, ...]] = field(default_factory=dict)

    @property
    def best(self) -> float:
        """The highest confidence."""
        return max(self.confidence.values(), default=0.0)


def score(
    index: Index,
    judgement: Judgement,
    reading: Reading,
    allowed: NDArray[np.bool_],
    seen: Seen,
    team: Team | None = None,
) -> Scored:
    """Score one passage.

    Args:
        index: What is known.
        judgement: Learned numbers.
        reading: The passage.
        allowed: The techniques that may be answered.
        seen: What was seen in it besides its words.
        team: The team's detections.
    """
    corpus = index.corpus
    hits = phrasebook.phrases_in(reading)
    query = query_of(corpus, reading.counts())
    title = query if len(reading.stretches) == 1 else query_of(corpus, reading.title_counts())
    told, signs = [], dict[int, TeamSign]()
    if team is not None:
        similarity = team.similarity(query)
        told.append(team.told(reading, title, similarity))
        _add_titles(signs, team, reading, allowed)
        _add_alike(signs, judgement, team, similarity, allowed)
    measured = measure(index, query, title, hits, allowed, told=told, seen=seen)
    ranked = judge(judgement, measured)
    confidence = dict(zip(ranked.techniques[:SHOWN].tolist(), ranked.confidence[:SHOWN].tolist(), strict=True))
    for technique, sign in signs.items():
        confidence[technique] = joined(confidence.get(technique, 0.0), sign.confidence)
    for technique in np.flatnonzero((seen.facts >= TELLS) & allowed).tolist():
        fact, other = float(seen.facts[technique]), confidence.get(technique, 0.0)
        confidence[technique] = joined(fact, other) if seen.alone else agreed(fact, other)
    alert = max([ranked.alert, *(sign.confidence for sign in signs.values() if sign.first >= 0)])
    return Scored(reading, query, tuple(hits), measured, confidence, alert, signs)


def joined(one: float, other: float) -> float:
    """What two signs of one technique are worth together: the surer, and a little for the other."""
    most, least = max(one, other), min(one, other)
    return most + 0.1 * least * (1 - most)


def agreed(fact: float, other: float) -> float:
    """What a fact is worth when the words and the encoder find its technique likely too: their doubts are their own."""
    doubt = (1 - fact) / 2 if fact >= SURE else 1 - fact
    return 1 - doubt * (1 - OWN * other)


def confirmed(
    scored: Scored, judgement: Judgement, team: Team, voices: Sequence[str], allowed: NDArray[np.bool_]
) -> tuple[Scored, Mapping[int, tuple[int, ...]]]:
    """A passage surer of what the team confirmed for an alert like it; no other technique is less sure for it.

    Args:
        scored: The passage.
        judgement: Says what likeness is worth.
        team: The confirmed alerts.
        voices: For each of its pieces who said so.
        allowed: The techniques that may be answered.

    Returns:
        The passage, and by technique the pieces that are like it.
    """
    similarity = team.similarity(scored.query)
    pieces: dict[int, list[int]] = {}
    for piece in np.flatnonzero(similarity >= STRONG).tolist():
        for technique in team.shown[piece]:
            if allowed[technique]:
                pieces.setdefault(technique, []).append(piece)
    confidence, signs = dict(scored.confidence), dict(scored.signs)
    for technique, alike in pieces.items():
        worth = min(
            TITLE_CONFIDENCE, max(judgement.likeness(float(similarity[each]), by_strings=False) for each in alike)
        )
        distinct = {(voices[each], team.evidence[each].text) for each in alike}
        worth = worth if len(distinct) > 1 else min(ONE_VOICE, worth)
        confidence[technique] = max(confidence.get(technique, 0.0), worth)
        nearest = max(alike, key=lambda each: float(similarity[each]))
        if technique not in signs:
            signs[technique] = TeamSign(team.evidence[nearest].label, worth)
    found = {technique: tuple(alike) for technique, alike in pieces.items()}
    return replace(scored, confidence=confidence, signs=signs), found


def less_sure(scored: Scored, share: float) -> Scored:
    """A passage with a share of its confidence."""
    return replace(scored, confidence={technique: share * sure for technique, sure in scored.confidence.items()})


def with_rules(
    scored: Scored, sighting: Sighting, numbers: Callable[[str], Sequence[int]], allowed: NDArray[np.bool_]
) -> Scored:
    """A passage as sure of what the team's rules say of it as such rules deserve.

    Args:
        scored: The passage.
        sighting: Which rules fire on it, and which the alert names.
        numbers: The numbers of the current techniques for an id.
        allowed: The techniques that may be answered.
    """
    confidence, fires = dict(scored.confidence), dict[int, tuple[RuleMatch, ...]]()
    doubt: dict[int, float] = {}
    claims: list[tuple[Detection, float, RuleMatch | None]] = [
        *((match.detection, FIRES.get(match.detection.level, FIRES[""]), match) for match in sighting.rules),
        *((each, TITLE_CONFIDENCE, None) for each in sighting.named),
    ]
    for detection, worth, match in claims:
        shown = [number for each in detection.ids for number in numbers(each) if allowed[number]]
        for technique in shown:
            doubt[technique] = doubt.get(technique, 1.0) * (1.0 - worth / max(1.0, len(shown) / 2))
            if match is not None:
                fires[technique] = (*fires.get(technique, ()), match)
    for technique, left in doubt.items():
        confidence[technique] = joined(confidence.get(technique, 0.0), min(TITLE_CONFIDENCE, 1.0 - left))
    return replace(
        scored, confidence=confidence, rules=fires, alert=max([scored.alert, *(1 - each for each in doubt.values())])
    )


def refuted(scored: Scored, wrong: Team) -> Scored:
    """A passage less sure of what the team said was wrong for a text like it: the more alike, the less sure."""
    against = wrong.nearest(wrong.similarity(scored.query))
    confidence = {
        technique: sure * (1.0 - float(against[technique])) if against[technique] >= STRONG else sure
        for technique, sure in scored.confidence.items()
    }
    return replace(scored, confidence=confidence)


def _add_titles(signs: dict[int, TeamSign], team: Team, reading: Reading, allowed: NDArray[np.bool_]) -> None:
    """A rule whose title stands in the text is that rule."""
    for piece, (first, last) in team.titled(reading).items():
        worth = TITLE_CONFIDENCE / max(1.0, len(team.shown[piece]) / 2)
        _keep(signs, team, piece, TeamSign(team.evidence[piece].label, worth, first, last), allowed)


def _add_alike(
    signs: dict[int, TeamSign], judgement: Judgement, team: Team, similarity: Floats, allowed: NDArray[np.bool_]
) -> None:
    """Likeness to a rule says which technique it is, but makes no alert: everyday words are like some rule or other."""
    for piece in np.flatnonzero(similarity >= STRONG).tolist():
        likeness = judgement.likeness(float(similarity[piece]), by_strings=bool(team.by_strings[piece]))
        sign = TeamSign(team.evidence[piece].label, min(TITLE_CONFIDENCE, likeness))
        _keep(signs, team, piece, sign, allowed)


def _keep(signs: dict[int, TeamSign], team: Team, piece: int, sign: TeamSign, allowed: NDArray[np.bool_]) -> None:
    for technique in team.shown[piece]:
        known = signs.get(technique)
        if allowed[technique] and (known is None or known.confidence < sign.confidence):
            signs[technique] = sign
