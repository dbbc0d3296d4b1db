"""What the team confirmed: listed, exported, erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bot.views.confirmations import confirmation_list
from bot.views.messages import sentence
from bot.views.reply import File

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply

ERASE = "confirmations erase"


def confirmations(request: Request, toolbox: Toolbox) -> Reply:
    """``list`` (or nothing), ``export``, ``erase ID`` or ``erase all``."""
    word, _, rest = request.text.strip().partition(" ")
    kept = toolbox.store.confirmations(request.team)
    match word.lower(), rest.strip():
        case (("" | "list"), ""):
            return confirmation_list(kept, toolbox.reference().catalog)
        case "export", "":
            if not kept:
                return confirmation_list(kept, toolbox.reference().catalog)
            raw = b"".join(msgspec.json.encode(each) + b"\n" for each in kept)
            count = f"{len(kept)} confirmation{'s' if len(kept) != 1 else ''}"
            return sentence(f"{count}, one JSON object a line.").with_file(File("confirmations.jsonl", raw))
        case "erase", "all":
            gone = toolbox.store.erase_confirmations(request.team)
            return sentence(f"{gone} confirmation{'s' if gone != 1 else ''} erased.")
        case "erase", confirmation_id if confirmation_id:
            if toolbox.store.erase_confirmation(request.team, confirmation_id):
                return sentence(f"{confirmation_id} is erased.")
            return sentence(f"There is no confirmation {confirmation_id}; the list names their ids.")
        case _:
            return sentence("It takes list, export, erase ID or erase all.")
