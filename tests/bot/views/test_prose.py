from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.cards.citations import numbered
from bot.views.mrkdwn import clean
from bot.views.prose import parse
from tests.bot.views.builders import HOSTILE, PROCEDURE, catalog
from tests.bot.views.rules import check_mrkdwn

FRAGMENTS = [
    "Adversaries may boil. ", "word ", "e.g. this", "\n", "\n\n", "* item\n", "  - deeper\n", "### Head\n", "**bold** ",
    "*slanted* ", "**open ", "`code` ", "`open ", "<code>x & <y></code>", "<code>never closed ", "</code>", "<br>",
    "[name](https://a.example/b_(c))", "[name](javascript:x)", "[open](https://a.", "(Citation: Tea Report 2021)",
    "(Citation: A Book)", "(Citation: unknown)", "(Citation: open", "<!channel>", "<@U123>", "&lt;!here&gt;", "&#8238;",
    "\u202e", "&", "|", ">", "x" * 200, "\\[", "~", "_",
]  # fmt: skip
PROSE = st.text() | st.lists(st.sampled_from(FRAGMENTS)).map("".join)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See [Net](https://a.example/S1).", "See <https://a.example/S1|Net>."),
        ("Run <code>a & b</code> or `c`", "Run `a &amp; b` or `c`"),
        ("**Note:** *this* <b>too</b>", "*Note:* _this_ *too*"),
        ("Do:\n* one\n    - two\n1. three", "Do:\n• one\n    ◦ two\n1. three"),
        ("### Paths\nText", "*Paths*\nText"),
        ("a<br>b\n\n\n\nc", "a\nb\n\nc"),
        ("Said.(Citation: X)(Citation: Y (Z)) More", "Said. More"),
        ("&lt;b&gt; &amp;region=1 &copy=2", "&lt;b&gt; &amp;region=1 &amp;copy=2"),
        ("run <PID> <!channel>", "run &lt;PID&gt; &lt;!channel&gt;"),
        ("first\\[1\\] C:\\Temp", "first[1] C:\\Temp"),
        ("<code>one\n  two</code>", "`one`\n`two`"),
        ("<code></code>x", "x"),
    ],
)
def test_attack_s_markdown_becomes_slack_s(text: str, shown: str) -> None:
    assert parse(text).mrkdwn(3_000) == shown


def test_hostile_prose_is_shown_and_not_obeyed() -> None:
    shown = parse(HOSTILE).mrkdwn(3_000)

    check_mrkdwn(shown)
    assert "&lt;!channel&gt; and &lt;@U123&gt;, or &lt;https://evil.example|press here&gt;" in shown
    assert "<https://evil.example/a%7Cb|evil.example>" in shown
    assert "See a script, a user and Tixe.exe here." in shown
    assert "`&lt;!here&gt;`" in shown


def test_citations_are_numbered_links_and_those_without_an_address_show_their_name() -> None:
    shown = parse(PROCEDURE, cite=numbered(catalog())).mrkdwn(3_000)

    assert shown.endswith(
        "at night. <https://reports.example/tea?year=2021&amp;lang=en|[1]> [A Book] "
        "<https://blog.example/cups_(2)|[2]> <https://reports.example/tea?year=2021&amp;lang=en|[1]>"
    )


@pytest.mark.parametrize(
    ("text", "gist"),
    [
        ("One. Two! Three.", "One. Two!"),
        ("Boil, e.g. with St. Elmo, etc. Now. Two.(Citation: X) Three.", "Boil, e.g. with St. Elmo, etc. Now. Two."),
        ("Run 1.5 of cmd.exe. [Net](https://a.example) too. No", "Run 1.5 of cmd.exe. <https://a.example|Net> too."),
        ("A first paragraph\n\nA second. One.", "A first paragraph"),
        ("No end at all", "No end at all"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_gist_is_whole_sentences_of_the_first_paragraph(text: str, gist: str) -> None:
    assert parse(text).gist().mrkdwn(900) == gist


def test_a_second_sentence_too_long_is_left_out() -> None:
    assert parse(f"Short. {'Long ' * 80}.").gist(limit=100).mrkdwn(900) == "Short."


def test_cutting_drops_links_and_code_whole_and_closes_bold() -> None:
    assert parse("See [the name](https://a.example/very/long) now").mrkdwn(30) == "See…"
    assert parse("**bold words go on and on**").mrkdwn(17) == "*bold words…*"


@settings(deadline=None)
@given(PROSE, st.integers(10, 400))
def test_whatever_the_prose_and_the_bound(text: str, limit: int) -> None:
    prose = parse(text, cite=numbered(catalog()))
    for each in (prose, prose.gist()):
        shown = each.mrkdwn(limit)
        assert len(shown) <= limit
        check_mrkdwn(shown)
        assert shown == clean(shown)
        assert len(each.plain(limit)) <= limit


@pytest.mark.parametrize("fragment", ["<code>", "[a](", "**a ", "(Citation: ", "`", "*a ", "[[", "\n*", "<b>", "```"])
def test_a_megabyte_of_markup_is_read_at_once(fragment: str) -> None:
    shown = parse(fragment * (1_000_000 // len(fragment))).mrkdwn(3_000)

    assert len(shown) <= 3_000
    check_mrkdwn(shown)
