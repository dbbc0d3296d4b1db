"""What the rules claim: all of it, or for a technique, a tactic, a group, a platform, a domain, a source; of a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from bot.commands.teams import without_team
from bot.views.claims import technique_page
from bot.views.coverage import NOTHING_IMPORTED, coverage_page, selection_page, source_page
from bot.views.messages import sentence
from knowledge.model import Domain, Group, Tactic, Technique

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Reference, Toolbox
    from bot.views.reply import Reply
    from bot.views.whose import Team
    from knowledge.coverage import Coverage

Subject = Domain | Technique | Tactic | Group | Platform | SourceName


def show_coverage(request: Request, toolbox: Toolbox) -> Reply:
    """A summary by tactic, or the part that the words name; of one team's rules where they name one."""
    reference = toolbox.reference()
    if not reference.catalog.releases:
        return sentence(NOTHING_LOADED)
    if not toolbox.store.detections(request.team):
        return sentence(NOTHING_IMPORTED)
    words, page = paged_words(request.text)
    words, team = without_team(words, toolbox, request.team)
    coverage = toolbox.coverage(request.team, team)
    subject = subject_of(words, coverage, reference)
    if isinstance(subject, Domain):
        return coverage_page(coverage, subject, team=team, teams=toolbox.teams(request.team))
    return _page(subject, coverage, page, team)


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
            raise UnclearError(f'No platform is called "{rest}".')
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


def _page(
    subject: Technique | Tactic | Group | Platform | SourceName, coverage: Coverage, page: int, team: Team
) -> Reply:
    match subject:
        case Technique():
            found = coverage.of(subject)
            if found is None:
                raise UnclearError(f"{subject.id} {subject.name} is retired, and ATT&CK names no successor.")
            return technique_page(coverage, found, page, team=team)
        case Tactic():
            return selection_page(
                f"Coverage of {subject.id} {subject.name}",
                coverage.summary(subject.name, tactic=subject),
                coverage.techniques(tactic=subject),
                ask=f"coverage tactic {subject.id}",
                buttons=(("Gaps", f"gaps tactic {subject.id}"),),
                team=team,
            )
        case Group():
            return selection_page(
                f"Coverage of what {subject.name} does",
                coverage.summary(subject.name, group=subject),
                coverage.techniques(group=subject),
                ask=f"coverage group {subject.id}",
                buttons=(("Gaps", f"gaps group {subject.id}"), ("Heat map", f"heatmap group {subject.id}")),
                team=team,
            )
        case Platform(name):
            return selection_page(
                f"Coverage of {name}",
                coverage.summary(name, platform=name),
                coverage.techniques(platform=name),
                ask=f"coverage platform {name}",
                buttons=(("Gaps", f"gaps platform {name}"),),
                team=team,
            )
        case SourceName(name):
            whole = next(each for each in coverage.by_source if each.source == name)
            claimed = [each for each in coverage.techniques() if any(name == source for source, _ in each.sources)]
            return source_page(whole, claimed, team=team)
