"""A made-up Slack and a made-up clock, in which sixty days pass in seconds."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.messenger import DIGEST, Mark, Posted
from bot.posting import Draft
from bot.views.messages import sentence
from bot.views.reply import File, Reply
from knowledge.store import Store, Subscription

START = datetime(2026, 3, 1, tzinfo=UTC)
"""Sixty days from here hold the changes to summer time of America and of Europe."""


class Crash(BaseException):
    """The process ends here."""


class Clock:
    """The time, which passes when it is told to and when somebody sleeps."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self._now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._now += timedelta(seconds=seconds)

    def to(self, moment: datetime) -> None:
        with self._lock:
            self._now = max(self._now, moment)


@dataclass
class Message:
    channel: str
    mark: Mark
    at: float
    ts: str
    thread: str = ""
    has_files: bool = False
    reply: Reply | None = None


@dataclass
class Slack:
    """Channels in memory. `trouble` is called before each call and may raise."""

    clock: Clock
    messages: list[Message] = field(default_factory=list)
    told: list[tuple[str, Reply]] = field(default_factory=list)
    trouble: Callable[[str, str], None] = lambda *_: None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def post(self, channel: str, reply: Reply, mark: Mark, *, thread: str = "") -> str:
        self.trouble("post", channel)
        at = self.clock.now().timestamp()
        with self.lock:
            ts = f"{at:.0f}.{len(self.messages):06}"
            self.messages.append(Message(channel, mark, at, ts, thread, reply=reply))
        self.trouble("posted", channel)
        return ts

    def find(self, channel: str, mark: Mark, *, since: float) -> Posted | None:
        self.trouble("find", channel)
        with self.lock:
            for each in reversed(self.messages):  # they came in this order
                if each.at < since:
                    return None
                if each.channel == channel and not each.thread and mark.fits(each.mark):
                    return Posted(each.ts, each.mark)
        return None

    def replies(self, channel: str, ts: str) -> Sequence[Posted]:
        self.trouble("replies", channel)
        return [Posted(each.ts, each.mark, each.has_files) for each in self.messages if each.thread == ts]

    def hand_over(self, channel: str, files: Sequence[File], *, thread: str) -> None:
        self.trouble("hand_over", channel)
        self.messages.append(Message(channel, Mark(""), self.clock.now().timestamp(), "", thread, has_files=True))

    def tell(self, user: str, reply: Reply) -> None:
        self.told.append((user, reply))

    def digests(self) -> list[tuple[str, str]]:
        """Subscription and period of every digest in a channel, in the order they came."""
        marks = [each.mark for each in self.messages if each.mark.kind == DIGEST]
        return [(mark.payload["subscription"], mark.payload["period"]) for mark in marks]


def write(subscription: Subscription) -> Draft:
    """A digest of one line."""
    return Draft(sentence(f"ATT&CK for {subscription.id}"), told=(("enterprise", "18.1"),))


class Dice:
    """Crashes by chance.

    Args:
        seed: Of the chance.
        often: How likely each step is the last.
    """

    def __init__(self, seed: int, often: float) -> None:
        self._random = random.Random(seed)  # noqa: S311 - dice
        self.often = often
        self.crashes = 0

    def maybe(self) -> None:
        if self._random.random() < self.often:
            self.crashes += 1
            raise Crash


CRASHING = ("claim_digest", "renew_digest", "mark_posted", "advance_subscription")


class Crashing:
    """A store whose process may end before or after each step of a digest."""

    def __init__(self, store: Store, dice: Dice) -> None:
        self._store = store
        self._dice = dice

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in CRASHING:
            return method

        def call(*arguments: Any, **named: Any) -> Any:
            self._dice.maybe()
            result = method(*arguments, **named)
            self._dice.maybe()
            return result

        return call
