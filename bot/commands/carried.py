"""What buttons carry, answered again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.commands.lookup import show
from bot.commands.mapping import map_shared
from bot.commands.table import perform
from bot.views.asking import ASK
from bot.views.mapping import CARD

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply


def again(request: Request, toolbox: Toolbox) -> Reply:
    """The message that a button's value stands for: a page of a card, a question, or a mapped alert as it was shown."""
    kind, _, rest = request.text.partition("|")
    if kind == ASK:
        return perform(replace(request, text=rest), toolbox)
    if kind == CARD:
        return map_shared(rest, toolbox)
    return show(request, toolbox)
