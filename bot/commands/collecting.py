"""What the team collects: drafted from its rules, corrected by the team."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.commands.coverages import corrected
from bot.commands.naming import UnclearError
from bot.views.collecting import Choice, Word, collected_list
from bot.views.messages import sentence
from knowledge.store import Collected

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply


def collect(request: Request, toolbox: Toolbox) -> Reply:
    """The list; or ``yes NAME, NAME`` and ``no NAME`` and ``forget NAME`` to correct it."""
    word, _, rest = request.text.strip().partition(" ")
    match word.casefold(), rest.strip():
        case "", "":
            draft = toolbox.coverages.draft(toolbox.reference().catalog, request.team)
            return collected_list(choices(request, toolbox), draft.unrecognised)
        case ("yes" | "no") as answer, names if names:
            wanted = _known(names, toolbox)
            count = _keep(wanted if answer == "yes" else (), wanted if answer == "no" else (), request, toolbox)
            return sentence(f"{', '.join(wanted)}: {answer}. {_kept(count)}")
        case "forget", names if names:
            wanted = _known(names, toolbox)
            count = toolbox.store.forget_collected(request.team, wanted)
            return sentence(f"{count} of your answers taken back; your rules decide again.")
        case _:
            return sentence("It takes nothing, yes NAME, no NAME or forget NAME; several names with commas between.")


def choices(request: Request, toolbox: Toolbox) -> tuple[Choice, ...]:
    """Every log source there is, what the rules need first, with the team's word on it."""
    draft = toolbox.coverages.draft(toolbox.reference().catalog, request.team)
    answers = toolbox.store.collected(request.team)
    collected = corrected(draft, answers)
    denied = {each.name for each in answers if not each.collected}
    needed = {line.name: line for line in draft.lines}
    known = [entry.name for entry in toolbox.coverages.log_sources]
    names = dict.fromkeys((*needed, *sorted(collected.said - set(known)), *known))

    def word(name: str) -> Word:
        if name in denied:
            return Word.NO
        if name in collected.said:
            return Word.YES
        return Word.ASSUMED if name in collected.assumed else Word.SILENT

    return tuple(
        Choice(
            name,
            word(name),
            needed[name].detections if name in needed else 0,
            entry.platforms if (entry := toolbox.coverages.log_sources.get(name)) else (),
        )
        for name in names
    )


def correct(request: Request, toolbox: Toolbox, *, chosen: Iterable[str], shown: Iterable[str]) -> Reply:
    """Keep what the form says: what was chosen is collected, what was shown and not chosen is not.

    Args:
        request: Whose it is.
        toolbox: Keeps it.
        chosen: Names that were ticked.
        shown: All names of the form.
    """
    yes = frozenset(chosen)
    count = _keep(yes, frozenset(shown) - yes, request, toolbox)
    return sentence(f"You collect {len(yes)} log sources. {_kept(count)}")


def _keep(yes: Iterable[str], no: Iterable[str], request: Request, toolbox: Toolbox) -> int:
    """Keep answers that differ from those kept, and return how many did."""
    before = {each.name: each.collected for each in toolbox.store.collected(request.team)}
    said = {**dict.fromkeys(no, False), **dict.fromkeys(yes, True)}
    at = toolbox.now().isoformat(timespec="seconds")
    new = [Collected(name, answer, request.user, at) for name, answer in said.items() if before.get(name) != answer]
    return toolbox.store.mark_collected(request.team, new) if new else 0


def _kept(count: int) -> str:
    if not count:
        return "Nothing changed."
    return f"{count} answer{'s' if count > 1 else ''} kept; coverage and gaps count with them from now on."


def _known(names: str, toolbox: Toolbox) -> tuple[str, ...]:
    log_sources = toolbox.coverages.log_sources
    found = []
    for name in re.split(r"\s*,\s*", names.strip(" ,")):
        entry = log_sources.get(name)
        known = entry.name if entry else log_sources.component(name)
        if not known:
            raise UnclearError(f'No log source or data component is called "{name}"; collect alone lists them.')
        found.append(known)
    return tuple(found)
