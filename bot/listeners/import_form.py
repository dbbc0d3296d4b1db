"""The form that ``/attack import`` opens."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from bot.boundary import guarded
from bot.commands.importing import import_files
from bot.commands.request import Request
from bot.listeners.answering import Place, say
from bot.listeners.files import bytes_of, name_of
from bot.listeners.pressing import team_of
from bot.views.forms import IMPORT_FORM, MOST_FILES, errors, import_form
from bot.views.messages import sentence

if TYPE_CHECKING:
    from slack_bolt import Ack, App
    from slack_sdk import WebClient

    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply

_LARGEST_TEXT = 1_000_000
_LARGEST_ARCHIVE = 20_000_000
_ARCHIVES = frozenset({".zip", ".tar", ".gz", ".tgz", ".xz", ".txz", ".bz2", ".tbz", ".tbz2", ".xlsx", ".xlsm"})


def open_form(client: WebClient, trigger_id: str, place: Place) -> None:
    """Show the form; the answer goes to `place`."""
    client.views_open(trigger_id=trigger_id, view=import_form(json.dumps(place.as_json())))


def register(app: App, toolbox: Toolbox) -> None:
    """Listen for the form being sent."""

    @app.view(IMPORT_FORM)
    def on_import(ack: Ack, body: dict[str, Any], view: dict[str, Any], client: WebClient) -> None:
        values = view["state"]["values"]
        files = ((values.get("file") or {}).get("file", {}).get("files") or [])[:MOST_FILES]
        name = (values["name"]["name"].get("value") or "").strip()
        label = (values["label"]["label"].get("value") or "").strip()
        if not name:
            ack(errors(name="Name the source; the same name replaces it next time."))
            return
        if not files:
            ack(errors(file="Choose a file."))
            return
        ack()
        place = Place.from_json(json.loads(view["private_metadata"]))
        named = ", ".join(map(name_of, files))
        say(client, sentence(f"Reading {named} as “{name}”. A few thousand rules take some twenty seconds."), place)

        def answer() -> Reply:
            team = team_of(body)
            request = Request(text=f"{named} in Slack", team=team, user=body["user"]["id"], channel=place.channel)
            with tempfile.TemporaryDirectory(prefix="attackbot-import-") as folder:
                for at, file in enumerate(files):
                    _fetch(client, file, Path(folder), at)
                return import_files(Path(folder), request, toolbox, name=name, label=label)

        say(client, guarded(answer), place)


def _fetch(client: WebClient, file: dict[str, Any], folder: Path, at: int) -> None:
    """Put a file into the folder, under its own name where that is a plain one nobody has yet."""
    suffix = PurePosixPath(name_of(file)).suffix.lower()
    content = bytes_of(client, file, largest=_LARGEST_ARCHIVE if suffix in _ARCHIVES else _LARGEST_TEXT)
    own = "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name_of(file))[-100:].lstrip(".")
    path = folder / (own or f"file{at}")
    (folder / f"{at}-{path.name}" if path.exists() else path).write_bytes(content)
