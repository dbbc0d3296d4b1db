"""Messages of one sentence, and what is added to a message on its way out."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.views import blocks
from bot.views.limits import BLOCKS_PER_MESSAGE, FALLBACK_CHARACTERS
from bot.views.mrkdwn import clean, code, cut, escape, one_line
from bot.views.reply import Reply

_USER_ID = re.compile(r"[UW][A-Z0-9]{2,30}")
_SHARE = "share"
BESIDE_SHARE = "beside-share"
"""The id of a last row of buttons in which *Share in channel* stands first, instead of in a row of its own."""
_LONGEST_SENTENCE = 590  # five times as long if every character becomes an entity, and still a section


def sentence(text: str) -> Reply:
    """A plain sentence, such as an error that says what to do next; nothing in it is formatted or linked."""
    shown = cut(clean(text).strip(), _LONGEST_SENTENCE)
    return Reply(text=escape(cut(shown, FALLBACK_CHARACTERS)), blocks=(blocks.section(escape(shown)),))


def unknown_failure(reference: str) -> Reply:
    """What a user reads when something broke that we did not foresee."""
    said = "Something went wrong on our side. It is not about what you asked: please try again."
    found = "Whoever runs this bot finds it in the log under"
    return Reply(
        text=escape(f"{said} {found} {reference}."),
        blocks=(blocks.section(f":warning: {said}\n{found} {code(reference)}."),),
    )


def with_share(reply: Reply) -> Reply:
    """The same message with a *Share in channel* button last; unchanged when there is nothing to share."""
    if not reply.share:
        return reply
    button = blocks.button("Share in channel", _SHARE, reply.share)
    last = reply.blocks[-1]
    if last.get("block_id") == BESIDE_SHARE:
        return replace(reply, blocks=(*reply.blocks[:-1], {**last, "elements": [button.to_dict(), *last["elements"]]}))
    return replace(reply, blocks=(*reply.blocks[: BLOCKS_PER_MESSAGE - 1], *blocks.actions([button])))


def files_elsewhere(reply: Reply) -> Reply:
    """The same message saying that its files went to the reader's own conversation; unchanged without files."""
    if not reply.files:
        return reply
    names = ", ".join(one_line(each.name) for each in reply.files)
    row = blocks.plain_context(f"{names}: in your own conversation with this bot, since a channel shows files to all.")
    return replace(reply, blocks=(*reply.blocks[: BLOCKS_PER_MESSAGE - 2], row))


def shared_by(reply: Reply, user: str) -> Reply:
    """The same message for everyone, saying who shared it.

    Args:
        reply: Without a share button.
        user: A Slack user id, mentioned; anything else is left out.
    """
    if not _USER_ID.fullmatch(user):
        return reply
    return replace(reply, blocks=(*reply.blocks[: BLOCKS_PER_MESSAGE - 1], blocks.context(f"Shared by <@{user}>")))
