"""A digest in the shape it is posted in: message, thread, files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.commands.digests import digest_for, taken_up
from bot.posting import Draft
from bot.views.digest import digest_message, digest_thread
from bot.views.reply import File
from knowledge.exports import draw_heatmap, navigator_json
from knowledge.exports.moved import moved_layer

if TYPE_CHECKING:
    from bot.commands.toolbox import Toolbox
    from knowledge.digest import Digest
    from knowledge.store import Subscription

_ALT = 1_000


def draft(subscription: Subscription, toolbox: Toolbox) -> Draft:
    """What a subscription is to hear now, ready to be posted."""
    digest = digest_for(subscription, toolbox)
    if not digest.said:
        return Draft(None, digest.told)
    catalog = toolbox.reference().catalog
    return Draft(
        digest_message(digest, catalog),
        digest.told,
        digest_thread(digest),
        partial(moved_files, digest, toolbox),
        partial(taken_up, digest, toolbox),
    )


def moved_files(digest: Digest, toolbox: Toolbox) -> tuple[File, ...]:
    """A Navigator layer and a heat map of what moved in the domain that moved most; none where nothing did."""
    entries = (*digest.act, *digest.read, *digest.beyond)
    if digest.silent or not entries:
        return ()
    moved = {entry.change.id for entry in entries}
    changes = max(digest.changes, key=lambda part: sum(each.id in moved for each in part.changes), default=None)
    if changes is None:
        return ()
    catalog = toolbox.reference().catalog
    layer = moved_layer(changes, catalog, frozenset(entry.change.id for entry in entries if entry.rules))
    made_on = toolbox.now().date().isoformat()
    stem = f"attack-changes-{changes.new.domain}-{changes.old.version}-{changes.new.version}"
    picture = draw_heatmap(catalog, layer, made_on=made_on)
    return (
        File(f"{stem}.png", picture.png, picture.text[:_ALT]),
        File(f"{stem}.json", navigator_json(catalog, layer, made_on=made_on)),
    )
