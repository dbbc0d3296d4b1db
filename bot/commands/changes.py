"""What changed between two releases, for anything or for one object."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from bot.commands.lookup import NOTHING_LOADED
from bot.commands.naming import UnclearError, domain_named, paged_words
from bot.views.changes import change_page, changes_page, unchanged
from bot.views.messages import sentence
from knowledge.changes import Weight
from knowledge.model import Domain

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply
    from knowledge.history import Comparison

_SINCE = re.compile(r"(?:^|\s+)since\s+v?(\S+)", re.IGNORECASE)
_WEIGHTS = {each.value: each for each in (Weight.ACT, Weight.READ)}

ONLY_ONE = (
    "Only one ATT&CK release is on disk, so there is nothing to compare it with. Fetch an older one on the bot's "
    "machine, as with 'attackbot sync --from DIR' where its bundle lies; the next release is compared by itself."
)


def show_changes(request: Request, toolbox: Toolbox) -> Reply:
    """Weighed changes: ``changes``, ``changes T1059``, ``changes since 16.1``, ``changes act mobile``.

    Raises:
        UnknownReleaseError: The version after ``since`` is not on disk.
        UnclearError: The words name nothing, or several things.
    """
    if not toolbox.reference().catalog.releases:
        return sentence(NOTHING_LOADED)
    asked, page = paged_words(request.text)
    since = _SINCE.search(asked)
    words = _SINCE.sub("", asked).split()
    domains = tuple(found for word in words if (found := domain_named(word))) or tuple(Domain)
    weight = next((_WEIGHTS[word.casefold()] for word in words if word.casefold() in _WEIGHTS), None)
    rest = " ".join(word for word in words if not domain_named(word) and word.casefold() not in _WEIGHTS)
    history = toolbox.history
    compared = history.since(since[1], domains) if since else history.latest(domains)
    if not compared.changes:
        return sentence(ONLY_ONE)
    ask = f"changes {asked}".strip()
    rules = rules_by_id(toolbox, request.team)
    if not rest:
        return changes_page(compared, rules, ask=ask, page=page, weight=weight)
    return _of_one(rest, compared, toolbox, rules, ask)


def _of_one(words: str, compared: Comparison, toolbox: Toolbox, rules: Callable[[str], int], ask: str) -> Reply:
    for changes in compared.changes:
        if found := changes.get(words.upper()):
            return change_page(found, changes, rules, ask=ask)
    answer = toolbox.reference().lookup.find(words, limit=3)
    if not answer.clear:
        near = ", ".join(f"{each.object.id} {each.object.name}" for each in answer.matches)
        raise UnclearError(f'Nothing is plainly called "{words[:80]}"' + (f"; the nearest: {near}." if near else "."))
    best = answer.matches[0]
    item = best.object
    for attack_id in (*(each.id for each in best.via), item.id):  # what was meant may be what was revoked
        for changes in compared.changes:
            if found := changes.get(attack_id):
                return change_page(found, changes, rules, ask=ask)
    return unchanged(f"{item.id} {item.name}", compared.changes)


def rules_by_id(toolbox: Toolbox, workspace: str) -> Callable[[str], int]:
    """How many of a team's rules name an id as it is written."""
    count: Counter[str] = Counter()
    for detection in toolbox.store.detections(workspace):
        if detection.covers:
            count.update(set(detection.ids))
    return lambda attack_id: count[attack_id]
