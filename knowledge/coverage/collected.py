"""What a team collects: what it said, and until it says so, what its own rules suggest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from knowledge.coverage.log_sources import LogSources, Meaning
from knowledge.detections.model import Detection, DetectionKind, LogSourceClaim


@dataclass(frozen=True, slots=True)
class Collected:
    """Names of log sources and of data components that are collected.

    Attributes:
        said: What the team says it collects.
        assumed: What is only derived from its rules: somebody imported a rule that needs it.
    """

    said: frozenset[str] = frozenset()
    assumed: frozenset[str] = frozenset()


NOTHING = Collected()


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One log source that the imported rules point at.

    Attributes:
        name: The log source or data component.
        detections: How many rules need it, alone or beside alternatives.
        example: The title of one of them.
        said: Whether the team itself listed it as collected, in a DeTT&CT file for one.
    """

    name: str
    detections: int
    example: str
    said: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """The first draft of what a team collects, for the team to correct.

    Attributes:
        lines: What the rules need, the most needed first.
        unrecognised: Log sources of rules that no entry knows, ``(label, rules)``, the most frequent first.
    """

    lines: tuple[DraftLine, ...] = ()
    unrecognised: tuple[tuple[str, int], ...] = ()
    collected: Collected = field(default=NOTHING)


def draft_collected(detections: Iterable[Detection], log_sources: LogSources) -> Draft:
    """Derive what a team collects from what it imported.

    Rules that are switched on count as a hint, a list of collected data sources as the team's word. A rule that
    accepts several log sources hints at all of them, so a draft rather says too much: it is there to be corrected.
    """
    meanings: dict[LogSourceClaim, tuple[Meaning, ...]] = {}
    counts: Counter[str] = Counter()
    unrecognised: Counter[str] = Counter()
    examples: dict[str, str] = {}
    said: set[str] = set()
    for detection in detections:
        word = detection.kind is DetectionKind.COLLECTED
        if not detection.enabled or not (word or detection.kind is DetectionKind.RULE):
            continue
        names: set[str] = set()
        for claim in detection.log_sources:
            if claim not in meanings:
                meanings[claim] = log_sources.meaning(claim)
            if not any(meanings[claim]) and claim.label:
                unrecognised[claim.label] += 1
            for meaning in meanings[claim]:
                names.update(meaning.entries or meaning.components)
        counts.update(names)
        for name in names:
            examples.setdefault(name, detection.title)
        if word:
            said |= names
    return Draft(
        tuple(DraftLine(name, count, examples[name], name in said) for name, count in _most(counts)),
        tuple(_most(unrecognised)),
        Collected(frozenset(said), frozenset(counts) - said),
    )


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))
