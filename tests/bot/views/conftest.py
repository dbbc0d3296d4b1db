"""Golden files: what a view gave when somebody last looked at it and found it good."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.views.reply import Reply

GOLDEN = Path(__file__).parents[2] / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    """`pytest tests/bot/views --update-golden` writes what the views give now."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files of the views anew")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, Reply | dict[str, Any]], None]:
    """Compare a reply, or a view, with the golden file of a name."""

    def compare(name: str, given: Reply | dict[str, Any]) -> None:
        shown = (
            {"text": given.text, "share": given.share, "blocks": given.blocks} if isinstance(given, Reply) else given
        )
        text = json.dumps(shown, indent=1, ensure_ascii=False) + "\n"
        path = GOLDEN / f"{name}.json"
        if request.config.getoption("--update-golden", default=False):
            GOLDEN.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"no golden file {path.name}: run pytest tests/bot/views --update-golden and read it"
        assert text == path.read_text(encoding="utf-8")

    return compare
