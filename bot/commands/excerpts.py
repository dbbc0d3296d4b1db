"""The part of an alert that matters, short enough to travel in a message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

_AROUND = 160
"""Characters kept either side of a quote within its line."""

_WORD = re.compile(r"[^\s\"'`<>,;(){}\[\]]{4,}")
_MOST_WORDS = 12
"""Words of a quote that are looked for, the longest first."""


class Span(Protocol):
    """Where something stands in a text: characters, the end exclusive."""

    @property
    def start(self) -> int:
        """The first character."""

    @property
    def end(self) -> int:
        """The one after the last."""


@dataclass(frozen=True, slots=True)
class Place:
    """A span that was found."""

    start: int
    end: int


def places(quotes: Iterable[str], text: str) -> tuple[Place, ...]:
    """Where quotes of an alert stand in its masked text.

    Masking changes some words and keeps the others, so a quote is found whole or by the longest of its words that is
    still there.

    Args:
        quotes: Words of the alert.
        text: The same alert, masked.

    Returns:
        A place for each quote that is found, in the order of the quotes.
    """
    found = []
    for quote in quotes:
        words = sorted(_WORD.findall(quote), key=len, reverse=True)
        for part in (quote, *words[:_MOST_WORDS]):
            at = text.find(part) if part.strip() else -1
            if at >= 0:
                found.append(Place(at, at + len(part)))
                break
    return tuple(found)


def excerpt(text: str, quotes: Sequence[Span], limit: int) -> str:
    """The lines that quotes stand in, in the text's order; a text that fits is kept whole.

    Args:
        text: The alert.
        quotes: The words that matter, most important first: when not all fit, the first ones stay.
        limit: Characters at most.
    """
    if len(text) <= limit:
        return text.strip()
    around = min(_AROUND, limit // 3)
    kept: list[tuple[int, int]] = []
    room = limit
    for quote in quotes:
        start = max(text.rfind("\n", 0, quote.start) + 1, quote.start - around)
        newline = text.find("\n", quote.end)
        end = min(newline if newline >= 0 else len(text), quote.end + around)
        if any(first <= quote.start and quote.end <= last for first, last in kept):
            continue
        start = max((last for first, last in kept if first <= start < last), default=start)
        end = min((first for first, last in kept if first < end <= last), default=end)
        end = min(end, start + room)
        if end <= quote.start:
            break
        kept.append((start, end))
        room -= end - start + 1
        if room <= 0:
            break
    if not kept:
        return text[:limit].strip()
    joined: list[tuple[int, int]] = []
    for start, end in sorted(kept):
        if joined and joined[-1][1] == start:
            start = joined.pop()[0]  # noqa: PLW2901 # one stretch with the one before
        joined.append((start, end))
    return "\n".join(text[start:end].strip() for start, end in joined)[:limit]
