"""*Map to ATT&CK* on a message: answered in its thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackApiError

from bot.boundary import guarded
from bot.commands.mapping import map_text
from bot.commands.request import Request
from bot.listeners.answering import CLOSED, Place, privately, say
from bot.listeners.files import words_of_files
from bot.listeners.message_text import words_of
from bot.listeners.pressing import team_of

if TYPE_CHECKING:
    from slack_bolt import Ack, App, Respond
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply

CALLBACK = "map_to_attack"


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the message shortcut."""

    @app.shortcut(CALLBACK)
    def on_shortcut(ack: Ack, body: dict[str, Any], client: WebClient, respond: Respond) -> None:
        ack()
        message = body["message"]

        def answer() -> Reply:
            text = "\n".join((words_of(message), words_of_files(client, message.get("files") or [])))
            team = team_of(body)
            request = Request(text=text, team=team, user=body["user"]["id"], channel=body["channel"]["id"])
            return map_text(request, toolbox)

        reply = guarded(answer)
        try:
            say(client, reply, Place(body["channel"]["id"], thread=message.get("thread_ts") or message["ts"]))
        except SlackApiError as error:
            if error.response["error"] not in CLOSED:
                raise
            respond(replace_original=False, **privately(reply))
