"""A second process for test_many_processes.py: starts at a word on its standard input, and answers in JSON.

claiming.py claim ADDRESS     claims every digest it can get, with four threads, and says which
claiming.py write ADDRESS     keeps 500 confirmations
claiming.py hold ADDRESS      claims one digest and stands still
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

from knowledge.store import Confirmation, Store, Verdict, open_store

TEAM, PERIOD, NOON, LEASE = "T1", "2026-W47", "2026-11-16T12:00:00Z", timedelta(minutes=5)


def claim_all(store: Store, me: str, threads: int = 4) -> list[str]:
    won: list[str] = []

    def claim(thread: int) -> None:
        ids = [each.id for each in store.subscriptions(TEAM)]
        random.shuffle(ids)
        for each in ids:
            claim = store.claim_digest(TEAM, each, PERIOD, claimant=f"{me}-{thread}", at=NOON, lease=LEASE)
            if claim is not None:
                won.append(each)
                assert store.mark_posted(TEAM, claim, at=NOON, ts=each)

    run([threading.Thread(target=claim, args=[number]) for number in range(threads)])
    return won


def write(store: Store, name: str, count: int = 500) -> None:
    for number in range(count):
        said = Confirmation(id=f"{name}-{number}", technique_id="T1059", verdict=Verdict.RIGHT, text="x" * 150)
        store.add_confirmation(TEAM, said)


def run(threads: list[threading.Thread]) -> None:
    for each in threads:
        each.start()
    for each in threads:
        each.join()


def main(what: str, address: str) -> None:
    store = open_store(address, Path())
    store.generation(TEAM)
    say("ready")
    sys.stdin.readline()
    match what:
        case "claim":
            say(claim_all(store, "other"))
        case "write":
            write(store, "other")
            say("done")
        case _:
            store.claim_digest(TEAM, "s0000", PERIOD, claimant="doomed", at=NOON, lease=LEASE)
            say("held")
            time.sleep(600)
    store.close()


def say(what: object) -> None:
    print(json.dumps(what), flush=True)  # noqa: T201 - how it answers


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
