"""A store carried into another: everything, verified, repeatable, and never over somebody's work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge.detections.model import Detection, LogSourceClaim
from knowledge.store import (
    Collected,
    Confirmation,
    CopyCounts,
    SourceImport,
    Store,
    StoreError,
    Subscription,
    Task,
    TeamProfile,
    Verdict,
    WorkspaceContents,
    copy_store,
    open_store,
)

NOON = "2026-11-16T12:00:00Z"


def rule(number: int, **fields: object) -> Detection:
    usual = {"id": f"r{number}", "title": f"Rule {number} \x00 \u202e", "ids": ("T1059",), "tags": ("\\0", "a\\b")}
    return Detection(**{**usual, **fields})  # type: ignore[arg-type]


def fill(store: Store) -> None:
    for number in range(5):
        said = Confirmation(id=f"c{number}" * 100, technique_id="T1059", verdict=Verdict.RIGHT, text="a\x00b")
        store.add_confirmation("T1", said)
    store.add_confirmation("T1", replace(said, id="c1" * 100, verdict=Verdict.WRONG))
    store.replace_source("T1", SourceImport(name="sigma", label="blue", imported_at="2025-01-01"), [rule(1), rule(2)])
    twins = [rule(2), rule(1, log_sources=(LogSourceClaim("windows"),)), rule(1)]
    store.replace_source("T1", SourceImport(name="sigma", label="blue", imported_at="2025-02-01", rejected=2), twins)
    store.replace_source("T1", SourceImport(name="empty"), [])
    store.replace_source("T1", SourceImport(name="gone", format="sigma"), [rule(3)])
    store.remove_source("T1", "gone", at="2025-03-01")
    store.save_profile("T1", TeamProfile(sectors=("Energy",), by="U1"))
    store.mark_collected("T1", [Collected("Process Creation", True), Collected("a\x00b", False, by="U1")])
    store.save_subscription(Subscription(id="s1", workspace="T1", channel="C1", told=(("ics", "18.1"),), paused="No."))
    store.save_subscription(Subscription(id="s1", workspace="T3", channel="C1", next_due=NOON))
    for period in ("posted", "claimed", "given back"):
        claim = store.claim_digest("T1", "s1", period, claimant="one", at=NOON, lease=timedelta(minutes=1))
        assert claim is not None
        if period == "posted":
            store.mark_posted("T1", claim, at=NOON, channel="C1", ts="1.0", content="f00d")
        elif period == "given back":
            store.release_digest("T1", claim)
    store.save_task("T1", Task(change_id="enterprise:18.1:T1562", assignee="U1"))
    store.replace_source("T2", SourceImport(name="sigma"), [rule(number) for number in range(2000)])


ALL = CopyCounts(
    workspaces=3,
    written=3,
    confirmations=5,
    sources=3,
    detections=2003,
    changes=5,
    profiles=1,
    collected=2,
    subscriptions=2,
    digests=3,
    tasks=1,
)


@pytest.fixture
def source(tmp_path: Path) -> Store:
    store = open_store("tinydb", tmp_path / "source")
    fill(store)
    return store


def test_everything_is_carried_over(any_store: Store, again: Callable[[], Store], source: Store) -> None:
    heard: list[tuple[str, int, int]] = []

    assert copy_store(source, any_store, lambda *told: heard.append(told)) == ALL

    assert heard == [("T1", 1, 3), ("T2", 2, 3), ("T3", 3, 3)]
    there = again()
    assert there.workspaces() == source.workspaces() == ("T1", "T2", "T3")
    for name in there.workspaces():
        assert there.contents(name) == source.contents(name)
    assert [each.verdict for each in there.confirmations("T1")] == [*[Verdict.RIGHT] * 4, Verdict.WRONG]
    assert there.history("T1") == source.history("T1")
    assert there.sources("T1") == source.sources("T1")
    assert there.due_subscriptions(NOON) == source.due_subscriptions(NOON)


def test_what_was_carried_over_goes_on_as_if_it_had_always_been_there(any_store: Store, source: Store) -> None:
    before = any_store.generation("T1")
    copy_store(source, any_store)

    assert any_store.generation("T1") != before
    twins = [rule(2), rule(1, log_sources=(LogSourceClaim("windows"),)), rule(1)]
    assert any_store.replace_source(
        "T1", SourceImport(name="sigma", label="blue", imported_at="2025-09-09", rejected=2), twins
    ).empty
    assert any_store.remove_source("T1", "gone") is None
    assert any_store.replace_source("T1", SourceImport(name="gone", imported_at="2025-09-09"), [rule(3)]).added == 1
    assert [each.at for each in any_store.history("T1", source="gone")] == ["2025-09-09", "2025-03-01", ""]
    assert any_store.erase_confirmation("T1", "c2" * 100)
    taken = any_store.claim_digest("T1", "s1", "claimed", claimant="two", at="2026-11-17T12:00:00Z", lease=timedelta(1))
    assert taken is not None
    assert taken.attempt == 2


def test_a_second_copy_writes_nothing(any_store: Store, source: Store) -> None:
    copy_store(source, any_store)
    before = [any_store.generation(name) for name in any_store.workspaces()]

    assert copy_store(source, any_store) == replace(ALL, written=0)

    assert [any_store.generation(name) for name in any_store.workspaces()] == before


def test_a_copy_that_was_cut_off_is_finished_by_another(any_store: Store, source: Store) -> None:
    any_store.restore("T1", source.contents("T1"))

    assert copy_store(source, any_store).written == 2

    assert any_store.contents("T2") == source.contents("T2")


@pytest.mark.parametrize("workspace", ["T1", "T9"])
def test_a_target_with_other_contents_is_refused_unless_told(any_store: Store, source: Store, workspace: str) -> None:
    theirs = TeamProfile(sectors=("Finance",))
    any_store.save_profile(workspace, theirs)

    with pytest.raises(StoreError, match=rf"not empty: workspace {workspace} .* Nothing was copied\."):
        copy_store(source, any_store)
    assert any_store.workspaces() == (workspace,)

    copy_store(source, any_store, overwrite=True)
    assert any_store.contents("T1") == source.contents("T1")
    assert any_store.profile("T9") == (theirs if workspace == "T9" else TeamProfile())


def test_restoring_replaces_everything(any_store: Store) -> None:
    fill(any_store)
    small = WorkspaceContents(profile=TeamProfile(by="U1"))

    any_store.restore("T1", small)

    assert any_store.contents("T1") == small
    assert (any_store.sources("T1"), any_store.detections("T1"), any_store.history("T1")) == ((), (), ())


def test_a_source_that_changes_meanwhile_is_noticed(any_store: Store, source: Store) -> None:
    def write(workspace: str, *_: int) -> None:
        source.mark_collected(workspace, [Collected("Late", True)])

    with pytest.raises(StoreError, match="Workspace T1 changed while it was copied"):
        copy_store(source, any_store, write)


def test_back_into_files_and_nothing_is_lost(any_store: Store, tmp_path: Path) -> None:
    fill(any_store)
    files = open_store("tinydb", tmp_path / "target")

    copy_store(any_store, files)

    fresh = open_store("tinydb", tmp_path / "target")
    assert [fresh.contents(name) for name in ("T1", "T2", "T3")] == [any_store.contents(n) for n in ("T1", "T2", "T3")]
    assert fresh.problems() == ()
