"""Every word of a message, wherever an app put it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.listeners.message_text import words_of


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ({"text": "certutil -urlcache &amp; co"}, ["certutil -urlcache & co"]),
        ({"blocks": [{"type": "header", "text": plain("Alert")}]}, ["Alert"]),
        ({"blocks": [{"type": "section", "fields": [plain("Host"), plain("fin-7")]}]}, ["Host", "fin-7"]),
        ({"blocks": [{"type": "context", "elements": [plain("rule 12")]}]}, ["rule 12"]),
        ({"blocks": [{"type": "markdown", "text": "**lsass** read"}]}, ["**lsass** read"]),
        ({"blocks": [{"type": "image", "alt_text": "a graph", "title": plain("Logons")}]}, ["a graph", "Logons"]),
        ({"blocks": [{"type": "video", "title": plain("Clip"), "description": plain("of it")}]}, ["Clip", "of it"]),
        (
            {"blocks": [{"type": "table", "rows": [[{"type": "raw_text", "text": "psexec.exe"}]]}]},
            ["psexec.exe"],
        ),
        (
            {"attachments": [{"title": "EDR", "text": "mimikatz", "fields": [{"title": "User", "value": "dana"}]}]},
            ["EDR", "mimikatz", "User: dana"],
        ),
        ({"attachments": [{"fallback": "only this"}]}, ["only this"]),
        ({"attachments": [{"blocks": [{"type": "section", "text": plain("nested")}]}]}, ["nested"]),
    ],
)
def test_words_are_found_in(message: dict[str, Any], words: list[str]) -> None:
    assert words_of(message).split("\n") == words


def test_rich_text_reads_on_within_a_line() -> None:
    elements = [
        {"type": "text", "text": "ran "},
        {"type": "text", "text": "whoami", "style": {"code": True}},
        {"type": "link", "url": "https://siem.example/1", "text": "case"},
        {"type": "user", "user_id": "U1"},
    ]
    code = {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "net user /add"}]}
    message = {
        "blocks": [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}, code]}]
    }

    assert words_of(message) == "ran whoamicase (https://siem.example/1)\nnet user /add"


def test_a_fallback_that_the_blocks_say_is_not_said_twice() -> None:
    message = {"text": "lsass read", "blocks": [{"type": "section", "text": plain("lsass  read by x")}]}

    assert words_of(message) == "lsass  read by x"


@pytest.mark.parametrize(
    "broken", [{}, {"blocks": "x"}, {"blocks": [None, 3]}, {"attachments": [None, {"fields": [1]}]}]
)
def test_a_broken_message_has_no_words(broken: dict[str, Any]) -> None:
    assert words_of(broken) == ""


def test_a_message_nested_without_end_is_cut_off() -> None:
    node: dict[str, Any] = {"text": "deep"}
    for _ in range(500):
        node = {"text": node}

    assert words_of({"blocks": [node]}) == ""
