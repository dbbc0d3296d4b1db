"""Mapped alerts, what is confirmed and the forms around them, against their golden files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bot.views.confirmations import confirmation_list
from bot.views.forms import another_form, map_form
from bot.views.mapping import mapped
from bot.views.reply import Reply
from knowledge.mapping import IndicatorCount, Likely, Mapping, Quote
from knowledge.store import Confirmation, Verdict
from tests.bot.views.builders import catalog

Golden = Callable[[str, Reply | dict[str, Any]], None]
NOW = catalog()
HOSTILE = "kettle.exe <!channel> `whistle` <@U123> *now* & then"


def likely(attack_id: str, confidence: float, band: Any, *quotes: Quote) -> Likely:
    item = NOW.get(attack_id)
    assert item
    return Likely(attack_id, item.name, ("Execution",), confidence, band, quotes)


def answer(*techniques: Likely, reason: str = "") -> Mapping:
    return Mapping(
        techniques=techniques,
        abstained=not techniques,
        reason=reason,
        indicators=(IndicatorCount("IP address", 2, "10.0.0.1"),),
        furthest_tactic="Impact" if techniques else "",
        chain=(("Execution", ("T9001",)), ("Impact", ("T9666",))) if techniques else (),
        release="Enterprise 18.1",
    )


FULL = answer(
    likely("T9001", 0.91, "high", Quote(HOSTILE, 0, len(HOSTILE), "like Sigma rule “<b>Kettle</b>”")),
    likely("T9001.001", 0.42, "medium", Quote("A" * 300, 60, 360, "this decodes to “boil”")),
    likely("T9666", 0.05, "low", Quote("then", 40, 44, "words that evidence shares")),
    likely("T9001.002", 0.01, "low", Quote("now", 30, 33, "words that evidence shares")),
)


def test_a_mapped_alert_with_its_buttons(golden: Golden) -> None:
    golden("mapped", mapped(FULL, NOW, carried=lambda each: f"{each.id}|{HOSTILE}", share=f"map|{HOSTILE}"))


def test_a_shared_answer_lets_nobody_judge_and_says_what_covers_it(golden: Golden) -> None:
    golden("mapped-shared", mapped(FULL, NOW, held=lambda attack_id: f"*Gap*  no rule names {attack_id}"))


def test_words_are_quoted_once_with_every_reason() -> None:
    command = "schtasks /create /tn Sync /ru SYSTEM"
    evidence = (
        Quote("schtasks /create", 0, 16, "typical of this technique: “schtasks + create”"),
        Quote(command, 0, len(command), "like the procedure example of <Lucifer>"),
        Quote("SYSTEM", 30, 36, "like your detection “As system”"),
    )
    shown = mapped(answer(likely("T9001", 0.9, "high", *evidence)), NOW).blocks[1]["text"]["text"].split("\n")

    why = "typical of this technique, like the procedure example of &lt;Lucifer&gt;"
    assert shown[1:] == [f"`{command}`  like your detection “As system”, {why}"]


def test_what_words_decode_to_stands_below_them_as_code() -> None:
    why = "typical of this technique: “downloadstring”; this decodes to “IEX <x> `y`”"
    shown = mapped(answer(likely("T9001", 0.9, "high", Quote("SQBFAFgA", 0, 8, why))), NOW).blocks[1]["text"]["text"]

    assert "\n`SQBFAFgA`  typical of this technique: “downloadstring”\ndecodes to  `IEX &lt;x&gt; ˋyˋ`" in shown


def test_silence_says_why(golden: Golden) -> None:
    golden("mapped-nothing", mapped(answer(reason="Nothing in this <text> describes adversary behaviour."), NOW))


def test_what_is_confirmed(golden: Golden) -> None:
    said = [
        Confirmation(
            id=f"c{at}", technique_id=attack_id, verdict=verdict, text=HOSTILE, confirmed_at="2026-05-03T09:00:00Z"
        )
        for at, (attack_id, verdict) in enumerate([("T9001", Verdict.RIGHT), ("T0000", Verdict.WRONG)])
    ]
    golden("confirmations", confirmation_list(said, NOW))
    golden("confirmations-none", confirmation_list([], NOW))


def test_the_forms_ask_for_what_their_readers_read() -> None:
    asked = {block["block_id"]: block["element"]["action_id"] for block in map_form("{}")["blocks"]}
    assert asked == {"text": "text", "file": "file", "domain": "domain"}
    metadata = "x" * 4_000
    assert len(another_form(metadata)["private_metadata"]) <= 3_000
