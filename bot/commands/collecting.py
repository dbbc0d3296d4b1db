"""What the team collects: drafted from its rules, corrected by the team."""

from __future__ import annotations

import re
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Answered:
    """What answers did.

    Attributes:
        yes: Log sources said to be collected, by their own names; `no` and `forgotten` likewise.
        kept: How many answers are others than before.
        taken_back: How many there were of those to forget.
    """

    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    forgotten: tuple[str, ...] = ()
    kept: int = 0
    taken_back: int = 0


def collect(request: Request, toolbox: Toolbox) -> Reply:
    """The list; or ``yes NAME, NAME`` and ``no NAME`` and ``forget NAME`` to correct it."""
    word, _, rest = request.text.strip().partition(" ")
    match word.casefold(), rest.strip():
        case "", "":
            how = f"{toolbox.command} collect yes NAME  ·  {toolbox.command} collect no NAME"
            return collected_list(choices(request, toolbox), unrecognised(request, toolbox), how=how)
        case "yes", names if names:
            return answered(answer(request, toolbox, yes=[names]))
        case "no", names if names:
            return answered(answer(request, toolbox, no=[names]))
        case "forget", names if names:
            return answered(answer(request, toolbox, forget=[names]))
        case _:
            return sentence("It takes nothing, yes NAME, no NAME or forget NAME; several names with commas between.")


def answer(
    request: Request, toolbox: Toolbox, *, yes: Iterable[str] = (), no: Iterable[str] = (), forget: Iterable[str] = ()
) -> Answered:
    """Keep what is collected and what is not, and take answers back; all of it or, where a name is none, nothing.

    Args:
        request: Whose it is.
        toolbox: Keeps it.
        yes: Names of log sources and data components, each text one or several with commas between.
        no: As `yes`.
        forget: As `yes`.

    Raises:
        UnclearError: Nothing is called so, or one is named twice with different answers.
    """
    said = {
        word: tuple(dict.fromkeys(each for text in texts for each in _known(text, toolbox)))
        for word, texts in (("yes", yes), ("no", no), ("forget", forget))
    }
    every = [name for names in said.values() for name in names]
    if twice := next((name for name in every if every.count(name) > 1), ""):
        raise UnclearError(f'"{twice}" is given two answers; say one.')
    kept = _keep(said["yes"], said["no"], request, toolbox)
    taken_back = toolbox.store.forget_collected(request.team, said["forget"]) if said["forget"] else 0
    return Answered(said["yes"], said["no"], said["forget"], kept, taken_back)


def answered(done: Answered) -> Reply:
    """What answers did, in a few sentences."""
    words = (("collected", done.yes), ("not collected", done.no))
    parts = [f"{', '.join(names)}: {word}." for word, names in words if names]
    if parts:
        parts.append(_kept(done.kept))
    if done.forgotten:
        parts.append(f"{done.taken_back} of your answers taken back; your rules decide again.")
    return sentence(" ".join(parts))


def unrecognised(request: Request, toolbox: Toolbox) -> tuple[tuple[str, int], ...]:
    """Log sources of the rules that nothing here knows, ``(label, rules)``, the most frequent first."""
    return toolbox.coverages.draft(toolbox.reference().catalog, request.team).unrecognised


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
    return sentence(f"You collect {len(yes)} log source{'' if len(yes) == 1 else 's'}. {_kept(count)}")


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
    return f"Coverage and gaps count with {'that' if count == 1 else 'these answers'} from now on."


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
