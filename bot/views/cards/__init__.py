"""Cards: what one object of ATT&CK looks like in Slack, section by section."""

from __future__ import annotations

from collections.abc import Sequence

from bot.views.cards import actors, defences, matrix, technique
from bot.views.cards.frame import OVERVIEW, Sections, frame
from bot.views.reply import Block, Reply
from knowledge.catalog import Catalog
from knowledge.model import AttackObject, Kind

__all__ = ["OVERVIEW", "SECTIONS", "card"]

_BY_KIND: dict[Kind, Sections] = {
    Kind.TECHNIQUE: technique.SECTIONS,
    Kind.TACTIC: matrix.TACTIC,
    Kind.ASSET: matrix.ASSET,
    Kind.GROUP: actors.GROUP,
    Kind.SOFTWARE: actors.SOFTWARE,
    Kind.CAMPAIGN: actors.CAMPAIGN,
    Kind.MITIGATION: defences.MITIGATION,
    Kind.DETECTION_STRATEGY: defences.STRATEGY,
    Kind.ANALYTIC: defences.ANALYTIC,
    Kind.DATA_COMPONENT: defences.DATA_COMPONENT,
    Kind.DATA_SOURCE: defences.DATA_SOURCE,
}

SECTIONS: dict[Kind, tuple[str, ...]] = {kind: tuple(sections) for kind, sections in _BY_KIND.items()}
"""The names of each kind's sections, the overview first."""


def card(
    catalog: Catalog,
    item: AttackObject,
    *,
    section: str = OVERVIEW,
    page: int = 0,
    note: str = "",
    extra: Sequence[Block] = (),
) -> Reply:
    """One object, one section of it, one page of that.

    Args:
        catalog: What ATT&CK says.
        item: Any of its objects, retired or not.
        section: One of `SECTIONS`; any other is the overview.
        page: From 0; past the end is the last.
        note: A plain sentence on how the question led here, such as "T1086 was revoked; this is its successor."
        extra: Blocks on what the team itself knows, shown in the overview above the small print.
    """
    return frame(catalog, item, _BY_KIND[item.kind], section=section, page=page, note=note, extra=extra)
