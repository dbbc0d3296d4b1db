"""``attackbot map`` as scripts call it: the shapes of its JSON, and how a stream is answered."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bot.cli.mapping_json import answer_json
from bot.cli.mapping_stream import ALONE, answers, read_row
from bot.views.mapping import card_of, draw
from bot.views.terminal import as_text
from knowledge.mapping.model import Confirmed, MatchedRule, Outcome, Quote
from tests.bot.mapped import Echo, answer_to
from tests.bot.views.mappings import NOW, covered, defender, mapping

GAP = "   "
ALERT = "powershell.exe -nop -w hidden"


def test_a_mapping_as_json_has_the_keys_of_the_contract_and_no_empty_ones() -> None:
    answer = answer_json(7, answer_to(ALERT))

    assert list(answer) == ["id", "techniques", "abstained", "outcome", "reason", "attack", "format"]
    assert {key: answer[key] for key in ("id", "abstained", "outcome", "reason", "attack", "format")} == {
        "id": 7,
        "abstained": False,
        "outcome": "answer",
        "reason": "",
        "attack": "Enterprise 18.1",
        "format": "prose",
    }
    first = answer["techniques"][0]
    assert list(first) == ["id", "name", "tactics", "confidence", "band", "evidence"]
    assert first["evidence"] == [
        {"quote": "powershell.exe", "start": 0, "end": 14, "why": "typical of this technique: “x”"}
    ]
    json.dumps(answer)


def test_what_there_is_besides_stands_in_keys_of_its_own() -> None:
    likely = replace(
        answer_to(ALERT).techniques[0],
        evidence=(Quote("powershell.exe", 0, 14, "why", "Image"),),
        act=2,
        confirmed=(Confirmed("U0DANA", "2026-11-24"),),
    )
    given = replace(
        answer_to(ALERT),
        techniques=(likely,),
        acts=3,
        format="json",
        product="Sysmon",
        matched_rules=(MatchedRule("r1", "Encoded", "sigma", fires=False),),
    )
    answer = answer_json("a", given)

    assert answer["product"] == "Sysmon"
    assert answer["matched_rules"] == [{"id": "r1", "title": "Encoded", "source": "sigma"}]
    assert answer["techniques"][0]["evidence"][0]["field"] == "Image"
    assert answer["techniques"][0]["act"] == 2
    assert answer["techniques"][0]["confirmed"] == [{"by": "U0DANA", "on": "2026-11-24"}]


def test_nothing_recognised_as_json_says_so() -> None:
    answer = answer_json("a", mapping())

    assert (answer["techniques"], answer["abstained"], answer["outcome"]) == ([], True, "nothing")
    assert "does not mean" in answer["reason"]


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        (b"{broken", "This line is not valid JSON."),
        (b"\xff\xfe", "This line is not valid JSON."),
        (b"[" * 100_000, "This line is not valid JSON."),
        (b"[1]", 'This line is not an object with "id" and "text".'),
        (b'{"id": 1}', '"text" is missing or no text.'),
        (b'{"id": 1, "text": 5}', '"text" is missing or no text.'),
    ],
)
def test_a_bad_line_is_told_in_one_sentence(line: bytes, wrong: str) -> None:
    assert read_row(line) == wrong


def test_a_good_line_is_its_object() -> None:
    assert read_row(b' {"id": "a", "text": "x", "more": 1}\n') == {"id": "a", "text": "x", "more": 1}


def stream(*words: str) -> io.BytesIO:
    return io.BytesIO("".join(f"{word}\n" for word in words).encode())


def test_a_stream_is_answered_in_order_with_the_numbers_of_its_lines() -> None:
    answered = [(json.loads(line)[:2], good) for line, good in answers(stream("a", "", "bad", "c"), Echo(), jobs=1)]

    assert answered == [([1, "a"], True), ([3, "bad"], False), ([4, "c"], True)]


def test_a_line_is_answered_before_the_next_one_is_read() -> None:
    def lines() -> Iterator[bytes]:
        yield b"a\n"
        read.append("a")
        yield b"b\n"

    class Slow(io.BytesIO):
        def __iter__(self) -> Iterator[bytes]:
            return lines()

    read: list[str] = []
    first, _ = next(answers(Slow(), Echo(), jobs=4))

    assert json.loads(first)[1] == "a"
    assert read == []


def test_a_long_stream_is_shared_between_processes_and_stays_in_order() -> None:
    words = [f"w{at}" for at in range(ALONE + 300)]
    answered = [json.loads(line) for line, _ in answers(stream(*words), Echo(), jobs=2)]

    assert [word for _, word, _ in answered] == words
    assert [number for number, _, _ in answered] == list(range(1, len(words) + 1))
    assert {process for _, _, process in answered[:ALONE]} == {os.getpid()}
    assert os.getpid() not in {process for _, _, process in answered[ALONE:]}


def test_an_error_of_another_process_is_raised_and_ends_the_stream() -> None:
    words = [f"w{at}" for at in range(ALONE + 50)]
    words[ALONE + 10] = "fail"
    answered = answers(stream(*words), Echo(), jobs=2)

    with pytest.raises(ValueError, match="fail"):
        list(answered)


def test_a_stream_may_be_left_in_the_middle() -> None:
    answered = answers(stream(*(f"w{at}" for at in range(ALONE + 2_000))), Echo(), jobs=2)
    for _ in range(ALONE + 10):
        next(answered)

    answered.close()  # type: ignore[attr-defined]


def test_the_terminal_shows_what_slack_shows() -> None:
    shown = as_text(draw(card_of(defender(), covered=covered), NOW))

    for words in (
        "Likely techniques  ·  Defender for Endpoint  ·  FS01  ·  3 acts",
        f"1  T9001.001 Descaled Kettle{GAP}●●● 91 %",
        f"act 1{GAP}CommandLine rundll32 spout.dll, MiniDump 672 C:\\l.dmp full",
        "✓ your rule “Kettle Dump via Spout DLL” fires on this event (79 rules in all)",
        f"2  T9001 Kettle Abuse{GAP}●●○ 79 %{GAP}✓ 12 rules",
        f"act 3{GAP}Operation = New-InboxRule  –  a rule that forwards mail",
        "Execution  →  Impact",
    ):
        assert words in shown
    assert "Something else" not in shown


@pytest.mark.parametrize("outcome", [Outcome.LEADS, Outcome.NOTHING])
def test_the_terminal_says_that_it_is_no_answer(outcome: Outcome) -> None:
    given = mapping() if outcome is Outcome.NOTHING else defender(outcome=outcome)
    shown = as_text(draw(card_of(given), NOW))

    assert ("does not mean it is harmless" in shown) is (outcome is Outcome.NOTHING)
    assert ("Closest matches, not an answer" in shown) is (outcome is Outcome.LEADS)
