"""What the store costs: `python bench/bench_store.py [DETECTIONS]` prints a table of seconds and milliseconds.

TinyDB's files, and beside them the PostgreSQL database that ATTACKBOT_TEST_POSTGRESQL names, which should be empty:
what is measured is written to one workspace, and that is emptied in the end.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from knowledge.detections.model import Detection, LogSourceClaim
from knowledge.store import (
    Confirmation,
    SourceImport,
    Store,
    Subscription,
    Verdict,
    WorkspaceContents,
    copy_store,
    open_store,
)

TEAM = "T0123ABCD"
NOON = "2026-11-16T12:00:00Z"
LEASE = timedelta(minutes=5)


def rule(number: int, title: str = "Suspicious Encoded PowerShell Command Line") -> Detection:
    return Detection(
        id=f"{number:08x}-5b3b-4c2e-9d5a-0123456789ab",
        title=f"{title} {number}",
        description="Detects a command line that is often seen when an adversary hides what a script does. " * 2,
        source="sigma",
        path=f"rules/windows/process_creation/proc_creation_win_{number}.yml",
        format="sigma",
        level="high",
        status="test",
        ids=("T1059.001", "T1027"),
        written_ids=("attack.t1059.001", "attack.t1027"),
        tactics=("execution", "defense-evasion"),
        log_sources=(LogSourceClaim("windows", "process_creation"),),
        strings=tuple(f"-enc{each} {number}" for each in range(8)),
    )


def said(key: str) -> Confirmation:
    return Confirmation(
        id=key,
        technique_id="T1059.001",
        verdict=Verdict.RIGHT,
        text="powershell -enc [blob] started by winword.exe on [host] " * 3,
        release="Enterprise 18.1",
        user="U0123",
        channel="C0123",
        confirmed_at="2025-01-02T03:04:05Z",
    )


def timed(label: str, call: Callable[[], object], times: int = 1) -> None:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        took.append(time.perf_counter() - start)
    took.sort()
    print(f"{label:62} {took[len(took) // 2] * 1e3:10.3f} ms {took[int(len(took) * 0.99)] * 1e3:10.3f} ms")


def sources(spec: str, folder: Path, count: int) -> None:
    store, rules = open_store(spec, folder), [rule(number) for number in range(count)]
    touched = [*rules[1:], rule(count)]

    def bring(detections: list[Detection]) -> Callable[[], object]:
        return lambda: store.replace_source(TEAM, SourceImport(name="sigma", imported_at="2025-01-01"), detections)

    def listed_anew() -> None:
        other = open_store(spec, folder)
        other.detections(TEAM)
        other.close()

    timed(f"{count:,} detections imported", bring(rules))
    timed("the same imported again", bring(rules), 5)
    timed("imported with one added and one removed", bring(touched))
    timed("listed by a process that has not read them, opening included", listed_anew, 5)
    timed("listed again", lambda: store.detections(TEAM), 1000)
    timed("generation", lambda: store.generation(TEAM), 1000)
    store.close()


def confirmations(spec: str, folder: Path) -> None:
    store, numbers = open_store(spec, folder), iter(range(1_000_000))
    timed("a confirmation, durable, one writer", lambda: store.add_confirmation(TEAM, said(f"a{next(numbers)}")), 200)
    start = time.perf_counter()
    other = subprocess.Popen([sys.executable, __file__, "--other", spec, folder])
    writers = [threading.Thread(target=write, args=[store, f"t{number}", 500]) for number in range(8)]
    for each in writers:
        each.start()
    for each in writers:
        each.join()
    assert other.wait() == 0
    took = time.perf_counter() - start
    count = len(store.confirmations(TEAM))
    print(f"{'8 threads x 500 beside a process that writes 500 more':62} {took:10.2f} s")
    print(f"{'of 4,700 confirmations kept':62} {count:10,}")
    timed("a confirmation beside these, durable, one writer", lambda: write(store, f"z{next(numbers)}", 1), 100)
    store.close()


def digests(spec: str, folder: Path) -> None:
    store = open_store(spec, folder)
    subscriptions = [Subscription(id=f"s{n}", workspace=TEAM, channel="C1", next_due=NOON) for n in range(200)]
    numbers = iter(range(1_000_000))

    def post() -> None:
        each = f"s{next(numbers) % 200}"
        claim = store.claim_digest(TEAM, each, f"p{next(numbers)}", claimant="bench", at=NOON, lease=LEASE)
        assert claim is not None
        store.mark_posted(TEAM, claim, at=NOON, channel="C1", ts="1.0")
        store.advance_subscription(TEAM, each, next_due=NOON)

    store.restore(TEAM, WorkspaceContents(subscriptions=tuple(subscriptions)))
    timed("200 due subscriptions listed", lambda: store.due_subscriptions(NOON), 20)
    timed("a digest claimed, marked and its subscription advanced", post, 100)
    store.close()


def copied(folder: Path, target: str, count: int) -> None:
    files, database = open_store("tinydb", folder / "copied"), open_store(target, folder)
    files.replace_source(TEAM, SourceImport(name="sigma"), [rule(number) for number in range(count)])
    database.restore(TEAM, WorkspaceContents())
    timed(
        f"{count:,} detections copied from files to the database", lambda: copy_store(files, database, overwrite=True)
    )
    timed("the same again", lambda: copy_store(files, database), 3)
    database.restore(TEAM, WorkspaceContents())
    database.close()


def write(store: Store, name: str, count: int) -> None:
    for number in range(count):
        store.add_confirmation(TEAM, said(f"{name}-{number}"))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    database = os.environ.get("ATTACKBOT_TEST_POSTGRESQL", "")
    for spec in ("tinydb", database):
        name = spec.partition(":")[0] or "postgresql is left out: ATTACKBOT_TEST_POSTGRESQL names no database"
        print(f"{name:62} {'median':>13} {'p99':>13}")
        if spec:
            with tempfile.TemporaryDirectory() as home:
                sources(spec, Path(home), count)
                confirmations(spec, Path(home))
                digests(spec, Path(home))
                if spec != "tinydb":
                    copied(Path(home), spec, count)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--other"]:
        write(open_store(sys.argv[2], Path(sys.argv[3])), "other", 500)
    else:
        main()
