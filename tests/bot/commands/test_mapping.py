"""Mapping, sharing and judging as commands, and which texts are mapped without the verb."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.commands.carried import again
from bot.commands.mapping import TOO_OLD, Verdicted, judge, map_text, name_technique
from bot.commands.request import Request
from bot.commands.table import perform
from bot.views.mapping import Card, Voice, carried_in, unpack
from bot.views.reply import Reply
from knowledge.store import Verdict
from tests.bot.mapped import SayingToolbox

ALERT = "winword.exe started powershell.exe -nop -w hidden -enc on FIN-WS-14 (user: dana, 10.1.2.3)"
DANA = Request(team="T1", user="U0DANA", channel="C1")
SAID = Voice("U0DANA", "2026-11-24")


@pytest.fixture
def toolbox(tmp_path: Path) -> SayingToolbox:
    return SayingToolbox(tmp_path)


def card_in(reply: Reply) -> Card:
    card = carried_in({"blocks": list(reply.blocks)})
    assert card
    return card


@pytest.fixture
def card(toolbox: SayingToolbox) -> Card:
    return card_in(map_text(Request(ALERT, team="T1"), toolbox))


def line(card: Card, at: int = 0, words: str = ALERT) -> Verdicted:
    return Verdicted(words, card, at, card.lines[at].id)


@pytest.mark.parametrize(
    ("text", "mapped"),
    [
        (ALERT, [ALERT]),
        (f"map {ALERT}", [ALERT]),
        ("powershell", []),
        ("technique powershell", []),
        ("group apt29", []),
        ("what is powershell", []),
        ("tactic\n{}", []),
    ],
)
def test_a_paste_is_mapped_and_a_known_verb_always_wins(toolbox: SayingToolbox, text: str, mapped: list[str]) -> None:
    perform(Request(text), toolbox)

    assert toolbox.mapped == mapped


def test_no_secret_and_nobody_stands_in_what_the_buttons_carry(card: Card) -> None:
    for word in ("dana", "10.1.2.3", "FIN-WS-14"):
        assert word not in card.about
    assert "powershell.exe" in card.about


def test_names_in_the_fields_of_a_record_are_hidden_wherever_they_stand(toolbox: SayingToolbox) -> None:
    record = {"actor": {"alternateId": "zoe", "displayName": "Zoe Quill"}, "cmd": "powershell.exe -u zoe -w hidden"}
    about = card_in(map_text(Request(json.dumps(record), team="T1"), toolbox)).about

    assert "powershell.exe" in about
    assert "zoe" not in about.lower()


def test_the_words_that_are_kept_stand_around_the_quotes_of_a_long_paste(toolbox: SayingToolbox) -> None:
    pasted = f"{'nothing to see ' * 1_000}\n{ALERT}"

    assert "powershell.exe" in card_in(map_text(Request(pasted, team="T1"), toolbox)).about


def test_what_is_shared_is_the_card_that_was_seen_and_is_not_mapped_again(toolbox: SayingToolbox) -> None:
    seen = map_text(Request(ALERT, team="T1"), toolbox)
    judge(line(card_in(seen), 1), Verdict.RIGHT, DANA, toolbox)
    shared = again(Request(seen.share, team="T1"), toolbox)

    assert toolbox.mapped == [ALERT]
    texts = [block["text"]["text"] for block in seen.blocks if block["type"] == "section"]
    assert [block["text"]["text"] for block in shared.blocks if block["type"] == "section"] == texts
    assert "accessory" not in json.dumps(shared.blocks)
    assert not shared.share


def test_a_card_that_cannot_be_read_is_too_old(toolbox: SayingToolbox) -> None:
    assert again(Request("mapped|nonsense"), toolbox).text == TOO_OLD


@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_verdict_is_kept_masked_and_marks_its_line_alone(
    toolbox: SayingToolbox, card: Card, verdict: Verdict
) -> None:
    judged = judge(line(card, 1), verdict, DANA, toolbox)

    (kept,) = toolbox.store.confirmations("T1")
    assert (kept.technique_id, kept.verdict, kept.user, kept.channel) == ("T1059", verdict, "U0DANA", "C1")
    assert "dana" not in kept.text
    assert judged.card
    assert judged.card.lines[0] == card.lines[0]
    assert judged.card.lines[1].confidence == card.lines[1].confidence
    right, wrong = judged.card.lines[1].right, judged.card.lines[1].wrong
    assert (right, wrong) == (((SAID,), ()) if verdict is Verdict.RIGHT else ((), (SAID,)))


def test_who_judges_is_told_what_is_kept_and_how_it_was_masked(toolbox: SayingToolbox, card: Card) -> None:
    said = judge(line(card), Verdict.RIGHT, DANA, toolbox).reply.text

    assert "T1059.001 PowerShell was right" in said
    assert "masked as far as they are recognised" in said
    assert "/attack confirmations" in said


def test_two_people_are_two_confirmations_and_one_who_thinks_again_is_one(toolbox: SayingToolbox, card: Card) -> None:
    lee = Request(team="T1", user="U0LEE")
    for request, verdict in ((DANA, Verdict.RIGHT), (lee, Verdict.RIGHT), (DANA, Verdict.WRONG)):
        judge(line(card), verdict, request, toolbox)

    said = {each.user: each.verdict for each in toolbox.store.confirmations("T1")}
    assert said == {"U0DANA": Verdict.WRONG, "U0LEE": Verdict.RIGHT}


def test_a_verdict_counts_when_its_card_is_forgotten(toolbox: SayingToolbox) -> None:
    judged = judge(Verdicted(ALERT, None, 0, "T1059.001"), Verdict.RIGHT, DANA, toolbox)

    assert judged.card is None
    assert len(toolbox.store.confirmations("T1")) == 1


@pytest.mark.parametrize("about", [Verdicted("", None, 0, "T1059"), Verdicted("words", None, 0, "T9999")])
def test_a_verdict_on_nothing_is_not_kept(toolbox: SayingToolbox, about: Verdicted) -> None:
    assert judge(about, Verdict.RIGHT, DANA, toolbox).reply.text == TOO_OLD
    assert toolbox.store.confirmations("T1") == ()


def test_something_else_makes_the_line_wrong_and_the_named_technique_right(toolbox: SayingToolbox, card: Card) -> None:
    judged = name_technique(line(card), "phishing", DANA, toolbox)

    said = {each.technique_id: each.verdict for each in toolbox.store.confirmations("T1")}
    assert said == {"T1059.001": Verdict.WRONG, "T1566": Verdict.RIGHT}
    assert judged.card
    assert judged.card.lines[0].wrong == (SAID,)
    assert [(each.id, each.voice) for each in judged.card.named] == [("T1566", SAID)]


def test_what_it_was_is_kept_under_an_answer_that_recognised_nothing(toolbox: SayingToolbox) -> None:
    card = card_in(map_text(Request("The cake is for everyone on FIN-WS-14", team="T1"), toolbox))
    judged = name_technique(Verdicted(card.about, card), "T1059.001", DANA, toolbox)

    (kept,) = toolbox.store.confirmations("T1")
    assert (kept.technique_id, kept.verdict) == ("T1059.001", Verdict.RIGHT)
    assert "cake" in kept.text
    assert judged.card
    assert [each.id for each in judged.card.named] == ["T1059.001"]


@pytest.mark.parametrize(("named", "wrong"), [("zzzz qqqq", "several"), ("", "")])
def test_a_name_that_could_be_several_is_asked_again(
    toolbox: SayingToolbox, card: Card, named: str, wrong: str
) -> None:
    judged = name_technique(line(card), named, DANA, toolbox)

    assert judged.wrong
    assert wrong in judged.wrong
    assert toolbox.store.confirmations("T1") == ()


def test_a_shown_card_is_remembered_by_its_key(toolbox: SayingToolbox) -> None:
    reply = map_text(Request(ALERT, team="T1"), toolbox)
    section = reply.blocks[1]["block_id"]

    assert toolbox.shown.get(section.split("-")[2]) == unpack(reply.share.partition("|")[2])
