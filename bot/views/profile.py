"""Who the team is, and what is said where something is ranked by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import ASK, asked_again
from bot.views.cards.frame import day, labelled, linked_id, paragraph
from bot.views.cards.related import counted
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import code, cut, escape, one_line
from bot.views.reply import Block, Reply

if TYPE_CHECKING:
    from knowledge.model import Group

CHANGE = "profile:form"
"""The button that opens the form."""

_LISTED = 20
_NAMED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Who the team is, ready to be told.

    Attributes:
        sectors: Each with how many groups are said to target it.
        groups: Those it watches, as the loaded releases have them.
        unknown: Ids of those that no loaded release has any more.
        leads_to: How many different groups that makes.
        by: Slack's id of who last saved it; empty where it was at the command line.
        at: When, RFC 3339.
    """

    sectors: tuple[tuple[str, int], ...] = ()
    groups: tuple[Group, ...] = ()
    unknown: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    leads_to: int = 0
    by: str = ""
    at: str = ""

    def __bool__(self) -> bool:
        return bool(self.sectors or self.groups or self.unknown or self.platforms)


@dataclass(frozen=True, slots=True)
class RankedFor:
    """What of the profile a ranking rests on.

    Attributes:
        sectors: What groups use that target them counts more.
        groups: What they use does, by name.
        platforms: What names only others was left out.
    """

    sectors: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sectors or self.groups or self.platforms)

    @property
    def words(self) -> str:
        """``Finance, APT29; only what may run on Windows``, plain."""
        who = [_few([one_line(name) for name in (*self.sectors, *self.groups)], _NAMED)]
        runs = [f"only what may run on {_few(self.platforms)}"] if self.platforms else []
        return "; ".join(part for part in (*who, *runs) if part)

    @property
    def said(self) -> str:
        """A plain sentence."""
        return f"Ranked for your team's profile: {self.words}."


def profile_page(profile: Profile, *, command: str, said: str = "") -> Reply:
    """Who the team is, and what comes of it.

    Args:
        profile: As it is kept.
        command: What stands before a verb: ``/attack``.
        said: What was just done, in a plain sentence.
    """
    unknown = f"{escape(', '.join(profile.unknown[:_LISTED]))}: in no release that is loaded, so not counted"
    rows = (
        labelled("Sectors", ", ".join(f"{name} ({counted(number, 'group')})" for name, number in profile.sectors)),
        labelled("Groups you watch", _few([linked_id(group) for group in profile.groups])),
        labelled("Groups unknown here", unknown if profile.unknown else ""),
        labelled("Platforms you run", escape(", ".join(profile.platforms))),
    )
    by = f" by <@{profile.by}>" if profile.by.isalnum() and profile.by[:1] in "UW" else ""
    saved = f"Last changed{by} on {day(profile.at)}" if profile.at else ""
    gist = _gist(profile) if profile else _NOTHING
    return Reply(
        text=escape(
            cut(" ".join(filter(None, (said, f"Your team's profile: {_in_words(profile)}"))), FALLBACK_CHARACTERS)
        ),
        blocks=(
            blocks.header("Your team's profile"),
            *paragraph(escape(said)),
            *paragraph(*rows),
            *paragraph(gist, f"{code(f'{command} gaps everyone')} ranks as if you had none." if profile else ""),
            *((blocks.context(saved),) if saved else ()),
            blocks.plain_context(
                f"{command} profile:  sector NAME  ·  group NAME, NAME  ·  platform NAME, NAME  ·  clear"
            ),
            *blocks.actions(
                [
                    blocks.button(
                        "Change it…" if profile else "Fill it in…", CHANGE, "profile|form|0", primary=not profile
                    ),
                    blocks.button("Gaps", f"{ASK}:also:0", asked_again("gaps")),
                ]
            ),
        ),
        share=asked_again("profile") if profile else "",
    )


_NOTHING = (
    "Nothing is said yet. Name the sectors you work in, the groups you watch and the platforms you run: gaps then "
    "begin with what is used against teams like yours."
)


def _gist(profile: Profile) -> str:
    parts = []
    if profile.leads_to:
        groups = "the group" if profile.leads_to == 1 else f"the {profile.leads_to} groups"
        uses = "uses" if profile.leads_to == 1 else "use"
        parts.append(f"Gaps begin with what {groups} behind this {uses}.")
    if profile.platforms:
        parts.append("Techniques for other platforms only are left out.")
    return " ".join(parts) or "No group is known by this, so gaps are ranked as for everyone."


def _in_words(profile: Profile) -> str:
    names = [
        *(name for name, _ in profile.sectors),
        *(one_line(group.name) for group in profile.groups),
        *profile.unknown,
        *profile.platforms,
    ]
    return ", ".join(names) or "nothing is said yet."


def _few(names: Sequence[str], most: int = _LISTED) -> str:
    left = len(names) - most
    return ", ".join(names[:most]) + (f" and {left} more" if left > 0 else "")


def ranked_line(ranked_for: RankedFor, *, command: str) -> str:
    """One line of a ranking, in mrkdwn: whom it is for, how to change that, how to see all."""
    change, everyone = code(f"{command} profile"), code(f"{command} gaps everyone")
    return f"*Ranked for your profile*  {escape(ranked_for.words)}  ·  {change} changes it, {everyone} shows all"


def suggestion(*, command: str) -> Block:
    """Small print under a ranking that is nobody's."""
    return blocks.context(
        f"Ranked by what is used most. Say who you are with {code(f'{command} profile')}: what is used against teams "
        "like yours then comes first."
    )
