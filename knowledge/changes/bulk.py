"""Changes that were made to most objects of a kind at once, and so say nothing about any one of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from knowledge.changes.fate import plural
from knowledge.changes.model import Detail, Weight
from knowledge.changes.pairing import Context, Pair
from knowledge.model import Kind, Remark

_SHARE = 0.5
"""From which share of the current objects of a kind on; in 17.1 to 18.1 they lie at 9 in 10 and more."""

_COUNT = 5

BulkKeys = frozenset[tuple[Kind, str]]


def in_bulk(drafts: list[tuple[Pair, list[Detail]]], about: Context) -> tuple[BulkKeys, tuple[Remark, ...]]:
    """Which changes were made in bulk, and what to say of each, the most frequent first."""
    counts: Counter[tuple[Kind, str]] = Counter()
    examples: dict[tuple[Kind, str], str] = {}
    for pair, details in drafts:
        if item := pair[1] or pair[0]:
            for key in {(item.kind, detail.bulk) for detail in details if detail.bulk}:
                counts[key] += 1
                examples.setdefault(key, item.id)
    found = frozenset(key for key, count in counts.items() if count >= max(_COUNT, _SHARE * _current(key[0], about)))
    remarks = (Remark(_sentence(*key), counts[key], examples[key]) for key in found)
    return found, tuple(sorted(remarks, key=lambda remark: (-remark.count, remark.what)))


def lightened(details: list[Detail], kind: Kind, bulk: BulkKeys) -> list[Detail]:
    """The details of one object, cosmetic where they were made in bulk."""
    return [replace(each, weight=Weight.COSMETIC) if (kind, each.bulk) in bulk else each for each in details]


def _current(kind: Kind, about: Context) -> int:
    """How many there are, in the release that has fewer but some."""
    return min((n for n in (len(about.old.current[kind]), len(about.new.current[kind])) if n), default=0)


def _sentence(kind: Kind, what: str) -> str:
    return what if what.startswith(plural(kind)) else f"{plural(kind)}: {what}"
