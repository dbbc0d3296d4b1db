"""What Slack knows of people and channels, as commands may ask for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from slack_sdk import WebClient

logger = logging.getLogger(__name__)

_KEPT_SECONDS = 60
_MOST_PAGES = 20


class Workplace(Protocol):
    """The seam to Slack's directory."""

    def zone_of(self, user: str) -> str:
        """A person's IANA time zone; empty where nobody knows."""

    def channels(self) -> Mapping[str, str] | None:
        """The channels the bot is a member of, id to name; None where nobody knows."""


class Nowhere:
    """The workplace of the command line: no people, no channels."""

    def zone_of(self, user: str) -> str:
        """Nobody knows."""
        del user
        return ""

    def channels(self) -> Mapping[str, str] | None:
        """Nobody knows."""
        return None


class SlackWorkplace:
    """A workspace's directory, asked when it is needed and remembered for a minute.

    Args:
        client: Slack's Web API.
        now: Seconds that only go forward.
    """

    def __init__(self, client: WebClient, now: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._now = now
        self._channels: tuple[float, Mapping[str, str]] | None = None

    def zone_of(self, user: str) -> str:
        """A person's IANA time zone; empty where Slack does not say."""
        from slack_sdk.errors import SlackApiError

        try:
            profile = self._client.users_info(user=user).get("user") or {}
        except (SlackApiError, OSError) as error:
            logger.warning("no time zone of a user: %s", type(error).__name__)
            return ""
        return str(profile.get("tz") or "")

    def channels(self) -> Mapping[str, str] | None:
        """The channels the bot is a member of; None where Slack does not say, as without the scope for it."""
        if self._channels is not None and self._now() - self._channels[0] < _KEPT_SECONDS:
            return self._channels[1]
        from slack_sdk.errors import SlackApiError

        found: dict[str, str] = {}
        cursor = ""
        try:
            for _ in range(_MOST_PAGES):
                page = self._client.users_conversations(
                    types="public_channel,private_channel", exclude_archived=True, limit=200, cursor=cursor or None
                )
                found |= {each["id"]: each.get("name") or each["id"] for each in page.get("channels") or ()}
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    break
        except (SlackApiError, OSError) as error:
            logger.warning("no list of channels: %s", type(error).__name__)
            return None
        self._channels = (self._now(), found)
        return found
