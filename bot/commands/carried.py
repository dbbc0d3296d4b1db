"""What buttons carry, answered again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.commands.lookup import show
from bot.commands.mapping import MAP_AGAIN, map_again
from bot.commands.table import perform
from bot.views.asking import ASK

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply


def again(request: Request, toolbox: Toolbox) -> Reply:
    """The message that a button's value stands for: a page of a card, a question, or a mapped excerpt."""
    kind, _, rest = request.text.partition("|")
    if kind == ASK:
        return perform(replace(request, text=rest), toolbox)
    if kind == MAP_AGAIN:
        return map_again(replace(request, text=rest), toolbox)
    return show(request, toolbox)
