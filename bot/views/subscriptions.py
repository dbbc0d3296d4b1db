"""Subscriptions in words: what somebody has just asked for, and the list of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bot.views import blocks
from bot.views.asking import also
from bot.views.cards.related import counted
from bot.views.limits import FALLBACK_CHARACTERS
from bot.views.mrkdwn import code, cut, escape, one_line
from bot.views.reply import Reply
from knowledge.digest import moment
from knowledge.store import Frequency, Subscription, Threshold

if TYPE_CHECKING:
    from knowledge.catalog import Catalog

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ROWS = 10
_WEIGHT = {
    Threshold.ACT: "only what to act on",
    Threshold.READ: "what to act on and what is worth reading",
    Threshold.ALL: "every change, also beyond your rules",
}


def subscribed(kept: Subscription, *, again: bool, guessed: bool, catalog: Catalog) -> Reply:
    """What will be posted, where and when.

    Args:
        kept: As it is kept.
        again: It took the place of an earlier one.
        guessed: Nobody said the time zone, and Slack does not know it.
        catalog: Names groups and techniques.
    """
    first = moment(kept.next_due).strftime("%Y-%m-%d %H:%M UTC")
    rows = [
        f"*{'Changed' if again else 'Subscribed'}*: {_place(kept)}, {when(kept)}.",
        f"It tells {_what(kept, catalog)}. {_quiet(kept)}",
        f"The first look is at {first}.",
    ]
    if guessed:
        rows.append("I do not know your time zone, so this is UTC; say subscribe with one, such as Europe/Berlin.")
    said = f"{'Changed' if again else 'Subscribed'}: {when(kept)}"
    return Reply(
        text=escape(cut(said, FALLBACK_CHARACTERS)),
        blocks=(
            blocks.section("\n".join(rows)),
            *also(("Subscriptions", "subscriptions"), ("End it", f"unsubscribe {kept.id}"), ("Changes now", "changes")),
        ),
    )


def subscription_list(every: Sequence[Subscription], catalog: Catalog, *, which: bool = False) -> Reply:
    """Each with what it tells and a button to end it.

    Args:
        every: The subscriptions.
        catalog: Names groups and techniques.
        which: They are listed because somebody meant one of them.
    """
    if not every:
        said = (
            "Nobody is subscribed yet. With subscribe, a channel hears what a new ATT&CK release means for your rules."
        )
        return Reply(text=escape(said), blocks=(blocks.section(escape(said)),))
    title = "Several subscriptions. Which one?" if which else counted(len(every), "subscription")
    shown = every[:_ROWS]
    rows = [
        blocks.section(
            _row(each, catalog), button=blocks.button("End it", f"ask:also:{at}", f"ask|unsubscribe {each.id}")
        )
        for at, each in enumerate(shown)
    ]
    left = len(every) - len(shown)
    return Reply(
        text=escape(title),
        blocks=(
            blocks.section(f"*{title}*"),
            *rows,
            *((blocks.context(f"…and {left} more"),) if left > 0 else ()),
        ),
    )


def unsubscribed(gone: Sequence[Subscription], catalog: Catalog) -> Reply:
    """What is no longer posted."""
    said = "; ".join(f"{_place(each)}, {when(each)}, {_what(each, catalog)}" for each in gone[:3])
    return Reply(text=f"Ended: {counted(len(gone), 'subscription')}", blocks=(blocks.section(f"*Ended*: {said}."),))


def when(each: Subscription) -> str:
    """``weekly on Monday at 09:00 (Europe/Berlin)``."""
    day = {
        Frequency.DAILY: "daily",
        Frequency.WEEKLY: f"weekly on {_DAYS[each.weekday]}",
        Frequency.MONTHLY: f"monthly on the first {_DAYS[each.weekday]}",
    }[each.frequency]
    return f"{day} at {each.time} ({escape(each.timezone)})"


def scope(each: Subscription, catalog: Catalog) -> str:
    """What it is narrowed to, in mrkdwn; empty for everything."""
    named = [item.name if (item := catalog.get(key)) else key for key in (*each.groups, *each.techniques)]
    return ", ".join(escape(one_line(word)) for word in (*named, *each.platforms))


def _row(each: Subscription, catalog: Catalog) -> str:
    state = f"\n:warning: Paused: {escape(one_line(each.paused))}" if each.paused else ""
    owner = f" · kept by <@{each.owner}>" if each.owner.isalnum() and each.owner[:1] in "UW" else ""
    return f"{code(each.id)}  {_place(each)}, {when(each)}{owner}\nTells {_what(each, catalog)}.{state}"


def _place(each: Subscription) -> str:
    if each.channel.startswith("D"):
        return "your own conversation with me"
    return f"<#{each.channel}>" if each.channel.isalnum() and each.channel[:1] in "CG" else escape(each.channel)


def _what(each: Subscription, catalog: Catalog) -> str:
    only = scope(each, catalog)
    return _WEIGHT[each.weight] + (f", only for {only}" if only else "")


def _quiet(each: Subscription) -> str:
    if each.heartbeat:
        return "Where nothing touches your rules, it says so in one line."
    return "It stays silent where nothing touches your rules."
