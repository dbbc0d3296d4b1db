"""The line on the team's own rules that stands on every technique card and under every mapped technique."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import ASK, asked_again
from bot.views.claims import held_line
from knowledge.model import Technique

if TYPE_CHECKING:
    from bot.commands.toolbox import Toolbox
    from bot.views.claims import HeldLine
    from bot.views.reply import Block
    from knowledge.model import AttackObject


def held_by(toolbox: Toolbox, workspace: str) -> HeldLine:
    """What to say of each technique; nothing where the team has imported nothing."""
    if not toolbox.store.detections(workspace):
        return lambda _: ""
    coverage = toolbox.coverage(workspace)

    def line(attack_id: str) -> str:
        found = coverage.of(attack_id)
        return held_line(found, coverage.unplaced) if found else ""

    return line


def on_card(item: AttackObject, toolbox: Toolbox, workspace: str) -> tuple[Block, ...]:
    """The same as a block of a card; none for what is no current technique."""
    if not isinstance(item, Technique) or item.retired:
        return ()
    line = held_by(toolbox, workspace)(item.id)
    if not line:
        return ()
    return (blocks.section(line, button=blocks.button("Rules", f"{ASK}:also:0", asked_again(f"coverage {item.id}"))),)
