"""The words of a profile, read: ``sector finance group apt29, fin7 platform windows, linux``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.commands.filters import parts_of
from bot.commands.naming import UnclearError, exactly, group_named, listed, platform_named
from knowledge.model import Kind
from knowledge.priorities import UnknownSectorError
from knowledge.priorities.sectors import sector_named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.commands.toolbox import Reference
    from knowledge.store import TeamProfile

_KEYS = {
    **dict.fromkeys(("sector", "sectors", "industry"), "sector"),
    **dict.fromkeys(("group", "groups", "actor", "actors"), "group"),
    **dict.fromkeys(("platform", "platforms"), "platform"),
}
_NOTHING = frozenset({"none", "nothing", "no"})
HOW_TO = "It takes sector NAME, group NAME and platform NAME, each with commas between several, or clear."


class ProfileError(UnclearError):
    """A part of a profile that names nothing.

    Args:
        about: The part: ``sectors``, ``groups``, ``platforms``, or ``words`` for what names no part.
        text: One sentence.
    """

    def __init__(self, about: str, text: str) -> None:
        super().__init__(text)
        self.about = about


@dataclass(frozen=True, slots=True)
class ProfileWish:
    """What somebody wants the profile to say; None leaves a part as it is.

    Attributes:
        sectors: By the names of `knowledge.priorities.sectors.SECTORS`.
        groups: ATT&CK ids.
        platforms: In ATT&CK's spelling.
    """

    sectors: tuple[str, ...] | None = None
    groups: tuple[str, ...] | None = None
    platforms: tuple[str, ...] | None = None

    def over(self, other: ProfileWish) -> ProfileWish:
        """This, and of the other what this leaves as it is."""
        return ProfileWish(
            other.sectors if self.sectors is None else self.sectors,
            other.groups if self.groups is None else self.groups,
            other.platforms if self.platforms is None else self.platforms,
        )


def wished(words: str, reference: Reference, before: TeamProfile) -> ProfileWish:
    """Read what somebody typed behind ``profile``.

    Args:
        words: ``sector finance group apt29, fin7``; words without a part are guessed; ``none`` empties a part and
            ``clear`` all of them, or those named behind it.
        reference: Knows groups and platforms.
        before: The profile so far; what it holds may be named again, though no loaded release has it any more.

    Raises:
        ProfileError: A word names nothing that makes a profile.
    """
    first, *rest = words.split()
    if first.casefold() == "clear":
        return _cleared(rest)
    said: dict[str, list[str]] = {}
    for part, named in _parts(words):
        for each in [named] if part else named.split(","):
            if each.strip():
                said.setdefault(part or _guessed(each.strip(), reference), []).append(each)
    return read_wish(reference, before, **{f"{part}s": ", ".join(names) for part, names in said.items()})


def read_wish(
    reference: Reference,
    before: TeamProfile,
    *,
    sectors: str | None = None,
    groups: str | None = None,
    platforms: str | None = None,
) -> ProfileWish:
    """What the parts say, each as typed with commas between; None leaves one as it is, nothing or ``none`` empties it.

    Raises:
        ProfileError: A name is none.
    """
    return ProfileWish(
        None if sectors is None else tuple(dict.fromkeys(_sectors(sectors))),
        None if groups is None else tuple(dict.fromkeys(_groups(groups, reference, before))),
        None if platforms is None else tuple(dict.fromkeys(_platforms(platforms, reference, before))),
    )


def all_platforms(reference: Reference) -> tuple[str, ...]:
    """Platforms that techniques of the loaded releases name, but for those that are none."""
    names = {name for each in reference.catalog.techniques() for name in each.platforms}
    return tuple(sorted((name for name in names if name.casefold() not in ("pre", "none")), key=str.casefold))


def _cleared(parts: Iterable[str]) -> ProfileWish:
    named = [word.casefold().strip(",") for word in parts]
    unknown = [word for word in named if word not in _KEYS and word != "and"]
    if unknown:
        raise ProfileError(
            "words", f'"{unknown[0][:60]}" is no part of a profile; clear takes sectors, groups, platforms.'
        )
    cleared = {_KEYS[word] for word in named if word in _KEYS} or set(_KEYS.values())
    return ProfileWish(*(() if part in cleared else None for part in ("sector", "group", "platform")))


def _parts(words: str) -> list[tuple[str, str]]:
    try:
        return parts_of(words, _KEYS)
    except UnclearError as error:
        raise ProfileError("words", str(error)) from None


def _guessed(word: str, reference: Reference) -> str:
    if sector_named(word):
        return "sector"
    if platform_named(word, reference):
        return "platform"
    if exactly(word, (Kind.GROUP,), reference):
        return "group"
    raise ProfileError("words", f'"{word[:60]}" is no sector, group or platform by itself. {HOW_TO}')


def _named(text: str) -> tuple[str, ...]:
    names = listed(text)
    return () if len(names) == 1 and names[0].casefold() in _NOTHING else names


def _sectors(text: str) -> Iterable[str]:
    for each in [text] if sector_named(text) else _named(text):
        if not (sector := sector_named(each)):
            raise ProfileError("sectors", str(UnknownSectorError(each[:60])))
        yield sector


def _groups(text: str, reference: Reference, before: TeamProfile) -> Iterable[str]:
    for each in _named(text):
        if each.upper() in before.groups:
            yield each.upper()
            continue
        try:
            yield group_named(each, reference).id
        except UnclearError as error:
            raise ProfileError("groups", str(error)) from None


def _platforms(text: str, reference: Reference, before: TeamProfile) -> Iterable[str]:
    known = all_platforms(reference)
    spelled = {name.casefold(): name for name in (*before.platforms, *known)}
    for each in _named(text):
        if each.casefold() not in spelled:
            there = ", ".join(known) or "none"
            raise ProfileError("platforms", f'No platform is called "{each[:60]}"; there are {there}.')
        yield spelled[each.casefold()]
