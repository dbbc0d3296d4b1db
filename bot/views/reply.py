"""What a command answers with, before anyone knows where it will be shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class File:
    """Something to hand over with a message.

    Attributes:
        name: With its ending, by which Slack knows the type.
        alt: What a picture shows, in words.
    """

    name: str
    content: bytes
    alt: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """One message.

    Attributes:
        text: The message in plain words: the notification, the screen reader and the fallback; mrkdwn-escaped.
        blocks: Block Kit as plain JSON, at most 50.
        share: What the *Share in channel* button carries; empty when there is nothing to share.
        files: Handed over beside the message.
    """

    text: str
    blocks: tuple[Block, ...]
    share: str = ""
    files: tuple[File, ...] = ()

    def with_file(self, file: File) -> Reply:
        """The same message with one more file."""
        return replace(self, files=(*self.files, file))
