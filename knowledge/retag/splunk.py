"""The technique ids of Splunk security content; it names no tactics."""

from __future__ import annotations

import re

from knowledge.retag.model import Edited
from knowledge.retag.plan import Plan
from knowledge.retag.yaml_rules import edited_lists

_PLACES = (("tags", "mitre_attack_id"), ("mitre_attack_id",))
_ID = re.compile(r"T\d{4}(?:\.\d{3})?", re.IGNORECASE)


def edited(text: str, path: str, plan: Plan) -> Edited:
    """The detections of a file with the ids they should have.

    Raises:
        RetagError: An id should change and cannot be.
        DetectionsError: It is not YAML, or beyond the bounds of what is read.
    """
    return edited_lists(text, path, plan, places=_PLACES, wanted_for=_wanted_ids)


def _wanted_ids(ids: list[str], plan: Plan) -> list[list[str]]:
    """For each id what shall stand in its place; nothing where its successor is named already."""
    kept = {each.upper() for each in ids}
    wanted = []
    for each in ids:
        found = plan.succession(each.upper()) if _ID.fullmatch(each) else None
        if found is None:
            wanted.append([each])
        else:
            wanted.append([] if found.new in kept else [found.new])
            kept.add(found.new)
    return wanted
