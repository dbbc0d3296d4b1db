"""What the team's rules claim, asked as a person types it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands.carried import again
from bot.commands.request import Request
from bot.commands.table import perform
from bot.commands.toolbox import Toolbox
from bot.views.reply import Reply
from bot.views.terminal import as_text
from knowledge.coverage import NOT_DETECTION
from knowledge.errors import KnowledgeError
from knowledge.store import SourceImport
from tests.knowledge.coverage.building import rule
from tests.team import team_toolbox


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return team_toolbox(tmp_path)


def ask(text: str, toolbox: Toolbox) -> Reply:
    return perform(Request(text), toolbox)


def shown(text: str, toolbox: Toolbox) -> str:
    return as_text(ask(text, toolbox), width=10_000)


def answers(reply: Reply) -> Iterator[str]:
    """What its question buttons ask."""
    for block in reply.blocks:
        for element in block.get("elements", ()):
            if str(element.get("action_id", "")).startswith("ask:"):
                yield element["value"]


def test_all_of_it_by_tactic_with_its_sources_and_what_could_not_be_placed(toolbox: Toolbox) -> None:
    text = shown("coverage", toolbox)

    assert "1 of 2 sub-techniques" in text
    assert "Execution  0 of 2  ·  1 of 2 sub" in text
    assert "sigma  3 rules for 1 technique" in text
    assert "1 rule names an id that no loaded release has (T1685)" in text
    assert text.count(NOT_DETECTION) == 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("T1059.001", "overed by 3 rules"),
        ("T1086", "overed by 3 rules"),
        ("powershel", "overed by 3 rules"),
        ("T1059", "o rule of its own; 1 of 2 sub-techniques has rules"),
        ("T1566", "ap: no rule of yours names it"),
        ("TA0002", "Coverage of TA0002 Execution"),
        ("tactic initial access", "Coverage of TA0001 Initial Access"),
        ("APT29", "Coverage of what APT29 does"),
        ("group cozy bear", "Coverage of what APT29 does"),
        ("windows", "Coverage of Windows"),
        ("platform linux", "Coverage of Linux"),
        ("enterprise", "Coverage of ATT&CK Enterprise 18.1"),
        ("source sigma", "Coverage by “sigma”"),
        ("SIGMA", "Coverage by “sigma”"),
    ],
)
def test_a_part_is_named_in_any_words(words: str, expected: str, toolbox: Toolbox) -> None:
    assert expected in shown(f"coverage {words}", toolbox)


@pytest.mark.parametrize("words", ["T1685", "t1685"])
def test_an_id_that_only_rules_know_is_told_as_such(words: str, toolbox: Toolbox) -> None:
    reply = ask(f"coverage {words}", toolbox)
    text = as_text(reply, width=10_000)

    assert "1 rule of yours names T1685, which no loaded release has." in text
    assert "Loaded now: Enterprise 18.1" in text
    assert "• Ahead" in text
    assert again(Request(reply.share), toolbox).blocks == reply.blocks


def test_a_group_is_told_by_tactic_with_its_gaps_as_gaps_ranks_them(toolbox: Toolbox) -> None:
    text = shown("coverage windows", toolbox)

    assert "▱  Execution" in text
    ranked = [line for line in shown("gaps windows", toolbox).splitlines() if line[:2] in ("1.", "2.")]
    assert text.index(ranked[0].split()[1]) < text.index(ranked[1].split()[1])


@pytest.mark.parametrize(
    "words", ["xyzzy plugh", "mimikatz", "platform toaster", "source none", "domain mobile", "group nobody at all"]
)
def test_what_has_no_coverage_is_told_in_a_sentence(words: str, toolbox: Toolbox) -> None:
    with pytest.raises(KnowledgeError, match=r"\w.*\.$"):
        ask(f"coverage {words}", toolbox)


def test_before_anything_is_imported_it_says_how_to(tmp_path: Path) -> None:
    toolbox = team_toolbox(tmp_path, imported=False)

    assert "attackbot coverage import PATH" in shown("coverage", toolbox)
    assert "attackbot coverage import PATH" in shown("sources", toolbox)
    assert "Gap" not in shown("T1566", toolbox)


def test_every_card_of_a_technique_says_which_rules_name_it(toolbox: Toolbox) -> None:
    card = shown("T1059.001", toolbox)
    assert "Covered by 3 rules  Encoded PowerShell, Download <b>& Cradle and 1 more (sigma)" in card
    assert "Gap  no rule of yours names it itself; 1 of 2 sub-techniques has some" in shown("T1059", toolbox)
    assert "Gap  no rule of yours names it" in shown("technique phishing", toolbox)
    assert "rule of yours" not in shown("APT29", toolbox)


def test_an_import_is_counted_from_the_next_question_on(toolbox: Toolbox) -> None:
    before = toolbox.coverage("local")
    assert toolbox.coverage("local") is before

    toolbox.store.replace_source("local", SourceImport(name="more"), [rule("Phish", "T1566", source="more")])

    assert "covered by 1 rule" not in shown("coverage T1566", toolbox)
    assert "Brittle: one rule only" in shown("coverage T1566", toolbox)
    assert toolbox.coverage("other") is not toolbox.coverage("local")


def test_rules_come_in_pages_that_the_buttons_turn(toolbox: Toolbox) -> None:
    many = [rule(f"Rule {number:02}", "T1566", source="more") for number in range(30)]
    toolbox.store.replace_source("local", SourceImport(name="more"), many)

    first = ask("coverage T1566", toolbox)
    second = again(Request(next(each for each in answers(first) if "page" in each)), toolbox)

    assert "Rules 13–24 of 30" in as_text(second)
    assert second.share == "ask|coverage T1566 page 2"


def test_every_button_asks_something_that_is_answered(toolbox: Toolbox) -> None:
    asked = [ask(f"coverage {words}".strip(), toolbox) for words in ("", "T1059.001", "TA0002", "APT29", "windows")]
    asked += [ask("gaps", toolbox), ask("compare apt29 with us", toolbox), ask("compare apt29 with fin7", toolbox)]

    for reply in asked:
        for value in answers(reply):
            assert again(Request(value), toolbox).blocks, value
        assert json.dumps(again(Request(reply.share), toolbox).blocks) == json.dumps(reply.blocks)
