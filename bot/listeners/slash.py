"""``/attack …``: answered to the asker alone, with a button to share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.request import Request
from bot.commands.table import perform
from bot.listeners.answering import privately

if TYPE_CHECKING:
    from slack_bolt import Ack, App, Respond

    from bot.commands.toolbox import Toolbox


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the slash command."""

    @app.command(toolbox.command)
    def on_slash(ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        ack()
        request = Request(
            text=body.get("text") or "",
            team=body.get("team_id") or "",
            user=body.get("user_id") or "",
            channel=body.get("channel_id") or "",
        )
        respond(**privately(guarded(lambda: perform(request, toolbox))))
