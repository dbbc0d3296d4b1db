"""The table of verbs: every one is helped, documented, in the manifest, and works."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.cli import cli
from bot.commands.request import Request
from bot.commands.table import VERBS, Verb, perform
from bot.commands.toolbox import Toolbox
from knowledge.library import Library
from tests import builders
from tests.builders import small_release

ROOT = Path(__file__).parents[2]


@pytest.fixture
def toolbox(tmp_path: Path) -> Toolbox:
    return builders.toolbox(tmp_path)


def ask(text: str, toolbox: Toolbox) -> str:
    reply = perform(Request(text), toolbox)
    return reply.text + json.dumps(reply.blocks)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name or "query")
def test_every_verb_has_help_a_place_in_the_readme_and_in_the_manifest(verb: Verb, toolbox: Toolbox) -> None:
    manifest = (ROOT / "config" / "manifest.yaml").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    hint = next(line for line in manifest.splitlines() if "usage_hint:" in line)

    assert verb.summary.endswith(".")
    assert verb.usage in ask("help", toolbox)
    assert f"/attack {verb.usage}" in readme
    assert verb.name in hint


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_of_the_command_line_has_help_and_a_place_in_the_readme(name: str) -> None:
    assert cli.commands[name].help
    assert f"attackbot {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name or "query")
def test_every_verb_answers_its_example_and_its_name_alone(verb: Verb, toolbox: Toolbox) -> None:
    for text in (verb.example, verb.name):
        reply = perform(Request(text), toolbox)
        assert reply.text
        assert reply.blocks


def test_a_name_that_begins_with_a_verb_is_still_a_name(tmp_path: Path, toolbox: Toolbox) -> None:
    assert "T1059.001" in ask("technique powershell", toolbox)
    assert "T1566" in ask("help phishing", toolbox)


def test_without_a_release_it_says_what_to_do(tmp_path: Path, toolbox: Toolbox) -> None:
    for path in (tmp_path / "releases").iterdir():
        path.unlink()
    emptied = builders.toolbox_over(Library(tmp_path / "releases"), tmp_path)

    assert "attackbot sync" in ask("T1059", emptied)


def test_a_release_that_arrives_is_answered_from_at_once(toolbox: Toolbox) -> None:
    assert "Enterprise 18.1" in ask("T1059", toolbox)
    toolbox.library.add(small_release("19.0"))
    assert "Enterprise 19.0" in ask("T1059", toolbox)
