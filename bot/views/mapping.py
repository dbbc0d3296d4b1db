"""What an alert likely shows, each technique with the words that say so."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import ASK, asked_again
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import code, cut, escape, link, one_line
from bot.views.reply import Block, Reply

if TYPE_CHECKING:
    from knowledge.catalog import Catalog
    from knowledge.mapping import Likely, Mapping, Quote

_QUOTE = 140
_QUOTES = 3
_LONGEST_WORD = 80
_WHY = 160
_DECODED = 240
_DECODES = "this decodes to “"
_ECHO = re.compile(r": “([^”]+)”$")
_WORTH_A_LINE = 0.1
"""A confidence below which a technique other than the first is only named."""

_WORTH_NAMING = 0.03
"""A confidence below which it is not even named."""

_BANDS = {"high": "●●● high", "medium": "●●○ medium", "low": "●○○ low"}

JUDGEMENTS = (("right", "Right"), ("wrong", "Wrong"), ("another", "Another one…"))
"""What can be said of a line: the verdict in its button's action id, and the button's label."""


def mapped(
    mapping: Mapping,
    catalog: Catalog,
    *,
    carried: Callable[[Likely], str] | None = None,
    share: str = "",
    held: Callable[[str], str] = lambda _: "",
) -> Reply:
    """At most five techniques, best first, and beneath them how far the adversary is.

    Args:
        mapping: What was found.
        catalog: Links the techniques.
        carried: What the buttons of a line carry, so that a judgement knows its words; None lets nobody judge.
        share: What the share button carries.
        held: A technique's id to a line on the team's own rules for it; empty for none.
    """
    if mapping.abstained:
        return Reply(
            text=escape(cut(one_line(mapping.reason), FALLBACK_CHARACTERS)),
            blocks=(blocks.section(escape(mapping.reason)), *_foot(mapping)),
        )
    shown = [each for at, each in enumerate(mapping.techniques) if not at or each.confidence >= _WORTH_A_LINE]
    rows: list[Block] = [blocks.header("What this likely shows")]
    for at, likely in enumerate(shown):
        rows.append(blocks.section(_line(likely, catalog, held(likely.id))))
        buttons = [blocks.button("Open", f"{ASK}:also:{at}", asked_again(likely.id))]
        if carried is not None:
            buttons += [blocks.button(label, f"judge:{word}:{at}", carried(likely)) for word, label in JUDGEMENTS]
        rows += blocks.actions(buttons)
    named = ", ".join(f"{each.id} {one_line(each.name)}" for each in shown)
    return Reply(
        text=escape(cut(f"Likely: {named}", FALLBACK_CHARACTERS)),
        blocks=(*rows, *_unlikely(mapping.techniques[len(shown) :]), *_chain(mapping), *_foot(mapping)),
        share=share,
    )


def _shortened(word: str) -> str:
    """A word no line can hold, such as an encoded command, by its beginning and its length."""
    return word if len(word) <= _LONGEST_WORD else f"{word[:24]}… ({len(word)} characters)"


def _unlikely(rest: Sequence[Likely]) -> tuple[Block, ...]:
    worth_naming = [each for each in rest if each.confidence >= _WORTH_NAMING]
    named = ", ".join(f"{each.id} {escape(each.name)} ({each.confidence:.0%})" for each in worth_naming)
    return (blocks.context(f"Less likely: {named}"),) if named else ()


def _line(likely: Likely, catalog: Catalog, held: str) -> str:
    item = catalog.get(likely.id)
    name = link(item.url if item else "", f"{likely.id} {likely.name}")
    tactics = ", ".join(escape(tactic) for tactic in likely.tactics)
    head = f"*{name}*  ·  {tactics}  ·  {_BANDS.get(likely.band, likely.band)}, {likely.confidence:.0%}"
    quoted = [row for quote in _merged(likely.evidence[:_QUOTES]) for row in _quoted(quote)]
    return blocks.lines([head, *quoted, *([held] if held else [])])


def _merged(evidence: Sequence[Quote]) -> list[tuple[str, str]]:
    """Words and why they count, each once: what stands within longer words adds its reason to theirs."""
    found = [(_shown(quote.quote), _without_echo(one_line(quote.why), quote.quote)) for quote in evidence]
    rows: list[tuple[str, str]] = []
    for words, why in sorted(found, key=lambda each: -len(each[0])):
        at = next((at for at, (longer, _) in enumerate(rows) if words.casefold() in longer.casefold()), None)
        if at is None or _DECODES in rows[at][1] + why:
            rows.append((words, why))
        elif why not in rows[at][1]:
            rows[at] = (rows[at][0], f"{why}, {rows[at][1]}")
    order = {words: at for at, (words, _) in reversed(list(enumerate(found)))}
    return sorted(rows, key=lambda row: order[row[0]])


def _shown(words: str) -> str:
    return cut(" ".join(map(_shortened, one_line(words).split(" "))), _QUOTE)


def _quoted(quote: tuple[str, str]) -> tuple[str, ...]:
    """The words and why they count; below, what they hide."""
    words = code(quote[0])
    said, _, decoded = quote[1].partition(_DECODES)
    why = escape(cut(said.rstrip("; "), _WHY))
    hidden = code(cut(decoded.removesuffix("”"), _DECODED))
    rows = ("  ".join(filter(None, (words, why))), f"decodes to  {hidden}" if hidden else "")
    return tuple(row for row in rows if row)


def _without_echo(why: str, quote: str) -> str:
    """The reason without a phrase at its end whose every word stands in the quote already."""
    said, mark, decoded = why.partition(f"; {_DECODES}")
    echo = _ECHO.search(said)
    if echo and all(word in quote.casefold() for word in echo[1].casefold().split() if word != "+"):
        return f"{said[: echo.start()]}{mark}{decoded}"
    return why


def _chain(mapping: Mapping) -> tuple[Block, ...]:
    """The tactics in the matrix's order, each with its techniques; nothing for a single one."""
    if len(mapping.chain) < 2:
        return ()
    way = "  →  ".join(f"{escape(tactic)} ({', '.join(ids)})" for tactic, ids in mapping.chain)
    return (blocks.context(f"*Chain*  {way}   ·   furthest: *{escape(mapping.furthest_tactic)}*"),)


def _foot(mapping: Mapping) -> tuple[Block, ...]:
    said = [mapping.release]
    if not mapping.abstained:
        from knowledge.mapping.indicators import sentence  # here, since it comes with all that maps

        said += [f"indicators: {sentence(mapping.indicators)}"] if mapping.indicators else []
        said.append("confidence: how often such an answer was right on rules it had not seen")
    if mapping.truncated:
        said.append("the text was longer than what is read of one text")
    return (blocks.plain_context("  ·  ".join(said)),)
