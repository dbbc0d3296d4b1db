"""A Reply in the shapes Slack's methods take."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bot.views.messages import files_elsewhere, with_share

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.views.reply import Reply


CLOSED = frozenset({"not_in_channel", "channel_not_found", "is_archived"})
"""What Slack answers where the bot may not post."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in Slack an answer belongs.

    Attributes:
        user: Who alone sees it; empty for everyone in the channel.
        thread: The timestamp of the thread's first message; empty for the channel itself.
    """

    channel: str
    user: str = ""
    thread: str = ""

    @classmethod
    def of_message(cls, body: dict[str, Any]) -> Place:
        """Beside the message a button stands in, for whoever pressed it."""
        message = body.get("message") or {}
        channel = (body.get("channel") or {}).get("id") or ""
        return cls(channel, body["user"]["id"], message.get("thread_ts") or "")

    def as_json(self) -> dict[str, str]:
        """To travel in a form's metadata."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, str]) -> Place:
        """Back from a form's metadata."""
        return cls(kept["channel"], kept["user"], kept["thread"])


def privately(reply: Reply) -> dict[str, Any]:
    """For the asker alone, through a `response_url`; carries the share button."""
    return {"response_type": "ephemeral", **content(with_share(files_elsewhere(reply)))}


def content(reply: Reply) -> dict[str, Any]:
    """Text and blocks, nothing unfurled: a card's links are many."""
    return {"text": reply.text, "blocks": list(reply.blocks), "unfurl_links": False, "unfurl_media": False}


def say(client: WebClient, reply: Reply, place: Place) -> None:
    """Post a reply where it belongs, with its files.

    A file cannot be shown to one person in a channel, so a private reply's files go to their own conversation.
    """
    if place.user:
        shown = with_share(files_elsewhere(reply))
        client.chat_postEphemeral(
            channel=place.channel,
            user=place.user,
            thread_ts=place.thread or None,
            text=shown.text,
            blocks=list(shown.blocks),
        )
    else:
        client.chat_postMessage(channel=place.channel, thread_ts=place.thread or None, **content(reply))
    hand_over(client, reply, place)


def hand_over(client: WebClient, reply: Reply, place: Place) -> None:
    """Upload a reply's files beside it, or into the asker's own conversation when it is private."""
    if not reply.files:
        return
    channel, thread = place.channel, place.thread
    if place.user:
        channel, thread = client.conversations_open(users=place.user)["channel"]["id"], ""
    uploads = [{"filename": each.name, "content": each.content, "alt_txt": each.alt or None} for each in reply.files]
    client.files_upload_v2(channel=channel, thread_ts=thread or None, file_uploads=uploads)
