"""Indicators are found, counted, and told apart from behaviour."""

from __future__ import annotations

import pytest

from knowledge.mapping.indicators import counted, indicators, only_lists, refang, sentence

LIST = """IOCs:
SHA256: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
203.0.113.7, 198.51.100[.]9
evil[.]example[.]com
hxxps://evil[.]example[.]com/a.php
"""


def test_kinds_are_told_apart_and_defanged_ones_read() -> None:
    kinds = {each.kind: (each.count, each.example) for each in counted(indicators(LIST))}
    assert kinds["SHA-256 hash"][0] == 1
    assert kinds["IP address"] == (2, "203.0.113.7")
    assert kinds["domain"] == (1, "evil.example.com")
    assert kinds["URL"] == (1, "http" + "s://evil.example.com/a.php")


def test_each_stands_where_it_says() -> None:
    assert [LIST[each.start : each.end] for each in indicators(LIST) if each.kind == "domain"] == [
        "evil[.]example[.]com"
    ]


def test_a_list_is_a_list() -> None:
    assert only_lists(LIST, indicators(LIST))


def test_a_list_with_a_story_is_none() -> None:
    text = f"The loader injected code into explorer and beaconed home every minute.\n{LIST}"
    assert not only_lists(text, indicators(text))


@pytest.mark.parametrize("text", ["version 1.2.3.400", "at 10:20:30 today", "explorer.exe", "T1059.001"])
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert indicators(text) == ()


def test_the_sentence_reads_well() -> None:
    hashes = " ".join(f"{n:032x}" for n in (11, 12))
    assert sentence(counted(indicators(f"{hashes} 203.0.113.7"))) == "2 MD5 hashes and 1 IP address"


def test_refang() -> None:
    assert refang("hxxp://a[.]b(.)com") == "http://a.b.com"
