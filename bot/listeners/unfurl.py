"""A pasted attack.mitre.org link gets its card."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.lookup import show
from bot.commands.request import Request
from knowledge.search import read_ids

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox

_MOST = 5
"""Cards a message: a page full of links is not a page full of questions."""


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for links to ATT&CK's site."""

    @app.event("link_shared")
    def on_link(event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        catalog = toolbox.reference().catalog
        unfurls: dict[str, dict[str, Any]] = {}
        for link in event.get("links", [])[:_MOST]:
            attack_id = next(iter(read_ids(link["url"])), "")
            if catalog.find(attack_id):
                reply = guarded(partial(show, Request(text=attack_id, team=body.get("team_id") or ""), toolbox))
                unfurls[link["url"]] = {"blocks": list(reply.blocks)}
        if unfurls:
            client.chat_unfurl(channel=event["channel"], ts=event["message_ts"], unfurls=unfurls)
