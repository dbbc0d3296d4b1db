"""A Reply in the shapes Slack's methods take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.views.messages import with_share

if TYPE_CHECKING:
    from bot.views.reply import Reply


def privately(reply: Reply) -> dict[str, Any]:
    """For the asker alone, through a `response_url`; carries the share button."""
    return {"response_type": "ephemeral", **content(with_share(reply))}


def content(reply: Reply) -> dict[str, Any]:
    """Text and blocks, nothing unfurled: a card's links are many."""
    return {"text": reply.text, "blocks": list(reply.blocks), "unfurl_links": False, "unfurl_media": False}
