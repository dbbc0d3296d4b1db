"""diff, digest, coverage retag and store migrate as pipelines call them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from knowledge.library import Library
from knowledge.store import SourceImport, Subscription, open_store
from tests.knowledge.changes.releases import after_split, before_split
from tests.knowledge.coverage.building import rule

RULE = """title: Firewall Off
id: 00000000-0000-4000-8000-000000000001
status: stable
logsource:
  product: windows
  category: process_creation
detection:
  selection:
    CommandLine|contains: advfirewall
  condition: selection
tags:
  - attack.defense-evasion
  - attack.t1562.004
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the release before a split and the one after it."""
    monkeypatch.setenv("ATTACKBOT_ATTACK_DOMAINS", "enterprise")
    for name in ("ATTACKBOT_STORE", "ATTACKBOT_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    library = Library(tmp_path / "home" / "releases")
    for each in (before_split(), after_split()):
        library.add(each)
    return tmp_path / "home"


def run(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *arguments])


def answer(home: Path, *arguments: str) -> Any:
    done = run(home, *arguments, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_diff_has_mitres_eight_categories_and_weighs_each_change(home: Path) -> None:
    found = answer(home, "diff", "18.1", "v19.0", "--domain", "enterprise")

    assert (found["domain"], found["old"], found["new"]) == ("enterprise", "18.1", "19.0")
    assert set(found["techniques"]) == {
        "additions",
        "major_version_changes",
        "minor_version_changes",
        "other_version_changes",
        "patches",
        "revocations",
        "deprecations",
        "deletions",
    }
    assert {"id": "T1562.001", "by": "T1685"} in found["techniques"]["revocations"]
    assert all({"id", "name", "weight", "what"} <= set(each) for each in found["changes"])
    assert {each["weight"] for each in found["changes"]} <= {"act", "read", "cosmetic"}


def test_diff_reads_for_a_person_too(home: Path) -> None:
    assert "T1562.001" in run(home, "diff", "18.1", "19.0").output


def test_diff_refuses_what_is_not_there(home: Path, tmp_path: Path) -> None:
    assert "Release 99 is not on disk" in str(run(home, "diff", "99", "19.0").exception)
    assert run(home, "diff", "18.1", str(tmp_path / "no.json")).exit_code == 1


def test_digest_tells_what_would_be_posted_and_for_whom(home: Path) -> None:
    store = open_store("tinydb", home / "store")
    source = SourceImport(name="sigma", imported_at="2026-01-02T03:04:05+00:00", read=2)
    store.replace_source("T1", source, [rule("Firewall Off", "T1562.004"), rule("Other", "T1059")])
    told = (("enterprise", "18.1"),)
    store.save_subscription(Subscription(id="a", workspace="T1", channel="C1", owner="U1", told=told))
    store.save_subscription(Subscription(id="b", workspace="T1", channel="C2", techniques=("T1059",), told=told))
    store.close()

    found = answer(home, "digest", "--dry-run", "--workspace", "T1")
    since = answer(home, "digest", "--since", "18.1", "--workspace", "T1")

    assert found["headline"] == "ATT&CK 19.0: 1 of your 2 rules needs a new id"
    assert found["rules"][0]["retag"] == [{"old": "T1562.004", "new": "T1685.001", "name": "Disable Firewall"}]
    posts = {each["subscription"]: (each["channel"], each["posted"]) for each in found["digests"]}
    assert posts == {"a": ("C1", True), "b": ("C2", False)}
    assert since["rules"] == found["rules"]
    assert "stays silent" in run(home, "digest", "--workspace", "T1").output


def test_retag_shows_a_diff_of_the_tag_lines_and_writes_it_when_told(home: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "one.yml").write_text(RULE)

    shown = run(home, "coverage", "retag", str(rules))
    assert (rules / "one.yml").read_text() == RULE
    changed = [line for line in shown.stdout.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert changed == [
        "-  - attack.defense-evasion",
        "-  - attack.t1562.004",
        "+  - attack.defense-impairment",
        "+  - attack.t1685.001",
    ]
    written = answer(home, "coverage", "retag", str(rules), "--write")
    assert (written["written"], written["refused"]) == (["one.yml"], [])
    assert "attack.t1685.001" in (rules / "one.yml").read_text()
    assert answer(home, "coverage", "retag", str(rules))["proposed"] == []


def test_migrate_copies_everything_and_may_be_repeated(home: Path, tmp_path: Path) -> None:
    store = open_store("tinydb", home / "store")
    store.save_subscription(Subscription(id="a", workspace="T1", channel="C1"))
    store.close()
    target = f"tinydb:{tmp_path / 'other'}"

    first = answer(home, "store", "migrate", "tinydb", target)
    again = answer(home, "store", "migrate", "tinydb", target)

    assert (first["subscriptions"], first["written"]) == (1, 1)
    assert (again["subscriptions"], again["written"]) == (1, 0)
    assert "subscriptions 1" in run(home, "store", "migrate", "tinydb", target).stdout
    assert "no store called" in str(run(home, "store", "migrate", "tinydb", "mongodb://x").exception)
