"""What the rules claim: all of it, or for a technique, a tactic, a group, a platform, a domain, a source; of a team."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bot.commands.filters import Narrowed
from bot.commands.lookup import NOTHING_LOADED
from bot.commands.naming import (
    Platform,
    SourceName,
    UnclearError,
    domain_named,
    group_named,
    loaded_domain,
    main_domain,
    meant,
    paged_words,
    platform_named,
    tactic_named,
)
from bot.commands.profile_words import all_platforms
from bot.commands.ranking import GapQuestion, ranked_gaps
from bot.commands.teams import without_team
from bot.views.claims import technique_page, unknown_page
from bot.views.coverage import NOTHING_IMPORTED, coverage_page, unplaced
from bot.views.messages import sentence
from bot.views.selection import selection_page, source_page
from knowledge.model import Domain, Group, Tactic, Technique
from knowledge.priorities import GapFilter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.commands.request import Request
    from bot.commands.toolbox import Reference, Toolbox
    from bot.views.reply import Reply
    from bot.views.whose import Team
    from knowledge.coverage import Coverage, Summary, TechniqueCoverage
    from knowledge.detections import Detection

Subject = Domain | Technique | Tactic | Group | Platform | SourceName


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every part of the answer is made from."""

    coverage: Coverage
    toolbox: Toolbox
    workspace: str
    team: Team
    command: str


def show_coverage(request: Request, toolbox: Toolbox, *, command: str = "") -> Reply:
    """A summary by tactic, or the part that the words name; of one team's rules where they name one.

    Args:
        request: Whose, and what was typed.
        toolbox: Knows the rest.
        command: What stands before a verb; the slash command unless given.
    """
    reference = toolbox.reference()
    if not reference.catalog.releases:
        return sentence(NOTHING_LOADED)
    if not toolbox.store.detections(request.team):
        return sentence(NOTHING_IMPORTED)
    words, page = paged_words(request.text)
    words, team = without_team(words, toolbox, request.team)
    coverage = toolbox.coverage(request.team, team)
    if ahead := _ahead(words, coverage):
        return unknown_page(words.upper(), ahead, coverage.catalog.releases, page, team=team)
    subject = subject_of(words, coverage, reference)
    asked = _Asked(coverage, toolbox, request.team, team, command or toolbox.command)
    if isinstance(subject, Domain):
        return coverage_page(coverage, subject, team=team, teams=toolbox.teams(request.team), command=asked.command)
    return _page(subject, asked, page)


def _ahead(words: str, coverage: Coverage) -> list[Detection]:
    """The rules that name an id which no loaded release has; none where the words are no such id."""
    written = words.upper()
    if not any(each.id.upper() == written for each in coverage.unknown_ids):
        return []
    return [each for each in coverage.detections if any(key.upper() == written for key in each.ids)]


def subject_of(words: str, coverage: Coverage, reference: Reference) -> Subject:
    """What somebody wants the coverage of; the main domain where no words say.

    Raises:
        UnclearError: The words name nothing that has coverage.
    """
    if not words:
        return main_domain(reference)
    first, _, rest = words.partition(" ")
    sources = {each.source.casefold(): each.source for each in coverage.by_source}
    match first.casefold(), rest.strip():
        case "domain", rest if rest:
            return loaded_domain(rest, reference)
        case "platform", rest if rest:
            if found := platform_named(rest, reference):
                return found
            raise UnclearError(f'No platform is called "{rest}"; there are {", ".join(all_platforms(reference))}.')
        case "tactic", rest if rest:
            return tactic_named(rest, reference)
        case "group", rest if rest:
            return group_named(rest, reference)
        case "source", rest if rest:
            if rest.casefold() not in sources:
                raise UnclearError(f'No source is called "{rest}"; there are {", ".join(sources.values())}.')
            return SourceName(sources[rest.casefold()])
        case "technique", rest if rest:
            return meant(rest, reference)
    if domain_named(words):
        return loaded_domain(words, reference)
    if words.casefold() in sources:
        return SourceName(sources[words.casefold()])
    return platform_named(words, reference) or meant(words, reference)


def _page(subject: Technique | Tactic | Group | Platform | SourceName, asked: _Asked, page: int) -> Reply:
    coverage = asked.coverage
    match subject:
        case Technique():
            found = coverage.of(subject)
            if found is None:
                raise UnclearError(f"{subject.id} {subject.name} is retired, and ATT&CK names no successor.")
            return technique_page(coverage, found, page, team=asked.team, command=asked.command)
        case Tactic():
            return _selection(
                asked,
                f"Coverage of {subject.id} {subject.name}",
                coverage.summary(subject.name, tactic=subject),
                coverage.techniques(tactic=subject),
                GapFilter(tactic=subject, limit=None),
                ask=f"tactic {subject.id}",
            )
        case Group():
            return _selection(
                asked,
                f"Coverage of what {subject.name} does",
                coverage.summary(subject.name, group=subject),
                coverage.techniques(group=subject),
                GapFilter(groups=(subject,), limit=None),
                ask=f"group {subject.id}",
                tactics=_by_tactic(coverage, group=subject),
                buttons=(("Heat map", f"heatmap group {subject.id}"),),
            )
        case Platform(name):
            return _selection(
                asked,
                f"Coverage of {name}",
                coverage.summary(name, platform=name),
                coverage.techniques(platform=name),
                GapFilter(platforms=(name,), limit=None),
                ask=f"platform {name}",
                tactics=_by_tactic(coverage, platform=name),
            )
        case SourceName(name):
            whole = next(each for each in coverage.by_source if each.source == name)
            claimed = [each for each in coverage.techniques() if any(name == source for source, _ in each.sources)]
            return source_page(whole, claimed, team=asked.team)


def _selection(
    asked: _Asked,
    title: str,
    whole: Summary,
    found: Sequence[TechniqueCoverage],
    gaps: GapFilter,
    *,
    ask: str,
    tactics: Sequence[Summary] = (),
    buttons: Sequence[tuple[str, str]] = (),
) -> Reply:
    """The page of what was selected, its gaps in the order in which ``gaps`` ranks them."""
    ranked = ranked_gaps(GapQuestion(Narrowed(gaps), asked.team), asked.toolbox, asked.workspace).report.rows
    place = {row.coverage.technique.id: row.rank for row in ranked}
    return selection_page(
        title,
        whole,
        sorted(found, key=lambda each: (place.get(each.technique.id, len(place) + 1), each.technique.id)),
        ask=f"coverage {ask}",
        tactics=tactics,
        buttons=(("Gaps", f"gaps {ask}"), *buttons),
        warning=unplaced(asked.coverage),
        team=asked.team,
        command=asked.command,
    )


def _by_tactic(coverage: Coverage, *, platform: str = "", group: Group | None = None) -> list[Summary]:
    """One line a tactic that has any of it, in the order of the matrix, domain by domain."""
    every = [
        (domain, coverage.summary(tactic.name, domain=domain, tactic=tactic, platform=platform, group=group))
        for domain in (release.domain for release in coverage.catalog.releases)
        for tactic in coverage.catalog.tactics(domain)
    ]
    held = [(domain, each) for domain, each in every if each.techniques or each.subtechniques]
    several = len({domain for domain, _ in held}) > 1
    return [replace(each, label=f"{each.label} ({domain})") if several else each for domain, each in held]
