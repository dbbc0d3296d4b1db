"""What the buttons and menus of a mapped alert carry.

Slack keeps a message's state in the message: a button's value holds 2,000 characters, an option of a menu 75, and
the id of a block 255. So the button under a card holds the whole card, an option says what was chosen of which
line, and the id of a line's block holds the masked words that a verdict on the line is about. Both outlive a
restart. What Slack does not send back is the text of a message that only one person sees; the id of a line's block
therefore also names its card, by which `bot.commands.shown` finds it again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from bot.views.limits import BLOCK_ID, BUTTON_VALUE
from bot.views.mapping.card import Card

CARD = "mapped"
"""What stands before a packed card in a button's value."""

ROOM = BUTTON_VALUE - len(CARD) - 1
"""Characters that a packed card may have."""

SOMETHING_ELSE = "mapping:else"
"""The action of the button that asks what it was."""

LINE_ACTION = re.compile(r"^mapping:line:\d+$")

_KEY = 10
_LARGEST = 20_000  # bytes of a card unpacked
_LARGEST_WORDS = 4_000

# What many cards have in common; deflate takes it as said already. A change makes cards in old messages unreadable.
_COMMON = (
    b"no rule of yours fires on this event your rule \xe2\x9c\x93\xe2\x9c\x97 rules in all CommandLine ScriptBlockText "
    b"powershell.exe -NoProfile -ExecutionPolicy Bypass -EncodedCommand cmd.exe /c C:\\Windows\\System32\\ "
    b"Initial Access Execution Persistence Privilege Escalation Defense Evasion Credential Access Discovery "
    b"Lateral Movement Collection Command and Control Exfiltration Impact Enterprise 18.1 "
    b"\xa7heading\xa7outcome\xa6answer\xa6source\xa4host\xa4acts\xa6reason\xa6fields\xa5lines\xa2id\xa4name"
    b"\xaaconfidence\xa4band\xa4high\xa6medium\xa3low\xa6quotes\xa5words\xa5field\xa7decoded\xa3why\xa7covered"
    b"\xa3act\x01\xa5right\x90\xa5wrong\x90\xa4less\xa5chain\xa7release\xa5notes\xa5about\xa5named\x90"
)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What somebody chose from a line's menu.

    Attributes:
        choice: ``open``, ``right``, ``wrong`` or ``else``.
        at: The line, from 0.
        attack_id: Its technique.
        words: The masked words of the alert that a verdict is about.
        key: The card's; see `key_of`.
    """

    choice: str
    at: int
    attack_id: str
    words: str
    key: str

    @classmethod
    def read(cls, action: Mapping[str, Any]) -> Pressed | None:
        """Read the action of a `block_actions` payload; None when it is none of ours."""
        value = str((action.get("selected_option") or {}).get("value") or "")
        choice, _, rest = value.partition("|")
        at, _, attack_id = rest.partition("|")
        found = _BLOCK.fullmatch(str(action.get("block_id") or ""))
        if not at.isdecimal() or found is None:
            return None
        return cls(choice, int(at), attack_id, _unpacked_words(found["words"]), found["key"])


_BLOCK = re.compile(r"line-\d{1,2}-(?P<key>[0-9a-f]+)-(?P<words>[\w=-]*)", re.ASCII)


def option(choice: str, at: int, attack_id: str) -> str:
    """The value of an option in a line's menu."""
    return f"{choice}|{at}|{attack_id}"


def block_id(at: int, key: str, words: str) -> str:
    """The id of a line's block: of as many of the words as it has room for."""
    head = f"line-{at}-{key}-"
    kept = words
    while len(packed := _deflated(kept.encode())) > BLOCK_ID - len(head):
        kept = kept[: min(len(kept) - 1, len(kept) * (BLOCK_ID - len(head)) // len(packed))].rstrip()
    return head + packed


def key_of(packed: str) -> str:
    """The name of a packed card: the same for the same card."""
    return hashlib.sha256(packed.encode()).hexdigest()[:_KEY]


def pack(card: Card) -> str:
    """A card as a word of letters, digits, ``-``, ``_`` and ``=``; may be longer than `ROOM`."""
    return _deflated(msgspec.msgpack.encode(card))


def unpack(packed: str) -> Card | None:
    """Back from `pack`; None for what is no card."""
    try:
        return msgspec.msgpack.decode(_inflated(packed, _LARGEST), type=Card)
    except (ValueError, zlib.error, binascii.Error):
        return None


def carried_in(message: Mapping[str, Any]) -> Card | None:
    """The card that a message carries in its buttons; None where Slack sent no blocks, or none with a card."""
    for element in _elements(message.get("blocks")):
        head, _, packed = str(element.get("value") or "").partition("|")
        if head == CARD and (card := unpack(packed)) is not None:
            return card
    return None


def _elements(blocks: object) -> Iterator[Mapping[str, Any]]:
    for block in blocks if isinstance(blocks, list) else ():
        for element in block.get("elements") or () if isinstance(block, dict) else ():
            if isinstance(element, dict):
                yield element


def _deflated(raw: bytes) -> str:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=_COMMON)
    return base64.urlsafe_b64encode(squeezer.compress(raw) + squeezer.flush()).decode()


def _inflated(packed: str, largest: int) -> bytes:
    raw = base64.b64decode(packed.encode("ascii", "replace"), altchars=b"-_", validate=True)
    return zlib.decompressobj(-15, zdict=_COMMON).decompress(raw, largest)


def _unpacked_words(packed: str) -> str:
    try:
        return _inflated(packed, _LARGEST_WORDS).decode(errors="replace")
    except (ValueError, zlib.error, binascii.Error):
        return ""
