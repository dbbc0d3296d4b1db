"""Whose rules a reply is about, where several teams share a workspace."""

from __future__ import annotations

from dataclasses import dataclass

from bot.views.cards.related import counted
from bot.views.mrkdwn import cut, escape, one_line

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Team:
    """A team within a workspace: whoever the sources with its label belong to.

    Attributes:
        name: Its label, on one line; empty for the whole workspace.
        labels: Every way its sources write the label; they differ in case or spaces only.
        own: How many detections its sources hold.
        shared: How many bear no label: they are everyone's, and so count for each team.
    """

    name: str = ""
    labels: tuple[str, ...] = ()
    own: int = 0
    shared: int = 0

    def titled(self, title: str) -> str:
        """A reply's title, which says whose coverage it shows."""
        return f"{title} · team {cut(one_line(self.name), _SHOWN)}" if self.name else title

    def asking(self, words: str) -> str:
        """What to ask so that the answer is about this team too."""
        return f"{words} team {self.name}" if self.name else words

    @property
    def said(self) -> str:
        """In plain words what counts for the team; empty for the whole workspace."""
        if not self.name:
            return ""
        own = f"{counted(self.own, 'detection')} of team {cut(one_line(self.name), _SHOWN)}"
        return f"{own} and {self.shared:,} of everyone's" if self.shared else own

    @property
    def line(self) -> str:
        """The same as a line of a reply, in mrkdwn."""
        return f"*Counted*  {escape(self.said)}" if self.name else ""


EVERYBODY = Team()
"""The whole workspace."""
