"""The memory of cards that were shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.commands.shown import ShownCards
from bot.views.mapping import Card, Heading, key_of, pack

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def card(number: int) -> Card:
    return Card(Heading("answer", host=f"FS{number}"), ())


def key(number: int) -> str:
    return key_of(pack(card(number)))


def test_a_card_is_found_by_its_key() -> None:
    shown = ShownCards()
    shown.keep(card(1), NOON)

    assert shown.get(key(1)) == card(1)
    assert shown.get(key(2)) is None


def test_the_oldest_goes_when_there_is_no_room() -> None:
    shown = ShownCards(most=2)
    for number in (1, 2, 1, 3):
        shown.keep(card(number), NOON)

    assert [number for number in (1, 2, 3) if shown.get(key(number))] == [1, 3]


def test_a_card_is_kept_for_a_day() -> None:
    shown = ShownCards()
    shown.keep(card(1), NOON)
    shown.keep(card(2), NOON + timedelta(hours=25))

    assert shown.get(key(1)) is None
    assert shown.get(key(2)) == card(2)
