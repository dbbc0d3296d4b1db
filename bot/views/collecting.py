"""What the team says it collects: a list, and the form that corrects it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.views import blocks
from bot.views.cards.frame import paragraph
from bot.views.cards.related import counted
from bot.views.forms import COLLECT_FORM, input_block, modal
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import code, cut, escape, one_line
from bot.views.reply import Reply

CORRECT = "collect:form"
"""The button that opens the form."""

_BOXES = 10
"""Checkboxes that Slack takes in one element."""
_MOST = 90
"""Boxes in the form; each has a value of at most `_VALUE` characters, and Slack takes 100 blocks."""
_LABEL = 75
_VALUE = 140
_HINT = (
    "What you collect, as you said or as your rules suggest, is ticked. What is left unticked counts as not collected: "
    "rules that need it cannot fire."
)
_ASSUMED = "What is assumed counts as collected until you confirm or deny it."
_UNRECOGNISED = 6
_LISTED = 20


class Word(StrEnum):
    """What is known of a log source."""

    YES = "collected"
    ASSUMED = "assumed"
    NO = "not collected"
    SILENT = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A log source, or a data component that a file names.

    Attributes:
        needed: How many rules need it.
        platforms: That it covers; empty for any.
    """

    name: str
    word: Word
    needed: int = 0
    platforms: tuple[str, ...] = ()


def collected_list(
    choices: Sequence[Choice],
    unrecognised: Sequence[tuple[str, int]],
    *,
    how: str = "/attack collect yes NAME  ·  /attack collect no NAME",
) -> Reply:
    """What is said, what is only assumed, what is denied; and what nothing here recognises.

    Args:
        choices: Every log source.
        unrecognised: Log sources of rules that no entry knows, with how many rules name each.
        how: What to type to correct it.
    """
    parts = (
        ("✓ *Collected*", Word.YES, ""),
        ("✗ *Not collected*", Word.NO, ": rules that need them cannot fire"),
        ("? *Only assumed*", Word.ASSUMED, ", since your rules need them"),
    )
    counts = {word: sum(each.word is word for each in choices) for _, word, _ in parts}
    said = (
        f"{counted(counts[Word.YES], 'log source')} confirmed, {counts[Word.ASSUMED]} only assumed, "
        f"{counts[Word.NO]} not collected"
    )
    odd = ", ".join(f"{code(cut(one_line(label), 80))} ({number:,})" for label, number in unrecognised[:_UNRECOGNISED])
    left = len(unrecognised) - _UNRECOGNISED
    return Reply(
        text=escape(cut(said, FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header("What you collect"),
            *paragraph(f"*{escape(said)}.*", _ASSUMED if counts[Word.ASSUMED] else ""),
            *(
                blocks.section(blocks.lines([f"{label} {counts[word]}{why}", *_names(choices, word)]))
                for label, word, why in parts
                if counts[word]
            ),
            *paragraph(f"*Not recognised*  {odd}{f' and {left} more' if left > 0 else ''}" if odd else ""),
            blocks.plain_context(f"In brackets: how many rules need it  ·  {how}"),
            *blocks.actions([blocks.button("Correct it…", CORRECT, "collect|form|0", primary=not counts[Word.YES])]),
        ),
    )


def _names(choices: Sequence[Choice], word: Word) -> Iterator[str]:
    """A line a platform, what most rules need first."""
    for _, members in _by_platform(each for each in choices if each.word is word):
        named = [
            escape(each.name) + (f" ({each.needed:,})" if each.needed else "")
            for each in sorted(members, key=lambda each: -each.needed)
        ]
        left = len(named) - _LISTED
        yield f"• {',  '.join(named[:_LISTED])}{f' and {left} more' if left > 0 else ''}"


def _by_platform(choices: Iterable[Choice]) -> list[tuple[str, list[Choice]]]:
    """By what they cover, the platform with the most first; those that are alone stand together, last."""
    found: dict[str, list[Choice]] = {}
    for each in choices:
        found.setdefault(", ".join(each.platforms) or "Any platform", []).append(each)
    alone = [members[0] for members in found.values() if len(members) == 1]
    if len(alone) > 1:
        found = {platform: members for platform, members in found.items() if len(members) > 1}
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return [*ordered, ("Others", alone)] if len(alone) > 1 else ordered


def collect_form(choices: Sequence[Choice], metadata: str) -> dict[str, Any]:
    """A box for each log source, ticked where it is collected or assumed to be.

    Args:
        choices: Every log source; those the rules need first.
        metadata: Where the answer goes, for whoever reads the submission.
    """
    shown = [each for each in choices if len(each.name) <= _VALUE][:_MOST]
    groups = [
        input_block(f"boxes{at}", label, _boxes(members), optional=True)
        for at, (label, members) in enumerate(_grouped(shown))
    ]
    return modal(COLLECT_FORM, "What do you collect?", "Keep", metadata, blocks.plain_context(_HINT), *groups)


def _grouped(choices: Iterable[Choice]) -> Iterator[tuple[str, list[Choice]]]:
    """By platform, ten at a time, in the order of their names."""
    for platform, members in _by_platform(choices):
        members.sort(key=lambda each: each.name.casefold())
        for at in range(0, len(members), _BOXES):
            part = members[at : at + _BOXES]
            yield platform if at == 0 else f"{platform}, more", part


def _boxes(members: Sequence[Choice]) -> dict[str, Any]:
    options = [_option(each) for each in members]
    ticked = [option for option, each in zip(options, members, strict=True) if each.word in (Word.YES, Word.ASSUMED)]
    return {"type": "checkboxes", "options": options} | ({"initial_options": ticked} if ticked else {})


def _option(choice: Choice) -> dict[str, Any]:
    needed = f" ({counted(choice.needed, 'rule')})" if choice.needed else ""
    label = cut(choice.name, _LABEL - len(needed)) + needed
    return {"text": {"type": "plain_text", "text": label, "emoji": False}, "value": choice.name}


def answers_of(view: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names that were ticked, and all that the form showed."""
    chosen = [
        option["value"]
        for block in view["state"]["values"].values()
        for element in block.values()
        for option in element.get("selected_options") or ()
    ]
    shown = [
        option["value"]
        for block in view["blocks"]
        if block.get("type") == "input"
        for option in block["element"].get("options") or ()
    ]
    return tuple(chosen), tuple(shown)
