"""Several teams in one workspace: each answered for its own rules and everyone's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.commands import coverages
from bot.commands.carried import again
from bot.commands.importing import import_files
from bot.commands.request import Request
from bot.commands.table import perform
from bot.commands.teams import UnknownTeamError, team_named, teams_of, without_team
from bot.commands.toolbox import Toolbox
from bot.views.reply import Reply
from bot.views.terminal import as_text
from bot.views.whose import EVERYBODY, Team
from knowledge.detections import Detection
from knowledge.model import Group
from knowledge.store import Source, SourceImport
from tests.builders import ENTERPRISE
from tests.knowledge.coverage.building import release, rule
from tests.team import rules_folder, team_toolbox


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    """Everyone's four rules, two of "Red Team" (one source writes it otherwise), one of "blue"."""
    found = team_toolbox(tmp_path)
    keep(found, "reds", "Red Team", rule("Phish", "T1566", source="reds"))
    keep(found, "more", "red  TEAM", rule("Phish again", "T1566", source="more"))
    keep(found, "blues", "blue", rule("Boot", "T1547", source="blues"))
    return found


def keep(toolbox: Toolbox, name: str, label: str, *rules: Detection) -> None:
    toolbox.store.replace_source("local", SourceImport(name=name, label=label), rules)


def ask(text: str, toolbox: Toolbox) -> Reply:
    return perform(Request(text), toolbox)


def shown(text: str, toolbox: Toolbox) -> str:
    return as_text(ask(text, toolbox), width=10_000)


def asked_by(reply: Reply) -> Iterator[str]:
    """What its buttons ask, and its share button."""
    for block in reply.blocks:
        for element in block.get("elements", ()):
            if str(element.get("action_id", "")).startswith("ask:"):
                yield element["value"]
    if reply.share:
        yield reply.share


def test_labels_that_differ_in_case_or_spaces_only_are_one_team() -> None:
    labels = ("", "", "Red Team", "red  TEAM", "blue")
    sources = [Source(SourceImport(name=str(at), label=label), at + 1) for at, label in enumerate(labels)]

    assert teams_of(sources) == (
        Team("blue", ("blue",), own=5, shared=3),
        Team("Red Team", ("Red Team", "red  TEAM"), own=7, shared=3),
    )


def test_a_team_s_coverage_counts_its_rules_and_those_that_are_everyone_s(toolbox: Toolbox) -> None:
    blue = shown("coverage team BLUE", toolbox)

    assert "Coverage of ATT&CK Enterprise 18.1 · team blue" in blue
    assert "Counted  1 detection of team blue and 4 of everyone's" in blue
    assert "• blues  1 rule" in blue
    assert "• sigma  3 rules" in blue
    assert "reds" not in blue
    assert "covered by 3 rules" in shown("coverage T1059.001 team blue", toolbox).lower()
    assert "gap: no rule of yours names it" in shown("coverage T1566 team blue", toolbox).lower()
    assert "covered by 2 rules" in shown("coverage T1566 team red team", toolbox).lower()


def test_the_whole_workspace_s_coverage_says_which_teams_there_are(toolbox: Toolbox) -> None:
    whole = shown("coverage", toolbox)

    assert "Teams  blue, Red Team  ·  team blue behind any question tells of one" in whole
    assert "reds" in whole
    assert "Teams  " not in shown("coverage team blue", toolbox)


def test_gaps_are_a_team_s_own(toolbox: Toolbox) -> None:
    red, blue = shown("gaps team red team", toolbox), shown("gaps windows team blue", toolbox)

    assert "Gaps · team Red Team" in red
    assert "T1566 Phishing" not in red
    assert "T1547 Boot" in red
    assert "Gaps · Windows · team blue" in blue
    assert "T1566 Phishing" in blue
    assert "one rule only" in blue.lower()


def test_pictures_layers_and_comparisons_are_too(toolbox: Toolbox) -> None:
    (picture,) = ask("heatmap team blue", toolbox).files
    (layer,) = ask("export gaps team red team", toolbox).files
    (table,) = ask("export coverage team blue as csv", toolbox).files
    (group,) = ask("export group fin7 team blue", toolbox).files

    assert picture.name == "attack-coverage-team-blue-enterprise-18.1.png"
    assert picture.alt.startswith("1 detection of team blue and 4 of everyone's count here. Coverage of ATT&CK")
    assert json.loads(layer.content)["name"] == "Gaps · team Red Team, Enterprise 18.1"
    assert "T1566" not in {each["techniqueID"] for each in json.loads(layer.content)["techniques"] if "score" in each}
    assert b"T1566,Phishing,Initial Access,Windows,gap" in table.content
    assert json.loads(group.content)["name"].startswith("FIN7 (G0046) · team blue")
    assert "FIN7 uses 2 techniques; rules of yours name 1 of them." in shown("compare fin7 with us team blue", toolbox)
    assert "FIN7 uses 2 techniques; rules of yours name 2 of them." in shown("compare us with fin7", toolbox)


