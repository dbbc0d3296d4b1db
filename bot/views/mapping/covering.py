"""What a team's rules say of a mapped technique, in half a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from bot.views.coverage import unseen
from bot.views.mrkdwn import cut, one_line

if TYPE_CHECKING:
    from knowledge.coverage import TechniqueCoverage
    from knowledge.mapping.model import Likely, MatchedRule


class Covered(Protocol):
    """A technique to plain words on the team's rules for it; empty where nothing is to be said."""

    def __call__(self, likely: Likely, *, again: bool) -> str:
        """Say it; `again` where a line above names the same rules."""


_TITLE = 70
_TITLES = 2


def nothing_covered(likely: Likely, *, again: bool) -> str:  # noqa: ARG001 # a `Covered`
    """Nothing on any technique's rules."""
    return ""


def covered_in_short(likely: Likely, found: TechniqueCoverage | None, *, again: bool = False) -> str:
    """``✓ 12 rules``, ``✗ no rule of yours``, or which rule fires on the alert itself.

    Args:
        likely: The technique; knows the rules that fire on the alert.
        found: What the team's rules claim for it; None where the team has none, or the technique is unknown.
        again: Whether a line above names the same rules.

    Returns:
        Plain text, not escaped; empty where nothing is to be said.
    """
    if likely.rules:
        said = _again(likely.rules) if again else _firing(likely.rules)
        total = found.rules if found else 0
        return f"{said} ({total:,} rules in all)" if total > len(likely.rules) else said
    return _held(found) if found else ""


def _firing(rules: Sequence[MatchedRule]) -> str:
    firing = [each for each in rules if each.fires] or list(rules)
    titles = list(dict.fromkeys(f"“{cut(one_line(each.title), _TITLE)}”" for each in firing))
    shown = ", ".join(titles[:_TITLES])
    fires = firing[0].fires
    if len(titles) == 1:
        return f"✓ your rule {shown} fires on this event" if fires else f"✓ this is your rule {shown}"
    more = f" and {len(titles) - _TITLES:,} more" if len(titles) > _TITLES else ""
    said = f"{len(titles):,} of your rules fire on this event" if fires else "these are your rules"
    return f"✓ {said}: {shown}{more}"


def _again(rules: Sequence[MatchedRule]) -> str:
    if len({each.title for each in rules}) == 1:
        return "✓ the same rule"
    return "✓ the same rules"


def _held(found: TechniqueCoverage) -> str:
    if not found.covered:
        children = f"; {found.subtechniques_label} covered" if found.covered_subtechniques else ""
        off = f"; {found.switched_off:,} switched off" if found.switched_off else ""
        return f"✗ no rule of {'its own' if children else 'yours'}{children}{off}"
    claims = _count(found.rules, "rule") if found.rules else _count(found.scores, "imported score")
    if unseen(found):
        return f"✗ {claims}, but no log source to fire on"
    if found.blind:
        return f"✓ {claims}, {found.blind:,} without a log source"
    if found.brittleness and found.rules > 1:
        return f"✓ {found.brittleness}"
    return f"✓ {claims}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
