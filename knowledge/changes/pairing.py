"""Which object of one release is which of the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from knowledge.changes.model import Detail
from knowledge.changes.side import Side
from knowledge.model import AttackObject, Kind

Pair = tuple[AttackObject | None, AttackObject | None]


@dataclass(frozen=True, slots=True)
class Context:
    """What every comparison of two objects may ask.

    Attributes:
        moved_platforms: Platforms that were only given another name: the old one to the new.
        tactic_moves: For each tactic's STIX id, the tactics its techniques went to, with how many went.
        absorbed: For each object's STIX id, those that were revoked in its favour since.
        dated: Whether both releases say versions and dates.
    """

    old: Side
    new: Side
    moved_platforms: dict[str, str]
    tactic_moves: dict[str, dict[str, int]]
    absorbed: dict[str, tuple[AttackObject, ...]]
    dated: bool = True


Comparer = Callable[[AttackObject, AttackObject, Context], Iterable[Detail]]
"""Tells what changed about one object of a kind; a `knowledge.history.Comparison` is of whole releases."""


def paired(old: Side, new: Side, *, by_id: bool = False) -> Iterator[Pair]:
    """Every object of either release with its counterpart, or with None.

    A snapshot may have STIX ids of its own: `by_id` pairs what is left by kind and ATT&CK id.
    """
    matches = {stix_id: stix_id for stix_id in old.objects.keys() & new.objects.keys()}
    if by_id:
        left: dict[tuple[Kind, str], str] = {}
        for stix_id, item in old.objects.items():
            if stix_id not in matches:
                left[item.kind, item.id] = stix_id
        for stix_id, item in new.objects.items():
            if stix_id not in matches and (other := left.pop((item.kind, item.id), "")):
                matches[stix_id] = other
    taken = set(matches.values())
    for stix_id, item in new.objects.items():
        yield old.objects.get(matches.get(stix_id, "")), item
    for stix_id, item in old.objects.items():
        if stix_id not in taken:
            yield item, None


def context(old: Side, new: Side, pairs: list[Pair], *, dated: bool) -> Context:
    """What can only be told from all pairs together."""
    return Context(
        old=old,
        new=new,
        moved_platforms=_moved_platforms(pairs),
        tactic_moves=_tactic_moves(old, new),
        absorbed=_absorbed(new, pairs),
        dated=dated,
    )


def _moved_platforms(pairs: list[Pair]) -> dict[str, str]:
    """Platforms that nothing has any more, where nearly everything that had one now has the same new one instead."""
    both = [(set(getattr(a, "platforms", ())), set(getattr(b, "platforms", ()))) for a, b in pairs if a and b]
    before: set[str] = set().union(*(a for a, _ in both))
    after: set[str] = set().union(*(b for _, b in both))
    moved = {}
    for gone in before - after:
        holders = [b for a, b in both if gone in a and b]
        for fresh in sorted(after - before):
            if holders and sum(fresh in b for b in holders) >= 0.9 * len(holders):
                moved[gone] = fresh
    return moved


def _tactic_moves(old: Side, new: Side) -> dict[str, dict[str, int]]:
    """Where the techniques of each tactic went, those of revoked ones with their successors."""
    moves: dict[str, dict[str, int]] = {}
    for technique in old.contents.techniques:
        after = new.objects.get(technique.stix_id)
        if technique.retired or after is None:
            continue
        if after.revoked and (chain := new.chain(after.stix_id)):
            after = chain[-1]
        if after.retired or after.kind is not Kind.TECHNIQUE:
            continue
        was = old.tactics_of(technique)
        now = new.tactics_of(after)  # type: ignore[arg-type]
        for left in was.keys() - now.keys():
            for reached in now.keys() - was.keys():
                moves.setdefault(left, {}).setdefault(reached, 0)
                moves[left][reached] += 1
    return moves


def _absorbed(new: Side, pairs: list[Pair]) -> dict[str, tuple[AttackObject, ...]]:
    """What each object took in: everything newly revoked that ends at it."""
    found: dict[str, tuple[AttackObject, ...]] = {}
    for before, after in pairs:
        if before and after and after.revoked and not before.revoked and (chain := new.chain(after.stix_id)):
            found[chain[-1].stix_id] = (*found.get(chain[-1].stix_id, ()), before)
    return found
