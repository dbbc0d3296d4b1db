"""What TinyDB's files have to survive beyond the contract: damage, other versions, other disks."""

from __future__ import annotations

import json
import logging
import os
import random
import shutil
import threading
import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from tinydb import TinyDB

from knowledge.detections.model import Detection
from knowledge.store import (
    Collected,
    Confirmation,
    NewerSchemaError,
    SourceImport,
    Store,
    StoreError,
    Subscription,
    TeamProfile,
    Verdict,
    open_store,
)
from knowledge.store import safe_file as safe_file_module
from knowledge.store.envelope import seal

TEAM = "T1"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("tinydb", tmp_path)


def say(store: Store, *numbers: int, text: str = "powershell -enc") -> None:
    for number in numbers:
        said = Confirmation(id=f"c{number}", technique_id="T1059", verdict=Verdict.RIGHT, text=text)
        store.add_confirmation(TEAM, said)


def bring(store: Store, *numbers: int, name: str = "sigma") -> None:
    rules = [Detection(id=f"r{number}", title=f"Rule {number}", ids=("T1059",)) for number in numbers]
    store.replace_source(TEAM, SourceImport(name=name), rules)


def ids(store: Store) -> list[str]:
    return [each.id for each in store.confirmations(TEAM)]


def rules(store: Store) -> list[str]:
    return [each.id for each in store.detections(TEAM)]


def the(folder: Path, pattern: str) -> Path:
    found = list(folder.glob(f"*/{pattern}"))
    assert len(found) == 1, found
    return found[0]


# Damage


