"""A digest on its way into a channel: what stops it, and what happens then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.messenger import ClosedChannelError, PostingError, RateLimitedError
from bot.posting import LEASE, DigestPoster, Draft
from bot.views.messages import sentence
from bot.views.reply import File
from knowledge.digest import written
from knowledge.store import ClaimState, Frequency, Store, Subscription, open_store
from tests.bot.digests.world import START, Clock, Slack, write

DUE = written(START + timedelta(hours=9))


@pytest.fixture
def clock() -> Clock:
    return Clock(START + timedelta(hours=9, seconds=30))


@pytest.fixture
def slack(clock: Clock) -> Slack:
    return Slack(clock)


@pytest.fixture
def store() -> Store:
    return open_store("memory", Path())


def subscribe(store: Store, name: str = "s", **fields: object) -> Subscription:
    wanted = Subscription(**{"id": name, "workspace": "T1", "channel": "C1", "owner": "U1", "next_due": DUE, **fields})  # type: ignore[arg-type]
    store.save_subscription(wanted)
    return wanted


@pytest.fixture
def poster(store: Store, slack: Slack, clock: Clock) -> Callable[..., DigestPoster]:
    def make(name: str = "me", draft: Callable[[Subscription], Draft] = write) -> DigestPoster:
        return DigestPoster(store, "T1", slack, draft, clock, claimant=name)

    return make


def kept(store: Store, name: str = "s") -> Subscription:
    return next(each for each in store.subscriptions("T1") if each.id == name)


def failing(error: Exception, method: str = "post") -> Callable[[str, str], None]:
    def trouble(called: str, channel: str) -> None:
        if called == method:
            raise error

    return trouble


def test_what_is_due_is_posted_once_with_its_mark_and_is_next_due_in_a_week(
    store: Store, slack: Slack, poster: Callable[..., DigestPoster]
) -> None:
    subscribe(store)
    me = poster()
    me.tick()
    me.tick()

    assert slack.digests() == [("s", DUE)]
    assert kept(store).next_due == written(START + timedelta(days=1, hours=9))  # the first of March 2026 is a Sunday
    assert kept(store).told == (("enterprise", "18.1"),)
    claim = store.find_digest("T1", "s", DUE)
    assert claim is not None
    assert (claim.state, claim.channel) == (ClaimState.POSTED, "C1")


def test_another_workspace_is_another_bots(store: Store, slack: Slack, poster: Callable[..., DigestPoster]) -> None:
    subscribe(store, workspace="T2")
    poster().tick()

    assert slack.digests() == []


def test_a_bot_that_was_down_posts_once_when_it_is_back(
    store: Store, slack: Slack, clock: Clock, poster: Callable[..., DigestPoster]
) -> None:
    subscribe(store, frequency=Frequency.DAILY)
    clock.sleep(5 * 86_400)
    me = poster()
    me.tick()
    me.tick()

    assert slack.digests() == [("s", DUE)]
    assert kept(store).next_due == written(START + timedelta(days=6, hours=9))


def test_where_there_is_nothing_to_say_it_is_noted_and_not_posted(
    store: Store, slack: Slack, poster: Callable[..., DigestPoster]
) -> None:
    subscribe(store)
    me = poster(draft=lambda _: Draft(None, (("enterprise", "18.1"),)))

    assert me.tick()["silent"] == 1
    assert slack.messages == []
    assert kept(store).told == (("enterprise", "18.1"),)


def test_thread_and_files_hang_below(store: Store, slack: Slack, poster: Callable[..., DigestPoster]) -> None:
    subscribe(store)
    draft = replace(write(kept(store)), thread=(sentence("a"), sentence("b")), files=lambda: (File("x.png", b""),))
    poster(draft=lambda _: draft).tick()

    first = slack.messages[0].ts
    assert [(each.thread, each.has_files) for each in slack.messages[1:]] == [(first, False)] * 2 + [(first, True)]


def test_a_second_between_two_messages_of_a_channel(
    store: Store, slack: Slack, poster: Callable[..., DigestPoster]
) -> None:
    for name in "abc":
        subscribe(store, name)
    poster().tick()

    moments = [each.at for each in slack.messages]
    assert all(later - earlier >= 1 for earlier, later in pairwise(moments))


@pytest.mark.parametrize("reason", ["channel_not_found", "not_in_channel", "is_archived"])
def test_a_channel_that_is_closed_pauses_the_subscription_and_its_owner_hears_of_it(
    store: Store, slack: Slack, poster: Callable[..., DigestPoster], reason: str
) -> None:
    subscribe(store)
    slack.trouble = failing(ClosedChannelError(reason), "find")
    me = poster()
    me.tick()
    me.tick()

    assert reason in kept(store).paused
    ((user, said),) = slack.told
    assert user == "U1"
    assert "paused" in said.text


def test_a_rate_limit_is_waited_for_as_long_as_slack_says(
    store: Store, slack: Slack, clock: Clock, poster: Callable[..., DigestPoster]
) -> None:
    subscribe(store)
    calls: list[str] = []

    def limited(method: str, channel: str) -> None:
        calls.append(method)
        if method == "post" and calls.count("post") == 1:
            raise RateLimitedError(120)

    slack.trouble = limited
    me = poster()
    me.tick()
    clock.sleep(100)
    me.tick()
    assert calls.count("post") == 1
    clock.sleep(21)
    me.tick()

    assert slack.digests() == [("s", DUE)]
    assert me.counts["rate limited"] == 1


def test_other_errors_are_tried_again_further_and_further_apart(
    store: Store, slack: Slack, clock: Clock, poster: Callable[..., DigestPoster]
) -> None:
    subscribe(store)
    slack.trouble = failing(PostingError("Slack says internal_error."))
    me = poster()
    tries = []
    for minute in range(300):
        before = me.counts["failed"]
        me.tick()
        if me.counts["failed"] > before:
            tries.append(minute)
        clock.sleep(60)
    slack.trouble = lambda *_: None
    clock.sleep(3_600)
    me.tick()

    assert tries[:5] == [0, 1, 3, 7, 15]
    assert slack.digests() == [("s", DUE)]


def test_a_message_that_arrived_though_slack_seemed_to_fail_is_found(
    store: Store, slack: Slack, clock: Clock, poster: Callable[..., DigestPoster]
) -> None:
    subscribe(store)
    slack.trouble = failing(PostingError("Slack did not answer."), "posted")
    me = poster()
    me.tick()
    slack.trouble = lambda *_: None
    clock.sleep(61)
    me.tick()

    assert slack.digests() == [("s", DUE)]
    assert me.counts["found"] == 1
    assert kept(store).told == (("enterprise", "18.1"),)


def test_another_waits_for_a_fresh_claim_and_takes_over_an_old_one(
    store: Store, slack: Slack, clock: Clock, poster: Callable[..., DigestPoster]
) -> None:
    subscribe(store)
    store.claim_digest("T1", "s", DUE, claimant="dead", at=written(clock.now()), lease=LEASE)
    me = poster()
    me.tick()
    assert slack.digests() == []
    clock.sleep(LEASE.total_seconds())
    me.tick()

    assert slack.digests() == [("s", DUE)]


def test_a_thread_that_cannot_be_posted_does_not_hold_the_digest_up(
    store: Store, slack: Slack, poster: Callable[..., DigestPoster]
) -> None:
    subscribe(store)
    slack.trouble = failing(PostingError("Slack says file_upload_failed."), "hand_over")
    me = poster(draft=lambda each: replace(write(each), files=lambda: (File("x.png", b""),)))
    me.tick()
    me.tick()

    assert (slack.digests(), me.counts["thread failed"]) == ([("s", DUE)], 1)


def test_one_that_breaks_does_not_keep_the_others(
    store: Store, slack: Slack, poster: Callable[..., DigestPoster]
) -> None:
    subscribe(store, "a")
    subscribe(store, "b")

    def draft(each: Subscription) -> Draft:
        if each.id == "a":
            raise RuntimeError("unforeseen")
        return write(each)

    me = poster(draft=draft)
    me.tick()

    assert slack.digests() == [("b", DUE)]
    assert me.counts["failed"] == 1
