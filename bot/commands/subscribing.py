"""Who wants to hear what a new release means for the team, where and when."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from bot.commands.naming import UnclearError
from bot.commands.subscription_words import WordsError, read_wish
from bot.views.messages import sentence
from bot.views.subscriptions import subscribed, subscription_list, unsubscribed
from knowledge.digest import next_due, told_now, written, zone_named
from knowledge.store import Frequency, Subscription, Threshold

if TYPE_CHECKING:
    from bot.commands.request import Request
    from bot.commands.toolbox import Toolbox
    from bot.views.reply import Reply

HOW_TO = (
    "Say where, when and what: subscribe #channel weekly monday 09:00 Europe/Berlin read group apt29 platform linux. "
    "Each part may be left out; in Slack, subscribe alone opens a form."
)
_OWN = "D"
"""What the id of a conversation with the bot begins with."""


def tell_how(request: Request, toolbox: Toolbox) -> Reply:
    """Keep a subscription; or, without words, say what there is to say."""
    return subscribe(request, toolbox) if request.text.strip() else sentence(HOW_TO)


def subscribe(request: Request, toolbox: Toolbox) -> Reply:
    """Keep what the words ask for, in place of an earlier subscription of the same channel to the same things.

    Raises:
        WordsError: The words cannot be meant, or the bot is not in the channel.
        StoreError: It cannot be kept.
    """
    reference = toolbox.reference()
    wish = read_wish(request.text, reference)
    channel = _channel(wish.channel or request.channel, toolbox)
    if not channel:
        return sentence("Name the channel too, such as #soc; here is none to post in.")
    narrowed = tuple("|".join(sorted(set(each))) for each in (wish.groups, wish.platforms, wish.techniques))
    key = hashlib.sha256("\0".join((channel, *narrowed)).encode()).hexdigest()[:6]
    earlier = next((each for each in toolbox.store.subscriptions(request.team) if each.id == key), None)
    base = earlier or Subscription(
        id=key,
        workspace=request.team,
        channel=channel,
        created_at=toolbox.now().isoformat(timespec="seconds"),
        told=told_now(reference.catalog.releases),
    )
    zone = wish.timezone or (earlier.timezone if earlier else zone_named(toolbox.workplace.zone_of(request.user)) or "")
    frequency = wish.frequency or base.frequency
    if frequency is Frequency.DAILY and wish.weekday is not None:
        frequency = Frequency.WEEKLY
    kept = replace(
        base,
        owner=request.user or base.owner,
        frequency=frequency,
        weekday=base.weekday if wish.weekday is None else wish.weekday,
        time=wish.time or base.time,
        timezone=zone or "UTC",
        weight=wish.weight or (base.weight if earlier else Threshold.READ),
        groups=tuple(sorted(set(wish.groups))),
        platforms=tuple(sorted(set(wish.platforms))),
        techniques=tuple(sorted(set(wish.techniques))),
        heartbeat=wish.heartbeat,
        paused="",
    )
    kept = replace(kept, next_due=written(next_due(kept, toolbox.now())))
    toolbox.store.save_subscription(kept)
    return subscribed(kept, again=earlier is not None, guessed=not zone, catalog=reference.catalog)


def subscriptions(request: Request, toolbox: Toolbox) -> Reply:
    """All of the workspace's, each with a button that ends it."""
    if request.text.strip():
        raise UnclearError("It takes nothing: subscribe keeps one, unsubscribe ends one.")
    return subscription_list(toolbox.store.subscriptions(request.team), toolbox.reference().catalog)


def unsubscribe(request: Request, toolbox: Toolbox) -> Reply:
    """End one: the one of this channel, of a channel that is named, of an id; or ``all`` of the channel's.

    Raises:
        UnclearError: There is none, or it could be several.
    """
    store, word = toolbox.store, request.text.strip()
    every = store.subscriptions(request.team)
    everything = word.casefold() == "all"
    meant = tuple(each for each in every if each.id == word.casefold())
    if not meant:
        channel = _channel("" if everything else _only_channel(word), toolbox) or request.channel
        meant = tuple(each for each in every if each.channel == channel)
    if not meant:
        if not every:
            return sentence("Nobody is subscribed yet; subscribe does it.")
        return sentence("There is no subscription there; subscriptions lists them with their ids.")
    if len(meant) > 1 and not everything:
        return subscription_list(meant, toolbox.reference().catalog, which=True)
    for each in meant:
        store.remove_subscription(request.team, each.id)
    return unsubscribed(meant, toolbox.reference().catalog)


def _only_channel(word: str) -> str:
    if word and not word.startswith(("#", "<#", "C", "D", "G")):
        raise UnclearError(
            f'"{word[:40]}" is neither a channel nor the id of a subscription; subscriptions lists them.'
        )
    return word.removeprefix("<#").split("|")[0].removesuffix(">")


def _channel(named: str, toolbox: Toolbox) -> str:
    """The id of a channel the bot is in.

    Raises:
        WordsError: It is not in there, or there is no such channel.
    """
    if not named or named.startswith(_OWN):
        return named
    known = toolbox.workplace.channels()
    if known is None or named in known:
        return named if not named.startswith("#") else _unresolved(named)
    found = [key for key, name in known.items() if f"#{name}" == named.casefold()]
    if not found:
        shown = named if named.startswith("#") else "that channel"
        raise WordsError("channel", f"I am not in {shown}: invite me there with /invite, then subscribe again.")
    return found[0]


def _unresolved(named: str) -> str:
    raise WordsError("channel", f"Slack does not tell me which channel {named} is; use the form, or say its id.")
