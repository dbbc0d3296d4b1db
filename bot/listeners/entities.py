"""Slack's entities, the angle brackets and ampersands in a message's text, read back."""

from __future__ import annotations

import re

_ENTITY = re.compile(
    r"<(?:#[CGD][A-Z0-9]+\||(?:https?|ftp|mailto|tel):[^<>|]*\||(?=(?:https?|ftp)://))([^<>|]*)>"
    r"|<(?:[@#][UWBCGD][A-Z0-9]+(?:\|[^<>]*)?|!(?:here|channel|everyone|group|subteam\^|date\^)[^<>]*)>"
)
"""A channel or a link, whose label is kept (a bare link is its own); a person or a group, which goes.

Angle brackets that are not Slack's own, such as those of a pasted record in XML, stay.
"""

_UNESCAPE = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def typed(text: str, bot_user: str = "") -> str:
    """What a person typed, out of what Slack sends: entities become their label or nothing.

    Args:
        text: A message's text as the Events API has it.
        bot_user: The bot's own user id, whose mention goes.
    """
    if bot_user:
        text = text.replace(f"<@{bot_user}>", " ")
    plain = _ENTITY.sub(lambda found: found.group(1) or " ", text)
    for escaped, letter in _UNESCAPE.items():
        plain = plain.replace(escaped, letter)
    return plain.strip()
