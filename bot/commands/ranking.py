"""Gaps as a team means them: counting its own rules, and ranked by who attacks teams like it.

The team's profile stands in where nobody says whose techniques matter. What its groups use then counts more, and
nothing is left out for it: a team in finance that asks for its gaps wants all of them, ordered. Only platforms leave
something out, since a team can do nothing about a gap on what it does not run. Whoever names a group or a sector asks
about these alone, and the profile stays out; so it does where ``everyone`` is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.commands.filters import Narrowed, narrowed
from bot.commands.profile import group_of
from bot.commands.teams import without_team
from bot.views.profile import RankedFor
from bot.views.whose import EVERYBODY, Team
from knowledge.priorities import rank_gaps
from knowledge.priorities.sectors import sector_named

if TYPE_CHECKING:
    from bot.commands.toolbox import Reference, Toolbox
    from knowledge.coverage import Coverage
    from knowledge.priorities import GapFilter, GapReport
    from knowledge.store import TeamProfile

_EVERYONE = "everyone"
_TITLED = 3


@dataclass(frozen=True, slots=True)
class GapQuestion:
    """Which gaps somebody wants.

    Attributes:
        narrowed: What narrows them.
        team: Whose rules count.
        everyone: As if the team had no profile.
    """

    narrowed: Narrowed
    team: Team = EVERYBODY
    everyone: bool = False


@dataclass(frozen=True, slots=True)
class RankedGaps:
    """The answer.

    Attributes:
        coverage: It was ranked over.
        about: What it was narrowed to, in words, for a title.
        ranked_for: What of the team's profile it rests on; nothing where the profile stayed out.
        by_sector: Groups were found by sectors, so that it matters of how many groups the sectors are known.
        strangers: Nobody was named, and the team has no profile that could stand in.
    """

    coverage: Coverage
    report: GapReport
    about: tuple[str, ...]
    team: Team
    ranked_for: RankedFor
    by_sector: bool
    strangers: bool


def gap_question(words: str, toolbox: Toolbox, workspace: str) -> GapQuestion:
    """Read what somebody typed behind ``gaps``.

    Raises:
        UnclearError: A word names nothing that can narrow the list, or no team there is.
    """
    rest, team = without_team(words, toolbox, workspace)
    kept = [word for word in rest.split() if word.casefold().strip(",") != _EVERYONE]
    everyone = len(kept) < len(rest.split())
    return GapQuestion(narrowed(" ".join(kept) if everyone else rest, toolbox.reference()), team, everyone)


def ranked_gaps(question: GapQuestion, toolbox: Toolbox, workspace: str) -> RankedGaps:
    """Rank them.

    Raises:
        UnknownFilterError: A platform or a log source that nobody knows.
        UnknownSectorError: A sector that nobody knows.
        StoreError: What the team told cannot be read.
    """
    asked, about = question.narrowed.wanted, question.narrowed.about
    profile = toolbox.store.profile(workspace)
    known = bool(profile.sectors or profile.groups or profile.platforms)
    plain = not (asked.groups or asked.sectors)
    wanted, ranked_for = asked, RankedFor()
    if known and plain and question.everyone:
        about = (*about, "without your profile")
    elif known and plain:
        wanted, ranked_for = for_profile(asked, profile, toolbox.reference())
        running = ranked_for.platforms
        if running:
            about = (*about, ", ".join(running) if len(running) <= _TITLED else f"your {len(running)} platforms")
    coverage = toolbox.coverage(workspace, question.team)
    return RankedGaps(
        coverage,
        rank_gaps(coverage, toolbox.evidence(), wanted),
        about,
        question.team,
        ranked_for,
        by_sector=bool(wanted.sectors or wanted.relevant_sectors),
        strangers=plain and not known,
    )


def for_profile(asked: GapFilter, profile: TeamProfile, reference: Reference) -> tuple[GapFilter, RankedFor]:
    """What is asked for, with what the profile adds, and that in words.

    What a later release has no word for any more is passed over: a kept profile never stands in an answer's way.
    """
    found = {group.id: group for each in profile.groups if (group := group_of(each, reference))}
    sectors = tuple(each for each in profile.sectors if sector_named(each))
    runs = _running(asked, profile, reference)
    wanted = replace(asked, relevant=tuple(found.values()), relevant_sectors=sectors, runs=runs)
    return wanted, RankedFor(sectors, tuple(group.name for group in found.values()), runs)


def _running(asked: GapFilter, profile: TeamProfile, reference: Reference) -> tuple[str, ...]:
    """The platforms that narrow: none where some are asked for, nor where the matrix asked for has none of them.

    A team that runs Windows and asks for the gaps of Mobile wants to see them.
    """
    if asked.platforms:
        return ()
    catalog = reference.catalog
    domains = asked.tactic.domains if asked.tactic else tuple(release.domain for release in catalog.releases)
    names = {
        name.casefold()
        for domain in ((asked.domain,) if asked.domain else domains)
        for technique in catalog.techniques(domain)
        for name in technique.platforms
    }
    return tuple(each for each in profile.platforms if each.casefold() in names)
