"""What a `DigestStore` does alike on every backend, over two ways in: change a subscription, date a claim."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace

from knowledge.store.digests import DigestClaim, Subscription
from knowledge.store.instants import checked_instant
from knowledge.store.names import checked, encodable


class SharedDigests(ABC):
    """The part of a `DigestStore` that is the same wherever it keeps things."""

    @abstractmethod
    def _change(self, workspace: str, subscription_id: str, change: Callable[[Subscription], Subscription]) -> bool:
        """Put what `change` makes of a subscription in its place, alone and durably; return whether there is one."""

    @abstractmethod
    def _date_claim(self, workspace: str, claim: DigestClaim, claimed_at: str) -> DigestClaim | None:
        """Give a claim another moment; None where it is no longer the claimant's, or the digest is posted."""

    def advance_subscription(
        self, workspace: str, subscription_id: str, *, next_due: str, told: tuple[tuple[str, str], ...] | None = None
    ) -> bool:
        """See `DigestStore.advance_subscription`."""
        if next_due:
            checked_instant("next_due", next_due)

        def advanced(known: Subscription) -> Subscription:
            return encodable(replace(known, next_due=next_due, told=known.told if told is None else told))

        return self._change(workspace, subscription_id, advanced)

    def pause_subscription(self, workspace: str, subscription_id: str, reason: str) -> bool:
        """See `DigestStore.pause_subscription`."""
        why = encodable(reason)
        return self._change(workspace, subscription_id, lambda known: replace(known, paused=why))

    def renew_digest(self, workspace: str, claim: DigestClaim, *, at: str) -> DigestClaim | None:
        """See `DigestStore.renew_digest`."""
        return self._date_claim(workspace, claim, checked_instant("the time of a claim", at))

    def release_digest(self, workspace: str, claim: DigestClaim) -> bool:
        """See `DigestStore.release_digest`."""
        return self._date_claim(workspace, claim, "") is not None


def first_claim(subscription_id: str, period: str, claimant: str, at: str) -> DigestClaim:
    """A claim as it is where nobody has begun.

    Raises:
        StoreError: One of the names is empty or too long.
        ValueError: The moment is written in another way.
    """
    return DigestClaim(
        subscription_id=checked("subscription", subscription_id),
        period=checked("digest's period", period),
        claimant=checked("claimant", claimant),
        claimed_at=at,
    )
