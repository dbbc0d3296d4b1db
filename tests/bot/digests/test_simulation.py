"""Sixty days of digests with crashes at every step, two workers over one store: each once, none lost."""

from __future__ import annotations

import bisect
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.posting import LEASE, DigestPoster
from knowledge.digest import moment, next_due, written
from knowledge.store import Frequency, Store, Subscription, open_store
from tests.bot.digests.processes import CONTEXT, Stage, Stages
from tests.bot.digests.processes import Worker as Process
from tests.bot.digests.world import START, Clock, Crash, Crashing, Dice, Slack, write
from tests.knowledge.store.postgresql_server import empty_database

TEAM = "T1"
DAYS = 60
PROCESS_ENDS = 0.004
"""How likely each step of a digest is a process's last."""

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns")


def subscription(number: int) -> Subscription:
    """One in forty daily, a third weekly, the rest monthly; in the morning or at night, in one of six zones."""
    frequency = Frequency.DAILY if number % 40 == 0 else Frequency.WEEKLY if number % 3 == 0 else Frequency.MONTHLY
    return Subscription(
        id=f"s{number:04}",
        workspace=TEAM,
        channel=f"C{number % 50}",
        owner="U1",
        frequency=frequency,
        weekday=number % 7,
        time=("02:30", "08:00", "09:15", "09:30")[number // 7 % 4],
        timezone=ZONES[number % len(ZONES)],
    )


def periods(each: Subscription, start: datetime, end: datetime) -> Iterator[str]:
    due = next_due(each, start)
    while due <= end:
        yield written(due)
        due = next_due(each, due)


class Worker:
    """A process: it crashes, comes back under another name, and goes on."""

    def __init__(self, name: str, store: Store, slack: Slack, clock: Clock, dice: Dice) -> None:
        self.lives = 0
        self._new = lambda: DigestPoster(
            Crashing(store, dice),  # type: ignore[arg-type]
            TEAM,
            slack,
            write,
            clock,
            claimant=f"{name}-{self.lives}",
        )
        self._poster = self._new()

    def tick(self) -> None:
        try:
            self._poster.tick()
        except Crash:
            self.lives += 1
            self._poster = self._new()


def simulate(open_it: Callable[[], Store], count: int, days: int, seed: int, *, often: float = 0.01) -> None:
    clock, dice = Clock(), Dice(seed, often)
    slack = Slack(clock, trouble=lambda *_: dice.maybe())
    every = [subscription(number) for number in range(count)]
    end = START + timedelta(days=days)
    with ExitStack() as stack:
        stores = [stack.enter_context(closing(open_it())) for _ in range(2)]
        for each in every:
            first = written(next_due(each, START))
            stores[0].save_subscription(Subscription(**{**_fields(each), "next_due": first}))
        workers = [Worker(name, store, slack, clock, dice) for name, store in zip("ab", stores, strict=True)]
        wanted = {(each.id, period) for each in every for period in periods(each, START, end)}
        moments = sorted({moment(period) for _, period in wanted})
        while clock.now() < end:
            _together(workers)
            if stores[0].due_subscriptions(written(clock.now())):
                clock.sleep(LEASE.total_seconds() / 2)  # somebody crashed: wait for the claim to age
                continue
            at = bisect.bisect_right(moments, clock.now())
            if at == len(moments):
                break
            clock.to(moments[at])
        dice.often = 0
        while stores[0].due_subscriptions(written(clock.now())):
            clock.sleep(LEASE.total_seconds())
            _together(workers)
        seen = Counter(slack.digests())
        late = {key for key in seen if moment(key[1]) > end}
        assert [key for key, number in seen.items() if number > 1] == []
        assert set(seen) - late == wanted
        assert sum(worker.lives for worker in workers) == dice.crashes > count / 20
        heard = {name for name, _ in seen}
        assert all(each.told for each in stores[0].subscriptions(TEAM) if each.id in heard)


def _together(workers: list[Worker]) -> None:
    """Both tick at once."""
    threads = [threading.Thread(target=worker.tick) for worker in workers]
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def _fields(each: Subscription) -> dict[str, Any]:
    return {name: getattr(each, name) for name in Subscription.__slots__}


def test_a_thousand_subscriptions_over_sixty_days_by_two_processes_on_postgresql() -> None:
    every = [subscription(number) for number in range(1_000)]
    end = START + timedelta(days=DAYS)
    with empty_database() as address, closing(open_store(address, Path())) as store, Stages(ctx=CONTEXT) as stages:
        stage: Stage = stages.Stage()  # type: ignore[attr-defined]
        for each in every:
            first = written(next_due(each, START))
            store.save_subscription(Subscription(**{**_fields(each), "next_due": first}))
        wanted = {(each.id, period) for each in every for period in periods(each, START, end)}
        moments = sorted({moment(period) for _, period in wanted})
        workers = [Process(name, stage, address, TEAM, seed) for seed, name in enumerate("ab", start=1)]

        def tick(often: float) -> bool:
            """Both at once; whether anything is still due afterwards."""
            for each in workers:
                each.begin(often)
            for each in workers:
                each.end()
            return bool(store.due_subscriptions(written(stage.now())))

        while stage.now() < end:
            if tick(PROCESS_ENDS):
                stage.sleep(LEASE.total_seconds() / 2)  # somebody was killed: wait for the claim to age
                continue
            at = bisect.bisect_right(moments, stage.now())
            if at == len(moments):
                break
            stage.to(moments[at])
        while tick(0.0):
            stage.sleep(LEASE.total_seconds())
        for each in workers:
            each.stop()
        seen = Counter(stage.call("digests"))
        heard = {name for name, _ in seen}
        assert [key for key, number in seen.items() if number > 1] == []
        assert {key for key in seen if moment(key[1]) <= end} == wanted
        assert sum(worker.lives for worker in workers) > 50
        assert all(each.told for each in store.subscriptions(TEAM) if each.id in heard)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_few_subscriptions_on_tinydb(tmp_path: Path, seed: int) -> None:
    simulate(lambda: open_store("tinydb", tmp_path / "store"), 12, 30, seed, often=0.04)
