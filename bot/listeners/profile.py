"""The form that says who the team is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.profile import described, keep
from bot.commands.profile_words import ProfileError, all_platforms, read_wish
from bot.commands.request import Request
from bot.listeners.answering import Place, say
from bot.listeners.pressing import team_of
from bot.views.forms import PROFILE_FORM
from bot.views.profile import CHANGE
from bot.views.profile_form import profile_answers, profile_form, refused
from knowledge.priorities.sectors import SECTORS

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the button under the profile, and for its form being sent."""

    @app.action(CHANGE)
    def on_change(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        form = profile_form(
            described(team_of(body), toolbox),
            sectors=SECTORS,
            platforms=all_platforms(toolbox.reference()),
            metadata=json.dumps(Place.of_message(body).as_json()),
        )
        client.views_open(trigger_id=body["trigger_id"], view=form)

    @app.view(PROFILE_FORM)
    def on_profile(ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        place = Place.from_json(json.loads(view["private_metadata"]))
        request = Request(team=team_of(body), user=body["user"]["id"], channel=place.channel)
        wrong: list[ProfileError] = []

        def answer() -> Reply:
            try:
                before = toolbox.store.profile(request.team)
                wish = read_wish(toolbox.reference(), before, **profile_answers(view))
            except ProfileError as error:
                wrong.append(error)
                raise
            return keep(wish, request, toolbox)

        reply = guarded(answer)
        if wrong:
            ack(refused(wrong[0].about, str(wrong[0])))
            return
        ack()
        say(client, reply, place)
