"""``attackbot coverage`` as a rule repository's pipeline calls it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import cli
from knowledge.library import Library
from knowledge.store import TeamProfile, open_store
from tests.knowledge.coverage.building import release
from tests.team import rules_folder, sigma

ROOT = Path(__file__).parents[2]
ONLY_ENTERPRISE = {"ATTACKBOT_ATTACK_DOMAINS": "enterprise"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Library(tmp_path / "home" / "releases").add(release())
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return rules_folder(tmp_path / "my-rules")


def call(home: Path, *arguments: str, **environ: str) -> Result:
    done = CliRunner().invoke(
        cli, ["--home", str(home), "coverage", *arguments], env={**ONLY_ENTERPRISE, **environ}, catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done


def answer(home: Path, *arguments: str, **environ: str) -> dict[str, Any]:
    (line,) = call(home, *arguments, "--json", **environ).stdout.splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def failing(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ATTACKBOT_", "SLACK_"))}
    command = [sys.executable, "-m", "bot", "--home", str(home), "coverage", *arguments]
    return subprocess.run(
        command, check=False, capture_output=True, text=True, cwd=ROOT, env={**kept, **ONLY_ENTERPRISE}, timeout=60
    )


def test_an_import_answers_with_the_contract_s_keys(home: Path, folder: Path) -> None:
    done = answer(home, "import", str(folder))

    assert {key: done[key] for key in ("source", "read", "imported", "without_technique")} == {
        "source": "my-rules", "read": 5, "imported": 4, "without_technique": 0,
    }  # fmt: skip
    assert (done["unknown_ids"], done["retired_ids"]) == (["T1685"], ["T1086"])
    assert [set(each) for each in done["rejected"]] == [{"path", "reason"}]
    assert done["retired"][0]["successor"] == "T1059.001"
    assert (done["added"], done["no_change"]) == (4, False)


def test_again_unchanged_says_so_and_records_nothing(home: Path, folder: Path) -> None:
    call(home, "import", str(folder), "--name", "ours")

    assert "No change: 4 detections as before." in call(home, "import", str(folder), "--name", "ours").stdout
    assert answer(home, "import", str(folder), "--name", "ours")["no_change"] is True
    assert len(answer(home, "sources", "ours")["history"]) == 1


def test_a_person_reads_every_count_and_every_refusal(home: Path, folder: Path) -> None:
    text = call(home, "import", str(folder), "--name", "ours", "--label", "blue").stdout

    assert "read: 5, sigma" in text or "read: 5" in text
    assert "T1685  1x, first in new.yml" in text
    assert "T1086  now T1059.001" in text
    assert "bad.yml: " in text


def test_coverage_and_its_parts(home: Path, folder: Path) -> None:
    call(home, "import", str(folder), "--name", "ours")
    whole, technique, group = (
        answer(home, "show"),
        answer(home, "show", "t1086"),
        answer(home, "show", "group", "APT29"),
    )

    assert whole["domains"][0]["subtechniques_covered"] == 1
    assert [each["label"] for each in whole["domains"][0]["tactics"]] == ["Initial Access", "Execution"]
    assert whole["unplaced"] == 1
    assert (technique["id"], technique["rules"], technique["state"]) == ("T1059.001", 3, "covered")
    assert {each["title"] for each in technique["detections"]} >= {"Encoded PowerShell", "Download Cradle"}
    assert [each["id"] for each in group["objects"]] == ["T1059.001", "T1566"]
    assert answer(home, "show", "ours")["only_here"] == 1
    assert "covered by 3 rules" in call(home, "show", "T1059.001").stdout.lower()


def test_gaps_are_ranked_and_narrowed(home: Path, folder: Path) -> None:
    call(home, "import", str(folder), "--name", "ours")
    narrow = ("--group", "APT29", "--group", "FIN7", "--platform", "windows", "--tactic", "TA0001")
    found = answer(home, "gaps", *narrow, "--limit", "1")

    assert [each["id"] for each in found["gaps"]] == ["T1566"]
    assert found["gaps"][0]["why"].startswith("No rule names it")
    assert [each["name"] for each in found["relevant_groups"]] == ["APT29", "FIN7"]
    assert answer(home, "gaps", "--sector", "finance")["gaps"] == []
    assert "1. T1566 Phishing" in call(home, "gaps", *narrow).stdout


@pytest.mark.parametrize("subject", ["coverage", "gaps group APT29", "group APT29", "overlap APT29, FIN7"])
def test_every_subject_is_written_in_every_format(subject: str, home: Path, folder: Path, tmp_path: Path) -> None:
    call(home, "import", str(folder), "--name", "ours")
    for form in ("navigator", "csv", "png"):
        output = tmp_path / f"out.{form}"
        done = answer(home, "export", "--format", form, "--output", str(output), "--subject", subject)
        assert done["bytes"] == output.stat().st_size
        assert done["text"]
    assert json.loads((tmp_path / "out.navigator").read_bytes())["domain"] == "enterprise-attack"
    assert list(csv.reader((tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()))[1:]
    assert (tmp_path / "out.png").read_bytes().startswith(b"\x89PNG")


def test_sources_are_listed_and_taken_away(home: Path, folder: Path) -> None:
    call(home, "import", str(folder), "--name", "ours")

    (source,) = answer(home, "sources")["sources"]
    assert (source["name"], source["detections"], source["rejected"]) == ("ours", 4, 1)
    assert answer(home, "remove", "ours")["removed"] == 4
    assert answer(home, "sources")["sources"] == []


def test_the_one_workspace_that_is_served_is_meant_and_named(home: Path, folder: Path) -> None:
    store = open_store("tinydb", home / "store")
    store.save_profile("T1", TeamProfile())

    assert "T1" in call(home, "import", str(folder), "--name", "ours").stderr
    assert len(store.detections("T1")) == 4

    call(home, "import", str(folder), "--name", "ours", "--workspace", "T2")
    assert len(store.detections("T2")) == 4
    assert "one of T1, T2" in call(home, "sources").stderr
    assert answer(home, "sources", ATTACKBOT_WORKSPACE="T2")["sources"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("import", "/no/such/folder"), "no such file or folder"),
        (("import", "{folder}", "--format", "nonsense"), "no format known here"),
        (("show", "xyzzy", "plugh"), "Nothing is plainly called"),
        (("gaps", "--sector", "nonsense"), "No sector is called"),
        (("gaps", "--platform", "toaster"), "No platform is called"),
        (("gaps", "--group", "nobody at all"), "No group is plainly called"),
        (("remove", "nothing"), "No source is called"),
        (("export", "--format", "csv", "--output", "{folder}/no/where.csv"), "No such file or directory"),
    ],
)
def test_a_failure_is_one_line_and_exit_1(arguments: tuple[str, ...], told: str, home: Path, folder: Path) -> None:
    call(home, "import", str(folder), "--name", "ours")
    done = failing(home, *(each.format(folder=folder) for each in arguments))

    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


def test_when_all_is_refused_it_fails_and_the_source_stays(home: Path, folder: Path) -> None:
    call(home, "import", str(folder), "--name", "ours")
    for path in folder.iterdir():
        path.write_text("title: [")
    done = failing(home, "import", str(folder), "--name", "ours")

    assert done.returncode == 1
    assert '"ours" keeps what it held' in done.stderr
    (folder / "one.yml").write_text(sigma("Phish", "t1566"))
    assert answer(home, "sources")["sources"][0]["detections"] == 4
    assert answer(home, "import", str(folder), "--name", "ours")["removed"] == 3
