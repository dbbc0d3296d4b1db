"""From what changed to what one subscription is to hear of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from knowledge.catalog import Catalog
from knowledge.changes import Change, Changes, Weight
from knowledge.detections.model import Detection
from knowledge.digest.model import Digest, Entry, Told
from knowledge.history import Comparison
from knowledge.impact import Filter, Impact, Item, assess, narrow
from knowledge.model import Domain, Kind, Release
from knowledge.store.digests import Subscription, Task, TaskState, Threshold
from knowledge.versions import version_key

_LIGHTEST = {Threshold.ACT: Weight.ACT, Threshold.READ: Weight.READ, Threshold.ALL: Weight.COSMETIC}


def compose(
    subscription: Subscription,
    comparison: Comparison,
    detections: Iterable[Detection],
    catalog: Catalog,
    *,
    tasks: Sequence[Task] = (),
    recent: Sequence[Changes] = (),
    newer: Sequence[tuple[Domain, str, str]] = (),
    now: str,
) -> Digest:
    """What a subscription is to hear.

    Args:
        subscription: What it wants, and what it was told.
        comparison: The current releases against those it was told of.
        detections: The team's.
        catalog: The current releases.
        tasks: What people said of items.
        recent: Where to find the changes that were put off and come back; the newest comparison of each domain.
        newer: Where a newer release lies beside a pinned one.
        now: As the store writes moments.
    """
    rules = tuple(detections)
    wanted = Filter(
        lightest=_LIGHTEST[subscription.weight],
        groups=subscription.groups,
        platforms=subscription.platforms,
        techniques=subscription.techniques,
    )
    narrowed = tuple(narrow(each, wanted, catalog) for each in comparison.changes)
    impact = assess(narrowed, rules, catalog)
    said = {task.change_id: task for task in tasks}
    back = _back(tasks, (*comparison.changes, *recent), rules, catalog, now)
    again = {each.change_id for each in back}
    act, read = (
        tuple(each for each in _entries(items, narrowed, said) if each.change_id not in again and not _off(each, now))
        for items in (impact.act, impact.read)
    )
    beyond = _beyond(subscription, narrowed, impact)
    unheard = tuple(each for each in newer if (f"{each[0]} newer", each[2]) not in subscription.told)
    work = any(each.task is None or each.task.state is not TaskState.DONE for each in (*act, *read))
    silent = not (back or unheard or beyond or (work and not impact.silent))
    return Digest(
        subscription=subscription,
        headline=_headline(impact, beyond, back, unheard, catalog.releases),
        silent=silent,
        impact=impact,
        act=(*back, *act),
        read=read,
        beyond=beyond,
        cosmetic=_cosmetic(comparison.changes, replace(wanted, lightest=Weight.COSMETIC), rules, catalog),
        newer=tuple((domain.value, pinned, newest) for domain, pinned, newest in newer),
        limits=comparison.limits,
        changes=comparison.changes,
        told=_told(subscription.told, catalog.releases, newer),
    )


def change_id(change: Change, release: Release) -> str:
    """What people's word on a change is kept under, whoever else is told of it."""
    return f"{release.domain} {release.version} {change.id}"


def told_now(releases: Iterable[Release]) -> Told:
    """What somebody who subscribes now need not be told."""
    return tuple((each.domain.value, each.version) for each in releases)


def _told(before: Told, releases: Iterable[Release], newer: Sequence[tuple[Domain, str, str]]) -> Told:
    """Later releases in place of earlier ones; one that went back to an older release keeps what it has heard."""
    known = dict(before)
    for domain, version in told_now(releases):
        if version_key(version) >= version_key(known.get(domain, "")):
            known[domain] = version
    for domain, _, newest in newer:
        known[f"{domain} newer"] = newest
    return tuple(known.items())


def _entries(items: Iterable[Item], parts: Sequence[Changes], said: Mapping[str, Task]) -> Iterable[Entry]:
    of = {id(change): part.new for part in parts for change in part.changes}
    for item in items:
        key = change_id(item.change, of[id(item.change)])
        yield Entry(change_id=key, change=item.change, rules=item.rules, task=said.get(key))


