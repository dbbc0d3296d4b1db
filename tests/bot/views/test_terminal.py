from __future__ import annotations

import sys

import pytest

from bot.views.cards import card
from bot.views.lists import shortlist
from bot.views.messages import sentence
from bot.views.reply import Reply
from bot.views.terminal import as_text, show_reply
from knowledge.search import Answer, Match
from tests.bot.views.builders import catalog

NOW = catalog()


def kettle(section: str = "overview", page: int = 0) -> Reply:
    item = NOW.get("T9001")
    assert item
    return card(NOW, item, section=section, page=page)


def test_an_overview_reads_well_without_slack() -> None:
    assert (
        as_text(kettle(), width=80)
        == """\
T9001 Kettle Abuse

Brewing, Wandering  ·  Windows, Linux  ·  impact type: availability

Adversaries may boil water with a kettle they do not own. Kettles such as
Samovar run boil --now without asking.

Detect  Detect Boiling (DET9001)
WinEventLog:Steam EventCode=1, 2, 3  ·  auditd:SYSCALL boil

Used by  3 groups, 2 software, 1 campaign, among them Quiet Badger, Loud Otter,
Campaigning Crane

Stopped by  Lid, Lock

Sub-techniques  2: Descaled Kettle, Whistling Kettle
CAPEC  CAPEC-9

https://attack.example/techniques/T9001 · Enterprise 18.1 · technique version
1.2 · changed 2024-05-06

more: attackbot lookup T9001 --section detection (3) | procedures (5) | groups
(6) | mitigations (2) | subtechniques (2)"""
    )


def test_page_turners_are_calls() -> None:
    text = as_text(kettle("detection"))

    assert "next page: attackbot lookup T9001 --section detection --page 2" in text
    assert "previous page" not in text


def test_entities_are_characters_again() -> None:
    assert as_text(sentence("a < b & c")) == "a < b & c"


def test_open_buttons_are_not_shown_for_the_ids_are() -> None:
    item = NOW.get("G9001")
    assert item

    text = as_text(shortlist(Answer("badger", (Match(item, 1.0, "name"),), clear=False, nearest=False), NOW))

    assert "G9001 Quiet Badger" in text
    assert "Open" not in text


def test_a_pipe_gets_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    show_reply(kettle("procedures"))

    assert capsys.readouterr().out == as_text(kettle("procedures")) + "\n"


def test_a_terminal_gets_styles_and_links(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")

    show_reply(kettle())

    shown = capsys.readouterr().out
    assert "\x1b[1mT9001 Kettle Abuse" in shown
    assert "https://attack.example/software/S9001\x1b\\Samovar" in shown
