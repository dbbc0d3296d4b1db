"""Long texts answer as their relevant part does; hostile ones are bounded."""

from __future__ import annotations

import base64
import random
import time

import pytest

from knowledge.mapping import Mapper
from knowledge.mapping.mapper import MAX_CHARACTERS

ALERT = """Shadow copies removed before encryption
vssadmin.exe delete shadows /all /quiet was started by cmd.exe on the file server.
Then bcdedit /set {default} recoveryenabled No was run."""


def log(lines: int) -> str:
    return "\n".join(
        f"2026-08-01T10:{n % 60:02d}:{n % 59:02d} INFO app[{n}]: GET /products/{n * 7 % 9999} 200 {n % 300}ms ok"
        for n in range(lines)
    )


@pytest.mark.parametrize("before", [0, 4_000, 9_000])
def test_a_megabyte_answers_as_its_relevant_part(real_mapper: Mapper, before: int) -> None:
    text = f"{log(before)}\n\n{ALERT}\n\n{log(9_000 - before)}"
    first, alone = real_mapper.map(text).techniques[0], real_mapper.map(ALERT).techniques[0]
    assert first.id == alone.id == "T1490"
    assert abs(first.confidence - alone.confidence) < 0.2
    for quote in first.evidence:
        assert text[quote.start : quote.end] == quote.quote


def test_a_log_of_nothing_gets_silence(real_mapper: Mapper) -> None:
    assert real_mapper.map(log(9_000)).abstained


def _nested() -> str:
    raw = b"powershell -c vssadmin delete shadows /all /quiet"
    for _ in range(12):
        raw = base64.b64encode(raw)
    return raw.decode()


HOSTILE = {
    "punctuation": "!?-_./\\^`" * 1_200_000,
    "nul": "\0" * 10_000_000,
    "one letter": "a" * 10_000_000,
    "carets": "a^^^" * 500_000,
    "dotted": "a." * 1_000_000,
    "digits": "1." * 1_000_000,
    "colons": "a:" * 1_000_000,
    "spaces": " " * 2_000_000,
    "escapes": "%41" * 600_000,
    "open json": '{"a":"\\"' * 250_000,
    "mails": "a@" * 1_000_000,
    "links": "http://" * 280_000,
    "pings": "<!channel> <@U123> " * 100_000,
    "right-to-left": "\u202e\u200f\u2066vss\u200badmin" * 100_000,
    "nested base64": _nested(),
    "base64": base64.b64encode(random.Random(7).randbytes(1_500_000)).decode(),  # noqa: S311 # noise, not a secret
    "surrogates": "\ud800 vssadmin \udfff" * 1000,
    "supposed": "could allow " * 150_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_is_bounded(real_mapper: Mapper, kind: str) -> None:
    started = time.monotonic()
    mapping = real_mapper.map(HOSTILE[kind])
    assert time.monotonic() - started < 10
    assert len(mapping.techniques) <= 5
    assert mapping.truncated or len(HOSTILE[kind]) <= MAX_CHARACTERS
