"""What a look-up answers with."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.model import AttackObject


@dataclass(frozen=True, slots=True)
class Match:
    """An object that may be meant.

    Attributes:
        object: The one to use today; the successor where a revoked one was asked for.
        score: How sure, 0 to 1.
        why: In a few words, such as ``also known as NOBELIUM`` or ``former id T1086``.
        via: The revoked objects that led here, oldest first.
    """

    object: AttackObject
    score: float
    why: str
    via: tuple[AttackObject, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query may mean.

    Attributes:
        matches: Best first; empty only where the catalog is.
        clear: The first is meant; objects of the same name in other domains may follow it.
        nearest: Nothing really matched, these are only the nearest.
    """

    query: str
    matches: tuple[Match, ...]
    clear: bool
    nearest: bool
