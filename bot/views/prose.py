"""ATT&CK's own prose, a markdown of sorts, as Slack's mrkdwn.

ATT&CK writes ``[name](address)``, ``<code>…</code>`` and backticks, bold, bullet lists, headings, a little
HTML and ``(Citation: NAME)``. A text becomes a row of tokens none of which may be cut: a word, a link, a
code span. Cutting drops tokens from the end, so that a link, a code span or an entity is whole or absent.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from bot.views.mrkdwn import ELLIPSIS, clean, code, cut, disarm, escape_entities, link, one_line

_LONGEST_INPUT = 12_000
_LONGEST_WORD = 60
_LONGEST_CODE = 600
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of mrkdwn that is shown whole or not at all; `plain` is what a reader sees of it."""

    kind: Literal["word", "code", "link", "citation", "space", "break", "open", "close"]
    text: str
    plain: str = ""


Cite = Callable[[str], Token | None]
"""A citation's name to the marker that stands for it; None leaves nothing."""


def uncited(_name: str) -> None:
    """Drop every citation."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A parsed text."""

    tokens: tuple[Token, ...] = ()

    def __bool__(self) -> bool:
        return any(token.plain for token in self.tokens)

    def mrkdwn(self, limit: int) -> str:
        """At most `limit` characters of mrkdwn, ending in an ellipsis where something was dropped."""
        whole = "".join(token.text for token in self.tokens)
        if len(whole) <= limit:
            return whole
        room = limit - len(ELLIPSIS) - _DEEPEST
        kept: list[Token] = []
        for token in self.tokens:
            room -= len(token.text)
            if room < 0:
                break
            kept.append(token)
        while kept and kept[-1].kind in ("space", "break", "open"):
            kept.pop()
        left_open = [token.text for token in kept if token.kind == "open"]
        for token in kept:
            if token.kind == "close":
                left_open.remove(token.text)
        return "".join(token.text for token in kept) + ELLIPSIS + "".join(reversed(left_open))

    def plain(self, limit: int) -> str:
        """At most `limit` characters of what a reader sees, on one line, not escaped."""
        return cut(" ".join("".join(token.plain for token in self.tokens).split()), limit)

    def gist(self, sentences: int = 2, limit: int = 320) -> Prose:
        """The first sentences of the first paragraph: as many as stay within `limit`, but at least one."""
        end = length = 0
        for at, token in enumerate(self.tokens):
            length += len(token.plain)
            if token.kind == "break" and end:
                break
            if self._ends_sentence(at):
                if end and (length > limit or not sentences):
                    break
                end, sentences = at + 1, sentences - 1
                if not sentences:
                    break
        return Prose(self.tokens[: end or len(self.tokens)])

    def _ends_sentence(self, at: int) -> bool:
        token = self.tokens[at]
        if token.kind not in ("word", "close", "link", "code", "citation"):
            return False
        following = [each for each in self.tokens[at + 1 : at + 6] if each.kind not in ("citation", "close")]
        if not following or following[0].kind == "break":
            return True
        if token.kind != "word" or not _SENTENCE_END.search(token.plain) or _ABBREVIATION.fullmatch(token.plain):
            return False
        follower = next((each for each in following if each.kind not in ("space", "open")), None)
        return following[0].kind == "space" and (follower is None or not follower.plain[:1].islower())


_SENTENCE_END = re.compile(r"[.!?][\"')\]”’]*$")
_ABBREVIATION = re.compile(
    r"\W*(?:e\.g|i\.e|etc|vs|inc|corp|ltd|no|al|cf|approx|st|mr|ms|dr|u\.s|u\.k|[a-z])\.", re.IGNORECASE
)

