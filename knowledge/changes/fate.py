"""Objects that came, went or were retired."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.changes.model import Aspect, Detail, Weight
from knowledge.changes.pairing import Context
from knowledge.model import AttackObject, Kind, Technique

_NOUNS = {kind: kind.value.replace("-", " ") for kind in Kind}


def plural(kind: Kind) -> str:
    """``detection strategies`` for many of a kind."""
    if kind is Kind.SOFTWARE:
        return "software"
    noun = _NOUNS[kind]
    return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"


def noun_of(item: AttackObject) -> str:
    """``sub-technique``, ``malware``, ``detection strategy``."""
    if isinstance(item, Technique) and item.is_subtechnique:
        return "sub-technique"
    return str(getattr(item, "software_type", "")) or _NOUNS[item.kind]


def added(item: AttackObject, context: Context) -> Iterator[Detail]:
    """An object the old release does not hold."""
    if item.retired:
        yield Detail(aspect=Aspect.ADDED, weight=Weight.COSMETIC, what="added, and retired at once")
        return
    new_kind = not context.old.has(item.kind)
    parent = context.new.objects.get(context.new.parents.get(item.stix_id, ""))
    under = f" of {parent.id} {parent.name}" if parent else ""
    yield Detail(
        aspect=Aspect.ADDED,
        weight=Weight.READ,
        what=f"new {noun_of(item)}{under}",
        subject=parent.id if parent else "",
        bulk=f"{plural(item.kind)} are new in this release" if new_kind else "",
    )


def deleted(item: AttackObject) -> Iterator[Detail]:
    """An object the new release does not hold."""
    weight = Weight.COSMETIC if item.retired else Weight.ACT
    was = ", after it had been retired" if item.retired else ""
    yield Detail(aspect=Aspect.DELETED, weight=weight, what=f"no longer in the release{was}")


def retired(before: AttackObject, after: AttackObject, context: Context) -> Iterator[Detail]:
    """An object that the new release holds as retired; nothing where it was so already."""
    if after.revoked and not before.revoked:
        yield _revoked(after, context)
    elif after.deprecated and not before.retired:
        whole = not context.new.has(after.kind)
        yield Detail(
            aspect=Aspect.DEPRECATED,
            weight=Weight.ACT,
            what="deprecated, and ATT&CK names no successor",
            bulk=f"{plural(after.kind)} are deprecated altogether" if whole else "",
        )


def _revoked(after: AttackObject, context: Context) -> Detail:
    chain = context.new.chain(after.stix_id)
    if not chain:
        return Detail(aspect=Aspect.REVOKED, weight=Weight.ACT, what="revoked, and ATT&CK names no successor")
    last = chain[-1]
    through = f" through {', '.join(item.id for item in chain[:-1])}" if len(chain) > 1 else ""
    gone = ", which is itself retired" if last.retired else ""
    known = context.old.objects.get(last.stix_id)
    others = [item.id for item in context.absorbed.get(last.stix_id, ()) if item.stix_id != after.stix_id]
    if known is not None and not known.retired:
        aspect, what = Aspect.MERGED, f"merged into {last.id} {last.name}"
    elif others:
        aspect, what = Aspect.MERGED, f"merged with {_listed(others)} into {last.id} {last.name}"
    else:
        aspect, what = Aspect.REVOKED, f"replaced by {last.id} {last.name}"
    return Detail(aspect=aspect, weight=Weight.ACT, what=f"{what}{through}{gone}", subject=last.id)


def restored(before: AttackObject) -> Iterator[Detail]:
    """An object that was retired and is not any more."""
    was = "revoked" if before.revoked else "deprecated"
    yield Detail(aspect=Aspect.RESTORED, weight=Weight.READ, what=f"in use again after it had been {was}")


def absorbed(after: AttackObject, context: Context) -> Iterator[Detail]:
    """What an object that both releases hold took in."""
    for item in context.absorbed.get(after.stix_id, ()):
        yield Detail(
            aspect=Aspect.ABSORBED, weight=Weight.READ, what=f"now holds {item.id} {item.name} too", subject=item.id
        )


def _listed(ids: list[str]) -> str:
    shown = ids if len(ids) < 4 else [*ids[:2], f"{len(ids) - 2} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
