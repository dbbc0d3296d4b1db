"""Coverage, gaps, a group or an overlap as a file: a Navigator layer, a table, a picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.commands.filters import narrowed
from bot.commands.lookup import NOTHING_LOADED
from bot.commands.naming import UnclearError, domain_named, group_named, listed, loaded_domain, main_domain
from bot.views.asking import asked_again
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
from knowledge.priorities import rank_gaps

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply
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
        return replace(sentence(said), share=share).with_file(file)

    return export


def exported(words: str, chosen: ExportFormat, toolbox: Toolbox, workspace: str) -> tuple[File, str]:
    """The file, and what it shows in a few sentences.

    Args:
        words: The subject; coverage unless told, and of the main domain unless told.
        chosen: The format.
        toolbox: Knows the rest.
        workspace: Whose rules.

    Raises:
        UnclearError: The words name no subject.
        UnknownFilterError: A platform or a log source that nobody knows.
        UnknownSectorError: A sector that nobody knows.
    """
    layer, report = _layer(words, toolbox, workspace)
    coverage, release = toolbox.coverage(workspace), layer.release
    made_on = toolbox.now().date().isoformat()
    stem = re.sub(r"[^\w.]+", "-", f"attack {layer.subject} {layer.title} {release.label}".casefold()).strip("-")
    stem = stem.replace(f"{layer.subject}-{layer.subject}-", f"{layer.subject}-")
    if chosen is ExportFormat.NAVIGATOR:
        return File(f"{stem}.json", navigator_json(coverage.catalog, layer, made_on=made_on)), layer.text
    if chosen is ExportFormat.PNG:
        picture = draw_heatmap(coverage.catalog, layer, made_on=made_on)
        return File(f"{stem}.png", picture.png, picture.text[:_ALT]), picture.text
    if report is not None:
        return File(f"{stem}.csv", gaps_csv(coverage.catalog, report)), layer.text
    if layer.subject == "coverage":
        return File(f"{stem}.csv", coverage_csv(coverage, release.domain)), layer.text
    return File(f"{stem}.csv", layer_csv(coverage.catalog, layer)), layer.text


def _layer(words: str, toolbox: Toolbox, workspace: str) -> tuple[Layer, GapReport | None]:
    reference, coverage = toolbox.reference(), toolbox.coverage(workspace)
    if domain_named(words):
        words = f"domain {words}"
    named = _DOMAIN.search(words)
    domain = loaded_domain(named[1], reference) if named else None
    rest = _DOMAIN.sub("", words).strip()
    subject, _, rest = rest.partition(" ")
    match subject.casefold():
        case "" | "coverage":
            if rest:
                raise UnclearError(f'Of coverage, a whole domain is drawn, not "{rest[:80]}".')
            return coverage_layer(coverage, domain or main_domain(reference)), None
        case "gaps":
            asked = narrowed(rest, reference)
            chosen = domain or asked.wanted.domain or main_domain(reference)
            wanted = replace(asked.wanted, domain=chosen)
            report = rank_gaps(coverage, toolbox.evidence(), wanted)
            title = " · ".join(("Gaps", *(each for each in asked.about if each.casefold() != chosen)))
            return replace(gaps_layer(coverage, report, chosen), title=title), report
        case "group" | "overlap" | "groups":
            groups = [group_named(each, reference) for each in listed(rest)]
            if not groups:
                raise UnclearError("Which group? For example: group APT29, or overlap APT29, FIN7.")
            if domain is None:
                used = [each for group in groups for each in coverage.techniques(group=group)]
                domain = _busiest([each for found in used for each in found.technique.domains], main_domain(reference))
            if len(groups) == 1:
                return group_layer(coverage, groups[0], domain), None
            return overlap_layer(coverage, groups, domain), None
        case _:
            group = group_named(f"{subject} {rest}".strip(), reference)
            return _layer(f"group {group.id}" + (f" domain {domain}" if domain else ""), toolbox, workspace)


def _busiest(domains: list[Domain], otherwise: Domain) -> Domain:
    return max(domains, key=domains.count) if domains else otherwise
