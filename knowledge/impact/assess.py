"""Changes against a team's rules: what each touched rule needs, and the line that says it all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from knowledge.catalog import Catalog
from knowledge.changes.model import Aspect, Change, Changes, Weight
from knowledge.detections.model import Detection
from knowledge.impact.model import Action, AheadRule, Impact, Item, RuleImpact
from knowledge.model import Kind, Release, Tactic, Technique
from knowledge.retag.plan import Plan, RulePlan, tactic_word

_DECIDE = (Aspect.REVOKED, Aspect.DEPRECATED, Aspect.DELETED, Aspect.SPLIT, Aspect.PARENT)
"""What somebody has to look at where no successor settles it."""

_LEAVE = frozenset({Aspect.RENAMED, Aspect.TACTICS, Aspect.TACTIC_SPLIT})
"""What leaves a rule right that names neither the name nor the tactic; the plan says where it does not."""

_WITH_NAMES = frozenset({"elastic"})
"""Formats that write the technique's name beside its id."""


def assess(changes: Sequence[Changes], detections: Iterable[Detection], catalog: Catalog) -> Impact:
    """What changed, for the rules of one team.

    Args:
        changes: Of one or more domains, at most one comparison each; narrowed to what is wanted.
        detections: The team's; those that cover nothing are left out.
        catalog: The releases compared to.

    Returns:
        The rules with what to do, sorted by how much there is to do and then by path.
    """
    plan = Plan(catalog, changes)
    by_id = _by_id(changes)
    counted = [each for each in detections if each.covers]
    rules: list[RuleImpact] = []
    ahead: list[AheadRule] = []
    touched: dict[int, tuple[Change, list[RuleImpact]]] = {}
    cosmetic: set[str] = set()
    for detection in counted:
        named = (*detection.ids, *map(tactic_word, detection.tactics))
        found = {id(change): change for each in named for change in by_id.get(each, ())}
        rule_plan = plan.for_rule(detection.ids, detection.tactics)
        if rule_plan.unknown:
            ahead.append(AheadRule(detection=detection, ids=rule_plan.unknown))
        cosmetic |= {change.id for change in found.values() if change.weight is Weight.COSMETIC}
        heavy = [change for change in found.values() if change.weight is not Weight.COSMETIC]
        if not heavy and not rule_plan:
            continue
        rule = _rule(detection, rule_plan, sorted(heavy, key=lambda change: change.weight.rank))
        rules.append(rule)
        for change in heavy:
            touched.setdefault(id(change), (change, []))[1].append(rule)
    rules.sort(key=_urgency)
    act, read = (_items(touched.values(), weight) for weight in (Weight.ACT, Weight.READ))
    everything = [change for part in changes for change in part.changes if change.weight is not Weight.COSMETIC]
    new = tuple(part.new for part in changes)
    return Impact(
        old=tuple(part.old for part in changes),
        new=new,
        headline=_headline(new, len(counted), rules, read),
        total=len(counted),
        act=act,
        read=read,
        rules=tuple(rules),
        overdue=tuple(rule for rule in rules if rule.overdue),
        ahead=tuple(ahead),
        cosmetic=len(cosmetic),
        elsewhere=len(everything) - len(act) - len(read),
    )


def _by_id(changes: Sequence[Changes]) -> dict[str, list[Change]]:
    """Changes of techniques and tactics by what rules may name them by."""
    found: dict[str, list[Change]] = defaultdict(list)
    for change in (each for part in changes for each in part.changes):
        before = change.before
        if isinstance(before, Technique):
            words = {before.id, change.id}
        elif isinstance(before, Tactic) and change.weight is Weight.ACT:
            words = {before.id.lower(), before.shortname, tactic_word(before.name)}
        else:
            continue
        for word in words:
            found[word].append(change)
    return found


def _rule(detection: Detection, plan: RulePlan, changes: list[Change]) -> RuleImpact:
    acted = [change for change in changes if change.weight is Weight.ACT]
    fresh = {c.before.id for c in acted if c.before and (c.successor or c.has(Aspect.NEW_ID))}
    outdated_name = detection.format in _WITH_NAMES and any(change.has(Aspect.RENAMED) for change in acted)
    open_changes = [change for change in changes if not _settled(change, plan)]
    if plan or outdated_name:
        action = Action.RETAG
    elif any(change.weight is Weight.READ or _heavy(change) - _LEAVE for change in open_changes):
        action = Action.REVIEW
    else:
        action = Action.NOTHING
    return RuleImpact(
        detection=detection,
        action=action,
        weight=Weight.ACT if acted or plan else Weight.READ,
        retags=plan.ids,
        wrong_tactics=plan.wrong,
        right_tactics=tuple(tactic.shortname for tactic in plan.right),
        overdue=bool(plan.ids) and not any(each.old in fresh for each in plan.ids),
        reasons=tuple(change.what.rstrip(".") for change in open_changes),
        changes=tuple(changes),
    )


def _heavy(change: Change) -> set[Aspect]:
    return {detail.aspect for detail in change.details if detail.weight is Weight.ACT}


def _settled(change: Change, plan: RulePlan) -> bool:
    """Whether the plan does all that the change asks."""
    if any(change.before and each.old == change.before.id for each in plan.ids):
        return True
    about_tactics = change.kind is Kind.TACTIC or _heavy(change) == {Aspect.TACTICS}
    return bool(plan.wrong) and change.weight is Weight.ACT and about_tactics


def needs_decision(rule: RuleImpact) -> bool:
    """Whether ATT&CK took away what the rule names and put nothing, or several things, in its place."""
    return any(change.weight is Weight.ACT and change.has(*_DECIDE) and not change.successor for change in rule.changes)


def _items(touched: Iterable[tuple[Change, list[RuleImpact]]], weight: Weight) -> tuple[Item, ...]:
    items = [Item(change=change, rules=tuple(rules)) for change, rules in touched if change.weight is weight]
    return tuple(sorted(items, key=lambda item: (-len(item.rules), item.change.id)))


def _urgency(rule: RuleImpact) -> tuple[int, bool, int, str, str]:
    return (
        list(Action).index(rule.action),
        rule.overdue,
        rule.weight.rank,
        rule.detection.path,
        rule.detection.id,
    )


def _headline(new: tuple[Release, ...], total: int, rules: list[RuleImpact], read: tuple[Item, ...]) -> str:
    label = "ATT&CK " + " and ".join(dict.fromkeys(release.version for release in new)) if new else "ATT&CK"
    yours = f"your {total:,} {'rule' if total == 1 else 'rules'}"
    fresh = sum(1 for rule in rules if rule.retags and not rule.overdue)
    tactics = sum(1 for rule in rules if rule.wrong_tactics and not rule.retags)
    decisions = sum(1 for rule in rules if needs_decision(rule))
    overdue = sum(1 for rule in rules if rule.overdue)
    parts = []
    if fresh:
        parts.append(f"{fresh:,} of {yours} {'needs' if fresh == 1 else 'need'} a new id")
    for count, what in ((tactics, "another tactic"), (decisions, "a decision")):
        if count:
            parts.append(f"{count:,}{'' if parts else f' of {yours}'} {'needs' if count == 1 else 'need'} {what}")
    if not parts:
        parts.append(f"none of {yours} needs a new id" if rules else f"nothing touches {yours}")
    if read:
        parts.append(f"{len(read):,} {'change' if len(read) == 1 else 'changes'} worth reading")
    if overdue:
        parts.append(f"{overdue:,} {'rule names an id' if overdue == 1 else 'rules name ids'} retired earlier")
    return f"{label}: {', '.join(parts)}"
