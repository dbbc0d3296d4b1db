"""What the team said of answers, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.mrkdwn import code, cut, escape, link, one_line
from bot.views.reply import Reply

if TYPE_CHECKING:
    from knowledge.catalog import Catalog
    from knowledge.store import Confirmation

_ROWS = 15
_WORDS = 120


def confirmation_list(kept: Sequence[Confirmation], catalog: Catalog) -> Reply:
    """The newest few, each with its id to erase it by."""
    if not kept:
        said = "Nothing is confirmed yet. The menu beside each technique of a mapped alert does it."
        return Reply(text=said, blocks=(blocks.section(said),))
    newest = list(reversed(kept))
    rows = [_row(each, catalog) for each in newest[:_ROWS]]
    more = f", the newest {_ROWS} of them here" if len(kept) > _ROWS else ""
    title = f"{len(kept)} confirmation{'s' if len(kept) != 1 else ''}{more}"
    return Reply(
        text=title,
        blocks=(
            blocks.section(f"*{title}*"),
            *(blocks.section(row) for row in rows),
            blocks.plain_context("confirmations export  ·  confirmations erase ID  ·  confirmations erase all"),
        ),
    )


def _row(kept: Confirmation, catalog: Catalog) -> str:
    item = catalog.get(kept.technique_id)
    name = link(item.url, f"{item.id} {item.name}") if item else escape(kept.technique_id)
    words = code(cut(one_line(kept.text), _WORDS))
    return f"*{name}*  {kept.verdict.value}  ·  {escape(kept.confirmed_at[:10])}  ·  {code(kept.id)}\n{words}"
