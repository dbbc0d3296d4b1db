"""Changes as ``attackbot diff --json`` prints them."""

from __future__ import annotations

from knowledge.changes.model import Category, Changes
from knowledge.model import Kind


def as_json(changes: Changes, kind: Kind = Kind.TECHNIQUE) -> dict[str, object]:
    """MITRE's eight categories of one kind, and every weighed change.

    Returns:
        ``domain``, ``old`` and ``new`` versions; under ``techniques`` a list of ids for each category, of revocations
        ``{"id", "by"}``; ``changes`` with ``id``, ``name``, ``weight``, ``what`` and more about each; ``bulk`` and
        ``limits``.
    """
    categories: dict[str, object] = {}
    for category in Category:
        found = sorted(changes.of(kind=kind, category=category), key=lambda change: change.id)
        if category is Category.REVOCATION:
            categories[category.value] = [{"id": each.id, "by": each.revoked_by} for each in found]
        else:
            categories[category.value] = [each.id for each in found]
    return {
        "domain": changes.domain.value,
        "old": changes.old.version,
        "new": changes.new.version,
        "techniques": categories,
        "changes": [
            {
                "id": each.id,
                "name": each.name,
                "weight": each.weight.value,
                "what": each.what,
                "kind": each.kind.value,
                "category": each.category.value if each.category else None,
                "reason": each.reason,
                "successor": each.successor or None,
                "old_version": each.old_version,
                "new_version": each.new_version,
            }
            for each in changes.changes
        ],
        "bulk": [{"what": each.what, "count": each.count} for each in changes.bulk],
        "limits": list(changes.limits),
    }
