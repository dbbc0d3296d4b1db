"""``@bot …`` and direct messages: answered in the thread they were asked in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.request import Request
from bot.commands.table import perform
from bot.listeners.answering import content

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox

_ENTITY = re.compile(r"<(?:#[^<>|]*\||https?://[^<>|]*\||(?=https?://))([^<>|]*)>|<[@!#][^<>]*>")
"""A channel or a link, whose label is kept (a bare link is its own); a person or a group, which goes."""

_UNESCAPE = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for mentions in channels and for messages in the bot's own conversations."""

    @app.event("app_mention")
    def on_mention(event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        _answer(event, body, client, toolbox)

    @app.event("message")
    def on_message(event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        if event.get("channel_type") == "im" and not event.get("subtype") and not event.get("bot_id"):
            _answer(event, body, client, toolbox)


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


def _answer(event: dict[str, Any], body: dict[str, Any], client: WebClient, toolbox: Toolbox) -> None:
    bot_user = next((a.get("user_id", "") for a in body.get("authorizations") or () if a.get("is_bot")), "")
    request = Request(
        text=typed(event.get("text") or "", bot_user),
        team=body.get("team_id") or event.get("team") or "",
        user=event.get("user") or "",
        channel=event["channel"],
    )
    reply = guarded(lambda: perform(request, toolbox))
    client.chat_postMessage(channel=event["channel"], thread_ts=event.get("thread_ts") or event["ts"], **content(reply))