def cut_short(raw: bytes) -> bytes:
    return raw[: len(raw) // 2]


def flip(raw: bytes) -> bytes:
    return raw[:-20] + bytes([raw[-20] ^ 1]) + raw[-19:]


def empty(_: bytes) -> bytes:
    return b""


def flip_the_opening(raw: bytes) -> bytes:
    return raw.replace(b"_store", b"_stOre", 1)


def another_schema(raw: bytes) -> bytes:
    return raw.replace(b'"schema":2', b'"schema":9', 1)


DAMAGE = [cut_short, flip, empty, flip_the_opening, another_schema]


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("fresh", [True, False], ids=["fresh", "running"])
def test_damaged_confirmations_are_set_aside_and_the_version_before_is_back(
    tmp_path: Path, store: Store, damage: object, fresh: bool, caplog: pytest.LogCaptureFixture
) -> None:
    say(store, 1, 2, 3)
    path = the(tmp_path, "confirmations.json")
    broken = damage(path.read_bytes())  # type: ignore[operator]
    path.write_bytes(broken)
    if fresh:
        store = open_store("tinydb", tmp_path)

    with caplog.at_level(logging.ERROR):
        assert ids(store) == ["c1", "c2"]

    assert the(tmp_path, "confirmations.json.damaged-1").read_bytes() == broken
    (problem,) = store.problems()
    assert "set aside as confirmations.json.damaged-1" in problem.text
    assert "version before its last write was restored" in problem.text
    assert problem.text in caplog.text
    say(store, 4)
    assert ids(open_store("tinydb", tmp_path)) == ["c1", "c2", "c4"]
    assert [each.path for each in open_store("tinydb", tmp_path).problems()] == [problem.path]


def test_a_writer_finds_the_damage_too(tmp_path: Path, store: Store) -> None:
    say(store, 1, 2)
    path = the(tmp_path, "confirmations.json")
    path.write_bytes(cut_short(path.read_bytes()))

    say(open_store("tinydb", tmp_path), 3)

    assert ids(store) == ["c1", "c3"]


def test_two_damaged_versions_start_empty_and_say_so(tmp_path: Path, store: Store) -> None:
    say(store, 1, 2)
    for path in tmp_path.glob("*/confirmations.json*"):
        path.write_bytes(b"{")

    assert ids(store) == []

    assert "damaged too" in store.problems()[0].text


def test_a_file_that_is_gone_comes_back(tmp_path: Path, store: Store) -> None:
    say(store, 1, 2)
    the(tmp_path, "confirmations.json").unlink()

    assert ids(store) == ["c1"]
    assert "gone" in store.problems()[0].text


def test_every_flipped_bit_is_noticed(tmp_path: Path, store: Store) -> None:
    say(store, 1, 2)
    path = the(tmp_path, "confirmations.json")
    good, chance = path.read_bytes(), random.Random(1)  # noqa: S311 - a test's dice
    for _ in range(100):
        at, bit = chance.randrange(len(good)), 1 << chance.randrange(8)
        path.write_bytes(good[:at] + bytes([good[at] ^ bit]) + good[at + 1 :])

        assert ids(open_store("tinydb", tmp_path)) == ["c1"]

        path.write_bytes(good)


def test_the_files_set_aside_do_not_pile_up(tmp_path: Path, store: Store) -> None:
    for number in range(30):
        say(store, number, number + 100)
        the(tmp_path, "confirmations.json").write_bytes(b"%d" % number)
        ids(store)

    assert len(list(tmp_path.glob("*/*.damaged-*"))) == 9


@pytest.mark.parametrize("damage", [cut_short, flip, None])
@pytest.mark.parametrize("fresh", [True, False], ids=["fresh", "running"])
def test_damaged_detections_fall_back_to_the_import_before(
    tmp_path: Path, store: Store, damage: object, fresh: bool
) -> None:
    bring(store, 1, 2)
    bring(store, 1, 2, 3)
    bring(store, 9, name="elastic")
    path = the(tmp_path, "source-sigma-*.2.json")
    if damage is None:
        path.unlink()
    else:
        path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
        if not fresh:
            os.utime(path)
    if fresh:
        store = open_store("tinydb", tmp_path)

    assert rules(store) == ["r9", "r1", "r2"]

    assert "put back; import it again" in store.problems()[0].text
    assert {each.latest.name: each.detections for each in store.sources(TEAM)} == {"elastic": 1, "sigma": 2}
    bring(store, 1, 2, 3)
    assert rules(open_store("tinydb", tmp_path)) == ["r9", "r1", "r2", "r3"]
    assert [each.added for each in store.history(TEAM, source="sigma")] == [1, 2]


def test_the_only_import_damaged_leaves_an_empty_source_to_import_again(tmp_path: Path, store: Store) -> None:
    bring(store, 1, 2)
    the(tmp_path, "source-*.json").write_bytes(b"")

    assert rules(open_store("tinydb", tmp_path)) == []
    bring(store, 1, 2)

    assert rules(store) == ["r1", "r2"]


def test_a_damaged_index_falls_back_to_files_that_are_there(tmp_path: Path, store: Store) -> None:
    for last in range(2, 9):
        bring(store, *range(last))
    the(tmp_path, "sources.json").write_bytes(b"")

    assert len(rules(store)) == 7
    bring(store, 1)
    assert rules(open_store("tinydb", tmp_path)) == ["r1"]
    assert len(list(tmp_path.glob("*/source-*.json"))) <= 3


# Privacy


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


# Versions


def test_a_file_of_version_0_is_carried_forward(tmp_path: Path, store: Store) -> None:
    say(store, 1)
    bring(store, 1)
    store.mark_collected(TEAM, [Collected("Process Creation", True)])
    folder = the(tmp_path, "confirmations.json").parent
    for path in folder.glob("*.json*"):
        path.unlink()
    old = {"id": "old-1", "technique_id": "T1086", "verdict": "wrong", "text": "words", "user": "U1"}
    (folder / "confirmations.json").write_text(json.dumps({"_default": {"1": old, "2": {**old, "id": "old-2"}}}))
    with TinyDB(folder / "profile.json") as plain:
        plain.insert({"sectors": ["Energy"]})

    again = open_store("tinydb", tmp_path)
    assert ids(again) == ["old-1", "old-2"]
    assert again.profile(TEAM) == TeamProfile(sectors=("Energy",))
    assert "_default" in (folder / "confirmations.json").read_text(), "reading migrates in memory alone"

    assert not again.add_confirmation(
        TEAM, Confirmation(id="old-1", technique_id="T1086", verdict=Verdict.WRONG, text="words", user="U1")
    )
    say(again, 3)
    assert ids(open_store("tinydb", tmp_path)) == ["old-1", "old-2", "c3"]
    assert '"schema":2' in (folder / "confirmations.json").read_text()
    assert again.problems() == ()


def schema_1(kind: str, tables: dict[str, object]) -> bytes:
    """A file as the program before digests wrote it."""
    rest = f'","schema":1,"kind":"{kind}","workspace":"T1"}}}},{json.dumps(tables)[1:]}'
    return f'{{"_store":{{"1":{{"crc32":"{zlib.crc32(rest.encode()):08x}{rest}'.encode()


def test_a_home_of_version_1_is_carried_forward(tmp_path: Path, store: Store) -> None:
    say(store, 1)
    folder = the(tmp_path, "confirmations.json").parent
    sigma, gone = "sigma-317548e30ad6807dc2c5e5ee228f3589", "gone-4a0140c7f050616505c49ce40e3085cc"
    came = {"name": "gone", "at": "2025-01-01", "added": 1, "added_ids": ["r2"]}
    went = {"name": "gone", "at": "2025-02-01", "gone": True, "removed": 1, "removed_ids": ["r2"]}
    rule_1, rule_2 = ({"id": f"r{n}", "title": f"Rule {n}"} for n in (1, 2))
    sources = {
        sigma: {"latest": {"name": "sigma"}, "detections": 1, "revision": 1, "gone": False},
        gone: {"latest": {"name": "gone"}, "detections": 0, "revision": 2, "gone": True},
    }
    said = {"id": "c1", "technique_id": "T1059", "verdict": "right", "text": "powershell -enc"}
    files = {
        "confirmations.json": ("confirmations", {"confirmations": {"c1": said}}),
        "profile.json": ("profile", {"profile": {"1": {"sectors": ["Energy"]}}, "collected": {}}),
        "sources.json": ("sources", {"sources": sources}),
        f"source-{sigma}.1.json": ("detections", {"detections": {"r1": rule_1}, "history": {}}),
        f"source-{gone}.1.json": ("detections", {"detections": {"r2": rule_2}, "history": {"0": came}}),
        f"source-{gone}.2.json": ("detections", {"detections": {}, "history": {"0": went, "1": came}}),
    }
    for name, (kind, tables) in files.items():
        (folder / name).write_bytes(schema_1(kind, tables))

    again = open_store("tinydb", tmp_path)

    assert (ids(again), rules(again)) == (["c1"], ["r1"])
    assert again.profile(TEAM) == TeamProfile(sectors=("Energy",))
    assert [each.at for each in again.history(TEAM, source="gone")] == ["2025-02-01", "2025-01-01"]
    again.save_subscription(Subscription(id="s1", workspace=TEAM, channel="C1"))
    bring(again, 1, 2)
    assert [each.id for each in open_store("tinydb", tmp_path).subscriptions(TEAM)] == ["s1"]
    for name in ("sources.json", "digests.json", f"source-{sigma}.2.json"):
        assert b'"schema":2' in (folder / name).read_bytes()
    assert not (folder / f"source-{gone}.1.json").exists(), "what an earlier version left of a removed source goes"
    assert again.problems() == ()


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    say(store, 1)
    path = the(tmp_path, "confirmations.json")
    monkeypatch.setattr("knowledge.store.envelope.SCHEMA", 3)
    path.write_bytes(seal("confirmations", TEAM, {"confirmations": {"c1": {"something": "new"}}}))
    monkeypatch.undo()
    before = {each: each.read_bytes() for each in path.parent.iterdir()}

    for each in (store, open_store("tinydb", tmp_path)):
        with pytest.raises(NewerSchemaError, match=r"newer version .* Nothing was changed\."):
            each.confirmations(TEAM)
        with pytest.raises(NewerSchemaError):
            say(each, 2)
        with pytest.raises(NewerSchemaError):
            each.erase_confirmations(TEAM)

    assert {each: each.read_bytes() for each in path.parent.iterdir()} == before
    bring(store, 1)
    assert rules(store) == ["r1"]


def test_whole_contents_that_are_not_understood_are_left_alone(tmp_path: Path, store: Store) -> None:
    say(store, 1)
    path = the(tmp_path, "confirmations.json")
    path.write_bytes(seal("confirmations", TEAM, {"confirmations": {"c1": {"id": 7}}}))

    with pytest.raises(StoreError, match="does not understand"):
        store.confirmations(TEAM)

    assert store.problems() == ()


def test_detections_of_before_a_field_was_added_are_read(tmp_path: Path, store: Store) -> None:
    bring(store, 1)
    path = the(tmp_path, "source-*.json")
    old = {"id": "r1", "title": "Rule 1", "ids": ["T1059"], "a_field_of_later": True}
    path.write_bytes(seal("detections", TEAM, {"detections": {"r1": old}, "history": {}}))

    assert open_store("tinydb", tmp_path).detections(TEAM) == (Detection(id="r1", title="Rule 1", ids=("T1059",)),)


def test_any_json_reader_can_look_inside(tmp_path: Path, store: Store) -> None:
    say(store, 1)

    with TinyDB(the(tmp_path, "confirmations.json"), access_mode="r") as plain:
        assert plain.tables() == {"_store", "confirmations"}
        assert json.loads(the(tmp_path, "confirmations.json").read_bytes())["confirmations"]["c1"]["id"] == "c1"


# The disk


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


def test_a_disk_without_hard_links_keeps_a_copy(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(safe_file_module.os, "link", refused)
    say(store, 1, 2)
    the(tmp_path, "confirmations.json").write_bytes(b"")

    assert ids(store) == ["c1"]


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


def test_an_index_damaged_after_a_removal_brings_nothing_back(tmp_path: Path, store: Store) -> None:
    bring(store, 1, 2)
    store.remove_source(TEAM, "sigma", at="2025-03-01")
    the(tmp_path, "sources.json").write_bytes(b"")

    again = open_store("tinydb", tmp_path)

    assert (again.sources(TEAM), rules(again)) == ((), [])
    assert [each.gone for each in again.history(TEAM)] == [True, False]


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


def test_digests_are_damaged_and_restored_as_everything_else(tmp_path: Path, store: Store) -> None:
    for number in (1, 2):
        store.save_subscription(Subscription(id=f"s{number}", workspace=TEAM, channel="C1"))
    the(tmp_path, "digests.json").write_bytes(b"{")

    assert [each.id for each in open_store("tinydb", tmp_path).subscriptions(TEAM)] == ["s1"]


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


# The setting


def test_an_unknown_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no store called 'mongodb'"):
        open_store("mongodb://x", tmp_path)
