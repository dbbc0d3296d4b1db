"""The form that corrects what the team collects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.collecting import choices, correct
from bot.commands.request import Request
from bot.listeners.answering import Place, say
from bot.listeners.pressing import request_of, team_of
from bot.views.collecting import CORRECT, answers_of, collect_form
from bot.views.forms import COLLECT_FORM, errors

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the button under the list, and for its form being sent."""

    @app.action(CORRECT)
    def on_correct(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        metadata = json.dumps(Place.of_message(body).as_json())
        form = collect_form(choices(request_of(body, action), toolbox), metadata)
        client.views_open(trigger_id=body["trigger_id"], view=form)

    @app.view(COLLECT_FORM)
    def on_collected(ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        chosen, shown = answers_of(view)
        if not chosen:
            ack(errors(boxes0="Tick what you collect; a team that collects nothing sees nothing."))
            return
        ack()
        place = Place.from_json(json.loads(view["private_metadata"]))
        team = team_of(body)
        request = Request(team=team, user=body["user"]["id"], channel=place.channel)
        say(client, guarded(lambda: correct(request, toolbox, chosen=chosen, shown=shown)), place)
