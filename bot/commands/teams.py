"""Teams that share a workspace: known by the labels of their sources, named in words such as ``team red``."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from bot.commands.naming import UnclearError
from bot.views.whose import EVERYBODY, Team
from knowledge.model import Group, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.commands.toolbox import Toolbox
    from knowledge.store import Source

_WORD = "team"
_NAMED = 8
_LONGEST = 60
_ALIKE = 0.8
"""From which likeness on words are a name with a typing error in it."""
_NO_LABELS = (
    "no source has a label yet, which 'attackbot coverage import PATH --label TEAM' or the import form gives it"
)


class UnknownTeamError(UnclearError):
    """A team was named that no source belongs to.

    Args:
        written: What was asked for; empty where nothing stood behind the word.
        teams: Those there are, for the message.
    """

    def __init__(self, written: str, teams: Sequence[Team]) -> None:
        named = ", ".join(team.name[:_LONGEST] for team in teams[:_NAMED])
        more = f" and {len(teams) - _NAMED} more" if len(teams) > _NAMED else ""
        asked = f'No team is called "{written[:_LONGEST]}"' if written else "The word team wants a label behind it"
        super().__init__(f"{asked}; {f'there are {named}{more}' if teams else _NO_LABELS}.")


def teams_of(sources: Iterable[Source]) -> tuple[Team, ...]:
    """The teams that sources belong to, by name.

    A source without a label is everyone's. Labels that differ in case or spaces only are one team's.
    """
    labels: dict[tuple[str, ...], set[str]] = {}
    held: dict[tuple[str, ...], int] = {}
    for each in sources:
        key = _folded(each.latest.label)
        labels.setdefault(key, set()).add(each.latest.label)
        held[key] = held.get(key, 0) + each.detections
    shared = held.get((), 0)
    teams = (
        Team(" ".join(min(written).split()), tuple(sorted(written)), held[key], shared)
        for key, written in labels.items()
        if key
    )
    return tuple(sorted(teams, key=lambda team: team.name.casefold()))


def team_named(label: str, teams: Sequence[Team]) -> Team:
    """The team of this label, in any case.

    Raises:
        UnknownTeamError: There is none.
    """
    found = next((team for team in teams if _folded(team.name) == _folded(label)), None)
    if found is None or not _folded(label):
        raise UnknownTeamError(label.strip(), teams)
    return found


def without_team(text: str, toolbox: Toolbox, workspace: str) -> tuple[str, Team]:
    """Take ``team LABEL`` out of what somebody typed.

    The longest label behind the word counts, so that ``team red team windows`` is *red team* on Windows where there is
    such a label. A group's or a source's name that holds the word, such as *Sandworm Team*, is left alone.

    Returns:
        The other words, and the team; `EVERYBODY` where none is named.

    Raises:
        UnknownTeamError: The word stands there, and behind it no team there is.
    """
    words = text.split()
    places = [at for at, word in enumerate(words) if word.casefold().rstrip(":") == _WORD]
    if not places:
        return text, EVERYBODY
    teams = toolbox.teams(workspace)
    for at in places:
        for end in range(len(words), at + 1, -1):
            key = _folded(" ".join(words[at + 1 : end]))
            if key and (found := next((team for team in teams if _folded(team.name) == key), None)):
                return " ".join((*words[:at], *words[end:])).strip(" ,"), found
    names = _names_with_the_word(toolbox, workspace)
    for at in places:
        behind = words[at + 1 : at + 2]
        if (behind or at == 0) and not any(_within(name, words, at) for name in names):
            raise UnknownTeamError(" ".join(behind).strip(" ,"), teams)
    return text, EVERYBODY


def _names_with_the_word(toolbox: Toolbox, workspace: str) -> list[tuple[str, ...]]:
    groups = (each for each in toolbox.reference().catalog.objects(Kind.GROUP) if isinstance(each, Group))
    names = [name for group in groups for name in (group.name, *group.aliases)]
    names += [source.latest.name for source in toolbox.store.sources(workspace)]
    return [folded for name in names if _WORD in (folded := _folded(name))]


def _within(name: tuple[str, ...], words: Sequence[str], at: int) -> bool:
    """Whether the word at this place is part of the name, typing errors in the others and all."""
    folded, written = _folded(" ".join(words)), " ".join(name)
    first = at - name.index(_WORD)
    return first >= 0 and SequenceMatcher(None, written, " ".join(folded[first : first + len(name)])).ratio() >= _ALIKE


def _folded(label: str) -> tuple[str, ...]:
    """What labels are compared by: their words, whatever case, quotes and commas around them."""
    return tuple(word.strip('",“”') for word in label.casefold().split())
