"""What TinyDB's store does on its disk beyond the contract: what it writes when, what it leaves, what it erases."""

from __future__ import annotations

import os
import shutil
import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from knowledge.store import Collected, Store, StoreError, open_store
from knowledge.store import safe_file as safe_file_module
from knowledge.store.tinydb_revisions import RevisionFiles
from tests.knowledge.store.tinydb_folder import TEAM, bring, ids, rules, say, the


def test_what_is_erased_is_in_no_file(tmp_path: Path, store: Store) -> None:
    say(store, 1, text="the secret words")
    say(store, 2, text="other words")
    path = the(tmp_path, "confirmations.json")
    path.with_name("confirmations.json.damaged-1").write_bytes(path.read_bytes())
    path.with_name("confirmations.json.part").write_bytes(path.read_bytes())

    store.erase_confirmation(TEAM, "c1")

    left = {each.name: each.read_bytes() for each in tmp_path.rglob("*") if each.is_file()}
    assert not any(b"secret" in raw for raw in left.values())
    assert b"other words" in left["confirmations.json.bak"]


def test_bytes_are_synced_before_they_are_renamed_and_the_folder_after(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(store, 1)
    done: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def watched_fsync(handle: int) -> None:
        done.append("sync folder" if os.path.isdir(f"/proc/self/fd/{handle}") else "sync file")  # noqa: PTH112
        fsync(handle)

    def watched_replace(path: Path, target: Path) -> Path:
        done.append(f"rename to {target.name}")
        return replace(path, target)

    monkeypatch.setattr(safe_file_module.os, "fsync", watched_fsync)
    monkeypatch.setattr(Path, "replace", watched_replace)
    say(store, 2)

    assert done == ["sync file", "rename to confirmations.json.bak", "rename to confirmations.json", "sync folder"]


def test_versions_in_quick_succession_have_each_their_stamp(tmp_path: Path, store: Store) -> None:
    reader, seen = open_store("tinydb", tmp_path), set()
    for number in range(200):
        store.mark_collected(TEAM, [Collected("Process Creation", number % 2 == 0, at=f"{number:03}")])
        seen.add(reader.generation(TEAM))
        assert reader.collected(TEAM)[0].at == f"{number:03}"

    assert len(seen) == 200


def test_a_full_disk_is_one_sentence_and_changes_nothing(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(store, 1)
    bring(store, 1)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(safe_file_module.os, "fsync", full)
        with pytest.raises(StoreError, match=r"could not be written \(No space left on device\)\."):
            say(store, 2)
        with pytest.raises(StoreError, match="No space left"):
            bring(store, 1, 2)

    assert (ids(store), rules(store)) == (["c1"], ["r1"])
    assert not list(tmp_path.glob("*/*.part"))
    say(store, 3)
    assert ids(open_store("tinydb", tmp_path)) == ["c1", "c3"]


def test_a_restore_that_finds_the_disk_full_erases_nothing(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(store, 1)
    bring(store, 2, name="elastic")
    whole = store.contents(TEAM)
    (other,) = (each for each in whole.sources if each.latest.name == "elastic")
    write = RevisionFiles.write

    def full(*_: object, **__: object) -> None:
        raise StoreError("full")

    monkeypatch.setattr(RevisionFiles, "write", full)
    with pytest.raises(StoreError, match="full"):
        store.restore(TEAM, replace(whole, sources=(other,)))
    monkeypatch.setattr(RevisionFiles, "write", write)

    again = open_store("tinydb", tmp_path)
    assert (rules(again), again.problems()) == (["r2", "r1"], ())


def test_reading_leaves_no_trace(tmp_path: Path, store: Store) -> None:
    store.generation(TEAM), store.confirmations(TEAM), store.detections(TEAM), store.history(TEAM), store.profile(TEAM)

    assert list(tmp_path.iterdir()) == []
    assert store.workspaces() == ()


def test_a_write_of_confirmations_leaves_detections_untouched(tmp_path: Path, store: Store) -> None:
    bring(store, *range(100))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.glob("*/source*.json")}

    say(store, 1)

    assert {path: path.stat().st_mtime_ns for path in tmp_path.glob("*/source*.json")} == before


def test_old_contents_of_a_source_go(tmp_path: Path, store: Store) -> None:
    for number in range(12):
        bring(store, number)
        bring(store, number, name="sigma.7")

    assert len(list(tmp_path.glob("*/source-*.json"))) == 6
    assert rules(open_store("tinydb", tmp_path)) == ["r11", "r11"]


def test_of_a_removed_source_only_its_history_is_left(tmp_path: Path, store: Store) -> None:
    for last in range(2, 6):
        bring(store, *range(1, last))
    aside = the(tmp_path, "source-sigma-*.4.json").with_suffix(".json.damaged-1")
    aside.write_bytes(b"Rule 1")
    bring(store, 7, name="sigma.7")

    store.remove_source(TEAM, "sigma", at="2025-03-01")

    left = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert not any(b"Rule 1" in raw for raw in left.values())
    assert len([name for name in left if name.startswith("source-sigma-3")]) == 1
    assert rules(open_store("tinydb", tmp_path)) == ["r7"]
    assert store.history(TEAM, source="sigma")[0].removed == 4


def test_a_removal_that_was_cut_off_is_finished_by_the_next_process(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(store, 1)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", lambda *_, **__: None)
        store.remove_source(TEAM, "sigma")
    assert len(list(tmp_path.glob("*/source-*.json"))) == 2

    bring(open_store("tinydb", tmp_path), 1, name="elastic")

    assert len(list(tmp_path.glob("*/source-sigma-*.json"))) == 1
    assert [each.gone for each in store.history(TEAM, source="sigma")] == [True, False]


def test_four_stores_on_the_same_files_claim_each_digest_once(tmp_path: Path) -> None:
    won: list[tuple[int, str]] = []

    def claim(me: int) -> None:
        store = open_store("tinydb", tmp_path)
        for number in range(40):
            at = "2026-11-16T12:00:00Z"
            if store.claim_digest(TEAM, f"s{number}", "w", claimant=f"{me}", at=at, lease=timedelta(minutes=5)):
                won.append((me, f"s{number}"))

    threads = [threading.Thread(target=claim, args=[number]) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(each for _, each in won) == sorted(f"s{number}" for number in range(40))


def test_a_home_that_was_copied_is_the_same_store(tmp_path: Path, store: Store) -> None:
    say(store, 1)
    bring(store, 1)
    shutil.copytree(tmp_path, tmp_path.with_name("copied"))

    copied = open_store(f"tinydb:{tmp_path.with_name('copied')}", tmp_path / "unused")

    assert (ids(copied), rules(copied), copied.workspaces()) == (["c1"], ["r1"], (TEAM,))


def test_an_unknown_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store called 'mongodb'"):
        open_store("mongodb://x", tmp_path)


def test_a_file_that_goes_while_workspaces_are_looked_for_is_no_error(tmp_path: Path, store: Store) -> None:
    bring(store, 1)
    the(tmp_path, "source-*.json").with_name("source-other.1.json").symlink_to("gone")

    assert store.workspaces() == (TEAM,)
