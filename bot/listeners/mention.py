"""``@bot …`` and direct messages: answered in the thread they were asked in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.request import Request
from bot.commands.table import perform
from bot.listeners.answering import content
from bot.listeners.entities import typed

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for mentions in channels and for messages in the bot's own conversations."""

    @app.event("app_mention")
    def on_mention(event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        _answer(event, body, client, toolbox)

    @app.event("message")
    def on_message(event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        if event.get("channel_type") == "im" and not event.get("subtype") and not event.get("bot_id"):
            _answer(event, body, client, toolbox)


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
