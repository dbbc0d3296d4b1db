"""What the bot can do, told from the table of verbs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.views.help import VerbHelp, help_page

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply


def show_help(request: Request, toolbox: Toolbox) -> Reply:
    """Every verb with its use and an example."""
    del request  # the help is the same for everybody
    from bot.commands.table import VERBS

    rows = [VerbHelp(verb.usage, verb.summary, verb.example, verb.topic) for verb in VERBS]
    return help_page(rows, command=toolbox.command)
