"""What is missing, ranked; two groups beside each other, or a group beside us."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.commands.lookup import NOTHING_LOADED
from bot.commands.naming import group_named, paged_words
from bot.commands.ranking import gap_question, ranked_gaps
from bot.commands.teams import without_team
from bot.views.comparison import group_and_us, two_groups
from bot.views.coverage import NOTHING_IMPORTED, unplaced
from bot.views.gaps import gaps_page
from bot.views.messages import sentence
from knowledge.priorities import compare_groups, compare_with_us

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
    found = ranked_gaps(gap_question(words, toolbox, request.team), toolbox, request.team)
    return gaps_page(
        found.coverage,
        found.report,
        about=found.about,
        ask=f"gaps {words}".strip(),
        page=page,
        by_sector=found.by_sector,
        picture=f"heatmap gaps {words}".strip(),
        team=found.team,
        ranked_for=found.ranked_for,
        strangers=found.strangers,
        without=f"gaps everyone {words}".strip() if found.ranked_for else "",
        command=toolbox.command,
    )


def compare(request: Request, toolbox: Toolbox) -> Reply:
    """``A with B``, or ``A with us``, counting one team's rules where the words name one."""
    reference = toolbox.reference()
    words, team = without_team(request.text, toolbox, request.team)
    sides = _BETWEEN.split(words.strip())
    if len(sides) != 2 or not all(sides):
        return sentence("Compare a group with another or with us: compare APT29 with FIN7, compare APT29 with us.")
    coverage = toolbox.coverage(request.team, team)
    first, second = sides if sides[0].casefold() not in _US else reversed(sides)
    if second.casefold() in _US:
        if not coverage.detections:
            return sentence(NOTHING_IMPORTED)
        us = compare_with_us(coverage, group_named(first, reference))
        return group_and_us(us, team=team, warning=unplaced(coverage))
    both = compare_groups(coverage, group_named(first, reference), group_named(second, reference))
    return two_groups(both, held=bool(coverage.detections), team=team, warning=unplaced(coverage))
