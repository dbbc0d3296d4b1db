"""What changed between two releases: a list by weight, one object's change word by word, one line for a card."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import also, asked_again, turners
from bot.views.cards.frame import paged, paragraph
from bot.views.cards.related import counted
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import bold, cut, escape, link, one_line
from bot.views.reply import Block, Reply
from knowledge.changes import Category, Op, Weight

if TYPE_CHECKING:
    from knowledge.changes import Change, Changes, WordDiff
    from knowledge.history import Comparison

_ROWS = 14
_ROW = 260
_AROUND = 7
"""Words of unchanged text shown either side of a changed stretch."""
_DIFF = 2_200
_CARD_DIFF = 420
_DETAILS = 8
_HEADING = re.compile(r"(?:^|(?<=\s))#{1,6}\s+")

Rules = Callable[[str], int]
"""An id to how many rules of the team name it."""


def changes_page(
    comparison: Comparison, rules: Rules, *, ask: str = "changes", page: int = 0, weight: Weight | None = None
) -> Reply:
    """The changes to act on, then those worth reading, by title; the cosmetic ones counted.

    Args:
        comparison: What was compared.
        rules: How many of the team's rules name an id; what they name comes first.
        ask: The words that ask for this again.
        page: From 0.
        weight: Only these.
    """
    weights = (weight,) if weight else (Weight.ACT, Weight.READ)
    heavy = sorted(
        (each for part in comparison.changes for each in part.of(weights=weights)),
        key=lambda each: (each.weight.rank, -rules(each.id)),
    )
    shown, number, pages, _ = paged(heavy, page, _ROWS)
    title = versions(comparison.changes)
    counts = _counts(comparison.changes)
    return Reply(
        text=escape(cut(f"{title}: {counts}", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(title),
            *paragraph(f"*{counts}*", _domains(comparison.changes)),
            *_weighed("To act on", Weight.ACT, shown, heavy, rules),
            *_weighed("Worth reading", Weight.READ, shown, heavy, rules),
            *_small_print(comparison),
            *turners(ask, number, pages),
        ),
        share=asked_again(ask, number),
    )


def _weighed(
    label: str, weight: Weight, shown: Sequence[Change], every: Sequence[Change], rules: Rules
) -> tuple[Block, ...]:
    """Those shown of one weight, under a title that says which of how many they are."""
    here = [each for each in shown if each.weight is weight]
    if not here:
        return ()
    alike = [each for each in every if each.weight is weight]
    first = alike.index(here[0]) + 1
    place = f"{len(here)}" if len(here) == len(alike) else f"{first}–{first + len(here) - 1} of {len(alike)}"
    return (blocks.section(blocks.lines([f"*{label}* {place}", *(_row(each, rules) for each in here)])),)


def change_page(change: Change, changes: Changes, rules: Rules, *, ask: str) -> Reply:
    """What became of one object, its description word by word.

    Args:
        change: The change.
        changes: It is one of these.
        rules: How many of the team's rules name an id.
        ask: The words that ask for this again.
    """
    heading = change.id if change.id == change.name else f"{change.id} {change.name}"
    span = f"{changes.old.version} to {changes.new.version}"
    named = rules(change.id)
    rows = [f"• {escape(cut(one_line(each.what), _ROW))}" for each in change.details[:_DETAILS]]
    left = len(change.details) - _DETAILS
    weighed = {Weight.ACT: "To act on", Weight.READ: "Worth reading", Weight.COSMETIC: "Cosmetic"}[change.weight]
    words = marked(change.word_diff, _DIFF)
    return Reply(
        text=escape(cut(f"{changes.new.label}: {change.what}", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(f"{heading}, {span}"),
            *paragraph(
                f"*{weighed}*: {escape(change.reason)}",
                *rows,
                f"…and {left} more" if left > 0 else "",
            ),
            *((blocks.section(f"*Its description*, ~gone~ and *new*\n{words}"),) if words else ()),
            *paragraph(f"{counted(named, 'rule')} of yours {'names' if named == 1 else 'name'} it." if named else ""),
            *_sources(change, changes),
            *also(("Open the card", change.id), ("All changes", "changes")),
        ),
        share=asked_again(ask),
    )


def unchanged(heading: str, parts: Sequence[Changes]) -> Reply:
    """That an object is the same in both releases."""
    said = f"{heading} did not change between {_span(parts)}."
    return Reply(text=escape(said), blocks=(blocks.section(escape(said)),))


def changed_line(change: Change, changes: Changes) -> str:
    """``Changed in 18.1: …`` with the words, for a technique's card; mrkdwn, empty for what is cosmetic."""
    if change.weight is Weight.COSMETIC:
        return ""
    version, before = escape(changes.new.version), escape(changes.old.version)
    if change.category is Category.ADDITION:
        return f"*New in {version}*  it was not in {before}"
    what = "; ".join(one_line(each.what) for each in change.details if each.weight is change.weight)
    words = marked(change.word_diff, _CARD_DIFF)
    return f"*Changed in {version}*  {escape(cut(what, _ROW))}" + (f"\n{words}" if words else "")


