"""Texts compared with patterns in linear time: ``*`` is the only wildcard, and case never matters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

GRAM = 4
"""Characters of the runs that texts are looked through by before a pattern is tried."""

_HEXADECIMAL = re.compile(r"0x[0-9a-f]{1,16}")
_DECIMAL = re.compile(r"\d{1,18}")

_DROPPED = dict.fromkeys("\"'`\u200b\u201c\u201d\u2018\u2019")
_PATTERN_MARKS = str.maketrans(
    {
        **_DROPPED,
        **{mark: f" $ {mark} ^ " for mark in "|;&()<>{}"},
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)
_SHELL_MARKS = {**_PATTERN_MARKS, ord("^"): None}
_PROGRAM_FOLDERS = ("\\system32", "\\syswow64", "\\sysnative")


@dataclass(frozen=True)
class Glob:
    """A pattern, cut at its wildcards.

    Attributes:
        pieces: What has to stand there, in this order.
        from_start: Whether the first piece has to be at the very start.
        to_end: Whether the last piece has to be at the very end.
    """

    pieces: tuple[str, ...]
    from_start: bool
    to_end: bool

    @classmethod
    def of(cls, pattern: str) -> Glob:
        """The glob of a folded pattern."""
        pieces = tuple(piece for piece in pattern.split("*") if piece)
        return cls(pieces, from_start=not pattern.startswith("*"), to_end=not pattern.endswith("*"))

    @classmethod
    def of_words(cls, pattern: str) -> Glob:
        """The glob of a folded pattern of words, found anywhere in a line of words but never inside one of them."""
        return cls.of(f"* {' '.join(pattern.translate(_PATTERN_MARKS).split())} *".replace("* *", "*"))

    @cached_property
    def grams(self) -> frozenset[str]:
        """The grams that a text has to have."""
        return frozenset(gram for piece in self.pieces for gram in grams(piece))

    def fits(self, text: str) -> bool:
        """Whether the pattern fits a folded text, or one line of it."""
        if "\n" not in text or not self.pieces:
            return self._fits_line(text)
        needle = max(self.pieces, key=len)
        at = text.find(needle)
        while at >= 0:
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            if self._fits_line(text[text.rfind("\n", 0, at) + 1 : end]):
                return True
            at = text.find(needle, end)
        return False

    def _fits_line(self, line: str) -> bool:
        at = 0
        last = len(self.pieces) - 1
        for number, piece in enumerate(self.pieces):
            # The blank behind one word is also the blank before the next.
            start = at - (number > 0 and piece[0] == " " and line[at - 1 : at] == " ")
            if number == 0 and self.from_start:
                found = 0 if line.startswith(piece) else -1
            elif number == last and self.to_end:
                found = len(line) - len(piece) if line.endswith(piece) else -1
            else:
                found = line.find(piece, start)
            if found < start:
                return False
            at = found + len(piece)
        return True


def grams(text: str) -> frozenset[str]:
    """Every run of four characters of a text."""
    return frozenset({text[at : at + GRAM] for at in range(len(text) - GRAM + 1)})


def folded(text: str) -> str:
    """A text without what never matters: case, spaces at its ends, backslashes written twice."""
    return text.strip().casefold().replace("\\\\", "\\").replace("\r", "")


def plain(text: str) -> str:
    """A folded text for comparing as a whole: ``0x17``, ``23`` and ``023`` are one number."""
    if _DECIMAL.fullmatch(text):
        return str(int(text))
    if _HEXADECIMAL.fullmatch(text):
        return str(int(text, 16))
    return text


def as_words(text: str) -> str:
    r"""A folded command line as words with one blank before and behind each, line by line.

    Quotation marks and escapes that shells drop are gone, and a program is its bare name. Marks that separate commands
    are words of their own; ``^`` stands before a command and ``$`` behind it:
    ``"C:\Windows\System32\net.exe" user x /add`` becomes `` ^ net user x /add $ ``, ``/usr/bin/curl u|sh`` becomes
    `` ^ curl u $ | ^ sh $ ``.
    """
    return "\n".join(_line_as_words(line) for line in text.split("\n"))


def _line_as_words(line: str) -> str:
    words = line.translate(_SHELL_MARKS).replace(".exe/", ".exe /").split()
    return f" ^ {' '.join(_program(word) for word in words)} $ "


def _program(word: str) -> str:
    if word.endswith(".exe"):
        return word[:-4].rpartition("\\")[2].rpartition("/")[2] or word
    if word == "%comspec%":
        return "cmd"
    folder, slash, name = word.rpartition("/")
    if slash and folder.endswith(("/bin", "/sbin")) and name:
        return name
    folder, slash, name = word.rpartition("\\")
    if slash and "." not in name and folder.endswith(_PROGRAM_FOLDERS):
        return name
    return word
