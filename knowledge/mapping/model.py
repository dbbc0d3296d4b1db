"""What a mapping says, frozen: likely techniques, the words that say so, and what was found besides."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Band = Literal["high", "medium", "low"]
"""How far a confidence carries: *high* was right at least 85 times in 100, *medium* 55, on texts held out."""


HIGH, MEDIUM = 0.85, 0.55
"""The confidences from which a technique is in band *high* and *medium*."""


def band_of(confidence: float) -> Band:
    """The band of a confidence."""
    if confidence >= HIGH:
        return "high"
    return "medium" if confidence >= MEDIUM else "low"


class Outcome(StrEnum):
    """What a mapping comes to."""

    ANSWER = "answer"
    """The techniques are what the alert likely shows."""
    LEADS = "leads"
    """The techniques are the closest matches, and no answer."""
    NOTHING = "nothing"
    """No technique was recognised, which does not mean that the text is harmless."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the alert that speak for a technique.

    Attributes:
        quote: An exact substring of the text that was mapped.
        start: Where it starts, in characters.
        end: Where it ends, exclusive.
        why: What makes it evidence, in plain words.
        field: The field of the record it stands in, as the record names it: ``CommandLine``; empty in prose.
    """

    quote: str
    start: int
    end: int
    why: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class MatchedRule:
    """A rule of the team that fires on the alert, or that the alert says fired.

    Attributes:
        id: The detection's id.
        title: Its title.
        source: The source it was imported from.
        fires: Whether its conditions hold on the event; otherwise the alert names it.
    """

    id: str
    title: str
    source: str
    fires: bool = True


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Somebody of the team said that an alert like this one shows the technique.

    Attributes:
        by: Slack's id of who said so; empty from a terminal.
        on: The day, ``2026-11-24``.
    """

    by: str
    on: str


@dataclass(frozen=True, slots=True)
class Likely:
    """A technique the alert likely shows.

    Attributes:
        id: A current ATT&CK id, never a revoked or deprecated one.
        name: Its name; a sub-technique's without its parent's.
        tactics: Names of its tactics in the order of the matrix.
        confidence: How likely its author would have named exactly this id, 0 to 1.
        evidence: At least one quote.
        act: Which act of the alert shows it, from 1 in the order of the paste; see `Mapping.acts`.
        rules: The team's rules that fire on the alert, or are named by it, and that name this technique.
        confirmed: Who confirmed it for an alert like this one, the latest first.
    """

    id: str
    name: str
    tactics: tuple[str, ...]
    confidence: float
    band: Band
    evidence: tuple[Quote, ...]
    act: int = 1
    rules: tuple[MatchedRule, ...] = ()
    confirmed: tuple[Confirmed, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorCount:
    """How many distinct indicators of one kind a text holds.

    Attributes:
        kind: ``SHA-256 hash``, ``IP address``, ``domain``, ...
        example: The first one, as written.
    """

    kind: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """The answer to a pasted alert.

    Attributes:
        techniques: Best first, at most five for each act; none when nothing was recognised.
        outcome: Whether they are an answer, only leads, or nothing was recognised.
        reason: Why there is no answer, in plain words; empty for an answer.
        indicators: Hashes, addresses and the like that the text lists.
        furthest_tactic: Name of the latest tactic, in matrix order, of a technique of at least medium confidence;
            empty when there is none.
        chain: ``(tactic, technique ids)`` in matrix order, each under its first tactic, of techniques of at least
            medium confidence.
        release: The releases it was mapped with, such as ``Enterprise 18.1``.
        truncated: Whether the text was longer than what is read of one text.
        format: How the paste was read: ``json``, ``windows_xml``, ``prose``, …; of a mixture what most of it is.
        product: The product it comes from, as a person reads it: ``Defender for Endpoint``; empty when unknown.
        host: Where it happened, as the record says; empty when it does not.
        acts: How many acts there are: lines, processes or events that each stand on their own.
        fields: Names of the fields that were read as evidence, in order, each once.
        matched_rules: The team's rules that fire on the alert, or are named by it.
    """

    techniques: tuple[Likely, ...]
    outcome: Outcome
    reason: str
    indicators: tuple[IndicatorCount, ...]
    furthest_tactic: str
    chain: tuple[tuple[str, tuple[str, ...]], ...]
    release: str
    truncated: bool = False
    format: str = "prose"
    product: str = ""
    host: str = ""
    acts: int = 1
    fields: tuple[str, ...] = ()
    matched_rules: tuple[MatchedRule, ...] = ()

    @property
    def abstained(self) -> bool:
        """Whether nothing was recognised."""
        return self.outcome is Outcome.NOTHING
