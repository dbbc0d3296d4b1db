"""The digests that are due, each posted once: claimed, looked for, posted, marked.

Whatever stops a process between two of these steps, the next one finds out: a claim that nobody finished is taken over
after its lease, a message that was posted and not marked is found in the channel by its metadata, a digest that was
marked and whose subscription was not moved on is moved on.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from bot.boundary import log_failure
from bot.messenger import DIGEST, PART, ClosedChannelError, Mark, Posted, RateLimitedError
from bot.views.messages import sentence
from knowledge.digest import moment, next_due, written
from knowledge.errors import KnowledgeError
from knowledge.store import ClaimState

if TYPE_CHECKING:
    from bot.messenger import Messenger
    from bot.views.reply import File, Reply
    from knowledge.digest import Told
    from knowledge.store import DigestClaim, DigestStore, Subscription

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
"""How long a claim keeps others out. Far longer than the calls to Slack that follow its renewal may take."""

_FIRST_WAIT = 60.0
_LONGEST_WAIT = 3_600.0
_SKEW = 3_600.0
"""Seconds by which this machine's clock may run ahead of Slack's."""
_FIRST_LOOK = 86_400.0
"""Seconds that the first attempt looks back, so that a busy channel does not make a long downtime expensive."""
_A_CHANNEL = 1.0
"""Seconds between two messages in a channel, which is what Slack takes."""


class Clock(Protocol):
    """The time, and waiting for it."""

    def now(self) -> datetime:
        """In UTC."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class WallClock:
    """The real time."""

    def now(self) -> datetime:
        """In UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


@dataclass(frozen=True, slots=True)
class Draft:
    """What one subscription is to hear.

    Attributes:
        message: None where there is nothing to say.
        told: What the subscription has heard then.
        thread: What hangs below the message.
        files: Made when they are needed: a picture takes a second.
        after: Called when the digest is out.
    """

    message: Reply | None
    told: Told = ()
    thread: Sequence[Reply] = ()
    files: Callable[[], Sequence[File]] = tuple
    after: Callable[[], None] = lambda: None


class DigestPoster:
    """Posts what is due in one workspace; threads and processes may each have one over the same store.

    Args:
        store: Subscriptions and claims.
        workspace: Slack's team id.
        messenger: Slack.
        write: From a subscription to what it is to hear.
        clock: The time.
        claimant: What this process is called; no two are called alike.
    """

    def __init__(
        self,
        store: DigestStore,
        workspace: str,
        messenger: Messenger,
        write: Callable[[Subscription], Draft],
        clock: Clock,
        *,
        claimant: str,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self._store = store
        self._workspace = workspace
        self._messenger = messenger
        self._write = write
        self._clock = clock
        self._claimant = claimant
        self._waits: dict[tuple[str, str], tuple[datetime, float]] = {}
        self._spoken: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def tick(self) -> Counter[str]:
        """Post what is due now, and return how often what happened, by a word, since the start."""
        with self._lock:
            now, before = self._clock.now(), self.counts.copy()
            for each in self._store.due_subscriptions(written(now)):
                waits = self._waits.get((each.id, each.next_due))
                if each.workspace != self._workspace or (waits is not None and waits[0] > now):
                    continue
                try:
                    self._attempt(each)
                except Exception as error:  # noqa: BLE001 - the boundary of jobs: one digest must not keep the others
                    self.counts["failed"] += 1
                    log_failure(error)
            if self.counts != before:
                logger.info("digests: %s", ", ".join(f"{n} {what}" for what, n in (self.counts - before).items()))
            return self.counts

    def _attempt(self, subscription: Subscription) -> None:
        claim = self._store.claim_digest(
            self._workspace,
            subscription.id,
            subscription.next_due,
            claimant=self._claimant,
            at=self._now(),
            lease=LEASE,
        )
        if claim is None:
            self._move_on(subscription)
            return
        try:
            self._post(subscription, claim)
        except ClosedChannelError as error:
            self._pause(subscription, claim, error)
        except RateLimitedError as error:
            self._wait(subscription, claim, "rate limited", error.seconds)
        except KnowledgeError as error:
            logger.warning("digest %s waits: %s", subscription.id, error)
            self._wait(subscription, claim, "failed")
        except Exception as error:  # noqa: BLE001 - the boundary of jobs: one digest must not keep the others
            log_failure(error)
            self._wait(subscription, claim, "failed")
        else:
            self._waits.pop((subscription.id, subscription.next_due), None)

    def _post(self, subscription: Subscription, claim: DigestClaim) -> None:
        key = {"subscription": subscription.id, "period": claim.period}
        since = moment(subscription.next_due).timestamp() - _SKEW
        if (
            claim.attempt == 1
        ):  # nobody has begun: this look is for a bot that was removed, or a store that was restored
            since = max(since, self._clock.now().timestamp() - _FIRST_LOOK)
        found = self._messenger.find(subscription.channel, Mark(DIGEST, key), since=since)
        draft = self._write(subscription)
        told = json.dumps(draft.told)
        if found is not None:  # an earlier attempt got as far as posting
            self.counts["found"] += 1
            ts, told = found.ts, found.mark.payload.get("told", told)
            self._hang(subscription, draft, ts, key, self._messenger.replies(subscription.channel, ts))
        elif draft.message is None:
            self.counts["silent"] += 1
            ts = ""
        else:
            self._pace(subscription.channel)
            renewed = self._store.renew_digest(self._workspace, claim, at=self._now())
            if renewed is None:
                return  # we were slow, and somebody else is at it
            mark = Mark(DIGEST, {**key, "told": told})
            ts = self._messenger.post(subscription.channel, draft.message, mark)
            self.counts["posted"] += 1
            self._hang(subscription, draft, ts, key, ())
        self._store.mark_posted(
            self._workspace, claim, at=self._now(), channel=subscription.channel if ts else "", ts=ts, content=told
        )
        draft.after()
        self._advance(subscription, told)

    def _hang(
        self, subscription: Subscription, draft: Draft, ts: str, key: dict[str, str], there: Sequence[Posted]
    ) -> None:
        """Put into the thread what is not there yet; the digest counts without it."""
        try:
            for number, reply in enumerate(draft.thread):
                mark = Mark(PART, {**key, "part": str(number)})
                if not any(mark.fits(each.mark) for each in there):
                    self._pace(subscription.channel)
                    self._messenger.post(subscription.channel, reply, mark, thread=ts)
            if not any(each.has_files for each in there) and (files := draft.files()):
                self._messenger.hand_over(subscription.channel, files, thread=ts)
        except RateLimitedError:
            raise
        except KnowledgeError as error:
            self.counts["thread failed"] += 1
            logger.warning("digest %s is posted, its thread is not whole: %s", subscription.id, error)

    def _move_on(self, subscription: Subscription) -> None:
        """Advance a subscription whose digest is out, where whoever posted it did not get so far."""
        known = self._store.find_digest(self._workspace, subscription.id, subscription.next_due)
        if known is not None and known.state is ClaimState.POSTED:
            self._advance(subscription, known.content)

    def _advance(self, subscription: Subscription, told: str) -> None:
        due = written(next_due(subscription, max(self._clock.now(), moment(subscription.next_due))))
        heard = tuple((str(domain), str(version)) for domain, version in json.loads(told or "[]"))
        self._store.advance_subscription(self._workspace, subscription.id, next_due=due, told=heard or None)

    def _pause(self, subscription: Subscription, claim: DigestClaim, error: ClosedChannelError) -> None:
        self.counts["paused"] += 1
        self._store.pause_subscription(self._workspace, subscription.id, f"{error} Since {self._now()[:10]}.")
        self._store.release_digest(self._workspace, claim)
        if not subscription.owner:
            return
        said = (
            f"I cannot post the ATT&CK digest {subscription.id} in its channel any more: {error} It is paused. "
            "Invite me there and subscribe again, or unsubscribe it."
        )
        try:
            self._messenger.tell(subscription.owner, sentence(said))
        except KnowledgeError as failure:
            logger.warning("the owner of digest %s could not be told: %s", subscription.id, failure)

    def _wait(self, subscription: Subscription, claim: DigestClaim, what: str, seconds: float = 0) -> None:
        self.counts[what] += 1
        key = (subscription.id, subscription.next_due)
        before = self._waits.get(key, (self._clock.now(), 0.0))[1]
        pause = seconds or min(max(before * 2, _FIRST_WAIT), _LONGEST_WAIT)
        self._waits[key] = (self._clock.now() + timedelta(seconds=pause), 0.0 if seconds else pause)
        self._store.release_digest(self._workspace, claim)

    def _pace(self, channel: str) -> None:
        now = self._clock.now()
        soonest = self._spoken.get(channel, datetime.min.replace(tzinfo=UTC)) + timedelta(seconds=_A_CHANNEL)
        if now < soonest:
            self._clock.sleep((soonest - now).total_seconds())
        self._spoken[channel] = max(now, soonest)

    def _now(self) -> str:
        return written(self._clock.now())
