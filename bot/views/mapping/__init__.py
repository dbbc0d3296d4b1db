"""Mapped alerts: an answer made small, carried in buttons, drawn as a message."""

from bot.views.mapping.card import Card, Heading, Line, Named, Quoted, Voice
from bot.views.mapping.carrying import CARD, LINE_ACTION, SOMETHING_ELSE, Pressed, carried_in, key_of, pack, unpack
from bot.views.mapping.condensing import card_of
from bot.views.mapping.covering import Covered, covered_in_short
from bot.views.mapping.message import draw

__all__ = [
    "CARD",
    "LINE_ACTION",
    "SOMETHING_ELSE",
    "Card",
    "Covered",
    "Heading",
    "Line",
    "Named",
    "Pressed",
    "Quoted",
    "Voice",
    "card_of",
    "carried_in",
    "covered_in_short",
    "draw",
    "key_of",
    "pack",
    "unpack",
]
