"""What every store does for the regular post: subscriptions, claims that keep a digest single, and tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from knowledge.store import (
    ClaimState,
    DigestClaim,
    Frequency,
    Store,
    StoreError,
    Subscription,
    Task,
    TaskState,
    Threshold,
)
from knowledge.store.digests import POSTED_KEPT

TEAM = "T0123ABCD"
LEASE = timedelta(minutes=5)
NOON = "2026-11-16T12:00:00Z"
HOSTILE = ("a\x00b", "back\\slash", "\\0", "' OR 1=1 --", '["', "lone \udce9 surrogate", "日本語" * 20, "%s %(x)s")

Again = Callable[[], Store]


def subscription(number: int = 1, **fields: object) -> Subscription:
    usual = {"id": f"s{number}", "workspace": TEAM, "channel": "C1", "next_due": f"2026-11-16T09:{number:02}:00Z"}
    return Subscription(**{**usual, **fields})  # type: ignore[arg-type]


def claim(store: Store, who: str = "one", at: str = NOON, period: str = "2026-W47") -> DigestClaim | None:
    return store.claim_digest(TEAM, "s1", period, claimant=who, at=at, lease=LEASE)


def ours(store: Store, who: str = "one", at: str = NOON, period: str = "2026-W47") -> DigestClaim:
    found = claim(store, who, at, period)
    assert found is not None
    return found


# Subscriptions


def test_a_subscription_comes_back_as_it_was(any_store: Store, again: Again) -> None:
    full = subscription(
        owner="U1",
        frequency=Frequency.MONTHLY,
        weekday=3,
        time="17:45",
        timezone="America/St_Johns",
        weight=Threshold.ACT,
        groups=("G0016", "G0007"),
        platforms=("Windows",),
        techniques=("T1059",),
        heartbeat=True,
        created_at="2026-11-01T00:00:00+01:00",
        told=(("enterprise", "18.1"), ("ics", "18.1")),
    )

    assert any_store.save_subscription(full)
    assert not any_store.save_subscription(full)

    assert again().subscriptions(TEAM) == (full,)
    assert again().workspaces() == (TEAM,)


def test_the_same_id_replaces_and_other_workspaces_are_left_alone(any_store: Store) -> None:
    for each in (subscription(2), subscription(1), subscription(1, workspace="T2")):
        any_store.save_subscription(each)

    assert any_store.save_subscription(subscription(1, channel="C2"))

    assert any_store.subscriptions(TEAM) == (subscription(1, channel="C2"), subscription(2))
    assert any_store.subscriptions("T2") == (subscription(1, workspace="T2"),)


def test_they_are_listed_in_the_order_they_were_asked_for(any_store: Store, again: Again) -> None:
    days = {1: "2026-11-03", 2: "2026-11-01", 3: "2026-11-02", 4: ""}
    asked = [subscription(number, created_at=day and f"{day}T00:00:00+00:00") for number, day in days.items()]
    for each in asked:
        any_store.save_subscription(each)

    assert [each.id for each in again().subscriptions(TEAM)] == [asked[number].id for number in (3, 1, 2, 0)]
    assert again().contents(TEAM).subscriptions == again().subscriptions(TEAM)


def test_what_is_due_is_found_in_all_workspaces(any_store: Store, again: Again) -> None:
    late = subscription(1, workspace="T2")
    now = subscription(3, next_due=NOON)
    others = [subscription(4, next_due="2026-11-16T12:00:01Z"), subscription(5, next_due="")]
    for each in (now, late, *others, subscription(6, paused="The channel is gone.")):
        any_store.save_subscription(each)

    assert again().due_subscriptions(NOON) == (late, now)


def test_pausing_says_why_and_ends(any_store: Store) -> None:
    any_store.save_subscription(subscription())

    assert any_store.pause_subscription(TEAM, "s1", "The channel is gone.")
    assert not any_store.pause_subscription(TEAM, "s2", "Nobody.")
    assert any_store.subscriptions(TEAM) == (subscription(paused="The channel is gone."),)
    assert any_store.due_subscriptions(NOON) == ()

    assert any_store.pause_subscription(TEAM, "s1", "")
    assert any_store.due_subscriptions(NOON) == (subscription(),)


def test_advancing_leaves_what_a_person_changed(any_store: Store) -> None:
    any_store.save_subscription(subscription(told=(("ics", "18.0"),)))
    any_store.save_subscription(changed := subscription(channel="C9", told=(("ics", "18.0"),)))

    assert any_store.advance_subscription(TEAM, "s1", next_due="2026-11-23T09:00:00Z")
    assert any_store.subscriptions(TEAM) == (replace(changed, next_due="2026-11-23T09:00:00Z"),)

    told = (("enterprise", "18.1"), ("ics", "18.1"))
    assert any_store.advance_subscription(TEAM, "s1", next_due="", told=told)
    assert any_store.subscriptions(TEAM) == (replace(changed, next_due="", told=told),)
    assert not any_store.advance_subscription(TEAM, "s2", next_due="")


def test_a_removed_subscription_takes_its_claims_along(any_store: Store) -> None:
    for each in (subscription(1), subscription(11)):
        any_store.save_subscription(each)
    held = ours(any_store)
    any_store.claim_digest(TEAM, "s11", "2026-W47", claimant="one", at=NOON, lease=LEASE)

    assert any_store.remove_subscription(TEAM, "s1")
    assert not any_store.remove_subscription(TEAM, "s1")

    assert any_store.subscriptions(TEAM) == (subscription(11),)
    assert [each.subscription_id for each in any_store.digests(TEAM)] == ["s11"]
    assert not any_store.mark_posted(TEAM, held, at=NOON)


@pytest.mark.parametrize(
    "wrong",
    [{"id": ""}, {"channel": ""}, {"weekday": 7}, {"time": "9:00"}, {"time": "24:00"}, {"next_due": "2026-11-16"}],
    ids=str,
)
def test_what_could_never_be_posted_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"subscription|weekday|time|next_due"):
        subscription(**wrong)


# Claims


def test_one_claims_and_the_others_do_not(any_store: Store, again: Again) -> None:
    first = claim(any_store)

    assert first == DigestClaim(subscription_id="s1", period="2026-W47", claimant="one", claimed_at=NOON)
    assert claim(again(), "two") is None
    assert claim(any_store, "one") is None, "a second attempt of the same process is another one"
    assert again().find_digest(TEAM, "s1", "2026-W47") == first
    assert any_store.find_digest(TEAM, "s1", "2026-W48") is None


def test_claims_of_other_periods_subscriptions_and_workspaces_are_others(any_store: Store) -> None:
    claim(any_store)

    assert claim(any_store, period="2026-W48")
    assert any_store.claim_digest(TEAM, "s2", "2026-W47", claimant="one", at=NOON, lease=LEASE)
    assert any_store.claim_digest("T2", "s1", "2026-W47", claimant="one", at=NOON, lease=LEASE)
    assert [(each.subscription_id, each.period[-2:]) for each in any_store.digests(TEAM)] == [
        ("s1", "47"),
        ("s1", "48"),
        ("s2", "47"),
    ]


def test_an_abandoned_claim_is_taken_over_after_the_lease(any_store: Store, again: Again) -> None:
    claim(any_store)

    assert claim(again(), "two", at="2026-11-16T12:04:59Z") is None
    taken = ours(again(), "two", at="2026-11-16T12:05:00Z")

    assert (taken.claimant, taken.attempt, taken.claimed_at) == ("two", 2, "2026-11-16T12:05:00Z")
    assert claim(any_store, "one", at="2026-11-16T12:09:59Z") is None


def test_a_posted_digest_is_posted_for_good(any_store: Store, again: Again) -> None:
    held = ours(any_store)

    assert any_store.mark_posted(TEAM, held, at=NOON, channel="C1", ts="1763294400.000100", content="f00d")
    assert not again().mark_posted(TEAM, held, at=NOON, channel="C1", ts="other")

    assert claim(again(), "two", at="2027-01-01T00:00:00Z") is None
    assert again().find_digest(TEAM, "s1", "2026-W47") == replace(
        held, state=ClaimState.POSTED, channel="C1", ts="1763294400.000100", content="f00d", posted_at=NOON
    )


def test_a_message_counts_though_its_claim_was_taken_over(any_store: Store) -> None:
    slow = ours(any_store)
    taken = ours(any_store, "two", at="2026-11-16T12:30:00Z")

    assert any_store.mark_posted(TEAM, slow, at="2026-11-16T12:31:00Z", ts="1.0")
    assert any_store.renew_digest(TEAM, taken, at="2026-11-16T12:32:00Z") is None
    assert not any_store.mark_posted(TEAM, taken, at="2026-11-16T12:33:00Z", ts="2.0")

    found = any_store.find_digest(TEAM, "s1", "2026-W47")
    assert found is not None
    assert (found.claimant, found.ts, found.attempt) == ("one", "1.0", 2)


def test_renewing_keeps_others_out_and_tells_who_has_lost(any_store: Store) -> None:
    held = ours(any_store)

    renewed = any_store.renew_digest(TEAM, held, at="2026-11-16T12:04:00Z")
    assert renewed == replace(held, claimed_at="2026-11-16T12:04:00Z")
    assert claim(any_store, "two", at="2026-11-16T12:08:59Z") is None

    assert claim(any_store, "two", at="2026-11-16T12:09:00Z")
    assert any_store.renew_digest(TEAM, held, at="2026-11-16T12:10:00Z") is None


def test_a_claim_given_back_is_free_at_once_and_remembered_as_an_attempt(any_store: Store) -> None:
    held = ours(any_store)

    assert any_store.release_digest(TEAM, held)
    assert not any_store.release_digest(TEAM, held)

    assert ours(any_store, "two").attempt == 2
    assert not any_store.release_digest(TEAM, held)


def test_old_digests_are_forgotten_and_unfinished_ones_are_not(any_store: Store) -> None:
    claim(any_store, period="unfinished", at="2026-01-01T00:00:00Z")
    for day in range(1, POSTED_KEPT + 6):
        at = f"2026-03-{day:02}T09:00:00Z"
        any_store.mark_posted(TEAM, ours(any_store, at=at, period=at), at=at)

    kept = [each.period for each in any_store.digests(TEAM)]
    assert kept == [*(f"2026-03-{day:02}T09:00:00Z" for day in range(6, POSTED_KEPT + 6)), "unfinished"]


@pytest.mark.parametrize(
    "at", ["", "now", "2026-11-16T12:00:00+00:00", "2026-11-16T12:00:00.5Z", "2026-13-16T12:00:00Z"]
)
def test_moments_that_cannot_be_compared_are_refused(any_store: Store, at: str) -> None:
    held = ours(any_store)

    for call in (
        lambda: claim(any_store, at=at),
        lambda: any_store.renew_digest(TEAM, held, at=at),
        lambda: any_store.mark_posted(TEAM, held, at=at),
        lambda: any_store.due_subscriptions(at),
    ):
        with pytest.raises(ValueError, match="2026-11-16T09:00:00Z"):
            call()

    assert any_store.digests(TEAM) == (held,)


def test_names_too_long_are_refused(any_store: Store) -> None:
    for call in (
        lambda: any_store.save_subscription(subscription(id="x" * 201)),
        lambda: claim(any_store, period="x" * 201),
        lambda: claim(any_store, who="x" * 201),
        lambda: any_store.save_task(TEAM, Task(change_id="x" * 201)),
    ):
        with pytest.raises(StoreError, match="200 characters"):
            call()


# Tasks


def test_what_became_of_an_item_is_kept_by_its_change(any_store: Store, again: Again) -> None:
    done = Task(change_id="enterprise:18.1:T1562", state=TaskState.DONE, assignee="U2", by="U1", at=NOON)
    asleep = Task(change_id="enterprise:18.1:T1059", state=TaskState.SNOOZED, until="2026-12-01T00:00:00Z")

    assert any_store.save_task(TEAM, done)
    assert not any_store.save_task(TEAM, done)
    assert any_store.save_task(TEAM, asleep)
    assert any_store.save_task("T2", replace(done, assignee="U9"))
    assert again().tasks(TEAM) == (asleep, done)

    assert any_store.save_task(TEAM, replace(done, state=TaskState.OPEN))
    assert again().tasks(TEAM) == (asleep, replace(done, state=TaskState.OPEN))


@pytest.mark.parametrize("wrong", [{"change_id": ""}, {"state": TaskState.SNOOZED}, {"until": NOON}], ids=str)
def test_a_task_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="task"):
        Task(**{"change_id": "c", **wrong})  # type: ignore[arg-type]


# For all of it


def test_nothing_of_it_changes_what_answers_rest_on(any_store: Store) -> None:
    before = any_store.generation(TEAM)

    any_store.save_subscription(subscription())
    any_store.mark_posted(TEAM, ours(any_store), at=NOON)
    any_store.save_task(TEAM, Task(change_id="c"))

    assert any_store.generation(TEAM) == before


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_hostile_names_are_only_names(any_store: Store, name: str) -> None:
    kept = name.encode("utf-8", "backslashreplace").decode()
    any_store.save_subscription(subscription(id=name, workspace=name, channel=name, groups=(name,)))
    any_store.pause_subscription(name, name, name)
    held = any_store.claim_digest(name, name, name, claimant=name, at=NOON, lease=LEASE)
    assert held is not None
    assert any_store.renew_digest(name, held, at=NOON) == held
    any_store.mark_posted(name, held, at=NOON, channel=name, ts=name, content=name)
    any_store.save_task(name, Task(change_id=name, assignee=name))

    (found,) = any_store.subscriptions(name)
    assert (found.id, found.workspace, found.paused, found.groups) == (kept, kept, kept, (kept,))
    digest = any_store.find_digest(name, name, name)
    assert digest is not None
    assert (digest.subscription_id, digest.claimant, digest.content) == (kept, kept, kept)
    assert [each.assignee for each in any_store.tasks(name)] == [kept]
    assert any_store.remove_subscription(name, name)
