"""Buttons that ask another question: what they carry is performed like a command."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.carried import again
from bot.listeners.answering import Place, hand_over, privately, say
from bot.listeners.pressing import only_theirs, request_of

if TYPE_CHECKING:
    from slack_bolt import Ack, App, Respond
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for further questions, whose answers come beside the message; `buttons` turns its pages."""

    @app.action(re.compile(r"^ask:also:\d+$"))
    def on_question(
        ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, client: WebClient
    ) -> None:
        ack()
        reply = guarded(partial(again, request_of(body, action), toolbox))
        if only_theirs(body):
            respond(replace_original=False, **privately(reply))
            hand_over(client, reply, Place.of_message(body))
        else:
            say(client, reply, Place.of_message(body))
