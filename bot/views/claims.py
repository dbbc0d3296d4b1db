"""What a team's rules claim for one technique: on a page of its own, and as one line beside other answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import also, asked_again
from bot.views.cards.frame import full_name, labelled, linked_id, paged, paragraph, with_id
from bot.views.cards.related import counted, escaped_list
from bot.views.coverage import caution
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import cut, escape, one_line
from bot.views.reply import Reply
from bot.views.whose import EVERYBODY, Team
from knowledge.coverage import State, Visibility

if TYPE_CHECKING:
    from knowledge.catalog import Catalog
    from knowledge.coverage import Claim, Coverage, TechniqueCoverage

_RULES_A_PAGE = 12
_CHILDREN = 16
_TITLE = 110
_SHORT_TITLE = 60

HeldLine = Callable[[str], str]
"""A technique's id to one line on the team's rules for it; empty where nothing is to be said."""


def technique_page(coverage: Coverage, each: TechniqueCoverage, page: int = 0, *, team: Team = EVERYBODY) -> Reply:
    """One technique: how well it is covered, which rules, and its sub-techniques one by one.

    Args:
        coverage: What the rules claim.
        each: The technique.
        page: Of its rules, from 0.
        team: Whose rules they are.
    """
    technique = each.technique
    shown, number, pages, place = paged(each.claims, page, _RULES_A_PAGE)
    said = f"{team.titled(with_id(technique))}: {_state(each)}"
    rules = [_rule(claim) for claim in shown]
    children = [found for key in each.subtechniques if (found := coverage.of(key))]
    ask = team.asking(f"coverage {technique.id}")
    return Reply(
        text=escape(cut(said, FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(team.titled(f"Coverage of {with_id(technique, full_name(coverage.catalog, technique))}")),
            *paragraph(f"*{escape(_state(each)[0].upper() + _state(each)[1:])}*", team.line, *_facts(each)),
            *paragraph(f"*Rules* {place}" if rules else "", *rules),
            *paragraph(*_children(children)),
            caution(),
            *also(
                ("Open the card", technique.id),
                ("Gaps like it", team.asking(_like(coverage.catalog, each))),
                turning=(ask, number, pages),
            ),
        ),
        share=asked_again(ask, number),
    )


def _state(each: TechniqueCoverage) -> str:
    part = f", {each.subtechniques_label} have rules" if each.subtechniques else ""
    match each.state:
        case State.GAP:
            return "gap: no rule of yours names it" + (" or a sub-technique of it" if each.subtechniques else "")
        case State.SUBTECHNIQUES:
            return f"no rule of its own{part}"
        case State.BRITTLE:
            return f"brittle: {each.brittleness}{part}"
        case _:
            return f"covered by {_claims(each)}{part}"


def _claims(each: TechniqueCoverage) -> str:
    parts = [counted(each.rules, "rule")] if each.rules else []
    parts += [counted(each.scores, "imported score")] if each.scores else []
    return " and ".join(parts)


def _facts(each: TechniqueCoverage) -> list[str]:
    seen = [
        f"{number} {word}"
        for number, word in ((each.visible, "collected"), (each.assumed, "assumed"), (each.blind, "not collected"))
        if number
    ]
    needed = each.readiness
    had = (*needed.said, *needed.assumed)
    ready = f"{len(had)} of {counted(len(needed.needed), 'data component')} that would show it" if needed.needed else ""
    if had:
        ready += f" ({escaped_list(had[:3])}{', …' if len(had) > 3 else ''})"
    return [
        labelled("Sources", _words(each.sources)),
        labelled("Level", _words(each.levels)) if len(each.claims) > 1 else "",
        labelled("Status", _words(each.statuses)) if len(each.claims) > 1 else "",
        labelled("Log source of these rules", ", ".join(seen)),
        labelled("You collect", ready),
        labelled("Validated", escape(each.validated[:10])),
        labelled("Switched off", f"{counted(each.switched_off, 'rule')}, not counted") if each.switched_off else "",
        labelled("Named by old ids", escaped_list(each.retired_ids)),
    ]


def _words(pairs: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{escape(one_line(word)) or 'none'} {number:,}" for word, number in pairs)


def _rule(claim: Claim) -> str:
    rule = claim.detection
    about = [rule.level, rule.status, rule.source, "not collected" if claim.visibility is Visibility.BLIND else ""]
    facts = ", ".join(escape(one_line(word)) for word in about if word)
    old = f", by the old id {escape(claim.named)}" if claim.named else ""
    return f"• {escape(cut(one_line(rule.title), _TITLE))}" + (f"  _{facts}{old}_" if facts or old else "")


def _children(children: Sequence[TechniqueCoverage]) -> list[str]:
    if not children:
        return []
    ordered = sorted(children, key=lambda each: (each.covered, -len(each.claims), each.technique.id))
    rows = [
        f"• {linked_id(each.technique)}  {_claims(each) if each.covered else '*gap*'}"
        + (f", {escape(each.brittleness)}" if each.brittleness and each.rules > 1 else "")
        for each in ordered[:_CHILDREN]
    ]
    left = len(ordered) - _CHILDREN
    return ["*Sub-techniques*, gaps first", *rows, *([f"…and {left} more"] if left > 0 else [])]


def _like(catalog: Catalog, each: TechniqueCoverage) -> str:
    tactic = next(iter(catalog.tactics_of(each.technique)), None)
    return f"gaps tactic {tactic.id}" if tactic else "gaps"


def held_line(each: TechniqueCoverage) -> str:
    """``Covered by 3 rules: title, title … (sigma)``, or that it is a gap; mrkdwn."""
    children = f"; {each.subtechniques_label} have some" if each.covered_subtechniques else ""
    off = f"; {counted(each.switched_off, 'rule')} switched off" if each.switched_off else ""
    if not each.covered:
        own = "no rule of yours names it itself" if children else "no rule of yours names it"
        return f"*Gap*  {own}{children}{off}"
    narrow = sorted(each.claims, key=lambda claim: len(claim.detection.ids))  # what names little else says the most
    titles = dict.fromkeys(cut(one_line(claim.detection.title), _SHORT_TITLE) for claim in narrow)
    named = ", ".join(escape(title) for title in list(titles)[:2]) + (", …" if len(titles) > 2 else "")
    sources = ", ".join(escape(one_line(source)) for source, _ in each.sources if source)
    blind = f"; the log source of {each.blind} is not collected" if each.blind else ""
    return f"*Covered by {_claims(each)}*  {named}" + (f" ({sources})" if sources else "") + blind + children + off
