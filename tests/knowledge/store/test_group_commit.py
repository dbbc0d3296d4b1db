"""Writers who wait together: one write for all, and each hears of its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pytest

from knowledge.store import Collected, StoreError
from knowledge.store.damage import DamageReport
from knowledge.store.group_commit import GroupCommit, Waiting
from knowledge.store.safe_file import SafeFile
from knowledge.store.tinydb_file import Session, TableFile


class Shape(msgspec.Struct):
    collected: dict[str, Collected] = {}


def run(calls: Sequence[threading.Thread]) -> None:
    for each in calls:
        each.start()
    for each in calls:
        each.join(10)
    assert not any(each.is_alive() for each in calls)


def test_writers_that_come_together_share_a_write() -> None:
    sizes: list[int] = []
    first_is_writing, others_wait = threading.Event(), threading.Event()

    def commit(group: Sequence[Waiting[None]]) -> None:
        sizes.append(len(group))
        first_is_writing.set()
        others_wait.wait(10)
        for each in group:
            each.result = each.edit(None)

    queue: GroupCommit[None] = GroupCommit(commit)
    results: list[int] = []
    writers = [threading.Thread(target=lambda n=n: results.append(queue.submit(lambda _: n))) for n in range(8)]
    writers[0].start()
    first_is_writing.wait(10)
    for each in writers[1:]:
        each.start()
    while len(queue._queue) < 7:
        pass
    others_wait.set()
    for each in writers:
        each.join(10)

    assert sizes == [1, 7]
    assert sorted(results) == list(range(8))


def test_a_write_that_fails_is_told_to_everyone_who_waits() -> None:
    def commit(_: Sequence[Waiting[None]]) -> None:
        raise StoreError("The disk is full.")

    queue: GroupCommit[None] = GroupCommit(commit)
    heard: list[str] = []

    def write() -> None:
        with pytest.raises(StoreError) as error:
            queue.submit(lambda _: None)
        heard.append(str(error.value))

    run([threading.Thread(target=write) for _ in range(4)])

    assert heard == ["The disk is full."] * 4


def test_a_fault_of_ours_does_not_stop_the_queue() -> None:
    faults = [ZeroDivisionError()]

    def commit(group: Sequence[Waiting[None]]) -> None:
        if faults:
            raise faults.pop()
        for each in group:
            each.result = each.edit(None)

    queue: GroupCommit[None] = GroupCommit(commit)

    with pytest.raises(ZeroDivisionError):
        queue.submit(lambda _: 1)
    assert queue.submit(lambda _: 2) == 2


def test_an_edit_that_fails_leaves_nothing_and_its_group_goes_on(tmp_path: Path) -> None:
    file = TableFile(SafeFile(tmp_path / "profile.json"), "profile", "T1", Shape, DamageReport(tmp_path))

    def put(name: str) -> Waiting[Session]:
        return Waiting(lambda session: session.put("collected", name, Collected(name, True)))

    def fail(session: Session) -> None:
        session.put("collected", "half", Collected("half", True))
        session.drop("collected", ["first"])
        raise StoreError("No.")

    group = [put("first"), Waiting(fail), put("last")]
    file._commit(group)

    assert [str(each.error or "") for each in group] == ["", "No.", ""]
    assert list(file.read().collected) == ["first", "last"]
