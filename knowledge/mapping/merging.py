"""What passages show, merged into one order: what the author named, what the team's rules say, then the likeliest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.mapping.index import Corpus, Floats
from knowledge.mapping.mentions import Mention
from knowledge.mapping.scoring import Scored

NAMED = 0.9
"""Confidence in an id that the text's author wrote. Set by hand: authors name what they mean, seldom all they mean."""

MOST = 5
"""Most techniques of an answer, unless more acts each stand on their own."""

MOST_OF_ACTS = 12
"""Most techniques of an answer to several acts."""

STANDS = 0.55
"""A technique this likely stands on its own: beyond the first five only such ones are answered."""

_LIKELY_BY_ITSELF = 0.2  # of a sub-technique whose parent's name stands in the text
_LEAST = 0.01  # a technique less likely than this is not worth a line
_TOGETHER = 0.25  # of several passages' answers, one less likely than this share of the best is left out
_STAGED = 2


@dataclass(frozen=True, slots=True)
class Candidate:
    """A technique that may be answered.

    Attributes:
        technique: Its number.
        confidence: How likely it is right, 0 to 1.
        passage: The passage that shows it best; none when it is only named.
        mention: Where it is named.
    """

    technique: int
    confidence: float
    passage: Scored | None
    mention: Mention | None = None


def merged(
    corpus: Corpus,
    numbers: Mapping[str, int],
    trust_in_names: Floats,
    mentions: Sequence[Mention],
    passages: Sequence[Scored],
) -> list[Candidate]:
    """What the author named, in the author's order, then the likeliest of all passages.

    Args:
        corpus: Knows the techniques.
        numbers: A technique's number by its id.
        trust_in_names: For each technique how often texts that write its name show it.
        mentions: What the text names, each technique once.
        passages: What was scored.
    """
    best: dict[int, Candidate] = {}
    for passage in passages:
        for technique, confidence in passage.confidence.items():
            if technique not in best or best[technique].confidence < confidence:
                best[technique] = Candidate(technique, confidence, passage)
    found: list[Candidate] = []
    by_name: list[Candidate] = []
    for mention in mentions:
        number = numbers[mention.technique]
        known = best.pop(number, None)
        floor = float(trust_in_names[number]) if mention.by_name else NAMED
        if mention.by_name and _decided(corpus, number, best):
            floor = 0.0  # the words say which sub-technique it is
        confidence = max(floor, known.confidence if known else 0.0)
        candidate = Candidate(number, confidence, known.passage if known else None, mention)
        (by_name if mention.by_name else found).append(candidate)
    rest = sorted((*by_name, *best.values()), key=lambda each: -each.confidence)
    if rest and len({id(each.passage) for each in rest}) > _STAGED:
        rest = [each for each in rest if each.confidence >= _TOGETHER * rest[0].confidence]
    order = [*found, *(each for each in rest if each.confidence >= _LEAST)]
    further = [each for each in order[MOST:MOST_OF_ACTS] if each.confidence >= STANDS]
    return [*order[:MOST], *further]


def _decided(corpus: Corpus, parent: int, others: Mapping[int, Candidate]) -> bool:
    """Whether a sub-technique of a technique is likely by itself."""
    ids = corpus.techniques
    return any(
        ids[each.technique].startswith(f"{ids[parent]}.") and each.confidence >= _LIKELY_BY_ITSELF
        for each in others.values()
    )
