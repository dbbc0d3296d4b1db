"""Gaps narrowed by words, groups compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.commands.filters import Narrowed, narrowed
from bot.commands.request import Request
from bot.commands.table import perform
from bot.commands.toolbox import Toolbox
from bot.views.terminal import as_text
from knowledge.coverage import NOT_DETECTION
from knowledge.errors import KnowledgeError
from tests.team import team_toolbox


@pytest.fixture(scope="module")
def toolbox(tmp_path_factory: pytest.TempPathFactory) -> Toolbox:
    return team_toolbox(tmp_path_factory.mktemp("gaps"))


def shown(text: str, toolbox: Toolbox) -> str:
    return as_text(perform(Request(text), toolbox), width=10_000)


def read(words: str, toolbox: Toolbox) -> Narrowed:
    return narrowed(words, toolbox.reference())


def test_each_row_says_why_and_the_list_says_what_it_rests_on(toolbox: Toolbox) -> None:
    text = shown("gaps", toolbox)

    assert "1. T1566 Phishing  ·  Initial Access" in text
    assert "no rule  ·  used by 2 of 2 groups" in text
    assert "1 rule names an id that no loaded release has" in text
    assert text.count(NOT_DETECTION) == 1
    assert "T1059.001 PowerShell" not in text


@pytest.mark.parametrize(
    ("words", "about"),
    [
        ("", ()),
        ("group APT29", ("APT29",)),
        ("groups cozy bear, FIN7", ("APT29", "FIN7")),
        ("group APT29 and FIN7 platform windows", ("APT29", "FIN7", "Windows")),
        ("sector banking", ("Finance",)),
        ("sector finance, energy", ("Finance", "Energy")),
        ("sector oil and gas", ("Energy",)),
        ("platform WINDOWS tactic TA0001", ("Windows", "Initial Access")),
        ("log windows registry", ("seen in windows registry",)),
        ("domain enterprise", ("Enterprise",)),
        ("apt29 windows", ("APT29", "Windows")),
        ("windows for apt29 in initial access", ("Windows", "APT29", "Initial Access")),
        ("execution", ("Execution",)),
        ("financial services", ("Finance",)),
        ("aptt29", ("APT29",)),
    ],
)
def test_words_narrow_the_list(words: str, about: tuple[str, ...], toolbox: Toolbox) -> None:
    assert read(words, toolbox).about == about


@pytest.mark.parametrize(
    "words",
    [
        "group",
        "group nobody at all",
        "sector nonsense",
        "platform toaster",
        "log nonsense",
        "domain moon",
        "powershell",
    ],
)
def test_what_narrows_nothing_is_told_in_a_sentence(words: str, toolbox: Toolbox) -> None:
    with pytest.raises(KnowledgeError, match=r"\w.*[.?]|Put its name"):
        shown(f"gaps {words}", toolbox)


def test_a_sector_says_of_how_many_groups_sectors_are_known(toolbox: Toolbox) -> None:
    assert "sectors are known for" in shown("gaps sector finance", toolbox)


def test_without_rules_everything_is_a_gap(tmp_path: Path) -> None:
    assert "Nothing is imported yet, so everything is a gap." in shown("gaps", team_toolbox(tmp_path, imported=False))


def test_two_groups_and_a_group_and_us(toolbox: Toolbox) -> None:
    both = shown("compare cozy bear with fin7", toolbox)
    us = shown("compare us with apt29", toolbox)

    assert "APT29 and FIN7 share 1 technique; APT29 has 1 more, FIN7 1." in both
    assert "Only FIN7 1" in both
    assert "APT29 uses 2 techniques; rules of yours name 1 of them." in us
    assert "No rule 1" in us


@pytest.mark.parametrize("words", ["", "apt29", "a, b, c"])
def test_a_comparison_needs_two_sides(words: str, toolbox: Toolbox) -> None:
    assert "compare APT29 with FIN7" in shown(f"compare {words}", toolbox)
