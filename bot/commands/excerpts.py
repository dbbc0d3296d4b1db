"""The part of an alert that matters, short enough to travel in a button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

_AROUND = 160
"""Characters kept either side of a quote within its line."""


class Span(Protocol):
    """Where something stands in a text: characters, the end exclusive."""

    @property
    def start(self) -> int:
        """The first character."""

    @property
    def end(self) -> int:
        """The one after the last."""


def excerpt(text: str, quotes: Sequence[Span], limit: int) -> str:
    """The lines that quotes stand in, in the text's order; a text that fits is kept whole.

    Args:
        text: The alert.
        quotes: The words that matter, most important first: when not all fit, the first ones stay.
        limit: Characters at most.
    """
    if len(text) <= limit:
        return text.strip()
    kept: list[tuple[int, int]] = []
    room = limit
    for quote in quotes:
        start = max(text.rfind("\n", 0, quote.start) + 1, quote.start - _AROUND)
        newline = text.find("\n", quote.end)
        end = min(newline if newline >= 0 else len(text), quote.end + _AROUND)
        if any(first <= quote.start and quote.end <= last for first, last in kept):
            continue
        end = min(end, start + room)
        if end <= quote.start:
            break
        kept.append((start, end))
        room -= end - start + 1
        if room <= 0:
            break
    if not kept:
        return text[:limit].strip()
    return "\n".join(text[start:end].strip() for start, end in sorted(kept))[:limit]
