"""Kills processes that post digests at random moments; run by test_many_processes.py as a process of its own.

    killed_poster.py ADDRESS FOLDER DIGESTS KILLS SEED

Two posters at a time do as the bot does: claim, look in the channel where the claim is not the first, post, mark. The
channel is a file that is only ever appended to. In each round one of the two is killed; the moments they pass in are
a lease apart from round to round, so that the next round may take over. The judge counts what the channel shows.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

from knowledge.store import ClaimState, Store, Subscription, WorkspaceContents, open_store

TEAM, PERIOD, LEASE = "T1", "2026-W47", timedelta(minutes=5)
LONGEST_LIFE = 0.25  # seconds


def post_everything(store: Store, channel: Path, me: str, at: str, seed: int) -> None:
    subscriptions = [each.id for each in store.subscriptions(TEAM)]
    random.Random(seed).shuffle(subscriptions)  # noqa: S311 - dice
    for each in subscriptions:
        claim = store.claim_digest(TEAM, each, PERIOD, claimant=me, at=at, lease=LEASE)
        if claim is None:
            continue
        there = claim.attempt > 1 and f"{each}\n" in channel.read_text()
        if not there:
            with channel.open("a") as file:
                file.write(f"{each}\n")
        store.mark_posted(TEAM, claim, at=at, channel="C1", ts=each)


def start(address: str, channel: Path, me: str, at: str, seed: int) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            post_everything(open_store(address, channel), channel, me, at, seed)
            code = 0
        finally:
            os._exit(code)
    return pid


def main(address: str, folder: Path, digests: int, kills: int, seed: int) -> None:
    channel = folder / "channel"
    channel.touch()
    store = open_store(address, folder)
    subscriptions = tuple(Subscription(id=f"s{n:04}", workspace=TEAM, channel="C1") for n in range(digests))
    store.restore(TEAM, WorkspaceContents(subscriptions=subscriptions))
    store.close()  # before forking: no two processes may share a connection
    chance, killed, taken_over = random.Random(seed), 0, 0  # noqa: S311 - dice
    for round_ in range(kills + 1):
        at = f"2026-11-{16 + round_ // 120:02}T{round_ // 5 % 24:02}:{round_ % 5 * 10:02}:00Z"
        posters = [start(address, channel, f"{round_}-{n}", at, chance.randrange(1 << 30)) for n in range(2)]
        if round_ < kills:
            time.sleep(chance.random() * LONGEST_LIFE)
            os.kill(posters[0], signal.SIGKILL)
            time.sleep(chance.random() * LONGEST_LIFE / 2)
            os.kill(posters[1], signal.SIGKILL)
        killed += sum(os.waitpid(each, 0)[1] == signal.SIGKILL for each in posters)
    claims = store.digests(TEAM)
    store.close()
    shown = Counter(channel.read_text().splitlines())
    taken_over = sum(each.attempt > 1 for each in claims)
    told = {
        "killed": killed,
        "taken_over": taken_over,
        "shown": len(shown),
        "twice": sum(count > 1 for count in shown.values()),
        "posted": sum(each.state is ClaimState.POSTED for each in claims),
    }
    print(json.dumps(told))  # noqa: T201 - how it answers


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:6]))
