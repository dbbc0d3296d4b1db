"""Two groups beside each other, or a group beside us."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import also, asked_again
from bot.views.cards.frame import linked_id, paragraph
from bot.views.cards.related import counted
from bot.views.coverage import caution
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import cut, escape, one_line
from bot.views.reply import Block, Reply
from bot.views.selection import by_rules, rules_of, techniques_line
from bot.views.whose import EVERYBODY, Team

if TYPE_CHECKING:
    from knowledge.coverage import TechniqueCoverage
    from knowledge.priorities import GroupAndUs, TwoGroups

_LISTED = 8


def two_groups(found: TwoGroups, *, held: bool, team: Team = EVERYBODY, warning: str = "") -> Reply:
    """What both do, and what only one does; those without a rule apart where the team has rules.

    Args:
        found: The comparison.
        held: Whether the team has imported anything, so that what it lacks can be told.
        team: Whose rules were counted.
        warning: Mrkdwn on rules that could not be placed, shown where they may close what looks like a gap.
    """
    first, second = one_line(found.first.name), one_line(found.second.name)
    said = (
        f"{first} and {second} share {counted(len(found.shared), 'technique')}; {first} has "
        f"{len(found.only_first)} more, {second} {len(found.only_second)}"
    )
    parts = (
        ("Both", found.shared),
        (f"Only {first}", found.only_first),
        (f"Only {second}", found.only_second),
    )
    words = f"compare {found.first.id} with {found.second.id}"
    return Reply(
        text=escape(cut(said, FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(team.titled(f"{first} and {second}")),
            *paragraph(f"{linked_id(found.first)}  ·  {linked_id(found.second)}", f"*{escape(said)}.*", team.line),
            *(block for label, each in parts for block in _part(label, each, held=held)),
            *paragraph(warning if held and any(not each.covered for _, part in parts for each in part) else ""),
            *((caution(),) if held else ()),
            *also(
                ("Heat map", f"heatmap overlap {found.first.id}, {found.second.id}"),
                ("Gaps of both", team.asking(f"gaps group {found.first.id}, {found.second.id}")),
            ),
        ),
        share=asked_again(team.asking(words)),
    )


def group_and_us(found: GroupAndUs, *, team: Team = EVERYBODY, warning: str = "") -> Reply:
    """What the team has for what a group does.

    Args:
        found: The comparison.
        team: Whose rules were counted.
        warning: As for `two_groups`.
    """
    name = one_line(found.group.name)
    parts = (
        ("No rule", found.gaps),
        ("Only sub-techniques have rules", found.through_subtechniques),
        ("Brittle: one rule, or only unproven ones", found.brittle),
        ("Covered", found.covered),
    )
    used = sum(len(each) for _, each in parts)
    covered = len(found.covered) + len(found.brittle)
    said = f"{name} uses {counted(used, 'technique')}; rules of yours name {covered} of them"
    return Reply(
        text=escape(cut(team.titled(said), FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(team.titled(f"{name} and us")),
            *paragraph(linked_id(found.group), f"*{escape(said)}.*", team.line),
            *(block for label, each in parts for block in _part(label, each, held=False)),
            *paragraph(warning if found.gaps or found.through_subtechniques else ""),
            caution(),
            *also(
                ("Heat map", team.asking(f"heatmap group {found.group.id}")),
                ("Gaps", team.asking(f"gaps group {found.group.id}")),
            ),
        ),
        share=asked_again(team.asking(f"compare {found.group.id} with us")),
    )


def _part(label: str, members: Sequence[TechniqueCoverage], *, held: bool) -> tuple[Block, ...]:
    if not members:
        return (blocks.section(f"*{escape(label)}* 0"),)
    bare = [each for each in members if not each.covered]
    rest = by_rules([each for each in members if each.covered])
    title = f"*{escape(label)}* {len(members)}"
    if not held:
        number = None if bare else rules_of
        return (blocks.section(f"{title}\n{techniques_line(rest if number else members, _LISTED, number=number)}"),)
    rows = [f"_{len(bare)} without a rule:_  {techniques_line(bare, _LISTED)}"] if bare else []
    rows += [f"_{len(rest)} with rules:_  {techniques_line(rest, _LISTED, number=rules_of)}"] if rest else []
    return (blocks.section(blocks.lines([title, *rows])),)
