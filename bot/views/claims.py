"""What a team's rules claim for one technique: on a page of its own, and as one line beside other answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import also, asked_again
from bot.views.cards.frame import full_name, labelled, paged, paragraph, with_id
from bot.views.cards.related import counted, escaped_list
from bot.views.coverage import caution, unplaced, unseen
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import code, cut, escape, one_line
from bot.views.reply import Reply
from bot.views.selection import by_rules, rules_of, techniques_line
from bot.views.whose import EVERYBODY, Team
from knowledge.coverage import State, Visibility

if TYPE_CHECKING:
    from knowledge.catalog import Catalog
    from knowledge.coverage import Claim, Coverage, TechniqueCoverage
    from knowledge.detections import Detection
    from knowledge.model import Release

_RULES_A_PAGE = 12
_CHILDREN = 16
_TITLE = 110
_SHORT_TITLE = 60
_TITLES = 2
_NAMED = 3
_SAYS_MUCH = 4
"""Letters from which on a word of a technique's name says something: not *of*, *and*, *OS*."""

_SEVERITY = ("critical", "high", "medium", "low", "informational")

HeldLine = Callable[[str], str]
"""A technique's id to one line on the team's rules for it; empty where nothing is to be said."""


def technique_page(
    coverage: Coverage, each: TechniqueCoverage, page: int = 0, *, team: Team = EVERYBODY, command: str = "/attack"
) -> Reply:
    """One technique: how well it is covered, its sub-techniques, and which rules name it.

    Args:
        coverage: What the rules claim.
        each: The technique.
        page: Of its rules, from 0.
        team: Whose rules they are.
        command: What stands before a verb.
    """
    technique = each.technique
    shown, number, pages, place = paged(sorted(each.claims, key=_useful), page, _RULES_A_PAGE)
    state = _state(each)
    several = len(each.sources) > 1
    rules = [_rule(claim, several=several) for claim in shown]
    children = [found for key in each.subtechniques if (found := coverage.of(key))]
    ask = team.asking(f"coverage {technique.id}")
    return Reply(
        text=escape(cut(f"{team.titled(with_id(technique))}: {state}", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(team.titled(f"Coverage of {with_id(technique, full_name(coverage.catalog, technique))}")),
            *paragraph(f"*{escape(state[0].upper() + state[1:])}*", team.line, *_facts(each, command)),
            *paragraph(*(() if number else _children(children))),
            *paragraph(f"*Rules* {place}" if rules else "", *rules),
            *paragraph("" if each.covered else unplaced(coverage)),
            caution(),
            *also(("Open the card", technique.id), *_near(coverage.catalog, each, team), turning=(ask, number, pages)),
        ),
        share=asked_again(ask, number),
    )


def unknown_page(
    attack_id: str, rules: Sequence[Detection], loaded: Sequence[Release], page: int = 0, *, team: Team = EVERYBODY
) -> Reply:
    """An id that no loaded release has: the rules that name it, which count for nothing yet.

    Args:
        attack_id: As the rules have it.
        rules: Those that name it, at least one.
        loaded: The releases there are.
        page: Of the rules, from 0.
        team: Whose rules they are.
    """
    shown, number, pages, place = paged(sorted(rules, key=lambda rule: _rank(rule.level)), page, _RULES_A_PAGE)
    verb = "names" if len(rules) == 1 else "name"
    here = ", ".join(release.label for release in loaded)
    said = f"{counted(len(rules), 'rule')} of yours {verb} {attack_id}, which no loaded release has"
    ask = team.asking(f"coverage {attack_id}")
    return Reply(
        text=escape(cut(f"{said}.", FALLBACK_CHARACTERS)),
        blocks=(
            blocks.header(team.titled(f"Coverage of {attack_id}")),
            *paragraph(
                f"*{escape(said)}.*",
                team.line,
                f"{'It counts' if len(rules) == 1 else 'They count'} once one that has it is loaded. "
                f"Loaded now: {escape(here)}.",
            ),
            *paragraph(f"*Rules* {place}", *(_titled(each, (each.level, each.status, each.source)) for each in shown)),
            *also(("All coverage", team.asking("coverage")), turning=(ask, number, pages)),
        ),
        share=asked_again(ask, number),
    )


def _useful(claim: Claim) -> tuple[bool, int]:
    """What can fire before what cannot, the most severe first."""
    return claim.visibility is Visibility.BLIND, _severity(claim)


def _severity(claim: Claim) -> int:
    return _rank(claim.detection.level)


def _rank(level: str) -> int:
    return _SEVERITY.index(level) if level in _SEVERITY else len(_SEVERITY)


def _state(each: TechniqueCoverage) -> str:
    part = f"; {each.subtechniques_label} {_has(each)} rules" if each.subtechniques else ""
    match each.state:
        case State.GAP:
            return "gap: no rule of yours names it" + (" or a sub-technique of it" if each.subtechniques else "")
        case State.SUBTECHNIQUES:
            return f"no rule of its own{part}"
        case _ if unseen(each):
            fires = "it cannot fire: its" if each.blind == 1 else "none can fire: their"
            return f"named by {_claims(each)}, but {fires} log source is not collected{part}"
        case State.BRITTLE:
            return f"brittle: {each.brittleness}{_blind(each)}{part}"
        case _:
            return f"covered by {_claims(each)}{_blind(each)}{part}"


def _has(each: TechniqueCoverage) -> str:
    return "has" if len(each.covered_subtechniques) == 1 else "have"


def _blind(each: TechniqueCoverage) -> str:
    whose = "its" if each.blind == 1 else "their"
    return f", but {each.blind} cannot fire: {whose} log source is not collected" if each.blind else ""


def _claims(each: TechniqueCoverage) -> str:
    parts = [counted(each.rules, "rule")] if each.rules else []
    parts += [counted(each.scores, "imported score")] if each.scores else []
    return " and ".join(parts)


def _facts(each: TechniqueCoverage, command: str) -> list[str]:
    seen = [
        f"{word} for {number}"
        for number, word in (
            (each.visible, "collected"),
            (each.assumed, "only assumed to be collected"),
            (each.blind, "not collected"),
        )
        if number
    ]
    settles = [f"{code(f'{command} collect')} settles that"] if each.assumed else []
    many = len(each.claims) > 1
    return [
        labelled("Sources", _words(each.sources)),
        labelled("Level", _words(sorted(each.levels, key=lambda pair: _rank(pair[0])))) if many else "",
        labelled("Status", _words(each.statuses)) if many else "",
        labelled("Log sources", "  ·  ".join((*seen, *settles))),
        labelled("Data components", _components(each)),
        labelled("Validated", escape(each.validated[:10])),
        labelled("Switched off", f"{counted(each.switched_off, 'rule')}, not counted") if each.switched_off else "",
        labelled("Named by old ids", escaped_list(each.retired_ids)),
    ]


def _components(each: TechniqueCoverage) -> str:
    """How many of those that would show it are collected; which are missing, or else which there are."""
    ready = each.readiness
    if not ready.needed:
        return ""
    had = (*ready.said, *ready.assumed)
    missing = [name for name in ready.needed if name not in had]
    assumed = (", as assumed" if not ready.said else f", {len(ready.assumed)} only assumed") if ready.assumed else ""
    listed = missing or list(had)
    more = f" and {len(listed) - _NAMED} more" if len(listed) > _NAMED else ""
    said = f"{len(had)} of {len(ready.needed)} that would show it collected{assumed}"
    return f"{said}{'; missing: ' if missing else ': '}{escaped_list(listed[:_NAMED])}{more}"


def _words(pairs: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{escape(one_line(word)) or 'none'} {number:,}" for word, number in pairs)


def _rule(claim: Claim, *, several: bool) -> str:
    rule = claim.detection
    blind = "not collected" if claim.visibility is Visibility.BLIND else ""
    old = f"by the old id {claim.named}" if claim.named else ""
    return _titled(rule, (rule.level, rule.status, rule.source if several else "", blind, old))


def _titled(rule: Detection, about: Iterable[str]) -> str:
    facts = ", ".join(escape(one_line(word)) for word in about if word)
    return f"• {escape(cut(one_line(rule.title), _TITLE))}" + (f"  _{facts}_" if facts else "")


def _children(children: Sequence[TechniqueCoverage]) -> list[str]:
    """Those without a rule, those that would break easily, the others with how many rules they have."""
    if not children:
        return []
    bare = [each for each in children if not each.covered]
    weak = by_rules([each for each in children if each.brittleness])
    held = by_rules([each for each in children if each.covered and not each.brittleness])
    parts = (("without a rule", bare, None), ("brittle", weak, rules_of), ("covered", held, rules_of))
    return [
        f"*Sub-techniques* {len(children)}",
        *(
            f"_{len(members)} {label}:_  {techniques_line(members, _CHILDREN, number=number)}"
            for label, members, number in parts
            if members
        ),
    ]


def _near(catalog: Catalog, each: TechniqueCoverage, team: Team) -> tuple[tuple[str, str], ...]:
    tactic = next(iter(catalog.tactics_of(each.technique)), None)
    return ((f"Gaps in {tactic.name}", team.asking(f"gaps tactic {tactic.id}")),) if tactic else ()


def held_line(each: TechniqueCoverage, ahead: int = 0) -> str:
    """``Covered by 3 rules  title, title and 1 more (sigma)``, or that it is a gap; mrkdwn.

    Args:
        each: The technique.
        ahead: How many rules name ids that no loaded release has: some may be about what looks like a gap.
    """
    children = f"; {each.subtechniques_label} {_has(each)} some" if each.covered_subtechniques else ""
    off = f"; {counted(each.switched_off, 'rule')} switched off" if each.switched_off else ""
    if not each.covered:
        own = "no rule of yours names it itself" if children else "no rule of yours names it"
        newer = f"; {counted(ahead, 'rule')} {'names' if ahead == 1 else 'name'} ids that no loaded release has"
        return f"*Gap*  {own}{children}{off}{newer if ahead else ''}"
    sources = ", ".join(escape(one_line(source)) for source, _ in each.sources if source)
    named = _titles(each) + (f" ({sources})" if sources else "")
    if unseen(each):
        return f"*Named by {_claims(each)} that cannot fire*, log source not collected  {named}{children}{off}"
    blind = f"; log source not collected for {each.blind}" if each.blind else ""
    weak = f"; {each.brittleness}" if each.brittleness and each.rules > 1 else ""
    return f"*Covered by {_claims(each)}*  {named}{weak}{blind}{children}{off}"


def _titles(each: TechniqueCoverage) -> str:
    """The rules that are the most about it: they see something, say its name and name little else."""
    words = [word for word in one_line(each.technique.name).casefold().split() if len(word) >= _SAYS_MUCH]

    def about(claim: Claim) -> tuple[bool, int, int, int]:
        title = claim.detection.title.casefold()
        told = sum(word in title for word in words)
        return claim.visibility is Visibility.BLIND, -told, len(claim.detection.ids), _severity(claim)

    titles = [one_line(claim.detection.title) for claim in sorted(each.claims, key=about)]
    shown = list(dict.fromkeys(titles))[:_TITLES]
    left = sum(title not in shown for title in titles)
    return ", ".join(escape(cut(title, _SHORT_TITLE)) for title in shown) + (f" and {left:,} more" if left else "")
