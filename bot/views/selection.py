"""The techniques that a tactic, a group or a platform has in common, or a source names, by how they are covered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import also, asked_again
from bot.views.cards.frame import linked_id, paragraph
from bot.views.cards.related import counted
from bot.views.coverage import caution, in_a_sentence, summed_up, tactic_row
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import cut, escape, one_line
from bot.views.reply import Block, Reply
from bot.views.whose import EVERYBODY, Team
from knowledge.coverage import State

if TYPE_CHECKING:
    from knowledge.coverage import SourceSummary, Summary, TechniqueCoverage

    Number = Callable[[TechniqueCoverage], int]
    """How many rules name a technique."""

_LISTED = 8
_PRESSING = "the most pressing first"
_WEAK = (
    ("Gaps", State.GAP),
    ("Only sub-techniques have rules", State.SUBTECHNIQUES),
    ("Brittle", State.BRITTLE),
)


def selection_page(
    title: str,
    whole: Summary,
    found: Sequence[TechniqueCoverage],
    *,
    ask: str,
    tactics: Sequence[Summary] = (),
    buttons: Sequence[tuple[str, str]] = (),
    warning: str = "",
    team: Team = EVERYBODY,
    command: str = "/attack",
) -> Reply:
    """The techniques of a tactic, a group, a platform or a source, by how well they are covered.

    Args:
        title: What they have in common.
        whole: Their sum.
        found: They themselves, what is missing with the most pressing first.
        ask: What was asked, for the share button.
        tactics: The same by tactic; empty for none.
        buttons: Further questions, each with its label.
        warning: Mrkdwn on rules that could not be placed, shown where there are gaps that they may close.
        team: Whose rules were counted; title, share button and questions say so by themselves.
        command: What stands before a verb.
    """
    title = team.titled(title)
    held = [each for each in found if each.state in (State.COVERED, State.REDUNDANT)]
    rows = (
        *(_listed(label, [each for each in found if each.state is state], _PRESSING) for label, state in _WEAK),
        _listed("Covered", by_rules(held), "by the number of rules", rules_of),
    )
    return Reply(
        text=escape(cut(f"{title}: {in_a_sentence(whole)}", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(title),
            *summed_up(whole, found, team, command),
            *paragraph(*(tactic_row(each) for each in tactics)),
            *(blocks.section(row) for row in rows if row),
            *paragraph(warning if any(not each.covered for each in found) else ""),
            caution(),
            *also(*((label, team.asking(words)) for label, words in buttons)),
        ),
        share=asked_again(team.asking(ask)),
    )


def _listed(label: str, found: Sequence[TechniqueCoverage], order: str = "", number: Number | None = None) -> str:
    """A title with how many there are, and below it the first of them; empty for none."""
    said = f", {order}" if order and len(found) > _LISTED else ""
    return f"*{label}* {len(found)}{said}\n{techniques_line(found, number=number)}" if found else ""


def rules_of(each: TechniqueCoverage) -> int:
    """How many rules and scores name a technique."""
    return len(each.claims)


def by_rules(found: Sequence[TechniqueCoverage], number: Number = rules_of) -> list[TechniqueCoverage]:
    """Those with the most rules first."""
    return sorted(found, key=lambda each: (-number(each), each.technique.id))


def techniques_line(found: Sequence[TechniqueCoverage], most: int = _LISTED, *, number: Number | None = None) -> str:
    """``T1059 Command and… (94), T1566 Phishing (17) and 12 more``, each linked, the number left out unless given."""
    shown = ",  ".join(linked_id(each.technique) + (f" ({number(each):,})" if number else "") for each in found[:most])
    left = len(found) - most
    return f"{shown} and {left:,} more" if left > 0 else shown


def source_page(whole: SourceSummary, claimed: Sequence[TechniqueCoverage], *, team: Team = EVERYBODY) -> Reply:
    """What one source adds to the others.

    Args:
        whole: Its sum.
        claimed: The techniques its rules name.
        team: Whose rules were counted.
    """
    name = one_line(whole.source)
    title = team.titled(f"Coverage by “{name}”")
    others = (
        f"no other source names {whole.only_here} of them" if whole.only_here else "other sources name them all too"
    )
    said = (
        f"{whole.counting:,} of {counted(whole.detections, 'rule')} {'names' if whole.counting == 1 else 'name'} "
        f"{counted(whole.techniques, 'technique or sub-technique', 'techniques and sub-techniques')}"
        + (f"; {others}." if whole.techniques else ".")
    )

    def number(each: TechniqueCoverage) -> int:
        return dict(each.sources).get(whole.source, 0)

    def part(label: str, members: list[TechniqueCoverage]) -> tuple[Block, ...]:
        return paragraph(_listed(label, by_rules(members, number), "by the number of its rules", number))

    return Reply(
        text=escape(cut(f"{title}: {said}", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(title),
            *paragraph(f"*{escape(said)}*", team.line),
            *part("Only here", [each for each in claimed if len(each.sources) == 1]),
            *part("Elsewhere too", [each for each in claimed if len(each.sources) > 1]),
            caution(),
            *also(("All coverage", team.asking("coverage")), ("Sources", "sources")),
        ),
        share=asked_again(team.asking(f"coverage source {name}")),
    )
