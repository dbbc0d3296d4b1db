"""A card as a message: a heading, one section a technique with one menu, two buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mapping.carrying import CARD, SOMETHING_ELSE, block_id, key_of, option, pack
from bot.views.messages import BESIDE_SHARE
from bot.views.mrkdwn import code, cut, escape, link
from bot.views.reply import Block, Reply
from knowledge.mapping.model import Outcome

if TYPE_CHECKING:
    from bot.views.mapping.card import Card, Heading, Line, Named, Quoted, Voice
    from knowledge.catalog import Catalog

WordsOf = Callable[["Line"], str]
"""A line to the masked words of the alert that a verdict on it is about."""

_MENU = (
    ("open", "Open card"),
    ("right", "Right"),
    ("wrong", "Wrong"),
    ("else", "It was something else…"),
)
_DOTS = {"high": "●●●", "medium": "●●○", "low": "●○○"}
_BANDS = "●●● right at least 85 times in 100, ●●○ 55"
_GAP = "\N{EM SPACE}"
_BECAUSE = "  –  "
_SAME = "same words"
_SHORT = 40
"""Characters of words on rules that find room on a technique's own row."""
_SHORT_VALUE = 40
_USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)")

NOTHING = "No technique recognised. That does not mean it is harmless."


def draw(card: Card, catalog: Catalog, *, words_of: WordsOf | None = None) -> Reply:
    """A card as a message.

    Args:
        card: What is shown.
        catalog: Links the techniques.
        words_of: What the menus carry; without it there are none, and no button: in a terminal, or in an answer that
            was shared.
    """
    packed = pack(card)
    key = key_of(packed)
    rows: list[Block] = [blocks.section(_heading(card.heading))]
    for at in range(len(card.lines)):
        line = card.lines[at]
        text = blocks.lines(_rows(at, card, catalog))
        if words_of is None:
            rows.append(blocks.section(text))
            continue
        choices = [(label, option(choice, at, line.id)) for choice, label in _MENU]
        menu = blocks.menu(f"mapping:line:{at}", choices)
        rows.append(blocks.section(text, menu=menu, block_id=block_id(at, key, words_of(line))))
    rows += [*_named(card, catalog), *_less(card), *_chain(card), *_read(card.heading), *_foot(card)]
    if words_of is not None:
        label = "Say what it was…" if card.heading.outcome == Outcome.NOTHING else "Something else…"
        button = blocks.button(label, SOMETHING_ELSE, f"{CARD}|{packed}")
        rows += blocks.actions([button], block_id=BESIDE_SHARE)
    return Reply(
        text=escape(cut(_said(card), FALLBACK_CHARACTERS)),
        blocks=tuple(rows),
        share=f"{CARD}|{packed}" if words_of is not None else "",
    )


def _said(card: Card) -> str:
    if not card.lines:
        return card.heading.reason or NOTHING
    named = ", ".join(f"{each.id} {each.name} {_percent(each.confidence)}" for each in card.lines)
    return f"{'Likely' if card.heading.outcome == Outcome.ANSWER else 'Closest matches, not an answer'}: {named}"


def _heading(heading: Heading) -> str:
    match heading.outcome:
        case Outcome.ANSWER:
            title = "*Likely techniques*"
        case Outcome.LEADS:
            title = "*Closest matches, not an answer*"
        case _:
            return _silence(heading)
    acts = f"{heading.acts} acts" if heading.acts > 1 else ""
    return "  ·  ".join(filter(None, (title, escape(heading.source), escape(heading.host), acts)))


def _silence(heading: Heading) -> str:
    reason = heading.reason or NOTHING
    first, stop, rest = reason.partition(". ")
    return f"*{escape(first + stop.strip())}*{' ' if rest else ''}{escape(rest)}"


