"""What somebody asked, freed from how it arrived."""

from __future__ import annotations

from dataclasses import dataclass

LOCAL = "local"
"""The workspace of the command line, until a bot serves one."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question.

    Attributes:
        text: What follows the verb, as it was typed.
        team: Slack's workspace id; ``local`` on the command line.
        user: Slack's user id; empty on the command line.
        channel: Slack's channel id; empty on the command line.
    """

    text: str = ""
    team: str = LOCAL
    user: str = ""
    channel: str = ""
