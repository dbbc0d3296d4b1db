"""A piece of a paste that knows where each of its characters stands, even after escapes were undone."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass

_BLANK = " \t\r\n\v\f\x00\ufeff\u200b\u00a0"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Text taken from a paste.

    Attributes:
        text: The text, with escapes undone.
        start: Where its first character stands in the paste.
        end: Where it ends in the paste, exclusive. Longer than the text where escapes were undone.
        turns: Indices in `text` that follow an escape, in order.
        places: Where in the paste each of these stands.
    """

    text: str
    start: int
    end: int
    turns: tuple[int, ...] = ()
    places: tuple[int, ...] = ()

    @classmethod
    def whole(cls, paste: str) -> Excerpt:
        """A paste as one excerpt."""
        return cls(paste, 0, len(paste))

    def place(self, index: int) -> int:
        """Where in the paste the character at an index stands; for an index behind the last, the excerpt's end."""
        if index >= len(self.text):
            return self.end
        if not self.turns:
            return self.start + index
        turn = bisect_right(self.turns, index) - 1
        return self.start + index if turn < 0 else self.places[turn] + index - self.turns[turn]

    def part(self, start: int, end: int) -> Excerpt:
        """The text between two indices."""
        if not self.turns:
            return Excerpt(self.text[start:end], self.start + start, self.start + end)
        first, last = bisect_right(self.turns, start), bisect_left(self.turns, end)
        turns = tuple(turn - start for turn in self.turns[first:last])
        place = self.place(start)
        return Excerpt(self.text[start:end], place, max(place, self.place(end)), turns, self.places[first:last])

    def trimmed(self, start: int, end: int, blank: str = _BLANK) -> Excerpt:
        """The text between two indices without blanks at its ends."""
        return self.part(*trim(self.text, start, end, blank))

    def undone(self, start: int, end: int, escape: re.Pattern[str], undo: Callable[[re.Match[str]], str]) -> Excerpt:
        """The text between two indices with its escapes undone.

        Args:
            start: First index.
            end: Last index, exclusive.
            escape: What an escape looks like.
            undo: What an escape stands for.
        """
        pieces: list[str] = []
        turns: list[int] = []
        places: list[int] = []
        length, at = 0, start
        for match in escape.finditer(self.text, start, end):
            self._keep_turns(at, match.start(), length - at, turns, places)
            meaning = undo(match)
            pieces += (self.text[at : match.start()], meaning)
            length += match.start() - at + len(meaning)
            at = match.end()
            turns.append(length)
            places.append(self.place(at))
        if not pieces:
            return self.part(start, end)
        self._keep_turns(at, end, length - at, turns, places)
        pieces.append(self.text[at:end])
        return Excerpt("".join(pieces), self.place(start), self.place(end), tuple(turns), tuple(places))

    def _keep_turns(self, start: int, end: int, shift: int, turns: list[int], places: list[int]) -> None:
        """Carries over the turns that already lie in a stretch that is copied as it is."""
        for index in range(bisect_right(self.turns, start), bisect_left(self.turns, end)):
            turns.append(self.turns[index] + shift)
            places.append(self.places[index])


def trim(text: str, start: int, end: int, blank: str = _BLANK) -> tuple[int, int]:
    """The indices of a stretch of text without the blanks at its ends."""
    if start >= end or (text[start] not in blank and text[end - 1] not in blank):
        return start, max(start, end)
    bare = text[start:end].rstrip(blank)
    end = start + len(bare)
    return end - len(bare.lstrip(blank)), end


def line_end(text: str, at: int) -> int:
    """Index of the end of the line that an index lies in, without its line break."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end
