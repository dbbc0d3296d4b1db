"""The line on what the newest release changed, that stands on a technique's card."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.changes import changed_line
from knowledge.errors import KnowledgeError
from knowledge.model import Technique

if TYPE_CHECKING:
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Block
    from knowledge.changes import Change, Changes
    from knowledge.model import AttackObject

logger = logging.getLogger(__name__)


def changed_on_card(item: AttackObject, toolbox: Toolbox) -> tuple[Block, ...]:
    """``Changed in 18.1`` and the words, as a block of a card; none while releases are still being compared."""
    found = _recent(item, toolbox)
    line = changed_line(*found) if found else ""
    return (blocks.section(line),) if line else ()


def _recent(item: AttackObject, toolbox: Toolbox) -> tuple[Change, Changes] | None:
    if not isinstance(item, Technique) or not item.domains:
        return None
    for domain in item.domains:
        try:
            changes = toolbox.history.ready(domain)
        except KnowledgeError as error:  # the card can do without: an older release is damaged
            logger.warning("no changes on a card: %s", error)
            return None
        change = changes.get(item.id) if changes else None
        if changes and change and change.after and change.after.stix_id == item.stix_id:
            return change, changes
    return None
