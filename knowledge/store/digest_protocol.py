"""What every store can do for the regular post: subscriptions, claims that keep a digest single, and tasks.

One digest, once, whatever crashes:

    claim = store.claim_digest(team, subscription.id, "2026-W47", claimant=me, at=now, lease=timedelta(minutes=5))
    if claim is None:              # posted, or another process is at it
        ...
    elif claim.attempt > 1:        # somebody stopped half-way: look in the channel for the message's metadata first
        ...
    store.renew_digest(team, claim, at=now)        # right before posting: None means that it is no longer ours
    store.mark_posted(team, claim, at=now, channel=channel, ts=ts)

None of this changes `Store.generation`: no answer rests on it, and it is read afresh each time.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from knowledge.store.digests import DigestClaim, Subscription, Task


class DigestStore(Protocol):
    """The part of a `Store` that digests use.

    Moments are passed in, written like ``2026-11-16T09:00:00Z``. Every method raises `ValueError` for a moment
    written in another way, and `StoreError` as `Store` has it, also for an id or a period that is too long.
    """

    def save_subscription(self, subscription: Subscription) -> bool:
        """Keep it, whole, in place of an earlier one with its id in its workspace; return whether anything changed."""

    def subscriptions(self, workspace: str) -> tuple[Subscription, ...]:
        """A workspace's, the oldest first, the paused among them."""

    def due_subscriptions(self, at: str) -> tuple[Subscription, ...]:
        """Those of all workspaces whose `next_due` has come by then, the longest due first; no paused ones."""

    def advance_subscription(
        self, workspace: str, subscription_id: str, *, next_due: str, told: tuple[tuple[str, str], ...] | None = None
    ) -> bool:
        """Set when it is next due and, where given, what it was told; whatever a person changed meanwhile stays.

        Returns:
            Whether there is such a subscription.
        """

    def pause_subscription(self, workspace: str, subscription_id: str, reason: str) -> bool:
        """Stop posting, and say why; an empty reason lets it run again.

        Returns:
            Whether there is such a subscription.
        """

    def remove_subscription(self, workspace: str, subscription_id: str) -> bool:
        """Take it away with its claims, and return whether it was there."""

    def claim_digest(
        self, workspace: str, subscription_id: str, period: str, *, claimant: str, at: str, lease: timedelta
    ) -> DigestClaim | None:
        """Become the one who posts this digest. Of all who try at once, in whatever process, one succeeds.

        Args:
            workspace: Slack's team id.
            subscription_id: Whose digest; that it still exists is not asked.
            period: Which digest of it, in the words of the caller.
            claimant: Who asks. While a claim is fresh the same name gets no second one either.
            at: Now.
            lease: How old another's claim may be before it counts as abandoned and is taken over.

        Returns:
            The claim; None when the digest is posted or somebody's claim is younger than the lease.
        """

    def renew_digest(self, workspace: str, claim: DigestClaim, *, at: str) -> DigestClaim | None:
        """Make a claim of ours young again; None when it was taken over or the digest is posted."""

    def release_digest(self, workspace: str, claim: DigestClaim) -> bool:
        """Give a claim of ours back, so that the next may try at once; return whether it still was ours."""

    def mark_posted(
        self, workspace: str, claim: DigestClaim, *, at: str, channel: str = "", ts: str = "", content: str = ""
    ) -> bool:
        """Note that the digest is in the channel, or with an empty `ts` that there was nothing to say.

        It counts even when the claim was taken over meanwhile, for the message is there.

        Returns:
            Whether this call made it so; False when it was marked before, or its subscription is gone.
        """

    def find_digest(self, workspace: str, subscription_id: str, period: str) -> DigestClaim | None:
        """What is known of a digest; None when nobody has begun it."""

    def digests(self, workspace: str) -> tuple[DigestClaim, ...]:
        """All that are remembered, by subscription and period; of the posted ones the last `POSTED_KEPT` each."""

    def save_task(self, workspace: str, task: Task) -> bool:
        """Keep it in place of what was said of the same change; return whether anything changed."""

    def tasks(self, workspace: str) -> tuple[Task, ...]:
        """All of them, by the id of their change."""
