"""What is missing, ranked; two groups beside each other, or a group beside us."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.commands.filters import narrowed
from bot.commands.lookup import NOTHING_LOADED
from bot.commands.naming import group_named, paged_words
from bot.views.comparison import group_and_us, two_groups
from bot.views.coverage import NOTHING_IMPORTED
from bot.views.gaps import gaps_page
from bot.views.messages import sentence
from knowledge.priorities import compare_groups, compare_with_us, rank_gaps

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply

_BETWEEN = re.compile(r"\s+(?:with|and|to|vs\.?|versus)\s+|\s*,\s*", re.IGNORECASE)
_US = frozenset({"us", "we", "me", "ours", "our rules"})


def show_gaps(request: Request, toolbox: Toolbox) -> Reply:
    """The gaps that the words narrow down to, the most pressing first."""
    reference = toolbox.reference()
    if not reference.catalog.releases:
        return sentence(NOTHING_LOADED)
    words, page = paged_words(request.text)
    asked = narrowed(words, reference)
    coverage = toolbox.coverage(request.team)
    report = rank_gaps(coverage, toolbox.evidence(), asked.wanted)
    return gaps_page(
        coverage,
        report,
        about=asked.about,
        ask=f"gaps {words}".strip(),
        page=page,
        by_sector=bool(asked.wanted.sectors),
        picture=f"heatmap gaps {words}".strip(),
    )


def compare(request: Request, toolbox: Toolbox) -> Reply:
    """``A with B``, or ``A with us``."""
    reference = toolbox.reference()
    sides = _BETWEEN.split(request.text.strip())
    if len(sides) != 2 or not all(sides):
        return sentence("Compare a group with another or with us: compare APT29 with FIN7, compare APT29 with us.")
    coverage = toolbox.coverage(request.team)
    first, second = sides if sides[0].casefold() not in _US else reversed(sides)
    if second.casefold() in _US:
        if not coverage.detections:
            return sentence(NOTHING_IMPORTED)
        return group_and_us(compare_with_us(coverage, group_named(first, reference)))
    both = compare_groups(coverage, group_named(first, reference), group_named(second, reference))
    return two_groups(both, held=bool(coverage.detections))
