"""Buttons under a mapped alert: right, wrong, another one."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.mapping import judge, judge_another
from bot.commands.request import Request
from bot.listeners.answering import Place, say
from bot.listeners.pressing import request_of, team_of
from bot.views.forms import ANOTHER_FORM, another_form, errors
from knowledge.errors import KnowledgeError
from knowledge.store import Verdict

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the three buttons, and for the form of the third."""

    @app.action(re.compile(r"^judge:(right|wrong):\d+$"))
    def on_judge(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        verdict = Verdict(action["action_id"].split(":")[1])
        reply = guarded(partial(judge, request_of(body, action), toolbox, verdict))
        say(client, reply, Place.of_message(body))

    @app.action(re.compile(r"^judge:another:\d+$"))
    def on_another(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        metadata = json.dumps({"about": action.get("value") or "", "place": Place.of_message(body).as_json()})
        client.views_open(trigger_id=body["trigger_id"], view=another_form(metadata))

    @app.view(ANOTHER_FORM)
    def on_named(ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        metadata = json.loads(view["private_metadata"])
        place = Place.from_json(metadata["place"])
        request = Request(
            text=metadata["about"],
            team=team_of(body),
            user=body["user"]["id"],
            channel=place.channel,
        )
        named = view["state"]["values"]["named"]["named"].get("value") or ""
        try:
            reply, wrong = judge_another(request, toolbox, named)
        except KnowledgeError as error:
            ack(errors(named=str(error)))
            return
        if wrong:
            ack(errors(named=wrong))
            return
        ack()
        say(client, reply, place)