@pytest.mark.parametrize(
    "words",
    [
        "coverage team red team", "coverage T1566 team red team", "coverage TA0001 team red team",
        "coverage apt29 team red team", "coverage windows team red team", "coverage source reds team red team",
        "gaps team red team", "gaps group apt29 team red team", "compare apt29 with us team red team",
        "heatmap gaps team red team",
    ],
)  # fmt: skip
def test_every_button_of_a_team_s_reply_keeps_to_the_team(words: str, toolbox: Toolbox) -> None:
    reply = ask(words, toolbox)

    assert "team Red Team" in as_text(reply, width=10_000)
    whose = ("ask|collect", "ask|sources")  # the whole workspace's, whoever asks
    kept = [value for value in asked_by(reply) if "|T1566" not in value and value not in whose]
    assert kept
    for value in kept:
        assert "team red team" in value.lower(), value
        assert "Red Team" in as_text(again(Request(value), toolbox), width=10_000), value
    if not reply.files:
        assert again(Request(reply.share), toolbox).blocks == reply.blocks


def test_pages_keep_to_the_team(toolbox: Toolbox) -> None:
    keep(toolbox, "blues", "blue", *(rule(f"Rule {number:02}", "T1566", source="blues") for number in range(30)))

    turned = again(Request(next(each for each in asked_by(ask("coverage T1566 team blue", toolbox)))), toolbox)

    assert "Rules 13–24 of 30" in as_text(turned)
    assert turned.share == "ask|coverage T1566 team blue page 2"


@pytest.mark.parametrize("words", ["coverage team purple", "gaps windows team purple", "heatmap team purple"])
def test_a_team_nobody_knows_is_refused_with_those_there_are(words: str, toolbox: Toolbox) -> None:
    with pytest.raises(UnknownTeamError, match=r'^No team is called "purple"; there are blue, Red Team\.$'):
        ask(words, toolbox)


def test_the_word_alone_and_a_workspace_without_teams_are_told_what_to_do(toolbox: Toolbox, tmp_path: Path) -> None:
    with pytest.raises(UnknownTeamError, match="wants a label behind it; there are blue, Red Team"):
        ask("gaps team", toolbox)
    with pytest.raises(UnknownTeamError, match=r"no source has a label yet, .*--label TEAM"):
        ask("gaps team red", team_toolbox(tmp_path / "other"))
    with pytest.raises(UnknownTeamError):
        team_named("", toolbox.teams("local"))


@pytest.mark.parametrize(
    ("words", "rest", "name"),
    [
        ("", "", ""),
        ("windows", "windows", ""),
        ("team blue", "", "blue"),
        ("Team: “Blue”, windows", "windows", "blue"),
        ("team red team windows", "windows", "Red Team"),
        ("windows team red team tactic execution", "windows tactic execution", "Red Team"),
        ("group fancy team windows", "group fancy team windows", ""),
        ("group fnacy team windows", "group fnacy team windows", ""),
        ("fancy team", "fancy team", ""),
        ("fancy team team blue", "fancy team", "blue"),
        ("source our team rules", "source our team rules", ""),
        ("nobody's team", "nobody's team", ""),
    ],
)
def test_a_name_that_holds_the_word_is_left_alone(words: str, rest: str, name: str, toolbox: Toolbox) -> None:
    fancy = Group(stix_id="intrusion-set--9", id="G9000", name="Bears", aliases=("Fancy Team",), domains=ENTERPRISE)
    base = release()
    toolbox.library.add(replace(base, groups=(*base.groups, fancy)))
    keep(toolbox, "our team rules", "", rule("Cmd", "T1059.003"))

    left, team = without_team(words, toolbox, "local")

    assert (left, team.name) == (rest, name)


def test_a_team_s_coverage_is_kept_until_something_changes(toolbox: Toolbox) -> None:
    (blue, red) = toolbox.teams("local")
    before = toolbox.coverage("local", blue)

    assert toolbox.coverage("local", blue) is before
    assert toolbox.coverage("local", red) is not before
    assert toolbox.coverage("local", EVERYBODY) is toolbox.coverage("local")
    keep(toolbox, "blues", "blue", rule("Boot", "T1547"), rule("Phish", "T1566"))
    assert len(toolbox.coverage("local", blue).detections) == len(before.detections) + 1


def test_what_is_collected_is_the_workspace_s_for_every_team(toolbox: Toolbox) -> None:
    (blue, red) = toolbox.teams("local")
    ask("collect no Windows processes", toolbox)

    collected = toolbox.coverage("local").collected
    assert toolbox.coverage("local", blue).collected == toolbox.coverage("local", red).collected == collected


def test_what_is_kept_is_bounded_and_known(toolbox: Toolbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coverages, "_TEAMS_KEPT", 2)
    for number in range(4):
        keep(toolbox, "s", f"team {number}", rule("Boot", "T1547"))
    teams = toolbox.teams("local")
    whole = toolbox.coverage("local")

    made = [toolbox.coverage("local", team) for team in teams]

    assert all(toolbox.coverage("local", teams[at]) is made[at] for at in (-1, -2))
    assert toolbox.coverage("local", teams[0]) is not made[0]
    assert toolbox.coverage("local") is whole
    stranger = Team("nobody", ("nobody",))
    assert toolbox.coverage("local", stranger) is not toolbox.coverage("local", stranger)
    assert len(toolbox.coverage("local", stranger).detections) == 4


def test_an_import_for_a_team_offers_the_team_s_coverage(toolbox: Toolbox, tmp_path: Path) -> None:
    reply = import_files(rules_folder(tmp_path / "r"), Request("r"), toolbox, name="ours", label="blue")

    assert list(asked_by(reply)) == ["ask|coverage team blue", "ask|gaps team blue"]
