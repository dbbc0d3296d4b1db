"""From what changed about an object to what is said of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from knowledge.changes.model import Aspect, Change, Changes, Detail, Weight

_SHOWN = 4


def verdict(named: str, details: Iterable[Detail]) -> tuple[Weight, str, str, tuple[Detail, ...]]:
    """Weigh an object by its details, of which there is at least one.

    Args:
        named: The object's id and name.
        details: In any order.

    Returns:
        The heaviest weight, one sentence with what weighs so, the reasons in a few words, and the details sorted.
    """
    ranked = tuple(sorted(details, key=lambda detail: detail.weight.rank))
    weight = ranked[0].weight
    top = [detail for detail in ranked if detail.weight is weight]
    clauses = [detail.what for detail in top]
    shown = clauses if len(clauses) <= _SHOWN else [*clauses[:_SHOWN], f"{len(clauses) - _SHOWN} more"]
    reasons = dict.fromkeys(_reason(detail) for detail in top)
    return weight, f"{named}: {'; '.join(shown)}.", ", ".join(reasons), ranked


def tracking(changes: Changes, groups: Collection[str]) -> Changes:
    """The same changes for somebody who tracks some groups: their first use of a technique is worth reading.

    Args:
        changes: As `diff` gives them, which tracks nobody.
        groups: ATT&CK ids, such as ``G0016``.
    """
    if not groups:
        return changes
    seen = sorted((_tracked(each, groups) for each in changes.changes), key=lambda each: each.weight.rank)
    return replace(changes, changes=tuple(seen))


def _tracked(change: Change, groups: Collection[str]) -> Change:
    if not any(set(detail.groups) & set(groups) for detail in change.details):
        return change
    details = (
        replace(detail, weight=Weight.READ)
        if detail.aspect is Aspect.FIRST_USE and set(detail.groups) & set(groups)
        else detail
        for detail in change.details
    )
    named = change.name if change.id == change.name else f"{change.id} {change.name}"
    weight, what, reason, ranked = verdict(named, details)
    return replace(change, weight=weight, what=what, reason=reason, details=ranked)


def _reason(detail: Detail) -> str:
    if detail.weight is Weight.COSMETIC and detail.bulk:
        return "the same for most objects of its kind"
    return detail.aspect.value
