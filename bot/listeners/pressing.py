"""What a pressed button, a sent form or a shortcut tells."""

from __future__ import annotations

from typing import Any

from bot.commands.request import Request


def team_of(body: dict[str, Any]) -> str:
    """Slack's workspace id; empty where the payload names none."""
    return (body.get("team") or {}).get("id") or ""


def request_of(body: dict[str, Any], action: dict[str, Any]) -> Request:
    """The button's value as a request."""
    return Request(
        text=action.get("value") or "",
        team=team_of(body),
        user=body["user"]["id"],
        channel=(body.get("channel") or {}).get("id") or "",
    )


def only_theirs(body: dict[str, Any]) -> bool:
    """Whether the message the button stands in is shown to its asker alone."""
    message = body.get("message") or {}
    return bool((body.get("container") or {}).get("is_ephemeral")) or message.get("subtype") == "ephemeral"
