"""/attack: acked at once, answered to the asker alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from bot.commands.toolbox import Toolbox
from knowledge.errors import LibraryError
from tests.bot.listeners.conftest import Slack

Slash = Callable[[str], dict[str, Any]]


def test_a_query_is_answered_with_a_private_card_that_can_be_shared(slash: Slash) -> None:
    answer = slash("T1059.001")

    assert answer["response_type"] == "ephemeral"
    assert "T1059.001" in answer["text"]
    assert '"share"' in json.dumps(answer["blocks"])


def test_a_revoked_id_answers_with_its_successor_and_says_so(slash: Slash) -> None:
    answer = json.dumps(slash("T1086"))

    assert "T1059.001" in answer
    assert "revoked" in answer


@pytest.mark.parametrize("text", ["", "help", "   "])
def test_nothing_or_help_tells_what_can_be_asked(slash: Slash, text: str) -> None:
    assert "kerberosting" in json.dumps(slash(text)["blocks"])


@pytest.mark.parametrize("text", ["group cozy bear", "actor APT29", "GROUP g0016"])
def test_a_kind_asks_for_that_kind(slash: Slash, text: str) -> None:
    assert "G0016" in slash(text)["text"]


def test_what_was_typed_cannot_ping(slash: Slash) -> None:
    answer = json.dumps(slash("<!channel> <@U0DANA> <https://evil.example|click> &amp;"))

    assert "<!channel>" not in answer
    assert "<@U0DANA>" not in answer
    assert "<https://evil.example" not in answer


def test_an_unknown_failure_gives_a_reference_that_is_in_the_log_and_no_secret(
    slack: Slack, slash: Slash, toolbox: Toolbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("hunter2 is the password")

    monkeypatch.setattr(toolbox, "reference", fail)
    answer = slash("T1059 hunter2")

    logged = re.search(r"reference ([0-9A-F]{8}): RuntimeError", caplog.text)
    assert logged
    assert logged[1] in answer["text"]
    assert "hunter2" not in caplog.text
    assert "Traceback" not in json.dumps(answer)


def test_a_known_failure_is_one_sentence(slash: Slash, toolbox: Toolbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise LibraryError("/releases: damaged.")

    monkeypatch.setattr(toolbox, "reference", fail)

    assert "damaged" in slash("T1059")["text"]
