"""The form that ``/attack subscribe`` opens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.request import Request
from bot.commands.subscribing import subscribe
from bot.commands.subscription_words import WordsError
from bot.listeners.answering import Place, say
from bot.listeners.pressing import team_of
from bot.views.forms import errors
from bot.views.subscription_form import SUBSCRIBE_FORM, subscribe_form, words_of

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox

_CHANNEL_IDS = ("C", "G")


def open_form(client: WebClient, trigger_id: str, place: Place, toolbox: Toolbox) -> None:
    """Show the form; the answer goes to `place`."""
    channel = place.channel if place.channel.startswith(_CHANNEL_IDS) else ""
    form = subscribe_form(json.dumps(place.as_json()), channel=channel, zone=toolbox.workplace.zone_of(place.user))
    client.views_open(trigger_id=trigger_id, view=form)


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the form being sent."""

    @app.view(SUBSCRIBE_FORM)
    def on_subscribe(ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        place = Place.from_json(json.loads(view["private_metadata"]))
        team = team_of(body)
        request = Request(words_of(view), team=team, user=body["user"]["id"], channel=place.channel)
        wrong: list[WordsError] = []

        def answer() -> Any:
            try:
                return subscribe(request, toolbox)
            except WordsError as error:
                wrong.append(error)
                raise

        reply = guarded(answer)
        blocks = {block["block_id"] for block in view["blocks"]}
        if wrong:
            about = wrong[0].about if wrong[0].about in blocks else "often"
            ack(errors(**{about: str(wrong[0])}))
            return
        ack()
        say(client, reply, place)
