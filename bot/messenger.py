"""Posting that nobody asked for this second: the seam to Slack, and what can go wrong with it.

    PostingError (OSError)          Slack did not take it; another try may succeed
    ├── RateLimitedError            not before so many seconds
    └── ClosedChannelError          the channel is gone, archived, or the bot is not in it any more

A message carries metadata that says which digest it is. Whoever is about to post looks for it in the channel first, so
that a message posted right before a crash is found and not posted again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from slack_sdk.errors import SlackApiError, SlackClientError

from knowledge.errors import KnowledgeError

if TYPE_CHECKING:
    from slack_sdk import WebClient

    from bot.views.reply import File, Reply

DIGEST = "attack_digest"
"""The event type of a digest's message; its payload says ``subscription`` and ``period``, and what it told of."""

PART = "attack_digest_part"
"""The event type of what hangs in its thread; its payload says ``part`` too."""

_CLOSED = frozenset(
    {
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "channel_is_archived",
        "restricted_action",
        "user_not_found",
        "cannot_dm_bot",
    }
)
_PAGE = 999
_MOST_PAGES = 40
"""Of `_PAGE` messages each: what a channel of alerts may hold between the hour a digest was due and the look for it."""
_WAIT = 30
"""Seconds to wait where Slack says to wait and not how long."""


class PostingError(KnowledgeError, OSError):
    """Slack did not take a message."""


class RateLimitedError(PostingError):
    """Slack wants fewer messages.

    Args:
        seconds: Not before these have passed.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Slack takes no more for {seconds:g} seconds.")
        self.seconds = seconds


class ClosedChannelError(PostingError):
    """The bot cannot read or post there, and will not be able to by trying again.

    Args:
        reason: In Slack's word, such as ``not_in_channel``.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"Slack says {reason}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Mark:
    """What a message says of itself, for whoever looks for it.

    Attributes:
        kind: Slack's event type.
        payload: Slack's event payload.
    """

    kind: str
    payload: Mapping[str, str] = field(default_factory=dict)

    def fits(self, other: Mark) -> bool:
        """Whether another mark is of the same kind and says all that this one says."""
        return self.kind == other.kind and all(other.payload.get(key) == value for key, value in self.payload.items())


@dataclass(frozen=True, slots=True)
class Posted:
    """A message in a channel."""

    ts: str
    mark: Mark
    has_files: bool = False


class Messenger(Protocol):
    """The seam to Slack. Every method raises `PostingError`."""

    def post(self, channel: str, reply: Reply, mark: Mark, *, thread: str = "") -> str:
        """Post a message, and return its timestamp."""

    def find(self, channel: str, mark: Mark, *, since: float) -> Posted | None:
        """The message of the channel with this mark, posted at or after a moment in seconds since 1970."""

    def replies(self, channel: str, ts: str) -> Sequence[Posted]:
        """What hangs below a message."""

    def hand_over(self, channel: str, files: Sequence[File], *, thread: str) -> None:
        """Upload files below a message."""

    def tell(self, user: str, reply: Reply) -> None:
        """Post to a person alone."""


class SlackMessenger:
    """The Web API as a `Messenger`.

    Args:
        client: Without retry handlers of its own: a message that may have arrived is looked for, not sent again.
    """

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def post(self, channel: str, reply: Reply, mark: Mark, *, thread: str = "") -> str:
        """See `Messenger.post`."""
        answer = self._call(
            "chat_postMessage",
            channel=channel,
            thread_ts=thread or None,
            text=reply.text,
            blocks=list(reply.blocks),
            unfurl_links=False,
            unfurl_media=False,
            metadata={"event_type": mark.kind, "event_payload": dict(mark.payload)},
        )
        return str(answer.get("ts") or "")

    def find(self, channel: str, mark: Mark, *, since: float) -> Posted | None:
        """See `Messenger.find`."""
        asked = {"channel": channel, "oldest": f"{since:.6f}", "inclusive": True}
        pages = self._pages("conversations_history", asked)
        return next((each for each in pages if mark.fits(each.mark)), None)

    def replies(self, channel: str, ts: str) -> Sequence[Posted]:
        """See `Messenger.replies`."""
        return [each for each in self._pages("conversations_replies", {"channel": channel, "ts": ts}) if each.ts != ts]

    def hand_over(self, channel: str, files: Sequence[File], *, thread: str) -> None:
        """See `Messenger.hand_over`."""
        uploads = [{"filename": each.name, "content": each.content, "alt_txt": each.alt or None} for each in files]
        self._call("files_upload_v2", channel=channel, thread_ts=thread, file_uploads=uploads)

    def tell(self, user: str, reply: Reply) -> None:
        """See `Messenger.tell`."""
        opened = self._call("conversations_open", users=user)
        channel = (opened.get("channel") or {}).get("id") or user
        self._call("chat_postMessage", channel=channel, text=reply.text, blocks=list(reply.blocks))

    def _pages(self, method: str, asked: dict[str, Any]) -> Iterator[Posted]:
        cursor = ""
        for _ in range(_MOST_PAGES):
            answer = self._call(
                method, **asked, limit=_PAGE, include_all_metadata=True, **({"cursor": cursor} if cursor else {})
            )
            yield from map(_posted, answer.get("messages") or ())
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return
        raise PostingError("The channel holds more messages than can be looked through.")

    def _call(self, method: str, **arguments: Any) -> Any:
        try:
            return getattr(self._client, method)(**arguments)
        except SlackApiError as error:
            raise _told(error) from None
        except (SlackClientError, OSError) as error:
            raise PostingError(f"Slack did not answer ({type(error).__name__}).") from None


def _told(error: SlackApiError) -> PostingError:
    response = error.response
    data = response if isinstance(response, dict) else getattr(response, "data", None)  # a proxy's page is no dict
    reason = str(data.get("error") or "") if isinstance(data, dict) else ""
    if getattr(response, "status_code", 200) == 429 or reason in ("ratelimited", "rate_limited"):
        headers = {str(key).lower(): value for key, value in (getattr(response, "headers", None) or {}).items()}
        after = str(headers.get("retry-after") or "")
        return RateLimitedError(float(after) if after.isdigit() else _WAIT)
    if reason in _CLOSED:
        return ClosedChannelError(reason)
    return PostingError(f"Slack says {reason or 'nothing'}.")


def _posted(message: Mapping[str, Any]) -> Posted:
    metadata = message.get("metadata") or {}
    payload = {str(key): str(value) for key, value in (metadata.get("event_payload") or {}).items()}
    mark = Mark(str(metadata.get("event_type") or ""), payload)
    return Posted(str(message.get("ts") or ""), mark, bool(message.get("files")))
