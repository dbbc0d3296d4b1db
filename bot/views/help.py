"""The help, told from the table of verbs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.views import blocks
from bot.views.mrkdwn import bold, code, escape
from bot.views.reply import Reply

_VERBS_A_BLOCK = 12


@dataclass(frozen=True, slots=True)
class VerbHelp:
    """What there is to say about a verb.

    Attributes:
        usage: As it is typed after the slash command, such as ``group NAME``.
        summary: What it does, in a sentence.
        example: A use that works as it stands; empty for none.
        topic: What it is about, as a heading.
    """

    usage: str
    summary: str
    example: str = ""
    topic: str = ""


def help_page(verbs: Iterable[VerbHelp], *, command: str = "/attack") -> Reply:
    """Every verb under what it is about: how to call it, what it does, an example where the call does not show it."""
    every = list(verbs)
    topics = dict.fromkeys(verb.topic for verb in every)
    parts = [(topic, [_row(verb, command) for verb in every if verb.topic == topic]) for topic in topics]
    return Reply(
        text=escape("Ask me about ATT&CK: " + ", ".join(f"{command} {each.usage}" for each in every)),
        blocks=(
            blocks.header("Ask me about ATT&CK"),
            blocks.section("By id, name, alias, acronym or slang; typing errors are fine."),
            *(
                blocks.section(
                    blocks.lines([*([bold(topic)] if topic and not at else ()), *rows[at : at + _VERBS_A_BLOCK]])
                )
                for topic, rows in parts
                for at in range(0, len(rows), _VERBS_A_BLOCK)
            ),
            blocks.context("Only you see an answer until you share it; in a thread, mention me instead."),
        ),
    )


def _row(verb: VerbHelp, command: str) -> str:
    plain = verb.usage.endswith(" NAME") or verb.example in ("", verb.usage)
    example = "" if plain else f"  e.g. {code(verb.example)}"
    return f"{code(f'{command} {verb.usage}')}  {escape(verb.summary)}{example}"
