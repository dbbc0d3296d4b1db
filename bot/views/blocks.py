"""The blocks our messages are made of, as plain JSON within Slack's limits.

Every mrkdwn text is `verbatim`: Slack then leaves bare addresses, ``#names`` and ``@names`` in it alone, and
only what we wrote as a link is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ContextBlock,
    DividerBlock,
    HeaderBlock,
    MarkdownTextObject,
    Option,
    OverflowMenuElement,
    PlainTextObject,
    SectionBlock,
)

from bot.views.limits import (
    ACTION_ID,
    ACTIONS_ELEMENTS,
    BLOCK_ID,
    BUTTON_LABEL,
    BUTTON_VALUE,
    CONTEXT_ELEMENTS,
    HEADER_CHARACTERS,
    OPTION_CHARACTERS,
    OPTIONS,
    SECTION_CHARACTERS,
)
from bot.views.mrkdwn import cut, one_line
from bot.views.reply import Block


def header(text: str) -> Block:
    """A heading in plain text, cut to what Slack takes."""
    return _json(HeaderBlock(text=_plain(cut(one_line(text), HEADER_CHARACTERS))))


def section(
    mrkdwn: str,
    *,
    button: ButtonElement | None = None,
    menu: OverflowMenuElement | None = None,
    block_id: str | None = None,
) -> Block:
    """A paragraph of at most 3,000 characters of mrkdwn, with a button or a menu on its right."""
    named = block_id[:BLOCK_ID] if block_id else None
    return _json(SectionBlock(text=_mrkdwn(mrkdwn), accessory=button or menu, block_id=named))


def context(*mrkdwn: str) -> Block:
    """Small print: up to ten pieces of mrkdwn."""
    return _json(ContextBlock(elements=[_mrkdwn(each) for each in mrkdwn[:CONTEXT_ELEMENTS] if each]))


def plain_context(text: str) -> Block:
    """Small print in plain text, of which Slack formats nothing."""
    return _json(ContextBlock(elements=[_plain(text)]))


def divider() -> Block:
    """A line across."""
    return _json(DividerBlock())


def button(label: str, action_id: str, value: str, *, primary: bool = False) -> ButtonElement:
    """A button; `action_id` is unique in its message."""
    return ButtonElement(
        text=_plain(cut(one_line(label), BUTTON_LABEL)),
        action_id=action_id[:ACTION_ID],
        value=value[:BUTTON_VALUE],
        style="primary" if primary else None,
    )


def menu(action_id: str, choices: Sequence[tuple[str, str]]) -> OverflowMenuElement:
    """A menu behind three dots.

    Args:
        action_id: Unique in its message.
        choices: Two to five labels, each with the value that choosing it sends, of at most 75 characters.
    """
    options = [
        Option(text=_plain(cut(one_line(label), OPTION_CHARACTERS)), value=value[:OPTION_CHARACTERS])
        for label, value in choices[:OPTIONS]
    ]
    return OverflowMenuElement(action_id=action_id[:ACTION_ID], options=options)


def actions(buttons: Sequence[ButtonElement], *, block_id: str | None = None) -> tuple[Block, ...]:
    """A row of buttons; nothing at all for no buttons."""
    return (_json(ActionsBlock(elements=list(buttons[:ACTIONS_ELEMENTS]), block_id=block_id)),) if buttons else ()


def lines(rows: Iterable[str], limit: int = SECTION_CHARACTERS) -> str:
    """Rows under each other, as many whole ones as fit, and how many did not."""
    every = list(rows)
    kept: list[str] = []
    room = limit - len("\n…and 10000 more")
    for row in every:
        room -= len(row) + 1
        if room < 0:
            break
        kept.append(row)
    left = len(every) - len(kept)
    return "\n".join((*kept, f"…and {left:,} more") if left else kept)


def _mrkdwn(text: str) -> MarkdownTextObject:
    return MarkdownTextObject(text=text, verbatim=True)


def _plain(text: str) -> PlainTextObject:
    return PlainTextObject(text=text, emoji=False)


def _json(block: SectionBlock | ContextBlock | DividerBlock | HeaderBlock | ActionsBlock) -> Block:
    return dict(block.to_dict())
