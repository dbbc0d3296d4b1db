"""Buttons on cards and lists: another section, another page, an object, sharing."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.boundary import guarded
from bot.commands.carried import again
from bot.listeners.answering import CLOSED, Place, content, hand_over, privately, say
from bot.listeners.pressing import only_theirs, request_of
from bot.views.messages import sentence, shared_by

if TYPE_CHECKING:
    from slack_bolt import Ack, App, Respond
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the buttons that cards and lists carry."""

    @app.action(re.compile(r"^(card:|open:|ask:(next|previous)$)"))
    def on_page(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, client: WebClient) -> None:
        ack()
        reply = guarded(partial(again, request_of(body, action), toolbox))
        if only_theirs(body):
            respond(replace_original=True, **privately(reply))
        else:  # others read this message: whoever pages gets a copy of their own
            say(client, reply, Place.of_message(body))

    @app.action("share")
    def on_share(ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, client: WebClient) -> None:
        ack()
        reply = guarded(partial(again, request_of(body, action), toolbox))
        respond(response_type="in_channel", replace_original=False, **content(shared_by(reply, body["user"]["id"])))
        respond(delete_original=True)
        place = Place.of_message(body)
        try:
            hand_over(client, reply, Place(place.channel, thread=place.thread))
        except SlackApiError as error:
            if error.response["error"] not in CLOSED:
                raise
            respond(replace_original=False, **privately(sentence("To post the file here, invite me to this channel.")))
