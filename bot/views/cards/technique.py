"""A technique's card: at three in the morning, what it is, how to see it, who does it and what stops it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.views.cards import detection
from bot.views.cards.frame import (
    OVERVIEW,
    Page,
    Section,
    Sections,
    labelled,
    linked,
    linked_id,
    listing,
    paragraph,
)
from bot.views.cards.related import (
    counted,
    described,
    escaped_list,
    kind_of,
    known_as,
    names,
    openable,
    said,
)
from bot.views.mrkdwn import escape, link
from bot.views.prose import parse
from knowledge.catalog import Catalog, Related
from knowledge.model import AttackObject, Group, Technique

_PROCEDURES_A_PAGE = 5
_USERS_A_PAGE = 15
_MITIGATIONS_A_PAGE = 6
_SUBTECHNIQUES_A_PAGE = 8
_BEST_KNOWN = 4


def overview(catalog: Catalog, technique: Technique, _page: int) -> Page:
    """What matters next, on one screen."""
    tactics = catalog.tactics_of(technique)
    gist = parse(technique.description).gist(1).plain(240)
    return Page(
        (
            *paragraph(_where(catalog, technique)),
            *paragraph(described(technique) or "_This release gives no description._"),
            *paragraph(detection.at_a_glance(catalog, technique)),
            *paragraph(_used_by(catalog, technique)),
            *paragraph(_mitigated_by(catalog, technique)),
            *paragraph(_more(catalog, technique)),
        ),
        ". ".join(part for part in (", ".join(each.name for each in tactics), gist) if part),
    )


def _where(catalog: Catalog, technique: Technique) -> str:
    tactics = ", ".join(linked(tactic) for tactic in catalog.tactics_of(technique))
    parent = catalog.parent_of(technique)
    parts = [f"*{tactics}*" if tactics else "", escaped_list(technique.platforms)]
    if parent:
        parts.append(f"sub-technique of {linked_id(parent)}")
    parts += [f"{escape(label).lower()}: {escape(text).lower()}" for label, text in technique.extras if text != "no"]
    return "  ·  ".join(part for part in parts if part)


def _used_by(catalog: Catalog, technique: Technique) -> str:
    groups = catalog.groups_using(technique)
    software = catalog.software_using(technique)
    campaigns = catalog.campaigns_using(technique)
    if not (groups or software or campaigns):
        return ""
    parts = [
        counted(len(groups), "group") if groups else "",
        counted(len(software), "software", "software") if software else "",
        counted(len(campaigns), "campaign") if campaigns else "",
    ]
    kinds = [part for part in parts if part]
    known: list[AttackObject] = [*best_known(catalog, groups)]
    known = known or [each.object for each in software] or [each.object for each in campaigns]
    shown = names(known[:_BEST_KNOWN], _BEST_KNOWN)
    among = ": " if len(known) <= _BEST_KNOWN and len(kinds) == 1 else ", among them "
    return labelled("Used by", ", ".join(kinds) + among + shown)


def best_known(catalog: Catalog, groups: Iterable[Related[Group]]) -> list[Group]:
    """Groups by how many techniques ATT&CK knows of them, those it ties in only by a campaign last."""
    ranked = sorted(
        groups, key=lambda each: (each.via is not None, -len(catalog.techniques_used_by(each.object)), each.object.name)
    )
    return [each.object for each in ranked]


def _mitigated_by(catalog: Catalog, technique: Technique) -> str:
    found = [each.object for each in catalog.mitigations_of(technique)]
    release = catalog.release_of(technique)
    if found:
        return labelled("Stopped by", names(found))
    if technique.retired or (release and release.snapshot):
        return ""
    return labelled("Stopped by", "no known mitigation")


def _more(catalog: Catalog, technique: Technique) -> str:
    subtechniques = catalog.subtechniques_of(technique)
    assets = catalog.assets_of(technique)
    parts = []
    if subtechniques:
        parts.append(labelled("Sub-techniques", f"{len(subtechniques)}: {names(subtechniques)}"))
    if assets:
        parts.append(labelled("Aimed at", names(assets)))
    if technique.capec_ids:
        shown = (
            link(f"https://capec.mitre.org/data/definitions/{each.removeprefix('CAPEC-')}.html", each)
            for each in technique.capec_ids
        )
        parts.append(labelled("CAPEC", ", ".join(shown)))
    return "\n".join(parts)


def procedures(catalog: Catalog, technique: Technique, page: int) -> Page:
    """Procedure examples with their sources."""
    return listing(
        "Procedures",
        catalog.procedures_of(technique),
        page,
        _PROCEDURES_A_PAGE,
        lambda each: said(catalog, each),
    )


def _users(catalog: Catalog, technique: Technique) -> tuple[Related[AttackObject], ...]:
    return (
        *catalog.groups_using(technique),
        *catalog.campaigns_using(technique),
        *catalog.software_using(technique),
    )


def users(catalog: Catalog, technique: Technique, page: int) -> Page:
    """Groups, campaigns and software, a line each."""
    return listing(
        "Groups and software",
        _users(catalog, technique),
        page,
        _USERS_A_PAGE,
        _user,
        compact=True,
    )


def _user(related: Related[AttackObject]) -> str:
    item = related.object
    aliases = known_as(item)
    via = f" · via campaign {linked(related.via)}" if related.via else ""
    return f"• {linked(item)} {escape(item.id)}, {kind_of(item)}" + (f" ({aliases})" if aliases else "") + via


def mitigations(catalog: Catalog, technique: Technique, page: int) -> Page:
    """Mitigations, each with how."""
    return listing(
        "Mitigations",
        catalog.mitigations_of(technique),
        page,
        _MITIGATIONS_A_PAGE,
        lambda each: said(catalog, each),
    )


def subtechniques(catalog: Catalog, technique: Technique, page: int) -> Page:
    """Sub-techniques, each with a button that opens it."""
    return openable(
        f"Sub-techniques of {technique.name}", catalog.subtechniques_of(technique), page, _SUBTECHNIQUES_A_PAGE
    )


SECTIONS: Sections = {
    OVERVIEW: Section("Overview", overview),
    "detection": Section("Detection", detection.detection, detection.count),
    "procedures": Section("Procedures", procedures, lambda c, t: len(c.procedures_of(t))),
    "groups": Section("Groups and software", users, lambda c, t: len(_users(c, t))),
    "mitigations": Section("Mitigations", mitigations, lambda c, t: len(c.mitigations_of(t))),
    "subtechniques": Section("Sub-techniques", subtechniques, lambda c, t: len(c.subtechniques_of(t))),
}