def _rows(at: int, card: Card, catalog: Catalog) -> list[str]:
    """The technique with its number; its words; what the team's rules say of it."""
    line, above = card.lines[at], card.lines[at - 1] if at else None
    item = catalog.get(line.id)
    name = link(item.url if item else "", f"{line.id} {line.name}")
    voices = _voices(line)
    beside = not voices and len(line.covered) <= _SHORT
    if card.heading.outcome == Outcome.ANSWER:
        head = [f"{at + 1}  *{name}*", f"{_DOTS.get(line.band, '')} {_percent(line.confidence)}"]
    else:
        head = [name, _percent(line.confidence)]
    if above is not None and (above.act, above.quotes) == (line.act, line.quotes):
        head.append(_SAME)
        words: tuple[str, ...] = (escape(line.why),)
    else:
        begins = above is None or above.act != line.act
        act = f"act {line.act}" if card.heading.acts > 1 and line.act and begins else ""
        words = _words(line, act)
    first = _GAP.join(filter(None, (*head, *voices, escape(line.covered) if beside else "")))
    return [row for row in (first, *words, "" if beside else escape(line.covered)) if row]


def _percent(confidence: float) -> str:
    return f"{confidence * 100:.0f} %"


def _words(line: Line, act: str) -> tuple[str, ...]:
    """The words with the reason, then what encoded ones decode to."""
    plain = "  ·  ".join(_quoted(each) for each in line.quotes if not each.decoded)
    decoded = [f"{_quoted(each, named=True)} decodes to {code(each.decoded)}" for each in line.quotes if each.decoded]
    first, *more = [plain, *decoded] if plain else decoded or [""]
    said = _BECAUSE.join(filter(None, (first, escape(line.why))))
    return (_GAP.join(filter(None, (act, said))), *more)


def _quoted(quote: Quoted, *, named: bool = False) -> str:
    if not quote.field:
        return code(quote.words)
    if named:
        return escape(quote.field)
    if len(quote.words) <= _SHORT_VALUE and " " not in quote.words:
        return code(f"{quote.field} = {quote.words}")
    return f"{escape(quote.field)} {code(quote.words)}"


def _voices(line: Line) -> tuple[str, ...]:
    said = (("✓ confirmed by", line.right), ("✗ wrong, says", line.wrong))
    return tuple(f"{words} {_who(voices)}" for words, voices in said if voices)


def _who(voices: Sequence[Voice]) -> str:
    """``@dana, 24 Nov 2026``, or ``@dana and 2 others, 24 Nov 2026``."""
    first = voices[0]
    name = f"<@{first.by}>" if _USER_ID.fullmatch(first.by) else "your team"
    others = len(voices) - 1
    more = f" and {others} other{'s' if others > 1 else ''}" if others else ""
    return f"{name}{more}, {_day(first.on)}"


def _day(day: str) -> str:
    found = _DAY.match(day)
    if found is None or not 1 <= int(found[2]) <= len(_MONTHS):
        return escape(day)
    return f"{int(found[3])} {_MONTHS[int(found[2]) - 1]} {found[1]}"


def _named(card: Card, catalog: Catalog) -> tuple[Block, ...]:
    return tuple(blocks.section(_named_row(each, catalog)) for each in card.named)


def _named_row(each: Named, catalog: Catalog) -> str:
    item = catalog.get(each.id)
    return f"✓ It was *{link(item.url if item else '', f'{each.id} {each.name}')}*, says {_who((each.voice,))}"


def _less(card: Card) -> tuple[Block, ...]:
    named = ", ".join(f"{each} {escape(name)} ({_percent(confidence)})" for each, name, confidence in card.less)
    return (blocks.context(f"Less likely: {named}"),) if named else ()


def _chain(card: Card) -> tuple[Block, ...]:
    return (blocks.context("  →  ".join(map(escape, card.chain))),) if card.chain else ()


def _read(heading: Heading) -> tuple[Block, ...]:
    """How the paste was read, where nothing was recognised in it."""
    if heading.outcome != Outcome.NOTHING:
        return ()
    fields = ", ".join(map(escape, heading.fields))
    read = [*filter(None, (escape(heading.source), escape(heading.host), f"fields {fields}" if fields else ""))]
    return (blocks.context("Read as  " + "  ·  ".join(read)),) if read else ()


def _foot(card: Card) -> tuple[Block, ...]:
    bands = _BANDS if card.heading.outcome == Outcome.ANSWER else ""
    said = "  ·  ".join(filter(None, (card.release, *card.notes, bands)))
    return (blocks.plain_context(said),) if said else ()
