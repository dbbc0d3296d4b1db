"""Mapped alerts, what is confirmed and the forms around them, against their golden files."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.views import limits
from bot.views.confirmations import confirmation_list
from bot.views.forms import another_form, map_form
from bot.views.mapping import (
    Card,
    Heading,
    Line,
    Pressed,
    Voice,
    card_of,
    carried_in,
    covered_in_short,
    draw,
    key_of,
    pack,
    unpack,
)
from bot.views.mapping.carrying import ROOM, block_id
from bot.views.messages import shared_by, with_share
from bot.views.reply import Reply
from knowledge.coverage import TechniqueCoverage
from knowledge.mapping import IndicatorCount
from knowledge.mapping.model import Likely, Mapping, MatchedRule, Outcome
from knowledge.store import Confirmation, Verdict
from tests.bot.views.mappings import HOSTILE, NOW, confirmed, covered, defender, likely, mapping, quote
from tests.bot.views.rules import check_blocks

Golden = Callable[[str, Reply | dict[str, Any]], None]
GAP = "\N{EM SPACE}"
DANA, LEE = Voice("U0DANA", "2026-11-24"), Voice("U0LEE", "2026-11-25")


def words_of(line: Line) -> str:
    return f"masked words about {line.id}"


def shown(given: Mapping, **fields: Any) -> Reply:
    return with_share(draw(card_of(given, **{"about": lambda _: "masked words", **fields}), NOW, words_of=words_of))


def first_line(given: Mapping, **fields: Any) -> list[str]:
    text: str = draw(card_of(given, **fields), NOW).blocks[1]["text"]["text"]
    return text.split("\n")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("answer", defender(acts=1, product="", format="prose", host="")),
        ("acts", defender()),
        (
            "confirmed",
            defender(
                techniques=(
                    likely("T9001", 0.79, confirmed=confirmed(("U0DANA", "2026-11-24"))),
                    likely("T9001.001", 0.61, confirmed=confirmed(("U0LEE", "2026-11-25"), ("U0DANA", "2026-11-24"))),
                    likely("T9001.002", 0.4, confirmed=confirmed(("", "2026-01-02"))),
                )
            ),
        ),
        ("leads", defender(outcome=Outcome.LEADS, techniques=(likely("T9001", 0.18), likely("T9001.002", 0.11)))),
        (
            "nothing",
            mapping(format="json", product="Okta", fields=("eventType", "displayMessage", "target.<b>alternateId")),
        ),
        (
            "indicators",
            mapping(
                reason="Indicators are not techniques: this text lists 2 IP addresses, and says nothing else.",
                indicators=(IndicatorCount("IP address", 2, "10.0.0.1"),),
            ),
        ),
        (
            "hostile",
            mapping(
                likely("T9666", 0.6, quote(HOSTILE, "<!here>*`", f"like Sigma rule “<b>{HOSTILE}</b>”")),
                likely("T9001", 0.5, quote("A" * 300, "Data", "typical; this decodes to “<boil> `x`”")),
                host="<!channel>",
                product="*Evil* <@U0LEE>",
                indicators=(IndicatorCount("IP address", 2, "10.0.0.1"),),
                truncated=True,
            ),
        ),
    ],
)
def test_an_answer_as_its_asker_sees_it(golden: Golden, name: str, given: Mapping) -> None:
    golden(f"mapped-{name}", shown(given, covered=covered))


def test_a_shared_answer_is_the_card_that_was_seen_without_menus(golden: Golden) -> None:
    card = card_of(defender(), covered=covered).confirmed(1, DANA).refuted(2, LEE)
    carried = shown(defender(), covered=covered).share.partition("|")[2]

    assert unpack(carried) == replace(card_of(defender(), covered=covered), about="masked words")
    golden("mapped-shared", shared_by(draw(unpack(pack(card)) or card, NOW), "U0DANA"))


def test_marked_lines_show_who_marked_them_and_nothing_else_changes(golden: Golden) -> None:
    card = card_of(defender(), covered=covered)
    marked = card.confirmed(0, DANA).refuted(1, LEE).said_to_be("T9666", "Evil <!channel> *Name*", DANA)

    golden("mapped-marked", draw(marked, NOW, words_of=words_of))
    assert [(each.id, each.confidence, each.band) for each in marked.lines] == [
        (each.id, each.confidence, each.band) for each in card.lines
    ]
    assert marked.lines[2] == card.lines[2]


def test_who_thinks_again_has_one_word() -> None:
    card = card_of(defender()).confirmed(0, DANA).confirmed(0, LEE).refuted(0, DANA)

    assert (card.lines[0].right, card.lines[0].wrong) == ((LEE,), (DANA,))
    assert card.confirmed(0, DANA).lines[0].wrong == ()


def test_what_somebody_says_it_was_confirms_its_line_where_there_is_one() -> None:
    card = card_of(defender())

    assert card.said_to_be("T9001", "Kettle Abuse", DANA).lines[1].right == (DANA,)
    assert card.said_to_be("T9001", "Kettle Abuse", DANA).named == ()
    assert [each.id for each in card.said_to_be("T9666", "Evil", DANA).named] == ["T9666"]


@pytest.mark.parametrize(
    ("evidence", "rows"),
    [
        ((quote("boil --now --all", "CommandLine"),), ["CommandLine `boil --now --all`"]),
        ((quote("New-InboxRule", "Operation"),), ["`Operation = New-InboxRule`"]),
        ((quote("kettle"),), ["`kettle`"]),
        (
            (quote("0x17", "Encryption", "a ticket with RC4 was asked for"),),
            ["`Encryption = 0x17`  –  a ticket with RC4 was asked for"],
        ),
        (
            (quote("boil the sea", why="like the procedure example of Leaf"),),
            ["`boil the sea`  –  like the procedure example of Leaf"],
        ),
        ((quote("boil", "Name", "like the procedure example of Leaf"),), ["`Name = boil`"]),
        ((quote("boil", why="words that evidence for T9001 shares"),), ["`boil`"]),
        (
            (quote("SQBFAFgA", why="typical of this technique: “x”; this decodes to “IEX <x> `y`”"),),
            ["`SQBFAFgA` decodes to `IEX &lt;x&gt; ˋyˋ`"],
        ),
        (
            (
                quote("-enc SQBFAFgA", "CommandLine", "an encoded command"),
                quote("SQBFAFgA", "CommandLine", "x; this decodes to “IEX x”", start=5),
            ),
            ["CommandLine decodes to `IEX x`  –  an encoded command"],
        ),
        (
            (quote("PowerShell", "Name", start=90), quote("SQBF", "Data", "like y; this decodes to “IEX x”")),
            ["`Name = PowerShell`", "Data decodes to `IEX x`"],
        ),
        (
            (quote("boil", "A", start=2), quote("to boil now", "A"), quote("tea", "B", start=90)),
            ["A `to boil now`  ·  `B = tea`"],
        ),
        (
            (quote("T9099", why="named in the text; T9099 is T9001 today"),),
            ["`T9099`  –  named in the text; T9099 is T9001 today"],
        ),
    ],
)
def test_words_are_quoted_with_their_field_and_the_reason_only_where_it_says_more(
    evidence: tuple[Any, ...], rows: list[str]
) -> None:
    assert first_line(mapping(likely("T9001", 0.9, *evidence)))[1:] == rows


def test_the_backslashes_of_json_are_shown_as_they_were_meant() -> None:
    path = quote('C:\\\\l.dmp \\"x\\" full', "CommandLine")

    assert first_line(mapping(likely("T9001", 0.9, path), format="json"))[1:] == ['CommandLine `C:\\l.dmp "x" full`']
    assert "C:\\\\l.dmp" in first_line(mapping(likely("T9001", 0.9, path), format="windows_xml"))[1]


def test_words_and_rules_of_a_line_above_are_not_said_again() -> None:
    rule = (MatchedRule("r1", "Kettle Dump", "sigma"),)
    boil = quote("boil --now", "CommandLine", "tea is made")
    given = mapping(
        likely("T9001", 0.9, boil, rules=rule),
        likely("T9001.001", 0.8, boil, rules=rule),
        likely("T9001.002", 0.7, replace(boil, why="the kettle whistles")),
        likely("T9666", 0.6, replace(boil, start=90, end=100, why="coffee is made"), act=2),
        acts=2,
    )
    card = card_of(given, covered=lambda likely, *, again: covered_in_short(likely, None, again=again))
    sections = [block["text"]["text"] for block in draw(card, NOW).blocks if block["type"] == "section"]

    assert sections[1].endswith(f"act 1{GAP}CommandLine `boil --now`\n✓ your rule “Kettle Dump” fires on this event")
    assert sections[2].endswith(f"80 %{GAP}same words{GAP}✓ the same rule")
    assert sections[3].endswith(f"70 %{GAP}same words\nthe kettle whistles")
    assert sections[4].endswith(f"act 2{GAP}CommandLine `boil --now`  –  coffee is made")


def test_acts_are_shown_in_their_order_and_each_is_named_once() -> None:
    late, early = likely("T9001", 0.9, act=2), likely("T9666", 0.6, quote("first"), act=1)
    also = likely("T9001.001", 0.5, quote("then"), act=1)
    weak = likely("T9001.002", 0.2, quote("whistle"), act=1)
    card = card_of(mapping(late, early, also, weak, acts=2))

    assert [line.id for line in card.lines] == ["T9666", "T9001.001", "T9001", "T9001.002"]
    shown_acts = [[row[:5] for row in _section(card, at) if row.startswith("act")] for at in range(4)]
    assert shown_acts == [["act 1"], [], ["act 2"], []]


def _section(card: Card, at: int) -> list[str]:
    text: str = draw(card, NOW).blocks[at + 1]["text"]["text"]
    return text.split("\n")


@pytest.mark.parametrize(
    ("release", "shown_as"),
    [
        ("Enterprise 18.1, Mobile 18.1, ICS 18.1", "Enterprise, Mobile, ICS 18.1"),
        ("Enterprise 18.1, ICS 17.1", "Enterprise 18.1, ICS 17.1"),
        ("Enterprise 18.1", "Enterprise 18.1"),
    ],
)
def test_a_version_that_all_domains_share_is_said_once(release: str, shown_as: str) -> None:
    assert card_of(defender(release=release)).release == shown_as


@pytest.mark.parametrize(
    ("product", "format_", "source"),
    [
        ("Okta", "json", "Okta (JSON record)"),
        ("Windows Security", "windows_xml", "Windows Security"),
        ("", "windows_xml", "Windows event"),
        ("", "prose", ""),
    ],
)
def test_how_a_silent_paste_was_read(product: str, format_: str, source: str) -> None:
    assert card_of(mapping(product=product, format=format_)).heading.source == source


def test_a_word_that_no_line_can_hold_is_shortened() -> None:
    (row,) = first_line(mapping(likely("T9001", 0.9, quote(f"boil {'A' * 300} now"))))[1:]

    assert row == f"`boil {'A' * 24}… (300 characters) now`"


def test_unlikely_techniques_have_no_line_and_one_is_always_shown() -> None:
    given = mapping(likely("T9001", 0.5), likely("T9666", 0.09), likely("T9001.002", 0.01))

    assert [line.id for line in card_of(given).lines] == ["T9001"]
    assert card_of(given).less == (("T9666", "Evil <!channel> *Name*", 0.09),)
    assert [line.id for line in card_of(mapping(likely("T9001", 0.05), outcome=Outcome.LEADS)).lines] == ["T9001"]


def test_a_chain_needs_two_tactics_and_an_answer() -> None:
    one, two = (("Execution", ("T9001",)),), (("Execution", ("T9001",)), ("Impact", ("T9666",)))

    assert card_of(defender(chain=one)).chain == ()
    assert card_of(defender(chain=two)).chain == ("Execution", "Impact")
    assert card_of(defender(chain=two, outcome=Outcome.LEADS)).chain == ()


TECHNIQUE = NOW.get("T9001")


@pytest.mark.parametrize(
    ("rules", "found", "said"),
    [
        ((), None, ""),
        ((), {}, "✗ no rule of yours"),
        ((), {"switched_off": 2}, "✗ no rule of yours; 2 switched off"),
        (
            (),
            {"subtechniques": ("a", "b"), "covered_subtechniques": ("a",)},
            "✗ no rule of its own; 1 of 2 sub-techniques covered",
        ),
        ((), {"rules": 12, "claims": 12, "statuses": (("stable", 12),)}, "✓ 12 rules"),
        ((), {"rules": 1, "claims": 1}, "✓ 1 rule"),
        ((), {"scores": 1, "claims": 1}, "✓ 1 imported score"),
        ((), {"rules": 3, "claims": 3, "blind": 1}, "✓ 3 rules, 1 without a log source"),
        ((), {"rules": 3, "claims": 3, "blind": 3}, "✗ 3 rules, but no log source to fire on"),
        ((), {"rules": 2, "claims": 2, "statuses": (("experimental", 2),)}, "✓ all 2 rules are experimental"),
        (("Dump",), None, "✓ your rule “Dump” fires on this event"),
        (("Dump",), {"rules": 79, "claims": 79}, "✓ your rule “Dump” fires on this event (79 rules in all)"),
        (("A", "B", "C"), None, "✓ 3 of your rules fire on this event: “A”, “B” and 1 more"),
        (("named",), None, "✓ this is your rule “named”"),
        (("A", "again"), {"rules": 79, "claims": 79}, "✓ the same rules (79 rules in all)"),
        (("again",), None, "✓ the same rule"),
    ],
)
def test_what_rules_say_in_half_a_line(rules: tuple[str, ...], found: dict[str, Any] | None, said: str) -> None:
    matched = tuple(MatchedRule(each, each, "sigma", fires=each != "named") for each in rules)
    each = None
    if found is not None:
        claims: Any = (None,) * found.pop("claims", 0)
        each = TechniqueCoverage(technique=TECHNIQUE, claims=claims, **found)  # type: ignore[arg-type]

    assert covered_in_short(likely("T9001", 0.9, rules=matched), each, again="again" in rules) == said


def noise(length: int, seed: int) -> str:
    """Text that does not get smaller when it is packed."""
    raw = b"".join(hashlib.sha512(f"{seed}-{at}".encode()).digest() for at in range(length // 64 + 1))
    return base64.b85encode(raw).decode()[:length]


@pytest.mark.parametrize("count", [1, 2, 5, 12])
@pytest.mark.parametrize("size", [10, 90, 2_000])
@pytest.mark.parametrize("letters", ["latin", "japanese", "spaces"])
def test_every_card_fits_into_its_button_and_comes_back_whole(count: int, size: int, letters: str) -> None:
    def words(seed: int) -> str:
        text = noise(size, seed)
        if letters == "japanese":
            return "".join(chr(0x4E00 + (ord(each) * 37 + at) % 8_000) for at, each in enumerate(text))
        return " ".join(text[at : at + 5] for at in range(0, len(text), 5)) if letters == "spaces" else text

    techniques = [
        replace(
            likely("T9001", 0.9, quote(words(at), words(at + 50), words(at + 100), start=at * 5_000), act=at + 1),
            id=f"T{9000 + at}.001",
            name=f"Abuse of Kettle Number {at}",
            confirmed=confirmed(*((f"U{number}ABCDEF", "2026-11-24") for number in range(6))),
        )
        for at in range(count)
    ]
    given = mapping(*techniques, acts=count, host=words(7), product=words(8), fields=(words(9),) * 40)

    def covered_by_noise(likely: Likely, *, again: bool) -> str:
        return words(10)

    card = card_of(given, covered=covered_by_noise, about=lambda room: words(11)[:room])
    reply = with_share(draw(card, NOW, words_of=lambda _: words(12)[:280]))

    assert len(pack(card)) <= ROOM
    assert unpack(reply.share.partition("|")[2]) == card
    assert carried_in({"blocks": list(reply.blocks)}) == card
    check_blocks(reply.blocks)


def test_a_menu_says_what_was_chosen_of_which_line_and_carries_its_words() -> None:
    card = card_of(defender(), covered=covered)
    section = draw(card, NOW, words_of=lambda _: HOSTILE).blocks[2]
    chosen = {"block_id": section["block_id"], "selected_option": section["accessory"]["options"][1]}

    assert Pressed.read(chosen) == Pressed("right", 1, "T9001", HOSTILE, key_of(pack(card)))


@pytest.mark.parametrize("words", ["", "boil", HOSTILE, "あ" * 280, noise(280, 1), "\n\t" * 140])
def test_the_id_of_a_line_holds_as_many_of_its_words_as_fit(words: str) -> None:
    name = block_id(11, "0123456789", words)
    pressed = Pressed.read({"block_id": name, "selected_option": {"value": "wrong|11|T9001"}})

    assert len(name) <= limits.BLOCK_ID
    assert pressed
    assert words.startswith(pressed.words)
    assert len(pressed.words) >= min(len(words), 60)


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"block_id": "b1", "selected_option": {"value": "right|0|T9001"}},
        {"block_id": "line-0-abc-", "selected_option": {"value": "right"}},
        {"block_id": "line-0-abc-", "selected_option": {"value": "right|²|T9001"}},
    ],
)
def test_what_is_no_menu_of_ours_is_not_read(action: dict[str, Any]) -> None:
    assert Pressed.read(action) is None


@pytest.mark.parametrize(
    "packed", ["", "x", "AAAA", "é", "=" * 20, pack(Card(Heading("answer"), ()))[:-4], "A" * 2_000]
)
def test_what_is_no_card_is_none(packed: str) -> None:
    assert unpack(packed) is None


@pytest.mark.parametrize(
    "message", [{}, {"blocks": None}, {"blocks": ["x"]}, {"blocks": [{"elements": [1, {"value": "mapped|x"}]}]}]
)
def test_a_message_without_a_card_has_none(message: dict[str, Any]) -> None:
    assert carried_in(message) is None


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
    form = another_form("x" * 4_000, HOSTILE)
    assert len(form["private_metadata"]) <= 3_000
    assert form["blocks"][0]["block_id"] == "named"
    assert HOSTILE in form["blocks"][2]["elements"][0]["text"]
