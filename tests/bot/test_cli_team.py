"""Teams by label, the team's profile and what is collected, as scripts call them."""

from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.library import Library
from tests.bot.test_cli_coverage import answer, call, failing
from tests.knowledge.coverage.building import release
from tests.team import rules_folder, sigma


@pytest.fixture
def home(tmp_path: Path) -> Path:
    Library(tmp_path / "home" / "releases").add(release())
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return rules_folder(tmp_path / "my-rules")


@pytest.fixture
def teams(home: Path, folder: Path, tmp_path: Path) -> Path:
    """Everyone's rules, and one of "Red Team" for phishing."""
    call(home, "import", str(folder), "--name", "ours")
    (tmp_path / "red").mkdir()
    (tmp_path / "red" / "one.yml").write_text(sigma("Phish", "t1566", 8))
    (tmp_path / "red" / "two.yml").write_text(sigma("Phish again", "t1566", 9))
    call(home, "import", str(tmp_path / "red"), "--label", "Red Team")
    (tmp_path / "red" / "two.yml").unlink()
    call(home, "import", str(tmp_path / "red"), "--name", "other", "--label", "blue")
    return home


def test_coverage_and_gaps_are_narrowed_to_a_team(teams: Path) -> None:
    whole, red = answer(teams, "show"), answer(teams, "show", "--label", "red team")
    technique = answer(teams, "show", "T1566", "--label", "BLUE")

    assert (whole["team"], whole["detections"]) == ("", 7)
    assert (red["team"], red["detections"]) == ("Red Team", 6)
    assert [each["source"] for each in red["sources"]] == ["ours", "red"]
    assert (technique["team"], technique["rules"]) == ("blue", 1)
    assert "T1566" not in [each["id"] for each in answer(teams, "gaps", "--label", "Red Team")["gaps"]]
    assert "T1566" in [each["id"] for each in answer(teams, "gaps", "--label", "blue")["gaps"]]
    assert answer(teams, "gaps", "windows", "team", "blue")["team"] == "blue"
    assert "Gaps · team Red Team" in call(teams, "gaps", "--label", "red team").stdout
    assert "Coverage of T1566 Phishing · team blue" in call(teams, "show", "T1566", "--label", "blue").stdout


def test_an_export_is_too(teams: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    by_option = answer(
        teams, "export", "--format", "csv", "--output", str(output), "--subject", "gaps", "--label", "red team"
    )
    table = output.read_bytes()
    by_words = answer(teams, "export", "--format", "csv", "--output", str(output), "--subject", "gaps team red team")

    assert by_option == by_words
    assert table == output.read_bytes()
    assert b"T1566" not in table
    assert by_option["text"].startswith("2 detections of team Red Team and 4 of everyone's count here.")


def test_the_profile_is_told_said_and_cleared(home: Path) -> None:
    empty = answer(home, "profile")
    said = answer(home, "profile", "--sector", "banking", "--group", "fin7", "--group", "cozy bear")
    more = answer(home, "profile", "platform", "windows,", "linux")
    whole = answer(home, "profile", "--clear", "--platform", "linux")

    assert (empty["sectors"], empty["groups"], empty["platforms"], empty["changed"]) == ([], [], [], False)
    assert [each["name"] for each in said["sectors"]] == ["Finance"]
    assert [each["id"] for each in said["groups"]] == ["G0046", "G0016"]
    assert said["changed"]
    assert (more["platforms"], len(more["groups"])) == (["Windows", "Linux"], 2)
    assert (whole["sectors"], whole["groups"], whole["platforms"]) == ([], [], ["Linux"])
    assert answer(home, "profile", "--platform", "LINUX")["changed"] is False
    assert "Platforms you run  Linux" in call(home, "profile").stdout
    assert "Nothing is said yet." in call(home, "profile", "clear").stdout


def test_gaps_are_ranked_with_it(home: Path) -> None:
    before = answer(home, "gaps")
    assert "attackbot coverage profile" in call(home, "gaps").stdout
    call(home, "profile", "--group", "fin7", "--platform", "linux")
    after = answer(home, "gaps")
    text = " ".join(call(home, "gaps").stdout.split())

    assert before["profile"] is None
    assert after["profile"] == {"sectors": [], "groups": ["FIN7"], "platforms": ["Linux"]}
    assert [each["id"] for each in after["gaps"]] == ["T1547"]
    assert [each["name"] for each in after["relevant_groups"]] == ["FIN7"]
    assert "attackbot coverage profile changes it, attackbot coverage gaps everyone shows all" in text
    for everyone in (("everyone",), ("--everyone",)):
        assert answer(home, "gaps", *everyone) == before
    assert answer(home, "gaps", "--group", "apt29")["profile"] is None
    assert len(answer(home, "gaps", "--platform", "windows", "--platform", "linux")["gaps"]) == 5


def test_what_is_collected_is_listed_and_corrected(home: Path, folder: Path) -> None:
    call(home, "import", str(folder), "--name", "ours")
    before = {each["name"]: each for each in answer(home, "collect")["log_sources"]}
    assert before["Windows process creation"]["collected"] is None
    assert before["Windows process creation"]["assumed"] is True
    assert before["Windows process creation"]["rules"] == 4

    names = ("--yes", "windows process creation", "--yes", "Linux process creation", "--no", "Windows registry")
    done = answer(home, "collect", *names)
    said = {each["name"]: each["collected"] for each in done["log_sources"]}
    assert (done["kept"], done["taken_back"]) == (3, 0)
    assert (said["Windows process creation"], said["Windows registry"], said["Web server"]) == (True, False, None)
    assert answer(home, "show", "T1059.001")["visible"] == 3

    assert "Nothing changed." in call(home, "collect", *names).stdout
    assert (
        "Windows process creation: not collected. Coverage and gaps" in call(home, "collect", "--no", names[1]).stdout
    )
    assert answer(home, "collect", "--forget", names[1], "--forget", "Web server")["taken_back"] == 1
    assert "attackbot coverage collect --yes NAME" in call(home, "collect").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("show", "--label", "purple"), 'No team is called "purple"; there are blue, Red Team.'),
        (("gaps", "team", "purple"), 'No team is called "purple"; there are blue, Red Team.'),
        (("export", "--format", "csv", "--output", "x", "--label", "purple"), 'No team is called "purple"'),
        (("profile", "--sector", "wizardry"), 'No sector is called "wizardry"; there are Government'),
        (("profile", "--group", "nobody at all"), "No group is plainly called"),
        (("profile", "--platform", "toaster"), 'No platform is called "toaster"; there are Linux, Windows.'),
        (("profile", "banana"), "is no sector, group or platform by itself"),
        (("collect", "--yes", "nonsense"), 'No log source or data component is called "nonsense"'),
        (("collect", "--yes", "Web server", "--no", "web server"), '"Web server" is given two answers; say one.'),
    ],
)
def test_a_failure_is_one_line_and_exit_1_and_changes_nothing(
    arguments: tuple[str, ...], told: str, teams: Path
) -> None:
    done = failing(teams, *arguments)

    assert done.returncode == 1
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert answer(teams, "profile")["at"] == ""
    assert answer(teams, "collect")["log_sources"][0]["collected"] is None
