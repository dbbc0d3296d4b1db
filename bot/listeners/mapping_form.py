"""The form that ``/attack map`` alone opens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.mapping import map_alert
from bot.commands.request import Request
from bot.listeners.answering import Place, say
from bot.listeners.files import words_of_files
from bot.listeners.pressing import team_of
from bot.views.forms import MAP_FORM, errors, map_form
from knowledge.model import Domain

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply


def open_form(client: WebClient, trigger_id: str, place: Place) -> None:
    """Show the form; the answer goes to `place`."""
    client.views_open(trigger_id=trigger_id, view=map_form(json.dumps(place.as_json())))


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the form being sent."""

    @app.view(MAP_FORM)
    def on_map(ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        values = view["state"]["values"]
        text = values["text"]["text"].get("value") or ""
        files = (values.get("file") or {}).get("file", {}).get("files") or []
        if not text.strip() and not files:
            ack(errors(text="Paste the alert's text, or choose a file."))
            return
        ack()
        place = Place.from_json(json.loads(view["private_metadata"]))
        chosen = ((values["domain"]["domain"].get("selected_option") or {}).get("value")) or "auto"
        domain = None if chosen == "auto" else Domain(chosen)

        def answer() -> Reply:
            words = "\n".join(part for part in (text, words_of_files(client, files)) if part.strip())
            team = team_of(body)
            request = Request(text=words, team=team, user=body["user"]["id"], channel=place.channel)
            return map_alert(request, toolbox, domain=domain)

        say(client, guarded(answer), place)
