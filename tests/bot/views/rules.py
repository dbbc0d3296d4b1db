"""What Slack takes and what we promise of every message, as one check."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from bot.views import limits
from bot.views.mrkdwn import clean

_LINK = re.compile(r"<https?://[A-Za-z0-9.\-\[\]:]+(?:[/?#][^\s|<>`\"]*)?\|[^<>\n]+>")
_MENTION = re.compile(r"<@[UW][A-Z0-9]+>|<#[CG][A-Z0-9]+>")
_ENTITY = re.compile(r"&(?:amp|lt|gt);")


def check_blocks(blocks: Sequence[dict[str, Any]], *, most: int = limits.BLOCKS_PER_MESSAGE) -> None:
    """Fail with a sentence on the first rule broken."""
    assert 0 < len(blocks) <= most, f"{len(blocks)} blocks"
    actions: list[str] = []
    names: list[str] = []
    total = 0
    for block in blocks:
        for kind, text in texts_of(block):
            total += len(text)
            check_text(kind, text)
        names.append(block.get("block_id") or f"unnamed {len(names)}")
        assert len(names[-1]) <= limits.BLOCK_ID
        match block["type"]:
            case "header":
                assert len(block["text"]["text"]) <= limits.HEADER_CHARACTERS
            case "section":
                assert len(block["text"]["text"]) <= limits.SECTION_CHARACTERS
                if "accessory" in block:
                    check = check_menu if block["accessory"]["type"] == "overflow" else check_button
                    actions.append(check(block["accessory"]))
            case "context":
                assert 0 < len(block["elements"]) <= limits.CONTEXT_ELEMENTS
            case "actions":
                assert 0 < len(block["elements"]) <= limits.ACTIONS_ELEMENTS
                actions += [check_button(button) for button in block["elements"]]
            case "divider":
                pass
            case other:
                raise AssertionError(f"a block of type {other}")
    assert len(actions) == len(set(actions)), f"an action_id twice: {actions}"
    assert len(names) == len(set(names)), f"a block_id twice: {names}"
    assert total <= limits.MESSAGE_CHARACTERS, f"{total} characters in all"


def check_button(button: dict[str, Any]) -> str:
    """The button's action_id, when all is well with it."""
    assert 0 < len(button["text"]["text"]) <= limits.BUTTON_LABEL
    assert 0 < len(button["action_id"]) <= limits.ACTION_ID
    assert len(button["value"]) <= limits.BUTTON_VALUE
    paged = r"[^|]+\|[a-z]+\|\d+|ask\|[^|]+|task\|[^|]+|mapped\|[\w=-]+"
    assert re.fullmatch(paged, button["value"]), button["value"]
    known = (
        r"share|mapping:else|open:\d|card:[a-z]+(?::next|:previous)?"
        r"|ask:(?:also:\d+|next|previous)|collect:form|profile:form|task:[a-z]+:\d"
    )
    assert re.fullmatch(known, button["action_id"]), button["action_id"]
    return str(button["action_id"])


def check_menu(menu: dict[str, Any]) -> str:
    """The action_id of a menu behind three dots, when all is well with it."""
    assert 2 <= len(menu["options"]) <= limits.OPTIONS
    for each in menu["options"]:
        assert 0 < len(each["text"]["text"]) <= limits.OPTION_CHARACTERS
        assert re.fullmatch(r"(?:open|right|wrong|else)\|\d+\|[A-Z0-9.]+", each["value"]), each["value"]
        assert len(each["value"]) <= limits.OPTION_CHARACTERS
    assert re.fullmatch(r"mapping:line:\d+", menu["action_id"]), menu["action_id"]
    return str(menu["action_id"])


def check_text(kind: str, text: str) -> None:
    """No empty text, nothing invisible; in mrkdwn nothing live but whole links to the web."""
    assert text.strip(), "an empty text"
    assert text == clean(text), f"invisible characters in {text!r}"
    if kind == "mrkdwn":
        check_mrkdwn(text)


def check_mrkdwn(text: str) -> None:
    """Escaped, apart from whole links; code spans closed on their line."""
    rest = _MENTION.sub("", _LINK.sub("", text))
    assert "<" not in rest, f"a raw or broken < in {text!r}"
    assert ">" not in rest, f"a raw or broken > in {text!r}"
    assert "&" not in _ENTITY.sub("", text), f"a raw or broken & in {text!r}"
    for line in text.split("\n"):
        assert line.count("`") % 2 == 0, f"an open code span in {line!r}"


def texts_of(value: Any) -> Iterator[tuple[str, str]]:
    """Every text object in a block, as its type and its text."""
    if isinstance(value, dict):
        if value.get("type") in ("mrkdwn", "plain_text"):
            if value["type"] == "mrkdwn":
                assert value["verbatim"] is True
            yield value["type"], value["text"]
            return
        value = list(value.values())
    if isinstance(value, list | tuple):
        for each in value:
            yield from texts_of(each)
