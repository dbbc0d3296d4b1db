"""Files of earlier versions are carried forward; those of later ones are left alone."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest
from tinydb import TinyDB

from knowledge.detections.model import Detection
from knowledge.store import (
    Collected,
    Confirmation,
    NewerSchemaError,
    Store,
    StoreError,
    Subscription,
    TeamProfile,
    Verdict,
    open_store,
)
from knowledge.store.envelope import seal
from tests.knowledge.store.tinydb_folder import TEAM, bring, ids, rules, say, the


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
