"""What the regular post has to say to a subscription now, and what people say of its items."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.views.digest import with_task
from knowledge.digest import compose, written
from knowledge.store import Task, TaskState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Block
    from knowledge.digest import Digest
    from knowledge.store import Subscription

_SNOOZE = timedelta(days=7)


def digest_for(subscription: Subscription, toolbox: Toolbox, *, since: str = "") -> Digest:
    """What a subscription is to hear now.

    Args:
        subscription: What it wants, and what it was told.
        toolbox: Knows the rest.
        since: Compare with this version instead of what it was told.

    Raises:
        UnknownReleaseError: The version is not on disk.
        StoreError: What the team told cannot be read.
    """
    history, store = toolbox.history, toolbox.store
    tasks = store.tasks(subscription.workspace)
    put_off = any(each.state is TaskState.SNOOZED for each in tasks)
    return compose(
        subscription,
        history.since(since) if since else history.since_told(dict(subscription.told)),
        store.detections(subscription.workspace),
        toolbox.reference().catalog,
        tasks=tasks,
        recent=history.latest().changes if put_off else (),
        newer=history.newer(),
        now=written(toolbox.now()),
    )


def taken_up(digest: Digest, toolbox: Toolbox) -> None:
    """Note that what came back from being put off has been said again."""
    for entry in digest.act:
        if entry.back and entry.task is not None:
            again = replace(entry.task, state=TaskState.OPEN, until="")
            toolbox.store.save_task(digest.subscription.workspace, again)


def mark_item(
    request: Request, toolbox: Toolbox, state: TaskState, shown: Sequence[Block], *, assignee: str = ""
) -> tuple[Block, ...]:
    """Keep what somebody says of an item, and the message with it.

    Args:
        request: Its `text` is the change's id, as the button carries it.
        toolbox: Keeps it.
        state: What was said; assigning leaves it open.
        shown: The message's blocks.
        assignee: Whose it is from now on; as before where empty.

    Raises:
        StoreError: It cannot be kept.
    """
    key = request.text.removeprefix("task|")
    before = next((each for each in toolbox.store.tasks(request.team) if each.change_id == key), Task(change_id=key))
    now = toolbox.now()
    task = Task(
        change_id=key,
        state=state,
        until=written(now + _SNOOZE) if state is TaskState.SNOOZED else "",
        assignee=assignee or before.assignee,
        by=request.user,
        at=written(now),
    )
    toolbox.store.save_task(request.team, task)
    return with_task(shown, task)