def _off(entry: Entry, now: str) -> bool:
    task = entry.task
    return task is not None and task.state is TaskState.SNOOZED and task.until > now


def _back(
    tasks: Iterable[Task], parts: Sequence[Changes], rules: tuple[Detection, ...], catalog: Catalog, now: str
) -> tuple[Entry, ...]:
    """What was put off until now, as far as its change can still be told."""
    due = {each.change_id: each for each in tasks if each.state is TaskState.SNOOZED and each.until <= now}
    if not due:
        return ()
    found: dict[str, Entry] = {}
    for part in parts:
        impact = assess([part], rules, catalog)
        touched = {item.change.id: item.rules for item in (*impact.act, *impact.read)}
        for change in part.changes:
            key = change_id(change, part.new)
            if key in due and key not in found:
                rules_of = touched.get(change.id, ())
                found[key] = Entry(change_id=key, change=change, rules=rules_of, task=due[key], back=True)
    return tuple(found[key] for key in sorted(found))


def _beyond(subscription: Subscription, parts: Sequence[Changes], impact: Impact) -> tuple[Entry, ...]:
    """Changes that touch no rule, for whoever asked for them by name, for all, or has no rules yet."""
    asked = subscription.groups or subscription.techniques or subscription.weight is Threshold.ALL
    if impact.total and not asked:
        return ()
    touched = {item.change.id for item in (*impact.act, *impact.read)}
    return tuple(
        Entry(change_id=change_id(change, part.new), change=change)
        for weight in (Weight.ACT, Weight.READ)
        for part in parts
        for change in part.of(weights=(weight,))
        if change.id not in touched
    )


def _cosmetic(
    parts: Sequence[Changes], wanted: Filter, rules: Iterable[Detection], catalog: Catalog
) -> tuple[str, ...]:
    named = {attack_id for rule in rules if rule.covers for attack_id in rule.ids}
    every = (narrow(part, wanted, catalog) for part in parts)
    light = (each for part in every for each in part.of(kind=Kind.TECHNIQUE, weights=(Weight.COSMETIC,)))
    return tuple(dict.fromkeys(each.id for each in light if each.id in named))


def _headline(
    impact: Impact,
    beyond: Sequence[Entry],
    back: Sequence[Entry],
    newer: Sequence[tuple[Domain, str, str]],
    releases: Sequence[Release],
) -> str:
    parts = []
    if impact.new:
        parts.append(impact.headline if impact.total else _without_rules(impact, beyond))
        elsewhere = len(beyond)
        if impact.total and elsewhere:
            parts.append(f"{elsewhere:,} {'change' if elsewhere == 1 else 'changes'} beyond your rules")
    if back:
        parts.append(f"{len(back)} {'item is' if len(back) == 1 else 'items are'} back from being put off")
    parts += _ahead(newer, {each.domain for each in releases})
    if not parts:
        versions = " and ".join(dict.fromkeys(each.version for each in releases)) or "none"
        parts.append(f"ATT&CK {versions}: nothing new since the last post")
    return "; ".join(parts)


def _ahead(newer: Sequence[tuple[Domain, str, str]], loaded: Collection[Domain]) -> Iterable[str]:
    """A part for each newer version; the domains are named unless all there are stand alike."""
    pinned_by_newest: dict[str, dict[str, list[Domain]]] = {}
    for domain, pinned, newest in newer:
        pinned_by_newest.setdefault(newest, {}).setdefault(pinned, []).append(domain)
    for newest, by_pinned in pinned_by_newest.items():
        where = " and ".join(
            pinned if set(domains) >= set(loaded) else f"{pinned} ({', '.join(each.label for each in domains)})"
            for pinned, domains in by_pinned.items()
        )
        yield f"ATT&CK {newest} is out; this team is pinned to {where}"


def _without_rules(impact: Impact, beyond: Sequence[Entry]) -> str:
    label = " and ".join(dict.fromkeys(release.version for release in impact.new))
    act, read = (sum(each.change.weight is weight for each in beyond) for weight in (Weight.ACT, Weight.READ))
    return f"ATT&CK {label}: {act:,} {'change' if act == 1 else 'changes'} to act on, {read:,} worth reading"
