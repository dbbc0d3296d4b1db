from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.views.mrkdwn import bold, clean, code, cut, escape, link, safe_url
from tests.bot.views.rules import check_mrkdwn

ANYTHING = st.text() | st.lists(
    st.sampled_from(
        ["<!channel>", "<@U1>", "<https://evil.example|x>", "*", "_", "~", "`", "\u202e", "&lt;", "\n", " a "]
    )
).map("".join)


def test_escape_shows_what_was_typed_and_calls_nobody() -> None:
    assert escape("<!channel> & <@U1>") == "&lt;!channel&gt; &amp; &lt;@U1&gt;"


def test_escape_spares_marks_that_format_nothing() -> None:
    assert escape("~/.bashrc, my_file_name, *.exe and 2 * 3") == "~/.bashrc, my_file_name, *.exe and 2 * 3"


def test_escape_disarms_marks_that_would_format() -> None:
    assert escape("*bold* _it_ ~no~ `code`") == "∗bold* ˍit_ ∼no~ ˋcodeˋ"


def test_escape_leaves_no_quotation() -> None:
    assert escape("> said\n>>> more") == "› said\n›&gt;&gt; more"


def test_clean_drops_what_cannot_be_seen_and_turns_line_ends_into_newlines() -> None:
    assert clean("a\u202eb\u200bc\x00\ufeff\r\nd\u2028e") == "abc\nd\ne"


def test_code_cannot_be_left() -> None:
    assert code("a`<!here>`\nb") == "`aˋ&lt;!here&gt;ˋ b`"
    assert code(" \u200b ") == ""


def test_bold_cannot_be_left() -> None:
    assert bold("a*b") == "*a∗b*"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/x?y=1&z=2", "<https://a.example/x?y=1&amp;z=2|T>"),
        ("https://a.example/a|b>c d", "<https://a.example/a%7Cb%3Ec%20d|T>"),
        ("http://[::1]:80/", "<http://[::1]:80/|T>"),
        ("javascript:alert(1)", "T"),
        ("https://", "T"),
        ("https://good.example@evil.example/", "T"),
        ("https://ex\u0430mple.org/", "T"),
        ("https://a.example:99999999/", "T"),
        ("https://[/", "T"),
        ("//a.example/", "T"),
        ("https://a.example/" + "x" * 3_000, "T"),
    ],
)
def test_only_web_addresses_become_links(url: str, shown: str) -> None:
    assert link(url, "T") == shown


def test_a_label_cannot_name_another_host() -> None:
    assert link("https://evil.example/a", "https://bank.example/login") == "<https://evil.example/a|evil.example>"
    assert link("https://www.a.example/b", "https://a.example/b") == "<https://www.a.example/b|https://a.example/b>"
    assert link("https://a.example", " ") == "<https://a.example|a.example>"


def test_cut_ends_after_a_word() -> None:
    assert cut("one two three", 9) == "one two…"
    assert cut("one two", 7) == "one two"
    assert cut("x" * 20, 5) == "xxxx…"


@settings(deadline=None)
@given(ANYTHING)
def test_nothing_typed_is_live(text: str) -> None:
    for shown in (escape(text), code(text), bold(text), link("https://a.example/", text), link(text, text)):
        check_mrkdwn(shown)
        assert shown == clean(shown)


@settings(deadline=None)
@given(ANYTHING, st.integers(1, 40))
def test_cut_keeps_its_bound(text: str, limit: int) -> None:
    assert len(cut(text, limit)) <= limit


@settings(deadline=None)
@given(st.text().map(lambda tail: f"https://a.example/{tail}"))
def test_a_safe_address_is_ascii_without_what_ends_a_link(url: str) -> None:
    address = safe_url(url)

    assert address.isascii()
    assert not set(address) & set('|<> \n`"')
