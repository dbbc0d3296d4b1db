"""The project's own pasted alerts: raw events and alerts of some hundred products, each with the techniques they show.

``tests/knowledge/alerts/yardstick_*.jsonl`` were written from the vendors' documented formats; a row without labels is
an everyday twin of an alert. The bounds are under what was measured by as much as a change of a few rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from knowledge.mapping import Mapper, Mapping

FOLDER = Path(__file__).parents[1] / "alerts"


def _rows() -> list[dict[str, Any]]:
    files = sorted(FOLDER.glob("yardstick_*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


ROWS = _rows()
ALERTS = [row for row in ROWS if row["labels"]]
EVERYDAY = [row for row in ROWS if not row["labels"]]


@pytest.fixture(scope="module")
def answers(real_mapper: Mapper) -> dict[str, Mapping]:
    return {row["id"]: real_mapper.map(row["text"]) for row in ROWS}


def _right_among(answers: dict[str, Mapping], first: int) -> float:
    right = (set(row["labels"]) & {each.id for each in answers[row["id"]].techniques[:first]} for row in ALERTS)
    return sum(map(bool, right)) / len(ALERTS)


def test_the_right_technique_comes_first_or_is_among_five(answers: dict[str, Mapping]) -> None:
    assert _right_among(answers, 1) >= 0.86
    assert _right_among(answers, 5) >= 0.95


def test_an_attack_is_seldom_met_with_silence(answers: dict[str, Mapping]) -> None:
    silent = [row["id"] for row in ALERTS if not answers[row["id"]].techniques]
    assert len(silent) <= 0.04 * len(ALERTS), silent


def test_every_quote_is_exact_and_holds_no_markup(answers: dict[str, Mapping]) -> None:
    for row in ROWS:
        for each in answers[row["id"]].techniques:
            assert each.evidence
            for quote in each.evidence:
                assert row["text"][quote.start : quote.end] == quote.quote != ""
                assert "</Data>" not in quote.quote


def _with_more_fields(row: dict[str, Any]) -> str:
    """The alert as another collector would forward it: with fields that say nothing of the act."""
    text: str = row["text"]
    start = text.lstrip()
    if start.startswith("{"):
        more = (
            '"ingest_time": "2026-03-01T10:00:00Z", "collector_host": "col-07", "peer_ip": "192.0.2.9", '
            '"http_status": 200, "bytes": 48213, "account_id": "8812", '
        )
        return start.replace("{", "{" + more, 1)
    if "\n" not in text.strip():
        return f"{text} 200 48213 192.0.2.9 2026-03-01T10:00:00Z"
    return f"2026-03-01T10:00:00Z 192.0.2.9 200 48213\n{text}"


@pytest.mark.parametrize("pad", [_with_more_fields])
def test_neutral_fields_never_turn_an_answer_into_silence(
    real_mapper: Mapper, answers: dict[str, Mapping], pad: Callable[[dict[str, Any]], str]
) -> None:
    lost = [row["id"] for row in ALERTS if answers[row["id"]].techniques and not real_mapper.map(pad(row)).techniques]
    assert lost == []
