"""What changed, asked for: everything, one technique, since a version; and on cards."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands.naming import UnclearError
from bot.commands.request import Request
from bot.commands.table import perform
from bot.commands.toolbox import Toolbox
from knowledge.errors import UnknownReleaseError
from knowledge.store import SourceImport
from tests.builders import small_release, toolbox
from tests.knowledge.changes.releases import after_split, before_split
from tests.knowledge.coverage.building import rule


@pytest.fixture
def split(tmp_path: Path) -> Toolbox:
    found = toolbox(tmp_path, before_split(), after_split())
    source = SourceImport(name="sigma", imported_at="2026-01-02T03:04:05+00:00", read=1)
    found.store.replace_source("local", source, [rule("Firewall Off", "T1562.004")])
    return found


def ask(text: str, found: Toolbox) -> str:
    reply = perform(Request(text), found)
    return reply.text + json.dumps(reply.blocks, ensure_ascii=False)


def test_what_rules_name_comes_first_with_how_many(split: Toolbox) -> None:
    said = ask("changes", split)

    assert "What changed from 18.1 to 19.0: 6 to act on" in said
    assert said.index("T1562.004") < said.index("T1553")
    assert "_1 rule_" in said


@pytest.mark.parametrize("words", ["T1562.004", "t1562.004", "Impair 004 since 18.1", "T1562.004 since v18.1"])
def test_one_technique(split: Toolbox, words: str) -> None:
    said = ask(f"changes {words}", split)

    assert "T1562.004 Impair 004, 18.1 to 19.0" in said
    assert "1 rule of yours names it." in said


def test_one_that_did_not_change(split: Toolbox) -> None:
    assert "T1059 Command and Scripting Interpreter did not change between 18.1 to 19.0" in ask("changes T1059", split)


def test_only_some_weight_or_domain(split: Toolbox) -> None:
    assert "Worth reading" not in ask("changes act", split)
    assert "To act on" not in ask("changes read", split)
    assert "To act on" in ask("changes enterprise", split)


def test_a_version_that_is_not_there_and_a_name_that_is_not_clear(split: Toolbox) -> None:
    with pytest.raises(UnknownReleaseError, match=r"Release 16\.1 is not on disk \(there: 18\.1\)"):
        ask("changes since 16.1", split)
    with pytest.raises(UnclearError, match="Nothing is plainly called"):
        ask("changes zzzz qqqq", split)


def test_with_one_release_it_says_what_to_do(tmp_path: Path) -> None:
    assert "Only one ATT&amp;CK release is on disk" in ask("changes", toolbox(tmp_path))


def test_a_card_says_what_the_newest_release_changed(split: Toolbox) -> None:
    split.history.prepare().join()

    assert "*Changed in 19.0*  moved from Defense Evasion to Defense Impairment" in ask("T1553", split)
    assert "*New in 19.0*" in ask("T1685", split)
    assert "in 19.0*" not in ask("T1059", split)


def test_a_card_says_nothing_where_there_is_no_older_release_or_only_a_snapshot(tmp_path: Path) -> None:
    alone = toolbox(tmp_path / "a", small_release())
    alone.history.prepare().join()
    snapshot = small_release("17.1")
    snapshot = replace(snapshot, release=replace(snapshot.release, snapshot=True), techniques=snapshot.techniques[:2])

    beside_a_snapshot = toolbox(tmp_path / "b", snapshot, small_release())
    beside_a_snapshot.history.prepare().join()

    assert "in 18.1*" not in ask("T1566", alone)
    assert "in 18.1*" not in ask("T1566", beside_a_snapshot)


def test_a_card_does_not_wait_for_a_comparison(split: Toolbox) -> None:
    assert "in 19.0*" not in ask("T1553", split)
    split.history.prepare().join()
    assert "*Changed in 19.0*" in ask("T1553", split)


def test_a_damaged_older_release_does_not_take_the_card_away(split: Toolbox, caplog: pytest.LogCaptureFixture) -> None:
    path = next(each.path for each in split.library.releases() if not each.current)
    raw = path.read_bytes()
    path.write_bytes(raw[:-20] + b"x" * 20)
    split.history.prepare().join()

    assert "T1553" in ask("T1553", split)
    assert "could not be prepared: LibraryError" in caplog.text
