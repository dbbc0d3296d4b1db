"""The sources of a team's detections: listed, taken away, their history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.commands.naming import UnclearError
from bot.views.coverage import NOTHING_IMPORTED
from bot.views.imports import changed, history_list, source_list
from bot.views.messages import sentence

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply
    from knowledge.store import SourceChange


def sources(request: Request, toolbox: Toolbox, *, how: str = "") -> Reply:
    """``list`` (or nothing), ``history NAME``, ``remove NAME``.

    Args:
        request: Whose, and what was typed.
        toolbox: Keeps them.
        how: What to type to change them, in place of the slash command's words.
    """
    word, _, name = request.text.strip().partition(" ")
    name = name.strip()
    match word.casefold(), bool(name):
        case (("" | "list"), False):
            held = toolbox.store.sources(request.team)
            return source_list(held, how=how or _how(toolbox.command)) if held else sentence(NOTHING_IMPORTED)
        case "history", True:
            label, kept = _kept(name, request, toolbox, gone=True)
            changes = toolbox.store.history(request.team, source=kept, label=label)
            return history_list(kept, changes)
        case "remove", True:
            change = remove(name, request, toolbox)
            return sentence(f"“{change.name}”: {changed(change)} Its history stays; another import brings it back.")
        case _:
            return sentence("It takes nothing, history NAME or remove NAME.")


def _how(command: str) -> str:
    return f"{command} import  ·  {command} sources history NAME  ·  {command} sources remove NAME"


def remove(name: str, request: Request, toolbox: Toolbox) -> SourceChange:
    """Take a source away.

    Args:
        name: Its name; ``TEAM/NAME`` where two teams have one of that name.
        request: Whose it is.
        toolbox: Keeps it.

    Raises:
        UnclearError: There is no such source, or several.
    """
    label, kept = _kept(name, request, toolbox)
    at = toolbox.now().isoformat(timespec="seconds")
    change = toolbox.store.remove_source(request.team, kept, label=label, at=at)
    if change is None:
        raise UnclearError(f'The source "{kept}" was just removed by somebody else.')
    return change


def _kept(name: str, request: Request, toolbox: Toolbox, *, gone: bool = False) -> tuple[str, str]:
    """The label and the name of the one source meant."""
    known = {(each.latest.label, each.latest.name) for each in toolbox.store.sources(request.team)}
    if gone:
        known |= {(each.label, each.name) for each in toolbox.store.history(request.team)}
    fits = [each for each in known if name in (each[1], f"{each[0]}/{each[1]}")]
    fits = fits or [each for each in known if each[1].casefold() == name.casefold()]
    names = sorted(f"{label}/{kept}" if label else kept for label, kept in fits or known)
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise UnclearError(f'Several teams have a source "{name}": {", ".join(names)}. Name one with its team.')
    raise UnclearError(f'No source is called "{name}"; there are {", ".join(names) or "none"}.')
