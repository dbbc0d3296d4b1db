"""Who the team is: the sectors it works in, the groups it watches, the platforms it runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.commands.lookup import NOTHING_LOADED
from bot.commands.profile_words import ProfileWish, read_wish, wished
from bot.views.messages import sentence
from bot.views.profile import Profile, profile_page
from knowledge.model import Group
from knowledge.priorities import Relevance
from knowledge.priorities.sectors import sector_named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.commands.request import Request
    from bot.commands.toolbox import Reference, Toolbox
    from bot.views.reply import Reply


def profile(request: Request, toolbox: Toolbox) -> Reply:
    """Who the team is; or ``sector NAME``, ``group NAME, NAME``, ``platform NAME``, ``clear`` to say it."""
    if not toolbox.reference().catalog.releases:
        return sentence(NOTHING_LOADED)
    if not request.text.strip():
        return tell_profile(request, toolbox)
    return keep(wished(request.text, toolbox.reference(), toolbox.store.profile(request.team)), request, toolbox)


def said_in_parts(
    request: Request,
    toolbox: Toolbox,
    *,
    sectors: Iterable[str] = (),
    groups: Iterable[str] = (),
    platforms: Iterable[str] = (),
    clear: bool = False,
) -> ProfileWish | None:
    """The words of a request with what each part says by its own name, as the command line's options do.

    Args:
        request: Whose, and what was typed.
        toolbox: Knows groups and platforms.
        sectors: Each in anybody's words; a part that is said here outdoes the words.
        groups: Likewise.
        platforms: Likewise.
        clear: What is not named is emptied.

    Returns:
        What is wished; None where nothing is said at all.

    Raises:
        ProfileError: A name is none.
    """
    reference, before = toolbox.reference(), toolbox.store.profile(request.team)
    parts = {"sectors": sectors, "groups": groups, "platforms": platforms}
    named = {part: ", ".join(texts) for part, texts in parts.items() if texts}
    wish = wished(request.text, reference, before) if request.text.strip() else ProfileWish()
    wish = wish.over(ProfileWish((), (), ())) if clear else wish
    wish = read_wish(reference, before, **named).over(wish)
    return None if wish == ProfileWish() else wish


def save(wish: ProfileWish, request: Request, toolbox: Toolbox) -> bool:
    """Keep what is wished, and return whether it says something else than before."""
    before = toolbox.store.profile(request.team)
    whole = wish.over(ProfileWish(before.sectors, before.groups, before.platforms))
    after = replace(before, sectors=whole.sectors or (), groups=whole.groups or (), platforms=whole.platforms or ())
    if after == before:
        return False
    at = toolbox.now().isoformat(timespec="seconds")
    return toolbox.store.save_profile(request.team, replace(after, by=request.user, at=at))


def keep(wish: ProfileWish, request: Request, toolbox: Toolbox, *, command: str = "") -> Reply:
    """Keep what is wished, and tell the whole profile."""
    said = "Kept; gaps are ranked with it from now on." if save(wish, request, toolbox) else "Nothing changed."
    return tell_profile(request, toolbox, said=said, command=command)


def tell_profile(request: Request, toolbox: Toolbox, *, said: str = "", command: str = "") -> Reply:
    """The profile as a message.

    Args:
        request: Whose.
        toolbox: Keeps it.
        said: What was just done.
        command: What stands before a verb; the slash command unless given.
    """
    return profile_page(described(request.team, toolbox), command=command or toolbox.command, said=said)


def described(workspace: str, toolbox: Toolbox) -> Profile:
    """The profile with the names and the counts that the loaded releases give it."""
    kept, index = toolbox.store.profile(workspace), toolbox.evidence().sectors
    groups = {each: group_of(each, toolbox.reference()) for each in kept.groups}
    known = tuple(group for group in groups.values() if group)
    sectors = tuple(each for each in kept.sectors if sector_named(each))
    return Profile(
        sectors=tuple((each, len(index.groups_targeting(each))) for each in sectors),
        groups=known,
        unknown=tuple(each for each, group in groups.items() if group is None),
        platforms=kept.platforms,
        leads_to=len(Relevance(known, sectors, index).ids),
        by=kept.by,
        at=kept.at,
    )


def group_of(attack_id: str, reference: Reference) -> Group | None:
    """The group of this id, or its successor; None where no loaded release has one."""
    found = reference.catalog.find(attack_id)
    group = found.object if found else None
    return group if isinstance(group, Group) and not group.retired else None
