"""What may change about a technique: tactics, sub-techniques, detection, mitigations, who uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from knowledge.changes import common
from knowledge.changes.model import Aspect, Detail, Weight
from knowledge.changes.pairing import Context
from knowledge.changes.words import SUBSTANCE, substance
from knowledge.model import Analytic, AttackObject, DetectionStrategy, Kind, Tactic, Technique


def compare(before: AttackObject, after: AttackObject, context: Context) -> Iterator[Detail]:
    """Everything that is a technique's own."""
    was, now = cast(Technique, before), cast(Technique, after)
    yield from _tactics(was, now, context)
    yield from _subtechniques(was, now, context)
    yield from _parent(was, now, context)
    yield from _prose(was, now, context)
    yield from _detectors(was, now, context)
    yield from _analytics(was, now, context)
    yield from _mitigations(was, now, context)
    yield from _first_use(was, now, context)
    yield from _fields(was, now, context)


def _tactics(was: Technique, now: Technique, context: Context) -> Iterator[Detail]:
    old, new = context.old.tactics_of(was), context.new.tactics_of(now)
    left = [tactic.name for key, tactic in old.items() if key not in new]
    reached = [tactic.name for key, tactic in new.items() if key not in old]
    if left or reached:
        if left and reached:
            what = f"moved from {' and '.join(left)} to {' and '.join(reached)}"
        else:
            what = f"now also in {' and '.join(reached)}" if reached else f"no longer in {' and '.join(left)}"
        yield Detail(aspect=Aspect.TACTICS, weight=Weight.ACT, what=what)
    for key in old.keys() & new.keys():
        if (old[key].name, old[key].shortname) != (new[key].name, new[key].shortname):
            what = f"its tactic {old[key].name} is now called {new[key].name}"
            yield Detail(aspect=Aspect.METADATA, weight=Weight.COSMETIC, what=what, subject=new[key].id)


def _subtechniques(was: Technique, now: Technique, context: Context) -> Iterator[Detail]:
    old = context.old.subtechniques.get(was.stix_id, [])
    had = {each.stix_id for each in old} | {each.id for each in old}
    fresh = [
        each
        for each in context.new.subtechniques.get(now.stix_id, [])
        if each.stix_id not in had and each.id not in had
    ]
    if len(fresh) > 1 and not old:
        what = f"split into {len(fresh)} sub-techniques, {fresh[0].id} to {fresh[-1].id}"
        yield Detail(aspect=Aspect.SPLIT, weight=Weight.ACT, what=what)
    for each in fresh:
        what = f"new sub-technique {each.id} {each.name}"
        yield Detail(aspect=Aspect.SUBTECHNIQUE, weight=Weight.READ, what=what, subject=each.id)


def _parent(was: Technique, now: Technique, context: Context) -> Iterator[Detail]:
    old = context.old.objects.get(context.old.parents.get(was.stix_id, ""))
    new = context.new.objects.get(context.new.parents.get(now.stix_id, ""))
    if (old and old.id) == (new and new.id) or not (context.old.parents and context.new.parents):
        return
    what = f"now a sub-technique of {new.id} {new.name}" if new else "now a technique of its own"
    yield Detail(aspect=Aspect.PARENT, weight=Weight.ACT, what=what, subject=new.id if new else "")


def _prose(was: Technique, now: Technique, context: Context) -> Iterator[Detail]:
    if was.detection and now.detection:
        yield from common.text("detection advice", was.detection, now.detection, Aspect.DETECTION)
    elif was.detection and context.dated:
        what = "detection advice removed"
        yield Detail(aspect=Aspect.DETECTION, weight=Weight.READ, what=what, bulk=what)


def _detectors(was: Technique, now: Technique, context: Context) -> Iterator[Detail]:
    """What detects it: data components to v17, detection strategies from v18."""
    old = {key: context.old.objects[key] for key in context.old.detectors.get(was.stix_id, ())}
    new = {key: context.new.objects[key] for key in context.new.detectors.get(now.stix_id, ())}
    for kind, label in ((Kind.DATA_COMPONENT, "data components"), (Kind.DETECTION_STRATEGY, "detection strategies")):
        everywhere = context.old.has(kind) and context.new.has(kind)
        names_old = {_named(item): key for key, item in old.items() if item.kind is kind}
        names_new = {_named(item): key for key, item in new.items() if item.kind is kind}
        for word, changed in (
            ("new", names_new.keys() - names_old.keys()),
            ("gone", names_old.keys() - names_new.keys()),
        ):
            keys = names_new if word == "new" else names_old
            left = sorted(name for name in changed if keys[name] not in (old if word == "new" else new))
            if not left or (not context.dated and not everywhere):
                continue
            yield Detail(
                aspect=Aspect.DETECTION,
                weight=Weight.READ,
                what=f"{word} {label}: {', '.join(left[:3])}{f' and {len(left) - 3} more' if len(left) > 3 else ''}",
                bulk=f"{label} no longer detect them" if word == "gone" else f"{label} detect them",
            )


