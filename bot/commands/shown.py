"""The cards that were shown a short while ago.

When somebody marks a line of a message that only they see, Slack sends the mark and not the message. The card is
found again here, so that the message can be drawn with the mark. Nothing depends on it: a verdict is kept and a card
is shared from what their buttons carry, also after a restart.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.views.mapping import key_of, pack, unpack

if TYPE_CHECKING:
    from bot.views.mapping import Card

_MOST = 2_000
"""Cards kept; a packed card has at most 2,000 characters, so they stay below 4 MB."""

_KEPT = timedelta(hours=24)


class ShownCards:
    """A bounded memory of cards, gone with the process; threads may share it."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._cards: OrderedDict[str, tuple[str, datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, card: Card, now: datetime) -> None:
        """Remember a card for a day, or until newer ones have taken all the room."""
        packed = pack(card)
        with self._lock:
            key = key_of(packed)
            self._cards[key] = (packed, now)
            self._cards.move_to_end(key)
            while self._cards and (len(self._cards) > self._most or self._oldest() < now - _KEPT):
                self._cards.popitem(last=False)

    def get(self, key: str) -> Card | None:
        """The card of a key, as `key_of` gives it; None when it is forgotten."""
        with self._lock:
            packed, _ = self._cards.get(key, ("", None))
        return unpack(packed) if packed else None

    def _oldest(self) -> datetime:
        return next(iter(self._cards.values()))[1]
