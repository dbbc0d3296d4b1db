"""The nouns of the regular post, frozen."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.changes import Change, Changes
from knowledge.impact import Impact, RuleImpact
from knowledge.store.digests import Subscription, Task

Told = tuple[tuple[str, str], ...]
"""What a subscription has been told of, as ``(domain, version)``; and under ``DOMAIN newer`` the version that a team
which is pinned to an older one was told exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a digest.

    Attributes:
        change_id: What people's word on it is kept under: the release and the object, ``enterprise 18.1 T1552.003``.
        rules: Those it touches; none where it is listed without touching any.
        task: What somebody has said of it; None for nothing.
        back: It was put off and its time has come.
    """

    change_id: str
    change: Change
    rules: tuple[RuleImpact, ...] = ()
    task: Task | None = None
    back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one subscription is to hear.

    Attributes:
        headline: One line that carries the meaning.
        silent: Nothing in it touches the team, so that nothing is said.
        impact: What the changes ask of the team's rules, narrowed to what the subscription wants.
        act: To act on: what came back from being put off first, then by how many rules it touches.
        read: Worth reading, likewise.
        beyond: Changes that touch no rule, the heaviest first; listed where a subscription asks for them.
        cosmetic: Ids of techniques that rules name and that changed in a way that asks nothing.
        newer: ``(domain, pinned version, newest version)`` where the team holds an older one on purpose.
        limits: What could not be compared, a sentence each.
        changes: The comparisons, not narrowed.
        told: What the subscription has heard once this is posted.
    """

    subscription: Subscription
    headline: str
    silent: bool
    impact: Impact
    act: tuple[Entry, ...] = ()
    read: tuple[Entry, ...] = ()
    beyond: tuple[Entry, ...] = ()
    cosmetic: tuple[str, ...] = ()
    newer: tuple[tuple[str, str, str], ...] = ()
    limits: tuple[str, ...] = ()
    changes: tuple[Changes, ...] = ()
    told: Told = ()

    @property
    def said(self) -> bool:
        """Whether there is a message: something touches the team, or it wants a line all the same."""
        return not self.silent or self.subscription.heartbeat
