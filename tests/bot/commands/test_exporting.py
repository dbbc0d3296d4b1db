"""Answers as files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.commands.request import Request
from bot.commands.table import perform
from bot.commands.toolbox import Toolbox
from bot.views.reply import File
from knowledge.errors import KnowledgeError
from tests.team import team_toolbox


@pytest.fixture(scope="module")
def toolbox(tmp_path_factory: pytest.TempPathFactory) -> Toolbox:
    return team_toolbox(tmp_path_factory.mktemp("exports"))


def file(text: str, toolbox: Toolbox) -> File:
    (only,) = perform(Request(text), toolbox).files
    return only


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("heatmap", "attack-coverage-enterprise-18.1.png"),
        ("heatmap coverage domain enterprise", "attack-coverage-enterprise-18.1.png"),
        ("heatmap enterprise", "attack-coverage-enterprise-18.1.png"),
        ("heatmap gaps group apt29", "attack-gaps-apt29-enterprise-18.1.png"),
        ("heatmap group apt29", "attack-group-apt29-g0016-enterprise-18.1.png"),
        ("heatmap apt29", "attack-group-apt29-g0016-enterprise-18.1.png"),
        ("heatmap overlap apt29, fin7", "attack-overlap-apt29-and-fin7-enterprise-18.1.png"),
        ("export", "attack-coverage-enterprise-18.1.json"),
        ("layer gaps", "attack-gaps-enterprise-18.1.json"),
        ("export coverage as csv", "attack-coverage-enterprise-18.1.csv"),
        ("export gaps as a table", "attack-gaps-enterprise-18.1.csv"),
        ("export overlap apt29 and fin7 as csv", "attack-overlap-apt29-and-fin7-enterprise-18.1.csv"),
        ("export group apt29 as png", "attack-group-apt29-g0016-enterprise-18.1.png"),
    ],
)
def test_a_subject_becomes_a_file_of_the_kind_that_was_asked_for(words: str, name: str, toolbox: Toolbox) -> None:
    handed = file(words, toolbox)

    assert handed.name == name
    if name.endswith("png"):
        assert handed.content.startswith(b"\x89PNG")
        assert "Drawn on" in handed.alt
        assert len(handed.alt) <= 1_000
    elif name.endswith("json"):
        assert json.loads(handed.content)["versions"]["layer"] == "4.5"
    else:
        assert handed.content.count(b"\r\n") > 1


@pytest.mark.parametrize("words", ["coverage windows", "group", "nonsense here", "coverage domain moon"])
def test_what_cannot_be_drawn_is_told_in_a_sentence(words: str, toolbox: Toolbox) -> None:
    with pytest.raises(KnowledgeError):
        perform(Request(f"heatmap {words}"), toolbox)


def test_without_a_release_there_is_nothing_to_draw(tmp_path: Path) -> None:
    from knowledge.library import Library
    from tests.builders import toolbox_over

    emptied = toolbox_over(Library(tmp_path / "releases"), tmp_path)

    assert "attackbot sync" in perform(Request("heatmap"), emptied).text