_INLINE = re.compile(
    r"""
      \(Citation:\s*(?P<cited>[^()\n]*(?:\([^()\n]*\)[^()\n]*)?)\)
    | (?P<fence>```)(?:\w*\n)?(?P<fenced>.*?)```
    | <code>(?P<code>.*?)</?code>
    | `(?P<ticked>[^`\n]+)`
    | \[(?P<label>(?:[^\[\]\n]|\[[^\[\]\n]*\])+)\]\((?P<url>[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)
    | (?P<newline><br\s*/?>)
    | (?:(?<=\n)|\A)(?P<indent>[ \t]*)[*+-][ \t]+(?P<bullet>)
    | (?:(?<=\n)|\A)[ \t]*\#{1,6}[ \t]+(?P<heading>[^\n]+)
    | \*\*(?=\S)(?P<bold>[^\n]+?)(?<=\S)\*\*
    | <(?:b|strong)>(?P<html_bold>[^\n]*?)</(?:b|strong)>
    | (?<![\w*])\*(?=[^\s*])(?P<italic>[^*\n]+?)(?<=\S)\*(?![\w*])
    | <(?:i|em)>(?P<html_italic>[^\n]*?)</(?:i|em)>
    | (?P<tag></?(?:u|p|b|i|em|strong|code|ul|li)>)
    | \\(?P<escaped>[\[\]*_<>])
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_PIECE = re.compile(r"\s*\n\s*?\n\s*|[^\S\n]*\n[^\S\n]*|[^\S\n]+|\S+")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]\w{1,30});", re.IGNORECASE)


def parse(text: str, *, cite: Cite = uncited) -> Prose:
    """Read ATT&CK's prose.

    Args:
        text: As a bundle has it. What lies beyond 12,000 characters is dropped.
        cite: What stands for each citation.
    """
    shown = clean(text).strip()
    if len(shown) > _LONGEST_INPUT:
        shown = cut(shown, _LONGEST_INPUT)
    tokens: list[Token] = []
    for token in _tokens(shown, cite, 0):
        if token.kind in ("space", "break") and (not tokens or tokens[-1].kind == "break"):
            continue
        if token.kind == "break" and tokens[-1].kind == "space":
            tokens.pop()
        if token.kind == "citation" and tokens and tokens[-1].kind not in ("space", "break", "open"):
            tokens.append(_SPACE)
        tokens.append(token)
    while tokens and tokens[-1].kind in ("space", "break"):
        tokens.pop()
    return Prose(tuple(tokens))


_SPACE = Token("space", " ", " ")
_BREAK = Token("break", "\n", "\n")
_PARAGRAPH = Token("break", "\n\n", "\n")


def _tokens(text: str, cite: Cite, depth: int) -> Iterator[Token]:
    at = 0
    for found in _INLINE.finditer(text):
        yield from _words(text[at : found.start()])
        yield from _construct(found, cite, depth)
        at = found.end()
    yield from _words(text[at:])


def _construct(found: re.Match[str], cite: Cite, depth: int) -> Iterator[Token]:
    """What one piece of markup stands for; the last group that matched names it."""
    part = found.groupdict()
    match found.lastgroup:
        case "cited":
            marker = cite(" ".join(part["cited"].split()))
            if marker:
                yield marker
        case "code" | "fenced" | "ticked":
            yield from _code(part[found.lastgroup])
        case "url":
            label = one_line(_unescape(re.sub(r"\*\*|</?\w+>", "", part["label"])))
            yield Token("link", link(_unescape(part["url"]), label), label)
        case "newline":
            yield _BREAK
        case "bullet":
            yield Token("word", "    ◦ " if len(part["indent"]) > 1 else "• ", "• ")
        case "heading" | "bold" | "html_bold":
            yield from _styled("*", part[found.lastgroup].strip().strip("*#"), cite, depth)
        case "italic" | "html_italic":
            yield from _styled("_", part[found.lastgroup], cite, depth)
        case "escaped":
            yield from _words(part["escaped"])
        case _:
            return


def _styled(mark: str, text: str, cite: Cite, depth: int) -> Iterator[Token]:
    if not text.strip() or depth + 1 >= _DEEPEST:
        yield from _words(text)
        return
    yield Token("open", mark)
    yield from _tokens(text, cite, depth + 1)
    yield Token("close", mark)


def _code(text: str) -> Iterator[Token]:
    """One span a line, for Slack's inline code ends with the line."""
    lines = [line for line in text.split("\n") if line.strip()]
    for number, line in enumerate(lines):
        if number:
            yield _BREAK
        shown = cut(one_line(_unescape(line)), _LONGEST_CODE)
        if shown:
            yield Token("code", code(shown), shown)


def _words(text: str) -> Iterator[Token]:
    for piece in _PIECE.findall(disarm(_unescape(text))):
        if piece.isspace():
            newlines = piece.count("\n")
            yield _SPACE if not newlines else _BREAK if newlines == 1 else _PARAGRAPH
        elif len(piece) <= _LONGEST_WORD:
            yield Token("word", escape_entities(piece), piece)
        else:
            for start in range(0, len(piece), _LONGEST_WORD):
                chunk = piece[start : start + _LONGEST_WORD]
                yield Token("word", escape_entities(chunk), chunk)


def _unescape(text: str) -> str:
    """HTML's entities as characters: only those that end in a semicolon, so that command lines stay whole."""
    return clean(_ENTITY.sub(lambda found: html.unescape(found.group()), text))
