"""MITRE's eight categories, as its changelog library decides them.

An object is the same in two releases when its STIX id is. It is judged once: retired ones first, then by its own
version number, and only where that stands still by its date and its description. What was retired before stays
unlisted whatever happens to it.
"""

from __future__ import annotations

import re
from datetime import datetime

from knowledge.changes.model import Category
from knowledge.model import AttackObject

_VERSION = re.compile(r"\s*(\d+)(?:\.(\d+))?")


def category_between(
    before: AttackObject, after: AttackObject, *, by: AttackObject | None, dated: bool = True
) -> Category | None:
    """The category of an object that both releases hold; None where MITRE lists no change.

    `by` is the object the new release names as its successor. Unless both releases are `dated`, with versions and
    dates, only retirement can be told.
    """
    if after.revoked:
        known = by is not None and by.kind is after.kind
        return Category.REVOCATION if known and not before.revoked else None
    if after.deprecated:
        return None if before.deprecated else Category.DEPRECATION
    if not dated:
        return None
    return _by_version(before, after) or (Category.PATCH if _patched(before, after) else None)


def version_numbers(version: str) -> tuple[int, int]:
    """Major and minor; an object without a version counts as 0.0, as MITRE's older ICS objects did."""
    numbers = _VERSION.match(version)
    return (int(numbers[1]), int(numbers[2] or 0)) if numbers else (0, 0)


def _by_version(before: AttackObject, after: AttackObject) -> Category | None:
    old, new = version_numbers(before.version), version_numbers(after.version)
    if old == new:
        return None
    if new == (old[0] + 1, 0):
        return Category.MAJOR
    return Category.MINOR if new == (old[0], old[1] + 1) else Category.OTHER


def _patched(before: AttackObject, after: AttackObject) -> bool:
    if _instant(before.modified) != _instant(after.modified):
        return True
    if not before.description or not after.description:
        return False
    return _lines(before.description) != _lines(after.description)


def _instant(stamp: str) -> datetime | str:
    """A time to compare by; ``…00Z`` and ``…00.000Z`` are one."""
    try:
        return datetime.fromisoformat(stamp)
    except ValueError:
        return stamp


def _lines(text: str) -> set[str]:
    return set(text.replace("\n", " ").splitlines())
