"""The tags of Sigma rules."""

from __future__ import annotations

import re

from knowledge.detections.reader import claimed
from knowledge.model import Tactic
from knowledge.retag.model import Edited
from knowledge.retag.plan import Plan, RulePlan, tactic_word
from knowledge.retag.yaml_rules import edited_lists

_TAG = re.compile(r"(attack\.)(.+)", re.IGNORECASE)
_ID = re.compile(r"[tgs]\d{4}(?:\.\d{3})?", re.IGNORECASE)


def edited(text: str, path: str, plan: Plan) -> Edited:
    """The rules of a file with the tags they should have.

    Raises:
        RetagError: A tag should change and cannot be.
        DetectionsError: It is not YAML, or beyond the bounds of what is read.
    """
    return edited_lists(text, path, plan, places=[("tags",)], wanted_for=_wanted_tags, only=_TAG)


def _wanted_tags(tags: list[str], plan: Plan) -> list[list[str]]:
    """For each tag what shall stand in its place."""
    bare = [match[2] if (match := _TAG.fullmatch(tag)) else "" for tag in tags]
    ids, _ = claimed([tag for tag, own in zip(tags, bare, strict=True) if own])
    tactics = [own for own in bare if own and not _ID.fullmatch(own)]
    rule = plan.for_rule(ids, tactics)
    replacing = _replacements(tactics, rule)
    kept = {own.lower() for own in bare}
    wanted: list[list[str]] = []
    for tag, own in zip(tags, bare, strict=True):
        prefix = tag[: len(tag) - len(own)] if own else ""
        if own and _ID.fullmatch(own):
            new = _successor(own, plan)
            values = [new] if new == own or new.lower() not in kept else []
        elif own in replacing:
            values = [_as_written(tactic, own) for tactic in replacing[own]]
        else:
            wanted.append([tag])
            continue
        kept |= {value.lower() for value in values}
        wanted.append([prefix + value for value in values])
    return wanted


def _successor(own: str, plan: Plan) -> str:
    found = plan.succession(own.upper())
    if found is None:
        return own
    return found.new.lower() if own == own.lower() else found.new


def _replacements(tactics: list[str], rule: RulePlan) -> dict[str, tuple[Tactic, ...]]:
    """The first wrong tactic gives way to the first right one, and so on; what is left of either goes to the last."""
    wrong = [tactic for tactic in dict.fromkeys(tactics) if tactic in rule.wrong]
    replacing: dict[str, tuple[Tactic, ...]] = {tactic: rule.right[n : n + 1] for n, tactic in enumerate(wrong)}
    if wrong and len(rule.right) > len(wrong):
        replacing[wrong[-1]] = rule.right[len(wrong) - 1 :]
    return replacing


def _as_written(tactic: Tactic, own: str) -> str:
    """A tactic's tag in the manner of the one it replaces: ``ta0005``, ``defense_evasion``, ``defense-evasion``."""
    if tactic_word(own).startswith("ta") and own[2:].isdigit():
        return tactic.id if own != own.lower() else tactic.id.lower()
    return tactic.shortname.replace("-", "_") if "_" in own else tactic.shortname
