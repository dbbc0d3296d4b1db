"""The menu of each line of a mapped alert, the button below it, and the form that asks what it was."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from slack_bolt import Respond

from bot.boundary import guarded
from bot.commands.lookup import look_up
from bot.commands.mapping import TOO_OLD, Judged, Verdicted, judge, judgeable, name_technique
from bot.commands.request import Request
from bot.listeners.answering import Place, content, privately, say
from bot.listeners.pressing import only_theirs, team_of
from bot.views.forms import ANOTHER_FORM, METADATA, another_form, errors
from bot.views.mapping import LINE_ACTION, SOMETHING_ELSE, Pressed, carried_in, pack, unpack
from bot.views.messages import sentence
from bot.views.mrkdwn import clean
from knowledge.errors import KnowledgeError
from knowledge.store import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox
    from bot.views.mapping import Card
    from bot.views.reply import Reply

_LABELS = re.compile(r"^judge:")
"""Buttons under answers of before there were menus."""


@dataclass(frozen=True, slots=True)
class Form:
    """What the form that asks what it was has to know.

    Attributes:
        place: Where the answer goes.
        private: Whether only one person sees the message with the answer that is judged.
        respond_to: Where that message can be drawn again.
        about: What was judged; its card travels packed.
    """

    place: Place
    private: bool
    respond_to: str
    about: Verdicted

    def as_text(self) -> str:
        """To travel in the form's metadata.

        Where that is too long, the words that stand in the card too are left out, then the card.
        """
        kept = {
            "place": self.place.as_json(),
            "private": self.private,
            "respond_to": self.respond_to,
            "words": clean(self.about.words),
            "card": pack(self.about.card) if self.about.card else "",
            "at": self.about.at,
            "attack_id": self.about.attack_id,
        }
        text = json.dumps(kept, ensure_ascii=False)
        if len(text) > METADATA and self.about.card and self.about.at < 0:
            text = json.dumps(kept | {"words": ""}, ensure_ascii=False)  # they stand in the card
        return text if len(text) <= METADATA else json.dumps(kept | {"card": ""}, ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Form:
        """Back from a form's metadata."""
        kept = json.loads(text)
        card = unpack(kept["card"]) if kept["card"] else None
        words = kept["words"] or (card.about if card else "")
        about = Verdicted(words, card, kept["at"], kept["attack_id"])
        return cls(Place.from_json(kept["place"]), kept["private"], kept["respond_to"], about)


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the menus, for the button, and for the form."""

    @app.action(LINE_ACTION)
    def on_line(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond) -> None:
        ack()
        pressed = Pressed.read(action)
        if pressed is None:
            say(client, sentence(TOO_OLD), Place.of_message(body))
        elif pressed.choice == "open":
            _open_card(pressed, body, client, respond, toolbox)
        elif pressed.choice == "else":
            _ask(_about(pressed, body, toolbox), body, client)
        else:
            _judge(pressed, body, client, respond, toolbox)

    @app.action(SOMETHING_ELSE)
    def on_something_else(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
        ack()
        card = unpack(str(action.get("value") or "").partition("|")[2])
        if card is None:
            say(client, sentence(TOO_OLD), Place.of_message(body))
        else:
            _ask(Verdicted(card.about, card), body, client)

    @app.action(_LABELS)
    def on_old(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        ack()
        say(client, sentence(TOO_OLD), Place.of_message(body))

    @app.view(ANOTHER_FORM)
    def on_named(ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        form = Form.from_text(view["private_metadata"])
        request = Request(team=team_of(body), user=body["user"]["id"], channel=form.place.channel)
        named = view["state"]["values"]["named"]["named"].get("value") or ""
        try:
            judged = name_technique(form.about, named, request, toolbox)
        except KnowledgeError as error:
            ack(errors(named=str(error)))
            return
        if judged.wrong:
            ack(errors(named=judged.wrong))
            return
        ack()
        if judged.card and form.respond_to:
            _draw_again(judged.card, Respond(response_url=form.respond_to), toolbox, private=form.private)
        say(client, judged.reply, form.place)


def _open_card(pressed: Pressed, body: dict[str, Any], client: WebClient, respond: Respond, toolbox: Toolbox) -> None:
    reply = guarded(partial(look_up, Request(pressed.attack_id, team_of(body), body["user"]["id"]), toolbox))
    if only_theirs(body):
        respond(replace_original=False, **privately(reply))
    else:
        say(client, reply, Place.of_message(body))


def _judge(pressed: Pressed, body: dict[str, Any], client: WebClient, respond: Respond, toolbox: Toolbox) -> None:
    place = Place.of_message(body)
    request = Request(team=team_of(body), user=place.user, channel=place.channel)

    def answer() -> Reply:
        verdict = Verdict.RIGHT if pressed.choice == "right" else Verdict.WRONG
        judged: Judged = judge(_about(pressed, body, toolbox), verdict, request, toolbox)
        if judged.card:
            _draw_again(judged.card, respond, toolbox, private=only_theirs(body))
        return judged.reply

    say(client, guarded(answer), place)


def _about(pressed: Pressed, body: dict[str, Any], toolbox: Toolbox) -> Verdicted:
    """What a menu is about: its words travel with it, its card stands in the message or is remembered."""
    card = carried_in(body.get("message") or {}) or toolbox.shown.get(pressed.key)
    return Verdicted(pressed.words, card, pressed.at, pressed.attack_id)


def _ask(about: Verdicted, body: dict[str, Any], client: WebClient) -> None:
    form = Form(Place.of_message(body), only_theirs(body), str(body.get("response_url") or ""), about)
    client.views_open(trigger_id=body["trigger_id"], view=another_form(form.as_text(), about.words))


def _draw_again(card: Card, respond: Callable[..., object], toolbox: Toolbox, *, private: bool) -> None:
    """Put the marked card in the place of the message that was judged."""
    reply = judgeable(card, toolbox)
    respond(replace_original=True, **(privately(reply) if private else content(reply)))