def versions(parts: Sequence[Changes]) -> str:
    """``What changed from 17.1 to 18.1``."""
    return f"What changed from {_span(parts)}"


def marked(diff: WordDiff, limit: int) -> str:
    """A word diff as mrkdwn: what went struck through, what came in bold, the rest only near them.

    Args:
        diff: The stretches.
        limit: Characters at most; whole stretches are left out at the end.
    """
    pieces: list[str] = []
    room = limit
    for at, span in enumerate(diff):
        text = _HEADING.sub("", one_line(span.text))
        if not text:
            continue
        if span.op is Op.SAME:
            piece = escape(_near(text, first=at == 0, last=at == len(diff) - 1))
        elif span.op is Op.REMOVED:
            piece = f"~{escape(cut(text, limit // 2)).replace('~', '∼')}~"
        else:
            piece = bold(cut(text, limit // 2))
        room -= len(piece) + 1
        if room < 0:
            pieces.append("…")
            break
        pieces.append(piece)
    return " ".join(pieces)


def _near(text: str, *, first: bool, last: bool) -> str:
    words = text.split()
    if len(words) <= 2 * _AROUND or ((first or last) and len(words) <= _AROUND):
        return text
    head, tail = " ".join(words[:_AROUND]), " ".join(words[-_AROUND:])
    if first:
        return f"…{tail}"
    return f"{head}…" if last else f"{head} … {tail}"


def row_of(change: Change) -> str:
    """One line on a change, its name linked; mrkdwn."""
    named = change.id if change.id == change.name else f"{change.id} {change.name}"
    what = one_line(change.what).removeprefix(f"{named}:").strip().rstrip(".")
    return f"{link(change.url, named)}: {escape(cut(what, _ROW))}"


def _row(change: Change, rules: Rules) -> str:
    number = rules(change.id)
    return f"• {row_of(change)}" + (f"  _{counted(number, 'rule')}_" if number else "")


def _span(parts: Sequence[Changes]) -> str:
    old = " and ".join(dict.fromkeys(part.old.version for part in parts))
    new = " and ".join(dict.fromkeys(part.new.version for part in parts))
    return f"{old} to {new}"


def _counts(parts: Sequence[Changes]) -> str:
    act, read, cosmetic = (sum(part.count(weight) for part in parts) for weight in Weight)
    return f"{act:,} to act on, {read:,} worth reading, {cosmetic:,} cosmetic"


def _domains(parts: Sequence[Changes]) -> str:
    if len(parts) < 2:
        return ""
    named = ((Weight.ACT, "to act on"), (Weight.READ, "worth reading"))
    counts = (
        (part, ", ".join(f"{part.count(weight):,} {what}" for weight, what in named if part.count(weight)))
        for part in parts
    )
    return "  ·  ".join(f"{escape(part.new.label)}: {said or 'nothing to read'}" for part, said in counts)


def _small_print(comparison: Comparison) -> tuple[dict[str, object], ...]:
    bulk = [f"{each.count:,} × {escape(each.what)}" for part in comparison.changes for each in part.bulk]
    said = [f"Counted as cosmetic: {', '.join(bulk[:4])}"] if bulk else []
    said += [escape(cut(each, _ROW)) for each in comparison.limits[:3]]
    return (blocks.context(*said),) if said else ()


def _sources(change: Change, changes: Changes) -> tuple[dict[str, object], ...]:
    version = f"version {change.old_version} to {change.new_version}" if change.old_version else ""
    if change.old_version and change.old_version == change.new_version:
        version = f"still version {change.new_version}"
    parts = [link(change.url, ""), escape(changes.new.label), escape(version)]
    return (blocks.context(" · ".join(part for part in parts if part)),)