def _named(item: AttackObject) -> str:
    return f"{item.id} {item.name}" if isinstance(item, DetectionStrategy) else item.name


def _analytics(was: Technique, now: Technique, context: Context) -> Iterator[Detail]:
    """Analytics that came, went or changed in a technique that had some before."""
    old, new = context.old.analytics_for(was), context.new.analytics_for(now)
    if not old or not new:
        return
    for word, keys in (("new", new.keys() - old.keys()), ("gone", old.keys() - new.keys())):
        if keys:
            what = f"{word} analytics: {', '.join(sorted((new if word == 'new' else old)[key].id for key in keys))}"
            yield Detail(aspect=Aspect.DETECTION, weight=Weight.READ, what=what)
    changed = sorted(new[key].id for key in old.keys() & new.keys() if _says_otherwise(old[key], new[key]))
    if changed:
        yield Detail(aspect=Aspect.DETECTION, weight=Weight.READ, what=f"changed analytics: {', '.join(changed)}")


def _says_otherwise(old: Analytic, new: Analytic) -> bool:
    if (set(old.platforms), set(old.log_sources)) != (set(new.platforms), set(new.log_sources)):
        return True
    return substance(old.description, new.description) >= SUBSTANCE


def _mitigations(was: Technique, now: Technique, context: Context) -> Iterator[Detail]:
    old = {context.old.objects[key].id for key in context.old.mitigations.get(was.stix_id, ())}
    new = {context.new.objects[key].id: key for key in context.new.mitigations.get(now.stix_id, ())}
    if not context.old.has(Kind.MITIGATION) or not context.new.has(Kind.MITIGATION):
        return
    for attack_id in sorted(new.keys() - old):
        what = f"new mitigation {attack_id} {context.new.objects[new[attack_id]].name}"
        yield Detail(aspect=Aspect.MITIGATION, weight=Weight.READ, what=what, subject=attack_id)
    dropped = sorted(old - new.keys())
    if dropped:
        what = f"no longer mitigated by {', '.join(dropped)}"
        yield Detail(aspect=Aspect.MITIGATION, weight=Weight.COSMETIC, what=what)


def _first_use(was: Technique, now: Technique, context: Context) -> Iterator[Detail]:
    """Groups that are said to use it for the first time; worth reading only for who tracks them."""
    old = {context.old.objects[key].id for key in context.old.users.get(was.stix_id, ())}
    new = {context.new.objects[key].id: key for key in context.new.users.get(now.stix_id, ())}
    fresh = [
        group for attack_id in sorted(new.keys() - old) if not (group := context.new.objects[new[attack_id]]).retired
    ]
    if fresh:
        shown = ", ".join(group.name for group in fresh[:3]) + (f" and {len(fresh) - 3} more" if fresh[3:] else "")
        yield Detail(
            aspect=Aspect.FIRST_USE,
            weight=Weight.COSMETIC,
            what=f"first used by {shown}",
            groups=tuple(group.id for group in fresh),
        )


def _fields(was: Technique, now: Technique, context: Context) -> Iterator[Detail]:
    if not context.dated:
        return
    for label, old, new in (
        ("data sources", was.data_sources, now.data_sources),
        ("CAPEC ids", was.capec_ids, now.capec_ids),
        ("further fields", was.extras, now.extras),
    ):
        if set(old) != set(new):
            what = f"{label} {'changed' if old and new else 'removed' if old else 'added'}"
            yield Detail(aspect=Aspect.METADATA, weight=Weight.COSMETIC, what=what, bulk="" if old and new else what)


def tactic(before: AttackObject, after: AttackObject, context: Context) -> Iterator[Detail]:
    """What may change about a tactic: its shortname, and where its techniques go."""
    was, now = cast(Tactic, before), cast(Tactic, after)
    if was.shortname != now.shortname:
        what = f"techniques now name it {now.shortname} (was {was.shortname})"
        yield Detail(aspect=Aspect.RENAMED, weight=Weight.ACT, what=what, subject=now.shortname)
    yield from split(was, context)


def split(was: AttackObject, context: Context) -> Iterator[Detail]:
    """A tactic some of whose techniques went to a tactic that is new."""
    for key, count in sorted(context.tactic_moves.get(was.stix_id, {}).items()):
        reached = context.new.objects[key]
        known = context.old.objects.get(key)
        if count > 1 and (known is None or known.retired):
            what = f"split: {count} of its techniques went to the new {reached.id} {reached.name}"
            yield Detail(aspect=Aspect.TACTIC_SPLIT, weight=Weight.ACT, what=what, subject=reached.id)
