"""Why a gap stands where it stands, in one line."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.coverage import State, TechniqueCoverage
from knowledge.priorities.evidence import Use
from knowledge.priorities.public_rules import PublicRule

_NAMES = 3


def reason(
    each: TechniqueCoverage,
    use: Use,
    names: Sequence[str],
    *,
    relevant: int,
    groups: int,
    rule: PublicRule | None,
) -> str:
    """What the team has, who uses the technique, what is collected, which public rule there is.

    Args:
        each: What the team has.
        use: Who uses it.
        names: The relevant groups among them.
        relevant: How many relevant groups there are.
        groups: How many groups there are at all.
        rule: A public rule the team does not have.
    """
    parts = (_have(each), _used(use, names, relevant, groups), _collected(each), _rule(rule))
    text = "; ".join(part for part in parts if part)
    return f"{text[0].upper()}{text[1:]}."


def _have(each: TechniqueCoverage) -> str:
    state = each.state
    if state is State.BRITTLE:
        return each.brittleness
    off = ""
    if each.switched_off:
        off = f" ({each.switched_off} switched off)"
    if state is State.SUBTECHNIQUES:
        return f"no rule of its own{off}, rules for {each.subtechniques_label}"
    return f"no rule names it{off}"


def _used(use: Use, names: Sequence[str], relevant: int, groups: int) -> str:
    if not use.groups and not use.software:
        return "ATT&CK knows no group and no software that uses it"
    who = f"{len(use.groups)} of {groups} groups"
    if relevant:
        listed = ", ".join(names[:_NAMES]) + (f" and {len(names) - _NAMES} more" if len(names) > _NAMES else "")
        counted = f"{len(names)} of {relevant} relevant groups ({listed})" if relevant > 1 else listed
        who = f"{counted}, {who}" if names else f"no relevant group, {who}"
    software = "" if not use.software else f" and {use.software} software"
    return f"used by {who}{software}"


def _collected(each: TechniqueCoverage) -> str:
    ready = each.readiness
    if not ready.needed:
        return "ATT&CK names no data component for it"
    had = (*ready.said, *ready.assumed)
    if not had:
        return f"you collect none of what would show it ({_few(ready.needed)})"
    assumed = ", not confirmed" if ready.assumed else ""
    noun = "data component" if len(ready.needed) == 1 else "data components"
    return f"you collect {len(had)} of {len(ready.needed)} {noun} for it ({_few(had)}{assumed})"


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:2]) + (", …" if len(names) > 2 else "")


def _rule(rule: PublicRule | None) -> str:
    return f"public Sigma rule: “{rule.title}”" if rule else "no public Sigma rule beyond yours"
