"""Asking for anything in ATT&CK by id, name, alias, slang or typo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.changed import changed_on_card
from bot.commands.held import on_card
from bot.views.cards import card
from bot.views.lists import shortlist
from bot.views.messages import sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply
    from knowledge.model import Kind
    from knowledge.search import Answer, Match

_PLAIN = ("its id", "its name")
"""Reasons that need no telling: they stand in the card's title."""

_ROWS = 6
"""Rows of a short list: what fits a phone's screen without scrolling."""

NOTHING_LOADED = "No ATT&CK release is loaded. Run 'attackbot sync' on the machine the bot runs on."


def look_up(request: Request, toolbox: Toolbox) -> Reply:
    """The card of the one object meant, a short list where several could be, the nearest where none is."""
    reference = toolbox.reference()
    return _reply(reference.lookup.find(request.text, limit=_ROWS), request, toolbox)


def look_up_kind(kind: Kind) -> Callable[[Request, Toolbox], Reply]:
    """A command that prefers one kind: ``group turla`` means the group.

    Where nothing of that kind is called so, the words may have been a name themselves, as in ``group policy
    modification``: then the whole text is looked up.
    """

    def look_up_this_kind(request: Request, toolbox: Toolbox) -> Reply:
        if not request.text.strip():
            return sentence(f"Which {kind.value}? For example: {kind.value} {_EXAMPLES.get(kind.value, 'NAME')}.")
        reference = toolbox.reference()
        answer = reference.lookup.find(request.text, kind=kind, limit=_ROWS)
        if answer.nearest:
            whole = reference.lookup.find(f"{kind.value} {request.text}", limit=_ROWS)
            if not whole.nearest:
                answer = whole
        return _reply(answer, request, toolbox)

    return look_up_this_kind


def show(request: Request, toolbox: Toolbox) -> Reply:
    """One page of one card, as a button asks for it: ``ID|SECTION|PAGE``."""
    attack_id, _, rest = request.text.partition("|")
    section, _, page = rest.partition("|")
    reference = toolbox.reference()
    found = reference.catalog.find(attack_id)
    if found is None:
        return sentence(f"{attack_id} is not in the releases loaded now; they may have changed since that message.")
    return card(
        reference.catalog,
        found.object,
        section=section or "overview",
        page=int(page) if page.isdecimal() else 0,
        extra=(*on_card(found.object, toolbox, request.team), *changed_on_card(found.object, toolbox)),
    )


def why(match: Match) -> str:
    """One line on how a query led to an object; empty where that is plain."""
    if match.via:
        last = match.via[-1]
        return f"{last.id} {last.name} was revoked; {match.object.id} took its place."
    return "" if match.why in _PLAIN else f"Matched on: {match.why}."


def _reply(answer: Answer, request: Request, toolbox: Toolbox) -> Reply:
    reference = toolbox.reference()
    if not reference.catalog.releases:
        return sentence(NOTHING_LOADED)
    if answer.clear:
        best = answer.matches[0]
        held = (*on_card(best.object, toolbox, request.team), *changed_on_card(best.object, toolbox))
        return card(reference.catalog, best.object, note=why(best), extra=held)
    return shortlist(answer, reference.catalog)


_EXAMPLES = {
    "group": "apt29",
    "software": "mimikatz",
    "tactic": "lateral movement",
    "mitigation": "M1032",
    "campaign": "solarwinds",
    "technique": "kerberoasting",
}
