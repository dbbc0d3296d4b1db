"""What the regular post needs to remember, frozen: who wants it and when, who is posting it, what became of its items.

Moments that are compared (`next_due`, `claimed_at`, `until`) are UTC to the second, as in ``2026-11-16T09:00:00Z``;
nothing here looks at a clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from knowledge.store.instants import checked_instant

POSTED_KEPT = 12
"""Posted digests remembered for each subscription; older ones go. Unfinished claims stay until they are posted."""

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


class Frequency(StrEnum):
    """How often a subscription is due."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Threshold(StrEnum):
    """The lightest change that a subscription lists; the rest is counted."""

    ACT = "act"
    READ = "read"
    ALL = "all"


class ClaimState(StrEnum):
    """How far a digest has come."""

    CLAIMED = "claimed"
    """Somebody is at it, or was when they stopped."""
    POSTED = "posted"
    """Done, for good: it is in the channel, or there was nothing to say."""


class TaskState(StrEnum):
    """What a team did about an item of a digest."""

    OPEN = "open"
    SNOOZED = "snoozed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A channel that wants to hear what a new release means for the team.

    Attributes:
        id: Chosen by the caller; the same id again in the same workspace replaces the subscription.
        workspace: Slack's team id.
        channel: Slack's id of where to post.
        owner: Slack's id of who subscribed, and is told when something is wrong.
        weekday: 0 is Monday, as `datetime.date.weekday` counts. Of a monthly one, the first such day of the month;
            of a daily one without meaning.
        time: ``HH:MM`` by the clock of `timezone`.
        timezone: IANA name, such as ``Europe/Berlin``. Checked by the caller, who has the zones.
        weight: The lightest change it lists.
        groups: ATT&CK ids of groups it is narrowed to; empty for all. `platforms` and `techniques` likewise.
        heartbeat: Post one line where there is nothing to say, instead of nothing.
        created_at: When somebody first asked for it, RFC 3339; lists go by it.
        paused: Why nothing is posted; empty while it runs.
        next_due: When to post next; empty where nobody has worked it out yet.
        told: The release last posted about, as ``(domain, version)`` pairs.
    """

    id: str
    workspace: str
    channel: str
    owner: str = ""
    frequency: Frequency = Frequency.WEEKLY
    weekday: int = 0
    time: str = "09:00"
    timezone: str = "UTC"
    weight: Threshold = Threshold.READ
    groups: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    heartbeat: bool = False
    created_at: str = ""
    paused: str = ""
    next_due: str = ""
    told: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        """Refuse what could never be posted."""
        if not self.id or not self.workspace or not self.channel or not self.timezone:
            raise ValueError("a subscription needs an id, a workspace, a channel and a time zone")
        if not 0 <= self.weekday <= 6:
            raise ValueError(f"weekday is {self.weekday}, and it has to be 0 for Monday to 6 for Sunday")
        if not _TIME.fullmatch(self.time):
            raise ValueError(f"time is '{self.time[:40]}', and it has to be written like 09:00")
        if self.next_due:
            checked_instant("next_due", self.next_due)

    @property
    def place(self) -> tuple[str, str]:
        """A key that sorts subscriptions as people know them, the oldest first; their ids are hashes."""
        return self.created_at, self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestClaim:
    """Somebody's word that they post one digest, and later where it is.

    Attributes:
        period: Which digest of the subscription: ``2026-W47``, or the moment it was due.
        claimant: Who; one process, or one attempt of it.
        claimed_at: Since when; empty where the claimant gave it back.
        attempt: 1 for the first claim. Anything higher follows one that was not finished, which may have posted all
            the same: look in the channel before posting.
        channel: Where the message is.
        ts: Slack's timestamp of the message; empty where there was nothing to say.
        content: A fingerprint of what was posted.
        posted_at: When it was marked as posted.
    """

    subscription_id: str
    period: str
    claimant: str
    claimed_at: str
    attempt: int = 1
    state: ClaimState = ClaimState.CLAIMED
    channel: str = ""
    ts: str = ""
    content: str = ""
    posted_at: str = ""

    def __post_init__(self) -> None:
        """A moment that cannot be compared would keep everybody out, or nobody."""
        if self.claimed_at:
            checked_instant("claimed_at", self.claimed_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What became of one item of a digest: whoever gets the same change again sees it.

    Attributes:
        change_id: The change, as `knowledge.changes` names it.
        until: When a snoozed one comes back.
        assignee: Slack's id of whose it is; empty for nobody's. It stays when the task is done.
        by: Slack's id of who said so last.
        at: When, RFC 3339.
    """

    change_id: str
    state: TaskState = TaskState.OPEN
    until: str = ""
    assignee: str = ""
    by: str = ""
    at: str = ""

    def __post_init__(self) -> None:
        """A snooze without an end would be a way to lose things."""
        if not self.change_id:
            raise ValueError("a task needs the id of a change")
        if (self.state is TaskState.SNOOZED) != bool(self.until):
            raise ValueError("a snoozed task, and no other, has a moment until which it sleeps")
        if self.until:
            checked_instant("until", self.until)
