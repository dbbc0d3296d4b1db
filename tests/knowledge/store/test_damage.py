"""What becomes of a damaged file: it is noticed, set aside and reported, and what was there before is back."""

from __future__ import annotations

import logging
import os
import random
from pathlib import Path

import pytest

from knowledge.store import Store, StoreError, Subscription, open_store
from knowledge.store import safe_file as safe_file_module
from tests.knowledge.store.tinydb_folder import TEAM, bring, ids, rules, say, the


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


def test_an_opening_that_is_no_text_any_more_is_damage_too(tmp_path: Path, store: Store) -> None:
    say(store, 1, 2)
    path = the(tmp_path, "confirmations.json")
    good = path.read_bytes()
    for at in range(good.index(b"crc32")):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x80]) + good[at + 1 :])

        assert ids(open_store("tinydb", tmp_path)) == ["c1"]

        path.write_bytes(good)


def test_damage_on_a_full_disk_is_one_sentence(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    say(store, 1, 2)
    path = the(tmp_path, "confirmations.json")
    path.write_bytes(b"{")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(safe_file_module.os, "link", full)
        patched.setattr(safe_file_module.shutil, "copyfile", full)
        with pytest.raises(StoreError, match="No space left"):
            ids(store)

    assert ids(store) == ["c1"]


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


def test_an_index_damaged_after_a_removal_brings_nothing_back(tmp_path: Path, store: Store) -> None:
    bring(store, 1, 2)
    store.remove_source(TEAM, "sigma", at="2025-03-01")
    the(tmp_path, "sources.json").write_bytes(b"")

    again = open_store("tinydb", tmp_path)

    assert (again.sources(TEAM), rules(again)) == ((), [])
    assert [each.gone for each in again.history(TEAM)] == [True, False]


def test_digests_are_damaged_and_restored_as_everything_else(tmp_path: Path, store: Store) -> None:
    for number in (1, 2):
        store.save_subscription(Subscription(id=f"s{number}", workspace=TEAM, channel="C1"))
    the(tmp_path, "digests.json").write_bytes(b"{")

    assert [each.id for each in open_store("tinydb", tmp_path).subscriptions(TEAM)] == ["s1"]


def test_a_disk_without_hard_links_keeps_a_copy(tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(safe_file_module.os, "link", refused)
    say(store, 1, 2)
    the(tmp_path, "confirmations.json").write_bytes(b"")

    assert ids(store) == ["c1"]
