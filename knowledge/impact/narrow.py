"""Only the changes somebody asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace

from knowledge.catalog import Catalog
from knowledge.changes.model import Change, Changes, Weight
from knowledge.changes.weighing import tracking
from knowledge.model import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a subscription asks for; what is left empty lets everything through, what is given must all hold.

    Attributes:
        lightest: The lightest weight wanted.
        groups: Group ids: what they use, what is said of them, and their first use of a technique.
        platforms: Such as ``Windows``, in any case; what has no platforms is let through.
        techniques: Technique ids; a technique stands for its sub-techniques.
    """

    lightest: Weight = Weight.COSMETIC
    groups: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()


def narrow(changes: Changes, wanted: Filter, catalog: Catalog) -> Changes:
    """The changes a filter lets through; with groups in it, weighed for somebody who tracks them."""
    used = _used_by(wanted.groups, catalog)
    platforms = {each.casefold() for each in wanted.platforms}

    def passes(change: Change) -> bool:
        if change.weight.rank > wanted.lightest.rank:
            return False
        if wanted.techniques and not any(_below(change, each) for each in wanted.techniques):
            return False
        if platforms and change.platforms and not platforms & {each.casefold() for each in change.platforms}:
            return False
        return not wanted.groups or change.id in used or any(set(d.groups) & used for d in change.details)

    kept = (each for each in tracking(changes, wanted.groups).changes if passes(each))
    return replace(changes, changes=tuple(kept))


def _below(change: Change, technique: str) -> bool:
    ids = {change.id, change.before.id if change.before else change.id, change.successor}
    return any(each == technique or each.startswith(f"{technique}.") for each in ids)


def _used_by(groups: tuple[str, ...], catalog: Catalog) -> set[str]:
    """The groups' own ids and those of every technique they use."""
    used = set(groups)
    for attack_id in groups:
        group = catalog.get(attack_id)
        if group is not None and group.kind is Kind.GROUP:
            used |= {each.object.id for each in catalog.techniques_used_by(group)}
    return used
