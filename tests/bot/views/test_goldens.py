"""One sweep over every golden file: Slack's limits and our own promises."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.views import limits
from tests.bot.views.conftest import GOLDEN
from tests.bot.views.rules import check_blocks, check_mrkdwn

FILES = sorted(GOLDEN.glob("*.json"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_golden_keeps_every_limit_and_escapes_everything(path: Path) -> None:
    shown = json.loads(path.read_text(encoding="utf-8"))
    home = shown.get("type") == "home"

    check_blocks(shown["blocks"], most=limits.BLOCKS_PER_VIEW if home else limits.BLOCKS_PER_MESSAGE)
    if not home:
        assert shown["text"]
        check_mrkdwn(shown["text"])


def test_there_are_goldens() -> None:
    assert len(FILES) > 50
