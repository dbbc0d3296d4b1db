"""What a mapping says, frozen: likely techniques, the words that say so, and what was found besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Band = Literal["high", "medium", "low"]
"""How far a confidence carries: *high* is right at least 85 times in 100 on held-out rules."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of the alert that speak for a technique.

    Attributes:
        quote: An exact substring of the text that was mapped.
        start: Where it starts, in characters.
        end: Where it ends, exclusive.
        why: What makes it evidence, in plain words.
    """

    quote: str
    start: int
    end: int
    why: str


@dataclass(frozen=True, slots=True)
class Likely:
    """A technique the alert likely shows.

    Attributes:
        id: A current ATT&CK id, never a revoked or deprecated one.
        name: Its name; a sub-technique's without its parent's.
        tactics: Names of its tactics in the order of the matrix.
        confidence: How likely its author would have named exactly this id, 0 to 1.
        evidence: At least one quote.
    """

    id: str
    name: str
    tactics: tuple[str, ...]
    confidence: float
    band: Band
    evidence: tuple[Quote, ...]


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
        techniques: At most five, best first; none when abstaining.
        abstained: Whether nothing in the text is adversary behaviour that can be named.
        reason: Why it abstained, in plain words; empty otherwise.
        indicators: Hashes, addresses and the like that the text lists.
        furthest_tactic: Name of the latest tactic, in matrix order, that a technique answered with confidence has.
        chain: ``(tactic, technique ids)`` in matrix order, each under its first tactic; unlikely ones left out.
        release: The releases it was mapped with, such as ``Enterprise 18.1``.
        truncated: Whether the text was longer than what is read of one text.
    """

    techniques: tuple[Likely, ...]
    abstained: bool
    reason: str
    indicators: tuple[IndicatorCount, ...]
    furthest_tactic: str
    chain: tuple[tuple[str, tuple[str, ...]], ...]
    release: str
    truncated: bool = False
