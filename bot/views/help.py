"""The help, told from the table of verbs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.views import blocks
from bot.views.mrkdwn import code, escape
from bot.views.reply import Reply

_VERBS_A_BLOCK = 10


@dataclass(frozen=True, slots=True)
class VerbHelp:
    """What there is to say about a verb.

    Attributes:
        usage: As it is typed, such as ``/attack group NAME``.
        summary: What it does, in a sentence.
        example: A use that works as it stands; empty for none.
    """

    usage: str
    summary: str
    example: str = ""


def help_page(verbs: Iterable[VerbHelp]) -> Reply:
    """Every verb: how to call it, what it does, an example."""
    rows = [_row(verb) for verb in verbs]
    return Reply(
        text="Ask for anything in ATT&amp;CK by id, name, alias or slang.",
        blocks=(
            blocks.header("Ask me about ATT&CK"),
            blocks.section("By id, name, alias, acronym or slang; typing errors are fine."),
            *(
                blocks.section(blocks.lines(rows[at : at + _VERBS_A_BLOCK]))
                for at in range(0, len(rows), _VERBS_A_BLOCK)
            ),
            blocks.context("Only you see an answer until you share it; in a thread, mention me instead."),
        ),
    )


def _row(verb: VerbHelp) -> str:
    example = f", for example {code(verb.example)}" if verb.example and verb.example != verb.usage else ""
    return f"{code(verb.usage)}  {escape(verb.summary.rstrip('.'))}{example}"
