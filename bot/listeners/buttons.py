"""Buttons on cards and lists: another section, another page, an object, sharing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.lookup import show
from bot.commands.request import Request
from bot.listeners.answering import content, privately
from bot.views.messages import shared_by

if TYPE_CHECKING:
    from slack_bolt import Ack, App, Respond
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the buttons that cards and lists carry."""

    @app.action(re.compile(r"^(card|open):"))
    def on_page(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, client: WebClient) -> None:
        ack()
        reply = guarded(lambda: show(_request(body, action), toolbox))
        message = body.get("message") or {}
        if _only_theirs(body):
            respond(replace_original=True, **privately(reply))
        else:  # others read this message: whoever pages gets a copy of their own
            client.chat_postEphemeral(
                channel=body["channel"]["id"],
                user=body["user"]["id"],
                thread_ts=message.get("thread_ts"),
                **_without_unfurl(privately(reply)),
            )

    @app.action("share")
    def on_share(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond) -> None:
        ack()
        reply = guarded(lambda: shared_by(show(_request(body, action), toolbox), body["user"]["id"]))
        respond(response_type="in_channel", replace_original=False, **content(reply))
        respond(delete_original=True)


def _request(body: dict[str, Any], action: dict[str, Any]) -> Request:
    return Request(
        text=action.get("value") or "",
        team=(body.get("team") or {}).get("id") or "",
        user=body["user"]["id"],
        channel=(body.get("channel") or {}).get("id") or "",
    )


def _only_theirs(body: dict[str, Any]) -> bool:
    """Whether the message the button stands in is shown to its asker alone."""
    message = body.get("message") or {}
    return bool((body.get("container") or {}).get("is_ephemeral")) or message.get("subtype") == "ephemeral"


def _without_unfurl(arguments: dict[str, Any]) -> dict[str, Any]:
    """`chat.postEphemeral` never unfurls and knows neither argument nor `response_type`."""
    return {name: value for name, value in arguments.items() if name in ("text", "blocks")}
