"""Coverage, gaps, a group or an overlap as a file: a Navigator layer, a table, a picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.commands.lookup import NOTHING_LOADED
from bot.commands.naming import UnclearError, domain_named, group_named, listed, loaded_domain, main_domain
from bot.commands.ranking import gap_question, ranked_gaps
from bot.commands.teams import without_team
from bot.views.asking import asked_again
from bot.views.cards.frame import paragraph
from bot.views.coverage import unplaced
from bot.views.messages import sentence
from bot.views.reply import File
from knowledge.exports import (
    coverage_csv,
    coverage_layer,
    draw_heatmap,
    gaps_csv,
    gaps_layer,
    group_layer,
    layer_csv,
    navigator_json,
    overlap_layer,
)

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply
    from bot.views.whose import Team
    from knowledge.coverage import Coverage
    from knowledge.exports import Layer
    from knowledge.model import Domain
    from knowledge.priorities import GapReport

_ALT = 1_000
"""Characters of a picture's text; Slack takes 1,000."""

_FORMAT = re.compile(
    r"(?:^|\s+)(?:as\s+(?:an?\s+)?)?(navigator|layer|json|csv|table|png|picture|heat\s?map)\s*$", re.IGNORECASE
)
_DOMAIN = re.compile(r"(?:^|\s+)domain\s+(\w+)\b", re.IGNORECASE)


class ExportFormat(StrEnum):
    """What a file can be."""

    NAVIGATOR = "navigator"
    CSV = "csv"
    PNG = "png"


_WORDS = {
    **dict.fromkeys(("navigator", "layer", "json"), ExportFormat.NAVIGATOR),
    **dict.fromkeys(("csv", "table"), ExportFormat.CSV),
}


def export_as(default: ExportFormat) -> Callable[[Request, Toolbox], Reply]:
    """A command that hands over ``coverage``, ``gaps FILTERS``, ``group X`` or ``overlap X, Y``, as told or as this."""

    def export(request: Request, toolbox: Toolbox) -> Reply:
        if not toolbox.reference().catalog.releases:
            return sentence(NOTHING_LOADED)
        words, chosen = request.text.strip(), default
        if found := _FORMAT.search(words):
            words, chosen = words[: found.start()], _WORDS.get(found[1].casefold(), ExportFormat.PNG)
        file, said = exported(words.strip(), chosen, toolbox, request.team)
        share = asked_again(f"export {words.strip()} as {chosen}".replace("  ", " "))
        reply = sentence(said)
        ahead = "" if words.casefold().startswith("overlap") else unplaced(toolbox.coverage(request.team))
        return replace(reply, blocks=(*reply.blocks, *paragraph(ahead)), share=share).with_file(file)

    return export


def exported(words: str, chosen: ExportFormat, toolbox: Toolbox, workspace: str) -> tuple[File, str]:
    """The file, and what it shows in a few sentences.

    Args:
        words: The subject; coverage unless told, of the main domain unless told, of the whole workspace unless a team
            is named.
        chosen: The format.
        toolbox: Knows the rest.
        workspace: Whose rules.

    Raises:
        UnclearError: The words name no subject, or no team there is.
        UnknownFilterError: A platform or a log source that nobody knows.
        UnknownSectorError: A sector that nobody knows.
    """
    drawn = _drawn(words, toolbox, workspace)
    layer, coverage, release = drawn.layer, drawn.coverage, drawn.layer.release
    made_on = toolbox.now().date().isoformat()
    stem = re.sub(r"[^\w.]+", "-", f"attack {layer.subject} {layer.title} {release.label}".casefold()).strip("-")
    stem = stem.replace(f"{layer.subject}-{layer.subject}-", f"{layer.subject}-")
    if chosen is ExportFormat.NAVIGATOR:
        return File(f"{stem}.json", navigator_json(coverage.catalog, layer, made_on=made_on)), layer.text
    if chosen is ExportFormat.PNG:
        picture = draw_heatmap(coverage.catalog, layer, made_on=made_on)
        return File(f"{stem}.png", picture.png, picture.text[:_ALT]), layer.text
    if drawn.report is not None:
        return File(f"{stem}.csv", gaps_csv(coverage.catalog, drawn.report)), layer.text
    if layer.subject == "coverage":
        return File(f"{stem}.csv", coverage_csv(coverage, release.domain)), layer.text
    return File(f"{stem}.csv", layer_csv(coverage.catalog, layer)), layer.text


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A layer, what it was made over, and of gaps the ranking."""

    layer: Layer
    coverage: Coverage
    report: GapReport | None = None


def _drawn(words: str, toolbox: Toolbox, workspace: str) -> _Drawn:
    reference = toolbox.reference()
    words, team = without_team(words, toolbox, workspace)
    if domain_named(words):
        words = f"domain {words}"
    named = _DOMAIN.search(words)
    domain = loaded_domain(named[1], reference) if named else None
    words = _DOMAIN.sub("", words).strip()
    subject, _, rest = words.partition(" ")
    if subject.casefold() == "gaps":
        return _gaps(rest, domain, team, toolbox, workspace)
    coverage = toolbox.coverage(workspace, team)
    if subject.casefold() in ("", "coverage"):
        if rest:
            raise UnclearError(f'Of coverage, a whole domain is drawn, not "{rest[:80]}".')
        return _Drawn(_for(team, coverage_layer(coverage, domain or main_domain(reference))), coverage)
    if subject.casefold() in ("group", "groups", "overlap"):
        groups = [group_named(each, reference) for each in listed(rest)]
    else:
        groups = [group_named(words, reference)]
    if not groups:
        raise UnclearError("Which group? For example: group APT29, or overlap APT29, FIN7.")
    if domain is None:
        used = [each for group in groups for each in coverage.techniques(group=group)]
        domain = _busiest([each for found in used for each in found.technique.domains], main_domain(reference))
    if len(groups) == 1:
        return _Drawn(_for(team, group_layer(coverage, groups[0], domain)), coverage)
    return _Drawn(overlap_layer(coverage, groups, domain), coverage)  # the same for every team


def _gaps(words: str, domain: Domain | None, team: Team, toolbox: Toolbox, workspace: str) -> _Drawn:
    """The gaps of one domain, ranked as the reply in Slack ranks them."""
    question = gap_question(words, toolbox, workspace)
    chosen = domain or question.narrowed.wanted.domain or main_domain(toolbox.reference())
    wanted = replace(question.narrowed.wanted, domain=chosen)
    question = replace(question, narrowed=replace(question.narrowed, wanted=wanted), team=team)
    found = ranked_gaps(question, toolbox, workspace)
    title = " · ".join(("Gaps", *(each for each in found.about if each.casefold() != chosen)))
    layer = replace(gaps_layer(found.coverage, found.report, chosen), title=title)
    if found.ranked_for:
        layer = replace(layer, text=f"{found.ranked_for.said} {layer.text}")
    return _Drawn(_for(team, layer), found.coverage, found.report)


def _for(team: Team, layer: Layer) -> Layer:
    """The layer saying whose rules it shows."""
    if not team.name:
        return layer
    return replace(layer, title=team.titled(layer.title), text=f"{team.said} count here. {layer.text}")


def _busiest(domains: list[Domain], otherwise: Domain) -> Domain:
    return max(domains, key=domains.count) if domains else otherwise
