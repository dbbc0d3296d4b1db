"""Who acts and with what: groups, software, campaigns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from bot.views.cards.frame import OVERVIEW, Page, Section, Sections, day, linked, linked_id, listing, paragraph
from bot.views.cards.related import counted, described, escaped_list, facts, known_as, names, said
from bot.views.mrkdwn import escape
from bot.views.prose import parse
from knowledge.catalog import Catalog, Related
from knowledge.model import AttackObject, Campaign, Group, Software, Technique

_TECHNIQUES_A_PAGE = 6
_OTHERS_A_PAGE = 6
_ALIASES = 12


def by_tactic(catalog: Catalog, techniques: Iterable[Technique]) -> str:
    """``Execution 12 · Persistence 4``: how many techniques each tactic has, in the matrix's order.

    Tactics of the same name in several domains count together.
    """
    counts = Counter(tactic.name for technique in techniques for tactic in catalog.tactics_of(technique))
    order = dict.fromkeys(tactic.name for tactic in catalog.tactics() if tactic.name in counts)
    return "  ·  ".join(f"{escape(name)} {counts[name]}" for name in order)


def _technique_facts(catalog: Catalog, user: AttackObject) -> tuple[str, str]:
    used = [each.object for each in catalog.techniques_used_by(user)]
    return "Techniques", f"{len(used)}:  {by_tactic(catalog, used)}" if used else ""


def _first(item: AttackObject) -> str:
    return parse(item.description).gist(1).plain(240)


def techniques(catalog: Catalog, user: AttackObject, page: int) -> Page:
    """Techniques with how they were used."""
    return listing(
        "Techniques", catalog.techniques_used_by(user), page, _TECHNIQUES_A_PAGE, lambda each: said(catalog, each)
    )


def software(catalog: Catalog, user: AttackObject, page: int) -> Page:
    """Malware and tools with how they were used."""
    return listing("Software", catalog.software_used_by(user), page, _OTHERS_A_PAGE, lambda each: said(catalog, each))


def _group(catalog: Catalog, group: Group, _page: int) -> Page:
    campaigns = catalog.campaigns_of(group)
    used = [each.object for each in catalog.software_used_by(group)]
    return Page(
        (
            *facts(("Also known as", known_as(group, _ALIASES))),
            *paragraph(described(group)),
            *facts(
                _technique_facts(catalog, group),
                ("Software", f"{len(used)}:  {names(used)}" if used else ""),
                ("Campaigns", ", ".join(_dated(each) for each in campaigns)),
            ),
        ),
        _first(group),
    )


def _campaigns(catalog: Catalog, group: Group, page: int) -> Page:
    found = tuple(Related(each, each.description) for each in catalog.campaigns_of(group))
    return listing("Campaigns", found, page, _OTHERS_A_PAGE, lambda each: _campaign_row(each.object))


def _campaign_row(campaign: Campaign) -> str:
    return f"*{linked_id(campaign)}* {seen(campaign)}\n{described(campaign)}"


def _dated(campaign: Campaign) -> str:
    return f"{linked(campaign)} {seen(campaign)}".strip()


def seen(campaign: Campaign) -> str:
    """``(2016-12)`` or ``(2020-01 to 2020-12)``; empty where the release does not say."""
    first, last = day(campaign.first_seen)[:7], day(campaign.last_seen)[:7]
    when = first if first == last else " to ".join(each for each in (first, last) if each)
    return f"({when})" if when else ""


def _software(catalog: Catalog, item: Software, _page: int) -> Page:
    users = [each.object for each in catalog.users_of(item)]
    groups = [each for each in users if isinstance(each, Group)]
    campaigns = len(users) - len(groups)
    used_by = f"{counted(len(groups), 'group')}:  {names(groups)}" if groups else ""
    if campaigns:
        used_by += ("  ·  " if used_by else "") + counted(campaigns, "campaign")
    platforms = escaped_list(item.platforms)
    kind = "Malware" if item.software_type == "malware" else "Tool"
    return Page(
        (
            *paragraph(f"*{kind}*" + (f"  ·  {platforms}" if platforms else "")),
            *facts(("Also known as", known_as(item, _ALIASES))),
            *paragraph(described(item)),
            *facts(_technique_facts(catalog, item), ("Used by", used_by)),
        ),
        _first(item),
    )


def _users(catalog: Catalog, item: Software, page: int) -> Page:
    return listing("Used by", catalog.users_of(item), page, _OTHERS_A_PAGE, lambda each: said(catalog, each))


def _campaign(catalog: Catalog, campaign: Campaign, _page: int) -> Page:
    used = [each.object for each in catalog.software_used_by(campaign)]
    behind = catalog.groups_behind(campaign)
    return Page(
        (
            *facts(
                ("Seen", seen(campaign).strip("()")),
                ("Also known as", known_as(campaign, _ALIASES)),
                ("Attributed to", names(behind)),
            ),
            *paragraph(described(campaign)),
            *facts(
                _technique_facts(catalog, campaign),
                ("Software", f"{len(used)}:  {names(used)}" if used else ""),
            ),
        ),
        _first(campaign),
    )


_TECHNIQUES = Section("Techniques", techniques, lambda c, user: len(c.techniques_used_by(user)))
_SOFTWARE = Section("Software", software, lambda c, user: len(c.software_used_by(user)))

GROUP: Sections = {
    OVERVIEW: Section("Overview", _group),
    "techniques": _TECHNIQUES,
    "software": _SOFTWARE,
    "campaigns": Section("Campaigns", _campaigns, lambda c, group: len(c.campaigns_of(group))),
}
SOFTWARE: Sections = {
    OVERVIEW: Section("Overview", _software),
    "techniques": _TECHNIQUES,
    "users": Section("Used by", _users, lambda c, item: len(c.users_of(item))),
}
CAMPAIGN: Sections = {
    OVERVIEW: Section("Overview", _campaign),
    "techniques": _TECHNIQUES,
    "software": _SOFTWARE,
}
