"""``@bot …`` and direct messages: answered in the thread they were asked in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.request import Request
from bot.commands.table import perform, wants_alert
from bot.listeners.answering import Place, say
from bot.listeners.entities import typed
from bot.listeners.files import words_of_files
from bot.listeners.message_text import words_of

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply

_MOST_MESSAGES = 200
"""Messages of a thread that are read."""


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

    def answer() -> Reply:
        if not wants_alert(request):
            return perform(request, toolbox)
        words = _thread(client, event, bot_user)
        return perform(replace(request, text=f"{request.text} {words}"), toolbox)

    say(client, guarded(answer), Place(event["channel"], thread=event.get("thread_ts") or event["ts"]))


def _thread(client: WebClient, event: dict[str, Any], bot_user: str) -> str:
    """The words of the thread a mention stands in, people's and other apps', with its files; of no other thread."""
    own = words_of_files(client, event.get("files") or [])
    if "thread_ts" not in event:
        return own
    answer = client.conversations_replies(channel=event["channel"], ts=event["thread_ts"], limit=_MOST_MESSAGES)
    others = [
        message
        for message in answer.get("messages") or ()
        if message.get("user") != bot_user and message.get("ts") != event["ts"]
    ]
    parts = [part for each in others for part in (words_of(each), words_of_files(client, each.get("files") or []))]
    return "\n".join(part for part in (*parts, own) if part)
