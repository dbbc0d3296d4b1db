"""What a command answers with, before anyone knows where it will be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reply:
    """One message.

    Attributes:
        text: The message in plain words: the notification, the screen reader and the fallback; mrkdwn-escaped.
        blocks: Block Kit as plain JSON, at most 50.
        share: What the *Share in channel* button carries, ``SUBJECT|SECTION|PAGE``; empty when there is nothing
            to share.
    """

    text: str
    blocks: tuple[Block, ...]
    share: str = ""
