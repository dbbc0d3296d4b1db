"""Several processes on one PostgreSQL: each digest once, whoever is killed, and nothing lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from knowledge.store import ClaimState, Store, Subscription, WorkspaceContents
from tests.knowledge.store.claiming import LEASE, NOON, PERIOD, TEAM, claim_all, run, write

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def other_process(what: str, address: str) -> Iterator[Callable[[], str]]:
    """A second process, ready to go; calling it says go, and then returns what it answers."""
    with subprocess.Popen(
        [sys.executable, HERE / "claiming.py", what, address],
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        answers, ask = process.stdout, process.stdin
        assert answers.readline() == '"ready"\n'

        def go() -> str:
            ask.write("go\n")
            ask.flush()
            return answers.readline()

        try:
            yield go
        finally:
            process.kill()


@pytest.fixture
def store(address: str, opened: Callable[[str], Store]) -> Store:
    store = opened(address)
    subscriptions = tuple(Subscription(id=f"s{number:04}", workspace=TEAM, channel="C1") for number in range(1000))
    store.restore(TEAM, WorkspaceContents(subscriptions=subscriptions))
    return store


def test_two_processes_of_four_threads_claim_each_of_1000_digests_once(store: Store, address: str) -> None:
    theirs: list[str] = []
    with other_process("claim", address) as go:
        asking = threading.Thread(target=lambda: theirs.extend(json.loads(go())))
        asking.start()
        ours = claim_all(store, "us")
        asking.join()

    assert len(ours) + len(theirs) == 1000
    assert {*ours, *theirs} == {each.id for each in store.subscriptions(TEAM)}
    assert ours, "the other process was through before this one began"
    assert theirs
    digests = store.digests(TEAM)
    assert {each.subscription_id for each in digests if each.claimant.startswith("us")} == set(ours)
    assert all((each.state, each.attempt) == (ClaimState.POSTED, 1) for each in digests)


def test_a_claim_of_a_killed_process_is_taken_over_after_its_lease(store: Store, address: str) -> None:
    with other_process("hold", address) as go:
        assert json.loads(go()) == "held"

    def claim(at: str) -> object:
        found = store.claim_digest(TEAM, "s0000", PERIOD, claimant="heir", at=at, lease=LEASE)
        return found and (found.claimant, found.attempt)

    assert claim(NOON) is None
    assert claim("2026-11-16T12:04:59Z") is None
    assert claim("2026-11-16T12:05:00Z") == ("heir", 2)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks its posters")
def test_posters_killed_at_random_moments_post_each_digest_once(address: str, tmp_path: Path) -> None:
    judge = subprocess.run(
        [sys.executable, HERE / "killed_poster.py", address, tmp_path, "1000", "25", "20261116"],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert judge.returncode == 0, judge.stderr
    told = json.loads(judge.stdout)
    assert told["killed"] > 10, "the posters were through before they were killed"
    assert told["taken_over"] >= 3, "the kills missed the claims"
    assert (told["shown"], told["twice"], told["posted"]) == (1000, 0, 1000)


def test_eight_threads_and_another_process_lose_nothing(store: Store, address: str) -> None:
    with other_process("write", address) as go:
        answer = threading.Thread(target=go)
        run([answer, *(threading.Thread(target=write, args=[store, f"t{number}"]) for number in range(8))])

    expected = {f"{name}-{number}" for name in ("other", *(f"t{n}" for n in range(8))) for number in range(500)}
    assert {each.id for each in store.confirmations(TEAM)} == expected
    assert int(store.generation(TEAM)) == 4500 + 1
