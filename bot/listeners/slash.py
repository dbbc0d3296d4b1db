"""``/attack …``: answered to the asker alone, with a button to share."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.request import Request
from bot.commands.table import perform, wants_alert, wants_file, wants_time
from bot.listeners import import_form, subscribing
from bot.listeners.answering import Place, hand_over, privately
from bot.listeners.entities import typed
from bot.listeners.mapping_form import open_form

if TYPE_CHECKING:
    from slack_bolt import Ack, App, Respond
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the slash command."""

    @app.command(toolbox.command)
    def on_slash(ack: Ack, body: dict[str, Any], respond: Respond, client: WebClient) -> None:
        ack()
        request = Request(
            text=typed(body.get("text") or ""),
            team=body.get("team_id") or "",
            user=body.get("user_id") or "",
            channel=body.get("channel_id") or "",
        )
        place = Place(request.channel, request.user)
        if wants_alert(request):
            open_form(client, body["trigger_id"], place)
            return
        if wants_file(request):
            import_form.open_form(client, body["trigger_id"], place)
            return
        if wants_time(request):
            subscribing.open_form(client, body["trigger_id"], place, toolbox)
            return
        reply = guarded(partial(perform, request, toolbox))
        respond(**privately(reply))
        hand_over(client, reply, place)
