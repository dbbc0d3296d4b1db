"""What the store costs: `python bench/bench_store.py [DETECTIONS]` prints a table of seconds and milliseconds."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from knowledge.detections.model import Detection, LogSourceClaim
from knowledge.store import Confirmation, SourceImport, Store, Verdict, open_store

TEAM = "T0123ABCD"


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


def sources(folder: Path, count: int) -> None:
    store, rules = open_store("tinydb", folder), [rule(number) for number in range(count)]
    touched = [*rules[1:], rule(count)]

    def bring(detections: list[Detection]) -> Callable[[], object]:
        return lambda: store.replace_source(TEAM, SourceImport(name="sigma", imported_at="2025-01-01"), detections)

    timed(f"{count:,} detections imported", bring(rules))
    timed("the same imported again", bring(rules), 5)
    timed("imported with one added and one removed", bring(touched))
    timed("listed by a process that has not read them", lambda: open_store("tinydb", folder).detections(TEAM), 5)
    timed("listed again", lambda: store.detections(TEAM), 1000)
    timed("generation", lambda: store.generation(TEAM), 1000)
    size = sum(path.stat().st_size for path in folder.glob("*/source-*.json")) / 1e6
    print(f"{'on disk, the import and the one before':62} {size:10.1f} MB")


def confirmations(folder: Path) -> None:
    store, numbers = open_store("tinydb", folder), iter(range(1_000_000))
    timed("a confirmation, durable, one writer", lambda: store.add_confirmation(TEAM, said(f"a{next(numbers)}")), 200)
    start = time.perf_counter()
    other = subprocess.Popen([sys.executable, __file__, "--other", folder])
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
    timed("all listed after a change", lambda: open_store("tinydb", folder).confirmations(TEAM), 20)


def write(store: Store, name: str, count: int) -> None:
    for number in range(count):
        store.add_confirmation(TEAM, said(f"{name}-{number}"))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--other"]:
        write(open_store("tinydb", Path(sys.argv[2])), "other", 500)
    else:
        print(f"{'':62} {'median':>13} {'p99':>13}")
        with tempfile.TemporaryDirectory() as home:
            sources(Path(home), int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
            confirmations(Path(home))
