"""The form that ``/attack subscribe`` opens, and the one that asks whose an item is."""

from __future__ import annotations

from typing import Any

from bot.views.forms import input_block, modal

SUBSCRIBE_FORM = "subscribe"
ASSIGN_FORM = "assign_item"

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_OFTEN = (("weekly", "Every week"), ("daily", "Every day"), ("monthly", "Every month, on its first such day"))
_WEIGHTS = (
    ("read", "What to act on, and what is worth reading"),
    ("act", "Only what to act on"),
    ("all", "Every change, also beyond our rules"),
)


def subscribe_form(metadata: str, *, channel: str, zone: str) -> dict[str, Any]:
    """Asks where, when and what.

    Args:
        metadata: Where the answer goes, for whoever reads the submission.
        channel: The one it was asked in, offered first; empty for none.
        zone: The asker's time zone.
    """
    place: dict[str, Any] = {
        "type": "conversations_select",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    if channel:
        place["initial_conversation"] = channel
    return modal(
        SUBSCRIBE_FORM,
        "Subscribe to ATT&CK",
        "Subscribe",
        metadata,
        input_block("channel", "Channel", place, optional=True, hint="I have to be in it: /invite me there."),
        input_block("often", "How often", _select(_OFTEN), optional=False),
        input_block("day", "Day", _select([(day, day.capitalize()) for day in _DAYS]), optional=False),
        input_block("time", "Time", _line("09:00"), optional=False),
        input_block("zone", "Time zone", _line(zone or "UTC"), optional=False, hint="Such as Europe/Berlin."),
        input_block("weight", "Tell us", _select(_WEIGHTS), optional=False),
        input_block("groups", "Only these groups", _line(), optional=True, hint="Names with commas between."),
        input_block("platforms", "Only these platforms", _line(), optional=True, hint="Such as Windows, Linux."),
        input_block(
            "heartbeat",
            "Where nothing touches our rules",
            {"type": "checkboxes", "options": [_option("heartbeat", "Post one line all the same")]},
            optional=True,
        ),
    )


def assign_form(metadata: str, user: str) -> dict[str, Any]:
    """Asks whose an item is.

    Args:
        metadata: Which item and where it stands.
        user: Slack's id of whoever asked, offered first.
    """
    people = {"type": "users_select", "initial_user": user}
    return modal(ASSIGN_FORM, "Whose is it?", "Assign", metadata, input_block("who", "Person", people, optional=False))


def words_of(view: dict[str, Any]) -> str:
    """What a filled-in form would have been typed as."""
    values: dict[str, Any] = {name: next(iter(block.values()), {}) for name, block in view["state"]["values"].items()}

    def chosen(name: str) -> str:
        return str((values.get(name, {}).get("selected_option") or {}).get("value") or "")

    def line(name: str) -> str:
        return " ".join(str(values.get(name, {}).get("value") or "").split())

    often = chosen("often") or "weekly"
    parts = [
        str(values.get("channel", {}).get("selected_conversation") or ""),
        often,
        chosen("day") if often != "daily" else "",
        line("time"),
        line("zone"),
        chosen("weight"),
        "heartbeat" if values.get("heartbeat", {}).get("selected_options") else "",
        *(f"{name} {line(name)}" for name in ("groups", "platforms") if line(name)),
    ]
    return " ".join(part for part in parts if part)


def _select(options: Any) -> dict[str, Any]:
    every = [_option(value, label) for value, label in options]
    return {"type": "static_select", "options": every, "initial_option": every[0]}


def _option(value: str, label: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": label, "emoji": False}, "value": value}


def _line(initial: str = "") -> dict[str, Any]:
    return {"type": "plain_text_input", "max_length": 200} | ({"initial_value": initial} if initial else {})
