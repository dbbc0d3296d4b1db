"""What runs on a clock: the look for releases, and what is told when one cannot be read."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from bot import jobs
from knowledge.errors import BundleError, KnowledgeError, SourceError
from knowledge.sync import Synced


def looked(refresh: Callable[[], tuple[Synced, ...]], times: int = 1) -> list[str]:
    reported: list[str] = []
    look = jobs._Look(refresh, reported.append)
    for _ in range(times):
        look()
    return reported


def raising(error: Exception) -> Callable[[], tuple[Synced, ...]]:
    def refresh() -> tuple[Synced, ...]:
        raise error

    return refresh


def test_a_release_that_cannot_be_read_is_reported_to_the_operator_once() -> None:
    said = looked(raising(BundleError("enterprise-20.0.json", "has no techniques")), times=3)

    assert said == [
        "A new ATT&CK release cannot be read: enterprise-20.0.json: has no techniques. The current one stays in use."
    ]


@pytest.mark.parametrize("error", [SourceError("the index", "does not answer"), KnowledgeError("x"), RuntimeError("y")])
def test_anything_else_is_logged_and_the_next_look_comes(error: Exception) -> None:
    assert looked(raising(error), times=2) == []


def test_digests_are_asked_for_at_once_and_again_though_they_fail() -> None:
    asked = threading.Event()

    def digests() -> None:
        asked.set()
        raise KnowledgeError("not now")

    scheduler = jobs.start(lambda: (), at_once=False, digests=digests)
    try:
        assert asked.wait(10)
        assert len(scheduler.get_jobs()) == 2
    finally:
        scheduler.shutdown()
