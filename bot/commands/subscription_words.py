"""The words after ``subscribe``, read: ``#soc weekly monday 09:00 Europe/Berlin read group apt29 platform linux``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.commands.naming import UnclearError, exactly, group_named, listed, platform_named
from knowledge.digest import zone_named, zones_near
from knowledge.model import Kind, Technique
from knowledge.store import Frequency, Threshold

if TYPE_CHECKING:
    from bot.commands.toolbox import Reference

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_DAY = {word: at for at, name in enumerate(DAYS) for word in (name, name[:3], f"{name}s")} | {"tues": 1, "thurs": 3}
_FREQUENCY = {each.value: each for each in Frequency}
_WEIGHT = {each.value: each for each in Threshold}
_SUBJECTS = {
    **dict.fromkeys(("group", "groups"), "groups"),
    **dict.fromkeys(("platform", "platforms"), "platforms"),
    **dict.fromkeys(("technique", "techniques"), "techniques"),
}
_FILLERS = frozenset({"at", "on", "in", "to", "every", "each", "only", "for", "about"})
_CHANNEL = re.compile(r"<#(?P<id>[A-Z0-9]+)(?:\|[^>]*)?>|#(?P<name>[\w.-]+)|(?P<bare>[CDG][A-Z0-9]{6,})")
_TIME = re.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d{2}))?\s*(?P<half>am|pm)?", re.IGNORECASE)
_SHORT_ZONES = frozenset({"utc", "gmt", "cet", "eet", "wet", "est", "mst", "hst"})


class WordsError(UnclearError):
    """Words of a subscription that cannot be meant.

    Args:
        about: The part they are: ``channel``, ``day``, ``time``, ``zone``, ``groups``, ``platforms`` or ``words``.
        sentence: For the person.
    """

    def __init__(self, about: str, sentence: str) -> None:
        super().__init__(sentence)
        self.about = about


@dataclass(slots=True)
class Wish:
    """What somebody asked for; what they did not say is None or empty.

    Attributes:
        channel: Slack's id, or ``#`` and a name.
        weekday: 0 for Monday.
        time: ``HH:MM``.
        timezone: An IANA name.
    """

    channel: str = ""
    frequency: Frequency | None = None
    weekday: int | None = None
    time: str = ""
    timezone: str = ""
    weight: Threshold | None = None
    heartbeat: bool = False
    groups: list[str] = field(default_factory=list)
    platforms: list[str] = field(default_factory=list)
    techniques: list[str] = field(default_factory=list)


def read_wish(text: str, reference: Reference) -> Wish:
    """What the words ask for.

    Args:
        text: As typed.
        reference: Knows groups, platforms and techniques.

    Raises:
        WordsError: Words that mean nothing, contradict each other, or name what does not exist.
    """
    wish = Wish()
    subject = ""
    words: list[str] = []
    loose: list[str] = []

    def close() -> None:
        if subject:
            _narrow(wish, subject, " ".join(words), reference)

    tokens = text.replace(",", " , ").split()
    for at, token in enumerate(tokens):
        kind = _SUBJECTS.get(token.casefold(), "")
        if kind and not (subject == kind and words and words[-1] != "," and at + 1 == len(tokens)):
            close()
            subject, words = kind, []
        elif _setting(token, tokens[at + 1 : at + 2], wish):
            close()
            subject, words = "", []
        elif subject:
            words.append(token)
        elif token.casefold() not in _FILLERS:
            loose.append(token)
    close()
    for each in listed(" ".join(loose)):
        if each.casefold() != "and":
            _loose(wish, each, reference)
    if wish.frequency is Frequency.DAILY and wish.weekday is not None:
        raise WordsError("day", f"Daily is every day: leave out {DAYS[wish.weekday]}, or say weekly.")
    return wish


def _setting(token: str, following: list[str], wish: Wish) -> bool:
    """Take a word that says where, when or how much; False for any other."""
    word = token.casefold()
    if found := _CHANNEL.fullmatch(token):
        _once("channel", "channel", wish.channel, token)
        wish.channel = found["id"] or found["bare"] or f"#{found['name']}"
    elif word in _FREQUENCY:
        _once("day", "frequency", wish.frequency, token)
        wish.frequency = _FREQUENCY[word]
    elif word in _DAY:
        _once("day", "day", wish.weekday, token)
        wish.weekday = _DAY[word]
    elif word in _WEIGHT:
        _once("words", "weight", wish.weight, token)
        wish.weight = _WEIGHT[word]
    elif word == "heartbeat":
        wish.heartbeat = True
    elif word in ("am", "pm"):
        return bool(wish.time)  # read with the number before it
    elif (found := _TIME.fullmatch(token)) and (found["minute"] or found["half"] or _half(following)):
        _once("time", "time", wish.time, token)
        wish.time = read_time(token + _half(following))
    elif "/" in token or word in _SHORT_ZONES:
        _once("zone", "time zone", wish.timezone, token)
        wish.timezone = read_zone(token)
    else:
        return False
    return True


def _half(following: list[str]) -> str:
    return following[0] if following and following[0].casefold() in ("am", "pm") else ""


def read_time(text: str) -> str:
    """``HH:MM`` out of ``9:00``, ``09:00``, ``9.30``, ``9am`` or ``9:30 pm``.

    Raises:
        WordsError: It is no time of day.
    """
    found = _TIME.fullmatch(text.strip())
    hour, minute = (int(found["hour"]), int(found["minute"] or 0)) if found else (99, 99)
    half = (found["half"] or "").lower() if found else ""
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half:
        hour = 99
    bare = found is not None and not half and found["minute"] is None
    if hour > 23 or minute > 59 or bare:
        raise WordsError("time", f'"{text[:40]}" is no time of day; write it like 09:00.')
    return f"{hour:02}:{minute:02}"


def read_zone(text: str) -> str:
    """An IANA name in its own spelling.

    Raises:
        WordsError: There is no such zone.
    """
    zone = zone_named(text)
    if zone is None:
        near = zones_near(text)
        hint = f"did you mean {' or '.join(near)}?" if near else "write it like Europe/Berlin or UTC."
        raise WordsError("zone", f'There is no time zone "{text[:60]}"; {hint}')
    return zone


def _once(about: str, what: str, known: object, token: str) -> None:
    if known is not None and known != "":
        raise WordsError(about, f'One {what} a subscription: "{token[:60]}" is a second one.')


def _narrow(wish: Wish, subject: str, text: str, reference: Reference) -> None:
    names = listed(text)
    if not names:
        raise WordsError(subject, f"Which {subject}? Put names after the word, with commas between.")
    for name in names:
        try:
            if subject == "groups":
                wish.groups.append(group_named(name, reference).id)
            elif subject == "platforms":
                found = platform_named(name, reference)
                if found is None:
                    raise WordsError(subject, f'No platform of ATT&CK is called "{name[:60]}".')
                wish.platforms.append(found.name)
            else:
                wish.techniques.append(_technique(name, reference))
        except WordsError:
            raise
        except UnclearError as error:
            raise WordsError(subject, str(error)) from None


def _technique(name: str, reference: Reference) -> str:
    found = exactly(name, (Kind.TECHNIQUE,), reference)
    if not isinstance(found, Technique):
        answer = reference.lookup.find(name, kind=Kind.TECHNIQUE, limit=3)
        if not answer.clear:
            raise WordsError("techniques", f'No technique is plainly called "{name[:60]}"; an id is always clear.')
        return answer.matches[0].object.id
    return found.id


def _loose(wish: Wish, name: str, reference: Reference) -> None:
    """``subscribe apt29`` means only that: whatever has exactly this name or id."""
    if found := platform_named(name, reference):
        wish.platforms.append(found.name)
        return
    item = exactly(name, (Kind.TECHNIQUE, Kind.GROUP), reference)
    if item is not None:
        (wish.techniques if item.kind is Kind.TECHNIQUE else wish.groups).append(item.id)
        return
    if name.casefold() in ("hourly", "yearly", "never", "fortnightly", "biweekly"):
        raise WordsError("day", f'"{name}" is not offered; it is daily, weekly or monthly.')
    raise WordsError(
        "words",
        f'"{name[:60]}" is no day, time, time zone, platform, technique or group; write them like: '
        "weekly monday 09:00 Europe/Berlin read group apt29 platform linux.",
    )
