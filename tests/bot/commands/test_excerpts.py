"""The part of an alert that travels in a message."""

from __future__ import annotations

import pytest

from bot.commands.excerpts import Place, excerpt, places


def test_a_text_that_fits_is_kept_whole() -> None:
    assert excerpt("  boil --now \n", (), 100) == "boil --now"


def test_the_lines_of_the_quotes_are_kept_in_the_order_of_the_text() -> None:
    text = f"first boil\n{'noise ' * 200}\nlast brew\n"
    quotes = (Place(text.index("brew"), text.index("brew") + 4), Place(6, 10))

    assert excerpt(text, quotes, 60) == "first boil\nlast brew"


@pytest.mark.parametrize("limit", [20, 60, 240])
def test_it_is_never_longer_than_there_is_room(limit: int) -> None:
    text = "word " * 500
    quotes = tuple(Place(at, at + 4) for at in range(0, 2_000, 100))

    assert 0 < len(excerpt(text, quotes, limit)) <= limit


def test_what_two_quotes_share_of_a_line_is_kept_once() -> None:
    text = f"{'a ' * 500}comsvcs.dll {'b ' * 20}MiniDump{' c' * 500}"
    found = excerpt(text, places(["comsvcs.dll", "MiniDump"], text), 600)

    assert found.count("comsvcs.dll") == found.count("MiniDump") == 1
    assert "\n" not in found


def test_a_quote_stands_in_its_excerpt_when_its_line_is_long() -> None:
    text = f"{'a ' * 500}comsvcs.dll{' b' * 500}"
    found = excerpt(text, places(["comsvcs.dll"], text), 60)

    assert "comsvcs.dll" in found


def test_quotes_are_found_in_the_masked_text_by_the_words_that_masking_left() -> None:
    masked = "net use \\\\<host>\\c$ <secret> /user:<user> persistent"

    assert places(["net use \\\\FS01\\c$ Passw0rd! /user:dana persistent", "gone", ""], masked) == (
        Place(masked.index("persistent"), len(masked)),
    )
