"""Two releases of one domain become weighed changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from knowledge.changes import common, fate, techniques
from knowledge.changes.bulk import in_bulk, lightened
from knowledge.changes.mitre import category_between
from knowledge.changes.model import Aspect, Category, Change, Changes, Detail, Weight
from knowledge.changes.pairing import Comparer, Context, Pair, context, paired
from knowledge.changes.side import Side
from knowledge.changes.weighing import verdict
from knowledge.model import Analytic, AttackObject, DataComponent, Kind, ReleaseContents

_ORDER = list(Kind)


def diff(old: ReleaseContents, new: ReleaseContents) -> Changes:
    """Compare two releases of one domain, every object of every kind.

    Args:
        old: The earlier one, by what the caller means; nothing is read into the version numbers.
        new: The later one.

    Raises:
        ValueError: They are of different domains.
    """
    if old.release.domain is not new.release.domain:
        raise ValueError(f"{old.release.label} and {new.release.label} are of different domains")
    earlier, later = Side(old), Side(new)
    dated = not (old.release.snapshot or new.release.snapshot)
    pairs = list(paired(earlier, later, by_id=not dated))
    about = context(earlier, later, pairs, dated=dated)
    drafts = [(pair, list(_details(pair, about))) for pair in pairs if _comparable(pair, about)]
    bulk, remarks = in_bulk(drafts, about)
    changes = (_change(pair, lightened(details, _item(pair).kind, bulk), about) for pair, details in drafts)
    return Changes(
        domain=new.release.domain,
        old=old.release,
        new=new.release,
        changes=tuple(sorted((each for each in changes if each is not None), key=_rank)),
        bulk=remarks,
        limits=tuple(_limits(old, new)),
    )


def _comparable(pair: Pair, about: Context) -> bool:
    """A kind that a snapshot does not hold at all was neither added nor deleted."""
    item = pair[0] or pair[1]
    if about.dated or item is None or (pair[0] and pair[1]):
        return True
    return any(each.kind is item.kind for each in about.old.objects.values()) and any(
        each.kind is item.kind for each in about.new.objects.values()
    )


def _details(pair: Pair, about: Context) -> Iterator[Detail]:
    before, after = pair
    if before is None:
        yield from fate.added(cast(AttackObject, after), about)
    elif after is None:
        yield from fate.deleted(before)
        yield from techniques.split(before, about)
    elif after.retired:
        yield from fate.retired(before, after, about)
        if not before.retired:
            yield from techniques.split(before, about)
    elif before.retired:
        # Nobody was meant to use it, so what else changed made nothing wrong.
        yield from fate.restored(before)
        yield from (replace(detail, weight=Weight.COSMETIC) for detail in _differences(before, after, about))
    else:
        yield from _differences(before, after, about)


def _differences(before: AttackObject, after: AttackObject, about: Context) -> Iterator[Detail]:
    yield from fate.absorbed(after, about)
    yield from common.names(before, after)
    yield from common.description(before, after)
    yield from common.platforms(before, after, about)
    yield from common.aliases(before, after)
    if own := _OWN.get(after.kind):
        yield from own(before, after, about)


def _data_component(before: AttackObject, after: AttackObject, about: Context) -> Iterator[Detail]:
    if about.dated:
        was, now = cast(DataComponent, before), cast(DataComponent, after)
        yield from common.log_sources(was.log_sources, now.log_sources)


def _analytic(before: AttackObject, after: AttackObject, about: Context) -> Iterator[Detail]:
    was, now = cast(Analytic, before), cast(Analytic, after)
    yield from common.log_sources(was.log_sources, now.log_sources)
    if about.dated and was.tunables != now.tunables:
        yield Detail(aspect=Aspect.DETECTION, weight=Weight.READ, what="what to adjust has changed")


_OWN: dict[Kind, Comparer] = {
    Kind.TECHNIQUE: techniques.compare,
    Kind.TACTIC: techniques.tactic,
    Kind.DATA_COMPONENT: _data_component,
    Kind.ANALYTIC: _analytic,
}


def _change(pair: Pair, details: list[Detail], about: Context) -> Change | None:
    before, after = pair
    item = _item(pair)
    by = about.new.revoked_by(after.stix_id) if after and after.revoked else None
    category = _category(pair, by, about)
    if not details:
        if category is None:
            return None
        details = [_nothing_else(pair)]
    named = item.name if item.id == item.name else f"{item.id} {item.name}"
    weight, what, reason, ranked = verdict(named, details)
    chain = about.new.chain(after.stix_id) if after and after.revoked else ()
    return Change(
        id=item.id,
        name=item.name,
        kind=item.kind,
        category=category,
        weight=weight,
        what=what,
        reason=reason,
        details=ranked,
        old_version=before.version if before else "",
        new_version=after.version if after else "",
        successor=chain[-1].id if chain else "",
        revoked_by=by.id if by else "",
        before=before,
        after=after,
    )


def _category(pair: Pair, by: AttackObject | None, about: Context) -> Category | None:
    before, after = pair
    if before is None:
        return Category.ADDITION
    if after is None:
        return Category.DELETION
    return category_between(before, after, by=by, dated=about.dated)


def _nothing_else(pair: Pair) -> Detail:
    before, after = pair
    if before and after and before.version != after.version:
        what = f"only its version number: {before.version or 'none'} to {after.version or 'none'}"
        return Detail(aspect=Aspect.VERSION, weight=Weight.COSMETIC, what=what)
    return Detail(aspect=Aspect.METADATA, weight=Weight.COSMETIC, what="metadata only, such as its date or citations")


def _rank(change: Change) -> tuple[int, bool, int, str, str]:
    subtle = change.kind is not Kind.TECHNIQUE
    return (change.weight.rank, subtle, _ORDER.index(change.kind), change.id, change.name)


def _item(pair: Pair) -> AttackObject:
    return cast(AttackObject, pair[1] or pair[0])


def _limits(old: ReleaseContents, new: ReleaseContents) -> Iterator[str]:
    for side, other in ((old, new), (new, old)):
        if not side.release.snapshot:
            continue
        yield (
            f"{side.release.label} says no object's version or date, so version changes and patches cannot be told; "
            "what came, went, was retired, renamed or reworded can."
        )
        kinds = {item.kind for item in other.objects()} - {item.kind for item in side.objects()}
        if kinds:
            listed = ", ".join(fate.plural(kind) for kind in _ORDER if kind in kinds)
            yield f"{side.release.label} holds no {listed}; these are not compared."
