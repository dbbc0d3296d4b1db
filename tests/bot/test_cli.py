"""The command line as scripts call it: its JSON, its exit codes, one line on standard error."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from knowledge.library import Library
from tests.builders import small_release
from tests.knowledge.bundles import bundle, collection, technique

ROOT = Path(__file__).parents[2]
ALERT = "powershell.exe -nop -w hidden downloads a payload with certutil -urlcache"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


def attackbot(home: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot", "--home", str(home), *arguments]
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("ATTACKBOT_", "SLACK_"))}
    return subprocess.run(
        command, check=False, input=given, capture_output=True, text=True, cwd=ROOT, env=environ, timeout=120
    )


def lines(done: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_first_lookup_answers_from_the_snapshot(home: Path) -> None:
    (answer,) = lines(attackbot(home, "lookup", "T1086", "--json"))

    assert answer["query"] == "T1086"
    (first, *_) = answer["matches"]  # type: ignore[misc]
    assert set(first) == {"id", "name", "kind", "score", "why"}
    assert (first["id"], first["kind"]) == ("T1059.001", "technique")


def test_queries_on_standard_input_are_answered_line_by_line(home: Path) -> None:
    answers = lines(attackbot(home, "lookup", "--json", "--limit", "2", given="wmi\n\nAPT29\n"))

    assert [answer["query"] for answer in answers] == ["wmi", "", "APT29"]
    assert all(len(answer["matches"]) <= 2 for answer in answers)  # type: ignore[arg-type]


def test_a_card_is_plain_text_in_a_pipe(home: Path) -> None:
    done = attackbot(home, "lookup", "powershel")

    assert "T1059.001" in done.stdout
    assert "snapshot" in done.stdout
    assert "\x1b" not in done.stdout


def test_releases_say_what_is_here_and_what_is_current(home: Path) -> None:
    (answer,) = lines(attackbot(home, "releases", "--json"))

    current = {row["domain"]: row["version"] for row in answer["releases"] if row["current"]}  # type: ignore[attr-defined]
    assert current == {"enterprise": "17.1", "mobile": "17.1", "ics": "2020"}


@pytest.fixture
def bundles_and_more(tmp_path: Path) -> Path:
    folder = tmp_path / "bundles"
    folder.mkdir()
    (folder / "enterprise-attack.json").write_bytes(bundle(collection("18.1"), technique("T1059")))
    (folder / "no\x1b[2Jbundle.json").write_bytes(b'{"type": "report"}')
    (folder / "README.md").touch()
    (folder / "LICENSE").touch()
    return folder


def test_sync_says_what_it_stored_and_what_it_passed_over(tmp_path: Path, bundles_and_more: Path) -> None:
    done = attackbot(tmp_path, "sync", "--from", str(bundles_and_more))

    first, *told = done.stdout.splitlines()
    assert first == "Enterprise 18.1: now current"
    assert told[0] == "passed over: 2 files that are not named like a bundle, such as LICENSE"
    assert re.fullmatch(
        r'passed over: 1 files that are no ATT&CK bundle, such as no.?\[2Jbundle\.json: .*"bundle".*', told[1]
    )
    assert "\x1b" not in done.stdout


def test_sync_tells_scripts_what_it_passed_over(tmp_path: Path, bundles_and_more: Path) -> None:
    (answer,) = lines(attackbot(tmp_path, "sync", "--from", str(bundles_and_more), "--json"))

    assert [row["version"] for row in answer["synced"]] == ["18.1"]  # type: ignore[attr-defined]
    (others, broken) = answer["passed_over"]  # type: ignore[misc]
    assert others == {"what": "files that are not named like a bundle", "count": 2, "example": "LICENSE"}
    assert (broken["what"], broken["count"]) == ("files that are no ATT&CK bundle", 1)


def test_a_stream_of_alerts_is_mapped_one_answer_a_line(home: Path) -> None:
    given = "".join(
        json.dumps({"id": name, "text": text}) + "\n" for name, text in [("a", ALERT), ("b", "lunch is at 12")]
    )
    first, second = lines(attackbot(home, "map", "--jsonl", given=given))

    assert set(first) == {"id", "techniques", "abstained", "outcome", "reason", "attack", "format"}
    assert (first["id"], first["abstained"]) == ("a", False)
    best = first["techniques"][0]  # type: ignore[index]
    assert set(best) == {"id", "name", "tactics", "confidence", "band", "evidence"}
    for quote in best["evidence"]:
        assert ALERT[quote["start"] : quote["end"]] == quote["quote"]
    assert (second["id"], second["techniques"], second["abstained"]) == ("b", [], True)


def test_a_bad_line_is_told_and_the_stream_goes_on(home: Path) -> None:
    given = f"{{broken\n{json.dumps({'id': 'a', 'text': ALERT})}\n"
    first, second = lines(attackbot(home, "map", "--jsonl", given=given))

    assert first == {"line": 1, "error": "This line is not valid JSON."}
    assert second["id"] == "a"


def test_a_file_is_mapped(home: Path, tmp_path: Path) -> None:
    (tmp_path / "alert.txt").write_text(ALERT)

    assert "T1059.001" in attackbot(home, "map", str(tmp_path / "alert.txt")).stdout


@pytest.mark.parametrize(
    ("arguments", "given", "told"),
    [
        (("sync", "--from", "/nowhere/at/all"), "", "no such file or folder"),
        (("map", "--jsonl"), '{broken\n{"id": 1}\n', "no line of it could be read"),
        (("map",), "\0" * 100, "this is no text"),
        (("serve",), "", "SLACK_BOT_TOKEN and SLACK_APP_TOKEN not set"),
    ],
)
def test_a_failure_is_one_line_on_standard_error_and_exit_1(
    home: Path, arguments: tuple[str, ...], given: str, told: str
) -> None:
    done = attackbot(home, *arguments, given=given)

    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [("lookup", "--kind", "nonsense", "x"), ("frobnicate",), ("map", "/no/such/file")]
)
def test_wrong_usage_is_exit_2(home: Path, arguments: tuple[str, ...]) -> None:
    assert attackbot(home, *arguments).returncode == 2


def test_every_wrong_setting_is_told_at_once(home: Path, tmp_path: Path) -> None:
    settings = tmp_path / "attackbot.toml"
    settings.write_text('[attack]\nkeep_releases = "many"\nfetch_on_stat = true\n')
    done = attackbot(home, "--config", str(settings), "releases")

    assert done.returncode == 1
    assert "line 2" in done.stderr
    assert "line 3" in done.stderr


def test_an_unknown_failure_is_one_line_with_a_reference_that_is_in_the_log(tmp_path: Path) -> None:
    program = (
        "import sys, bot.cli, bot.cli.data;"
        "bot.cli.data.releases.callback = lambda **_: 1 / 0;"
        "sys.argv = ['attackbot', 'releases']; bot.cli.main()"
    )
    environ = {**os.environ, "ATTACKBOT_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, capture_output=True, text=True, cwd=ROOT, env=environ
    )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    reference = done.stderr.rsplit(" ", 1)[1].strip(" .\n")
    assert f"reference {reference}: ZeroDivisionError" in (tmp_path / "attackbot.log").read_text()


def test_the_manifest_is_printed_whole(home: Path) -> None:
    assert attackbot(home, "manifest").stdout == (ROOT / "config" / "manifest.yaml").read_text()


def test_confirmations_of_a_fresh_home_are_none(home: Path) -> None:
    assert "Nothing is confirmed yet" in attackbot(home, "confirmations").stdout


def test_a_pinned_release_and_a_damaged_one(tmp_path: Path) -> None:
    library = Library(tmp_path / "releases")
    library.add(small_release("17.1"), pin=True)
    library.add(small_release("18.1"))
    (answer,) = lines(attackbot(tmp_path, "releases", "--json"))

    rows = {row["version"]: (row["current"], row["pinned"]) for row in answer["releases"]}  # type: ignore[attr-defined]
    assert rows == {"17.1": (True, True), "18.1": (False, False)}
