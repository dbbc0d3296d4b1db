"""An impact as ``attackbot digest --json`` prints it, for a rule repository's pipeline to act on."""

from __future__ import annotations

from knowledge.impact.model import Impact, Item, RuleImpact


def as_json(impact: Impact) -> dict[str, object]:
    """The headline, the counts, each rule with what to do, and the changes behind it."""
    return {
        "headline": impact.headline,
        "releases": [
            {"domain": new.domain.value, "old": old.version, "new": new.version}
            for old, new in zip(impact.old, impact.new, strict=True)
        ],
        "counts": {
            "rules": impact.total,
            "touched": len(impact.rules),
            "act": len(impact.act),
            "read": len(impact.read),
            "cosmetic": impact.cosmetic,
            "elsewhere": impact.elsewhere,
            "overdue": len(impact.overdue),
            "ahead": len(impact.ahead),
        },
        "act": [_item(item) for item in impact.act],
        "read": [_item(item) for item in impact.read],
        "rules": [_rule(rule) for rule in impact.rules],
        "ahead": [
            {"id": each.detection.id, "title": each.detection.title, "path": each.detection.path, "ids": list(each.ids)}
            for each in impact.ahead
        ],
    }


def _item(item: Item) -> dict[str, object]:
    change = item.change
    return {
        "id": change.id,
        "name": change.name,
        "what": change.what,
        "reason": change.reason,
        "successor": change.successor or None,
        "url": change.url,
        "rules": len(item.rules),
    }


def _rule(rule: RuleImpact) -> dict[str, object]:
    return {
        "id": rule.detection.id,
        "title": rule.detection.title,
        "source": rule.detection.source,
        "path": rule.detection.path,
        "url": rule.detection.url,
        "action": rule.action.value,
        "weight": rule.weight.value,
        "what": rule.what,
        "retag": [{"old": each.old, "new": each.new, "name": each.name} for each in rule.retags],
        "wrong_tactics": list(rule.wrong_tactics),
        "right_tactics": list(rule.right_tactics),
        "overdue": rule.overdue,
        "changes": [change.id for change in rule.changes],
    }
