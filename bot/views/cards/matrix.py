"""Where techniques stand and what they are aimed at: tactics and industrial assets."""

from __future__ import annotations

from bot.views.cards.actors import by_tactic
from bot.views.cards.frame import OVERVIEW, Page, Section, Sections, paragraph
from bot.views.cards.related import counted, described, escaped_list, facts, openable
from bot.views.mrkdwn import escape, one_line
from bot.views.prose import parse
from knowledge.catalog import Catalog
from knowledge.model import Asset, Tactic

_TECHNIQUES_A_PAGE = 8


def _tactic(catalog: Catalog, item: Tactic, _page: int) -> Page:
    alone = catalog.techniques_of_tactic(item)
    every = catalog.techniques_of_tactic(item, subtechniques=True)
    order = [each.stix_id for domain in item.domains for each in catalog.tactics(domain)]
    count = counted(len(alone), "technique")
    if len(every) > len(alone):
        count += f", {counted(len(every) - len(alone), 'sub-technique')}"
    place = f"{order.index(item.stix_id) + 1} of {len(order)} in the matrix" if item.stix_id in order else ""
    about = parse(item.description)
    return Page(
        (
            *paragraph(about.gist(1).mrkdwn(600)),
            *paragraph(_after_first(item)),
            *facts(("Place", place), ("Holds", count if every else "")),
        ),
        about.gist(1).plain(240),
    )


def _after_first(item: Tactic) -> str:
    """A tactic's description says in its first paragraph what the adversary wants and explains in the second."""
    _, _, rest = item.description.strip().partition("\n")
    return parse(rest).gist(2).mrkdwn(900)


def _asset(catalog: Catalog, item: Asset, _page: int) -> Page:
    aimed = catalog.techniques_targeting(item)
    related = ", ".join(escape(one_line(name)) for name, _ in item.related[:8])
    return Page(
        (
            *paragraph(described(item)),
            *facts(
                ("Platforms", escaped_list(item.platforms)),
                ("Sectors", escaped_list(item.sectors)),
                ("Like devices", related),
                ("Techniques", f"{len(aimed)}:  {by_tactic(catalog, aimed)}" if aimed else ""),
            ),
        ),
        parse(item.description).gist(1).plain(240),
    )


TACTIC: Sections = {
    OVERVIEW: Section("Overview", _tactic),
    "techniques": Section(
        "Techniques",
        lambda c, item, page: openable(
            f"Techniques of {item.name}", c.techniques_of_tactic(item), page, _TECHNIQUES_A_PAGE
        ),
        lambda c, item: len(c.techniques_of_tactic(item)),
    ),
}
ASSET: Sections = {
    OVERVIEW: Section("Overview", _asset),
    "techniques": Section(
        "Techniques",
        lambda c, item, page: openable("Techniques", c.techniques_targeting(item), page, _TECHNIQUES_A_PAGE),
        lambda c, item: len(c.techniques_targeting(item)),
    ),
}
