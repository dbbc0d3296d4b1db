"""The nouns of impact, frozen: what a change of ATT&CK asks of a team's rules."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from knowledge.changes.model import Change, Weight
from knowledge.detections.model import Detection
from knowledge.model import Release
from knowledge.retag.plan import Succession


class Action(StrEnum):
    """What to do with a rule."""

    RETAG = "retag"
    """Another id or another tactic is to be written; `attackbot coverage retag` can do it."""
    REVIEW = "review"
    """Somebody has to look: no successor, several to choose from, or ATT&CK says something new."""
    NOTHING = "nothing"
    """A heavy change that leaves what the rule says right, such as a technique's new name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleImpact:
    """What one rule needs.

    Attributes:
        retags: Ids to replace.
        wrong_tactics: Tactics it names that none of its techniques is in any more, in the author's words.
        right_tactics: Shortnames to write in their place.
        overdue: Whether all of its retired ids were so before this release already.
        reasons: Why to look, a clause each.
        changes: What touches it, the heaviest first.
    """

    detection: Detection
    action: Action
    weight: Weight
    retags: tuple[Succession, ...] = ()
    wrong_tactics: tuple[str, ...] = ()
    right_tactics: tuple[str, ...] = ()
    overdue: bool = False
    reasons: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def what(self) -> str:
        """One sentence, such as ``Retag T1562.001 to T1685, tactic defense-evasion to stealth`` and a full stop."""
        parts = [f"retag {each.old} to {each.new}" for each in self.retags]
        if self.wrong_tactics:
            wrong = " and ".join(self.wrong_tactics)
            parts.append(
                f"tactic {wrong} to {' and '.join(self.right_tactics)}" if self.right_tactics else f"drop {wrong}"
            )
        if self.reasons:
            parts.append(f"{'nothing to do' if self.action is Action.NOTHING else 'review'}: {'; '.join(self.reasons)}")
        sentence = ", ".join(parts) or "nothing to do"
        return f"{sentence[0].upper()}{sentence[1:]}."


@dataclass(frozen=True, slots=True, kw_only=True)
class AheadRule:
    """A rule with ids that the loaded releases do not know, because it is newer than they are or mistaken."""

    detection: Detection
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A change that touches rules."""

    change: Change
    rules: tuple[RuleImpact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """What all changes ask of all rules.

    Attributes:
        old: The releases compared from, a domain each; `new` those compared to.
        headline: One line that carries the meaning.
        total: Rules that were looked at: those that count as coverage.
        act: Changes to act on that touch a rule, those with most rules first.
        read: Changes worth reading that touch a rule, those with most rules first.
        rules: Every rule an act or read change touches, and those with overdue ids; what needs doing first.
        overdue: Rules that name ids retired before this release.
        ahead: Rules with ids unknown to the release.
        cosmetic: How many further changes touch rules and ask nothing.
        elsewhere: How many changes to act on or read touch no rule.
    """

    old: tuple[Release, ...]
    new: tuple[Release, ...]
    headline: str
    total: int
    act: tuple[Item, ...] = ()
    read: tuple[Item, ...] = ()
    rules: tuple[RuleImpact, ...] = ()
    overdue: tuple[RuleImpact, ...] = ()
    ahead: tuple[AheadRule, ...] = ()
    cosmetic: int = 0
    elsewhere: int = 0

    @property
    def silent(self) -> bool:
        """Whether the changes ask nothing of the team, so that nothing need be said."""
        return all(rule.action is Action.NOTHING or rule.overdue for rule in self.rules)
