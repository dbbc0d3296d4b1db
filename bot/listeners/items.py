"""Buttons under a digest's items: done, snooze, assign."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.digests import mark_item
from bot.commands.request import Request
from bot.listeners.answering import Place, say
from bot.listeners.pressing import request_of, team_of
from bot.views.messages import sentence
from bot.views.subscription_form import ASSIGN_FORM, assign_form
from knowledge.store import TaskState

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply

_SHOWN = sentence("Kept.")
"""The message itself says so."""


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the three buttons, and for the form of the third."""

    @app.action(re.compile(r"^task:(done|snooze):\d+$"))
    def on_item(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        state = TaskState.DONE if action["action_id"].startswith("task:done") else TaskState.SNOOZED
        _mark(request_of(body, action), toolbox, state, client, body["message"]["ts"], Place.of_message(body), body)

    @app.action(re.compile(r"^task:assign:\d+$"))
    def on_assign(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        place = Place.of_message(body)
        kept = {"about": action.get("value") or "", "ts": body["message"]["ts"], "place": place.as_json()}
        client.views_open(trigger_id=body["trigger_id"], view=assign_form(json.dumps(kept), body["user"]["id"]))

    @app.view(ASSIGN_FORM)
    def on_assigned(ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        ack()
        kept = json.loads(view["private_metadata"])
        place = Place.from_json(kept["place"])
        who = (view["state"]["values"].get("who") or {}).get("who", {}).get("selected_user") or body["user"]["id"]
        team = team_of(body)
        request = Request(kept["about"], team=team, user=body["user"]["id"], channel=place.channel)
        _mark(request, toolbox, TaskState.OPEN, client, kept["ts"], place, None, assignee=who)


def _mark(
    request: Request,
    toolbox: Toolbox,
    state: TaskState,
    client: WebClient,
    ts: str,
    place: Place,
    body: dict[str, Any] | None,
    *,
    assignee: str = "",
) -> None:
    """Keep what was said and show it in the message; tell whoever said it where that is not possible."""
    message = body["message"] if body else _message(client, place.channel, ts)

    def mark() -> Reply:
        shown = mark_item(request, toolbox, state, message.get("blocks") or (), assignee=assignee)
        if shown:
            client.chat_update(
                channel=place.channel, ts=ts, text=message.get("text") or "ATT&amp;CK", blocks=list(shown)
            )
        return _SHOWN

    reply = guarded(mark)
    if reply is not _SHOWN:
        say(client, reply, place)


def _message(client: WebClient, channel: str, ts: str) -> dict[str, Any]:
    """A message as it is now: somebody may have pressed another of its buttons while the form was open."""
    found = client.conversations_history(channel=channel, oldest=ts, latest=ts, inclusive=True, limit=1)
    return next((each for each in found.get("messages") or () if each.get("ts") == ts), {})
